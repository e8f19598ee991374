#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: stats_info
short_description: Read the sending statistics of a Mailtrap account
version_added: 0.1.0
description:
  - Returns how many messages of the transactional and the bulk stream were delivered, bounced, opened, clicked and
    marked as spam, in total or by group.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  start_date:
    description:
      - The first day of the period, such as V(2026-01-31), or a number of days or weeks ago, such as V(7d) or V(2w).
      - Days are in UTC.
    type: str
    required: true
  end_date:
    description: The last day of the period, in the format of O(start_date). The default is today.
    type: str
    default: 0d
  include:
    description:
      - The statistics to return.
      - Each item takes a request.
    type: list
    elements: str
    default:
      - total
    choices:
      total: The totals of all messages.
      domains: The statistics of each sending domain.
      categories: The statistics of each category. Messages without a category are not included.
      email_service_providers: The statistics of each mailbox provider.
      date: The statistics of each day.
  domains:
    description:
      - Only count messages from the sending domains with these names. By default, all domains are counted.
      - Looking up the names takes a request.
    type: list
    elements: str
    default: []
    aliases:
      - domain
      - sending_domain
  domain_ids:
    description: Only count messages from the sending domains with these IDs, in addition to O(domains).
    type: list
    elements: int
    default: []
    aliases:
      - domain_id
  sending_streams:
    description: Only count messages of these streams.
    type: list
    elements: str
    default: []
    choices:
      - transactional
      - bulk
  categories:
    description: Only count messages of these categories.
    type: list
    elements: str
    default: []
  email_service_providers:
    description: Only count messages to these mailbox providers, such as V(Google) or V(Office 365).
    type: list
    elements: str
    default: []
notes:
  - Mailtrap accepts ten requests for statistics a minute. Beyond that, the task waits and retries, as often as
    O(retries) allows.
seealso:
  - module: community.mailtrap.email_log_info
  - module: community.mailtrap.billing_usage_info
"""

EXAMPLES = r"""
- name: Read the statistics of the last week, in total and by domain
  community.mailtrap.stats_info:
    start_date: 7d
    include:
      - total
      - domains
  register: last_week

- name: Check that the bounce rate is below 5 percent
  ansible.builtin.assert:
    that: last_week.stats.total.bounce_rate < 0.05

- name: Read the daily bulk statistics of a domain for January
  community.mailtrap.stats_info:
    start_date: 2026-01-01
    end_date: 2026-01-31
    domain: shop.example
    sending_streams:
      - bulk
    include:
      - date
"""

RETURN = r"""
stats:
  description: The statistics that O(include) selects. Empty in check mode if a domain does not exist.
  returned: success
  type: dict
  contains:
    total:
      description: The totals of all messages.
      returned: when O(include) contains V(total)
      type: dict
      contains:
        delivery_count:
          description: The number of delivered messages.
          type: int
          sample: 190
        delivery_rate:
          description: The delivery rate, between 0 and 1.
          type: float
          sample: 0.95
        bounce_count:
          description: The number of bounced messages.
          type: int
          sample: 10
        bounce_rate:
          description: The bounce rate, between 0 and 1.
          type: float
          sample: 0.05
        open_count:
          description: The number of opened messages.
          type: int
          sample: 171
        open_rate:
          description: The open rate, between 0 and 1.
          type: float
          sample: 0.9
        click_count:
          description: The number of messages with a clicked link.
          type: int
          sample: 133
        click_rate:
          description: The click rate, between 0 and 1.
          type: float
          sample: 0.7
        spam_count:
          description: The number of messages that were marked as spam.
          type: int
          sample: 3
        spam_rate:
          description: The spam rate, between 0 and 1.
          type: float
          sample: 0.02
    domains:
      description: The statistics of each domain, with the keys of RV(stats.total).
      returned: when O(include) contains V(domains)
      type: list
      elements: dict
      sample:
        - domain_id: 435
          stats:
            delivery_count: 190
            delivery_rate: 0.95
    categories:
      description: The statistics of each category, with the keys of RV(stats.total).
      returned: when O(include) contains V(categories)
      type: list
      elements: dict
      sample:
        - category: Welcome
          stats:
            delivery_count: 190
            delivery_rate: 0.95
    email_service_providers:
      description: The statistics of each mailbox provider, with the keys of RV(stats.total).
      returned: when O(include) contains V(email_service_providers)
      type: list
      elements: dict
      sample:
        - email_service_provider: Google
          stats:
            delivery_count: 190
            delivery_rate: 0.95
    date:
      description: The statistics of each day, with the keys of RV(stats.total).
      returned: when O(include) contains V(date)
      type: list
      elements: dict
      sample:
        - date: "2026-01-31"
          stats:
            delivery_count: 190
            delivery_rate: 0.95
start_date:
  description: The first day of the period.
  returned: success
  type: str
  sample: "2026-01-01"
end_date:
  description: The last day of the period.
  returned: success
  type: str
  sample: "2026-01-31"
rate_limit_wait:
  description: The time that the task waited because of rate limits, in seconds.
  returned: success
  type: float
  sample: 0.0
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._reports.stats import GROUPS, TOTAL, read_stats

main = custom_module(
    read_stats,
    {
        "start_date": {"type": "str", "required": True},
        "end_date": {"type": "str", "default": "0d"},
        "include": {"type": "list", "elements": "str", "default": [TOTAL], "choices": [TOTAL, *GROUPS]},
        "domains": {"type": "list", "elements": "str", "default": [], "aliases": ["domain", "sending_domain"]},
        "domain_ids": {"type": "list", "elements": "int", "default": [], "aliases": ["domain_id"]},
        "sending_streams": {
            "type": "list",
            "elements": "str",
            "default": [],
            "choices": ["transactional", "bulk"],
        },
        "categories": {"type": "list", "elements": "str", "default": []},
        "email_service_providers": {"type": "list", "elements": "str", "default": []},
    },
)


if __name__ == "__main__":
    main()
