# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API tokens (facts 3.4, 11)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from .. import people
from ..access import ACCESSES, ADMIN, TOKENS, VIEWER, is_expired
from ..call import Call, text, text_errors
from ..clock import iso_seconds, months_later, read_moment
from ..errors import ControlError
from ..replies import Refusal, Reply, forbidden, no_content, not_found, unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row
from ..words import current_word
from ..world import World
from . import accounts

TABLES = [TOKENS]
routes = Routes()

LEVELS = {"admin": ADMIN, "viewer": VIEWER, ADMIN: ADMIN, VIEWER: VIEWER}
# Things that have rows of their own; the id of every other type is the account's.
KINDS = {"project": "projects", "sandbox": "sandboxes", "domain": "domains"}
ACCOUNT_TYPES = ("account", "billing", "email_template_permission_scope", "email_campaign_permission_scope")
GRACE = timedelta(hours=12)
MAX_MONTHS = 5 * 12


def create(world: World, account_id: int | None, name: str, resources: list[dict], **fields: Any) -> Row:
    """A new token. ``resources`` are in current words with numeric levels."""
    defaults = {
        "account_id": account_id,
        "access_id": world.store.next_id(ACCESSES),
        "organization_id": None,
        "name": name,
        "token": world.hex(32),
        "resources": resources,
        "created_by": "Account Owner",
        "expires_at": None,
        "created_at": world.clock.stamp(),
    }
    return world.store["api_tokens"].add(defaults | fields)


def show(call: Call, token: Row, *, value: bool = False) -> dict:
    """The wire form, in wire order; the value itself only where it is new."""
    resources = [
        {
            "resource_type": call.words(item["resource_type"]),
            "resource_id": item["resource_id"],
            "access_level": item["access_level"],
        }
        for item in token["resources"]
    ]
    answer = {
        "resources": resources,
        "id": token["id"],
        "name": token["name"],
        "last_4_digits": token["token"][-4:],
        "created_by": token["created_by"],
        "expires_at": token["expires_at"],
    }
    return answer | {"token": token["token"]} if value else answer


def visible(call: Call) -> Iterable[Row]:
    """Admins of the account see all its tokens, others their own."""
    if call.access.account >= ADMIN:
        return call.world.store["api_tokens"].of("account", call.account_id)
    return [call.token]


def find(call: Call, level: int) -> Row:
    token = call.row("api_tokens", "id")
    if not any(row is token for row in visible(call)):
        raise not_found()
    call.require(max(call.access.account, VIEWER), level)
    return token


@routes.get("api_tokens")
def list_tokens(call: Call) -> list:
    return [show(call, row) for row in visible(call)]


@routes.post("api_tokens")
def create_token(call: Call) -> dict:
    """Permissions are looked at before the name (facts 3.4)."""
    call.require(call.access.account, ADMIN)
    resources = read_resources(call)
    name = text(call.body, "name")
    errors = text_errors(name)
    if not errors and any(row["name"] == name for row in call.world.store["api_tokens"].of("account", call.account_id)):
        errors = ["has already been taken"]
    if errors:
        raise unprocessable({"name": errors})
    token = create(
        call.world,
        call.account_id,
        name,
        resources,
        created_by=call.token["name"],
        expires_at=read_expiry(call),
    )
    return show(call, token, value=True)


@routes.get("api_tokens/{id}")
def get_token(call: Call) -> dict:
    return show(call, find(call, VIEWER))


@routes.delete("api_tokens/{id}")
def delete_token(call: Call) -> Reply:
    token = find(call, ADMIN)
    require_removable(call.world, token)
    call.world.store["api_tokens"].remove(token)
    return no_content()


def require_removable(world: World, token: Row) -> None:
    """The last token of a domain cannot be removed (facts 3.4); with which answer is not known: 403 is the one that is
    documented."""
    grants = token["resources"]
    if grants and grants[0]["resource_type"] == "domain":
        tokens = of_domain(world, token["account_id"], grants[0]["resource_id"])
        if [row["id"] for row in tokens] == [token["id"]]:
            raise forbidden()


def of_domain(world: World, account_id: int, domain_id: int) -> list[Row]:
    """The tokens that are for one domain and nothing else."""
    return [
        token
        for token in world.store["api_tokens"].of("account", account_id)
        if {(item["resource_type"], item["resource_id"]) for item in token["resources"]} == {("domain", domain_id)}
    ]


