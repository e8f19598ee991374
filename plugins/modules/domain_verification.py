#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: domain_verification
short_description: Wait until a Mailtrap sending domain is verified
version_added: 0.1.0
description:
  - Waits until Mailtrap has verified the DNS records of a sending domain, or until the domain is allowed to send.
  - If the wait times out, the task fails. The error message describes each incorrect record.
  - Mailtrap checks the DNS records once an hour. No request starts a check.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.domain
attributes:
  check_mode:
    details:
      - This module does not modify state. In check mode it reports the current state of the domain without waiting.
options:
  wait:
    description:
      - The maximum time to wait, in seconds, from V(0) to V(86400).
      - The default is slightly longer than the hour between two checks by Mailtrap.
      - With V(0), the task reports the state of the domain. It does not wait and does not fail.
    type: int
    default: 3900
  interval:
    description: The time between two requests, in seconds.
    type: int
    default: 60
  until:
    description:
      - The state to wait for.
      - With V(compliant), the task fails immediately if the next step requires a person, such as a questionnaire.
    type: str
    default: verified
    choices:
      verified: Mailtrap has verified all DNS records.
      compliant: The domain is verified and has passed the compliance checks, so it is allowed to send.
  dns_server:
    description:
      - A DNS server on which to look up the records, as V(host), V(host:port) or V([IPv6]:port).
      - The server is queried at the end, once for each record. The answers are only reported. They do not affect how
        long the task waits, or whether it fails.
      - Requires C(dnspython) 2.0 or later.
    type: str
notes:
  - O(domain) or O(domain_id) is required.
seealso:
  - module: community.mailtrap.domain_setup_instructions
  - plugin: community.mailtrap.dns_records
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Wait until the domain is verified
  community.mailtrap.domain_verification:
    domain: shop.example

- name: Wait up to five minutes until the domain may send, and look up its records on the zone's name server
  community.mailtrap.domain_verification:
    domain: shop.example
    until: compliant
    wait: 300
    dns_server: "{{ nameserver }}"

- name: Read the state of the domain without waiting
  community.mailtrap.domain_verification:
    domain_id: 435
    wait: 0
  register: mail_domain

- name: Show the keys of the records that are not verified
  ansible.builtin.debug:
    var: mail_domain.missing
"""

RETURN = r"""
verified:
  description: Whether Mailtrap has verified all DNS records.
  returned: success, or when the wait failed
  type: bool
  sample: false
compliant:
  description: Whether the domain has passed the compliance checks.
  returned: success, or when the wait failed
  type: bool
  sample: false
missing:
  description: The keys of the records whose status is not V(pass).
  returned: success, or when the wait failed
  type: list
  elements: str
  sample:
    - dkim1
records:
  description: The DNS records of the domain as returned by the API, with the answers of O(dns_server).
  returned: success, or when the wait failed
  type: list
  elements: dict
  contains:
    key:
      description: The purpose of the record.
      type: str
      sample: dkim1
    domain:
      description: The full name of the record.
      type: str
      sample: rwmt1._domainkey.shop.example
    name:
      description: The name of the record relative to the domain.
      type: str
      sample: rwmt1._domainkey
    type:
      description: The type of the record.
      type: str
      sample: CNAME
    value:
      description: The expected value.
      type: str
      sample: rwmt1.dkim.smtp.mailtrap.live
    status:
      description:
        - The result of Mailtrap's last check; V(pass), V(fail), V(softfail), V(missing), V(unchecked) or
          V(network_error).
      type: str
      sample: missing
    dns_status:
      description:
        - The result of the lookup on O(dns_server); V(pass), V(fail), V(missing) or V(network_error).
        - V(null) if the API returned the record without its name, type or value.
      returned: when O(dns_server) is set
      type: str
      sample: fail
    found:
      description: The values that O(dns_server) returned, or V(null) if it did not answer.
      returned: when O(dns_server) is set
      type: list
      elements: str
      sample:
        - rwmt1.dkim.elsewhere.example
waited:
  description: The time that the task waited, in seconds.
  returned: success, or when the wait failed
  type: float
  sample: 1920.3
domain:
  description: The domain as returned by the API. V(null) in check mode if the domain does not exist.
  returned: success, or when the wait failed
  type: dict
  sample:
    id: 435
    domain_name: shop.example
    dns_verified: false
    compliance_status: unverified_dns
"""

from ansible_collections.community.mailtrap.plugins.module_utils._domains.verification import (
    COMPLIANT,
    VERIFIED,
    wait_for_verification,
)
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.targets import DOMAIN_TARGET

main = custom_module(
    wait_for_verification,
    {
        **DOMAIN_TARGET.argument_spec,
        "wait": {"type": "int", "default": 3900},
        "interval": {"type": "int", "default": 60},
        "until": {"type": "str", "default": VERIFIED, "choices": [VERIFIED, COMPLIANT]},
        "dns_server": {"type": "str"},
    },
    required_one_of=[("domain", "domain_id")],
    mutually_exclusive=[("domain", "domain_id")],
)


if __name__ == "__main__":
    main()
