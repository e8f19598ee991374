#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: domain_info
short_description: List Mailtrap sending domains
version_added: 0.1.0
description:
  - Return all sending domains with their DNS records, or only the domain that matches the given options.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: Return only the domain with this ID.
    type: int
  domain_name:
    description: Return only the domain with this name. Case is ignored.
    type: str
    aliases:
      - name
seealso:
  - module: community.mailtrap.domain
  - module: community.mailtrap.domain_verification
"""

EXAMPLES = r"""
- name: List all domains
  community.mailtrap.domain_info:
  register: all_domains

- name: Show the domains that cannot send mail yet
  ansible.builtin.debug:
    msg: "{{ all_domains.domains | rejectattr('compliance_status', 'in', ['compliant', 'demo']) }}"
"""

RETURN = r"""
domains:
  description: The matching domains, each as returned by M(community.mailtrap.domain). Empty if there are none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 435
      domain_name: mail.example
      dns_verified: true
      compliance_status: compliant
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.domains import DOMAIN

main = info_module(DOMAIN)


if __name__ == "__main__":
    main()
