#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sub_account
short_description: Create Mailtrap sub-accounts
version_added: 0.1.0
description:
  - Create sub-accounts, which are accounts of an organization. Sub-accounts require a business plan.
  - The API can neither rename nor delete a sub-account. Use Mailtrap's website instead.
  - This module requires an API token of the organization. API tokens of accounts are rejected.
  - A new sub-account has no API token. Create its first token on Mailtrap's website.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
options:
  id:
    description: The ID of an existing sub-account. The task fails if no sub-account has this ID.
  organization_id:
    description: The ID of the organization.
    type: int
    required: true
  name:
    description:
      - The name of the sub-account. It cannot be changed.
      - Required unless O(id) is given.
    type: str
  state:
    description: V(present) creates the sub-account if it does not exist. This is the only state.
    choices:
      - present
seealso:
  - module: community.mailtrap.sub_account_info
"""

EXAMPLES = r"""
- name: Create a sub-account for the marketing department
  community.mailtrap.sub_account:
    api_token: "{{ organization_token }}"
    organization_id: 2222222
    name: Marketing
"""

RETURN = r"""
sub_account:
  description: The sub-account as returned by the API.
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the sub-account. V(null) in check mode if the sub-account would be created.
      type: int
      sample: 1234568
    name:
      description: The name of the sub-account.
      type: str
      sample: Marketing
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.sub_accounts import SUB_ACCOUNT

main = state_module(SUB_ACCOUNT)


if __name__ == "__main__":
    main()
