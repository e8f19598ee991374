#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: project
short_description: Manage projects of Mailtrap sandboxes
version_added: 0.1.0
description:
  - Create, rename and delete a project, the folder that holds sandboxes.
  - A project is found by its name. Mailtrap lets several projects share a name; the module then changes nothing, and
    names their ids.
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
    type: str
  state:
    description:
      - With V(absent), the sandboxes of the project and all mail in them are deleted with it.
seealso:
  - module: community.mailtrap.project_info
  - module: community.mailtrap.sandbox
"""

EXAMPLES = r"""
- name: Have a project
  community.mailtrap.project:
    name: Shop

- name: Rename it
  community.mailtrap.project:
    id: 2570001
    name: Web shop

- name: Have no such project, nor any sandbox in it
  community.mailtrap.project:
    name: Web shop
    state: absent
"""

RETURN = r"""
project:
  description: The project as the API shows it; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the project; V(null) in check mode when it would be created.
      type: int
      sample: 2570001
    name:
      description: The name of the project.
      type: str
      sample: Shop
    share_links:
      description: Links that give access to the project without an account.
      returned: with O(reveal_secrets=true), when the token may administer the project
      type: dict
    sandboxes:
      description: The sandboxes of the project, each as M(community.mailtrap.sandbox) returns it.
      returned: when the project exists
      type: list
      elements: dict
    permissions:
      description: What the token may do with the project.
      returned: when the project exists
      type: dict
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import PROJECT

main = state_module(PROJECT)


if __name__ == "__main__":
    main()
