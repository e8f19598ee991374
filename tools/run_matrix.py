# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the sanity and unit tests on every supported ansible-core for which this machine has a Python."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from checkout import BUILD, ROOT
from commands import end_on_signals
from parts import Outcome, perform, report
from venvs import VenvError, prepare

if TYPE_CHECKING:
    from pathlib import Path

# The tested release of each ansible-core, and the Pythons that can run it. The first installed Python is used.
CORES = {
    "2.18.19": ("3.11", "3.12", "3.13"),
    "2.19.14": ("3.12", "3.11", "3.13"),
    "2.20.10": ("3.12", "3.13", "3.14"),
    "2.21.5": ("3.13", "3.12", "3.14"),
    "2.22.0rc1": ("3.13", "3.14", "3.15"),
}


def main() -> int:
    """Return 0 if no test failed."""
    outcomes = []
    oldest, *_, newest = CORES
    for core, pythons in CORES.items():
        python = find_python(pythons)
        if not python:
            remark = f"skipped: none of Python {', '.join(pythons)} is installed"
            outcomes.append(Outcome(f"core {core}", skipped=1, remarks=[remark]))
            continue
        venv = BUILD / "cores" / core
        try:
            prepare(venv, python, f"ansible-core=={core}")
        except VenvError as error:
            outcomes.append(Outcome(f"core {core}", failed=1, remarks=[str(error)]))
            continue
        parts = ["sanity", "unit"]
        if os.environ.get("INTEGRATION") and core in (oldest, newest):
            parts.append("integration")
        outcomes += [perform(part, venv, f"core {core}, {part}") for part in parts]
    return report(outcomes)


def find_python(versions: tuple[str, ...]) -> str:
    """Return the path of the first installed version, or an empty string."""
    command: list[str | Path] = [
        ROOT / "tools" / "find-python",
        versions[0],
        *(f"python{version}" for version in versions),
    ]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    end_on_signals()
    sys.exit(main())
