#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_thread
short_description: Delete a thread in a Mailtrap inbound inbox
version_added: 0.1.0
description:
  - Delete a thread with its received messages, or check that it exists.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.secrets
  - community.mailtrap._identity.inbound_inbox
options:
  id:
    description: The id of the thread. It is a string of digits.
    type: str
    required: true
  state:
    description:
      - With V(absent), delete the thread and its received messages. Mail that the account sent is kept.
      - With V(present), return the thread. The task fails if the thread does not exist.
    type: str
    default: present
    choices:
      - present
      - absent
seealso:
  - module: community.mailtrap.inbound_thread_info
  - module: community.mailtrap.inbound_message
"""

EXAMPLES = r"""
- name: Find the threads with a customer
  community.mailtrap.inbound_thread_info:
    inbound_inbox: Tickets
    inbound_folder: Support
    search: ann@example.org
  register: found

- name: Delete the threads
  community.mailtrap.inbound_thread:
    id: "{{ item.id }}"
    inbound_inbox: Tickets
    inbound_folder: Support
    state: absent
  loop: "{{ found.inbound_threads }}"
  loop_control:
    label: "{{ item.subject }}"
"""

RETURN = r"""
inbound_thread:
  description:
    - The thread with its messages, with the fields that M(community.mailtrap.inbound_thread_info) returns. V(null) if
      the thread is absent.
  returned: success
  type: dict
  sample:
    id: "1871574677877796929"
    subject: My order
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.inbound import INBOUND_THREAD

main = state_module(INBOUND_THREAD)


if __name__ == "__main__":
    main()
