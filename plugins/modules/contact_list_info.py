#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_list_info
short_description: List Mailtrap contact lists
version_added: 0.1.0
description:
  - Return all contact lists, or only the one that matches the given options.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: Return only the contact list with this ID.
    type: int
  name:
    description: Return only the contact list with this name.
    type: str
seealso:
  - module: community.mailtrap.contact_list
"""

EXAMPLES = r"""
- name: List all contact lists
  community.mailtrap.contact_list_info:
  register: contact_lists
"""

RETURN = r"""
contact_lists:
  description:
    - The matching contact lists, each as returned by M(community.mailtrap.contact_list). Empty if there are none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 1
      name: Customers
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.contacts import CONTACT_LIST

main = info_module(CONTACT_LIST)


if __name__ == "__main__":
    main()
