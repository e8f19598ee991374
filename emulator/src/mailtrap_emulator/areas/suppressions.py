# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Suppressions: addresses that get no more live mail (docs/service.md#suppressions)."""

from ..http.call import Call
from ..http.responses import HttpError, Response, forbidden, json_response, not_found, unprocessable
from ..http.routing import Routes
from ..model.permissions import ADMIN
from ..model.suppressions import (
    MANUAL_TYPE,
    MESSAGE_FIELDS,
    STREAMS,
    TYPES,
    find_address_errors,
    find_same_scope,
    insert_suppression,
)
from ..model.validation import BLANK, cast_text
from ..state.json_codec import JsonObject
from ..state.store import Row
from ..state.time_ordered_ids import parse_timestamp, slice_ids

PAGE_SIZE = 1000

routes = Routes(window="suppressions")


def show_suppression(row: Row) -> JsonObject:
    """Convert a suppression to its wire form. Unknown texts are "", as in recordings before August 2026."""
    fields = {
        "id": row["uuid"],
        "type": row["type"],
        "created_at": row["created_at"],
        "email": row["email"],
        "sending_stream": row["sending_stream"],
        "domain_name": row["domain_name"] or "",
    }
    return fields | {f"message_{name}": row["message"].get(name, "") for name in MESSAGE_FIELDS}


def find_page(call: Call, table_name: str) -> tuple[list[Row], bool]:
    """Return the requested page of suppressions or tracking opt-outs, newest first, and whether more rows follow.

    A token sees only the rows of its domains. After an unknown ``last_id`` the page is empty, which is assumed.

    :raises HttpError: 403 if the token has no domain, 400 if a time is invalid.
    """
    domains = call.access.domains()
    if domains is not None and not domains:
        raise forbidden()
    table = call.world.store[table_name]
    email, last_id = call.query("email"), call.query("last_id")
    ids = table.ids("address", (call.account_id, email.lower())) if email else table.ids("account", call.account_id)
    if domains is not None:
        ids = [key for key in ids if table.rows[key]["domain_id"] in domains]
    before = None
    if last_id:
        last = table.find("uuid", last_id.lower())
        before = last["id"] if last is not None and last["account_id"] == call.account_id else ""
    positions = slice_ids(ids, parse_time(call, "start_time"), parse_time(call, "end_time"), before)
    rows = [table.rows[ids[position]] for position in reversed(positions[-PAGE_SIZE:])]
    return rows, len(positions) > PAGE_SIZE


def parse_time(call: Call, name: str) -> str | None:
    """Parse a time of the query as a timestamp, or return None if it is missing.

    :raises HttpError: 400 if it is invalid.
    """
    value = call.query(name)
    try:
        return parse_timestamp(value) if value else None
    except ValueError:
        raise HttpError(json_response({"error": "Bad Request"}, 400)) from None


@routes.get("suppressions")
def list_suppressions(call: Call) -> list[JsonObject]:
    return [show_suppression(row) for row in find_page(call, "suppressions")[0]]


def find_body_domain(call: Call) -> Row | None:
    """Return the domain with the ``domain_id`` in the body, or None if the account does not have it.

    :raises HttpError: 403 if the token is not an admin of the domain, or without a domain of the account.
    """
    value = call.body.get("domain_id")
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19:
        value = int(value)
    domain = call.world.store["domains"].get(value) if isinstance(value, int) and not isinstance(value, bool) else None
    if domain is not None and domain["account_id"] != call.account_id:
        domain = None
    call.require_level(call.access.domain(domain) if domain else call.access.account, ADMIN)
    return domain


@routes.post("suppressions")
def create_suppression(call: Call) -> Response:
    """Create a suppression. A duplicate gets the default text of Rails; that of the service is unknown."""
    domain = find_body_domain(call)
    email, stream, suppression_type = (cast_text(call.body, name) for name in ("email", "sending_stream", "type"))
    errors = {
        "email": find_address_errors(email),
        "domain": [] if domain else [BLANK],
        "sending_stream": find_choice_errors(stream, STREAMS),
        "type": [] if suppression_type is None else find_choice_errors(suppression_type, TYPES),
    }
    if domain is None or email is None or stream is None or any(errors.values()):
        raise unprocessable({name: texts for name, texts in errors.items() if texts})
    if find_same_scope(call.world, call.account_id, email, domain["id"], stream):
        raise unprocessable({"email": ["has already been taken"]})
    row = insert_suppression(
        call.world,
        call.account_id,
        type=suppression_type or MANUAL_TYPE,
        email=email,
        sending_stream=stream,
        domain_id=domain["id"],
        domain_name=domain["domain_name"],
    )
    return json_response({"data": show_suppression(row)}, 201)


def find_choice_errors(value: str | None, choices: tuple[str, ...]) -> list[str]:
    """Return the errors of a value that must be one of the choices."""
    return [] if value in choices else [f"is invalid. Allowed values: {', '.join(choices)}."]


def find_deletable(call: Call, table_name: str, parameter: str) -> Row:
    """Return the suppression or tracking opt-out whose UUID is in a path parameter.

    :raises HttpError: 404, or 403 if the token is not an admin of its domain.
    """
    row = call.world.store[table_name].find("uuid", call.params[parameter].lower())
    if row is None or row["account_id"] != call.account_id:
        raise not_found()
    level = call.access.account if row["domain_id"] is None else call.access.domain({"id": row["domain_id"]})
    call.require_level(level, ADMIN)
    return row


@routes.delete("suppressions/{suppression_id}")
def delete_suppression(call: Call) -> JsonObject:
    row = find_deletable(call, "suppressions", "suppression_id")
    call.world.store["suppressions"].remove(row)
    return show_suppression(row)
