#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: email_campaign_action
short_description: Start, schedule or stop a Mailtrap email campaign
version_added: 0.1.0
description:
  - Starts, schedules, cancels, resets or terminates an email campaign.
  - The module reads the state of the campaign first. It sends no request if the state shows that the action is already
    done.
  - The module never repeats a request that may have taken effect. The task fails instead. Running the task again is
    safe.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
attributes:
  check_mode:
    support: full
    details:
      - Reads the campaign, but does not change it. Whether Mailtrap would refuse an incomplete campaign is not checked.
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - A campaign that was already started is not started again.
options:
  id:
    description:
      - The ID of the campaign.
      - This or O(name) is required.
    type: int
  name:
    description:
      - The name of the campaign.
      - This or O(id) is required.
    type: str
  action:
    description: The action to perform.
    type: str
    required: true
    choices:
      start: Send a draft now. Does nothing if the campaign is being sent or was sent.
      schedule: Send a draft at O(datetime). If the campaign is scheduled for another time, that schedule is cancelled
        first.
      cancel: Turn a scheduled campaign back into a draft.
      reset: The same as V(cancel). The API offers both actions.
      terminate: Stop a campaign that is being sent. Messages that were already sent are not affected.
  datetime:
    description:
      - The time at which the campaign is sent, in ISO 8601. A time without an offset is in UTC.
      - The time must be in the future, and at most one month ahead.
      - If the time has passed and the campaign was sent, the module does nothing.
      - Required with O(action=schedule), and not allowed with other actions.
    type: str
seealso:
  - module: community.mailtrap.email_campaign
  - module: community.mailtrap.email_campaign_info
"""

EXAMPLES = r"""
- name: Start the campaign
  community.mailtrap.email_campaign_action:
    name: Autumn sale
    action: start

- name: Stop the campaign
  community.mailtrap.email_campaign_action:
    name: Autumn sale
    action: terminate
"""

RETURN = r"""
email_campaign:
  description:
    - The campaign as returned by the API, or the predicted campaign in check mode.
    - V(null) in check mode if the campaign does not exist.
  returned: success
  type: dict
  sample:
    id: 37002
    name: Autumn sale
    current_state: started
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._reports.email_campaigns import run_campaign_action
from ansible_collections.community.mailtrap.plugins.module_utils._resources.campaign_states import ACTIONS

main = custom_module(
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
