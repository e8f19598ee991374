# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make a virtual environment once, and again only when what goes into it changed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from checkout import BUILD, ROOT, VENV

if TYPE_CHECKING:
    from pathlib import Path

REQUIREMENTS = ROOT / "requirements"
TESTS = REQUIREMENTS / "tests.txt"
DEV = REQUIREMENTS / "dev.txt"
EMULATOR = ROOT / "emulator"


def prepare(venv: Path, python: str, *requirements: str) -> None:
    """Have in `venv` what the tests import, the editable emulator, and `requirements` (arguments for pip)."""
    wanted = _stamp(venv, python, requirements)
    stamp = venv / "stamp"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print(f"Making {venv.relative_to(ROOT)} with {python} ...", flush=True)
    shutil.rmtree(venv, ignore_errors=True)
    log = BUILD / "logs" / f"venv-{venv.name.lstrip('.')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    pip = [venv / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    with log.open("w") as kept:
        for command in (
            [python, "-m", "venv", venv],
            [*pip, "-r", TESTS, *requirements],
            [*pip, "--no-deps", "--no-build-isolation", "-e", EMULATOR],
        ):
            if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=kept, stderr=subprocess.STDOUT).returncode:
                kept.flush()
                print(*log.read_text().splitlines()[-15:], sep="\n", file=sys.stderr)
                sys.exit(f"Making {venv.relative_to(ROOT)} failed; all of it is in {log.relative_to(ROOT)}.")
    stamp.write_text(wanted)


def _stamp(venv: Path, python: str, requirements: tuple[str, ...]) -> str:
    contents = b"".join(path.read_bytes() for path in (TESTS, DEV, EMULATOR / "pyproject.toml"))
    version = subprocess.run([python, "-VV"], check=True, capture_output=True, text=True).stdout.strip()
    return "\n".join([str(venv), python, version, *requirements, hashlib.sha256(contents).hexdigest(), ""])


if __name__ == "__main__":
    prepare(VENV, sys.executable, "-r", str(DEV))
