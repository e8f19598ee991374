#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_config_info
short_description: Export a whole Mailtrap account as one document
version_added: 0.1.0
description:
  - Return the objects of an account as a document that M(community.mailtrap.account_config) accepts.
  - The document refers to objects by name. If several objects have the same name, their entries contain IDs. Such
    entries cannot be applied to another account.
  - The document does not contain objects that cannot be changed, such as the demo domain. It does not contain secrets
    that Mailtrap shows only once, such as the values of API tokens.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._account_config
options:
  only:
    description:
      - The resource types to export, such as V(projects) or V(email_templates).
      - If not set, all resource types are exported.
  reveal_secrets:
    description:
      - Whether the document contains the secrets in the URLs of webhooks.
      - With V(false), these secrets are replaced by V(***). Insert them before you apply the document.
      - With V(true), set C(no_log=true) on the task.
    type: bool
    default: false
seealso:
  - module: community.mailtrap.account_config
"""

EXAMPLES = r"""
- name: Export the account
  community.mailtrap.account_config_info:
  register: account

- name: Write the document to a file
  ansible.builtin.copy:
    content: "{{ account.account_config | to_nice_yaml }}"
    dest: account.yml
    mode: "0600"
"""

RETURN = r"""
account_config:
  description: The document.
  returned: success
  type: dict
  sample:
    projects:
      - name: Shop
        sandboxes:
          - name: Staging
"""

from ansible_collections.community.mailtrap.plugins.module_utils._account.export import export_account
from ansible_collections.community.mailtrap.plugins.module_utils._account.runner import DOCUMENT_OPTIONS
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module

main = custom_module(
    export_account, {**DOCUMENT_OPTIONS, "reveal_secrets": {"type": "bool", "default": False, "no_log": False}}
)


if __name__ == "__main__":
    main()
