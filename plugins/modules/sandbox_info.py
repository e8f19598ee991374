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
  - Return all sandboxes, those of a project, those with a name, or the one with an id.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.secrets
options:
  id:
    description: The id of the only sandbox to return.
    type: int
  name:
    description: The name of the sandboxes to return.
    type: str
  project:
    description: The name of the project whose sandboxes to return.
    type: str
  project_id:
    description: The id of the project whose sandboxes to return.
    type: int
seealso:
  - module: community.mailtrap.sandbox
"""

EXAMPLES = r"""
- name: List the sandboxes of a project
  community.mailtrap.sandbox_info:
    project: Shop
  register: of_the_shop

- name: Get the SMTP credentials of all sandboxes with a name
  community.mailtrap.sandbox_info:
    name: Staging
    reveal_secrets: true
  register: staging
  no_log: true
"""

RETURN = r"""
sandboxes:
  description: The sandboxes, each as M(community.mailtrap.sandbox) returns it; empty when there is none.
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
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import SANDBOX

main = info_module(SANDBOX)


if __name__ == "__main__":
    main()
