# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things lie in this checkout, and the environment in which its tests run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
LOGS = BUILD / "logs"
VENV = ROOT / ".venv"
COLLECTIONS = BUILD / "collections"

# Settings of the user that would change what the tests see.
LEAKS = ("ANSIBLE_", "MAILTRAP_", "PYTEST_", "PYTHON", "VIRTUAL_ENV", "XDG_")
# Where the official specifications are.
KEPT = ("MAILTRAP_OPENAPI_DIR",)

ANSIBLE_CFG = """\
[defaults]
localhost_warning = false
nocows = true
inventory = /dev/null

[inventory]
inventory_unparsed_warning = false
"""


def environment(venv: Path = VENV, **settings: str) -> dict[str, str]:
    """The user's environment without what could leak in, with this checkout as the only collection."""
    home = BUILD / "home"
    home.mkdir(parents=True, exist_ok=True)
    config = BUILD / "ansible.cfg"
    config.write_text(ANSIBLE_CFG)
    link_collection()
    kept = {name: value for name, value in os.environ.items() if name in KEPT or not name.startswith(LEAKS)}
    kept.update(
        HOME=str(home),
        LC_ALL="C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8",
        PATH=os.pathsep.join([str(venv / "bin"), os.environ.get("PATH", os.defpath)]),
        # Also keeps /etc/ansible/ansible.cfg out.
        ANSIBLE_CONFIG=str(config),
        ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS),
        ANSIBLE_HOME=str(BUILD / "ansible"),
        # Ansible's own search would stumble over pyenv's shims.
        ANSIBLE_PYTHON_INTERPRETER=str(venv / "bin" / "python"),
    )
    for name in ("NO_PROXY", "no_proxy"):
        kept[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1", "localhost"]))
    kept.update(settings)
    return kept


def link_collection() -> None:
    """Give the checkout, whatever its folder is called, the place where Ansible looks for a collection."""
    link = COLLECTIONS / "ansible_collections" / "community" / "mailtrap"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(Path(*[".."] * 4), target_is_directory=True)
