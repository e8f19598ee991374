#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api_token_info
short_description: List Mailtrap API tokens
version_added: 0.1.0
description:
  - Return all API tokens that the API token in use can see, or only the one that matches the given options.
  - The values of tokens are not returned, because Mailtrap shows them only when a token is created or rotated.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
options:
  id:
    description: Return only the token with this ID.
    type: int
  name:
    description:
      - Return only the newest token of the rotation chain with this name. Use the name of the token before any
        rotation.
    type: str
seealso:
  - module: community.mailtrap.api_token
"""

EXAMPLES = r"""
- name: List all API tokens
  community.mailtrap.api_token_info:
  register: all_tokens

- name: Show when the tokens expire
  ansible.builtin.debug:
    msg: "{{ all_tokens.api_tokens | selectattr('expires_at') | items2dict('name', 'expires_at') }}"
"""

RETURN = r"""
api_tokens:
  description: The matching tokens, each as returned by M(community.mailtrap.api_token). Empty if there are none.
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
from ansible_collections.community.mailtrap.plugins.module_utils._resources.api_tokens import API_TOKEN

main = info_module(API_TOKEN)


if __name__ == "__main__":
    main()
