#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_inbox
short_description: Manage Mailtrap inbound inboxes
version_added: 0.1.0
description:
  - Create, rename, and delete inbound inboxes. An inbound inbox receives real mail, either at one address that Mailtrap
    assigns, or at all addresses of a domain of the account.
  - To capture the mail of an application under test, use M(community.mailtrap.sandbox) instead.
  - The module selects an inbox by its name within its folder, or by its ID.
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
      - Mailtrap derives the address of a new inbox from its name. Renaming the inbox does not change the address.
      - Required unless O(id) is given.
      - With O(id), this is the new name.
    type: str
  domain:
    description:
      - The name of the domain. The inbox receives the mail to all addresses of this domain. Resolving the name takes an
        additional request.
      - If neither this nor O(domain_id) is given, Mailtrap assigns an address to a new inbox.
      - Changing it requires O(recreate=true).
  domain_id:
    description: The ID of the domain. Changing it requires O(recreate=true).
  state:
    description:
      - V(present) creates the inbox if it does not exist, and renames it if the given name differs.
      - V(absent) deletes the inbox and all messages in it. Its address no longer receives mail.
seealso:
  - module: community.mailtrap.inbound_inbox_info
  - module: community.mailtrap.inbound_folder
  - module: community.mailtrap.inbound_forward_rule
  - module: community.mailtrap.inbound_message_info
"""

EXAMPLES = r"""
- name: Create an inbox with an address that Mailtrap assigns
  community.mailtrap.inbound_inbox:
    name: Tickets
    inbound_folder: Support
  register: tickets

- name: Show the address of the inbox
  ansible.builtin.debug:
    var: tickets.inbound_inbox.address

- name: Create an inbox that receives all mail of a domain
  community.mailtrap.inbound_inbox:
    name: Shop
    inbound_folder: Support
    domain: shop.example

- name: Delete the inbox
  community.mailtrap.inbound_inbox:
    name: Tickets
    inbound_folder: Support
    state: absent
"""

RETURN = r"""
inbound_inbox:
  description: The inbox as returned by the API. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the inbox. V(null) in check mode if the inbox would be created.
      type: int
      sample: 513
    name:
      description: The name of the inbox.
      type: str
      sample: Tickets
    address:
      description: The email address of the inbox. It starts with V(*@) if the inbox receives all mail of a domain.
      returned: when the inbox exists
      type: str
      sample: tickets-1a2b3c4d@inbound-mailtrap.io
    domain_id:
      description:
        - The ID of the domain of the address. If Mailtrap assigned the address, this domain does not belong to the
          account.
      returned: when the inbox exists or a domain is given
      type: int
      sample: 1237003
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.inbound import INBOUND_INBOX

main = state_module(INBOUND_INBOX)


if __name__ == "__main__":
    main()
