#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_access_info
short_description: List the users, invitations, and API tokens with access to a Mailtrap account
version_added: 0.1.0
description:
  - Return the access of all users and invitations, or only of those that match the given options.
  - Given projects, sandboxes, or domains, the module returns the access of everyone who has permissions on at least one
    of them. This includes API tokens. Mailtrap lists the access of API tokens only in this case.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: Return only the access with this ID.
    type: int
  email:
    description: Return only the access of the user or invitation with this email address. Case is ignored.
    type: str
  projects:
    description:
      - Return only access with permissions on one of the projects with these names. Resolving names takes an additional
        request.
    type: list
    elements: str
  project_ids:
    description: Return only access with permissions on one of the projects with these IDs.
    type: list
    elements: int
  sandboxes:
    description:
      - Return only access with permissions on one of the sandboxes with these names. Resolving names takes an
        additional request.
    type: list
    elements: str
    aliases: [inboxes]
  sandbox_ids:
    description: Return only access with permissions on one of the sandboxes with these IDs.
    type: list
    elements: int
    aliases: [inbox_ids]
  domains:
    description:
      - Return only access with permissions on one of the domains with these names. Resolving names takes an additional
        request.
    type: list
    elements: str
    aliases: [sending_domains]
  domain_ids:
    description: Return only access with permissions on one of the domains with these IDs.
    type: list
    elements: int
    aliases: [sending_domain_ids]
seealso:
  - module: community.mailtrap.account_access
  - module: community.mailtrap.api_token_info
"""

EXAMPLES = r"""
- name: List the access of all users and invitations
  community.mailtrap.account_access_info:
  register: all_access

- name: List the access to a project
  community.mailtrap.account_access_info:
    projects: [Shop]
  register: shop_access
"""

RETURN = r"""
account_accesses:
  description:
    - The matching account accesses, each as returned by M(community.mailtrap.account_access). Empty if there are none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 4700002
      specifier_type: User
      specifier:
        id: 1900002
        email: ann@example.com
        name: Ann
        two_factor_authentication_enabled: true
      resources:
        - resource_type: project
          resource_id: 2570001
          access_level: 100
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.account_access import FILTERABLE_ACCESS

main = info_module(
    FILTERABLE_ACCESS,
    {
        "projects": {"type": "list", "elements": "str"},
        "project_ids": {"type": "list", "elements": "int"},
        "sandboxes": {"type": "list", "elements": "str", "aliases": ["inboxes"]},
        "sandbox_ids": {"type": "list", "elements": "int", "aliases": ["inbox_ids"]},
        "domains": {"type": "list", "elements": "str", "aliases": ["sending_domains"]},
        "domain_ids": {"type": "list", "elements": "int", "aliases": ["sending_domain_ids"]},
    },
)


if __name__ == "__main__":
    main()
