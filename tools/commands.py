# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting other programs so that none is left behind."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READY_WITHIN = 30
STOP_WITHIN = 10


def end_on_signals() -> None:
    """Leave through the `finally` clauses when told to stop."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, frame: sys.exit(128 + received))


@contextmanager
def started(command: list[str | Path], **options: object) -> Iterator[subprocess.Popen[str]]:
    """A program in a session of its own, which ends together with the block and takes its children along."""
    process = subprocess.Popen(
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
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def run(command: list[str | Path], log: Path, **options: object) -> int:
    """Run a program to its end; what it says is shown and kept in `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("a", encoding="utf-8") as kept,
        started(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace", **options) as process,
    ):
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            kept.write(line)
        return process.wait()


@contextmanager
def emulator(environment: dict[str, str], *arguments: str) -> Iterator[dict[str, object]]:
    """A Mailtrap emulator on free ports, and what it says about itself when it is ready."""
    command = [sys.executable, "-m", "mailtrap_emulator", "--port", "0", "--smtp-port", "0", *arguments]
    with started(command, env=environment, stdout=subprocess.PIPE) as process:
        readable, _, _ = select.select([process.stdout], [], [], READY_WITHIN)
        line = process.stdout.readline() if readable else ""
        if not line:
            sys.exit("The emulator did not get ready.")
        yield json.loads(line)
