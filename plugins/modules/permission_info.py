#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: permission_info
short_description: List the Mailtrap resources that the API token administers
version_added: 0.1.0
description:
  - Returns all resources of the account to which the API token has admin access, as a tree and as a flat list.
  - Resources that the token can only view are not returned.
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
- name: List the resources that the token administers
  community.mailtrap.permission_info:
  register: permissions

- name: Show the names of the projects
  ansible.builtin.debug:
    msg: "{{ permissions.resources | selectattr('resource_type', 'eq', 'project') | map(attribute='name') }}"
"""

RETURN = r"""
permissions:
  description: The tree of resources as returned by the API. The account is its root if the token administers it.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID of the resource. A permission scope has the ID of the account.
      type: int
      sample: 2550469
    name:
      description: The name of the resource.
      type: str
      sample: Shop
    type:
      description:
        - The type of the resource, such as V(account), V(billing), V(project), V(sandbox), V(domain),
          V(email_campaign_permission_scope) or V(email_template_permission_scope).
      type: str
      sample: project
    access_level:
      description: The access level of the token; V(1000) for an owner and V(100) for an admin.
      type: int
      sample: 100
    resources:
      description: The resources within this resource, with the same keys.
      type: list
      elements: dict
      sample:
        - id: 4117907
          name: Staging
          type: sandbox
          access_level: 100
          resources: []
resources:
  description:
    - The same resources as a flat list, each followed by the resources within it.
    - The keys are those of the option O(community.mailtrap.api_token#module:permissions).
  returned: success
  type: list
  elements: dict
  contains:
    resource_type:
      description: The type of the resource.
      type: str
      sample: sandbox
    resource_id:
      description: The ID of the resource.
      type: int
      sample: 4117907
    access_level:
      description: The access level of the token, as a number.
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
