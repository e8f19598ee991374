#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_event
short_description: Tell Mailtrap what happened to a contact
version_added: 0.1.0
description:
  - Record an event of a contact, such as an order, which can start an automation of the account.
  - Recording is reported as a change.
  - The service cannot tell a repeated event from a second one. When it is unknown whether an event was taken, it is not
    sent again; the task fails, and says so.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
attributes:
  check_mode:
    support: full
    details:
      - The options are checked. Nothing is asked for and nothing is sent.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every run records an event.
options:
  email:
    description: The e-mail address of the contact. This or O(contact_id) is required.
    type: str
  contact_id:
    description: The UUID of the contact. This or O(email) is required.
    type: str
  name:
    description: The name of the event, up to 255 characters.
    type: str
    required: true
  params:
    description:
      - What there is to know about the event. The values are texts, numbers and booleans.
      - Names and texts have up to 255 characters.
    type: dict
    default: {}
seealso:
  - module: community.mailtrap.contact
"""

EXAMPLES = r"""
- name: Tell that somebody has got access
  community.mailtrap.contact_event:
    email: ann@example.com
    name: access_granted
    params:
      system: wiki
      days: 30
"""

RETURN = r"""
contact_event:
  description: The event as the API shows it.
  returned: success
  type: dict
  contains:
    contact_id:
      description: The UUID of the contact.
      returned: outside of check mode
      type: str
      sample: 018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132
    contact_email:
      description: The e-mail address of the contact.
      returned: outside of check mode
      type: str
      sample: ann@example.com
    name:
      description: The name of the event.
      type: str
      sample: access_granted
    params:
      description: What there is to know about it.
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
