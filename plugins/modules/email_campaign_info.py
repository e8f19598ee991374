#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: email_campaign_info
short_description: List email campaigns of Mailtrap and their figures
version_added: 0.1.0
description:
  - Return all of them, those with a name, or the one with an id.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: The id of the only one to return. It then has its bodies.
    type: int
  name:
    description: The name of the campaigns to return.
    type: str
  limit:
    description:
      - How many campaigns to return at most, the newest first.
      - All of them when not given, which takes a request for each 100.
    type: int
  include:
    description:
      - What is wanted of each campaign besides what lists tell. It takes a request for each campaign.
    type: list
    elements: str
    default: []
    choices:
      bodies: The HTML and the text, in RV(email_campaigns[].template).
      stats: How the campaign went, in RV(email_campaigns[].stats).
  start_date:
    description:
      - The first day that counts for V(stats), as V(2026-01-31), or as V(7d) for so many days ago.
      - The day on which the campaign was started last, when not given.
    type: str
  end_date:
    description: The last day that counts for V(stats), likewise. Today when not given.
    type: str
seealso:
  - module: community.mailtrap.email_campaign
  - module: community.mailtrap.email_campaign_action
"""

EXAMPLES = r"""
- name: See how a campaign went
  community.mailtrap.email_campaign_info:
    name: Winter sale
    include:
      - stats
  register: found

- name: Show it
  ansible.builtin.debug:
    var: found.email_campaigns[0].stats
"""

RETURN = r"""
email_campaigns:
  description: What was found, newest first; empty when there is none.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the campaign.
      type: int
      sample: 37001
    name:
      description: The name.
      type: str
      sample: Winter sale
    current_state:
      description: The state, as M(community.mailtrap.email_campaign) returns it.
      type: str
      sample: finished
    template:
      description: C(subject) and C(merge_tags), with C(body_html) and C(body_text) if these are asked for.
      type: dict
      sample:
        id: 61001
        subject: Everything must go
        merge_tags: []
    stats:
      description:
        - C(sent_count), and a count and a rate from 0 to 1 of each of C(delivery), C(bounce), C(open), C(click),
          C(spam) and C(unsubscription).
      returned: with V(stats) in O(include)
      type: dict
      sample:
        sent_count: 120
        delivery_count: 118
        delivery_rate: 0.98
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import module_of
from ansible_collections.community.mailtrap.plugins.module_utils._reports.email_campaigns import (
    DETAILS,
    read_email_campaigns,
)

main = module_of(
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
