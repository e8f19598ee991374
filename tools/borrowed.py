# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other collections that tests need, out of the package on PyPI that carries them: Galaxy may be out of reach."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from checkout import BUILD, ROOT

if TYPE_CHECKING:
    from pathlib import Path

# What the role sending_domain uses, each for a DNS provider.
COLLECTIONS = ("amazon.aws", "community.dns", "community.general")
PACKAGE = ROOT / "requirements" / "collections.txt"
FOLDER = BUILD / "borrowed"


def borrow() -> Path:
    """Have the collections in a folder, fetched once, and again when another package is asked for; that folder."""
    stamp = FOLDER / "stamp"
    made_of = "\n".join([PACKAGE.read_text(), *COLLECTIONS])
    if stamp.is_file() and stamp.read_text() == made_of:
        return FOLDER
    print(f"Fetching {', '.join(COLLECTIONS)} ...", flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
    download = ["download", "--no-deps", "--only-binary", ":all:", "--dest", FOLDER, "-r", PACKAGE]
    subprocess.run([*pip, *download], stdin=subprocess.DEVNULL, check=True)
    (wheel,) = FOLDER.glob("*.whl")
    folders = tuple(f"ansible_collections/{name.replace('.', '/')}/" for name in COLLECTIONS)
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(FOLDER, [name for name in packed.namelist() if name.startswith(folders)])
    wheel.unlink()
    stamp.write_text(made_of)
    return FOLDER
