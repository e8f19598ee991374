# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make a virtual environment once, and again only when what goes into it changed."""

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


class NotMade(Exception):
    """A virtual environment could not be made."""


def prepare(venv: Path, python: str, *requirements: str | Path) -> None:
    """Have in `venv` what the tests import, the editable emulator, and `requirements` (packages or files of them)."""
    requirements = (TESTS, *requirements)
    made_of = [str(venv), python, _output(python, "-VV"), _digest(EMULATOR / "pyproject.toml", *requirements)]
    stamp = venv / "stamp"
    found = stamp.read_text().splitlines() if stamp.is_file() else []
    if found == made_of:
        return
    print(f"Making {venv.relative_to(ROOT)} with {python} ...", flush=True)
    pip = [venv / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    words = [word for item in requirements for word in (["-r", item] if isinstance(item, Path) else [item])]
    commands = [
        [*pip, "install", *words],
        [*pip, "install", "--no-deps", "--no-build-isolation", "-e", EMULATOR],
        [*pip, "check"],
    ]
    if found[:-1] != made_of[:-1]:
        shutil.rmtree(venv, ignore_errors=True)
        commands.insert(0, [python, "-m", "venv", venv])
    log = LOGS / f"venv-{venv.name.lstrip('.')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as kept:
        for command in commands:
            if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=kept, stderr=subprocess.STDOUT).returncode:
                print(*log.read_text().splitlines()[-15:], sep="\n", file=sys.stderr)
                raise NotMade(f"Making {venv.relative_to(ROOT)} failed; all of it is in {log.relative_to(ROOT)}.")
    stamp.write_text("\n".join(made_of))


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _digest(*items: str | Path) -> str:
    contents = (item.read_bytes() if isinstance(item, Path) else item.encode() for item in items)
    return hashlib.sha256(b"\0".join(contents)).hexdigest()


if __name__ == "__main__":
    try:
        prepare(VENV, sys.executable, DEV)
    except NotMade as error:
        sys.exit(str(error))
