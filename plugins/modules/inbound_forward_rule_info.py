#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_forward_rule_info
short_description: List forward rules of Mailtrap inbound inboxes
version_added: 0.1.0
description:
  - Return all forward rules of an inbound inbox, or only the one that matches the given options.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.inbound_inbox
options:
  id:
    description: Return only the rule with this ID.
    type: int
  name:
    description: Return only the rule with this name.
    type: str
seealso:
  - module: community.mailtrap.inbound_forward_rule
"""

EXAMPLES = r"""
- name: List the forward rules of an inbox
  community.mailtrap.inbound_forward_rule_info:
    inbound_inbox: Tickets
    inbound_folder: Support
  register: rules
"""

RETURN = r"""
inbound_forward_rules:
  description:
    - The matching rules, each as returned by M(community.mailtrap.inbound_forward_rule). Empty if there are none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 9
      name: Invoices
      conditions: []
      destinations:
        - email: accounting@example.com
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.inbound import INBOUND_FORWARD_RULE

main = info_module(INBOUND_FORWARD_RULE)


if __name__ == "__main__":
    main()
