#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_thread_info
short_description: Read the conversations in a Mailtrap inbound inbox
version_added: 0.1.0
description:
  - Return the threads of an inbox, those with the latest activity first, or one of them with its messages.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.secrets
  - community.mailtrap._identity.inbound_inbox
options:
  id:
    description: The id of the only thread to return, a text of digits. It then has its messages.
    type: str
  search:
    description: Return only threads that have this text in their subject, or in a sender or recipient.
    type: str
  limit:
    description:
      - How many threads to return at most.
      - All of them when not given, which takes a request for each page.
    type: int
seealso:
  - module: community.mailtrap.inbound_thread
  - module: community.mailtrap.inbound_message_info
"""

EXAMPLES = r"""
- name: Find the latest conversation with a customer
  community.mailtrap.inbound_thread_info:
    inbound_inbox_id: 513
    search: ann@example.org
    limit: 1
  register: threads

- name: Read it
  community.mailtrap.inbound_thread_info:
    inbound_inbox_id: 513
    id: "{{ threads.inbound_threads[0].id }}"
"""

RETURN = r"""
inbound_threads:
  description: The threads as the API shows them; empty when there is none.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the thread.
      type: str
      sample: "1871574677877796929"
    subject:
      description: The subject.
      type: str
      sample: My order
    message_count:
      description: How many messages are in it.
      type: int
      sample: 2
    last_activity_at:
      description: When the last message was received or sent.
      type: str
      sample: '2026-07-24T05:58:21.528Z'
    senders:
      description: Who has written.
      type: list
      elements: str
      sample:
        - Ann <ann@example.org>
    messages:
      description: The messages in both directions, oldest first, with their bodies.
      returned: with O(id)
      type: list
      elements: dict
      sample:
        - id: "1871574677877796928"
          direction: inbound
          subject: My order
          text_body: Where is it?
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import INBOUND_THREAD

main = info_module(
    INBOUND_THREAD,
    {"search": {"type": "str"}, "limit": {"type": "int"}},
    mutually_exclusive=[("id", "search"), ("id", "limit")],
)


if __name__ == "__main__":
    main()
