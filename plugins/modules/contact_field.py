#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_field
short_description: Manage the fields that Mailtrap contacts have
version_added: 0.1.0
description:
  - Create, change and delete a field of contacts. It is found by its merge tag.
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
      - The merge tag, by which templates refer to the field.
      - Required unless O(id) is given.
    type: str
  name:
    description:
      - The name of the field.
      - Required for a new field.
    type: str
  data_type:
    description:
      - What the field holds.
      - Required for a new field. To change it takes a new field, see O(recreate), and the values that contacts have are
        lost.
    type: str
    choices:
      - text
      - integer
      - float
      - boolean
      - date
  state:
    description:
      - With V(absent), the values that contacts have for the field are lost with it.
seealso:
  - module: community.mailtrap.contact_field_info
"""

EXAMPLES = r"""
- name: Have a field for the number of orders
  community.mailtrap.contact_field:
    merge_tag: orders
    name: Number of orders
    data_type: integer

- name: Have no such field
  community.mailtrap.contact_field:
    merge_tag: orders
    state: absent
"""

RETURN = r"""
contact_field:
  description: The field as the API shows it; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the field; V(null) in check mode when it would be created.
      type: int
      sample: 9001
    name:
      description: The name.
      type: str
      sample: Number of orders
    data_type:
      description: What the field holds.
      type: str
      sample: integer
    merge_tag:
      description: The merge tag.
      type: str
      sample: orders
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import CONTACT_FIELD

main = state_module(CONTACT_FIELD)


if __name__ == "__main__":
    main()
