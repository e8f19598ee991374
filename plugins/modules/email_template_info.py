#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: email_template_info
short_description: List Mailtrap email templates
version_added: 0.1.0
description:
  - Return all email templates, or only those that match the given options.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: Return only the template with this ID.
    type: int
  name:
    description: Return only templates with this name.
    type: str
seealso:
  - module: community.mailtrap.email_template
"""

EXAMPLES = r"""
- name: Find a template by name
  community.mailtrap.email_template_info:
    name: Deployment report
  register: found

- name: Show the UUID of the template
  ansible.builtin.debug:
    var: found.email_templates[0].uuid
"""

RETURN = r"""
email_templates:
  description:
    - The matching templates, each as returned by M(community.mailtrap.email_template). Empty if there are none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 40123
      uuid: b81aabcd-1a1e-41cf-91b6-eca0254b3d96
      name: Deployment report
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.email_templates import EMAIL_TEMPLATE

main = info_module(EMAIL_TEMPLATE)


if __name__ == "__main__":
    main()
