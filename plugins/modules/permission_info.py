#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: permission_info
short_description: List what the API token administers in Mailtrap
version_added: 0.1.0
description:
  - Return everything in the account that the token has admin access to, as a tree and as a list.
  - What the token may only look at is not told.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options: {}
seealso:
  - module: community.mailtrap.account_info
"""

EXAMPLES = r"""
- name: Read what the token administers
  community.mailtrap.permission_info:
  register: mine

- name: Show the projects
  ansible.builtin.debug:
    msg: "{{ mine.resources | selectattr('resource_type', 'eq', 'project') | map(attribute='name') }}"
"""

RETURN = r"""
permissions:
  description: The tree, as the API shows it, with the account as its root where the token administers that.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the resource. The permission scopes have the id of the account.
      type: int
      sample: 2550469
    name:
      description: The name of the resource.
      type: str
      sample: Shop
    type:
      description:
        - The type of the resource, such as V(account), V(billing), V(project), V(sandbox), V(domain),
          V(email_campaign_permission_scope) and V(email_template_permission_scope).
      type: str
      sample: project
    access_level:
      description: What the token may do with it; V(1000) is an owner, V(100) an admin.
      type: int
      sample: 100
    resources:
      description: What is in it, each like this.
      type: list
      elements: dict
      sample:
        - id: 4117907
          name: Staging
          type: sandbox
          access_level: 100
          resources: []
resources:
  description: The same as a list, in the words in which permissions are given, each followed by what is in it.
  returned: success
  type: list
  elements: dict
  contains:
    resource_type:
      description: The type of the resource.
      type: str
      sample: sandbox
    resource_id:
      description: The id of the resource.
      type: int
      sample: 4117907
    access_level:
      description: What the token may do with it.
      type: int
      sample: 100
    name:
      description: The name of the resource.
      type: str
      sample: Staging
"""

from ansible_collections.community.mailtrap.plugins.module_utils._account.account_info import read_permissions
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module

main = custom_module(read_permissions, {})


if __name__ == "__main__":
    main()
