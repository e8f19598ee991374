#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_thread_info
short_description: Read the threads in a Mailtrap inbound inbox
version_added: 0.1.0
description:
  - Return the threads in an inbound inbox, the one with the latest activity first, or one of them with its messages.
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
    description:
      - Return only the thread with this id, which is a string of digits, with its messages. The result is empty if the
        thread does not exist.
    type: str
  search:
    description: Return only threads with this text in the subject, or in the address of a sender or a recipient.
    type: str
  limit:
    description:
      - The maximum number of threads to return.
      - Without a limit, all threads are returned. This takes one request for each page.
    type: int
seealso:
  - module: community.mailtrap.inbound_thread
  - module: community.mailtrap.inbound_message_info
"""

EXAMPLES = r"""
- name: Find the latest thread with a customer
  community.mailtrap.inbound_thread_info:
    inbound_inbox_id: 513
    search: ann@example.org
    limit: 1
  register: threads

- name: Read the thread with its messages
  community.mailtrap.inbound_thread_info:
    inbound_inbox_id: 513
    id: "{{ threads.inbound_threads[0].id }}"
"""

RETURN = r"""
inbound_threads:
  description: The threads as returned by the API. The list is empty if there are no threads.
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
      description: The number of messages in the thread.
      type: int
      sample: 2
    last_activity_at:
      description: The time at which the last message was received or sent.
      type: str
      sample: '2026-07-24T05:58:21.528Z'
    senders:
      description: The senders of the messages.
      type: list
      elements: str
      sample:
        - Ann <ann@example.org>
    messages:
      description: The received and sent messages with their bodies, oldest first.
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
from ansible_collections.community.mailtrap.plugins.module_utils._resources.inbound import INBOUND_THREAD

main = info_module(
    INBOUND_THREAD,
    {"search": {"type": "str"}, "limit": {"type": "int"}},
    mutually_exclusive=[("id", "search"), ("id", "limit")],
)


if __name__ == "__main__":
    main()
