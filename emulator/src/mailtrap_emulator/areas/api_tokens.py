# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API tokens (docs/service.md#api-tokens)."""

from copy import deepcopy
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
from ..model.permissions import ADMIN, VIEWER, Grant, is_expired
from ..model.validation import cast_text, text_errors
from ..state.clock import add_months, iso_seconds, parse_iso_or_none
from ..state.json_codec import JsonObject
from ..state.store import Row
from ..state.world import World

routes = Routes()


def show_token(call: Call, token: Row, *, with_value: bool = False) -> JsonObject:
    """Convert a token to its wire form, with keys in wire order. Only create and reset show the value."""
    resources = [
        {
            "resource_type": call.vocabulary.spell(item["resource_type"]),
            "resource_id": item["resource_id"],
            "access_level": item["access_level"],
        }
        for item in token["resources"]
    ]
    fields = {
        "resources": resources,
        "id": token["id"],
        "name": token["name"],
        "last_4_digits": token["token"][-4:],
        "created_by": token["created_by"],
        "expires_at": token["expires_at"],
    }
    return fields | {"token": token["token"]} if with_value else fields


def list_visible_tokens(call: Call) -> list[Row]:
    """Return the tokens that the calling token may see: all of the account for an admin, otherwise only itself."""
    if call.access.account >= ADMIN:
        return call.world.store["api_tokens"].select("account", call.account_id)
    return [call.token]


def find_token(call: Call, level: int) -> Row:
    """Return the token in the path.

    :raises HttpError: 404 if the calling token may not see it, 403 if the calling token lacks ``level``.
    """
    token = call.find_row("api_tokens", "id")
    if not any(row is token for row in list_visible_tokens(call)):
        raise not_found()
    call.require_level(max(call.access.account, VIEWER), level)
    return token


@routes.get("api_tokens")
def list_tokens(call: Call) -> list[JsonObject]:
    return [show_token(call, row) for row in list_visible_tokens(call)]


@routes.post("api_tokens")
def create_token(call: Call) -> JsonObject:
    """Create a token. Its permissions are validated before its name (docs/service.md#validation-messages)."""
    call.require_level(call.access.account, ADMIN)
    resources = parse_resources(call)
    name = cast_text(call.body, "name")
    errors = text_errors(name)
    if not errors and any(
        row["name"] == name for row in call.world.store["api_tokens"].select("account", call.account_id)
    ):
        errors = ["has already been taken"]
    if errors or name is None:
        raise unprocessable({"name": errors})
    token = insert_token(
        call.world,
        call.account_id,
        name,
        resources,
        created_by=call.token["name"],
        expires_at=parse_expiry(call),
    )
    return show_token(call, token, with_value=True)


@routes.get("api_tokens/{id}")
def get_token(call: Call) -> JsonObject:
    return show_token(call, find_token(call, VIEWER))


@routes.delete("api_tokens/{id}")
def delete_token(call: Call) -> Response:
    token = find_token(call, ADMIN)
    check_token_removable(call.world, token)
    call.world.store["api_tokens"].remove(token)
    return no_content()


def check_token_removable(world: World, token: Row) -> None:
    """Check that a token is not the last one of its domain (docs/service.md#api-tokens).

    :raises HttpError: 403 if it is. The status that the service answers with is unknown.
    """
    grants = token["resources"]
    if grants and grants[0]["resource_type"] == "domain":
        tokens = find_domain_tokens(world, token["account_id"], grants[0]["resource_id"])
        if [row["id"] for row in tokens] == [token["id"]]:
            raise forbidden()


@routes.post("api_tokens/{id}/reset")
def reset_token(call: Call) -> JsonObject:
    """Replace a token by one with a new id, name and value. The old token stays valid for twelve hours."""
    old = find_token(call, ADMIN)
    if old.get("was_reset") or is_expired(old, call.world.clock):
        raise unprocessable({"base": ["Token has expired or has already been reset"]})
    expires_at = parse_expiry(call)
    table = call.world.store["api_tokens"]
    new = insert_token(
        call.world,
        call.account_id,
        old["name"],
        deepcopy(old["resources"]),
        created_by=call.token["name"],
        expires_at=expires_at,
    )
    table.update(new, name=f"{old['name']} {new['id']}")
    table.update(old, was_reset=True, expires_at=iso_seconds(call.world.clock.now() + RESET_GRACE))
    return show_token(call, new, with_value=True)


def parse_resources(call: Call) -> list[Grant]:
    """Parse the permissions in the body, with current names.

    :raises HttpError: 422 if there are none or one is invalid.
    """
    entries = call.body.get("resources")
    if not entries or not isinstance(entries, list):
        raise unprocessable({"base": ["No permissions selected. Please choose at least one."]})
    return [parse_resource(call, entry) for entry in entries]


def parse_resource(call: Call, entry: Any) -> Grant:
    """Parse one permission. Its ``resource_id`` may be a number or text.

    :raises HttpError: 422 if it is invalid or the account does not have the resource.
    """
    entry = entry if isinstance(entry, dict) else {}
    resource_type = current_name(cast_text(entry, "resource_type") or "")
    resource_id = parse_number(entry, "resource_id")
    level = parse_level(entry)
    if resource_id is None or level is None or not resource_exists(call, resource_type, resource_id):
        raise invalid_permissions()
    return Grant(resource_type=resource_type, resource_id=resource_id, access_level=level)


def invalid_permissions() -> HttpError:
    """Make the 422 error for invalid permissions."""
    return unprocessable({"base": ["Permissions are invalid"]})


def resource_exists(call: Call, resource_type: str, resource_id: int) -> bool:
    """Return whether the account of the token has a resource."""
    if resource_type in RESOURCE_TABLES:
        row = call.world.store[RESOURCE_TABLES[resource_type]].get(resource_id)
        return row is not None and row["account_id"] == call.account_id
    return resource_type in ACCOUNT_RESOURCE_TYPES and resource_id == call.account_id


def parse_expiry(call: Call) -> str | None:
    """Parse ``expires_at`` of the body. Null means never; without the key the default of the settings applies.

    :raises HttpError: 422 if it is not a time in the next five years.
    """
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
