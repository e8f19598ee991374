#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact
short_description: Manage Mailtrap contacts
version_added: 0.1.0
description:
  - Create, update, and delete contacts. Contacts receive mail from Mailtrap's campaigns and automations.
  - The module selects a contact by its email address or its ID.
  - This module sends two requests per contact. M(community.mailtrap.contact_import) creates and updates many contacts
    with a few requests.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
options:
  id:
    description:
      - The UUID of an existing contact. Use it to change the email address.
      - With O(state=present), the task fails if no contact has this UUID.
    type: str
  email:
    description:
      - The email address of the contact. Case is ignored.
      - Required unless O(id) is given.
      - With O(id), this is the new email address.
    type: str
  fields:
    description:
      - The values of contact fields. The keys are merge tags. See M(community.mailtrap.contact_field).
      - Fields that are not given keep their values. V(null) clears a value.
      - Strings are converted to the type of the field, for example V("5") to a number or V("true") to a boolean. The
        format of a date is V(2026-01-31).
      - The task fails and changes nothing if a merge tag does not exist.
    type: dict
  lists:
    description:
      - The names of the contact lists of the contact. The module removes the contact from all other lists. V([])
        removes it from all lists.
      - Can be combined with O(list_ids). If neither is given, the lists do not change.
      - Resolving names takes an additional request.
    type: list
    elements: str
  list_ids:
    description:
      - The IDs of the contact lists of the contact. The module removes the contact from all other lists. V([]) removes
        it from all lists.
      - Can be combined with O(lists). If neither is given, the lists do not change.
    type: list
    elements: int
  unsubscribed:
    description:
      - Whether the contact has unsubscribed from all mail.
      - Mailtrap may ignore V(false) for contacts who unsubscribed themselves. The module then issues a warning.
    type: bool
  state:
    description:
      - V(present) creates the contact if it does not exist, and updates it if the given options differ.
      - V(absent) deletes the contact with its field values and list memberships.
seealso:
  - module: community.mailtrap.contact_info
  - module: community.mailtrap.contact_import
  - module: community.mailtrap.contact_event
  - module: community.mailtrap.contact_field
  - module: community.mailtrap.contact_list
"""

EXAMPLES = r"""
- name: Create a contact on one list
  community.mailtrap.contact:
    email: ann@example.com
    fields:
      first_name: Ann
      orders: 3
    lists:
      - Customers

- name: Unsubscribe a contact
  community.mailtrap.contact:
    email: bob@example.com
    unsubscribed: true

- name: Change the email address of a contact
  community.mailtrap.contact:
    id: 018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132
    email: ann@example.org

- name: Delete the contact
  community.mailtrap.contact:
    email: bob@example.com
    state: absent
"""

RETURN = r"""
contact:
  description: The contact as returned by the API. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: The UUID of the contact. V(null) in check mode if the contact would be created.
      type: str
      sample: 018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132
    email:
      description: The email address in its original spelling.
      type: str
      sample: ann@example.com
    fields:
      description: The values of all fields by merge tag. V(null) if a field has no value.
      type: dict
      sample:
        first_name: Ann
        last_name:
        orders: 3
    list_ids:
      description: The IDs of the contact lists of the contact.
      type: list
      elements: int
      sample:
        - 1
    status:
      description: V(subscribed) or V(unsubscribed).
      type: str
      sample: subscribed
    created_at:
      description: The time at which the contact was created, in milliseconds since 1970.
      returned: when the contact exists
      type: int
      sample: 1742820600230
    updated_at:
      description: The time of the last update, in milliseconds since 1970.
      returned: when the contact exists
      type: int
      sample: 1742820600230
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.contacts import CONTACT

main = state_module(CONTACT)


if __name__ == "__main__":
    main()
