#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: email_log_info
short_description: Read the email logs of a Mailtrap account
version_added: 0.1.0
description:
  - Returns messages that were sent through the transactional and the bulk stream, newest first.
  - Returns a single message with its events if O(id) is set.
  - A message to several recipients has a log entry for each of them.
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
      - The ID of the message to return.
      - M(community.mailtrap.notify) returns the IDs of its messages in
        RV(community.mailtrap.notify#module:message_ids).
    type: str
  limit:
    description:
      - The maximum number of messages to return, newest first.
      - If omitted, all matching messages are returned, with a request for each page. Mailtrap accepts 60 of these
        requests a minute.
    type: int
  sent_after:
    description:
      - Only return messages that were sent at this time or later.
      - The value is an ISO 8601 time, such as V(2026-01-31T12:00:00Z), or a number of seconds, minutes, hours, days or
        weeks ago, such as V(90s), V(15m), V(12h), V(7d) or V(2w). A time without an offset is in UTC.
    type: str
  sent_before:
    description: Only return messages that were sent at this time or earlier, in the format of O(sent_after).
    type: str
  filters:
    description:
      - Further filters. A message is returned if it matches all of them.
      - If a filter has several values, a message must match at least one of them. With an operator that has C(not) in
        its name, it must match none of them.
      - Operators that begin with C(ci_) ignore case.
      - Operators that end with C(contain), and all operators of the two counts, take exactly one value. V(empty) and
        V(not_empty) take no value.
      - Ansible splits a string at its commas. If a value contains a comma, write the values as a YAML list.
    type: dict
    suboptions:
      to:
        description: The address of the recipient.
        type: dict
        suboptions:
          operator: &any_case
            description: The operator of the comparison.
            type: str
            default: ci_equal
            choices:
              - ci_equal
              - ci_not_equal
              - ci_contain
              - ci_not_contain
          value: &text
            description: The values to compare with.
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
        description: The subject of the message.
        type: dict
        suboptions:
          operator:
            description: The operator of the comparison.
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
        description: The delivery status of the message.
        type: dict
        suboptions:
          operator: &equal
            description: The operator of the comparison.
            type: str
            default: equal
            choices:
              - equal
              - not_equal
          value:
            description: The values to compare with.
            type: list
            elements: str
            default: []
            choices:
              - delivered
              - not_delivered
              - enqueued
              - opted_out
      events:
        description: The events of the message.
        type: dict
        suboptions:
          operator: &event
            description: The operator of the comparison.
            type: str
            default: include_event
            choices:
              - include_event
              - not_include_event
          value:
            description: The values to compare with.
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
        description: The number of times that the message was opened.
        type: dict
        suboptions:
          operator: &number
            description: The operator of the comparison.
            type: str
            default: equal
            choices:
              - equal
              - greater_than
              - less_than
          value: &integer
            description: The values to compare with.
            type: list
            elements: int
            default: []
      clicks_count:
        description: The number of clicks on links in the message.
        type: dict
        suboptions:
          operator: *number
          value: *integer
      client_ip:
        description: The IP address of the client that submitted the message.
        type: dict
        suboptions:
          operator: &address
            description: The operator of the comparison.
            type: str
            default: equal
            choices:
              - equal
              - not_equal
              - contain
              - not_contain
          value: *text
      sending_ip:
        description: The IP address from which Mailtrap sent the message.
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
        description: The response of the mailbox provider.
        type: dict
        suboptions:
          operator: *any_case
          value: *text
      recipient_mx:
        description: The host name of the recipient's mail server.
        type: dict
        suboptions:
          operator: *any_case
          value: *text
      category:
        description: The category of the message.
        type: dict
        suboptions:
          operator: *equal
          value: *text
      domain_id:
        description: The ID of the sending domain. To select a single domain, use O(domain) or O(domain_id) instead.
        type: dict
        suboptions:
          operator: *equal
          value: *integer
      sending_stream:
        description: The sending stream of the message.
        type: dict
        suboptions:
          operator: *equal
          value:
            description: The values to compare with.
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
- name: Read the log of the messages to a user in the last 24 hours
  community.mailtrap.email_log_info:
    sent_after: 24h
    filters:
      to:
        value: ann@example.com
  register: log

- name: Fail if more than 100 messages to Google bounced in the last hour
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

- name: List the invoices that were not opened
  community.mailtrap.email_log_info:
    filters:
      subject:
        operator: ci_contain
        value: invoice
      opens_count:
        value: 0

- name: Wait until a message is no longer enqueued
  community.mailtrap.email_log_info:
    id: "{{ sent.message_ids[0] }}"
  register: log
  until: log.email_logs and log.email_logs[0].status != 'enqueued'
  retries: 10
  delay: 3
"""

RETURN = r"""
email_logs:
  description: The messages as returned by the API, newest first. The list is empty if none match.
  returned: success
  type: list
  elements: dict
  contains:
    message_id:
      description: The ID of the message.
      type: str
      sample: 9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d
    status:
      description: The delivery status; V(delivered), V(not_delivered), V(enqueued) or V(opted_out).
      type: str
      sample: delivered
    subject:
      description: The subject of the message.
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
      description: The time at which the message was sent.
      type: str
      sample: "2026-01-31T12:00:00Z"
    client_ip:
      description: The IP address of the client that submitted the message, or V(null).
      type: str
      sample: 203.0.113.42
    category:
      description: The category of the message, or V(null).
      type: str
      sample: Orders
    custom_variables:
      description: The custom variables that the sender set, or V(null).
      type: dict
      sample:
        order: 4711
    sending_stream:
      description: The sending stream; V(transactional) or V(bulk).
      type: str
      sample: transactional
    domain_id:
      description: The ID of the sending domain.
      type: int
      sample: 435
    template_id:
      description: The ID of the template, or V(null).
      type: int
      sample: 40123
    template_variables:
      description: The variables of the template, or V(null).
      type: dict
      sample:
        name: Ann
    opens_count:
      description: The number of times that the message was opened.
      type: int
      sample: 2
    clicks_count:
      description: The number of clicks on links in the message.
      type: int
      sample: 1
    events:
      description:
        - The events of the message. The C(details) depend on C(event_type).
      returned: when O(id) is set
      type: list
      elements: dict
      sample:
        - event_type: bounce
          created_at: "2026-01-31T12:00:05Z"
          details:
            email_service_provider: Google
            email_service_provider_response: 550 5.1.1 The recipient does not exist here
    raw_message_url:
      description: The temporary URL of the whole message. It gives access without a token.
      returned: when O(id) is set and O(reveal_secrets=true)
      type: str
      sample: https://storage.example.com/signed/eml/9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d?token=...
total_count:
  description: The number of all matching messages, which may exceed O(limit).
  returned: success
  type: int
  sample: 150
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._reports.email_logs import (
    FILTER_OPTIONS,
    read_email_logs,
)
from ansible_collections.community.mailtrap.plugins.module_utils._resources.targets import DOMAIN_TARGET

# The options that select messages from the list; id selects a single message.
LIST_OPTIONS = ("limit", "sent_after", "sent_before", "domain", "domain_id", "filters")
main = custom_module(
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
