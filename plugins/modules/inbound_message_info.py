#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_message_info
short_description: Read the messages in a Mailtrap inbound inbox
version_added: 0.1.0
description:
  - Return the messages that an inbound inbox has received, newest first, or one of them with its bodies.
  - Attachments and whole messages can be saved in files.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
  - community.mailtrap._identity.secrets
  - community.mailtrap._identity.inbound_inbox
attributes:
  check_mode:
    support: full
    details:
      - Without O(dest), this module does not modify state. With O(dest), check mode downloads and compares the files
        but does not write them.
  diff_mode:
    support: none
  idempotent:
    support: full
    details:
      - An existing file with the right contents and permissions is not written again.
options:
  id:
    description:
      - Return only the message with this id, which is a string of digits, with its bodies. The result is empty if the
        message does not exist.
    type: str
  limit:
    description:
      - The maximum number of messages to return.
      - Without a limit, all messages are returned. This takes one request for each page.
    type: int
  include:
    description:
      - The parts to return or save in addition to the fields in the list of messages.
      - Any part takes one request for each message, which also returns the bodies. Each file takes another request.
    type: list
    elements: str
    default: []
    choices:
      bodies: The bodies, in RV(inbound_messages[].text_body) and RV(inbound_messages[].html_body).
      attachments: The attachments as files. Requires O(dest).
      eml: The whole message as a file. Requires O(dest).
  dest:
    description:
      - The folder in which to save the V(attachments) and V(eml) files that O(include) requests. It is on the host on
        which the module runs, and must exist.
      - Attachments are saved in a subfolder with the id of the message as its name. Whole messages are saved as
        V(<id>.eml).
      - The files have mode V(0600). The name of an attachment is changed if it contains a path, starts with a dot, has
        control characters, is too long, or equals the name of another attachment.
    type: path
seealso:
  - module: community.mailtrap.inbound_message
  - module: community.mailtrap.inbound_message_reply
  - module: community.mailtrap.inbound_message_forward
  - module: community.mailtrap.inbound_thread_info
  - module: community.mailtrap.inbound_inbox
"""

EXAMPLES = r"""
- name: Read the newest message with its bodies
  community.mailtrap.inbound_message_info:
    inbound_inbox: Tickets
    inbound_folder: Support
    limit: 1
    include:
      - bodies
  register: mail

- name: Print the text of the message
  ansible.builtin.debug:
    var: mail.inbound_messages[0].text_body

- name: Save all messages and their attachments
  community.mailtrap.inbound_message_info:
    inbound_inbox_id: 513
    include:
      - attachments
      - eml
    dest: mail
"""

RETURN = r"""
inbound_messages:
  description: The messages as returned by the API, newest first. The list is empty if there are no messages.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the message.
      type: str
      sample: "1871574677877796928"
    from:
      description: The sender.
      type: str
      sample: Ann <ann@example.org>
    to:
      description: The recipients.
      type: list
      elements: str
      sample:
        - tickets-1a2b3c4d@inbound-mailtrap.io
    subject:
      description: The subject.
      type: str
      sample: My order
    received_at:
      description: The time at which the message arrived.
      type: str
      sample: '2026-07-24T05:58:21.528Z'
    thread_id:
      description: The id of the thread of the message.
      type: str
      sample: "1871574677877796929"
    text_body:
      description: The plain text body, or V(null) if the message has none.
      returned: with O(id) or O(include)
      type: str
      sample: Where is it?
    html_body:
      description: The HTML body, or V(null) if the message has none.
      returned: with O(id) or O(include)
      type: str
      sample:
    attachments:
      description: The attachments. With V(attachments) in O(include), each entry has the C(path) of the saved file.
      type: list
      elements: dict
      sample:
        - attachment_id: b81aabcd-1a1e-41cf-91b6-eca0254b3d96
          filename: order.pdf
          content_type: application/pdf
          size: 1024
          path: mail/1871574677877796928/order.pdf
    eml:
      description: The path of the file with the whole message.
      returned: with V(eml) in O(include)
      type: str
      sample: mail/1871574677877796928.eml
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.argspec import get_parent_options
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._received.inbound_messages import (
    MESSAGE_PARTS,
    read_messages,
)
from ansible_collections.community.mailtrap.plugins.module_utils._resources.inbound import INBOUND_MESSAGE

main = custom_module(
    read_messages,
    {
        **get_parent_options(INBOUND_MESSAGE),
        "id": {"type": "str"},
        "limit": {"type": "int"},
        "include": {"type": "list", "elements": "str", "default": [], "choices": list(MESSAGE_PARTS)},
        "dest": {"type": "path"},
        "reveal_secrets": {"type": "bool", "default": False, "no_log": False},
    },
    required_one_of=[("inbound_inbox", "inbound_inbox_id")],
    mutually_exclusive=[("inbound_inbox", "inbound_inbox_id"), ("id", "limit")],
)


if __name__ == "__main__":
    main()
