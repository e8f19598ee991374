# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email logs: one entry for each recipient of live mail, with its events (docs/service.md#email-logs)."""

from hashlib import sha256
from hmac import compare_digest, digest

from ..http.call import Call
from ..http.responses import HttpError, Response, forbidden, json_response, not_found
from ..http.routing import Routes
from ..model.email_log_filters import build_condition, find_candidates, parse_filters
from ..model.email_logs import list_event_types
from ..state.json_codec import JsonObject
from ..state.store import Row, Table
from ..state.time_ordered_ids import parse_timestamp, slice_ids
from ..state.world import World

# The page size of the service is unknown.
PAGE = 100
# How long a link to a raw message is valid.
RAW_URL_SECONDS = 3600

routes = Routes()

# The keys of an entry that come before the domain.
LEADING_FIELDS = (
    "message_id",
    "status",
    "rfc_message_id",
    "in_reply_to",
    "references",
    "thread_id",
    "subject",
    "from",
    "to",
    "sent_at",
    "client_ip",
    "category",
    "custom_variables",
    "sending_stream",
)


def show_log(call: Call, row: Row, *, with_events: bool = False) -> JsonObject:
    """Convert a log entry to its wire form. Only a single entry has events and a link to the raw message."""
    fields = {name: row[name] for name in LEADING_FIELDS} | {call.vocabulary.spell("domain_id"): row["domain_id"]}
    fields |= {name: row[name] for name in ("template_id", "template_variables")}
    event_types = list_event_types(row)
    if with_events:
        fields |= {"raw_message_url": make_raw_url(call, row), "events": row["events"]}
    return fields | {"opens_count": event_types.count("open"), "clicks_count": event_types.count("click")}


@routes.get("email_logs", window="email_logs")
def list_logs(call: Call) -> JsonObject:
    """List log entries, newest first. A token sees only the entries of its domains.

    An unknown ``search_after`` gives an empty page.
    """
    table = call.world.store["email_logs"]
    filters = parse_filters(call.request.query, call.vocabulary.spell("domain_id"))
    since, until = take_sent_range(filters)
    conditions = [
        condition
        for name, (operator, values) in filters.items()
        if (condition := build_condition(name, operator, values))
    ]
    domains = call.access.domains()
    if domains is not None:
        conditions.append(lambda row: row["domain_id"] in domains)
    ids = table.ids("account", call.account_id)
    if conditions:
        ids = find_candidates(table, ids, filters)
        in_range = slice_ids(ids, since, until)
        rows = [table.rows[key] for key in ids[in_range.start : in_range.stop]]
        for condition in conditions:
            rows = list(filter(condition, rows))
        ids = [row["id"] for row in rows]
    remaining = slice_ids(ids, since, until, find_cursor_id(call, table))
    page = [table.rows[ids[position]] for position in reversed(remaining[-PAGE:])]
    return {
        "messages": [show_log(call, row) for row in page],
        "total_count": len(slice_ids(ids, since, until)),
        "next_page_cursor": page[-1]["message_id"] if len(remaining) > PAGE else None,
    }


def find_cursor_id(call: Call, table: Table) -> str | None:
    """Return the id of the row after which the page starts, or None for the first page.

    The id for an unknown ``search_after`` is "", which is before all rows.
    """
    message_id = call.query("search_after")
    if not message_id:
        return None
    row = table.find("message_id", message_id.lower())
    return row["id"] if row is not None and row["account_id"] == call.account_id else ""


@routes.get("email_logs/{sending_message_id}", window="email_log")
def get_log(call: Call) -> JsonObject:
    row = call.world.store["email_logs"].find("message_id", call.params["sending_message_id"].lower())
    domains = call.access.domains()
    if row is None or row["account_id"] != call.account_id or (domains is not None and row["domain_id"] not in domains):
        raise not_found()
    return show_log(call, row, with_events=True)


def take_sent_range(filters: dict[str, tuple[str, list[str]]]) -> tuple[str | None, str | None]:
    """Remove ``sent_after`` and ``sent_before`` from the filters and return them as timestamps.

    An invalid time is ignored.

    :raises HttpError: 400 if ``sent_after`` is later than ``sent_before``.
    """
    stamps: list[str | None] = []
    for name in ("sent_after", "sent_before"):
        _, values = filters.pop(name, ("", []))
        try:
            stamps.append(parse_timestamp(values[-1]) if values else None)
        except ValueError:
            stamps.append(None)
    since, until = stamps
    if since is not None and until is not None and since > until:
        raise HttpError(json_response({"error": "Bad Request"}, 400))
    return since, until


def make_raw_url(call: Call, row: Row) -> str:
    """Make a signed URL of the raw message. It needs no token and expires."""
    expires = int(call.world.clock.time()) + RAW_URL_SECONDS
    signature = sign_raw_url(call.world, row["message_id"], expires)
    return f"{call.base_url}/api/email_logs/{row['message_id']}/raw?expires={expires}&signature={signature}"


def sign_raw_url(world: World, message_id: str, expires: int) -> str:
    """Return the signature of the URL of a raw message. ``expires`` is in seconds since the epoch."""
    return digest(world.signing_key.encode(), f"email_log {message_id} {expires}".encode(), sha256).hex()


@routes.get("email_logs/{sending_message_id}/raw", scoped=False, is_public=True)
def get_raw(call: Call) -> Response:
    """Download the raw message as it was sent.

    The service stores these files on another host. A client must not rely on the form of the URL.
    """
    row = call.world.store["email_logs"].find("message_id", call.params["sending_message_id"])
    expires = call.query_number("expires")
    if row is None or expires is None:
        raise not_found()
    signature = sign_raw_url(call.world, row["message_id"], expires)
    if not compare_digest(signature.encode(), (call.query("signature") or "").encode()):
        raise forbidden()
    if expires < call.world.clock.time():
        raise forbidden()
    return Response(200, call.world.store["raw_outbox"][row["raw_id"]]["raw"], "message/rfc822")
