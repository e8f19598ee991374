# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Suppressions: addresses that live mail no longer goes to (facts 3.18)."""

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
from ..state.store import Row
from ..state.time_ordered_ids import parse_timestamp, slice_ids

PAGE_SIZE = 1000

routes = Routes(window="suppressions")


def show_suppression(row: Row) -> dict:
    """What there is nothing to say about is "" and not null (facts 0.4)."""
    shown = {
        "id": row["uuid"],
        "type": row["type"],
        "created_at": row["created_at"],
        "email": row["email"],
        "sending_stream": row["sending_stream"],
        "domain_name": row["domain_name"] or "",
    }
    return shown | {f"message_{name}": row["message"].get(name, "") for name in MESSAGE_FIELDS}


def find_page(call: Call, kind: str) -> tuple[list[Row], bool]:
    """One page of an account's addresses, newest first, as the query filters them, and whether there are more.

    A time that is none is 400; after a ``last_id`` that names no row nothing comes (both inferred). A token for some
    domains sees their rows only, one that sees none of the account is refused.
    """
    domains = call.access.domains()
    if domains is not None and not domains:
        raise forbidden()
    table = call.world.store[kind]
    email, last_id = call.query("email"), call.query("last_id")
    ids = table.ids("address", (call.account_id, email.lower())) if email else table.ids("account", call.account_id)
    if domains is not None:
        ids = [key for key in ids if table.rows[key]["domain_id"] in domains]
    before = None
    if last_id:
        last = table.find("uuid", last_id.lower())
        before = last["id"] if last is not None and last["account_id"] == call.account_id else ""
    places = slice_ids(ids, read_time(call, "start_time"), read_time(call, "end_time"), before)
    return [table.rows[ids[place]] for place in reversed(places[-PAGE_SIZE:])], len(places) > PAGE_SIZE


def read_time(call: Call, name: str) -> str | None:
    value = call.query(name)
    try:
        return parse_timestamp(value) if value else None
    except ValueError:
        raise HttpError(json_response({"error": "Bad Request"}, 400)) from None


@routes.get("suppressions")
def list_suppressions(call: Call) -> list:
    return [show_suppression(row) for row in find_page(call, "suppressions")[0]]


def find_writable_domain(call: Call) -> Row | None:
    """The domain that a body names, None if it names none of the account; 403 without the admin level on it."""
    key = call.body.get("domain_id")
    key = int(key) if isinstance(key, str) and key.isascii() and key.isdecimal() and len(key) < 19 else key
    domain = call.world.store["domains"].get(key) if isinstance(key, int) and not isinstance(key, bool) else None
    if domain is not None and domain["account_id"] != call.account_id:
        domain = None
    call.require_level(call.access.domain(domain) if domain else call.access.account, ADMIN)
    return domain


@routes.post("suppressions")
def create_suppression(call: Call) -> Response:
    """What an address that is suppressed already is answered is not known; here it is the word of Rails for it."""
    domain = find_writable_domain(call)
    email, stream, kind = (cast_text(call.body, name) for name in ("email", "sending_stream", "type"))
    errors = {"email": find_address_errors(email), "domain": [] if domain else [BLANK]}
    errors["sending_stream"] = allowed(stream, STREAMS)
    errors["type"] = allowed(kind, TYPES) if kind is not None else []
    found = {name: sentences for name, sentences in errors.items() if sentences}
    if not found and find_same_scope(call.world, call.account_id, email, domain["id"], stream):
        found = {"email": ["has already been taken"]}
    if found:
        raise unprocessable(found)
    row = insert_suppression(
        call.world,
        call.account_id,
        type=kind or MANUAL_TYPE,
        email=email,
        sending_stream=stream,
        domain_id=domain["id"],
        domain_name=domain["domain_name"],
    )
    return json_response({"data": show_suppression(row)}, 201)


def allowed(value: str | None, values: tuple[str, ...]) -> list[str]:
    return [] if value in values else [f"is invalid. Allowed values: {', '.join(values)}."]


def find_deletable(call: Call, kind: str, name: str) -> Row:
    """The row that the path names, for one who may remove it."""
    row = call.world.store[kind].find("uuid", call.params[name].lower())
    if row is None or row["account_id"] != call.account_id:
        raise not_found()
    level = call.access.account if row["domain_id"] is None else call.access.domain({"id": row["domain_id"]})
    call.require_level(level, ADMIN)
    return row


@routes.delete("suppressions/{suppression_id}")
def delete_suppression(call: Call) -> dict:
    row = find_deletable(call, "suppressions", "suppression_id")
    call.world.store["suppressions"].remove(row)
    return show_suppression(row)
