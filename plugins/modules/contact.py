#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact
short_description: Manage contacts of Mailtrap
version_added: 0.1.0
description:
  - Create, change and delete a contact, to whom campaigns and automations of Mailtrap write.
  - A contact is found by its e-mail address, in which upper and lower case are the same.
  - For many contacts, M(community.mailtrap.contact_import) takes a few requests in all, and this module two for each.
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
      - The UUID of the contact, when it exists already.
      - With it, the e-mail address can be changed.
    type: str
  email:
    description:
      - The e-mail address.
      - Required unless O(id) is given.
    type: str
  fields:
    description:
      - Values of the contact, by the merge tags of M(community.mailtrap.contact_field).
      - Those that are not given stay as they are. V(null) clears one.
      - A text is taken as the type of its field is, such as V("5") for a number and V("true") for a boolean. A date is
        written as V(2026-01-31).
      - A merge tag that no field has is refused before anything is changed.
    type: dict
  lists:
    description:
      - The names of all lists on which the contact is to be. It is taken off all others.
      - Together with O(list_ids), it is to be on the lists of both.
      - An empty list takes it off all lists. The lists stay as they are when neither option is given.
    type: list
    elements: str
  list_ids:
    description: As O(lists), by the ids of the lists, which saves a request.
    type: list
    elements: int
  unsubscribed:
    description:
      - Whether the contact does not want to get mail any more.
      - The service may keep somebody unsubscribed who has opted out; the module then warns.
    type: bool
  state:
    description:
      - With V(absent), the contact is gone, with its values and its membership of lists.
seealso:
  - module: community.mailtrap.contact_info
  - module: community.mailtrap.contact_import
  - module: community.mailtrap.contact_event
  - module: community.mailtrap.contact_field
  - module: community.mailtrap.contact_list
"""

EXAMPLES = r"""
- name: Have a contact on one list
  community.mailtrap.contact:
    email: ann@example.com
    fields:
      first_name: Ann
      orders: 3
    lists:
      - Customers

- name: Write to somebody no more
  community.mailtrap.contact:
    email: bob@example.com
    unsubscribed: true

- name: Change an address
  community.mailtrap.contact:
    id: 018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132
    email: ann@example.org

- name: Have no such contact
  community.mailtrap.contact:
    email: bob@example.com
    state: absent
"""

RETURN = r"""
contact:
  description: The contact as the API shows it; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID of the contact; V(null) in check mode when it would be created.
      type: str
      sample: 018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132
    email:
      description: The e-mail address, as it was first written.
      type: str
      sample: ann@example.com
    fields:
      description: The values of all fields by their merge tags; V(null) where there is none.
      type: dict
      sample:
        first_name: Ann
        last_name:
        orders: 3
    list_ids:
      description: The ids of the lists on which the contact is.
      type: list
      elements: int
      sample:
        - 1
    status:
      description: V(subscribed) or V(unsubscribed).
      type: str
      sample: subscribed
    created_at:
      description: When it was created, in milliseconds since 1970.
      returned: when the contact exists
      type: int
      sample: 1742820600230
    updated_at:
      description: When it was changed last, in milliseconds since 1970.
      returned: when the contact exists
      type: int
      sample: 1742820600230
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import CONTACT

main = state_module(CONTACT)


if __name__ == "__main__":
    main()
