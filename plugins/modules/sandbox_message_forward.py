#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sandbox_message_forward
short_description: Forward a message from a Mailtrap sandbox
version_added: 0.1.0
description:
  - Forward a message in a sandbox to a real address, for example to view it in a mail client.
  - The service forwards messages only to addresses that their owners have confirmed. The task fails for any other
    address.
  - The request is never repeated, because that could forward the message twice. If its outcome is unknown, the task
    fails and the error message says so.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
  - community.mailtrap._identity.sandbox
attributes:
  check_mode:
    support: full
    details:
      - Check mode finds the sandbox but does not forward the message.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every run forwards the message.
options:
  sandbox:
    description:
      - The name of the sandbox. Finding its id takes one request.
      - One of O(sandbox) and O(sandbox_id) is required.
    aliases:
      - inbox
  id:
    description: The id of the message.
    type: int
    required: true
  email:
    description: The address to which the message is forwarded.
    type: str
    required: true
seealso:
  - module: community.mailtrap.sandbox_message_info
  - module: community.mailtrap.sandbox_expect
"""

EXAMPLES = r"""
- name: Wait for the confirmation message
  community.mailtrap.sandbox_expect:
    sandbox: Staging
    project: Shop
    subject: Confirm your address
  register: mail

- name: Forward the confirmation message to the design team
  community.mailtrap.sandbox_message_forward:
    sandbox: Staging
    project: Shop
    id: "{{ mail.sandbox_messages[0].id }}"
    email: design@example.com
"""

RETURN = r"""
message:
  description: The confirmation of the service. V(null) in check mode.
  returned: success
  type: str
  sample: Your email message has been successfully forwarded
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._received.sandbox_message_actions import (
    forward_message,
)
from ansible_collections.community.mailtrap.plugins.module_utils._resources.targets import SANDBOX_TARGET

main = custom_module(
    forward_message,
    {
        **SANDBOX_TARGET.argument_spec,
        "id": {"type": "int", "required": True},
        "email": {"type": "str", "required": True},
    },
    required_one_of=[("sandbox", "sandbox_id")],
    mutually_exclusive=[("sandbox", "sandbox_id"), ("project", "project_id")],
)


if __name__ == "__main__":
    main()
