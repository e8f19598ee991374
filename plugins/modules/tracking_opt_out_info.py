#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tracking_opt_out_info
short_description: List the addresses that Mailtrap does not track
version_added: 0.1.0
description:
  - Return all opt-outs, newest first, those that are as described, or the one with an id.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.period
options:
  id:
    description: The id of the only one to return.
    type: str
  email:
    description: The address of those to return, in upper or lower case.
    type: str
  domain:
    description: The name of the sending domain of those to return. V("") is for those that are about all domains.
    type: str
    aliases:
      - sending_domain
seealso:
  - module: community.mailtrap.tracking_opt_out
"""

EXAMPLES = r"""
- name: List who has opted out in January
  community.mailtrap.tracking_opt_out_info:
    domain: shop.example
    start_time: "2026-01-01"
    end_time: "2026-02-01"
"""

RETURN = r"""
tracking_opt_outs:
  description: What was found, each as M(community.mailtrap.tracking_opt_out) returns it; empty when there is none.
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
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import TRACKING_OPT_OUT

main = info_module(TRACKING_OPT_OUT, {"limit": {"type": "int"}, **pick_field_options(TRACKING_OPT_OUT, "domain")})


if __name__ == "__main__":
    main()
