# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API tokens: creation, permissions and seeds (facts 3.4, 11)."""

from datetime import timedelta
from typing import Any

from ..state.clock import iso_seconds, parse_iso_or_none
from ..state.errors import ControlError
from ..state.seeding import FieldReader, Seed
from ..state.store import Row
from ..state.world import World
from .accounts import find_account_id
from .legacy_names import current_name
from .people import read_access_id
from .permissions import ACCESSES, ADMIN, TOKENS, VIEWER
from .validation import cast_text

TABLES = [TOKENS]

ACCESS_LEVELS = {"admin": ADMIN, "viewer": VIEWER, ADMIN: ADMIN, VIEWER: VIEWER}
# Things that have rows of their own; the id of every other type is the account's.
RESOURCE_TABLES = {"project": "projects", "sandbox": "sandboxes", "domain": "domains"}
ACCOUNT_RESOURCE_TYPES = ("account", "billing", "email_template_permission_scope", "email_campaign_permission_scope")
RESET_GRACE = timedelta(hours=12)
MAX_EXPIRY_MONTHS = 5 * 12


def insert_token(world: World, account_id: int | None, name: str, resources: list[dict], **fields: Any) -> Row:
    """A new token. ``resources`` are in current words with numeric levels."""
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
    """The tokens that are for one domain and nothing else."""
    return [
        token
        for token in world.store["api_tokens"].select("account", account_id)
        if {(item["resource_type"], item["resource_id"]) for item in token["resources"]} == {("domain", domain_id)}
    ]


def parse_number(item: dict, name: str) -> int | None:
    """A number that may come as text (facts 3.3)."""
    value = cast_text(item, name) or ""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else None


def parse_level(item: dict) -> int | None:
    """The level that a permission names, by its word or its number (facts 3.3)."""
    return ACCESS_LEVELS.get(cast_text(item, "access_level")) or ACCESS_LEVELS.get(parse_number(item, "access_level"))


def seed_token(world: World, item: FieldReader) -> None:
    """``token`` fixes the value; ``access_level`` alone is a level on the whole account."""
    organization_id = item.get("organization_id", int)
    account_id = None if organization_id else find_account_id(world, item)
    whole = ("organization", organization_id) if organization_id else ("account", account_id)
    planted = parse_resources(item, whole)
    given = {
        "token": item.get("token", str),
        "created_by": item.get("created_by", str),
        "access_id": read_access_id(world, item, "access_id"),
    }
    moment = item.get("expires_at", str)
    if moment is not None:
        expires_at = parse_iso_or_none(moment)
        if expires_at is None:
            raise ControlError(f"{item.location}: expires_at must be an ISO-8601 time.")
        given["expires_at"] = iso_seconds(expires_at)
    insert_token(
        world,
        account_id,
        item.require("name", str),
        planted,
        organization_id=organization_id,
        **item.identity_fields(world, "api_tokens"),
        **{name: value for name, value in given.items() if value is not None},
    )


def parse_resources(item: FieldReader, whole: tuple[str, int]) -> list[dict]:
    """The ``resources`` of a seed item; without any the one that ``access_level`` gives on the ``whole``, a type and
    an id."""
    level = item.get("access_level", int | str, ADMIN)
    kind, key = whole
    everything = [{"resource_type": kind, "resource_id": key, "access_level": level}]
    resources = item.get("resources", list, everything)
    return [parse_resource(FieldReader(f"{item.location}.resources[{n}]", one)) for n, one in enumerate(resources)]


def parse_resource(item: FieldReader) -> dict:
    level = item.require("access_level", int | str)
    resource = {
        "resource_type": current_name(item.require("resource_type", str)),
        "resource_id": item.require("resource_id", int),
        "access_level": ACCESS_LEVELS.get(level, level),
    }
    if not isinstance(resource["access_level"], int):
        raise ControlError(f"{item.location}: access_level must be a number, admin or viewer.")
    item.reject_unknown()
    return resource


SEEDS = [Seed("api_tokens", seed_token, after=("accounts",))]
