# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email logs: one row for each recipient of live mail, with what became of it (facts 3.20)."""

from hashlib import sha256
from hmac import compare_digest, digest

from ..http.call import Call
from ..http.responses import HttpError, Response, forbidden, json_response, not_found
from ..http.routing import Routes
from ..model.email_log_filters import build_condition, find_candidates, parse_filters
from ..model.email_logs import list_event_types
from ..state.store import Row, Table
from ..state.time_ordered_ids import parse_timestamp, slice_ids
from ..state.world import World

# How many a page has is not known.
PAGE = 100
RAW_URL_SECONDS = 3600

routes = Routes()

BEFORE_DOMAIN = (
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


def show(call: Call, row: Row, whole: bool = False) -> dict:
    """A message as it is listed, or ``whole`` with its events."""
    shown = {name: row[name] for name in BEFORE_DOMAIN} | {call.vocabulary.spell("domain_id"): row["domain_id"]}
    shown |= {name: row[name] for name in ("template_id", "template_variables")}
    kinds = list_event_types(row)
    if whole:
        shown |= {"raw_message_url": raw_url(call, row), "events": row["events"]}
    return shown | {"opens_count": kinds.count("open"), "clicks_count": kinds.count("click")}


@routes.get("email_logs", window="email_logs")
def list_logs(call: Call) -> dict:
    """Newest first; a token for some domains sees their mail only, one for none sees nothing (facts 3.20).

    After a ``search_after`` that names no message of the account nothing comes.
    """
    table = call.world.store["email_logs"]
    filters = parse_filters(call.request.query, call.vocabulary.spell("domain_id"))
    since, until = sent_range(filters)
    conditions = [
        one for name, (operator, values) in filters.items() if (one := build_condition(name, operator, values))
    ]
    domains = call.access.domains()
    if domains is not None:
        conditions.append(lambda row: row["domain_id"] in domains)
    ids = table.ids("account", call.account_id)
    if conditions:
        ids = find_candidates(table, ids, filters)
        within = slice_ids(ids, since, until)
        rows = [table.rows[key] for key in ids[within.start : within.stop]]
        for holds in conditions:
            rows = list(filter(holds, rows))
        ids = [row["id"] for row in rows]
    rest = slice_ids(ids, since, until, cursor(call, table))
    page = [table.rows[ids[place]] for place in reversed(rest[-PAGE:])]
    return {
        "messages": [show(call, row) for row in page],
        "total_count": len(slice_ids(ids, since, until)),
        "next_page_cursor": page[-1]["message_id"] if len(rest) > PAGE else None,
    }


def cursor(call: Call, table: Table) -> str | None:
    """The id of the row that the page begins after; "" is before all rows."""
    name = call.query("search_after")
    if not name:
        return None
    row = table.find("message_id", name.lower())
    return row["id"] if row is not None and row["account_id"] == call.account_id else ""


@routes.get("email_logs/{sending_message_id}", window="email_log")
def get_log(call: Call) -> dict:
    row = call.world.store["email_logs"].find("message_id", call.params["sending_message_id"].lower())
    domains = call.access.domains()
    if row is None or row["account_id"] != call.account_id or (domains is not None and row["domain_id"] not in domains):
        raise not_found()
    return show(call, row, whole=True)


def sent_range(filters: dict[str, tuple[str, list[str]]]) -> tuple[str | None, str | None]:
    """The stamps of ``sent_after`` and ``sent_before``; what is no time is ignored, the wrong order is 400."""
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


def raw_url(call: Call, row: Row) -> str:
    """Where the message can be fetched for a while, by whoever has the address."""
    expires = int(call.world.clock.time()) + RAW_URL_SECONDS
    signed = signature(call.world, row["message_id"], expires)
    return f"{call.base_url}/api/email_logs/{row['message_id']}/raw?expires={expires}&signature={signed}"


def signature(world: World, message_id: str, expires: int) -> str:
    return digest(world.signing_key.encode(), f"email_log {message_id} {expires}".encode(), sha256).hex()


@routes.get("email_logs/{sending_message_id}/raw", scoped=False, is_public=True)
def get_raw(call: Call) -> Response:
    """The message as it went out. The service keeps these files elsewhere; the address is all that a client knows."""
    row = call.world.store["email_logs"].find("message_id", call.params["sending_message_id"])
    expires = call.query_number("expires")
    if row is None or expires is None:
        raise not_found()
    signed = signature(call.world, row["message_id"], expires)
    if not compare_digest(signed.encode(), (call.query("signature") or "").encode()):
        raise forbidden()
    if expires < call.world.clock.time():
        raise forbidden()
    return Response(200, call.world.store["raw_outbox"].get(row["raw_id"])["raw"], "message/rfc822")
