#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sandbox_message_info
short_description: Read the mail in a Mailtrap sandbox
version_added: 0.1.0
description:
  - Return the messages in a sandbox, newest first, or one of them, with the parts that are asked for.
  - Attachments and whole messages can be kept in files.
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
      - Without O(dest), this module does not modify state. With it, files are compared with what they should be, but
        not written.
  diff_mode:
    support: none
  idempotent:
    support: full
    details:
      - A file that is as it should be is not written again. Messages stay unread.
options:
  sandbox:
    description:
      - The name of the sandbox. It is looked up, which costs a request.
      - This or O(sandbox_id) is required.
    aliases:
      - inbox
  id:
    description: The id of the only message to return.
    type: int
  search:
    description:
      - Return only messages that have this text in their subject, or in the address or name of a recipient.
      - Upper and lower case are the same.
    type: str
  limit:
    description:
      - How many messages to return at most.
      - All of them when not given, which takes a request for each 30.
    type: int
  include:
    description:
      - The parts to return with each message, in RV(sandbox_messages[].parts).
      - Each part of each message takes a request.
    type: list
    elements: str
    default: []
    choices:
      text: The plain text, V(null) when the message has none.
      html: The HTML, V(null) when the message has none.
      html_source: The source of the HTML, V(null) when the message has none.
      raw: The whole message as it came.
      headers: The header fields as a dictionary.
      attachments: The list of attachments; with O(dest), they are kept in files, too.
      eml: The whole message as a file; needs O(dest).
      spam_report: The verdict of the spam filter.
      html_analysis: How well mail clients support the HTML.
  dest:
    description:
      - A folder, where the module runs, in which to keep those of V(attachments) and V(eml) that O(include) names.
      - It must exist. Attachments are in a folder of their own in it, called by the id of the message, and whole
        messages are called V(<id>.eml).
      - The files have mode V(0600). A name that a mail gives is changed where it would lead elsewhere, hide, or be that
        of another attachment.
    type: path
seealso:
  - module: community.mailtrap.sandbox_expect
  - module: community.mailtrap.sandbox
  - module: community.mailtrap.notify
"""

EXAMPLES = r"""
- name: Read the newest message to a user, with its text
  community.mailtrap.sandbox_message_info:
    sandbox: Staging
    project: Shop
    search: karl@example.com
    limit: 1
    include:
      - text
  register: mail

- name: Show it
  ansible.builtin.debug:
    var: mail.sandbox_messages[0].parts.text
  when: mail.sandbox_messages | length > 0

- name: Have a folder for mail
  ansible.builtin.file:
    path: "{{ playbook_dir }}/mail"
    state: directory
    mode: "0700"

- name: Keep the newest confirmation with its attachments
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

- name: Say where the attachments are
  ansible.builtin.debug:
    msg: "{{ confirmation.sandbox_messages[0].parts.attachments | map(attribute='path') }}"
"""

RETURN = r"""
sandbox_messages:
  description: The messages as the API shows them, newest first; empty when there is none.
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
      description: The address of the recipient.
      type: str
      sample: ops@example.com
    is_read:
      description: Whether the message has been marked as read.
      type: bool
      sample: false
    parts:
      description: The parts that were asked for.
      returned: with O(include)
      type: dict
      contains:
        text:
          description: The plain text; V(null) when the message has none.
          returned: with V(text) in O(include)
          type: str
          sample: Version 1.2.3 is live.
        html:
          description: The HTML; V(null) when the message has none.
          returned: with V(html) in O(include)
          type: str
        html_source:
          description: The source of the HTML; V(null) when the message has none.
          returned: with V(html_source) in O(include)
          type: str
        raw:
          description: The whole message.
          returned: with V(raw) in O(include)
          type: str
        headers:
          description: The header fields, by their names in lower case with underscores.
          returned: with V(headers) in O(include)
          type: dict
          sample:
            reply_to: help@example.com
        attachments:
          description: The attachments as the API shows them.
          returned: with V(attachments) in O(include)
          type: list
          elements: dict
          contains:
            id:
              description: The id of the attachment.
              type: int
            filename:
              description: The name that the mail gives it.
              type: str
              sample: invoice.pdf
            content_type:
              description: The media type.
              type: str
              sample: application/pdf
            attachment_type:
              description: V(attachment), or V(inline) for a part of the message.
              type: str
            attachment_size:
              description: The size in bytes.
              type: int
            path:
              description: The file.
              returned: with O(dest)
              type: str
              sample: /home/karl/mail/5012720802/invoice.pdf
        eml:
          description: The file with the whole message.
          returned: with V(eml) in O(include)
          type: str
          sample: /home/karl/mail/5012720802.eml
        spam_report:
          description: The verdict of the spam filter, with C(Score), C(Threshold), C(Spam) and C(Details).
          returned: with V(spam_report) in O(include)
          type: dict
        html_analysis:
          description: What mail clients do not support of the HTML, with C(status) and C(errors).
          returned: with V(html_analysis) in O(include)
          type: dict
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._received.sandbox_messages import PARTS, read_messages
from ansible_collections.community.mailtrap.plugins.module_utils._resources.targets import SANDBOX_TARGET

main = custom_module(
    read_messages,
    {
        **SANDBOX_TARGET.argument_spec,
        "id": {"type": "int"},
        "search": {"type": "str"},
        "limit": {"type": "int"},
        "include": {"type": "list", "elements": "str", "default": [], "choices": [*PARTS, "eml"]},
        "dest": {"type": "path"},
    },
    required_one_of=[("sandbox", "sandbox_id")],
    mutually_exclusive=[("sandbox", "sandbox_id"), ("project", "project_id"), ("id", "search"), ("id", "limit")],
)


if __name__ == "__main__":
    main()
