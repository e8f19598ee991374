# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API tokens (facts 3.4, 11)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from ..http.call import Call
from ..http.responses import HttpError, Response, forbidden, no_content, not_found, unprocessable
from ..http.routing import Routes
from ..model.api_tokens import (
    ACCOUNT_RESOURCE_TYPES,
    MAX_EXPIRY_MONTHS,
    RESET_GRACE,
    RESOURCE_TABLES,
    find_domain_tokens,
    insert_token,
    parse_level,
    parse_number,
)
from ..model.legacy_names import current_name
from ..model.permissions import ADMIN, VIEWER, is_expired
from ..model.validation import cast_text, text_errors
from ..state.clock import add_months, iso_seconds, parse_iso_or_none
from ..state.store import Row
from ..state.world import World

routes = Routes()


def show(call: Call, token: Row, *, value: bool = False) -> dict:
    """The wire form, in wire order; the value itself only where it is new."""
    resources = [
        {
            "resource_type": call.vocabulary.spell(item["resource_type"]),
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


def visible_tokens(call: Call) -> Iterable[Row]:
    """Admins of the account see all its tokens, others their own."""
    if call.access.account >= ADMIN:
        return call.world.store["api_tokens"].select("account", call.account_id)
    return [call.token]


def find(call: Call, level: int) -> Row:
    token = call.find_row("api_tokens", "id")
    if not any(row is token for row in visible_tokens(call)):
        raise not_found()
    call.require_level(max(call.access.account, VIEWER), level)
    return token


@routes.get("api_tokens")
def list_tokens(call: Call) -> list:
    return [show(call, row) for row in visible_tokens(call)]


@routes.post("api_tokens")
def create_token(call: Call) -> dict:
    """Permissions are looked at before the name (facts 3.4)."""
    call.require_level(call.access.account, ADMIN)
    resources = read_resources(call)
    name = cast_text(call.body, "name")
    errors = text_errors(name)
    if not errors and any(
        row["name"] == name for row in call.world.store["api_tokens"].select("account", call.account_id)
    ):
        errors = ["has already been taken"]
    if errors:
        raise unprocessable({"name": errors})
    token = insert_token(
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
def delete_token(call: Call) -> Response:
    token = find(call, ADMIN)
    check_token_removable(call.world, token)
    call.world.store["api_tokens"].remove(token)
    return no_content()


def check_token_removable(world: World, token: Row) -> None:
    """The last token of a domain cannot be removed (facts 3.4); with which answer is not known: 403 is the one that is
    documented."""
    grants = token["resources"]
    if grants and grants[0]["resource_type"] == "domain":
        tokens = find_domain_tokens(world, token["account_id"], grants[0]["resource_id"])
        if [row["id"] for row in tokens] == [token["id"]]:
            raise forbidden()


@routes.post("api_tokens/{id}/reset")
def reset_token(call: Call) -> dict:
    """A new token with a new id and name; the old one goes on for half a day."""
    old = find(call, ADMIN)
    if old.get("was_reset") or is_expired(old, call.world.clock):
        raise unprocessable({"base": ["Token has expired or has already been reset"]})
    expires_at = read_expiry(call)
    table = call.world.store["api_tokens"]
    new = insert_token(
        call.world,
        call.account_id,
        old["name"],
        [dict(item) for item in old["resources"]],
        created_by=call.token["name"],
        expires_at=expires_at,
    )
    table.update(new, name=f"{old['name']} {new['id']}")
    table.update(old, was_reset=True, expires_at=iso_seconds(call.world.clock.now() + RESET_GRACE))
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
    kind = current_name(cast_text(item, "resource_type") or "")
    key = parse_number(item, "resource_id")
    level = parse_level(item)
    if key is None or level is None or not resource_exists(call, kind, key):
        raise invalid_permissions()
    return {"resource_type": kind, "resource_id": key, "access_level": level}


def invalid_permissions() -> HttpError:
    return unprocessable({"base": ["Permissions are invalid"]})


def resource_exists(call: Call, kind: str, key: int) -> bool:
    if kind in RESOURCE_TABLES:
        row = call.world.store[RESOURCE_TABLES[kind]].get(key)
        return row is not None and row["account_id"] == call.account_id
    return kind in ACCOUNT_RESOURCE_TYPES and key == call.account_id


def read_expiry(call: Call) -> str | None:
    """``expires_at`` of the body: left out is the server's default, null is never (facts 11)."""
    now = call.world.clock.now()
    if "expires_at" not in call.body:
        days = call.world.settings["token_lifetime_days"]
        return None if days is None else iso_seconds(now + timedelta(days=days))
    if call.body["expires_at"] is None:
        return None
    moment = parse_iso_or_none(cast_text(call.body, "expires_at"))
    if moment is None or not now < moment <= add_months(now, MAX_EXPIRY_MONTHS):
        raise unprocessable({"base": ["Expiration date must be in the future"]})
    return iso_seconds(moment)
