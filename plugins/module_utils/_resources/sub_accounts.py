# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sub-accounts of an organization (docs/service.md#sub-accounts)."""

from __future__ import annotations

from .._engine.resource import ApiShape, Field, Parent, Resource

SUB_ACCOUNT = Resource(
    name="sub_account",
    plural="sub_accounts",
    api=ApiShape(
        "/api/organizations/{organization_id}/sub_accounts", wrapper="account", readable=False, deletable=False
    ),
    parent=Parent(None, id_field="organization_id"),
    required_access="sub-accounts can only be managed with an API token of the organization, not of an account",
    fields=(Field("name", create_only=True),),
)
