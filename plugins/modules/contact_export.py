#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact_export
short_description: Fetch contacts of Mailtrap into a file
version_added: 0.1.0
description:
  - Have the service write all contacts, or some, to a gzipped CSV file, wait for it, and fetch it.
  - The service runs one export of an account at a time. The module waits until another one has ended.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
attributes:
  check_mode:
    support: full
    details:
      - The options are checked and lists looked up. Nothing is exported, and the task is reported as a change.
  diff_mode:
    support: none
  idempotent:
    support: full
    details:
      - Every run makes an export. The file is written, which is a change, when the contacts in it are not the same.
options:
  dest:
    description:
      - The C(.csv.gz) file to write, where the module runs. Its folder must exist, which is checked before anything is
        requested.
      - It has mode V(0600) and is written in one step, in place of one that is there.
    type: path
    required: true
  lists:
    description: The names of lists. Only contacts that are on one of them are exported.
    type: list
    elements: str
  list_ids:
    description: As O(lists), by the ids of the lists. Together, those of both count.
    type: list
    elements: int
  subscription_status:
    description: Which contacts are exported. All of them when not given.
    type: str
    choices:
      - subscribed
      - unsubscribed
  wait:
    description: Seconds to wait for the export, and for another one that has to end before it.
    type: int
    default: 600
seealso:
  - module: community.mailtrap.contact_import
  - module: community.mailtrap.contact_info
"""

EXAMPLES = r"""
- name: Fetch the customers that get mail
  community.mailtrap.contact_export:
    dest: customers.csv.gz
    lists:
      - Customers
    subscription_status: subscribed
"""

RETURN = r"""
dest:
  description: The file.
  returned: success
  type: str
  sample: customers.csv.gz
contact_export:
  description:
    - The export as the API shows it; V(null) in check mode.
    - The address of the file is left out, since whoever has it has the contacts.
  returned: success
  type: dict
  sample:
    id: 601
    status: finished
    created_at: '2026-04-28T08:19:31.769Z'
    updated_at: '2026-04-28T08:19:31.930Z'
waited:
  description: How many seconds it took until the file was there.
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
