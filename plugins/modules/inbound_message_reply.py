#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_message_reply
short_description: Reply to a message in a Mailtrap inbound inbox
version_added: 0.1.0
description:
  - Send a reply to a message that an inbound inbox has received.
  - The service takes the subject from the message, and adds the reply to its thread.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
  - community.mailtrap._identity.inbound_inbox
  - community.mailtrap._reply
options:
  all:
    description: Whether the other recipients of the message receive a copy of the reply.
    type: bool
    default: false
  to:
    description:
      - The recipients. By default, the reply is sent to the reply address of the message, or to its sender if the
        message has no reply address.
    type: list
    elements: str
  text:
    description:
      - The plain text body of the reply.
      - At least one of O(text), O(html) and O(body_markdown) is required.
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

- name: Confirm that the message was received
  community.mailtrap.inbound_message_reply:
    id: "{{ mail.inbound_messages[0].id }}"
    inbound_inbox: Tickets
    inbound_folder: Support
    text: Thank you for your message. We will answer it soon.
"""

RETURN = r"""
message_ids:
  description: The ids of the sent mails, one for each recipient. The list is empty in check mode.
  returned: success
  type: list
  elements: str
  sample:
    - 0c7fd939-02cf-11ed-88c2-0a58a9feac02
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._received.inbound_message_actions import (
    SHARED_CONSTRAINTS,
    SHARED_OPTIONS,
    reply_to_message,
)

main = custom_module(
    reply_to_message,
    {**SHARED_OPTIONS, "all": {"type": "bool", "default": False}},
    controller_files={("attachments", "src"): "filename"},
    **SHARED_CONSTRAINTS,
)


if __name__ == "__main__":
    main()
