# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run other programs and make sure that they and their children end."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# Seconds to wait for the ready line of the emulator.
READY_TIMEOUT = 30
# Seconds to wait for a program to end after a signal.
STOP_TIMEOUT = 10


def end_on_signals() -> None:
    """Exit through the `finally` clauses if a signal ends this process."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, frame: sys.exit(128 + received))


@contextmanager
def started(command: Sequence[str | Path], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start a program in a session of its own, and end the whole session when the block ends.

    `options` are arguments of `subprocess.Popen`.
    """
    process: subprocess.Popen[str] = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, text=True, start_new_session=True, **({"cwd": ROOT} | options)
    )
    try:
        yield process
    finally:
        _end_session(process)


def _end_session(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def run(command: Sequence[str | Path], log: Path, **options: Any) -> int:
    """Run a program, copy its output to the terminal and append it to `log`, and return its exit status."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("a", encoding="utf-8") as log_file,
        started(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace", **options) as process,
    ):
        for line in process.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            log_file.write(line)
        return process.wait()


@contextmanager
def emulator(environment: dict[str, str], *arguments: str) -> Iterator[dict[str, Any]]:
    """Start a Mailtrap emulator on free ports, and yield the data of its ready line."""
    command = [sys.executable, "-m", "mailtrap_emulator", "--port", "0", "--smtp-port", "0", *arguments]
    with started(command, env=environment, stdout=subprocess.PIPE) as process:
        output = process.stdout
        line = output.readline() if output and select.select([output], [], [], READY_TIMEOUT)[0] else ""
        if not line:
            sys.exit("The emulator did not start.")
        yield json.loads(line)
