#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_field_info
short_description: List the fields that Mailtrap contacts have
version_added: 0.1.0
description:
  - Return all of them, those with a merge tag, or the one with an id.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: The id of the only one to return.
    type: int
  merge_tag:
    description: The merge tag of the field to return.
    type: str
seealso:
  - module: community.mailtrap.contact_field
"""

EXAMPLES = r"""
- name: List the fields of contacts
  community.mailtrap.contact_field_info:
  register: contact_fields
"""

RETURN = r"""
contact_fields:
  description: What was found, each as M(community.mailtrap.contact_field) returns it; empty when there is none.
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
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import CONTACT_FIELD

main = info_module(CONTACT_FIELD)


if __name__ == "__main__":
    main()
