# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This documentation fragment is private to the collection: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # For modules that see a whole account at once.
    DOCUMENTATION = r"""
options:
  only:
    description: The kinds to look at. All of them, when it is not given.
    type: list
    elements: str
  parallel:
    description: How many requests may be under way at the same time, from 1 to 32.
    type: int
    default: 8
"""
