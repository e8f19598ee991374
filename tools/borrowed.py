# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Download the collections that tests need from the PyPI package `ansible`, because Galaxy may be unreachable."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from checkout import BUILD, ROOT

if TYPE_CHECKING:
    from pathlib import Path

# The role sending_domain uses these collections to update DNS providers.
COLLECTIONS = ("amazon.aws", "community.dns", "community.general")
PACKAGE = ROOT / "requirements" / "collections.txt"
FOLDER = BUILD / "borrowed"


def borrow() -> Path:
    """Return the directory with the collections. Download them if the required package or the list has changed."""
    stamp = FOLDER / "stamp"
    inputs = "\n".join([PACKAGE.read_text(), *COLLECTIONS])
    if stamp.is_file() and stamp.read_text() == inputs:
        return FOLDER
    print(f"Downloading {', '.join(COLLECTIONS)} ...", flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
    download: list[str | Path] = ["download", "--no-deps", "--only-binary", ":all:", "--dest", FOLDER, "-r", PACKAGE]
    subprocess.run([*pip, *download], stdin=subprocess.DEVNULL, check=True)
    (wheel,) = FOLDER.glob("*.whl")
    prefixes = tuple(f"ansible_collections/{name.replace('.', '/')}/" for name in COLLECTIONS)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(FOLDER, [name for name in archive.namelist() if name.startswith(prefixes)])
    wheel.unlink()
    stamp.write_text(inputs)
    return FOLDER
