#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sandbox_messages
short_description: Mark messages in a Mailtrap sandbox as read, or delete them
version_added: 0.1.0
description:
  - Mark messages in a sandbox as read, or delete them.
  - The module changes all messages in the sandbox unless O(ids) or O(search) selects some of them.
  - Changing all messages takes at most one request, apart from reading the sandbox. Selected messages take one request
    each.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.sandbox
options:
  sandbox:
    description:
      - The name of the sandbox. Finding its id takes one request.
      - One of O(sandbox) and O(sandbox_id) is required.
    aliases:
      - inbox
  state:
    description: The desired state of the messages.
    type: str
    required: true
    choices:
      read: Mark the messages as read.
      absent: Delete the messages.
  ids:
    description:
      - The ids of the messages to change. An empty list selects no message.
      - With O(state=absent), a message that does not exist is ignored. With O(state=read), it is an error.
    type: list
    elements: int
  search:
    description:
      - Change only messages with this text in the subject, or in the address or the name of the recipient.
      - The search ignores case.
    type: str
seealso:
  - module: community.mailtrap.sandbox_message_info
  - module: community.mailtrap.sandbox
"""

EXAMPLES = r"""
- name: Delete all messages in the sandbox
  community.mailtrap.sandbox_messages:
    sandbox: Staging
    project: Shop
    state: absent

- name: Mark all messages to Karl as read
  community.mailtrap.sandbox_messages:
    sandbox: Staging
    project: Shop
    search: karl@example.com
    state: read
"""

RETURN = r"""
count:
  description:
    - The number of messages that were marked as read or deleted. In check mode, the number of messages that would be.
    - If the task fails, the number of messages that were changed before the failure.
  returned: success, or failure after a part of the selected messages was changed
  type: int
  sample: 3
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._received.sandbox_message_actions import (
    change_messages,
)
from ansible_collections.community.mailtrap.plugins.module_utils._resources.targets import SANDBOX_TARGET

main = custom_module(
    change_messages,
    {
        **SANDBOX_TARGET.argument_spec,
        "state": {"type": "str", "required": True, "choices": ["read", "absent"]},
        "ids": {"type": "list", "elements": "int"},
        "search": {"type": "str"},
    },
    required_one_of=[("sandbox", "sandbox_id")],
    mutually_exclusive=[("sandbox", "sandbox_id"), ("project", "project_id"), ("ids", "search")],
)


if __name__ == "__main__":
    main()
