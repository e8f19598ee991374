# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths of this checkout, and the environment variables for its tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
LOGS = BUILD / "logs"
VENV = ROOT / ".venv"
COLLECTIONS = BUILD / "collections"

# Prefixes of the user's environment variables that could change test results.
REMOVED_PREFIXES = ("ANSIBLE_", "MAILTRAP_", "PYTEST_", "PYTHON", "VIRTUAL_ENV", "XDG_")
# MAILTRAP_OPENAPI_DIR names the directory with the official specifications.
KEPT_VARIABLES = ("MAILTRAP_OPENAPI_DIR",)

ANSIBLE_CFG = """\
[defaults]
localhost_warning = false
nocows = true
inventory = /dev/null

[inventory]
inventory_unparsed_warning = false
"""


def environment(venv: Path = VENV, /, **settings: str) -> dict[str, str]:
    """Return the user's environment without variables that affect tests. This checkout is the only collection in it."""
    home = BUILD / "home"
    home.mkdir(parents=True, exist_ok=True)
    config = BUILD / "ansible.cfg"
    config.write_text(ANSIBLE_CFG)
    link_collection()
    variables = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT_VARIABLES or not name.startswith(REMOVED_PREFIXES)
    }
    variables.update(
        HOME=str(home),
        LC_ALL="C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8",
        PATH=os.pathsep.join([str(venv / "bin"), os.environ.get("PATH", os.defpath)]),
        # Without this variable, Ansible would read /etc/ansible/ansible.cfg.
        ANSIBLE_CONFIG=str(config),
        ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS),
        ANSIBLE_HOME=str(BUILD / "ansible"),
        # Ansible's interpreter discovery fails if it finds a pyenv shim.
        ANSIBLE_PYTHON_INTERPRETER=str(venv / "bin" / "python"),
    )
    for name in ("NO_PROXY", "no_proxy"):
        variables[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1", "localhost"]))
    variables.update(settings)
    return variables


def link_collection() -> None:
    """Link the checkout to a path where Ansible finds collections, because its directory may have any name."""
    link = COLLECTIONS / "ansible_collections" / "community" / "mailtrap"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(Path(*[".."] * 4), target_is_directory=True)
