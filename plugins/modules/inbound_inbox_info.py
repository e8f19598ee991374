#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_inbox_info
short_description: List Mailtrap inbound inboxes
version_added: 0.1.0
description:
  - Return all inbound inboxes of a folder, or only the one that matches the given options.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.inbound_folder
options:
  id:
    description: Return only the inbox with this ID.
    type: int
  name:
    description: Return only the inbox with this name.
    type: str
seealso:
  - module: community.mailtrap.inbound_inbox
"""

EXAMPLES = r"""
- name: List the inboxes of a folder
  community.mailtrap.inbound_inbox_info:
    inbound_folder: Support
  register: inboxes
"""

RETURN = r"""
inbound_inboxes:
  description: The matching inboxes, each as returned by M(community.mailtrap.inbound_inbox). Empty if there are none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 513
      name: Tickets
      address: tickets-1a2b3c4d@inbound-mailtrap.io
      domain_id: 1237003
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.inbound import INBOUND_INBOX

main = info_module(INBOUND_INBOX)


if __name__ == "__main__":
    main()
