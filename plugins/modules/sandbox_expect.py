#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sandbox_expect
short_description: Wait for mail in a Mailtrap sandbox and check it
version_added: 0.1.0
description:
  - Wait until the mail that an application should have sent is in a sandbox, check what is in it, and return it with
    its links, and with what is to be taken out of it, such as a code.
  - The options O(to), O(from), O(subject), O(body), O(headers), O(since) and O(unread) say which messages are meant.
    The task waits until there are enough of them.
  - The options O(links), O(links_answer), O(attachments), O(max_spam_score), O(max_html_errors) and O(captures) say
    what has to be true of each of them. When it is not, the task fails at once.
  - A failure says what did arrive, and why it was not what was expected.
  - A text to look for is looked for anywhere in the value, both as it stands and as a regular expression of Python, in
    which C(^) and C($) match at line ends, too. So V(karl+test@example.com) is found, and V(^Order \\d+$) is as well.
    Upper and lower case differ, unless it begins with V((?i\)).
  - It looks once a second, with one request, and ends as soon as enough messages are there. Bodies, headers and reports
    are asked for only where an option needs them, and only of messages that the list does not rule out already.
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
      - It looks once and does not wait, since the mail may be that of a task which check mode leaves out. What would be
        a failure is a warning, and no link is followed.
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
      - The name of the sandbox. It is looked up, which costs a request.
      - This or O(sandbox_id) is required.
    aliases:
      - inbox
  count:
    description:
      - How many messages are expected. When more are there, those that came last are taken.
      - With V(0), none is expected. The task then waits until O(wait) is over, and fails as soon as one is there.
    type: int
    default: 1
  wait:
    description:
      - How many seconds to wait at most, up to 3600. With V(0), it looks once.
      - Requests that the service answers late, or that the rate limit holds up, can make it longer.
    type: int
    default: 30
  to:
    description:
      - A recipient, in the address or the name.
      - The service shows the first recipient of a message, and all of them when it came by SMTP. Others can be looked
        for in O(headers), in the fields C(To) and C(Cc).
    type: str
  from:
    description: The sender, in the address or the name.
    type: str
    aliases:
      - sender
  subject:
    description: What is in the subject.
    type: str
  body:
    description: What is in the plain text, or in the text that the HTML shows.
    type: str
  headers:
    description: What is in header fields, each by its name.
    type: dict
  since:
    description:
      - Only messages that came after this one, by its id, or since this time, in ISO 8601, or so long ago, as V(10m).
      - Without it, messages that have been in the sandbox before are taken, too.
    type: str
  unread:
    description: Whether only messages count that have not been read, or only such that have.
    type: bool
  links:
    description:
      - What is in links. For each of these, there has to be one in each message. The links that have one of these in
        them are returned in RV(links).
      - With an empty list, all links are returned.
      - Links are those of the HTML that lead to a web page, or the web addresses in the plain text when there are none.
    type: list
    elements: str
  links_answer:
    description:
      - Whether the links have to answer with a status below 400, those that O(links) names or else all of them.
      - They are followed by a GET from where the module runs, without the token, through up to 5 redirects, one after
        the other. Each has 10 seconds, and all together have 60. There may be at most 50.
      - A link that confirms, unsubscribes or works only once does so. Name those that are to be followed in O(links).
    type: bool
    default: false
  attachments:
    description:
      - What attachments each message has. For each of these, there has to be one. Those inline count, too.
      - With an empty list, there must be none.
    type: list
    elements: dict
    suboptions:
      filename:
        description: What is in its name.
        type: str
      content_type:
        description: What is in its media type, such as V(application/pdf).
        type: str
      min_size:
        description: How many bytes it has at least.
        type: int
      max_size:
        description: How many bytes it has at most.
        type: int
  max_spam_score:
    description: The highest score that the spam filter may give. From V(5) on, it takes a message for spam.
    type: float
  max_html_errors:
    description:
      - How many errors the check of the HTML may find, each something that one or more mail clients do not support.
      - A message without HTML cannot be checked, and does not pass.
    type: int
  captures:
    description:
      - What to take out of a message, a regular expression for each name. Its first group is taken, or all of it where
        it has none.
      - It is looked for in the subject, then the plain text, then the text that the HTML shows, then the links.
    type: dict
  include:
    description:
      - The parts to return with each message, in RV(sandbox_messages[].parts), as in
        M(community.mailtrap.sandbox_message_info).
      - Each part of each message takes a request, unless it was needed anyway.
    type: list
    elements: str
    default: []
    choices: [text, html, html_source, raw, headers, spam_report, html_analysis, attachments]
notes:
  - A sandbox keeps a limited number of messages, and drops the oldest.
seealso:
  - module: community.mailtrap.sandbox_message_info
  - module: community.mailtrap.sandbox_messages
  - module: community.mailtrap.sandbox
"""

EXAMPLES = r"""
- name: Wait for the mail with the code
  community.mailtrap.sandbox_expect:
    sandbox: Staging
    project: Shop
    to: karl@example.com
    subject: Confirm your address
    captures:
      code: 'code is (\d{6})'
  register: mail

- name: Show the code
  ansible.builtin.debug:
    var: mail.captures.code

- name: Expect a confirmation in good order
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

- name: Show where the order can be looked at
  ansible.builtin.debug:
    var: confirmation.links[0]

- name: Expect no second one
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
    - The messages that are expected, newest first, as the API shows them.
    - After a failure, those of them that are there.
  returned: always, unless the options cannot be used
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
      description: When it came.
      type: str
      sample: '2026-05-01T12:00:00.000Z'
    links:
      description: The links, as in RV(links).
      returned: with O(links) or O(links_answer)
      type: list
      elements: str
    captures:
      description: What was taken out of it, as in RV(captures).
      returned: with O(captures)
      type: dict
    parts:
      description: The parts that were asked for, as M(community.mailtrap.sandbox_message_info) returns them.
      returned: with O(include)
      type: dict
links:
  description: The links of the newest message, those that O(links) names or else all of them, each once.
  returned: success, with O(links) or O(links_answer)
  type: list
  elements: str
  sample:
    - https://staging.example.com/orders/7
captures:
  description: What was taken out of the newest message.
  returned: success, with O(captures)
  type: dict
  sample:
    code: '123456'
waited:
  description: How many seconds it took until they were there, or until O(wait) was over.
  returned: always, unless the options cannot be used
  type: float
  sample: 3.1
arrived:
  description: The latest messages that are not what is expected, up to 30, newest first.
  returned: failure, unless the options cannot be used
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
      description: When it came.
      type: str
    objections:
      description: Why it is not.
      type: list
      elements: str
      sample:
        - subject does not match 'Your code'
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._received.expect import expect
from ansible_collections.community.mailtrap.plugins.module_utils._received.sandbox_messages import PARTS
from ansible_collections.community.mailtrap.plugins.module_utils._resources.targets import SANDBOX_TARGET

main = custom_module(
    expect,
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
        "include": {"type": "list", "elements": "str", "default": [], "choices": list(PARTS)},
    },
    required_one_of=[("sandbox", "sandbox_id")],
    mutually_exclusive=[("sandbox", "sandbox_id"), ("project", "project_id")],
)


if __name__ == "__main__":
    main()
