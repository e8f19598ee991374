# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Node SDK: its installation, and a process that calls it."""

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

NODE_FOLDER = Path(__file__).parent / "node"
INSTALLATIONS = Path(__file__).resolve().parents[3] / ".build" / "node"

# Functions that the SDK declares as private
PRIVATE_FUNCTIONS = {
    "determineHost",
    "general.checkAccountIdPresence",
    "inbound.inboxes.inboxesURL",
    "inbound.messages.messagesURL",
    "inbound.threads.threadsURL",
    "validateAccountIdPresence",
    "validateOrganizationIdPresence",
    "validateTestInboxIdPresence",
}

# The groups with a test that must call all of their functions
covered_groups: set[str] = set()


class NodeError(Exception):
    """An error raised by the SDK. ``name`` is the class of the error, and ``status`` the HTTP status, if any."""

    def __init__(self, name: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
        self.status = status


class Node:
    """A Node process with the SDK.

    ``functions`` has the names of all functions of the SDK, ``called_functions`` those that were called with success.
    """

    def __init__(self, emulator: Emulator, modules: Path) -> None:
        self._emulator = emulator
        self._process = subprocess.Popen(
            ["node", NODE_FOLDER / "driver.js", emulator.api_url],
            env=os.environ
            | {"NODE_PATH": str(modules), "NODE_EXTRA_CA_CERTS": emulator.ca_file, "NO_PROXY": "127.0.0.1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.functions = set(json.loads(self._process.stdout.readline()))
        self.called_functions: set[str] = set()

    def __call__(self, function: str, *arguments: Any, **options: Any) -> Any:
        """Call a function of the SDK. ``options`` are those of its client.

        :raises NodeError: if the SDK raises an error.
        """
        defaults = {"token": self._emulator.token, "accountId": self._emulator.account_id}
        command = {"function": function, "options": defaults | options, "arguments": arguments}
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        result = json.loads(self._process.stdout.readline())
        if "error" in result:
            raise NodeError(**result["error"])
        self.called_functions.add(function)
        return result.get("value")

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def get_group(function: str) -> str:
    """Return the API that a function belongs to. A function outside of all APIs is a group of its own."""
    return function.rpartition(".")[0] or function


def covers(*groups: str) -> Callable[[Callable], Callable]:
    """Require that a test calls each function of the groups at least once with success.

    The test must use the fixture ``node``.
    """
    covered_groups.update(groups)

    def decorate(test: Callable) -> Callable:
        @functools.wraps(test)
        def run(**fixtures: Any) -> None:
            test(**fixtures)
            node = fixtures["node"]
            required = {function for function in node.functions - PRIVATE_FUNCTIONS if get_group(function) in groups}
            assert required - node.called_functions == set()

        return run

    return decorate


def install() -> Path:
    """Install the locked modules, unless they are installed already, and return their folder."""
    folder = INSTALLATIONS / hashlib.sha256((NODE_FOLDER / "package-lock.json").read_bytes()).hexdigest()[:16]
    if not folder.is_dir():
        INSTALLATIONS.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=INSTALLATIONS) as temporary:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(NODE_FOLDER / name, temporary)
            subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=temporary,
                check=True,
                stdin=subprocess.DEVNULL,
            )
            try:
                (Path(temporary) / "node_modules").rename(folder)
            except OSError:
                # Another test run may have installed them in the meantime.
                if not folder.is_dir():
                    raise
    return folder
