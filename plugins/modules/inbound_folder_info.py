#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: inbound_folder_info
short_description: List folders of Mailtrap inbound inboxes
version_added: 0.1.0
description:
  - Return all inbound folders, or only the one that matches the given options.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: Return only the folder with this ID.
    type: int
  name:
    description: Return only the folder with this name.
    type: str
seealso:
  - module: community.mailtrap.inbound_folder
"""

EXAMPLES = r"""
- name: List all inbound folders
  community.mailtrap.inbound_folder_info:
  register: inbound_folders
"""

RETURN = r"""
inbound_folders:
  description: The matching folders, each as returned by M(community.mailtrap.inbound_folder). Empty if there are none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 1
      name: Support
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.inbound import INBOUND_FOLDER

main = info_module(INBOUND_FOLDER)


if __name__ == "__main__":
    main()
