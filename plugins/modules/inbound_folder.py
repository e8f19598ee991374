#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_folder
short_description: Manage folders of Mailtrap inbound inboxes
version_added: 0.1.0
description:
  - Create, rename and delete a folder, which holds the inboxes that receive real mail. It is found by its name.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
options:
  name:
    description:
      - The name of the folder, up to 100 characters.
      - Required unless O(id) is given.
    type: str
  state:
    description:
      - With V(absent), the inboxes of the folder and all mail in them are deleted with it.
seealso:
  - module: community.mailtrap.inbound_folder_info
"""

EXAMPLES = r"""
- name: Have a folder for inbound mail
  community.mailtrap.inbound_folder:
    name: Support

- name: Have no such folder, nor any inbox in it
  community.mailtrap.inbound_folder:
    name: Support
    state: absent
"""

RETURN = r"""
inbound_folder:
  description: The folder as the API shows it; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the folder; V(null) in check mode when it would be created.
      type: int
      sample: 1
    name:
      description: The name.
      type: str
      sample: Support
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import INBOUND_FOLDER

main = state_module(INBOUND_FOLDER)


if __name__ == "__main__":
    main()
