#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_message
short_description: Delete a message that a Mailtrap inbound inbox has received
version_added: 0.1.0
description:
  - Delete one message, or make sure that it is there.
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
    description: The id of the message, a text of digits.
    type: str
    required: true
  state:
    description:
      - With V(absent), the message is deleted, and its thread with it when it was the last one in it.
      - With V(present), the task fails when it is not there, and returns it otherwise.
    type: str
    default: present
    choices:
      - present
      - absent
seealso:
  - module: community.mailtrap.inbound_message_info
  - module: community.mailtrap.inbound_thread
"""

EXAMPLES = r"""
- name: Delete a message
  community.mailtrap.inbound_message:
    id: "1871574677877796928"
    inbound_inbox: Tickets
    inbound_folder: Support
    state: absent
"""

RETURN = r"""
inbound_message:
  description:
    - The message as M(community.mailtrap.inbound_message_info) returns it with its bodies; V(null) when it is absent.
  returned: success
  type: dict
  sample:
    id: "1871574677877796928"
    subject: My order
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import INBOUND_MESSAGE

main = state_module(INBOUND_MESSAGE)


if __name__ == "__main__":
    main()
