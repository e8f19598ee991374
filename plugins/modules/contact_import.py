#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_import
short_description: Import contacts into Mailtrap
version_added: 0.1.0
description:
  - Creates and updates contacts from a list or from a CSV file.
  - The module validates all contacts before it sends any request. It sends them in batches of 50,000.
  - Mailtrap imports each batch in the background. The module waits for the imports, and returns how many contacts
    were created and updated.
  - If Mailtrap refuses any contact, it refuses the whole batch. The error message then lists each refused contact.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
attributes:
  check_mode:
    support: full
    details:
      - Validates the contacts and looks up lists and contact fields, but imports nothing.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - The API does not return whether an update changed a contact, so every import is reported as a change.
      - Importing the same contacts again does not create duplicates.
options:
  contacts:
    description:
      - The contacts to import.
      - This or O(src) is required.
    type: list
    elements: dict
    suboptions:
      email:
        description: The email address of the contact.
        type: str
        required: true
      fields:
        description:
          - The values of the contact's fields, by merge tag. Use M(community.mailtrap.contact_field) to manage fields.
          - Fields that are not listed keep their values. V(null) clears a field.
        type: dict
  src:
    description:
      - The path of a CSV file with the contacts, encoded in UTF-8.
      - The file is read on the controller, from the same search path as C(src) of M(ansible.builtin.copy).
      - The first line names the columns. One column is V(email), the others are merge tags.
      - Each cell is converted to the type of its field. Numbers are written like V(4.5), booleans like V(true) or
        V(yes), and dates like V(2026-01-31). An empty cell keeps the value of the field.
      - This or O(contacts) is required.
    type: path
  delimiter:
    description: The character that separates the columns of O(src).
    type: str
    default: ","
  lists_included:
    description: The names of the lists to which all these contacts are added.
    type: list
    elements: str
    default: []
  list_ids_included:
    description: The IDs of the lists to which all these contacts are added.
    type: list
    elements: int
    default: []
  lists_excluded:
    description: The names of the lists from which all these contacts are removed.
    type: list
    elements: str
    default: []
  list_ids_excluded:
    description: The IDs of the lists from which all these contacts are removed.
    type: list
    elements: int
    default: []
  wait:
    description:
      - The maximum time to wait for the imports, in seconds.
      - If the wait times out, the task fails, and Mailtrap continues the imports in the background.
      - With V(0), the task does not wait, and does not report how many contacts were created and updated.
    type: int
    default: 600
seealso:
  - module: community.mailtrap.contact
  - module: community.mailtrap.contact_export
"""

EXAMPLES = r"""
- name: Import two contacts and add them to a list
  community.mailtrap.contact_import:
    contacts:
      - email: ann@example.com
        fields:
          first_name: Ann
      - email: bob@example.com
    lists_included:
      - Customers

- name: Import a CSV file from another system
  community.mailtrap.contact_import:
    src: customers.csv
    delimiter: ;
    lists_included:
      - Customers
    lists_excluded:
      - Testers
  register: contact_import

- name: Show the number of new contacts
  ansible.builtin.debug:
    var: contact_import.created_contacts_count
"""

RETURN = r"""
contact_imports:
  description: The imports as returned by the API, one for each batch of 50,000 contacts.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: The ID of the import.
      type: int
      sample: 1100
    status:
      description: The status of the import; V(created), V(started), V(finished) or V(failed).
      type: str
      sample: finished
    contacts:
      description: The number of contacts in the batch.
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
  description: The number of contacts that were created, or V(null) unless all imports have finished.
  returned: always
  type: int
  sample: 1
updated_contacts_count:
  description:
    - The number of contacts that already existed, or V(null) unless all imports have finished.
    - If a request was repeated after a network error, contacts that the first attempt created count as updated.
  returned: always
  type: int
  sample: 1
contacts_over_limit_count:
  description:
    - The number of contacts that exceeded the limit of the account, or V(null) unless all imports have finished.
    - If this number is not V(0), the task fails.
  returned: always
  type: int
  sample: 0
waited:
  description: The time that the task waited for the imports, in seconds.
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
    controller_files={("src",): None},
)


if __name__ == "__main__":
    main()
