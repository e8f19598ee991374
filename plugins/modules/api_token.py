#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api_token
short_description: Manage and rotate Mailtrap API tokens
version_added: 0.1.0
description:
  - Create, rotate, and delete API tokens.
  - Mailtrap shows the value of a token only once, when the token is created or rotated. Write it to a file with
    O(dest), or register the result with C(no_log=true) and use it in the same play.
  - A rotation replaces a token with a new one that has another ID and another value. The old value remains valid for
    about 12 hours, which leaves time to distribute the new one.
  - Mailtrap appends the new ID to the name of a rotated token. This module still finds the token by its original name,
    even after several rotations.
  - The API cannot update a token. Changing its name or permissions requires O(recreate=true).
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
      - O(state=rotated) rotates the token in every run. O(rotate_before) rotates it only when it is due.
options:
  id:
    description:
      - The ID of an existing token. It selects exactly this token, whereas O(name) selects the newest token of a
        rotation chain.
    type: int
  name:
    description:
      - The name of the token before any rotation.
      - Required unless O(id) is given. Changing it requires O(recreate=true).
    type: str
  permissions:
    description:
      - The permissions of the token, one for each resource. Order does not matter.
      - At least one permission is required to create a token. If not set, the permissions are not compared.
      - Changing them requires O(recreate=true).
  expires_at:
    description:
      - The time at which the token expires. Either an ISO 8601 time, a duration after the creation of the token in
        hours, days, or weeks, such as V(12h), V(90d), or V(4w), or V(never). A time without a UTC offset is in UTC.
      - The maximum is five years ahead. If not set, Mailtrap lets a new token expire after one year.
      - Changing it requires a rotation or O(recreate=true).
      - Mailtrap does not return when a token was created. The module therefore considers a duration to be different
        only if the existing token never expires.
    type: str
  rotate_before:
    description:
      - Rotate the token if it expires within this duration, or if O(expires_at) differs. The duration is a number of
        hours, days, or weeks, such as V(30d). It must be shorter than the lifetime of a new token.
      - The module compares the expiry with the clock of the host where it runs. A token that never expires is not
        rotated.
      - To rotate a token every 90 days, set O(expires_at=100d) and O(rotate_before=10d).
      - A token that has already expired cannot be rotated. The task fails unless O(recreate=true).
    type: str
  recreate:
    description:
      - Whether to replace a token that has expired, or whose name, permissions, or expiry differ. The replacement keeps
        the old permissions and the old expiry if they are not given.
      - The replacement has another ID and another value. The old value is invalid immediately.
      - Names are unique, so the module deletes the old token before it creates the new one. It creates the new token
        first if a rotation has changed the name of the old one.
      - With V(false), the task fails instead and changes nothing.
  state:
    description:
      - V(present) creates the token if it does not exist.
      - V(rotated) rotates an existing token in every run. The new token has the same permissions and expires at
        O(expires_at). The task fails if the token does not exist.
      - V(absent) deletes the token. With O(name), it also deletes the tokens that were replaced by rotation, so that no
        value of the token remains valid.
    type: str
    default: present
    choices:
      - present
      - absent
      - rotated
notes:
  - If several hosts run the same task, use C(run_once=true), so that the token is created or rotated only once.
seealso:
  - module: community.mailtrap.api_token_info
  - module: community.mailtrap.account_access
"""

EXAMPLES = r"""
- name: Create a token that can send mail and read one sandbox
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

- name: Create a token and rotate it ten days before it expires
  community.mailtrap.api_token:
    name: nightly
    permissions:
      - resource_type: account
        access_level: viewer
    expires_at: 100d
    rotate_before: 10d
    dest: nightly.token

- name: Rotate a leaked token now
  community.mailtrap.api_token:
    name: shop
    state: rotated
  register: shop
  no_log: true

- name: Delete the token
  community.mailtrap.api_token:
    name: nightly
    state: absent
"""

RETURN = r"""
api_token:
  description:
    - The token as returned by the API. V(null) with O(state=absent).
    - If the task fails after it created or rotated a token, the failure also contains the token, with its value if it
      is known.
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the token. V(null) in check mode if the token would be created or rotated.
      type: int
      sample: 2500002
    name:
      description: The name of the token. If the token was rotated, the name ends with its ID.
      type: str
      sample: shop 2500002
    resources:
      description: The permissions of the token.
      type: list
      elements: dict
      contains:
        resource_type:
          description: The type of the resource.
          type: str
          sample: sandbox
        resource_id:
          description: The ID of the resource.
          type: int
          sample: 4310001
        access_level:
          description: The access level. V(100) is admin, V(10) is viewer.
          type: int
          sample: 10
    last_4_digits:
      description: The last four characters of the value.
      returned: when the token exists
      type: str
      sample: 5e1f
    created_by:
      description: The name of the user or API token that created the token.
      returned: when the token exists
      type: str
      sample: Ann Owner
    expires_at:
      description: The time at which the token expires. V(null) if it never expires.
      returned: when the token exists
      type: str
      sample: '2027-11-25T12:00:00Z'
    token:
      description: The value of the token.
      returned: when the token was created or rotated, and O(dest) is not given
      type: str
"""

from ansible_collections.community.mailtrap.plugins.module_utils._account.token_rotation import ensure_token
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.api_tokens import API_TOKEN

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
