# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  only:
    description:
      - The resource types to read and manage, such as V(projects) or V(email_templates).
      - If not set, all resource types are included.
    type: list
    elements: str
  parallel:
    description: The maximum number of concurrent requests, from 1 to 32.
    type: int
    default: 8
"""
