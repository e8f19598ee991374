# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of objects as names of files."""

from __future__ import annotations

import hashlib
import re


def file_name(name):
    """Return a name that any file may have: str; two names never become the same one."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60]
    if plain == name:
        return plain
    return f"{plain or 'unnamed'}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
