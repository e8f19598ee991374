#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_list
short_description: Manage Mailtrap contact lists
version_added: 0.1.0
description:
  - Create, rename, and delete contact lists.
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
      - The name of the contact list.
      - Required unless O(id) is given.
      - With O(id), this is the new name.
    type: str
  state:
    description:
      - V(present) creates the contact list if it does not exist, and renames it if the given name differs.
      - V(absent) deletes the contact list. Contacts on the list are not deleted.
seealso:
  - module: community.mailtrap.contact_list_info
"""

EXAMPLES = r"""
- name: Create a contact list
  community.mailtrap.contact_list:
    name: Customers

- name: Delete the contact list
  community.mailtrap.contact_list:
    name: Customers
    state: absent
"""

RETURN = r"""
contact_list:
  description: The contact list as returned by the API. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the contact list. V(null) in check mode if the contact list would be created.
      type: int
      sample: 1
    name:
      description: The name of the contact list.
      type: str
      sample: Customers
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.contacts import CONTACT_LIST

main = state_module(CONTACT_LIST)


if __name__ == "__main__":
    main()
