#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: domain
short_description: Manage Mailtrap sending domains
version_added: 0.1.0
description:
  - Create, update, and delete sending domains. Mail can only be sent from a verified domain.
  - The result contains the DNS records that the domain requires. Publish them, and use
    M(community.mailtrap.domain_verification) to wait until Mailtrap has verified them.
  - Mailtrap creates an API token together with each domain. This token may send mail from the domain. It is not
    returned.
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
      - The name of the domain. Case is ignored. Names with non-ASCII characters are converted to ASCII.
      - A subdomain is a separate domain. A domain cannot be renamed.
      - Required unless O(id) is given.
    type: str
    aliases:
      - name
  open_tracking_enabled:
    description: Whether Mailtrap tracks when messages are opened. Mailtrap enables this for new domains.
    type: bool
  click_tracking_enabled:
    description: Whether Mailtrap tracks when links are clicked. Mailtrap disables this for new domains.
    type: bool
  auto_unsubscribe_link_enabled:
    description:
      - Whether Mailtrap adds an unsubscribe link to messages that do not have one. Mailtrap disables this for new
        domains.
    type: bool
  tracking_opt_out_enabled:
    description:
      - Whether recipients can opt out of tracking. See M(community.mailtrap.tracking_opt_out). Mailtrap disables this
        for new domains.
    type: bool
  inbound_enabled:
    description: Whether the domain receives mail. Mailtrap disables this for new domains.
    type: bool
  company_info:
    description:
      - The company or person that owns the account. Mailtrap requires this information before a domain can send mail.
      - The information belongs to the account. Setting it for one domain changes it for all domains.
      - Suboptions that are not given keep their values. V("") clears a value. V({}) changes nothing and returns the
        current information.
      - The API cannot delete the information. It remains when the domain is deleted.
      - If not set, the module does not read the information, which saves a request.
    type: dict
    suboptions:
      name:
        description: The name of the company or person. Required if the account has no company information yet.
        type: str
      address:
        description: The street and number. Required if the account has no company information yet.
        type: str
      city:
        description: The city. Required if the account has no company information yet.
        type: str
      country:
        description: The country. Required if the account has no company information yet.
        type: str
      zip_code:
        description: The postal code. Required if the account has no company information yet.
        type: str
      phone:
        description: The phone number.
        type: str
      website_url:
        description: The URL of the website. Required if the account has no company information yet.
        type: str
      privacy_policy_url:
        description: The URL of the privacy policy.
        type: str
      terms_of_service_url:
        description: The URL of the terms of service.
        type: str
      info_level:
        description: Whether the account belongs to a company or a person. Mailtrap allows only one change of this.
        type: str
        choices:
          - business
          - individual
  state:
    description:
      - V(present) creates the domain if it does not exist, and updates it if the given options differ.
      - V(absent) deletes the domain. If it is created again, it must be verified again.
      - The demo domain of the account can neither be changed nor deleted.
notes:
  - The request that creates a domain accepts only its name. The module sends a second request if other options differ
    from the settings of a new domain.
seealso:
  - module: community.mailtrap.domain_info
  - module: community.mailtrap.domain_verification
  - module: community.mailtrap.domain_setup_instructions
  - plugin: community.mailtrap.dns_records
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Create a sending domain
  community.mailtrap.domain:
    domain_name: mail.example
    click_tracking_enabled: true
    auto_unsubscribe_link_enabled: true
  register: mail

- name: Show the DNS records that the domain requires
  ansible.builtin.debug:
    msg: "{{ item.domain }} {{ item.type }} {{ item.value }}"
  loop: "{{ mail.domain.dns_records }}"

- name: Set the company information of the account
  community.mailtrap.domain:
    domain_name: mail.example
    company_info:
      name: Shop Ltd
      address: 1 High Street
      city: Riga
      country: Latvia
      zip_code: LV-1010
      website_url: https://shop.example

- name: Delete the domain
  community.mailtrap.domain:
    domain_name: mail.example
    state: absent
"""

RETURN = r"""
domain:
  description: The domain as returned by the API. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the domain. V(null) in check mode if the domain would be created.
      type: int
      sample: 435
    domain_name:
      description: The name of the domain in ASCII.
      type: str
      sample: mail.example
    open_tracking_enabled:
      description: Whether Mailtrap tracks when messages are opened.
      returned: when the domain exists or the option is given
      type: bool
      sample: true
    click_tracking_enabled:
      description: Whether Mailtrap tracks when links are clicked.
      returned: when the domain exists or the option is given
      type: bool
      sample: true
    auto_unsubscribe_link_enabled:
      description: Whether Mailtrap adds an unsubscribe link to messages that do not have one.
      returned: when the domain exists or the option is given
      type: bool
      sample: true
    tracking_opt_out_enabled:
      description: Whether recipients can opt out of tracking.
      returned: when the domain exists or the option is given
      type: bool
      sample: false
    inbound_enabled:
      description: Whether the domain receives mail.
      returned: when the domain exists or the option is given
      type: bool
      sample: false
    demo:
      description: Whether this is the demo domain of the account.
      returned: when the domain exists
      type: bool
      sample: false
    dns_records:
      description: All DNS records that the domain requires, verified or not.
      returned: when the domain exists
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
          sample: rwmt1._domainkey.mail.example
        name:
          description: The name of the record, relative to the domain.
          type: str
          sample: rwmt1._domainkey
        type:
          description: The type of the record.
          type: str
          sample: CNAME
        value:
          description: The value of the record.
          type: str
          sample: rwmt1.dkim.smtp.mailtrap.live
        status:
          description: The result of Mailtrap's last check, such as V(pass), V(fail), V(missing), or V(unchecked).
          type: str
          sample: missing
    dns_verified:
      description: Whether Mailtrap has verified all DNS records.
      returned: when the domain exists
      type: bool
      sample: false
    dns_verified_at:
      description: The time of the verification. Empty if the domain was never verified.
      returned: when the domain exists
      type: str
      sample: ""
    compliance_status:
      description: The progress of Mailtrap's review of the domain. A domain with the status V(compliant) can send mail.
      returned: when the domain exists
      type: str
      sample: unverified_dns
    company_info:
      description:
        - The company information of the account, with the keys of O(company_info). V(null) if the account has none.
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
from ansible_collections.community.mailtrap.plugins.module_utils._resources.domains import DOMAIN

main = state_module(DOMAIN)


if __name__ == "__main__":
    main()
