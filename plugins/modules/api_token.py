#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api_token
short_description: Manage and rotate API tokens of Mailtrap
version_added: 0.1.0
description:
  - Create, rotate and delete an API token, which gives a program access to the account.
  - The value of a token is shown once, when it is made or rotated. Have it written to a file by O(dest), or register
    the result and use it in the same play, with C(no_log=true) for the task.
  - A rotated token has a new id and a new value, and the service puts the new id at the end of its name. It still goes
    by its original name here, however often it was rotated. The old value is good for about 12 hours more, so that
    nobody is locked out while the new one is rolled out.
  - The service cannot change a token otherwise. Another name and other permissions need a new one, see O(recreate).
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.dest
  - community.mailtrap._identity.recreate
  - community.mailtrap._permissions
  - community.mailtrap._permissions.force
attributes:
  idempotent:
    support: partial
    details:
      - O(state=rotated) rotates the token in every run. O(rotate_before) does so when it is due.
options:
  id:
    description:
      - The id of the token, when it exists already. It is that very token; its name leads to the one in force.
    type: int
  name:
    description:
      - The name of the token, before any rotation.
      - Required unless O(id) is given. It cannot be changed, but for O(recreate).
    type: str
  permissions:
    description:
      - What the token may do with which resources. A new token needs at least one permission.
      - Their order makes no difference. When the option is not given, the permissions are not looked at.
      - They cannot be changed. Where they differ the task fails, unless O(recreate=true).
  expires_at:
    description:
      - When the token is to expire. Either an ISO-8601 time, which is UTC without an offset, a number of V(h), V(d) or
        V(w) from when it is made, such as V(90d), or V(never). It can be up to five years ahead.
      - Without it, the service decides how long a new token lives, which is a year.
      - It cannot be changed but by rotation. Where it differs the task fails, unless the token is rotated or
        O(recreate=true). How long a token was meant to live is not known later, so V(90d) only differs from V(never).
    type: str
  rotate_before:
    description:
      - Rotate the token when it expires within this time, or when O(expires_at) differs. A number of V(h), V(d) or
        V(w), such as V(30d), shorter than a new token lives.
      - Whether it is due is told by the clock of the machine that the module runs on. A token that never expires is
        never due. The service does not tell how old a token is; one that is to be renewed every three months is given
        O(expires_at=100d) and rotated C(10d) before.
      - What has expired already cannot be rotated, and the task fails, unless O(recreate=true).
    type: str
  recreate:
    description:
      - Whether a new token may take the place of one that cannot be changed as it is asked to, or has expired.
      - The old value is of no use from then on, and the new token has another id and value. No two tokens can share a
        name, so that the old one is deleted first, unless rotation has given it another name.
      - Permissions and expiry that are not given are those of the old one.
  state:
    description:
      - Whether the token is to be there.
      - With V(rotated), a token that is there is rotated now, once in each run. Its permissions stay, and O(expires_at)
        is when the new one expires.
      - With V(absent), the tokens that it has taken over from by rotation are deleted as well, so that none of their
        values is good any more.
    type: str
    default: present
    choices:
      - present
      - absent
      - rotated
notes:
  - Where several hosts run the same task, have it run once, by C(run_once), so that they do not make or rotate the
    token at the same moment.
seealso:
  - module: community.mailtrap.api_token_info
  - module: community.mailtrap.account_access
"""

EXAMPLES = r"""
- name: Have a token for the shop that sends mail and looks into the sandbox
  community.mailtrap.api_token:
    name: shop
    permissions:
      - resource_type: domain
        resource: example.com
        access_level: admin
      - resource_type: sandbox
        resource: Staging
        access_level: viewer
    dest: shop.token

- name: Have it renewed every three months, ten days before it expires
  community.mailtrap.api_token:
    name: nightly
    permissions:
      - resource_type: account
        access_level: viewer
    expires_at: 100d
    rotate_before: 10d
    dest: nightly.token

- name: Rotate a token now, for its value has been seen by somebody
  community.mailtrap.api_token:
    name: shop
    state: rotated
  register: shop
  no_log: true

- name: Have no such token
  community.mailtrap.api_token:
    name: nightly
    state: absent
"""

RETURN = r"""
api_token:
  description:
    - The token as the API shows it; V(null) when it is absent.
    - When the task fails after a token was made or rotated, the failure holds it as well, with its value where that is
      known.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the token; V(null) in check mode when it would be created or rotated.
      type: int
      sample: 2500002
    name:
      description: The name of the token, which ends in its id when it has been rotated.
      type: str
      sample: shop 2500002
    resources:
      description: What the token may do.
      type: list
      elements: dict
      contains:
        resource_type:
          description: The type of the resource.
          type: str
          sample: sandbox
        resource_id:
          description: The id of the resource.
          type: int
          sample: 4310001
        access_level:
          description: V(100) is an admin, V(10) a viewer.
          type: int
          sample: 10
    last_4_digits:
      description: The end of its value.
      returned: when the token exists
      type: str
      sample: 5e1f
    created_by:
      description: The name of the user or the token that made it.
      returned: when the token exists
      type: str
      sample: Ann Owner
    expires_at:
      description: When it expires; V(null) for never.
      returned: when the token exists
      type: str
      sample: '2027-11-25T12:00:00Z'
    token:
      description: The value of the token.
      returned: when it was made or rotated, without O(dest)
      type: str
"""

from ansible_collections.community.mailtrap.plugins.module_utils._account.token_rotation import ensure_token
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import API_TOKEN

main = state_module(
    API_TOKEN,
    {
        "rotate_before": {"type": "str"},
        "force": {"type": "bool", "default": False},
        "state": {"type": "str", "default": "present", "choices": ["present", "absent", "rotated"]},
    },
    ensure_token,
)


if __name__ == "__main__":
    main()
