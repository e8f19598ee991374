#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sub_account_info
short_description: List Mailtrap sub-accounts
version_added: 0.1.0
description:
  - Return all sub-accounts of an organization, or only those that match the given options.
  - This module requires an API token of the organization. API tokens of accounts are rejected.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: Return only the sub-account with this ID.
    type: int
  organization_id:
    description: The ID of the organization.
    type: int
    required: true
  name:
    description: Return only sub-accounts with this name.
    type: str
seealso:
  - module: community.mailtrap.sub_account
"""

EXAMPLES = r"""
- name: List the sub-accounts of the organization
  community.mailtrap.sub_account_info:
    api_token: "{{ organization_token }}"
    organization_id: 2222222
  register: sub_accounts
"""

RETURN = r"""
sub_accounts:
  description:
    - The matching sub-accounts, each as returned by M(community.mailtrap.sub_account). Empty if there are none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 1234568
      name: Marketing
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.sub_accounts import SUB_ACCOUNT

main = info_module(SUB_ACCOUNT)


if __name__ == "__main__":
    main()
