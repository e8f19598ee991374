#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sandbox_info
short_description: List Mailtrap sandboxes
version_added: 0.1.0
description:
  - Return all sandboxes, or only those that match the given options.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.secrets
options:
  id:
    description: Return only the sandbox with this ID.
    type: int
  name:
    description: Return only sandboxes with this name.
    type: str
  project:
    description: Return only sandboxes in the project with this name.
    type: str
  project_id:
    description: Return only sandboxes in the project with this ID.
    type: int
seealso:
  - module: community.mailtrap.sandbox
"""

EXAMPLES = r"""
- name: List the sandboxes of a project
  community.mailtrap.sandbox_info:
    project: Shop
  register: shop_sandboxes

- name: Get the SMTP credentials of all sandboxes named Staging
  community.mailtrap.sandbox_info:
    name: Staging
    reveal_secrets: true
  register: staging
  no_log: true
"""

RETURN = r"""
sandboxes:
  description: The matching sandboxes, each as returned by M(community.mailtrap.sandbox). Empty if there are none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 4310001
      name: Staging
      project_id: 2570001
      emails_count: 3
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.sandboxes import SANDBOX

main = info_module(SANDBOX)


if __name__ == "__main__":
    main()
