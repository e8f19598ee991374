#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: email_template_info
short_description: List e-mail templates of Mailtrap
version_added: 0.1.0
description:
  - Return all of them, those with a name, or the one with an id.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: The id of the only one to return.
    type: int
  name:
    description: The name of the templates to return.
    type: str
seealso:
  - module: community.mailtrap.email_template
"""

EXAMPLES = r"""
- name: Get the UUID of a template
  community.mailtrap.email_template_info:
    name: Deployment report
  register: found
"""

RETURN = r"""
email_templates:
  description: What was found, each as M(community.mailtrap.email_template) returns it; empty when there is none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 40123
      uuid: b81aabcd-1a1e-41cf-91b6-eca0254b3d96
      name: Deployment report
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import EMAIL_TEMPLATE

main = info_module(EMAIL_TEMPLATE)


if __name__ == "__main__":
    main()
