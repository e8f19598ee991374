# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API tokens: creation, permissions and seeds (docs/service.md#api-tokens, docs/service.md#permissions)."""

from datetime import timedelta
from typing import Any

from ..state.clock import iso_seconds, parse_iso_or_none
from ..state.errors import ControlError
from ..state.json_codec import JsonObject
from ..state.seeding import FieldReader, Seed
from ..state.store import Row
from ..state.world import World
from .accounts import find_account_id
from .legacy_names import current_name
from .people import read_access_id
from .permissions import ACCESSES, ADMIN, TOKENS, VIEWER, Grant
from .validation import cast_text

TABLES = [TOKENS]

ACCESS_LEVELS: dict[str | int | None, int] = {"admin": ADMIN, "viewer": VIEWER, ADMIN: ADMIN, VIEWER: VIEWER}
# The tables of resources by resource type.
RESOURCE_TABLES = {"project": "projects", "sandbox": "sandboxes", "domain": "domains"}
# The resource types whose resource_id is the account id.
ACCOUNT_RESOURCE_TYPES = ("account", "billing", "email_template_permission_scope", "email_campaign_permission_scope")
# How long a token still works after it was reset.
RESET_GRACE = timedelta(hours=12)
MAX_EXPIRY_MONTHS = 5 * 12


def insert_token(world: World, account_id: int | None, name: str, resources: list[Grant], **fields: Any) -> Row:
    """Add a token with these permissions. A token of an organization has no ``account_id``."""
    defaults = {
        "account_id": account_id,
        "access_id": world.store.next_id(ACCESSES),
        "organization_id": None,
        "name": name,
        "token": world.random_hex(32),
        "resources": resources,
        "created_by": "Account Owner",
        "expires_at": None,
        "created_at": world.clock.stamp(),
    }
    return world.store["api_tokens"].add(defaults | fields)


def find_domain_tokens(world: World, account_id: int, domain_id: int) -> list[Row]:
    """Return the tokens whose only permission is on this domain."""
    return [
        token
        for token in world.store["api_tokens"].select("account", account_id)
        if {(grant["resource_type"], grant["resource_id"]) for grant in token["resources"]} == {("domain", domain_id)}
    ]


def parse_number(fields: JsonObject, name: str) -> int | None:
    """Return a field as a number, also if it is a text of digits, or None (docs/service.md#permissions)."""
    value = cast_text(fields, name) or ""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else None


def parse_level(permission: JsonObject) -> int | None:
    """Return the access level of a permission, which is a name or a number, or None (docs/service.md#permissions)."""
    name, number = cast_text(permission, "access_level"), parse_number(permission, "access_level")
    return ACCESS_LEVELS.get(name) or ACCESS_LEVELS.get(number)


def seed_token(world: World, item: FieldReader) -> None:
    """Add a token. ``token`` sets its value.

    ``access_level`` without ``resources`` applies to the whole account or organization.
    """
    organization_id = item.get("organization_id", int)
    account_id = None if organization_id else find_account_id(world, item)
    resources = parse_resources(item, ("organization" if organization_id else "account", organization_id or account_id))
    optional = {
        "token": item.get("token", str),
        "created_by": item.get("created_by", str),
        "access_id": read_access_id(world, item, "access_id"),
    }
    expiry = item.get("expires_at", str)
    if expiry is not None:
        expires_at = parse_iso_or_none(expiry)
        if expires_at is None:
            raise ControlError(f"{item.location}: expires_at must be an ISO-8601 time.")
        optional["expires_at"] = iso_seconds(expires_at)
    insert_token(
        world,
        account_id,
        item.require("name", str),
        resources,
        organization_id=organization_id,
        **item.identity_fields(world, "api_tokens"),
        **{name: value for name, value in optional.items() if value is not None},
    )


def parse_resources(item: FieldReader, default_resource: tuple[str, Any]) -> list[Grant]:
    """Return the permissions in ``resources`` of a seed item.

    Without ``resources``, ``access_level`` applies to the default resource, which is a resource type and an id.
    """
    level = item.get("access_level", int | str, ADMIN)
    resource_type, resource_id = default_resource
    default = [{"resource_type": resource_type, "resource_id": resource_id, "access_level": level}]
    resources = enumerate(item.get("resources", list, default))
    return [parse_resource(FieldReader(f"{item.location}.resources[{index}]", fields)) for index, fields in resources]


def parse_resource(item: FieldReader) -> Grant:
    """Return one permission of a seed item. Its level may be any number."""
    access_level = item.require("access_level", int | str)
    access_level = ACCESS_LEVELS.get(access_level, access_level)
    resource_type, resource_id = item.require("resource_type", str), item.require("resource_id", int)
    if not isinstance(access_level, int):
        raise ControlError(f"{item.location}: access_level must be a number, admin or viewer.")
    item.reject_unknown()
    return {
        "resource_type": current_name(resource_type),
        "resource_id": resource_id,
        "access_level": access_level,
    }


SEEDS = [Seed("api_tokens", seed_token, after=("accounts",))]
