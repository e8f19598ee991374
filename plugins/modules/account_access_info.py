#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_access_info
short_description: List who has access to a Mailtrap account
version_added: 0.1.0
description:
  - Return the access of all people and invitations, or of one of them.
  - By projects, sandboxes or domains, return the access of those who have permissions on one of them, API tokens among
    them. Other API tokens are not listed by the service.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: The id of the only access to return.
    type: int
  email:
    description: The e-mail address of the person or invitation whose access to return.
    type: str
  projects:
    description: The names of projects on one of which there are permissions.
    type: list
    elements: str
  project_ids:
    description: As O(projects), by their ids, which saves a request.
    type: list
    elements: int
  sandboxes:
    description: The names of sandboxes on one of which there are permissions.
    type: list
    elements: str
    aliases: [inboxes]
  sandbox_ids:
    description: As O(sandboxes), by their ids, which saves a request.
    type: list
    elements: int
    aliases: [inbox_ids]
  domains:
    description: The names of domains on one of which there are permissions.
    type: list
    elements: str
    aliases: [sending_domains]
  domain_ids:
    description: As O(domains), by their ids, which saves a request.
    type: list
    elements: int
    aliases: [sending_domain_ids]
seealso:
  - module: community.mailtrap.account_access
  - module: community.mailtrap.api_token_info
"""

EXAMPLES = r"""
- name: List the people and the invitations
  community.mailtrap.account_access_info:
  register: everybody

- name: List who has permissions on a project
  community.mailtrap.account_access_info:
    projects: [Shop]
  register: of_the_shop
"""

RETURN = r"""
account_accesses:
  description: The accesses, each as M(community.mailtrap.account_access) returns it; empty when there is none.
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
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import LISTED_ACCESS

main = info_module(
    LISTED_ACCESS,
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
