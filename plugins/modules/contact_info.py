#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_info
short_description: Read a Mailtrap contact
version_added: 0.1.0
description:
  - Return the contact that has the given email address or ID.
  - The API cannot list contacts. Use M(community.mailtrap.contact_export) to write all contacts to a file.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: The UUID of the contact. Either this or O(email) is required.
    type: str
  email:
    description: The email address of the contact. Either this or O(id) is required.
    type: str
seealso:
  - module: community.mailtrap.contact
  - module: community.mailtrap.contact_export
"""

EXAMPLES = r"""
- name: Read a contact
  community.mailtrap.contact_info:
    email: bob@example.com
  register: found

- name: Report that the contact has unsubscribed
  ansible.builtin.debug:
    msg: bob@example.com has unsubscribed.
  when:
    - found.contacts | length > 0
    - found.contacts[0].status == "unsubscribed"
"""

RETURN = r"""
contacts:
  description: A list with the contact as returned by M(community.mailtrap.contact). Empty if it does not exist.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132
      email: bob@example.com
      fields:
        first_name: Bob
        last_name:
      list_ids:
        - 1
      status: unsubscribed
      created_at: 1742820600230
      updated_at: 1742820600230
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.contacts import CONTACT

main = info_module(CONTACT, required_one_of=[("id", "email")])


if __name__ == "__main__":
    main()
