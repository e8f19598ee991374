#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_field_info
short_description: List Mailtrap contact fields
version_added: 0.1.0
description:
  - Return all contact fields, or only the one that matches the given options.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: Return only the contact field with this ID.
    type: int
  merge_tag:
    description: Return only the contact field with this merge tag.
    type: str
seealso:
  - module: community.mailtrap.contact_field
"""

EXAMPLES = r"""
- name: List all contact fields
  community.mailtrap.contact_field_info:
  register: contact_fields
"""

RETURN = r"""
contact_fields:
  description:
    - The matching contact fields, each as returned by M(community.mailtrap.contact_field). Empty if there are none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 9001
      name: Number of orders
      data_type: integer
      merge_tag: orders
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.contacts import CONTACT_FIELD

main = info_module(CONTACT_FIELD)


if __name__ == "__main__":
    main()
