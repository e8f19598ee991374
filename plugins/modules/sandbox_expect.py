#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sandbox_expect
short_description: Wait for messages in a Mailtrap sandbox and check them
version_added: 0.1.0
description:
  - Wait until the expected messages are in a sandbox, check their contents, and return them.
  - The options O(to), O(from), O(subject), O(body), O(headers), O(since) and O(unread) select messages. A message
    matches if it meets all of these criteria. The task waits until O(count) messages match.
  - The options O(links), O(links_answer), O(attachments), O(max_spam_score), O(max_html_errors) and O(captures) check
    each matching message. The task fails at once if a message does not pass a check.
  - A failure lists the messages that arrived, and why each of them does not match.
  - A search text can be anywhere in a value. It is compared literally and as a Python regular expression, in which
    C(^) and C($) match at the start and the end of each line. For example, V(karl+test@example.com) and
    V(^Order \\d+$) both work. Matching is case-sensitive unless the text starts with V((?i\)).
  - The module polls the sandbox once a second and returns as soon as enough messages match. A poll usually takes
    one request. Bodies, headers and reports are requested only if an option needs them, and only for messages that
    match the other criteria.
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
      - The module polls once and does not wait, because check mode may skip the task that sends the mail. It returns a
        warning in place of a failure, and does not follow links.
  diff_mode:
    support: N/A
    details:
      - This module does not modify state.
  idempotent:
    support: full
    details:
      - This module does not modify state. Messages stay unread.
options:
  sandbox:
    description:
      - The name of the sandbox. Finding its id takes one request.
      - One of O(sandbox) and O(sandbox_id) is required.
    aliases:
      - inbox
  count:
    description:
      - The number of messages that must match. If more messages match, the newest ones are used.
      - With V(0), no message may match. The task then waits for the whole time of O(wait), and fails as soon as a
        message matches.
    type: int
    default: 1
  wait:
    description:
      - The maximum time to wait, in seconds, from 0 to 3600. With V(0), the sandbox is polled once.
      - Slow answers and rate limits can make the task take longer.
    type: int
    default: 30
  to:
    description:
      - Text in the address or the name of a recipient.
      - The service shows only the first recipient of a message. If the message was sent by SMTP, it shows the addresses
        of all recipients. To match other recipients, search the fields C(To) and C(Cc) with O(headers).
    type: str
  from:
    description: Text in the address or the name of the sender.
    type: str
    aliases:
      - sender
  subject:
    description: Text in the subject.
    type: str
  body:
    description: Text in the plain text body, or in the visible text of the HTML body.
    type: str
  headers:
    description: Text in header fields. Each key is the name of a field, and each value is the text to search for.
    type: dict
  since:
    description:
      - Match only newer messages. The value can be the id of a message, which is excluded, an ISO 8601 time, or a time
        span before now, such as V(10m).
      - Without this option, messages that were in the sandbox before the task can match too.
    type: str
  unread:
    description:
      - With V(true), match only unread messages. With V(false), match only messages that are marked as read.
      - Without this option, both match.
    type: bool
  links:
    description:
      - Texts in links. Each message must have a matching link for each text. RV(links) returns the links that match any
        of the texts.
      - With an empty list, RV(links) returns all links.
      - The links of a message are the V(http) and V(https) links in its HTML. If the HTML has none, they are the web
        addresses in the plain text.
    type: list
    elements: str
  links_answer:
    description:
      - Whether each link must answer with an HTTP status below 400. If O(links) has texts, only the links that match
        any of them are followed, otherwise all links.
      - The module follows the links one after the other with GET requests from the host on which it runs, without the
        API token and through up to 5 redirects. Each link may take 10 seconds, and all links together 60 seconds. A
        message may have up to 50 links to follow.
      - Following a link can confirm an address, unsubscribe a recipient or use up a one-time link. Use O(links) to
        select the links to follow.
    type: bool
    default: false
  attachments:
    description:
      - Criteria for attachments. Each message must have a matching attachment for each entry. Inline attachments count
        too.
      - With an empty list, the messages must not have attachments.
    type: list
    elements: dict
    suboptions:
      filename:
        description: Text in the file name.
        type: str
      content_type:
        description: Text in the media type, such as V(application/pdf).
        type: str
      min_size:
        description: The minimum size in bytes.
        type: int
      max_size:
        description: The maximum size in bytes.
        type: int
  max_spam_score:
    description: The maximum spam score. The spam filter classifies a message as spam if its score is V(5) or more.
    type: float
  max_html_errors:
    description:
      - The maximum number of HTML errors. An error is an HTML or CSS feature that some mail clients do not support.
      - A message without HTML does not pass this check.
    type: int
  captures:
    description:
      - Values to extract from each message. Each key is the name of a value, and each value is a regular expression.
        RV(captures) returns the first group of the expression, or the whole match if the expression has no group.
      - The subject, the plain text, the visible text of the HTML and the links are searched in this order. The first
        match is used. A message without a match does not pass the check.
    type: dict
  include:
    description:
      - The parts to return with each message in RV(sandbox_messages[].parts). See
        M(community.mailtrap.sandbox_message_info) for a description of the parts.
      - Each part takes one request for each message, unless a criterion or a check has already requested the part.
    type: list
    elements: str
    default: []
    choices: [text, html, html_source, raw, headers, spam_report, html_analysis, attachments]
