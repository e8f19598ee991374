#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_inbox
short_description: Manage Mailtrap inboxes that receive real mail
version_added: 0.1.0
description:
  - Create, rename and delete an inbound inbox, which has an address of Mailtrap, or all addresses of a domain of the
    account. It is found by its name in its folder.
  - What catches the mail that applications send in tests is another thing, see M(community.mailtrap.sandbox).
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
  - community.mailtrap._identity.recreate
  - community.mailtrap._identity.inbound_folder
  - community.mailtrap._identity.domain
options:
  name:
    description:
      - The name of the inbox, up to 100 characters.
      - A new inbox gets its address by it. The address stays when the name is changed.
      - Required unless O(id) is given.
    type: str
  domain:
    description:
      - The name of the domain whose mail the inbox receives, at all addresses. It is looked up, which costs a request.
      - A new inbox has an address of Mailtrap when neither this nor O(domain_id) is given.
      - It cannot be changed; O(recreate) allows a new inbox in the place of the old one.
  domain_id:
    description: The id of that domain.
  state:
    description:
      - With V(absent), the inbox is deleted with all mail in it, and its address receives no more.
seealso:
  - module: community.mailtrap.inbound_inbox_info
  - module: community.mailtrap.inbound_folder
  - module: community.mailtrap.inbound_forward_rule
  - module: community.mailtrap.inbound_message_info
"""

EXAMPLES = r"""
- name: Have an address that receives mail
  community.mailtrap.inbound_inbox:
    name: Tickets
    inbound_folder: Support
  register: tickets

- name: Show it
  ansible.builtin.debug:
    var: tickets.inbound_inbox.address

- name: Receive all mail of a domain
  community.mailtrap.inbound_inbox:
    name: Shop
    inbound_folder: Support
    domain: shop.example

- name: Have no such inbox
  community.mailtrap.inbound_inbox:
    name: Tickets
    inbound_folder: Support
    state: absent
"""

RETURN = r"""
inbound_inbox:
  description: The inbox as the API shows it; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the inbox; V(null) in check mode when it would be created.
      type: int
      sample: 513
    name:
      description: The name.
      type: str
      sample: Tickets
    address:
      description: The address, which begins with V(*) for all addresses of a domain.
      returned: when the inbox exists
      type: str
      sample: tickets-1a2b3c4d@inbound-mailtrap.io
    domain_id:
      description: The id of the domain, which may be one of Mailtrap.
      returned: when the inbox exists, or a domain is given
      type: int
      sample: 1237003
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import INBOUND_INBOX

main = state_module(INBOUND_INBOX)


if __name__ == "__main__":
    main()
