#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sandbox_messages
short_description: Mark or delete the mail in a Mailtrap sandbox
version_added: 0.1.0
description:
  - Mark as read, or delete, all the mail in a sandbox, or the messages that are named by O(ids) or found by O(search).
  - All the mail at once takes two requests, and one when there is nothing to do. Otherwise each message takes one.
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
      - The name of the sandbox. It is looked up, which costs a request.
      - This or O(sandbox_id) is required.
    aliases:
      - inbox
  state:
    description: What is to become of the messages.
    type: str
    required: true
    choices:
      read: They are marked as read.
      absent: They are deleted.
  ids:
    description:
      - The ids of the only messages that are meant. With an empty list, none is.
      - With O(state=absent), one that is not there is as it should be; with O(state=read), it is a failure.
    type: list
    elements: int
  search:
    description:
      - Only messages are meant that have this text in their subject, or in the address or name of a recipient.
      - Upper and lower case are the same.
    type: str
seealso:
  - module: community.mailtrap.sandbox_message_info
  - module: community.mailtrap.sandbox
"""

EXAMPLES = r"""
- name: Begin with an empty sandbox
  community.mailtrap.sandbox_messages:
    sandbox: Staging
    project: Shop
    state: absent

- name: Mark all messages to a user as read
  community.mailtrap.sandbox_messages:
    sandbox: Staging
    project: Shop
    search: karl@example.com
    state: read
"""

RETURN = r"""
count:
  description:
    - How many messages were marked or deleted, or would be in check mode.
    - After a failure, how many were before.
  returned: success, or when some have been changed
  type: int
  sample: 3
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._received.sandbox_actions import bring_messages
from ansible_collections.community.mailtrap.plugins.module_utils._resources.targets import SANDBOX_TARGET

main = custom_module(
    bring_messages,
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
