#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: notify
short_description: Send mail through Mailtrap
version_added: 0.1.0
description:
  - Send one message to any number of recipients, by the transactional or the bulk stream, or into a sandbox; or, with
    O(messages), a batch of messages that share what they have in common.
  - A message has its own subject and body, or takes them from a template of the account.
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
      - All messages are checked, their attachments too, and the templates and the sandbox looked up. Nothing is sent.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every run sends the mail.
options:
  from:
    description: &from
      - The sender, as V(user@host) or V(Name <user@host>).
      - On the transactional and the bulk stream its domain must be a verified sending domain of the account.
    type: str
    required: true
    aliases:
      - sender
  to: &to
    description:
      - The recipients, each as V(user@host) or V(Name <user@host>), up to 1000.
      - A name may hold commas; give a list then, since Ansible splits a text at its commas. It needs quotes around it
        only for V(<), V(>) or V(@) in it.
    type: list
    elements: str
  cc: &cc
    description: The recipients of copies, up to 1000.
    type: list
    elements: str
  bcc: &bcc
    description: The recipients of copies that the others do not see, up to 1000.
    type: list
    elements: str
  reply_to: &reply_to
    description: Where answers go.
    type: str
  subject: &subject
    description:
      - The subject.
      - Required unless a template is given.
    type: str
  text: &text
    description:
      - The message as plain text.
      - This, O(html) or O(body_markdown) is required unless a template is given. With text and HTML, the mail program
        of the recipient chooses.
    type: str
  html: &html
    description:
      - The message as HTML. It shows an inline attachment by C(<img src="cid:logo.png">), where V(logo.png) is its
        O(attachments[].content_id).
    type: str
  body_markdown: &body_markdown
    description:
      - The message as Markdown, in the dialect CommonMark with tables. The HTML is made of it, and the text is the
        Markdown as it stands, unless O(text) is given.
      - HTML in it is not obeyed but shown as it was written, so that variables can be put into it.
      - An image with the address C(cid:logo.png) shows an inline attachment, as in O(html).
    type: str
  template: &template
    description: The name of the template that brings subject and body. It is looked up, which costs a request.
    type: str
  template_uuid: &template_uuid
    description: The UUID of the template that brings subject and body.
    type: str
  template_variables: &template_variables
    description: The variables of the template.
    type: dict
  category: &category
    description:
      - The category under which the service counts the message, up to 255 characters.
      - A template brings its own.
    type: str
  custom_variables: &custom_variables
    description:
      - Values that the service keeps with the message and shows in its log and in webhooks, up to 1000 bytes of JSON.
    type: dict
  headers: &headers
    description: Further header fields. Those that have an option of their own cannot be set here.
    type: dict
  attachments: &attachments
    description:
      - The files to attach.
      - The service takes 10 MB a message unless it was asked for more; a sandbox takes what its plan allows.
    type: list
    elements: dict
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
        description:
          - The name by which the HTML refers to an inline file, as in C(cid:logo), without blanks and in ASCII.
          - The name of the file when not given, if it can be one.
        type: str
  messages:
    description:
      - A batch of messages, each with what is its own. What an entry does not say, the options of the task say, and an
        option in an entry stands for all of that option, not for a part of it.
      - They are sent up to 500 in a request of up to 50 MB. What the options of the task say, attachments too, travels
        once in each request.
      - The task fails when a message is not accepted. Those that were have been sent then, and RV(responses) tells what
        became of each. After a request that failed as a whole, nothing more is sent.
    type: list
    elements: dict
    suboptions:
      from:
        description: *from
        type: str
        aliases:
          - sender
      to: *to
      cc: *cc
      bcc: *bcc
      reply_to: *reply_to
      subject: *subject
      text: *text
      html: *html
      body_markdown: *body_markdown
      template: *template
      template_uuid: *template_uuid
      template_variables: *template_variables
      category: *category
      custom_variables: *custom_variables
      headers: *headers
      attachments: *attachments
  stream:
    description:
      - How the mail is sent. V(sandbox) when a sandbox is given, else V(transactional).
      - Give V(sandbox) where the sandbox comes from a variable; nothing then goes out to people when that is undefined.
    type: str
    choices:
      - transactional
      - bulk
      - sandbox
  sandbox:
    description:
      - The mail goes into this sandbox, and to no recipient.
    aliases:
      - inbox
  wait_for_delivery:
    description:
      - Whether to wait until the mail is with its recipients, as the e-mail log of the service says. The task fails
        when it bounces, for good or for now, when the service rejects it, and when O(wait) is over.
      - In a sandbox, until it is there.
      - It costs a request for each recipient and each look. A batch of which not all messages were accepted is not
        waited for.
    type: bool
    default: false
  wait:
    description: How many seconds to wait for the delivery at most, up to 3600. With V(0), it looks once.
    type: int
    default: 300
