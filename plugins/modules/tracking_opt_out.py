#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tracking_opt_out
short_description: Manage the addresses that Mailtrap does not track
version_added: 0.1.0
description:
  - Have an address, or many, that opens and clicks are not counted of, and count them again.
  - An opt-out is found by its O(email), and by its O(domain) when that is given. When several are like that, the module
    changes nothing, and names their ids.
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
      - With V(absent), opens and clicks are counted again.
notes:
  - The API token must be an admin of the domain.
seealso:
  - module: community.mailtrap.tracking_opt_out_info
  - module: community.mailtrap.suppression
"""

EXAMPLES = r"""
- name: Do not track somebody
  community.mailtrap.tracking_opt_out:
    email: ann@example.com
    domain: shop.example

- name: Track some people again
  community.mailtrap.tracking_opt_out:
    emails:
      - bob@example.com
      - eve@example.com
    domain: shop.example
    state: absent
"""

RETURN = r"""
tracking_opt_out:
  description: The opt-out as the API shows it; V(null) when it is absent.
  returned: success, but for O(emails)
  type: dict
  contains: &tracking_opt_out
    id:
      description: The id of the opt-out; V(null) in check mode when it would be created.
      type: str
      sample: 7bb8c5d1-0c3c-4a5d-9a47-8a3a9a3f1d20
    email:
      description: The address.
      type: str
      sample: ann@example.com
    domain_name:
      description: The name of the domain, V(null) for all domains.
      type: str
      sample: shop.example
    created_at:
      description: When it was made.
      returned: when the opt-out exists
      type: str
      sample: "2026-01-31T12:00:00Z"
emails:
  description:
    - What became of each address, in the order in which they were given, each of them once.
    - After a failure, what had become of those that were done before.
  returned: with O(emails)
  type: list
  elements: dict
  contains:
    email:
      description: The address, as it was given.
      type: str
      sample: ann@example.com
    changed:
      description: Whether anything was changed.
      type: bool
      sample: true
    tracking_opt_out:
      description: Its opt-out, or V(null).
      type: dict
      contains: *tracking_opt_out
rate_limit_wait:
  description: How long the task waited because of the service's limits, in seconds.
  returned: with O(emails)
  type: float
  sample: 0.0
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import TRACKING_OPT_OUT

main = state_module(TRACKING_OPT_OUT)


if __name__ == "__main__":
    main()
