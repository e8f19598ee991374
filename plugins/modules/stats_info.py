#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: stats_info
short_description: Read statistics of the mail sent through Mailtrap
version_added: 0.1.0
description:
  - Return how many messages of the transactional and the bulk stream were delivered, bounced, opened, clicked and
    marked as spam, in total or in groups.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  start_date:
    description:
      - The first day, as V(2026-01-31), or as V(7d) or V(2w) for so many days or weeks ago.
      - A day begins and ends in UTC.
    type: str
    required: true
  end_date:
    description: The last day, written like O(start_date). It is today when not given.
    type: str
    default: 0d
  include:
    description:
      - The figures to return, in RV(stats).
      - Each of them takes a request.
    type: list
    elements: str
    default:
      - total
    choices:
      total: The figures of everything that was sent.
      domains: The figures of each sending domain.
      categories: The figures of each category. Messages without a category are in none.
      email_service_providers: The figures of each mailbox provider of recipients.
      date: The figures of each day.
  domains:
    description:
      - The names of the sending domains to count; all domains when none is given.
      - They are looked up, which costs a request.
    type: list
    elements: str
    default: []
    aliases:
      - domain
      - sending_domain
  domain_ids:
    description: The ids of further sending domains to count.
    type: list
    elements: int
    default: []
    aliases:
      - domain_id
  sending_streams:
    description: The streams to count; both when none is given.
    type: list
    elements: str
    default: []
    choices:
      - transactional
      - bulk
  categories:
    description: The categories to count; all of them when none is given.
    type: list
    elements: str
    default: []
  email_service_providers:
    description: The mailbox providers to count, such as V(Google) and V(Office 365); all of them when none is given.
    type: list
    elements: str
    default: []
notes:
  - The service answers ten requests for statistics a minute. Beyond that the task waits, as O(retries) allows, and
    tells how long in RV(rate_limit_wait).
seealso:
  - module: community.mailtrap.email_log_info
  - module: community.mailtrap.billing_usage_info
"""

EXAMPLES = r"""
- name: Read the figures of the last week, in total and for each domain
  community.mailtrap.stats_info:
    start_date: 7d
    include:
      - total
      - domains
  register: week

- name: Complain about bounces
  ansible.builtin.assert:
    that: week.stats.total.bounce_rate < 0.05

- name: Read the figures of January for one domain, day by day
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
  description: What was asked for by O(include).
  returned: success
  type: dict
  contains:
    total:
      description: The figures of everything.
      returned: with O(include=total)
      type: dict
      contains:
        delivery_count:
          description: How many messages were delivered.
          type: int
          sample: 190
        delivery_rate:
          description: Which part of them that is, from 0 to 1.
          type: float
          sample: 0.95
        bounce_count:
          description: How many messages bounced.
          type: int
          sample: 10
        bounce_rate:
          description: Which part of them that is, from 0 to 1.
          type: float
          sample: 0.05
        open_count:
          description: How many messages were opened.
          type: int
          sample: 171
        open_rate:
          description: Which part of them that is, from 0 to 1.
          type: float
          sample: 0.9
        click_count:
          description: How many messages had a link clicked.
          type: int
          sample: 133
        click_rate:
          description: Which part of them that is, from 0 to 1.
          type: float
          sample: 0.7
        spam_count:
          description: How many messages were marked as spam.
          type: int
          sample: 3
        spam_rate:
          description: Which part of them that is, from 0 to 1.
          type: float
          sample: 0.02
    domains:
      description: The figures of each domain, as RV(stats.total), with its id.
      returned: with O(include=domains)
      type: list
      elements: dict
      sample:
        - domain_id: 435
          stats:
            delivery_count: 190
            delivery_rate: 0.95
    categories:
      description: The figures of each category, as RV(stats.total).
      returned: with O(include=categories)
      type: list
      elements: dict
      sample:
        - category: Welcome
          stats:
            delivery_count: 190
            delivery_rate: 0.95
    email_service_providers:
      description: The figures of each mailbox provider, as RV(stats.total).
      returned: with O(include=email_service_providers)
      type: list
      elements: dict
      sample:
        - email_service_provider: Google
          stats:
            delivery_count: 190
            delivery_rate: 0.95
    date:
      description: The figures of each day, as RV(stats.total).
      returned: with O(include=date)
      type: list
      elements: dict
      sample:
        - date: "2026-01-31"
          stats:
            delivery_count: 190
            delivery_rate: 0.95
start_date:
  description: The first day that was counted.
  returned: success
  type: str
  sample: "2026-01-01"
end_date:
  description: The last day that was counted.
  returned: success
  type: str
  sample: "2026-01-31"
rate_limit_wait:
  description: How long the task waited because of the service's rate limits, in seconds.
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
