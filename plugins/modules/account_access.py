#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_access
short_description: Manage the access of users, invitations, and API tokens to a Mailtrap account
version_added: 0.1.0
description:
  - Change the permissions of a user, invitation, or API token that has access to the account, or revoke the access.
  - This module cannot grant access to new users, because the API cannot invite anybody. Invite users on Mailtrap's
    website, and create API tokens with M(community.mailtrap.api_token).
  - The access of the account owner cannot be changed.
  - An API token does not belong to a user. The module therefore cannot prevent you from revoking your own access.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._permissions
  - community.mailtrap._permissions.force
options:
  id:
    description:
      - The ID of the access of a user or an invitation. When an invitation is accepted, the user gets an access with
        another ID.
      - The access of an API token cannot be selected by its ID. Use O(token_id) or O(token_name).
    type: int
  email:
    description: The email address of the user or invitation. Case is ignored.
    type: str
  token_id:
    description:
      - The ID of an API token.
      - Mailtrap shows the access of a token only if the token has permissions on a project, sandbox, or domain. For
        other tokens, such as one with a permission on the whole account, the task fails.
    type: int
  token_name:
    description: The name of an API token before any rotation. The restriction of O(token_id) applies.
    type: str
  purge:
    description:
      - Whether to remove all permissions that are not listed in O(permissions). With V(false), the listed permissions
        are added or changed, and all others stay.
      - Permissions that the API cannot change always stay, such as those on the organization.
    type: bool
    default: true
  state:
    description:
      - V(present) updates the permissions. The task fails if the access does not exist.
      - V(absent) revokes the access. A user must be invited again to regain access. An invitation can no longer be
        accepted. An API token is deleted.
    type: str
    default: present
    choices:
      - present
      - absent
seealso:
  - module: community.mailtrap.account_access_info
  - module: community.mailtrap.api_token
"""

EXAMPLES = r"""
- name: Set all permissions of a user
  community.mailtrap.account_access:
    email: ann@example.com
    permissions:
      - resource_type: project
        resource: Shop
        access_level: admin
      - resource_type: domain
        resource: example.com
        access_level: viewer

- name: Grant an additional permission to a user
  community.mailtrap.account_access:
    email: ben@example.com
    permissions:
      - resource_type: billing
        access_level: viewer
    purge: false

- name: Grant an additional permission to an API token
  community.mailtrap.account_access:
    token_name: ci
    permissions:
      - resource_type: sandbox
        resource_id: 4310002
        access_level: viewer
    purge: false

- name: Revoke the access of a user or an invitation
  community.mailtrap.account_access:
    email: carl@example.com
    state: absent
"""

RETURN = r"""
account_access:
  description: The access as returned by the API. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the access.
      type: int
      sample: 4700002
    specifier_type:
      description: The type of the holder. One of V(User), V(Invite), and V(ApiToken).
      type: str
      sample: User
    specifier:
      description:
        - The holder of the access. It contains C(id), and also C(email) and C(name) for a user, or C(email) for an
          invitation.
      type: dict
      sample:
        id: 1900002
        email: ann@example.com
        name: Ann
        two_factor_authentication_enabled: true
    resources:
      description: The permissions of the holder.
      type: list
      elements: dict
      contains:
        resource_type:
          description: The type of the resource.
          type: str
          sample: project
        resource_id:
          description: The ID of the resource.
          type: int
          sample: 2570001
        access_level:
          description: The access level. V(1000) is owner, V(100) is admin, V(50) is viewer+, V(10) is viewer.
          type: int
          sample: 100
    permissions:
      description: What the API token in use may do with the access.
      type: dict
"""

from ansible_collections.community.mailtrap.plugins.module_utils._account.access import ensure_access
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.account_access import ACCOUNT_ACCESS

main = state_module(
    ACCOUNT_ACCESS,
    {
        "token_id": {"type": "int", "no_log": False},
        "token_name": {"type": "str", "no_log": False},
        "purge": {"type": "bool", "default": True},
        "force": {"type": "bool", "default": False},
    },
    ensure_access,
    identity_options=("token_id", "token_name"),
    mutually_exclusive=[("id", "email", "token_id", "token_name")],
)


if __name__ == "__main__":
    main()
