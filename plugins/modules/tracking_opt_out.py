#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tracking_opt_out
short_description: Manage Mailtrap tracking opt-outs
version_added: 0.1.0
description:
  - Create and delete tracking opt-outs. Mailtrap tracks neither opens nor clicks of an email address that has opted
    out.
  - The module selects an opt-out by its O(email), and by O(domain) if it is given. If more than one opt-out matches,
    the task fails, changes nothing, and lists the IDs.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.addresses
  - community.mailtrap._identity.state
options:
  state:
    description:
      - V(present) creates the opt-out if it does not exist.
      - V(absent) deletes the opt-out, so that opens and clicks are tracked again.
notes:
  - The API token needs admin access to the sending domain.
seealso:
  - module: community.mailtrap.tracking_opt_out_info
  - module: community.mailtrap.suppression
"""

EXAMPLES = r"""
- name: Opt an address out of tracking
  community.mailtrap.tracking_opt_out:
    email: ann@example.com
    domain: shop.example

- name: Delete the tracking opt-outs of two addresses
  community.mailtrap.tracking_opt_out:
    emails:
      - bob@example.com
      - eve@example.com
    domain: shop.example
    state: absent
"""

RETURN = r"""
tracking_opt_out:
  description: The opt-out as returned by the API. V(null) with O(state=absent).
  returned: success, unless O(emails) is given
  type: dict
  contains: &tracking_opt_out
    id:
      description: The ID of the opt-out. V(null) in check mode if the opt-out would be created.
      type: str
      sample: 7bb8c5d1-0c3c-4a5d-9a47-8a3a9a3f1d20
    email:
      description: The email address that has opted out.
      type: str
      sample: ann@example.com
    domain_name:
      description: The name of the sending domain. V(null) if the opt-out applies to all domains.
      type: str
      sample: shop.example
    created_at:
      description: The time at which the opt-out was created.
      returned: when the opt-out exists
      type: str
      sample: "2026-01-31T12:00:00Z"
emails:
  description:
    - The result for each address, in the order of O(emails), without duplicates.
    - If the task fails, the list contains the addresses that were processed before the failure.
  returned: when O(emails) is given
  type: list
  elements: dict
  contains:
    email:
      description: The email address as given.
      type: str
      sample: ann@example.com
    changed:
      description: Whether the module changed anything for this address.
      type: bool
      sample: true
    tracking_opt_out:
      description: The opt-out of this address. V(null) with O(state=absent).
      type: dict
      contains: *tracking_opt_out
rate_limit_wait:
  description: The number of seconds that the task waited because of rate limits.
  returned: when O(emails) is given
  type: float
  sample: 0.0
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.suppressions import TRACKING_OPT_OUT

main = state_module(TRACKING_OPT_OUT)


if __name__ == "__main__":
    main()
