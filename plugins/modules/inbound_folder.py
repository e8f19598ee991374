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
  - Create, rename, and delete inbound folders. A folder contains inbound inboxes, which receive real mail.
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
      - With O(id), this is the new name.
    type: str
  state:
    description:
      - V(present) creates the folder if it does not exist, and renames it if the given name differs.
      - V(absent) deletes the folder, its inboxes, and all messages in them.
seealso:
  - module: community.mailtrap.inbound_folder_info
"""

EXAMPLES = r"""
- name: Create a folder for inbound mail
  community.mailtrap.inbound_folder:
    name: Support

- name: Delete the folder and all its inboxes
  community.mailtrap.inbound_folder:
    name: Support
    state: absent
"""

RETURN = r"""
inbound_folder:
  description: The folder as returned by the API. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the folder. V(null) in check mode if the folder would be created.
      type: int
      sample: 1
    name:
      description: The name of the folder.
      type: str
      sample: Support
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.inbound import INBOUND_FOLDER

main = state_module(INBOUND_FOLDER)


if __name__ == "__main__":
    main()
