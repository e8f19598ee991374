#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tracking_opt_out_info
short_description: List Mailtrap tracking opt-outs
version_added: 0.1.0
description:
  - Return all tracking opt-outs, newest first, or only those that match the given options.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.period
options:
  id:
    description: Return only the opt-out with this ID.
    type: str
  email:
    description: Return only opt-outs of this email address. Case is ignored.
    type: str
  domain:
    description:
      - Return only opt-outs for the sending domain with this name.
      - V("") returns only opt-outs that apply to all domains.
    type: str
    aliases:
      - sending_domain
seealso:
  - module: community.mailtrap.tracking_opt_out
"""

EXAMPLES = r"""
- name: List the addresses that opted out of tracking in January
  community.mailtrap.tracking_opt_out_info:
    domain: shop.example
    start_time: "2026-01-01"
    end_time: "2026-02-01"
  register: january
"""

RETURN = r"""
tracking_opt_outs:
  description:
    - The matching opt-outs, each as returned by M(community.mailtrap.tracking_opt_out). Empty if there are none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 7bb8c5d1-0c3c-4a5d-9a47-8a3a9a3f1d20
      email: ann@example.com
      domain_name: shop.example
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.argspec import pick_field_options
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.suppressions import TRACKING_OPT_OUT

main = info_module(TRACKING_OPT_OUT, {"limit": {"type": "int"}, **pick_field_options(TRACKING_OPT_OUT, "domain")})


if __name__ == "__main__":
    main()
