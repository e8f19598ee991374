# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account, and the access of people, invited people and API tokens to it (docs/service.md#account-accesses)."""

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

# The resource types on which permissions need an id, by the value of resource_type.
GRANTABLE_TYPES = {"domain": DOMAIN, "project": PROJECT, "sandbox": SANDBOX}


def _coerce_permissions(grants: Grants, current: Optional[Grants], directory: Directory) -> Grants:
    return add_account_id(grants, current, directory, ACCOUNT)


PERMISSIONS = Field(
    "resources",
    PERMISSIONS_SPEC,
    option="permissions",
    nested_references=NestedReferences(
        tuple(GRANTABLE_TYPES.values()),
        resolve=lambda permissions, find_id: to_grants(permissions, find_id, GRANTABLE_TYPES),
        describe=lambda grants, find_name: to_permissions(grants, find_name, GRANTABLE_TYPES),
    ),
    codec=GRANTS,
    validate=validate_permissions,
    coerce=_coerce_permissions,
    describe=describe_grants,
)


def _make_permissions_write(path: str, expected: Grants, current: Any) -> Write:
    """Return the bulk update. It lists removed permissions, because others stay (docs/service.md#permissions)."""
    body = {"permissions": get_grant_changes(expected, current)}
    return Write("PUT", f"{path}/permissions/bulk", body, answers=NOTHING)


def _explain_owner(access: JsonObject) -> Optional[str]:
    return "the access of the account's owner cannot be changed" if is_owner(access.get("resources")) else None


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
    required_access="the access of others can only be managed with an API token that has admin access to the account",
    fields=(
        Field("email", codec=CASELESS, set_after_create=True, create_only=True, response_path=("specifier", "email")),
        replace(PERMISSIONS, codec=REPLACED_GRANTS, set_after_create=True, update_request=_make_permissions_write),
    ),
    hooks=Hooks(read_only_reason=_explain_owner),
)

# Query parameter -> the resource type of its ids. Only a filtered list contains the access of API tokens.
ACCESS_FILTERS = {"project_ids": "project", "sandbox_ids": "sandbox", "domain_ids": "domain"}

# The access of one API token, selected by the token's id.
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

# The access list of account_access_info, whose filters take names.
FILTERABLE_ACCESS = replace(
    ACCOUNT_ACCESS,
    api=replace(ACCOUNT_ACCESS.api, filters=tuple(ACCESS_FILTERS)),
    fields=(
        *ACCOUNT_ACCESS.fields,
        *(
            Field(
                name,
                reference=Reference(GRANTABLE_TYPES[target], GRANTABLE_TYPES[target].plural, many=True),
                write_only=True,
            )
            for name, target in ACCESS_FILTERS.items()
        ),
    ),
)
