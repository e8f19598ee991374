#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: billing_usage_info
short_description: Read the usage and the limits of the plans of a Mailtrap account
version_added: 0.1.0
description:
  - Returns the usage and the limits of the account's plans in the current billing cycle.
  - The API token needs the V(billing) permission.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options: {}
seealso:
  - module: community.mailtrap.account_info
  - module: community.mailtrap.stats_info
"""

EXAMPLES = r"""
- name: Read the usage of the plans
  community.mailtrap.billing_usage_info:
  register: mailtrap

- name: Check that the plan allows 5000 more messages
  ansible.builtin.assert:
    that: sent_messages.current + 5000 <= sent_messages.limit
    fail_msg: "{{ sent_messages.current }} of {{ sent_messages.limit }} messages were sent in this billing cycle."
  vars:
    sent_messages: "{{ mailtrap.billing_usage.sending.usage.sent_messages_count }}"
"""

RETURN = r"""
billing_usage:
  description: The usage as returned by the API. A key may be missing if the account has no such plan.
  returned: success
  type: dict
  contains:
    billing:
      description: The current billing cycle.
      type: dict
      sample:
        cycle_start: "2026-11-01T00:00:00.000Z"
        cycle_end: "2026-12-01T00:00:00.000Z"
    testing:
      description: The plan for sandboxes, with the number of messages that they received and forwarded.
      type: dict
      sample:
        plan:
          name: Team
        usage:
          sent_messages_count:
            current: 1234
            limit: 50000
          forwarded_messages_count:
            current: 0
            limit: 100
    sending:
      description: The plan for the transactional and the bulk stream, with the number of messages sent.
      type: dict
      sample:
        plan:
          name: Basic 10K
        usage:
          sent_messages_count:
            current: 6789
            limit: 10000
    marketing:
      description: The plan for email campaigns, with the number of messages sent.
      type: dict
      sample:
        plan:
          name: Free
        usage:
          sent_messages_count:
            current: 0
            limit: 1000
"""

from ansible_collections.community.mailtrap.plugins.module_utils._account.account_info import read_billing_usage
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module

main = custom_module(read_billing_usage, {})


if __name__ == "__main__":
    main()
