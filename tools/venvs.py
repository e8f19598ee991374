# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create virtual environments, and recreate them only if their inputs change."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from checkout import LOGS, ROOT, VENV

REQUIREMENTS = ROOT / "requirements"
TESTS = REQUIREMENTS / "tests.txt"
DEV = REQUIREMENTS / "dev.txt"
EMULATOR = ROOT / "emulator"


class VenvError(Exception):
    """A virtual environment could not be created."""


def prepare(venv: Path, python: str, *requirements: str | Path) -> None:
    """Install the test requirements, the editable emulator and `requirements` in `venv`.

    A string in `requirements` is a requirement. A path is a requirements file.

    :raises VenvError: if a command fails.
    """
    requirements = (TESTS, *requirements)
    inputs = [str(venv), python, _read_output(python, "-VV"), _hash(EMULATOR / "pyproject.toml", *requirements)]
    stamp = venv / "stamp"
    previous = stamp.read_text().splitlines() if stamp.is_file() else []
    if previous == inputs:
        return
    print(f"Creating {venv.relative_to(ROOT)} with {python} ...", flush=True)
    pip: list[str | Path] = [venv / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    arguments: list[str | Path] = []
    for item in requirements:
        arguments += ["-r", item] if isinstance(item, Path) else [item]
    commands: list[list[str | Path]] = [
        [*pip, "install", *arguments],
        [*pip, "install", "--no-deps", "--no-build-isolation", "-e", EMULATOR],
        [*pip, "check"],
    ]
    if previous[:-1] != inputs[:-1]:
        shutil.rmtree(venv, ignore_errors=True)
        commands.insert(0, [python, "-m", "venv", venv])
    log = LOGS / f"venv-{venv.name.lstrip('.')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as log_file:
        for command in commands:
            if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log_file, stderr=subprocess.STDOUT).returncode:
                print(*log.read_text().splitlines()[-15:], sep="\n", file=sys.stderr)
                raise VenvError(f"Could not create {venv.relative_to(ROOT)}. See {log.relative_to(ROOT)}.")
    stamp.write_text("\n".join(inputs))


def _read_output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _hash(*items: str | Path) -> str:
    contents = (item.read_bytes() if isinstance(item, Path) else item.encode() for item in items)
    return hashlib.sha256(b"\0".join(contents)).hexdigest()


if __name__ == "__main__":
    try:
        prepare(VENV, sys.executable, DEV)
    except VenvError as error:
        sys.exit(str(error))
