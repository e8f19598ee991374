#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: email_campaign_info
short_description: List Mailtrap email campaigns and their statistics
version_added: 0.1.0
description:
  - Returns all email campaigns, those with a given name, or the one with a given ID.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description:
      - The ID of the campaign to return.
      - The returned campaign always includes its bodies.
    type: int
  name:
    description: The name of the campaigns to return.
    type: str
  limit:
    description:
      - The maximum number of campaigns to return, newest first.
      - If omitted, all matching campaigns are returned, with a request for each 100.
    type: int
  include:
    description:
      - Additional details to return.
      - Each detail takes a request for each campaign.
    type: list
    elements: str
    default: []
    choices:
      bodies: The HTML and text bodies, in RV(email_campaigns[].template).
      stats: The statistics, in RV(email_campaigns[].stats).
  start_date:
    description:
      - The first day of the statistics, such as V(2026-01-31), or a number of days ago, such as V(7d).
      - If omitted, the statistics begin on the day on which the campaign was last started.
    type: str
  end_date:
    description:
      - The last day of the statistics, in the format of O(start_date).
      - If omitted, the statistics end today.
    type: str
seealso:
  - module: community.mailtrap.email_campaign
  - module: community.mailtrap.email_campaign_action
"""

EXAMPLES = r"""
- name: Read the statistics of a campaign
  community.mailtrap.email_campaign_info:
    name: Winter sale
    include:
      - stats
  register: campaigns

- name: Show the statistics
  ansible.builtin.debug:
    var: campaigns.email_campaigns[0].stats
"""

RETURN = r"""
email_campaigns:
  description: The matching campaigns, newest first. The list is empty if none match.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID of the campaign.
      type: int
      sample: 37001
    name:
      description: The name of the campaign.
      type: str
      sample: Winter sale
    current_state:
      description: The state of the campaign, as in the return value of M(community.mailtrap.email_campaign).
      type: str
      sample: finished
    template:
      description:
        - The content of the campaign. It contains C(subject) and C(merge_tags).
        - It also contains C(body_html) and C(body_text) with O(id), or with V(bodies) in O(include).
      type: dict
      sample:
        id: 61001
        subject: Everything must go
        merge_tags: []
    stats:
      description:
        - The statistics of the campaign. They contain C(sent_count), and a count and a rate between 0 and 1 for each of
          C(delivery), C(bounce), C(open), C(click), C(spam) and C(unsubscription).
      returned: when O(include) contains V(stats)
      type: dict
      sample:
        sent_count: 120
        delivery_count: 118
        delivery_rate: 0.98
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._reports.email_campaigns import (
    DETAILS,
    read_email_campaigns,
)

main = custom_module(
    read_email_campaigns,
    {
        "id": {"type": "int"},
        "name": {"type": "str"},
        "limit": {"type": "int"},
        "include": {"type": "list", "elements": "str", "default": [], "choices": list(DETAILS)},
        "start_date": {"type": "str"},
        "end_date": {"type": "str"},
    },
    mutually_exclusive=[("id", "name"), ("id", "limit")],
)


if __name__ == "__main__":
    main()