notes:
  - A sandbox keeps a limited number of messages. A full sandbox drops its oldest message when another one arrives.
seealso:
  - module: community.mailtrap.sandbox_message_info
  - module: community.mailtrap.sandbox_messages
  - module: community.mailtrap.sandbox
"""

EXAMPLES = r"""
- name: Wait for the message with the confirmation code
  community.mailtrap.sandbox_expect:
    sandbox: Staging
    project: Shop
    to: karl@example.com
    subject: Confirm your address
    captures:
      code: 'code is (\d{6})'
  register: mail

- name: Print the confirmation code
  ansible.builtin.debug:
    var: mail.captures.code

- name: Wait for the order confirmation and check its contents
  community.mailtrap.sandbox_expect:
    sandbox: Staging
    project: Shop
    since: 10m
    wait: 60
    to: karl@example.com
    subject: ^Order \d+ confirmed$
    body: Thank you, Karl
    headers:
      Reply-To: help@example.com
    links:
      - https://shop.example/orders/
    attachments:
      - filename: \.pdf$
        content_type: application/pdf
        max_size: 100000
    max_spam_score: 2
    max_html_errors: 0
  register: confirmation

- name: Print the link to the order
  ansible.builtin.debug:
    var: confirmation.links[0]

- name: Check that no second confirmation arrives
  community.mailtrap.sandbox_expect:
    sandbox: Staging
    project: Shop
    since: "{{ confirmation.sandbox_messages[0].id }}"
    to: karl@example.com
    subject: ^Order
    count: 0
    wait: 2
"""

RETURN = r"""
sandbox_messages:
  description:
    - The matching messages as returned by the API, newest first.
    - If the task fails, the messages that matched before the failure.
  returned: always, unless an option is invalid
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
      sample: Your code
    from_email:
      description: The address of the sender.
      type: str
      sample: shop@example.com
    to_email:
      description: The address of the first recipient.
      type: str
      sample: karl@example.com
    created_at:
      description: The time at which the message arrived.
      type: str
      sample: '2026-05-01T12:00:00.000Z'
    links:
      description: The links of this message. See RV(links).
      returned: success, with O(links) or O(links_answer)
      type: list
      elements: str
    captures:
      description: The values extracted from this message. See RV(captures).
      returned: success, with O(captures)
      type: dict
    parts:
      description: The requested parts. See the same return value of M(community.mailtrap.sandbox_message_info).
      returned: success, with O(include)
      type: dict
links:
  description:
    - The distinct links of the newest message. If O(links) has texts, only the links that match any of them.
  returned: success, with O(links) or O(links_answer)
  type: list
  elements: str
  sample:
    - https://staging.example.com/orders/7
captures:
  description: The values extracted from the newest message.
  returned: success, with O(captures)
  type: dict
  sample:
    code: '123456'
waited:
  description: The time from the first poll to the last one, in seconds.
  returned: always, unless an option is invalid
  type: float
  sample: 3.1
arrived:
  description: The newest messages that do not match, newest first, up to 30.
  returned: failure, unless an option is invalid
  type: list
  elements: dict
  contains:
    id:
      description: The id of the message.
      type: int
    subject:
      description: The subject.
      type: str
    from_email:
      description: The address of the sender.
      type: str
    to_email:
      description: The address of the first recipient.
      type: str
    created_at:
      description: The time at which the message arrived.
      type: str
    objections:
      description: The reasons why the message does not match.
      type: list
      elements: str
      sample:
        - subject does not match 'Your code'
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._received.expect_messages import expect_messages
from ansible_collections.community.mailtrap.plugins.module_utils._received.sandbox_messages import MESSAGE_PARTS
from ansible_collections.community.mailtrap.plugins.module_utils._resources.targets import SANDBOX_TARGET

main = custom_module(
    expect_messages,
    {
        **SANDBOX_TARGET.argument_spec,
        "count": {"type": "int", "default": 1},
        "wait": {"type": "int", "default": 30},
        "to": {"type": "str"},
        "from": {"type": "str", "aliases": ["sender"]},
        "subject": {"type": "str"},
        "body": {"type": "str"},
        "headers": {"type": "dict"},
        "since": {"type": "str"},
        "unread": {"type": "bool"},
        "links": {"type": "list", "elements": "str"},
        "links_answer": {"type": "bool", "default": False},
        "attachments": {
            "type": "list",
            "elements": "dict",
            "options": {
                "filename": {"type": "str"},
                "content_type": {"type": "str"},
                "min_size": {"type": "int"},
                "max_size": {"type": "int"},
            },
        },
        "max_spam_score": {"type": "float"},
        "max_html_errors": {"type": "int"},
        "captures": {"type": "dict"},
        "include": {"type": "list", "elements": "str", "default": [], "choices": list(MESSAGE_PARTS)},
    },
    required_one_of=[("sandbox", "sandbox_id")],
    mutually_exclusive=[("sandbox", "sandbox_id"), ("project", "project_id")],
)


if __name__ == "__main__":
    main()
