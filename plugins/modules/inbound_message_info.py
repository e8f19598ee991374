#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_message_info
short_description: Read the mail that a Mailtrap inbound inbox has received
version_added: 0.1.0
description:
  - Return the messages of an inbox, newest first, or one of them with its bodies.
  - Attachments and whole messages can be kept in files.
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
      - Without O(dest), this module does not modify state. With it, files are compared with what they should be, but
        not written.
  diff_mode:
    support: none
  idempotent:
    support: full
    details:
      - A file that is as it should be is not written again.
options:
  id:
    description: The id of the only message to return, a text of digits. It then has its bodies.
    type: str
  limit:
    description:
      - How many messages to return at most.
      - All of them when not given, which takes a request for each page.
    type: int
  include:
    description:
      - What is wanted of each message besides what lists tell. It takes a request for each message, and one for each
        file. The bodies are then there in any case.
    type: list
    elements: str
    default: []
    choices:
      bodies: The text and the HTML, in RV(inbound_messages[].text_body) and RV(inbound_messages[].html_body).
      attachments: The attachments as files; needs O(dest).
      eml: The whole message as a file; needs O(dest).
  dest:
    description:
      - A folder, where the module runs, in which to keep those of V(attachments) and V(eml) that O(include) names.
      - It must exist. Attachments are in a folder of their own in it, called by the id of the message, and whole
        messages are called V(<id>.eml).
      - The files have mode V(0600). A name that a mail gives is changed where it would lead elsewhere, hide, or be that
        of another attachment.
    type: path
seealso:
  - module: community.mailtrap.inbound_message
  - module: community.mailtrap.inbound_message_reply
  - module: community.mailtrap.inbound_message_forward
  - module: community.mailtrap.inbound_thread_info
  - module: community.mailtrap.inbound_inbox
"""

EXAMPLES = r"""
- name: Read the newest message with its text
  community.mailtrap.inbound_message_info:
    inbound_inbox: Tickets
    inbound_folder: Support
    limit: 1
    include:
      - bodies
  register: mail

- name: Show it
  ansible.builtin.debug:
    var: mail.inbound_messages[0].text_body

- name: Keep all mail with its attachments in files
  community.mailtrap.inbound_message_info:
    inbound_inbox_id: 513
    include:
      - attachments
      - eml
    dest: mail
"""

RETURN = r"""
inbound_messages:
  description: The messages as the API shows them, newest first; empty when there is none.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the message.
      type: str
      sample: "1871574677877796928"
    from:
      description: Who sent it.
      type: str
      sample: Ann <ann@example.org>
    to:
      description: To whom it was sent.
      type: list
      elements: str
      sample:
        - tickets-1a2b3c4d@inbound-mailtrap.io
    subject:
      description: The subject.
      type: str
      sample: My order
    received_at:
      description: When it was received.
      type: str
      sample: '2026-07-24T05:58:21.528Z'
    thread_id:
      description: The id of the thread that it is in.
      type: str
      sample: "1871574677877796929"
    text_body:
      description: The text, V(null) when it has none.
      returned: with O(id) or O(include)
      type: str
      sample: Where is it?
    html_body:
      description: The HTML, V(null) when it has none.
      returned: with O(id) or O(include)
      type: str
      sample:
    attachments:
      description: The attachments; with V(attachments) in O(include), each with the C(path) of its file.
      type: list
      elements: dict
      sample:
        - attachment_id: b81aabcd-1a1e-41cf-91b6-eca0254b3d96
          filename: order.pdf
          content_type: application/pdf
          size: 1024
          path: mail/1871574677877796928/order.pdf
    eml:
      description: The file with the whole message.
      returned: with V(eml) in O(include)
      type: str
      sample: mail/1871574677877796928.eml
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.argspec import get_parent_options
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._received.inbound_messages import PARTS, read_messages
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import INBOUND_MESSAGE

main = custom_module(
    read_messages,
    {
        **get_parent_options(INBOUND_MESSAGE),
        "id": {"type": "str"},
        "limit": {"type": "int"},
        "include": {"type": "list", "elements": "str", "default": [], "choices": list(PARTS)},
        "dest": {"type": "path"},
        "reveal_secrets": {"type": "bool", "default": False, "no_log": False},
    },
    required_one_of=[("inbound_inbox", "inbound_inbox_id")],
    mutually_exclusive=[("inbound_inbox", "inbound_inbox_id"), ("id", "limit")],
)


if __name__ == "__main__":
    main()
