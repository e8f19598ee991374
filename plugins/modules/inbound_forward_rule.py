#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_forward_rule
short_description: Manage rules that forward inbound mail of Mailtrap
version_added: 0.1.0
description:
  - Create, change and delete a rule, by which an inbound inbox forwards the mail that it receives. It is found by its
    name in its inbox.
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
    type: str
  conditions:
    description:
      - What must hold for a mail to be forwarded, all of it, in any order.
      - A rule without conditions forwards all mail.
      - The list replaces that of the rule. It stays as it is when the option is not given.
    type: list
    elements: dict
    suboptions:
      match_type:
        description: What is looked at, the address of the sender, those of the recipients, or a header field.
        type: str
        required: true
        choices:
          - sender
          - recipient
          - header
      operator:
        description: How it is compared. V(empty) and V(not_empty) are for V(header) alone.
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
        description: What it is compared with. Required for all operators but V(empty) and V(not_empty).
        type: str
      header_key:
        description: The name of the header field, in any case. Required for V(header).
        type: str
  destinations:
    description:
      - The addresses to which a mail is forwarded, in any order.
      - The list replaces that of the rule. Required for a new rule.
    type: list
    elements: str
  state:
    description:
      - With V(absent), the rule is gone; the mail stays where it is.
seealso:
  - module: community.mailtrap.inbound_forward_rule_info
  - module: community.mailtrap.inbound_inbox
"""

EXAMPLES = r"""
- name: Forward invoices of two suppliers
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

- name: Have no such rule
  community.mailtrap.inbound_forward_rule:
    name: Invoices
    inbound_inbox_id: 513
    state: absent
"""

RETURN = r"""
inbound_forward_rule:
  description: The rule as the API shows it; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the rule; V(null) in check mode when it would be created.
      type: int
      sample: 9
    name:
      description: The name.
      type: str
      sample: Invoices
    conditions:
      description: The conditions; what one does not have is V(null).
      returned: when the rule exists, or conditions are given
      type: list
      elements: dict
      sample:
        - match_type: sender
          operator: ends_with
          value: "@supplier.example"
          header_key:
    destinations:
      description: The destinations.
      type: list
      elements: dict
      sample:
        - email: accounting@example.com
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import INBOUND_FORWARD_RULE

main = state_module(INBOUND_FORWARD_RULE)


if __name__ == "__main__":
    main()
