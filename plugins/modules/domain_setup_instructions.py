#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: domain_setup_instructions
short_description: Mail the DNS records of a Mailtrap domain to somebody
version_added: 0.1.0
description:
  - Have the service send a mail with the DNS records of a sending domain, to whoever can set them.
  - Sending is reported as a change.
  - When it is unknown whether the mail went out, it is not sent again; the task fails, and says so.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
  - community.mailtrap._identity.domain
attributes:
  check_mode:
    support: full
    details:
      - The options are checked, and the domain is looked up. Nothing is sent.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every run sends a mail.
options:
  email:
    description: The address to send the mail to.
    type: str
    required: true
notes:
  - O(domain) or O(domain_id) is required.
seealso:
  - module: community.mailtrap.domain_verification
  - plugin: community.mailtrap.dns_records
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Ask the keeper of the zone to set the records
  community.mailtrap.domain_setup_instructions:
    domain: shop.example
    email: hostmaster@shop.example
"""

RETURN = r"""
domain_id:
  description: The id of the domain; V(null) in check mode when an earlier task would have made the domain.
  returned: success
  type: int
  sample: 435
"""

from ansible_collections.community.mailtrap.plugins.module_utils._domains.setup_instructions import (
    send_setup_instructions,
)
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.targets import DOMAIN_TARGET

main = custom_module(
    send_setup_instructions,
    {**DOMAIN_TARGET.argument_spec, "email": {"type": "str", "required": True}},
    required_one_of=[("domain", "domain_id")],
    mutually_exclusive=[("domain", "domain_id")],
)


if __name__ == "__main__":
    main()
