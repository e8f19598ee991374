#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_list
short_description: Manage contact lists of Mailtrap
version_added: 0.1.0
description:
  - Create, rename and delete a list of contacts. It is found by its name.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
options:
  name:
    description:
      - The name of the list.
      - Required unless O(id) is given.
    type: str
  state:
    description:
      - With V(absent), the list is gone; the contacts on it stay.
seealso:
  - module: community.mailtrap.contact_list_info
"""

EXAMPLES = r"""
- name: Have a list of contacts
  community.mailtrap.contact_list:
    name: Customers

- name: Have no such list
  community.mailtrap.contact_list:
    name: Customers
    state: absent
"""

RETURN = r"""
contact_list:
  description: The list as the API shows it; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the list; V(null) in check mode when it would be created.
      type: int
      sample: 1
    name:
      description: The name.
      type: str
      sample: Customers
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import CONTACT_LIST

main = state_module(CONTACT_LIST)


if __name__ == "__main__":
    main()
