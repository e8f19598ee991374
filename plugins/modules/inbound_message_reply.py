#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_message_reply
short_description: Answer a message that a Mailtrap inbound inbox has received
version_added: 0.1.0
description:
  - Send an answer to one message. It has the subject of the message, and stands in its thread.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
  - community.mailtrap._identity.inbound_inbox
  - community.mailtrap._answer
options:
  all:
    description: Whether all others to whom the message went get a copy.
    type: bool
    default: false
  to:
    description: The recipients, in place of those whom the message says to answer.
    type: list
    elements: str
  text:
    description:
      - The answer as plain text.
      - This, O(html) or O(body_markdown) is required.
    type: str
seealso:
  - module: community.mailtrap.inbound_message_info
  - module: community.mailtrap.inbound_message_forward
  - module: community.mailtrap.notify
"""

EXAMPLES = r"""
- name: Read the newest message
  community.mailtrap.inbound_message_info:
    inbound_inbox: Tickets
    inbound_folder: Support
    limit: 1
  register: mail

- name: Say that it has come
  community.mailtrap.inbound_message_reply:
    id: "{{ mail.inbound_messages[0].id }}"
    inbound_inbox: Tickets
    inbound_folder: Support
    text: Thank you, we look into it.
"""

RETURN = r"""
message_ids:
  description: The ids of the mails that went out, one for each recipient. Empty in check mode.
  returned: success
  type: list
  elements: str
  sample:
    - 0c7fd939-02cf-11ed-88c2-0a58a9feac02
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._received.inbound_actions import (
    ANSWER_OPTIONS,
    ANSWER_RULES,
    reply,
)

main = custom_module(reply, {**ANSWER_OPTIONS, "all": {"type": "bool", "default": False}}, **ANSWER_RULES)


if __name__ == "__main__":
    main()
