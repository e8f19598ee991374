#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sub_account
short_description: Have sub accounts in a Mailtrap organization
version_added: 0.1.0
description:
  - Create an account in an organization, which plans for businesses allow.
  - The API cannot rename or delete one; that is done on the website of the service.
  - This needs the API token of the organization. That of an account is refused. A new account has no token yet, and the
    first one is made on the website of the service.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
options:
  id:
    description: The id of the sub account, when it exists already.
  organization_id:
    description: The id of the organization.
    type: int
    required: true
  name:
    description:
      - The name of the sub account.
      - Required unless O(id) is given. It cannot be changed.
    type: str
  state:
    description: That the sub account is to be there is all that can be asked for.
    choices:
      - present
seealso:
  - module: community.mailtrap.sub_account_info
"""

EXAMPLES = r"""
- name: Have an account for the marketing department
  community.mailtrap.sub_account:
    api_token: "{{ organization_token }}"
    organization_id: 2222222
    name: Marketing
"""

RETURN = r"""
sub_account:
  description: The sub account as the API shows it.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the account; V(null) in check mode when it would be created.
      type: int
      sample: 1234568
    name:
      description: The name of the account.
      type: str
      sample: Marketing
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import SUB_ACCOUNT

main = state_module(SUB_ACCOUNT)


if __name__ == "__main__":
    main()
