#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: project
short_description: Manage Mailtrap projects
version_added: 0.1.0
description:
  - Create, rename, and delete projects. A project is a folder that contains sandboxes.
  - Several projects can have the same name. If O(name) matches more than one, the task fails, changes nothing, and
    lists the IDs.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
  - community.mailtrap._identity.secrets
options:
  name:
    description:
      - The name of the project, 2 to 100 characters.
      - Required unless O(id) is given.
      - With O(id), this is the new name.
    type: str
  state:
    description:
      - V(present) creates the project if it does not exist, and renames it if the given name differs.
      - V(absent) deletes the project, its sandboxes, and all messages in them.
seealso:
  - module: community.mailtrap.project_info
  - module: community.mailtrap.sandbox
"""

EXAMPLES = r"""
- name: Create a project
  community.mailtrap.project:
    name: Shop

- name: Rename a project
  community.mailtrap.project:
    id: 2570001
    name: Web shop

- name: Delete a project and all its sandboxes
  community.mailtrap.project:
    name: Web shop
    state: absent
"""

RETURN = r"""
project:
  description: The project as returned by the API. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the project. V(null) in check mode if the project would be created.
      type: int
      sample: 2570001
    name:
      description: The name of the project.
      type: str
      sample: Shop
    share_links:
      description: Links that give access to the project without a Mailtrap account.
      returned: when O(reveal_secrets=true) and the API token has admin access to the project
      type: dict
    sandboxes:
      description: The sandboxes of the project, each as returned by M(community.mailtrap.sandbox).
      returned: when the project exists
      type: list
      elements: dict
    permissions:
      description: The permissions of the API token on the project.
      returned: when the project exists
      type: dict
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.sandboxes import PROJECT

main = state_module(PROJECT)


if __name__ == "__main__":
    main()
