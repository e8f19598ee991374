# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find existing objects by id, by name or by other criteria."""

from __future__ import annotations

from .apply import Lookup, fetch_object, find_object, find_objects, parse_object

__all__ = ["Lookup", "fetch_object", "find_object", "find_objects", "parse_object"]
