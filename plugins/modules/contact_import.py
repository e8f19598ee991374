#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_import
short_description: Create and update many contacts of Mailtrap
version_added: 0.1.0
description:
  - Create the contacts that are not there, and update those that are, out of a list or a CSV file.
  - All of them are checked before anything is sent. One request takes 50,000 contacts; more are sent in several.
  - The service does its work after the request. The module waits for it, and tells how many were created and updated.
  - The service refuses a request as a whole for one contact that is not right. The failure names each of them.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
attributes:
  check_mode:
    support: full
    details:
      - The contacts are checked, and lists and fields looked up. Nothing is sent.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - The service does not tell whether an update changed anything, so every run is reported as a change.
      - Importing the same contacts twice does not make more of them.
options:
  contacts:
    description: The contacts. This or O(src) is required.
    type: list
    elements: dict
    suboptions:
      email:
        description: The e-mail address.
        type: str
        required: true
      fields:
        description:
          - Values of the contact, by the merge tags of M(community.mailtrap.contact_field).
          - Those that are not given stay as they are. V(null) clears one.
        type: dict
  src:
    description:
      - A CSV file with the contacts, in UTF-8. This or O(contacts) is required.
      - Its first line names the columns. One is V(email), the others are merge tags. An empty cell leaves a value as it
        is.
      - Cells are taken as the type of their field is, numbers as V(4.5), booleans as V(true) or V(yes), dates as
        V(2026-01-31).
      - It is looked for on the controller, as M(ansible.builtin.copy) looks for its C(src).
    type: path
  delimiter:
    description: What is between the columns of O(src).
    type: str
    default: ","
  lists_included:
    description: The names of lists to put all these contacts on.
    type: list
    elements: str
    default: []
  list_ids_included:
    description: The ids of lists to put all these contacts on.
    type: list
    elements: int
    default: []
  lists_excluded:
    description: The names of lists to take all these contacts off.
    type: list
    elements: str
    default: []
  list_ids_excluded:
    description: The ids of lists to take all these contacts off.
    type: list
    elements: int
    default: []
  wait:
    description:
      - Seconds to wait until the service has done it. The task fails when that takes longer; the import then goes on
        all the same.
      - With V(0), the task does not wait, and does not know the outcome.
    type: int
    default: 600
seealso:
  - module: community.mailtrap.contact
  - module: community.mailtrap.contact_export
"""

EXAMPLES = r"""
- name: Put some people on a list
  community.mailtrap.contact_import:
    contacts:
      - email: ann@example.com
        fields:
          first_name: Ann
      - email: bob@example.com
    lists_included:
      - Customers

- name: Import what another system has exported
  community.mailtrap.contact_import:
    src: customers.csv
    delimiter: ;
    lists_included:
      - Customers
    lists_excluded:
      - Testers
  register: imported

- name: Show how many are new
  ansible.builtin.debug:
    var: imported.created_contacts_count
"""

RETURN = r"""
contact_imports:
  description: The imports as the API shows them, one for each 50,000 contacts. A failure has them too.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: The id of the import.
      type: int
      sample: 1100
    status:
      description: V(created), V(started), V(finished) or V(failed).
      type: str
      sample: finished
    contacts:
      description: How many contacts were sent with it.
      type: int
      sample: 2
  sample:
    - id: 1100
      status: finished
      contacts: 2
      created_contacts_count: 1
      updated_contacts_count: 1
      contacts_over_limit_count: 0
created_contacts_count:
  description: How many contacts were created; V(null) as long as an import has not finished.
  returned: always
  type: int
  sample: 1
updated_contacts_count:
  description:
    - How many were there already; V(null) as long as an import has not finished.
    - After a fault of the network a request is repeated. What it created the first time then counts as updated.
  returned: always
  type: int
  sample: 1
contacts_over_limit_count:
  description:
    - How many the account has no room for; V(null) as long as an import has not finished. If there are any, the task
      fails.
  returned: always
  type: int
  sample: 0
waited:
  description: How many seconds the task waited until the service had done it.
  returned: always
  type: float
  sample: 3.1
"""

from ansible_collections.community.mailtrap.plugins.module_utils._contacts.contact_import import import_contacts
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module

LIST_NAMES = {"type": "list", "elements": "str", "default": []}
LIST_IDS = {"type": "list", "elements": "int", "default": []}

main = custom_module(
    import_contacts,
    {
        "contacts": {
            "type": "list",
            "elements": "dict",
            "options": {"email": {"type": "str", "required": True}, "fields": {"type": "dict"}},
        },
        "src": {"type": "path"},
        "delimiter": {"type": "str", "default": ","},
        "lists_included": LIST_NAMES,
        "list_ids_included": LIST_IDS,
        "lists_excluded": LIST_NAMES,
        "list_ids_excluded": LIST_IDS,
        "wait": {"type": "int", "default": 600},
    },
    required_one_of=[("contacts", "src")],
    mutually_exclusive=[("contacts", "src")],
)


if __name__ == "__main__":
    main()
