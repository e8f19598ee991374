#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_field
short_description: Manage Mailtrap contact fields
version_added: 0.1.0
description:
  - Create, update, and delete contact fields. A contact field defines a value that each contact can have.
  - The module selects a contact field by its merge tag or its ID.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
  - community.mailtrap._identity.recreate
options:
  merge_tag:
    description:
      - The merge tag of the contact field. Templates insert the value of the field with this tag.
      - Required unless O(id) is given.
      - With O(id), this is the new merge tag.
    type: str
  name:
    description:
      - The name of the contact field.
      - Required to create a contact field.
    type: str
  data_type:
    description:
      - The type of the values.
      - Required to create a contact field. Changing it requires O(recreate=true), which deletes the values of all
        contacts.
    type: str
    choices:
      - text
      - integer
      - float
      - boolean
      - date
  state:
    description:
      - V(present) creates the contact field if it does not exist, and updates it if the given options differ.
      - V(absent) deletes the contact field and its values in all contacts.
seealso:
  - module: community.mailtrap.contact_field_info
"""

EXAMPLES = r"""
- name: Create a contact field for the number of orders
  community.mailtrap.contact_field:
    merge_tag: orders
    name: Number of orders
    data_type: integer

- name: Delete the contact field
  community.mailtrap.contact_field:
    merge_tag: orders
    state: absent
"""

RETURN = r"""
contact_field:
  description: The contact field as returned by the API. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the contact field. V(null) in check mode if the contact field would be created.
      type: int
      sample: 9001
    name:
      description: The name of the contact field.
      type: str
      sample: Number of orders
    data_type:
      description: The type of the values.
      type: str
      sample: integer
    merge_tag:
      description: The merge tag of the contact field.
      type: str
      sample: orders
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.contacts import CONTACT_FIELD

main = state_module(CONTACT_FIELD)


if __name__ == "__main__":
    main()