requirements:
  - markdown-it-py >= 2.1.0, for O(body_markdown) only
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

- name: Write in Markdown, with a picture in the text
  community.mailtrap.notify:
    from: deploy@example.com
    to: ops@example.com
    subject: Shop 1.2.3 is live
    body_markdown: |
      ![Load](cid:logo.png)

      Version **1.2.3** serves all requests:

      - [changes](https://shop.example.com/changes)
      - [dashboard](https://shop.example.com/dashboard)
    attachments:
      - src: logo.png
        disposition: inline

- name: Send everybody their own report, and the same attachment
  community.mailtrap.notify:
    from: Shop <shop@example.com>
    stream: bulk
    template: Deployment report
    attachments:
      - src: report.pdf
    messages:
      - to: Ann <ann@example.org>
        template_variables:
          version: 1.2.3
      - to: Bob <bob@example.org>
        template_variables:
          version: 1.2.4

- name: Send an alarm, and go on when it has arrived
  community.mailtrap.notify:
    from: alarm@example.com
    to: ops@example.com
    subject: The database is down
    text: See the runbook.
    wait_for_delivery: true
    wait: 60
"""

RETURN = r"""
message_ids:
  description:
    - The ids of the messages, one for each recipient, in the order of O(to), O(cc) and O(bcc), and of O(messages).
    - In a sandbox, the id of the message there. Empty in check mode.
  returned: when something was sent, or would be
  type: list
  elements: str
  sample:
    - 0c7fd939-02cf-11ed-88c2-0a58a9feac02
responses:
  description: What became of each of O(messages), in their order. Empty in check mode.
  returned: with O(messages), on failure too unless it was known before anything was sent
  type: list
  elements: dict
  contains:
    index:
      description: The place of the message in O(messages), from 0.
      type: int
      returned: always
      sample: 0
    recipients:
      description: The addresses of its recipients.
      type: list
      elements: str
      returned: always
      sample:
        - ann@example.com
    status:
      description:
        - V(accepted) by the service or V(refused) by it; V(unknown) when it may have gone out all the same; V(not_sent)
          when there was no request for it, or none that reached the service.
      type: str
      returned: always
      sample: refused
    message_ids:
      description: Its ids, one for each recipient.
      type: list
      elements: str
      returned: always
      sample: []
    errors:
      description: Why it was not accepted.
      type: list
      elements: str
      returned: always
      sample:
        - "'to' address is invalid"
deliveries:
  description: What became of the mail to each recipient, in the order of RV(message_ids).
  returned: with O(wait_for_delivery), on failure too; not in check mode
  type: list
  elements: dict
  contains:
    message_id:
      description: The id of the message.
      type: str
      returned: always
      sample: 0c7fd939-02cf-11ed-88c2-0a58a9feac02
    recipient:
      description: The address of the recipient, or null for a message in a sandbox that has several.
      type: str
      returned: always
      sample: ann@example.com
    status:
      description: V(delivered), V(bounced), V(rejected) by the service itself, or V(pending) when the time was over.
      type: str
      returned: always
      sample: bounced
    reason:
      description: Why it was not delivered. Null when it was.
      type: str
      returned: always
      sample: 550 5.1.1 The recipient does not exist here
stream:
  description: The stream that took the mail.
  returned: when something was sent, or would be
  type: str
  sample: transactional
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._mail.payload import MESSAGE_OPTIONS
from ansible_collections.community.mailtrap.plugins.module_utils._mail.send import send
from ansible_collections.community.mailtrap.plugins.module_utils._resources.targets import SANDBOX_TARGET

main = custom_module(
    send,
    {
        **SANDBOX_TARGET.argument_spec,
        **MESSAGE_OPTIONS,
        "from": {**MESSAGE_OPTIONS["from"], "required": True},
        "messages": {"type": "list", "elements": "dict", "options": MESSAGE_OPTIONS},
        "stream": {"type": "str", "choices": ["transactional", "bulk", "sandbox"]},
        "wait_for_delivery": {"type": "bool", "default": False},
        "wait": {"type": "int", "default": 300},
    },
    mutually_exclusive=[
        ("sandbox", "sandbox_id"),
        ("project", "project_id"),
    ],
)


if __name__ == "__main__":
    main()
