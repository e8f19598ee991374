#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_info
short_description: List the Mailtrap accounts that the API token can access
version_added: 0.1.0
description:
  - Returns the account of the API token. For an organization token, returns all accounts of the organization.
  - This is the cheapest way to check the connection and the API token.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options: {}
seealso:
  - module: community.mailtrap.permission_info
  - module: community.mailtrap.billing_usage_info
"""

EXAMPLES = r"""
- name: List the accounts
  community.mailtrap.account_info:
  register: mailtrap

- name: Show the ID of the account
  ansible.builtin.debug:
    var: mailtrap.accounts[0].id
"""

RETURN = r"""
accounts:
  description: The accounts as returned by the API.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID of the account.
      type: int
      sample: 1234567
    name:
      description: The name of the account.
      type: str
      sample: Shop
    access_levels:
      description:
        - The access levels of the token in the account; V(1000) for an owner, V(100) for an admin, V(10) for a viewer.
      type: list
      elements: int
      sample:
        - 100
"""

from ansible_collections.community.mailtrap.plugins.module_utils._account.account_info import read_accounts
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module

main = custom_module(read_accounts, {})


if __name__ == "__main__":
    main()
