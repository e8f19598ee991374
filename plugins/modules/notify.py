#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: notify
short_description: Send a mail through Mailtrap
version_added: 0.1.0
description:
  - Send one message to any number of recipients, by the transactional or the bulk stream, or into a sandbox.
  - The message has its own subject, text and HTML, or takes them from a template of the account.
  - Sending is reported as a change.
  - The service cannot tell a repeated message from a second one. When it is unknown whether a message went out, it is
    not sent again; the task fails, and says so.
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
      - The options are checked, the attachments read, and the template and the sandbox looked up. Nothing is sent.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every run sends a message.
options:
  from:
    description:
      - The sender, as V(user@host) or V(Name <user@host>).
      - On the transactional and the bulk stream its domain must be a verified sending domain of the account.
    type: str
    required: true
    aliases:
      - sender
  to:
    description:
      - The recipients, each as V(user@host) or V(Name <user@host>).
      - Give a list when a name holds a comma, since Ansible splits a text at its commas.
    type: list
    elements: str
    default: []
  cc:
    description: The recipients of copies.
    type: list
    elements: str
    default: []
  bcc:
    description: The recipients of copies that the others do not see.
    type: list
    elements: str
    default: []
  reply_to:
    description: Where answers go.
    type: str
  subject:
    description:
      - The subject.
      - Required unless a template is given.
    type: str
  text:
    description:
      - The message as plain text.
      - This or O(html) is required unless a template is given. With both, the mail program of the recipient chooses.
    type: str
  html:
    description: The message as HTML.
    type: str
  template:
    description: The name of the template that brings subject and body. It is looked up, which costs a request.
    type: str
  template_uuid:
    description: The UUID of the template that brings subject and body.
    type: str
  template_variables:
    description: The variables of the template.
    type: dict
  category:
    description:
      - The category under which the service counts the message, up to 255 characters.
      - A template brings its own.
    type: str
  custom_variables:
    description:
      - Values that the service keeps with the message and shows in its log and in webhooks, up to 1000 bytes of JSON.
    type: dict
  headers:
    description: Further header fields. Those that have an option of their own cannot be set here.
    type: dict
  attachments:
    description: The files to attach.
    type: list
    elements: dict
    default: []
    suboptions:
      src:
        description:
          - The file. It is looked for on the controller, where M(ansible.builtin.copy) looks for its source.
        type: path
        required: true
      remote_src:
        description: Whether O(attachments[].src) is a file on the target rather than on the controller.
        type: bool
        default: false
      filename:
        description: The name of the file that the recipient sees. The name of O(attachments[].src) when not given.
        type: str
      content_type:
        description: The media type of the file. It is guessed from the name when not given.
        type: str
      disposition:
        description: Whether the file is shown beside the message or as a part of it.
        type: str
        default: attachment
        choices:
          - attachment
          - inline
      content_id:
        description: The name by which the HTML refers to an inline file, as in C(cid:logo).
        type: str
  stream:
    description:
      - How the message is sent. V(sandbox) when a sandbox is given, else V(transactional).
      - Give V(sandbox) where the sandbox comes from a variable; nothing then goes out to people when that is undefined.
    type: str
    choices:
      - transactional
      - bulk
      - sandbox
  sandbox:
    description:
      - The message goes into this sandbox, and to no recipient.
    aliases:
      - inbox
seealso:
  - module: community.mailtrap.sandbox_message_info
"""

EXAMPLES = r"""
- name: Tell the team that a deployment has ended
  community.mailtrap.notify:
    from: Deployments <deploy@example.com>
    to:
      - Operations <ops@example.com>
    subject: Shop 1.2.3 is live
    text: Version 1.2.3 has been deployed to production.
    html: <p>Version <b>1.2.3</b> has been deployed to production.</p>
    category: deployment

- name: Try the same in a sandbox
  community.mailtrap.notify:
    from: Deployments <deploy@example.com>
    to: ops@example.com
    subject: Shop 1.2.3 is live
    text: Version 1.2.3 has been deployed to production.
    sandbox: Staging
    project: Shop

- name: Send a report by a template
  community.mailtrap.notify:
    from: deploy@example.com
    to: ops@example.com
    template: Deployment report
    template_variables:
      version: 1.2.3
    attachments:
      - src: report.pdf
"""

RETURN = r"""
message_ids:
  description:
    - The ids of the messages, one for each recipient, in the order of O(to), O(cc) and O(bcc).
    - In a sandbox, the id of the message there. Empty in check mode.
  returned: success
  type: list
  elements: str
  sample:
    - 0c7fd939-02cf-11ed-88c2-0a58a9feac02
stream:
  description: The stream that took the message.
  returned: success
  type: str
  sample: transactional
"""

from ansible_collections.community.mailtrap.plugins.module_utils._module import run
from ansible_collections.community.mailtrap.plugins.module_utils._sandbox import SANDBOX_OPTIONS
from ansible_collections.community.mailtrap.plugins.module_utils._send import send


def main():
    run(
        send,
        {
            **SANDBOX_OPTIONS,
            "from": {"type": "str", "required": True, "aliases": ["sender"]},
            "to": {"type": "list", "elements": "str", "default": []},
            "cc": {"type": "list", "elements": "str", "default": []},
            "bcc": {"type": "list", "elements": "str", "default": []},
            "reply_to": {"type": "str"},
            "subject": {"type": "str"},
            "text": {"type": "str"},
            "html": {"type": "str"},
            "template": {"type": "str"},
            "template_uuid": {"type": "str"},
            "template_variables": {"type": "dict"},
            "category": {"type": "str"},
            "custom_variables": {"type": "dict"},
            "headers": {"type": "dict"},
            "attachments": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "src": {"type": "path", "required": True},
                    "remote_src": {"type": "bool", "default": False},
                    "filename": {"type": "str"},
                    "content_type": {"type": "str"},
                    "disposition": {"type": "str", "default": "attachment", "choices": ["attachment", "inline"]},
                    "content_id": {"type": "str"},
                },
            },
            "stream": {"type": "str", "choices": ["transactional", "bulk", "sandbox"]},
        },
        mutually_exclusive=[
            ("template", "template_uuid"),
            ("sandbox", "sandbox_id"),
            ("project", "project_id"),
        ],
    )


if __name__ == "__main__":
    main()
