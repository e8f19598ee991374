#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_config_info
short_description: Return a whole Mailtrap account as one document
version_added: 0.1.0
description:
  - Return what an account holds in the form that M(community.mailtrap.account_config) takes.
  - References are names. Where several objects share a name, the entries carry their ids, which another account does
    not know.
  - What nobody can change, such as the demo domain, is not in the document, and neither is what the service shows only
    once, such as the value of an API token.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._account_config
options:
  reveal_secrets:
    description:
      - Whether the secrets in URLs of webhooks are in the document. They are marked by V(***) otherwise, and have to be
        put in before such a webhook can be applied.
      - Set C(no_log=true) for the task when they are in its result.
    type: bool
    default: false
seealso:
  - module: community.mailtrap.account_config
"""

EXAMPLES = r"""
- name: Take an account under control
  community.mailtrap.account_config_info:
  register: account

- name: Keep it in a file
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
