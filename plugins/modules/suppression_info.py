#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: suppression_info
short_description: List Mailtrap suppressions
version_added: 0.1.0
description:
  - Return all suppressions, newest first, or only those that match the given options.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.period
options:
  id:
    description: Return only the suppression with this ID.
    type: str
  email:
    description: Return only suppressions of this email address. Case is ignored.
    type: str
  domain:
    description:
      - Return only suppressions for the sending domain with this name.
      - V("") returns only suppressions that apply to all domains.
    type: str
    aliases:
      - sending_domain
  sending_stream:
    description:
      - Return only suppressions on this sending stream. V(any) returns only suppressions that apply to both streams.
    type: str
    choices:
      - transactional
      - bulk
      - any
  type:
    description: Return only suppressions with this reason.
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
- name: List the suppressions of an address
  community.mailtrap.suppression_info:
    email: bob@example.com
  register: bob_suppressions

- name: List the spam complaints of the last seven days
  community.mailtrap.suppression_info:
    type: spam complaint
    start_time: 7d
  register: complaints
"""

RETURN = r"""
suppressions:
  description:
    - The matching suppressions, each as returned by M(community.mailtrap.suppression). Empty if there are none.
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
from ansible_collections.community.mailtrap.plugins.module_utils._resources.suppressions import SUPPRESSION

main = info_module(
    SUPPRESSION, {"limit": {"type": "int"}, **pick_field_options(SUPPRESSION, "domain", "sending_stream", "type")}
)


if __name__ == "__main__":
    main()
