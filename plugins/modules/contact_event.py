#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_event
short_description: Record an event of a Mailtrap contact
version_added: 0.1.0
description:
  - Records an event of a contact, such as an order. An event can start an automation in Mailtrap.
  - The task always reports a change.
  - Mailtrap counts each request as a new event. The module therefore never repeats a request that may have taken
    effect. The task fails instead, and the error message says so.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
attributes:
  check_mode:
    support: full
    details:
      - Validates the options without sending any request.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every run records an event.
options:
  email:
    description:
      - The email address of the contact.
      - This or O(contact_id) is required.
    type: str
  contact_id:
    description:
      - The UUID of the contact.
      - This or O(email) is required.
    type: str
  name:
    description: The name of the event, up to 255 characters.
    type: str
    required: true
  params:
    description:
      - The parameters of the event.
      - Each value is a string, a number or a boolean.
      - Keys and strings have up to 255 characters.
    type: dict
    default: {}
seealso:
  - module: community.mailtrap.contact
"""

EXAMPLES = r"""
- name: Record that the contact was granted access
  community.mailtrap.contact_event:
    email: ann@example.com
    name: access_granted
    params:
      system: wiki
      days: 30
"""

RETURN = r"""
contact_event:
  description: The event as returned by the API.
  returned: success
  type: dict
  contains:
    contact_id:
      description: The UUID of the contact.
      returned: when not in check mode
      type: str
      sample: 018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132
    contact_email:
      description: The email address of the contact.
      returned: when not in check mode
      type: str
      sample: ann@example.com
    name:
      description: The name of the event.
      type: str
      sample: access_granted
    params:
      description: The parameters of the event.
      type: dict
      sample:
        system: wiki
        days: 30
"""

from ansible_collections.community.mailtrap.plugins.module_utils._contacts.contact_event import record_event
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module

main = custom_module(
    record_event,
    {
        "email": {"type": "str"},
        "contact_id": {"type": "str"},
        "name": {"type": "str", "required": True},
        "params": {"type": "dict", "default": {}},
    },
    required_one_of=[("email", "contact_id")],
    mutually_exclusive=[("email", "contact_id")],
)


if __name__ == "__main__":
    main()
