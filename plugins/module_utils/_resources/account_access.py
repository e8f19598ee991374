# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account, and the access of people, invitations and API tokens to it (docs/service.md#account-accesses)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, List, Optional

from .._engine.codecs import CASELESS
from .._engine.resource import NOTHING, ApiShape, Field, Hooks, NestedReferences, Reference, Resource, Write
from .domains import DOMAIN
from .permissions import (
    GRANTS,
    PERMISSIONS_SPEC,
    REPLACED_GRANTS,
    Grants,
    add_account_id,
    describe_grants,
    get_grant_changes,
    is_owner,
    to_grants,
    to_permissions,
    validate_permissions,
)
from .sandboxes import PROJECT, SANDBOX

if TYPE_CHECKING:
    from .._api.json_types import JsonObject
    from .._engine.directory import Directory

ACCOUNT = Resource(
    name="account",
    plural="accounts",
    api=ApiShape("/api/accounts", readable=False, creatable=False, deletable=False),
    fields=(Field("name"),),
)

# The resource types on which permissions are granted, and of which an account has several objects.
GRANTED = {"domain": DOMAIN, "project": PROJECT, "sandbox": SANDBOX}


def _add_account_id(grants: Grants, current: Optional[Grants], directory: Directory) -> Grants:
    return add_account_id(grants, current, directory, ACCOUNT)


PERMISSIONS = Field(
    "resources",
    PERMISSIONS_SPEC,
    option="permissions",
    nested_references=NestedReferences(
        tuple(GRANTED.values()),
        resolve=lambda permissions, find_id: to_grants(permissions, find_id, GRANTED),
        describe=lambda grants, find_name: to_permissions(grants, find_name, GRANTED),
    ),
    codec=GRANTS,
    validate=validate_permissions,
    coerce=_add_account_id,
    describe=describe_grants,
)


def _update_permissions(path: str, expected: Grants, current: Any) -> Write:
    """Return the bulk update; permissions that it does not name stay as they are (docs/service.md#permissions)."""
    body = {"permissions": get_grant_changes(expected, current)}
    return Write("PUT", f"{path}/permissions/bulk", body, answers=NOTHING)


def _explain_owner(access: JsonObject) -> Optional[str]:
    return "it belongs to the owner, whose access cannot be changed" if is_owner(access.get("resources")) else None


def _find_token_access(accesses: List[JsonObject], token_id: int) -> List[JsonObject]:
    return [
        access
        for access in accesses
        if access.get("specifier_type") == "ApiToken" and (access.get("specifier") or {}).get("id") == token_id
    ]


ACCOUNT_ACCESS = Resource(
    name="account_access",
    plural="account_accesses",
    api=ApiShape("/api/account_accesses", readable=False, creatable=False),
    natural_key="email",
    creation_hint="people are invited on the website of Mailtrap",
    required_access="the access of others can only be managed with an API token that is an admin of the account",
    fields=(
        Field("email", codec=CASELESS, set_after_create=True, create_only=True, response_path=("specifier", "email")),
        replace(PERMISSIONS, codec=REPLACED_GRANTS, set_after_create=True, update_request=_update_permissions),
    ),
    hooks=Hooks(read_only_reason=_explain_owner),
)

# Filters of the list, which take ids, with the resource types of the ids. A filtered list also contains API tokens.
ACCESS_FILTERS = {"project_ids": "project", "sandbox_ids": "sandbox", "domain_ids": "domain"}

TOKEN_ACCESS = replace(
    ACCOUNT_ACCESS,
    natural_key="token_id",
    api=replace(ACCOUNT_ACCESS.api, filters=tuple(ACCESS_FILTERS)),
    fields=(
        Field(
            "token_id",
            {"type": "int"},
            set_after_create=True,
            create_only=True,
            response_path=("specifier", "id"),
            describe=lambda token_id: f"API token {token_id}",
        ),
        *ACCOUNT_ACCESS.fields[1:],
    ),
    hooks=replace(ACCOUNT_ACCESS.hooks, match_by_key=_find_token_access),
)

LISTED_ACCESS = replace(
    ACCOUNT_ACCESS,
    api=replace(ACCOUNT_ACCESS.api, filters=tuple(ACCESS_FILTERS)),
    fields=(
        *ACCOUNT_ACCESS.fields,
        *(
            Field(name, reference=Reference(GRANTED[target], GRANTED[target].plural, many=True), write_only=True)
            for name, target in ACCESS_FILTERS.items()
        ),
    ),
)
