#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_message_forward
short_description: Forward a message that a Mailtrap inbound inbox has received
version_added: 0.1.0
description:
  - Send one message on, with its attachments, below a text of your own.
  - What is to be forwarded always is better left to M(community.mailtrap.inbound_forward_rule).
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
  - community.mailtrap._identity.inbound_inbox
  - community.mailtrap._answer
options:
  to:
    description: The recipients, each as V(user@host) or V(Name <user@host>).
    type: list
    elements: str
    required: true
  text:
    description: What to say above the message, as plain text.
    type: str
seealso:
  - module: community.mailtrap.inbound_message_info
  - module: community.mailtrap.inbound_message_reply
  - module: community.mailtrap.inbound_forward_rule
"""

EXAMPLES = r"""
- name: Have somebody else look at a message
  community.mailtrap.inbound_message_forward:
    id: "1871574677877796928"
    inbound_inbox: Tickets
    inbound_folder: Support
    to:
      - accounting@example.com
    text: Is this order paid?
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
    forward,
)

main = custom_module(forward, {**ANSWER_OPTIONS, "to": {**ANSWER_OPTIONS["to"], "required": True}}, **ANSWER_RULES)


if __name__ == "__main__":
    main()
