#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_inbox_info
short_description: List Mailtrap inboxes that receive real mail
version_added: 0.1.0
description:
  - Return all of those in a folder, those with a name, or the one with an id.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.inbound_folder
options:
  id:
    description: The id of the only one to return.
    type: int
  name:
    description: The name of the inbox to return.
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
  description: What was found, each as M(community.mailtrap.inbound_inbox) returns it; empty when there is none.
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
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import INBOUND_INBOX

main = info_module(INBOUND_INBOX)


if __name__ == "__main__":
    main()
