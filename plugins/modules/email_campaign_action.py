#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: email_campaign_action
short_description: Start, schedule and stop Mailtrap email campaigns
version_added: 0.1.0
description:
  - Do something to a campaign, unless its state says that it has been done.
  - Nothing is repeated when it is unknown whether it took effect. The task then fails, and can be run again, for it
    looks at the campaign first.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
attributes:
  check_mode:
    support: full
    details:
      - The campaign is looked at, and nothing is done to it. Whether it has all that it needs is the service's to say.
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - A campaign that has been started, and is not a draft again, is not started twice.
options:
  id:
    description: The id of the campaign. This or O(name) is required.
    type: int
  name:
    description: The name of the campaign. It is looked up in the list. This or O(id) is required.
    type: str
  action:
    description: What to do.
    type: str
    required: true
    choices:
      start: Send a draft now. Nothing is done when it is being sent, or has been.
      schedule: Send a draft at O(datetime). A campaign that is scheduled for another time is cancelled before.
      cancel: Make a scheduled campaign a draft again.
      reset: The same, as the service knows both.
      terminate: Stop a campaign that is being sent. What has been sent stays sent.
  datetime:
    description:
      - When to send, in ISO 8601, in UTC unless it says an offset. The service takes up to a month from now.
      - Required with O(action=schedule).
      - When that time has passed, and the campaign has been sent, nothing is done.
    type: str
seealso:
  - module: community.mailtrap.email_campaign
  - module: community.mailtrap.email_campaign_info
"""

EXAMPLES = r"""
- name: Send a campaign now
  community.mailtrap.email_campaign_action:
    name: Autumn sale
    action: start

- name: Stop it
  community.mailtrap.email_campaign_action:
    name: Autumn sale
    action: terminate
"""

RETURN = r"""
email_campaign:
  description: The campaign as the API shows it, or as it would be in check mode.
  returned: success
  type: dict
  sample:
    id: 37002
    name: Autumn sale
    current_state: started
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import module_of
from ansible_collections.community.mailtrap.plugins.module_utils._reports.email_campaigns import run_campaign_action
from ansible_collections.community.mailtrap.plugins.module_utils._resources.campaign_rules import ACTIONS

main = module_of(
    run_campaign_action,
    {
        "id": {"type": "int"},
        "name": {"type": "str"},
        "action": {"type": "str", "required": True, "choices": list(ACTIONS)},
        "datetime": {"type": "str"},
    },
    required_one_of=[("id", "name")],
    required_if=[("action", "schedule", ["datetime"])],
    mutually_exclusive=[("id", "name")],
)


if __name__ == "__main__":
    main()
