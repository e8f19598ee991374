# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  permissions:
    description:
      - The permissions, one for each resource. Their order does not matter.
      - If not set, the permissions are neither compared nor changed.
    type: list
    elements: dict
    suboptions:
      resource_type:
        description:
          - The type of the resource.
          - A permission on the V(account) includes everything in the account. A permission on a V(project) includes its
            sandboxes.
          - V(email_campaign_permission_scope) covers all campaigns of the account. V(email_template_permission_scope)
            covers all email templates. Mailtrap does not document that the latter can be granted.
        type: str
        required: true
        choices:
          - account
          - billing
          - domain
          - email_campaign_permission_scope
          - email_template_permission_scope
          - project
          - sandbox
      resource:
        description:
          - The name of the project, sandbox, or domain. Resolving names takes an additional request for each type.
          - For a project, sandbox, or domain, either this or O(permissions[].resource_id) is required. The other types
            have no names.
        type: str
      resource_id:
        description:
          - The ID of the project, sandbox, or domain.
          - For the other types, this is the ID of the account. The module determines it if it is not given.
        type: int
      access_level:
        description: V(viewer) can read the resource. V(admin) can also manage it.
        type: str
        required: true
        choices:
          - viewer
          - admin
"""

    FORCE = r"""
options:
  force:
    description:
      - Whether the module may change or delete the API token that the task itself uses. With V(false), the task fails,
        because everybody who uses this token could be locked out.
      - Mailtrap does not identify the token in use. The module recognizes it by the last four characters of its value,
        so a token with the same ending is protected as well.
    type: bool
    default: false
"""
