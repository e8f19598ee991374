#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sandbox_message_info
short_description: Read the messages in a Mailtrap sandbox
version_added: 0.1.0
description:
  - Return the messages in a sandbox, newest first.
  - The result can include parts of each message, such as its bodies, headers and spam report.
  - Attachments and whole messages can be saved in files.
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
      - Without O(dest), this module does not modify state. With O(dest), check mode downloads and compares the files
        but does not write them.
  diff_mode:
    support: none
  idempotent:
    support: full
    details:
      - An existing file with the right contents and permissions is not written again. Messages stay unread.
options:
  sandbox:
    description:
      - The name of the sandbox. Finding its id takes one request.
      - One of O(sandbox) and O(sandbox_id) is required.
    aliases:
      - inbox
  id:
    description: Return only the message with this id. The result is empty if the message does not exist.
    type: int
  search:
    description:
      - Return only messages with this text in the subject, or in the address or the name of the recipient.
      - The search ignores case.
    type: str
  limit:
    description:
      - The maximum number of messages to return.
      - Without a limit, all messages are returned. This takes one request for every 30 messages.
    type: int
  include:
    description:
      - The parts to return with each message in RV(sandbox_messages[].parts).
      - Each part takes one request for each message. Saving an attachment takes another one.
    type: list
    elements: str
    default: []
    choices:
      text: The plain text body, or V(null) if the message has none.
      html: The HTML body, or V(null) if the message has none.
      html_source: The source of the HTML body, or V(null) if the message has none.
      raw: The whole message in its original form.
      headers: The header fields as a dictionary.
      attachments: The list of attachments. With O(dest), the attachments are also saved in files.
      eml: The whole message as a file. Requires O(dest).
      spam_report: The report of the spam filter.
      html_analysis: The report on the HTML and CSS features that mail clients do not support.
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
  - module: community.mailtrap.sandbox_expect
  - module: community.mailtrap.sandbox
  - module: community.mailtrap.notify
"""

EXAMPLES = r"""
- name: Read the newest message to Karl with its text
  community.mailtrap.sandbox_message_info:
    sandbox: Staging
    project: Shop
    search: karl@example.com
    limit: 1
    include:
      - text
  register: mail

- name: Print the text of the message
  ansible.builtin.debug:
    var: mail.sandbox_messages[0].parts.text
  when: mail.sandbox_messages | length > 0

- name: Create a folder for messages
  ansible.builtin.file:
    path: "{{ playbook_dir }}/mail"
    state: directory
    mode: "0700"

- name: Save the newest order confirmation and its attachments
  community.mailtrap.sandbox_message_info:
    sandbox: Staging
    project: Shop
    search: confirmed
    limit: 1
    include:
      - attachments
      - eml
    dest: "{{ playbook_dir }}/mail"
  register: confirmation

- name: Print the paths of the attachments
  ansible.builtin.debug:
    msg: "{{ confirmation.sandbox_messages[0].parts.attachments | map(attribute='path') }}"
"""

RETURN = r"""
sandbox_messages:
  description: The messages as returned by the API, newest first. The list is empty if no message matches.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the message.
      type: int
      sample: 5012720802
    subject:
      description: The subject.
      type: str
      sample: Deployed
    from_email:
      description: The address of the sender.
      type: str
      sample: deploy@example.com
    to_email:
      description: The address of the first recipient.
      type: str
      sample: ops@example.com
    is_read:
      description: Whether the message is marked as read.
      type: bool
      sample: false
    parts:
      description: The parts that O(include) requests.
      returned: with O(include)
      type: dict
      contains:
        text:
          description: The plain text body, or V(null) if the message has none.
          returned: with V(text) in O(include)
          type: str
          sample: Version 1.2.3 is live.
        html:
          description: The HTML body, or V(null) if the message has none.
          returned: with V(html) in O(include)
          type: str
        html_source:
          description: The source of the HTML body, or V(null) if the message has none.
          returned: with V(html_source) in O(include)
          type: str
        raw:
          description: The whole message in its original form.
          returned: with V(raw) in O(include)
          type: str
        headers:
          description: The header fields. Names are in lower case, with underscores in place of hyphens.
          returned: with V(headers) in O(include)
          type: dict
          sample:
            reply_to: help@example.com
        attachments:
          description: The attachments as returned by the API.
          returned: with V(attachments) in O(include)
          type: list
          elements: dict
          contains:
            id:
              description: The id of the attachment.
              type: int
            filename:
              description: The file name in the message.
              type: str
              sample: invoice.pdf
            content_type:
              description: The media type.
              type: str
              sample: application/pdf
            attachment_type:
              description: V(inline) if the attachment is shown in the body of the message, otherwise V(attachment).
              type: str
            attachment_size:
              description: The size in bytes.
              type: int
            path:
              description: The path of the saved file.
              returned: with O(dest)
              type: str
              sample: /home/karl/mail/5012720802/invoice.pdf
        eml:
          description: The path of the file with the whole message.
          returned: with V(eml) in O(include)
          type: str
          sample: /home/karl/mail/5012720802.eml
        spam_report:
          description: The report of the spam filter, with C(Score), C(Threshold), C(Spam) and C(Details).
          returned: with V(spam_report) in O(include)
          type: dict
        html_analysis:
          description: The HTML and CSS features that mail clients do not support, with C(status) and C(errors).
          returned: with V(html_analysis) in O(include)
          type: dict
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._received.sandbox_messages import (
    MESSAGE_PARTS,
    read_messages,
)
from ansible_collections.community.mailtrap.plugins.module_utils._resources.targets import SANDBOX_TARGET

main = custom_module(
    read_messages,
    {
        **SANDBOX_TARGET.argument_spec,
        "id": {"type": "int"},
        "search": {"type": "str"},
        "limit": {"type": "int"},
        "include": {"type": "list", "elements": "str", "default": [], "choices": [*MESSAGE_PARTS, "eml"]},
        "dest": {"type": "path"},
    },
    required_one_of=[("sandbox", "sandbox_id")],
    mutually_exclusive=[("sandbox", "sandbox_id"), ("project", "project_id"), ("id", "search"), ("id", "limit")],
)


if __name__ == "__main__":
    main()
