#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_forward_rule
short_description: Manage forward rules of Mailtrap inbound inboxes
version_added: 0.1.0
description:
  - Create, update, and delete forward rules. A rule forwards messages that an inbound inbox receives.
  - The module selects a rule by its name within its inbox, or by its ID.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
  - community.mailtrap._identity.inbound_inbox
options:
  name:
    description:
      - The name of the rule.
      - Required unless O(id) is given.
      - With O(id), this is the new name.
    type: str
  conditions:
    description:
      - The conditions of the rule. A message is forwarded if it meets all of them. A rule without conditions forwards
        all messages.
      - The list replaces the current list. Order does not matter. If not set, the conditions do not change.
    type: list
    elements: dict
    suboptions:
      match_type:
        description:
          - The part of the message to compare. This is the address of the sender, the addresses of the recipients, or a
            header.
        type: str
        required: true
        choices:
          - sender
          - recipient
          - header
      operator:
        description: The comparison. V(empty) and V(not_empty) are only valid with V(header).
        type: str
        required: true
        choices:
          - equal
          - not_equal
          - contains
          - starts_with
          - ends_with
          - empty
          - not_empty
      value:
        description:
          - The value to compare with. Case is ignored. Required for all operators except V(empty) and V(not_empty).
        type: str
      header_key:
        description: The name of the header. Case is ignored. Required with V(header).
        type: str
  destinations:
    description:
      - The email addresses to forward messages to. The list replaces the current list. Order does not matter.
      - Required to create a rule.
    type: list
    elements: str
  state:
    description:
      - V(present) creates the rule if it does not exist, and updates it if the given options differ.
      - V(absent) deletes the rule. Messages in the inbox are not deleted.
seealso:
  - module: community.mailtrap.inbound_forward_rule_info
  - module: community.mailtrap.inbound_inbox
"""

EXAMPLES = r"""
- name: Forward invoices from a supplier to accounting
  community.mailtrap.inbound_forward_rule:
    name: Invoices
    inbound_inbox: Tickets
    inbound_folder: Support
    conditions:
      - match_type: sender
        operator: ends_with
        value: "@supplier.example"
      - match_type: header
        header_key: Subject
        operator: contains
        value: Invoice
    destinations:
      - accounting@example.com

- name: Delete the forward rule
  community.mailtrap.inbound_forward_rule:
    name: Invoices
    inbound_inbox_id: 513
    state: absent
"""

RETURN = r"""
inbound_forward_rule:
  description: The rule as returned by the API. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the rule. V(null) in check mode if the rule would be created.
      type: int
      sample: 9
    name:
      description: The name of the rule.
      type: str
      sample: Invoices
    conditions:
      description: The conditions of the rule. Keys that a condition does not use are V(null).
      returned: when the rule exists or the option is given
      type: list
      elements: dict
      sample:
        - match_type: sender
          operator: ends_with
          value: "@supplier.example"
          header_key:
    destinations:
      description: The addresses that messages are forwarded to.
      type: list
      elements: dict
      sample:
        - email: accounting@example.com
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.inbound import INBOUND_FORWARD_RULE

main = state_module(INBOUND_FORWARD_RULE)


if __name__ == "__main__":
    main()
