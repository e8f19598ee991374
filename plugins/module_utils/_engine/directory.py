# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of an account, each list read at most once, by name and id."""

from __future__ import annotations

from .apply import ABSENT, Directory, unwrap

__all__ = ["ABSENT", "Directory", "unwrap"]
