# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Node SDK: its installation, and a process in which its calls are made."""

import functools
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mailtrap_emulator.testing import Emulator

HERE = Path(__file__).parent / "node"
INSTALLED = Path(__file__).resolve().parents[3] / ".build" / "node"

# Declared as private.
INTERNAL = {
    "determineHost",
    "general.checkAccountIdPresence",
    "inbound.inboxes.inboxesURL",
    "inbound.messages.messagesURL",
    "inbound.threads.threadsURL",
    "validateAccountIdPresence",
    "validateOrganizationIdPresence",
    "validateTestInboxIdPresence",
}

# What a test has promised to use as a whole.
promised: set[str] = set()


class NodeError(Exception):
    """The SDK has refused; ``name`` is the class of its error, ``status`` the HTTP status behind it."""

    def __init__(self, name: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
        self.status = status


class Node:
    """A process with the SDK, pointed at the emulator. ``answered`` are the calls that had success."""

    def __init__(self, emulator: Emulator, modules: Path) -> None:
        self._emulator = emulator
        self._process = subprocess.Popen(
            ["node", HERE / "driver.js", emulator.api_url],
            env=os.environ
            | {"NODE_PATH": str(modules), "NODE_EXTRA_CA_CERTS": emulator.ca_file, "NO_PROXY": "127.0.0.1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.surface = set(json.loads(self._process.stdout.readline()))
        self.answered: set[str] = set()

    def __call__(self, call: str, *values: Any, **options: Any) -> Any:
        defaults = {"token": self._emulator.token, "accountId": self._emulator.account_id}
        self._process.stdin.write(json.dumps({"call": call, "options": defaults | options, "values": values}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise NodeError(**answer["error"])
        self.answered.add(call)
        return answer.get("value")

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def group(call: str) -> str:
    """The API that a call is part of; the SDK's and its client's own are groups by themselves."""
    return call.rpartition(".")[0] or call


def whole(*groups: str) -> Callable[[Callable], Callable]:
    """The test, which has the fixture ``node``, uses every call of the groups at least once with success."""
    promised.update(groups)

    def decorate(test: Callable) -> Callable:
        @functools.wraps(test)
        def run(**fixtures: Any) -> None:
            test(**fixtures)
            node = fixtures["node"]
            needed = {call for call in node.surface - INTERNAL if group(call) in groups}
            assert needed - node.answered == set()

        return run

    return decorate


def install() -> Path:
    """The folder of the modules, exactly those of the lock; installed once, and again only when the lock changes."""
    folder = INSTALLED / hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    if not folder.is_dir():
        INSTALLED.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=INSTALLED) as made:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / name, made)
            subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=made,
                check=True,
                stdin=subprocess.DEVNULL,
            )
            try:
                (Path(made) / "node_modules").rename(folder)
            except OSError:
                # Another run of the tests was faster.
                if not folder.is_dir():
                    raise
    return folder
