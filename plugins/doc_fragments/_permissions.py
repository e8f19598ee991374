# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This documentation fragment is private to the collection: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  permissions:
    description:
      - What may be done with which resources.
      - Their order makes no difference. When the option is not given, the permissions are not looked at.
    type: list
    elements: dict
    suboptions:
      resource_type:
        description:
          - The type of the resource.
          - A permission on the V(account) covers all that is in it, and one on a V(project) its sandboxes.
          - The last two scopes are those of the campaigns and of the e-mail templates of the account. For the templates
            the service only documents that such a permission can be read.
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
          - The name of the project, sandbox or domain. It is looked up, which costs a request for each type.
          - One of this and O(permissions[].resource_id) is required for these types. There is only one of all others.
        type: str
      resource_id:
        description:
          - The id of the project, sandbox or domain.
          - That of all other types is the id of the account, which is looked up when it is needed and not given.
        type: int
      access_level:
        description: Whether the resource can be managed, or only looked at.
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
      - Whether the API token that the task itself uses may be touched as well. Otherwise that is refused, for it would
        lock out whoever uses the token.
      - The service does not say which token that is. It is known by the last four digits of its value, and another one
        that ends alike is taken for it.
    type: bool
    default: false
"""
