#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: suppression_info
short_description: List the addresses that Mailtrap sends no mail to
version_added: 0.1.0
description:
  - Return all suppressions, newest first, those that are as described, or the one with an id.
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
  sending_stream:
    description: The stream of those to return. V(any) is for those that are about both streams.
    type: str
    choices:
      - transactional
      - bulk
      - any
  type:
    description: Why those to return are suppressed.
    type: str
    choices:
      - hard bounce
      - unsubscription
      - spam complaint
      - manual import
seealso:
  - module: community.mailtrap.suppression
"""

EXAMPLES = r"""
- name: Find out why somebody gets no mail
  community.mailtrap.suppression_info:
    email: bob@example.com
  register: found

- name: List who complained this week
  community.mailtrap.suppression_info:
    type: spam complaint
    start_time: 7d
"""

RETURN = r"""
suppressions:
  description: What was found, each as M(community.mailtrap.suppression) returns it; empty when there is none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 64d71bf3-1276-417b-86e1-8e66f138acfe
      email: bob@example.com
      type: hard bounce
      sending_stream: transactional
      domain_name: shop.example
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.argspec import pick_field_options
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import SUPPRESSION

main = info_module(
    SUPPRESSION, {"limit": {"type": "int"}, **pick_field_options(SUPPRESSION, "domain", "sending_stream", "type")}
)


if __name__ == "__main__":
    main()
