# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""File names made from the names of Mailtrap objects."""

from __future__ import annotations

import hashlib
import re


def file_name(name: str) -> str:
    """Return a file name for an object's name that is valid on every file system.

    If a character has to be replaced, a hash of the name is appended, so that different names give different files.
    """
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60]
    if plain == name:
        return plain
    return f"{plain or 'unnamed'}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
