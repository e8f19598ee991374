#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: project_info
short_description: List Mailtrap projects
version_added: 0.1.0
description:
  - Return all projects, or only those that match the given options.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.secrets
options:
  id:
    description: Return only the project with this ID.
    type: int
  name:
    description: Return only projects with this name.
    type: str
seealso:
  - module: community.mailtrap.project
"""

EXAMPLES = r"""
- name: List all projects
  community.mailtrap.project_info:
  register: all_projects

- name: Find a project by name
  community.mailtrap.project_info:
    name: Shop
  register: shop
"""

RETURN = r"""
projects:
  description: The matching projects, each as returned by M(community.mailtrap.project). Empty if there are none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 2570001
      name: Shop
      sandboxes: []
      permissions:
        can_read: true
        can_update: true
        can_destroy: true
        can_leave: false
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.sandboxes import PROJECT

main = info_module(PROJECT)


if __name__ == "__main__":
    main()
