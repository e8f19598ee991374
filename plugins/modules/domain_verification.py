#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: domain_verification
short_description: Wait until a Mailtrap domain is verified
version_added: 0.1.0
description:
  - Wait until the service has found the DNS records of a sending domain, or until the domain may send.
  - If it takes too long, the task fails, and says of each record that is not right what is there and what should be.
  - The service looks at the DNS once an hour, and cannot be asked to do it sooner.
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
      - This module does not modify state. In check mode it does not wait, and does not fail for what is not there yet.
options:
  wait:
    description:
      - How many seconds to wait at most, up to a day. The default is a little more than the hour between two looks.
      - With V(0) the task only tells how the domain is, and does not fail.
    type: int
    default: 3900
  interval:
    description: How many seconds pass from one request to the next.
    type: int
    default: 60
  until:
    description:
      - What to wait for.
      - A domain may send when it is V(compliant). The task fails at once when that takes something that only people can
        do.
    type: str
    default: verified
    choices:
      verified: The service has found all DNS records.
      compliant: The domain may send, as it is verified and has passed the compliance checks.
  dns_server:
    description:
      - A DNS server to ask what is really there, as V(host), V(host:port) or V([IPv6]:port).
      - It is asked at the end, once for each record, and has no say in whether the domain is verified.
      - This needs C(dnspython) >= 2.0.
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

- name: Wait five minutes until the domain may send, and see what the zone really holds if it may not
  community.mailtrap.domain_verification:
    domain: shop.example
    until: compliant
    wait: 300
    dns_server: "{{ nameserver }}"

- name: Only look
  community.mailtrap.domain_verification:
    domain_id: 435
    wait: 0
  register: mail_domain

- name: Tell which records are missing
  ansible.builtin.debug:
    var: mail_domain.missing
"""

RETURN = r"""
verified:
  description: Whether the service has found all DNS records.
  returned: success, or when waiting was in vain
  type: bool
  sample: false
compliant:
  description: Whether the domain has passed the compliance checks.
  returned: success, or when waiting was in vain
  type: bool
  sample: false
missing:
  description: The keys of the records that the service does not say V(pass) of.
  returned: success, or when waiting was in vain
  type: list
  elements: str
  sample:
    - dkim1
records:
  description: The DNS records of the domain, as the API shows them, with what O(dns_server) holds of them.
  returned: success, or when waiting was in vain
  type: list
  elements: dict
  contains:
    key:
      description: What the record is for.
      type: str
      sample: dkim1
    domain:
      description: The full name of the record.
      type: str
      sample: rwmt1._domainkey.shop.example
    name:
      description: The part of the name to the left of the domain.
      type: str
      sample: rwmt1._domainkey
    type:
      description: The type of the record.
      type: str
      sample: CNAME
    value:
      description: The value that it should have.
      type: str
      sample: rwmt1.dkim.smtp.mailtrap.live
    status:
      description:
        - What the service found when it last looked. It is one of V(pass), V(fail), V(softfail), V(missing),
          V(unchecked) and V(network_error).
      type: str
      sample: missing
    dns_status:
      description:
        - What O(dns_server) says of it. It is one of V(pass), V(fail), V(missing) and V(network_error); V(null) when
          the service does not tell the whole record.
      returned: with O(dns_server)
      type: str
      sample: fail
    found:
      description: The values that O(dns_server) holds; V(null) when it did not tell.
      returned: with O(dns_server)
      type: list
      elements: str
      sample:
        - rwmt1.dkim.elsewhere.example
waited:
  description: How many seconds the task waited.
  returned: success, or when waiting was in vain
  type: float
  sample: 1920.3
domain:
  description: The domain as the API shows it; V(null) in check mode when an earlier task would have made the domain.
  returned: success, or when waiting was in vain
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

main = module_of(
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
