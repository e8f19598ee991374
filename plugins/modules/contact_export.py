#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_export
short_description: Export Mailtrap contacts to a file
version_added: 0.1.0
description:
  - Exports all contacts, or those that match the options, and downloads them as a gzip-compressed CSV file.
  - An account can run only one export at a time. The module waits until a running export has ended.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
attributes:
  check_mode:
    support: full
    details:
      - Validates the options and looks up the lists, but exports nothing. The task always reports a change.
  diff_mode:
    support: none
  idempotent:
    support: full
    details:
      - Every run exports the contacts. The file is written, and the task reports a change, only if the contacts or the
        mode of the file differ.
options:
  dest:
    description:
      - The path of the C(.csv.gz) file on the host that runs the module.
      - Its directory must exist. The module checks this before it sends any request.
      - The file has mode V(0600). An existing file is replaced atomically.
    type: path
    required: true
  lists:
    description: The names of the lists whose contacts are exported. If both this and O(list_ids) are omitted, the
      contacts of all lists are exported.
    type: list
    elements: str
  list_ids:
    description: The IDs of the lists whose contacts are exported, in addition to O(lists).
    type: list
    elements: int
  subscription_status:
    description: The status of the contacts that are exported. If omitted, contacts of both statuses are exported.
    type: str
    choices:
      - subscribed
      - unsubscribed
  wait:
    description: The maximum time to wait for the export, and for a running one before it, in seconds.
    type: int
    default: 600
seealso:
  - module: community.mailtrap.contact_import
  - module: community.mailtrap.contact_info
"""

EXAMPLES = r"""
- name: Export the subscribed customers
  community.mailtrap.contact_export:
    dest: customers.csv.gz
    lists:
      - Customers
    subscription_status: subscribed
"""

RETURN = r"""
dest:
  description: The path of the file.
  returned: success
  type: str
  sample: customers.csv.gz
contact_export:
  description:
    - The export as returned by the API, or V(null) in check mode.
    - The URL of the file is left out, because it gives access to the contacts without a token.
  returned: success
  type: dict
  sample:
    id: 601
    status: finished
    created_at: '2026-04-28T08:19:31.769Z'
    updated_at: '2026-04-28T08:19:31.930Z'
waited:
  description: The time until the file was downloaded, in seconds.
  returned: success
  type: float
  sample: 3.1
"""

from ansible_collections.community.mailtrap.plugins.module_utils._contacts.contact_export import export_contacts
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module

main = custom_module(
    export_contacts,
    {
        "dest": {"type": "path", "required": True},
        "lists": {"type": "list", "elements": "str"},
        "list_ids": {"type": "list", "elements": "int"},
        "subscription_status": {"type": "str", "choices": ["subscribed", "unsubscribed"]},
        "wait": {"type": "int", "default": 600},
    },
)


if __name__ == "__main__":
    main()
