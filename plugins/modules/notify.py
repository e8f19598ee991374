#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: notify
short_description: Send email through Mailtrap
version_added: 0.1.0
description:
  - Send one message to one or more recipients, or send a batch of messages with O(messages).
  - Live mail is sent through the transactional or the bulk stream. Test mail is sent to a sandbox.
  - A message has its own subject and body, or takes both from an email template of the account.
  - The API does not detect duplicate messages. If the outcome of a request is unknown, the module does not repeat the
    request. The task fails, and its error states that the mail may have been sent.
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
      - The module validates all messages and their attachments, and looks up the templates and the sandbox. It sends
        nothing.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Each run sends the mail again and reports a change.
options:
  from:
    description: &from
      - Sender of the message, as V(user@host) or V(Name <user@host>).
      - For the transactional and the bulk stream, the domain must be a verified sending domain of the account.
    type: str
    required: true
    aliases:
      - sender
  to: &to
    description:
      - Recipients of the message, each as V(user@host) or V(Name <user@host>). At most 1000.
      - If a display name contains a comma, specify a list. Ansible splits a string at its commas.
      - A display name needs double quotes only if it contains V(<), V(>) or V(@).
    type: list
    elements: str
  cc: &cc
    description: Recipients of a copy. At most 1000.
    type: list
    elements: str
  bcc: &bcc
    description: Recipients of a blind copy, whom the other recipients do not see. At most 1000.
    type: list
    elements: str
  reply_to: &reply_to
    description: Address for replies, as V(user@host) or V(Name <user@host>).
    type: str
  subject: &subject
    description:
      - Subject of the message.
      - Required unless a template is specified.
    type: str
  text: &text
    description:
      - Plain text body of the message.
      - At least one of O(text), O(html) and O(body_markdown) is required unless a template is specified.
      - If a message has both a plain text and an HTML body, the recipient's mail client chooses which one to display.
    type: str
  html: &html
    description:
      - HTML body of the message.
      - To display an inline attachment, refer to its O(attachments[].content_id), for example
        C(<img src="cid:logo.png">).
      - Cannot be combined with O(body_markdown).
    type: str
  body_markdown: &body_markdown
    description:
      - Body of the message in Markdown (CommonMark with tables and strikethrough).
      - The module renders it as the HTML body. The Markdown source is the plain text body unless O(text) is specified.
      - HTML tags in the Markdown are escaped, so variables cannot insert HTML into the message.
      - To display an inline attachment, use its O(attachments[].content_id) in the URL of an image, for example
        C(cid:logo.png).
      - Cannot be combined with O(html).
    type: str
  template: &template
    description:
      - Name of the email template that provides the subject and the body.
      - The module resolves the names of all templates with one additional request.
      - Cannot be combined with O(template_uuid), O(subject), O(text), O(html), O(body_markdown) or O(category).
    type: str
  template_uuid: &template_uuid
    description:
      - UUID of the email template that provides the subject and the body.
      - Cannot be combined with O(template), O(subject), O(text), O(html), O(body_markdown) or O(category).
    type: str
  template_variables: &template_variables
    description:
      - Values of the variables in the template.
      - Requires O(template) or O(template_uuid).
    type: dict
  category: &category
    description:
      - Category of the message in statistics and email logs. At most 255 characters.
      - A template has its own category.
    type: str
  custom_variables: &custom_variables
    description:
      - Key-value pairs that Mailtrap stores with the message and returns in email logs and webhook events.
      - The values are converted to strings. At most 1000 bytes as JSON.
    type: dict
  headers: &headers
    description:
      - Additional headers of the message.
      - Headers that have an option of their own, such as C(Reply-To), and headers that Mailtrap sets, such as C(Date),
        are not allowed.
    type: dict
  attachments: &attachments
    description:
      - Files to attach to the message.
      - Mailtrap accepts 10 MB per message unless it has raised the limit for the account. In a sandbox, the limit
        depends on the plan.
    type: list
    elements: dict
    suboptions:
      src:
        description:
          - Path of the file.
          - Unless O(attachments[].remote_src=true), a relative path is searched on the controller, in the same
            directories as O(ansible.builtin.copy#module:src).
        type: path
        required: true
      remote_src:
        description: If V(true), O(attachments[].src) is a path on the target host instead of the controller.
        type: bool
        default: false
      filename:
        description:
          - File name that the recipient sees.
          - Defaults to the last component of O(attachments[].src).
        type: str
      content_type:
        description:
          - Media type of the file, such as V(image/png).
          - By default, the module guesses it from the file name.
        type: str
      disposition:
        description:
          - Whether mail clients list the file as an attachment (V(attachment)) or display it within the HTML body
            (V(inline)).
        type: str
        default: attachment
        choices:
          - attachment
          - inline
      content_id:
        description:
          - ID by which the HTML body refers to the file, as in C(cid:logo.png).
          - Only ASCII characters except blanks, V(<) and V(>) are allowed.
          - For an inline file, defaults to the file name if that is a valid ID.
        type: str
  messages:
    description:
      - Batch of messages to send.
      - An entry inherits every option that it does not set from the task. An option of an entry replaces the whole
        option of the task. Lists and dictionaries are not merged.
      - The module sends up to 500 messages in one request, and at most 50 MB. Content that all messages inherit is
        sent once per request.
      - The task fails if any message is not accepted, although the accepted messages have been sent. RV(responses)
        contains the outcome of each message.
      - If a request fails as a whole, the module sends no further requests.
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
      - Stream to send the mail through.
      - Defaults to V(sandbox) if a sandbox is specified, and to V(transactional) otherwise.
      - Specify V(sandbox) if the sandbox comes from a variable that may be omitted. The task then fails without a
        sandbox instead of sending live mail.
    type: str
    choices:
      - transactional
      - bulk
      - sandbox
  sandbox:
    description:
      - Name of the sandbox to send the mail to. The mail does not reach its recipients.
      - The module resolves the name with one additional request.
    aliases:
      - inbox
  wait_for_delivery:
    description:
      - Whether to wait until the email logs report that each recipient's mail is delivered.
      - The task fails if a message bounces (even temporarily), if Mailtrap rejects it, or if it is not delivered within
        O(wait) seconds.
      - In a sandbox, the module waits until the message appears.
      - Each check takes one request per recipient whose mail is still pending.
      - If any message of a batch is not accepted, the task fails without waiting.
    type: bool
    default: false
  wait:
    description:
      - Maximum time to wait for delivery, in seconds. At most 3600.
      - With V(0), the module checks once.
    type: int
    default: 300
requirements:
  - markdown-it-py >= 2.1.0, only for O(body_markdown)
seealso:
  - module: community.mailtrap.email_log_info
  - module: community.mailtrap.email_template
  - module: community.mailtrap.sandbox_message_info
"""

EXAMPLES = r"""
- name: Announce a finished deployment
  community.mailtrap.notify:
    from: Deployments <deploy@example.com>
    to:
      - Operations <ops@example.com>
    subject: Shop 1.2.3 is live
    text: Version 1.2.3 has been deployed to production.
    html: <p>Version <b>1.2.3</b> has been deployed to production.</p>
    category: deployment

- name: Send the announcement to a sandbox
  community.mailtrap.notify:
    from: Deployments <deploy@example.com>
    to: ops@example.com
    subject: Shop 1.2.3 is live
    text: Version 1.2.3 has been deployed to production.
    sandbox: Staging
    project: Shop

- name: Send a report that uses an email template
  community.mailtrap.notify:
    from: deploy@example.com
    to: ops@example.com
    template: Deployment report
    template_variables:
      version: 1.2.3
    attachments:
      - src: report.pdf

- name: Send a Markdown message with an inline image
  community.mailtrap.notify:
    from: deploy@example.com
    to: ops@example.com
    subject: Shop 1.2.3 is live
    body_markdown: |
      ![Logo](cid:logo.png)

      Version **1.2.3** serves all requests:

      - [changes](https://shop.example.com/changes)
      - [dashboard](https://shop.example.com/dashboard)
    attachments:
      - src: logo.png
        disposition: inline

- name: Send a batch with a personal report for each recipient and a shared attachment
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

- name: Send an alert and wait until it is delivered
  community.mailtrap.notify:
    from: alerts@example.com
    to: ops@example.com
    subject: The database is down
    text: Follow the runbook.
    wait_for_delivery: true
    wait: 60
"""

RETURN = r"""
message_ids:
  description:
    - IDs of the accepted messages, one for each recipient, in the order O(to), O(cc), O(bcc).
    - For a batch, the IDs are in the order of O(messages).
    - In a sandbox, a message has a single ID for all recipients.
    - Empty in check mode.
  returned: success, and on failure if a message was accepted
  type: list
  elements: str
  sample:
    - 0c7fd939-02cf-11ed-88c2-0a58a9feac02
responses:
  description: Outcome of each message, in the order of O(messages). Empty in check mode.
  returned: if O(messages) is specified; also on failure, except if the task fails before it sends anything
  type: list
  elements: dict
  contains:
    index:
      description: Index of the message in O(messages), starting at 0.
      type: int
      returned: always
      sample: 0
    recipients:
      description: Addresses of the recipients.
      type: list
      elements: str
      returned: always
      sample:
        - ann@example.com
    status:
      description:
        - V(accepted) if Mailtrap accepted the message.
        - V(refused) if Mailtrap refused the message.
        - V(unknown) if the message may have been sent.
        - V(not_sent) if the message was not sent.
      type: str
      returned: always
      sample: refused
    message_ids:
      description: IDs of the message, one for each recipient. Empty if the message was not accepted.
      type: list
      elements: str
      returned: always
      sample: []
    errors:
      description: Reasons why the message was not accepted.
      type: list
      elements: str
      returned: always
      sample:
        - "'to' address is invalid"
deliveries:
  description: Delivery of the message to each recipient, in the order of RV(message_ids).
  returned: if O(wait_for_delivery=true) and all messages are accepted, except in check mode; also on failure
  type: list
  elements: dict
  contains:
    message_id:
      description: ID of the message.
      type: str
      returned: always
      sample: 0c7fd939-02cf-11ed-88c2-0a58a9feac02
    recipient:
      description: Address of the recipient. Null for a message in a sandbox that has several recipients.
      type: str
      returned: always
      sample: ann@example.com
    status:
      description:
        - V(delivered) if the message was delivered.
        - V(bounced) if the recipient's mail server refused the message, permanently or temporarily.
        - V(rejected) if Mailtrap did not send the message.
        - V(pending) if the delivery was not completed in time.
      type: str
      returned: always
      sample: bounced
    reason:
      description: Reason why the message was not delivered. Null if it was delivered.
      type: str
      returned: always
      sample: 550 5.1.1 The recipient does not exist here
stream:
  description: Stream that the mail was sent through.
  returned: success, and on failure if a message was accepted
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
    controller_files={("attachments", "src"): "filename", ("messages", "attachments", "src"): "filename"},
)


if __name__ == "__main__":
    main()
