#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: project_info
short_description: List projects of Mailtrap sandboxes
version_added: 0.1.0
description:
  - Return all projects, those with a name, or the one with an id.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.secrets
options:
  id:
    description: The id of the only project to return.
    type: int
  name:
    description: The name of the projects to return.
    type: str
seealso:
  - module: community.mailtrap.project
"""

EXAMPLES = r"""
- name: List all projects
  community.mailtrap.project_info:
  register: all_projects

- name: Look for a project
  community.mailtrap.project_info:
    name: Shop
  register: found
"""

RETURN = r"""
projects:
  description: The projects, each as M(community.mailtrap.project) returns it; empty when there is none.
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
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import PROJECT

main = info_module(PROJECT)


if __name__ == "__main__":
    main()