@routes.post("api_tokens/{id}/reset")
def reset_token(call: Call) -> dict:
    """A new token with a new id and name; the old one goes on for half a day."""
    old = find(call, ADMIN)
    if old.get("was_reset") or is_expired(old, call.world.clock):
        raise unprocessable({"base": ["Token has expired or has already been reset"]})
    expires_at = read_expiry(call)
    table = call.world.store["api_tokens"]
    new = create(
        call.world,
        call.account_id,
        old["name"],
        [dict(item) for item in old["resources"]],
        created_by=call.token["name"],
        expires_at=expires_at,
    )
    table.change(new, name=f"{old['name']} {new['id']}")
    table.change(old, was_reset=True, expires_at=iso_seconds(call.world.clock.now() + GRACE))
    return show(call, new, value=True)


def read_resources(call: Call) -> list[dict]:
    """The permissions of the body, in current words. Without any there is no token."""
    given = call.body.get("resources")
    if not given or not isinstance(given, list):
        raise unprocessable({"base": ["No permissions selected. Please choose at least one."]})
    return [read_resource(call, item) for item in given]


def read_resource(call: Call, item: Any) -> dict:
    """One permission; an id may come as text. What the account does not have cannot be granted."""
    item = item if isinstance(item, dict) else {}
    kind = current_word(text(item, "resource_type") or "")
    key = read_number(item, "resource_id")
    level = read_level(item)
    if key is None or level is None or not exists(call, kind, key):
        raise invalid_permissions()
    return {"resource_type": kind, "resource_id": key, "access_level": level}


def invalid_permissions() -> Refusal:
    return unprocessable({"base": ["Permissions are invalid"]})


def read_number(item: dict, name: str) -> int | None:
    """A number that may come as text (facts 3.3)."""
    value = text(item, name) or ""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else None


def read_level(item: dict) -> int | None:
    """The level that a permission names, by its word or its number (facts 3.3)."""
    return LEVELS.get(text(item, "access_level")) or LEVELS.get(read_number(item, "access_level"))


def exists(call: Call, kind: str, key: int) -> bool:
    if kind in KINDS:
        row = call.world.store[KINDS[kind]].get(key)
        return row is not None and row["account_id"] == call.account_id
    return kind in ACCOUNT_TYPES and key == call.account_id


def read_expiry(call: Call) -> str | None:
    """``expires_at`` of the body: left out is the server's default, null is never (facts 11)."""
    now = call.world.clock.now()
    if "expires_at" not in call.body:
        days = call.world.settings["token_lifetime_days"]
        return None if days is None else iso_seconds(now + timedelta(days=days))
    if call.body["expires_at"] is None:
        return None
    moment = read_moment(text(call.body, "expires_at"))
    if moment is None or not now < moment <= months_later(now, MAX_MONTHS):
        raise unprocessable({"base": ["Expiration date must be in the future"]})
    return iso_seconds(moment)


def plant(world: World, item: Item) -> None:
    """``token`` fixes the value; ``access_level`` alone is a level on the whole account."""
    organization_id = item.get("organization_id", int)
    account_id = None if organization_id else accounts.of_item(world, item)
    whole = ("organization", organization_id) if organization_id else ("account", account_id)
    planted = plant_resources(item, whole)
    given = {
        "token": item.get("token", str),
        "created_by": item.get("created_by", str),
        "access_id": people.read_access_id(world, item, "access_id"),
    }
    moment = item.get("expires_at", str)
    if moment is not None:
        expires_at = read_moment(moment)
        if expires_at is None:
            raise ControlError(f"{item.where}: expires_at must be an ISO-8601 time.")
        given["expires_at"] = iso_seconds(expires_at)
    create(
        world,
        account_id,
        item.need("name", str),
        planted,
        organization_id=organization_id,
        **item.identity(world, "api_tokens"),
        **{name: value for name, value in given.items() if value is not None},
    )


def plant_resources(item: Item, whole: tuple[str, int]) -> list[dict]:
    """The ``resources`` of a seed item; without any the one that ``access_level`` gives on the ``whole``, a type and
    an id."""
    level = item.get("access_level", int | str, ADMIN)
    kind, key = whole
    everything = [{"resource_type": kind, "resource_id": key, "access_level": level}]
    resources = item.get("resources", list, everything)
    return [plant_resource(Item(f"{item.where}.resources[{n}]", one)) for n, one in enumerate(resources)]


def plant_resource(item: Item) -> dict:
    level = item.need("access_level", int | str)
    resource = {
        "resource_type": current_word(item.need("resource_type", str)),
        "resource_id": item.need("resource_id", int),
        "access_level": LEVELS.get(level, level),
    }
    if not isinstance(resource["access_level"], int):
        raise ControlError(f"{item.where}: access_level must be a number, admin or viewer.")
    item.finish()
    return resource


SEEDS = [Seed("api_tokens", plant, after=("accounts",))]
