#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_message_forward
short_description: Forward a message in a Mailtrap inbound inbox
version_added: 0.1.0
description:
  - Forward a message that an inbound inbox has received, with its attachments. Your own text can precede the message.
  - To forward messages automatically, use M(community.mailtrap.inbound_forward_rule).
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
  - community.mailtrap._identity.inbound_inbox
  - community.mailtrap._reply
options:
  to:
    description: The recipients, each as V(user@host) or V(Name <user@host>).
    type: list
    elements: str
    required: true
  text:
    description: The plain text to put above the forwarded message.
    type: str
seealso:
  - module: community.mailtrap.inbound_message_info
  - module: community.mailtrap.inbound_message_reply
  - module: community.mailtrap.inbound_forward_rule
"""

EXAMPLES = r"""
- name: Forward a message to the accounting team
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
    forward_message,
)

main = custom_module(
    forward_message,
    {**SHARED_OPTIONS, "to": {**SHARED_OPTIONS["to"], "required": True}},
    controller_files={("attachments", "src"): "filename"},
    **SHARED_CONSTRAINTS,
)


if __name__ == "__main__":
    main()
