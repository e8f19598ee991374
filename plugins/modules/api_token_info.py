#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api_token_info
short_description: List API tokens of Mailtrap
version_added: 0.1.0
description:
  - Return all API tokens that the token in use may see, the one that goes by a name, or the one with an id.
  - Their values are not among it; the service does not show them again.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: The id of the only token to return.
    type: int
  name:
    description: The name of the token to return, before any rotation. The one in force is returned.
    type: str
seealso:
  - module: community.mailtrap.api_token
"""

EXAMPLES = r"""
- name: List the tokens
  community.mailtrap.api_token_info:
  register: all

- name: Show those that expire
  ansible.builtin.debug:
    msg: "{{ all.api_tokens | selectattr('expires_at') | items2dict('name', 'expires_at') }}"
"""

RETURN = r"""
api_tokens:
  description: The tokens, each as M(community.mailtrap.api_token) returns it; empty when there is none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 2500002
      name: shop 2500002
      last_4_digits: 5e1f
      created_by: Ann Owner
      expires_at: '2027-11-25T12:00:00Z'
      resources:
        - resource_type: sandbox
          resource_id: 4310001
          access_level: 10
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import API_TOKEN

main = info_module(API_TOKEN)


if __name__ == "__main__":
    main()
