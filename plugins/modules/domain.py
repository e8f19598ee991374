#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: domain
short_description: Manage the domains that Mailtrap sends mail from
version_added: 0.1.0
description:
  - Create, change and delete a domain, once called a sending domain.
  - A new domain comes with the DNS records that it needs. M(community.mailtrap.domain_verification) waits until the
    service has found them.
  - The service makes an API token along with every new domain, which may send from it. It is not returned.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
options:
  domain_name:
    description:
      - The name of the domain. Upper and lower case are the same, and letters beyond ASCII may be written as they are.
      - A sub-domain is a domain of its own. A domain cannot be renamed.
      - Required unless O(id) is given.
    type: str
    aliases:
      - name
  open_tracking_enabled:
    description: Whether it is counted who opens a mail. It is, for a new domain.
    type: bool
  click_tracking_enabled:
    description: Whether it is counted which links in a mail are followed. It is not, for a new domain.
    type: bool
  auto_unsubscribe_link_enabled:
    description: Whether a link to unsubscribe is added to mail that has none. It is not, for a new domain.
    type: bool
  tracking_opt_out_enabled:
    description:
      - Whether recipients can opt out of tracking, see M(community.mailtrap.tracking_opt_out). They cannot, for a new
        domain.
    type: bool
  inbound_enabled:
    description: Whether the domain receives mail. It does not, for a new domain.
    type: bool
  company_info:
    description:
      - Who stands behind the account, without which the service lets no domain send.
      - It belongs to the account, not to the domain. To give it with one domain is enough, and to change it with one
        changes it for all of them.
      - What is not given here stays as it is, and V("") clears a value. V({}) changes nothing, and returns what is
        there.
      - It cannot be taken back, not even with the domain.
      - Without this option the module does not ask for it, which would cost a request.
    type: dict
    suboptions:
      name:
        description: The name of the company or person. Required the first time.
        type: str
      address:
        description: Street and number. Required the first time.
        type: str
      city:
        description: The city. Required the first time.
        type: str
      country:
        description: The country. Required the first time.
        type: str
      zip_code:
        description: The postal code. Required the first time.
        type: str
      phone:
        description: The telephone number.
        type: str
      website_url:
        description: The address of the website. Required the first time.
        type: str
      privacy_policy_url:
        description: The address of the privacy policy.
        type: str
      terms_of_service_url:
        description: The address of the terms of service.
        type: str
      info_level:
        description: Whether it is a company or a person. The service lets this be changed once.
        type: str
        choices:
          - business
          - individual
  state:
    description:
      - With V(absent), the domain is gone, and has to be verified again if it comes back.
      - The demo domain, which comes with the account, can be neither changed nor deleted.
notes:
  - The create request takes the name alone. Options that are not as a new domain has them take a second request.
seealso:
  - module: community.mailtrap.domain_info
  - module: community.mailtrap.domain_verification
  - module: community.mailtrap.domain_setup_instructions
  - plugin: community.mailtrap.dns_records
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Have a domain to send from
  community.mailtrap.domain:
    domain_name: mail.example
    click_tracking_enabled: true
    auto_unsubscribe_link_enabled: true
  register: mail

- name: Show the DNS records that it needs
  ansible.builtin.debug:
    msg: "{{ item.domain }} {{ item.type }} {{ item.value }}"
  loop: "{{ mail.domain.dns_records }}"

- name: Say who stands behind the account
  community.mailtrap.domain:
    domain_name: mail.example
    company_info:
      name: Shop Ltd
      address: 1 High Street
      city: Riga
      country: Latvia
      zip_code: LV-1010
      website_url: https://shop.example

- name: Have no such domain
  community.mailtrap.domain:
    domain_name: mail.example
    state: absent
"""

RETURN = r"""
domain:
  description: The domain as the API shows it; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the domain; V(null) in check mode when it would be created.
      type: int
      sample: 435
    domain_name:
      description: The name, in ASCII.
      type: str
      sample: mail.example
    open_tracking_enabled:
      description: Whether it is counted who opens a mail.
      returned: when the domain exists, or the option is given
      type: bool
      sample: true
    click_tracking_enabled:
      description: Whether it is counted which links are followed.
      returned: when the domain exists, or the option is given
      type: bool
      sample: true
    auto_unsubscribe_link_enabled:
      description: Whether a link to unsubscribe is added.
      returned: when the domain exists, or the option is given
      type: bool
      sample: true
    tracking_opt_out_enabled:
      description: Whether recipients can opt out of tracking.
      returned: when the domain exists, or the option is given
      type: bool
      sample: false
    inbound_enabled:
      description: Whether the domain receives mail.
      returned: when the domain exists, or the option is given
      type: bool
      sample: false
    demo:
      description: Whether it is the demo domain.
      returned: when the domain exists
      type: bool
      sample: false
    dns_records:
      description: The DNS records that the domain needs, all of them, whatever their status.
      returned: when the domain exists
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
          sample: rwmt1._domainkey.mail.example
        name:
          description: The part of the name to the left of the domain.
          type: str
          sample: rwmt1._domainkey
        type:
          description: The type.
          type: str
          sample: CNAME
        value:
          description: The value.
          type: str
          sample: rwmt1.dkim.smtp.mailtrap.live
        status:
          description: What the service last found, V(pass), V(fail), V(missing) or V(unchecked), for example.
          type: str
          sample: missing
    dns_verified:
      description: Whether the service has found all DNS records.
      returned: when the domain exists
      type: bool
      sample: false
    dns_verified_at:
      description: When it found them; empty before.
      returned: when the domain exists
      type: str
      sample: ""
    compliance_status:
      description: How far the domain is on its way to be allowed to send.
      returned: when the domain exists
      type: str
      sample: unverified_dns
    company_info:
      description: Who stands behind the account, with the suboptions of O(company_info); V(null) when nobody has said.
      returned: when O(company_info) is given
      type: dict
      sample:
        name: Shop Ltd
        address: 1 High Street
        city: Riga
        country: Latvia
        phone: null
        zip_code: LV-1010
        privacy_policy_url: null
        terms_of_service_url: null
        website_url: https://shop.example
        info_level: business
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import DOMAIN

main = state_module(DOMAIN)


if __name__ == "__main__":
    main()
