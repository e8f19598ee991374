#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_message
short_description: Delete a message in a Mailtrap inbound inbox
version_added: 0.1.0
description:
  - Delete a message that an inbound inbox has received, or check that it exists.
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
    description: The id of the message. It is a string of digits.
    type: str
    required: true
  state:
    description:
      - With V(absent), delete the message. Deleting the last message of a thread also deletes the thread.
      - With V(present), return the message. The task fails if the message does not exist.
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
- name: Delete an inbound message
  community.mailtrap.inbound_message:
    id: "1871574677877796928"
    inbound_inbox: Tickets
    inbound_folder: Support
    state: absent
"""

RETURN = r"""
inbound_message:
  description:
    - The message with its bodies, with the fields that M(community.mailtrap.inbound_message_info) returns. V(null) if
      the message is absent.
  returned: success
  type: dict
  sample:
    id: "1871574677877796928"
    subject: My order
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.inbound import INBOUND_MESSAGE

main = state_module(INBOUND_MESSAGE)


if __name__ == "__main__":
    main()
