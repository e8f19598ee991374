#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_access
short_description: Manage what people, invitations and API tokens may do in Mailtrap
version_added: 0.1.0
description:
  - Change the permissions of somebody who has access to the account, or take the access away.
  - It cannot let anybody in. People are invited on the website of the service, and tokens are made by
    M(community.mailtrap.api_token).
  - The owner's access cannot be changed. An API token belongs to the account and to no person, so that the module
    cannot know whether an access is that of the person who runs it.
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
      - The id of the access of a person or an invitation. An invitation has another one than the person who took it.
      - That of an API token is not found by it.
    type: int
  email:
    description: The e-mail address of the person or the invitation. Upper and lower case are the same.
    type: str
  token_id:
    description:
      - The id of an API token.
      - The service tells the access of a token only by the projects, sandboxes and domains that it has permissions on.
        That of a token without any, such as one for the whole account, cannot be found, and the task fails.
    type: int
  token_name:
    description: The name of an API token, before any rotation; see O(token_id).
    type: str
  purge:
    description:
      - Whether all permissions that O(permissions) does not name are taken away. Otherwise they stay as they are, and
        those that are named are added or changed.
      - What cannot be written always stays, which is what somebody is to the organization.
    type: bool
    default: true
  state:
    description:
      - With V(absent), the person may not enter the account any more and has to be invited anew, an invitation cannot
        be taken any more, and an API token is deleted.
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
- name: Have Ann manage one project and look at one domain, and nothing else
  community.mailtrap.account_access:
    email: ann@example.com
    permissions:
      - resource_type: project
        resource: Shop
        access_level: admin
      - resource_type: domain
        resource: example.com
        access_level: viewer

- name: Let Ben see the bills besides what he may do already
  community.mailtrap.account_access:
    email: ben@example.com
    permissions:
      - resource_type: billing
        access_level: viewer
    purge: false

- name: Let a token look into one more sandbox
  community.mailtrap.account_access:
    token_name: ci
    permissions:
      - resource_type: sandbox
        resource_id: 4310002
        access_level: viewer
    purge: false

- name: Take back an invitation, or the access of a person
  community.mailtrap.account_access:
    email: carl@example.com
    state: absent
"""

RETURN = r"""
account_access:
  description: The access as the API shows it; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the access.
      type: int
      sample: 4700002
    specifier_type:
      description: Whose access it is; V(User), V(Invite) or V(ApiToken).
      type: str
      sample: User
    specifier:
      description: Who it is; an C(id) with C(email) and C(name) for a person, and with C(email) for an invitation.
      type: dict
      sample:
        id: 1900002
        email: ann@example.com
        name: Ann
        two_factor_authentication_enabled: true
    resources:
      description: What is permitted.
      type: list
      elements: dict
      contains:
        resource_type:
          description: The type of the resource.
          type: str
          sample: project
        resource_id:
          description: The id of the resource.
          type: int
          sample: 2570001
        access_level:
          description: V(1000) is an owner, V(100) an admin, V(50) a viewer who may do more, V(10) a viewer.
          type: int
          sample: 100
    permissions:
      description: What the token in use may do with the access.
      type: dict
"""

from ansible_collections.community.mailtrap.plugins.module_utils._account.access import ensure_access
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import ACCOUNT_ACCESS

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
