#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sub_account_info
short_description: List the accounts of a Mailtrap organization
version_added: 0.1.0
description:
  - Return all accounts of an organization, those with a name, or the one with an id.
  - This needs the API token of the organization. That of an account is refused.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: The id of the only account to return.
    type: int
  organization_id:
    description: The id of the organization.
    type: int
    required: true
  name:
    description: The name of the accounts to return.
    type: str
seealso:
  - module: community.mailtrap.sub_account
"""

EXAMPLES = r"""
- name: List the accounts of the organization
  community.mailtrap.sub_account_info:
    api_token: "{{ organization_token }}"
    organization_id: 2222222
  register: accounts
"""

RETURN = r"""
sub_accounts:
  description: The accounts, each as M(community.mailtrap.sub_account) returns it; empty when there is none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 1234568
      name: Marketing
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import SUB_ACCOUNT

main = info_module(SUB_ACCOUNT)


if __name__ == "__main__":
    main()
