#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: email_log_info
short_description: Read what became of mail sent through Mailtrap
version_added: 0.1.0
description:
  - Return messages of the transactional and the bulk stream, newest first, or one of them with all that happened to it.
  - A message to several recipients is there once for each of them.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.domain
  - community.mailtrap._identity.secrets
options:
  id:
    description:
      - The id of the only message to return, with its events. M(community.mailtrap.notify) returns it in
        RV(community.mailtrap.notify#module:message_ids).
    type: str
  limit:
    description:
      - How many messages to return at most.
      - All of them when not given, which takes a request for each page, and there are 60 requests a minute.
    type: int
  sent_after:
    description:
      - Return only messages that were sent at this time or later.
      - Write an ISO 8601 time such as V(2026-01-31T12:00:00Z), which is in UTC when it has no offset, or a number of
        seconds, minutes, hours, days or weeks ago, such as V(90s), V(15m), V(12h), V(7d) or V(2w).
    type: str
  sent_before:
    description: Return only messages that were sent at this time or earlier, written like O(sent_after).
    type: str
  filters:
    description:
      - What else to choose messages by. They have to meet all of the filters.
      - With several values, a message has to meet any of them, and none of them with an operator that has C(not) in its
        name.
      - The operators that begin with C(ci) take upper and lower case for the same. Those with C(contain),
        V(greater_than) and V(less_than) take one value, V(empty) and V(not_empty) none.
      - Give a list when a value holds a comma, since Ansible splits a text at its commas.
    type: dict
    suboptions:
      to:
        description: The address of the recipient.
        type: dict
        suboptions:
          operator: &any_case
            description: How it is compared.
            type: str
            default: ci_equal
            choices:
              - ci_equal
              - ci_not_equal
              - ci_contain
              - ci_not_contain
          value: &text
            description: The value, or several.
            type: list
            elements: str
            default: []
      from:
        description: The address of the sender.
        type: dict
        suboptions:
          operator: *any_case
          value: *text
      subject:
        description: The subject.
        type: dict
        suboptions:
          operator:
            description: How it is compared.
            type: str
            default: ci_equal
            choices:
              - ci_equal
              - ci_not_equal
              - ci_contain
              - ci_not_contain
              - empty
              - not_empty
          value: *text
      status:
        description: What became of the message.
        type: dict
        suboptions:
          operator: &equal
            description: How it is compared.
            type: str
            default: equal
            choices:
              - equal
              - not_equal
          value:
            description: The value, or several.
            type: list
            elements: str
            default: []
            choices:
              - delivered
              - not_delivered
              - enqueued
              - opted_out
      events:
        description: What happened to the message.
        type: dict
        suboptions:
          operator: &event
            description: How it is compared.
            type: str
            default: include_event
            choices:
              - include_event
              - not_include_event
          value:
            description: The value, or several.
            type: list
            elements: str
            default: []
            choices:
              - delivery
              - open
              - click
              - bounce
              - soft_bounce
              - spam
              - unsubscribe
              - suspension
              - reject
      opens_count:
        description: How often the message was opened.
        type: dict
        suboptions:
          operator: &number
            description: How it is compared.
            type: str
            default: equal
            choices:
              - equal
              - greater_than
              - less_than
          value: &integer
            description: The value, or several.
            type: list
            elements: int
            default: []
      clicks_count:
        description: How often links in the message were clicked.
        type: dict
        suboptions:
          operator: *number
          value: *integer
      client_ip:
        description: The IP address that submitted the message.
        type: dict
        suboptions:
          operator: &address
            description: How it is compared.
            type: str
            default: equal
            choices:
              - equal
              - not_equal
              - contain
              - not_contain
          value: *text
      sending_ip:
        description: The IP address that the message was sent from.
        type: dict
        suboptions:
          operator: *address
          value: *text
      email_service_provider:
        description: The mailbox provider of the recipient, such as V(Google).
        type: dict
        suboptions:
          operator: *equal
          value: *text
      email_service_provider_response:
        description: What the mailbox provider answered.
        type: dict
        suboptions:
          operator: *any_case
          value: *text
      recipient_mx:
        description: The name of the recipient's mail server.
        type: dict
        suboptions:
          operator: *any_case
          value: *text
      category:
        description: The category.
        type: dict
        suboptions:
          operator: *equal
          value: *text
      domain_id:
        description: The id of the sending domain. O(domain) and O(domain_id) are shorter where one is meant.
        type: dict
        suboptions:
          operator: *equal
          value: *integer
      sending_stream:
        description: The stream.
        type: dict
        suboptions:
          operator: *equal
          value:
            description: The value, or several.
            type: list
            elements: str
            default: []
            choices:
              - transactional
              - bulk
seealso:
  - module: community.mailtrap.notify
  - module: community.mailtrap.stats_info
"""

EXAMPLES = r"""
- name: Read what became of the mail to a user today
  community.mailtrap.email_log_info:
    sent_after: 24h
    filters:
      to:
        value: ann@example.com
  register: mail

- name: Count the bounces of the last hour at Google
  community.mailtrap.email_log_info:
    sent_after: 1h
    domain: shop.example
    limit: 1
    filters:
      events:
        value:
          - bounce
          - soft_bounce
      email_service_provider:
        value: Google
  register: bounces
  failed_when: bounces.total_count > 100

- name: Find what nobody opened
  community.mailtrap.email_log_info:
    filters:
      subject:
        operator: ci_contain
        value: invoice
      opens_count:
        value: 0

- name: Wait until a mail has been delivered
  community.mailtrap.email_log_info:
    id: "{{ sent.message_ids[0] }}"
  register: mail
  until: mail.email_logs and mail.email_logs[0].status != 'enqueued'
  retries: 10
  delay: 3
"""

RETURN = r"""
email_logs:
  description: The messages as the API shows them, newest first; empty when there is none.
  returned: success
  type: list
  elements: dict
  contains:
    message_id:
      description: The id of the message.
      type: str
      sample: 9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d
    status:
      description: What became of it; V(delivered), V(not_delivered), V(enqueued) or V(opted_out).
      type: str
      sample: delivered
    subject:
      description: The subject.
      type: str
      sample: Your order
    from:
      description: The address of the sender.
      type: str
      sample: shop@shop.example
    to:
      description: The address of the recipient.
      type: str
      sample: ann@example.com
    sent_at:
      description: When it was sent.
      type: str
      sample: "2026-01-31T12:00:00Z"
    client_ip:
      description: The IP address that submitted it, or V(null).
      type: str
      sample: 203.0.113.42
    category:
      description: The category, or V(null).
      type: str
      sample: Orders
    custom_variables:
      description: The values that the sender gave along, or V(null).
      type: dict
      sample:
        order: 4711
    sending_stream:
      description: The stream; V(transactional) or V(bulk).
      type: str
      sample: transactional
    domain_id:
      description: The id of the sending domain.
      type: int
      sample: 435
    template_id:
      description: The id of the template, or V(null).
      type: int
      sample: 40123
    template_variables:
      description: The variables of the template, or V(null).
      type: dict
      sample:
        name: Ann
    opens_count:
      description: How often it was opened.
      type: int
      sample: 2
    clicks_count:
      description: How often links in it were clicked.
      type: int
      sample: 1
    events:
      description:
        - What happened to it. The details depend on the type of the event, and tell a bounce's reason, for example.
      returned: with O(id)
      type: list
      elements: dict
      sample:
        - event_type: bounce
          created_at: "2026-01-31T12:00:05Z"
          details:
            email_service_provider: Google
            email_service_provider_response: 550 5.1.1 The recipient does not exist here
    raw_message_url:
      description: Where the whole message can be fetched for a while, by whoever has this address.
      returned: with O(id) and O(reveal_secrets)
      type: str
      sample: https://storage.example.com/signed/eml/9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d?token=...
total_count:
  description: How many messages there are, even if O(limit) is less.
  returned: success
  type: int
  sample: 150
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import module_of
from ansible_collections.community.mailtrap.plugins.module_utils._reports.email_logs import (
    FILTER_OPTIONS,
    read_email_logs,
)
from ansible_collections.community.mailtrap.plugins.module_utils._resources.targets import DOMAIN_TARGET

# With id, these options have no effect.
LIST_OPTIONS = ("limit", "sent_after", "sent_before", "domain", "domain_id", "filters")
main = module_of(
    read_email_logs,
    {
        **DOMAIN_TARGET.argument_spec,
        "id": {"type": "str"},
        "limit": {"type": "int"},
        "sent_after": {"type": "str"},
        "sent_before": {"type": "str"},
        "filters": {"type": "dict", "options": FILTER_OPTIONS},
        "reveal_secrets": {"type": "bool", "default": False, "no_log": False},
    },
    mutually_exclusive=[("domain", "domain_id"), *(("id", option) for option in LIST_OPTIONS)],
)


if __name__ == "__main__":
    main()
