# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email logs: one row for each recipient of live mail, with what became of it (facts 3.20)."""

import re
from collections.abc import Callable
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Any
from urllib.parse import parse_qsl

from .. import receivers
from ..call import Call
from ..clock import iso_seconds
from ..errors import ControlError
from ..mail import Mail, compose
from ..outbox import keep
from ..replies import Refusal, Reply, forbidden, json_reply, not_found
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, Table, TableSpec
from ..timeline import new_id, read_stamp, span, stamp_of
from ..world import World
from . import accounts

# How many a page has is not known.
PAGE = 100
RAW_URL_SECONDS = 3600

STATUSES = ("delivered", "not_delivered", "enqueued", "opted_out")
STREAMS = ("transactional", "bulk")

# From the kinds of events to the words of the log (facts 3.10), and to the status that a message then has. Which
# events make it opted_out is inferred from the word.
EVENT_TYPES = {
    "delivery": "delivery",
    "soft_bounce": "soft_bounce",
    "bounce": "bounce",
    "spam_complaint": "spam",
    "open": "open",
    "click": "click",
    "unsubscribe": "unsubscribe",
    "suspension": "suspension",
    "reject": "reject",
}
STATUS_AFTER = {
    "delivery": "delivered",
    "soft_bounce": "not_delivered",
    "bounce": "not_delivered",
    "suspension": "not_delivered",
    "reject": "not_delivered",
    "spam": "opted_out",
    "unsubscribe": "opted_out",
}


def event_types(row: Row) -> list[str]:
    return [event["event_type"] for event in row["events"]]


def bucket(row: Row) -> tuple:
    """What statistics tell messages apart by: account, date, domain, stream, category, provider and outcome."""
    return (
        row["account_id"],
        row["sent_at"][:10],
        row["domain_id"],
        row["sending_stream"],
        row["category"],
        receivers.provider(row["to"]),
        frozenset(event_types(row)),
    )


EMAIL_LOGS = TableSpec(
    "email_logs",
    unique=("message_id",),
    groups={
        "account": lambda row: row["account_id"],
        "recipient": lambda row: row["to"].lower(),
        "bucket": bucket,
    },
)
TABLES = [EMAIL_LOGS]
routes = Routes()


def create(world: World, **fields: Any) -> Row:
    """Log a message to one recipient as accepted now, or at ``sent_at`` (a stamp in seconds)."""
    sent_at = fields.pop("sent_at", None) or iso_seconds(world.clock.now())
    defaults = {
        "id": new_id(world.store, EMAIL_LOGS, sent_at),
        "status": "enqueued",
        "in_reply_to": None,
        "references": [],
        "thread_id": None,
        "subject": "",
        "client_ip": None,
        "category": None,
        "custom_variables": None,
        "template_id": None,
        "template_variables": None,
        "sent_at": sent_at,
        "events": [],
    }
    return world.store["email_logs"].add(defaults | fields)


def note(world: World, event: dict[str, Any]) -> None:
    """Write an event of a mail into its log."""
    row = world.store["email_logs"].find("message_id", event.get("message_id"))
    kind = EVENT_TYPES.get(event["kind"])
    if row is None or kind is None:
        return
    entry = {
        "event_type": kind,
        "created_at": stamp_of(event["timestamp"]),
        "details": details(kind, row, event["details"]),
    }
    status = STATUS_AFTER.get(kind, row["status"])
    world.store["email_logs"].change(row, status=status, events=[*row["events"], entry])


LISTENERS = [note]


def details(kind: str, row: Row, given: dict[str, Any]) -> dict[str, Any]:
    """The ``details`` of a logged event, from those of the event as it was emitted."""
    server = {
        "sending_ip": receivers.SENDING_IPS[row["sending_stream"]],
        "recipient_mx": receivers.exchanger(row["to"]),
        "email_service_provider": receivers.provider(row["to"]),
    }
    if kind == "delivery":
        return server
    if kind in ("bounce", "soft_bounce"):
        response = given.get("response")
        status = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", response or "")
        return server | {
            "email_service_provider_status": status.group() if status else None,
            "email_service_provider_response": response,
            "bounce_category": given.get("bounce_category"),
        }
    if kind == "spam":
        return {"spam_feedback_type": given.get("feedback_type")}
    if kind in ("suspension", "reject"):
        return {"reject_reason": given.get("reason")}
    reader = {"web_ip_address": given.get("ip")}
    return {"click_url": given.get("url")} | reader if kind == "click" else reader


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
    shown = {name: row[name] for name in BEFORE_DOMAIN} | {call.words("domain_id"): row["domain_id"]}
    shown |= {name: row[name] for name in ("template_id", "template_variables")}
    kinds = event_types(row)
    if whole:
        shown |= {"raw_message_url": raw_url(call, row), "events": row["events"]}
    return shown | {"opens_count": kinds.count("open"), "clicks_count": kinds.count("click")}


@routes.get("email_logs", window="email_logs")
def list_logs(call: Call) -> dict:
    """Newest first; a token for some domains sees their mail only, one for none sees nothing (facts 3.20).

    After a ``search_after`` that names no message of the account nothing comes.
    """
    table = call.world.store["email_logs"]
    filters = read_filters(call.request.query, call.words("domain_id"))
    since, until = sent_range(filters)
    conditions = [one for name, (operator, values) in filters.items() if (one := condition(name, operator, values))]
    domains = call.access.domains()
    if domains is not None:
        conditions.append(lambda row: row["domain_id"] in domains)
    ids = table.ids("account", call.account_id)
    if conditions:
        ids = candidates(table, ids, filters)
        within = span(ids, since, until)
        rows = [table.rows[key] for key in ids[within.start : within.stop]]
        for holds in conditions:
            rows = list(filter(holds, rows))
        ids = [row["id"] for row in rows]
    rest = span(ids, since, until, cursor(call, table))
    page = [table.rows[ids[place]] for place in reversed(rest[-PAGE:])]
    return {
        "messages": [show(call, row) for row in page],
        "total_count": len(span(ids, since, until)),
        "next_page_cursor": page[-1]["message_id"] if len(rest) > PAGE else None,
    }


def cursor(call: Call, table: Table) -> str | None:
    """The id of the row that the page begins after; "" is before all rows."""
    name = call.query("search_after")
    if not name:
        return None
    row = table.find("message_id", name.lower())
    return row["id"] if row is not None and row["account_id"] == call.account_id else ""


def candidates(table: Table, ids: list[str], filters: dict[str, tuple[str, list[str]]]) -> list[str]:
    """The ids to look through: where recipients are named in full only theirs, ascending, else all of ``ids``."""
    operator, values = filters.get("to", ("", []))
    if operator != "ci_equal" or not values or not ids:
        return ids
    account_id = table.rows[ids[0]]["account_id"]
    found = {key for value in values for key in table.ids("recipient", value.lower())}
    return sorted(key for key in found if table.rows[key]["account_id"] == account_id)


@routes.get("email_logs/{sending_message_id}", window="email_log")
def get_log(call: Call) -> dict:
    row = call.world.store["email_logs"].find("message_id", call.params["sending_message_id"].lower())
    domains = call.access.domains()
    if row is None or row["account_id"] != call.account_id or (domains is not None and row["domain_id"] not in domains):
        raise not_found()
    return show(call, row, whole=True)


FILTER = re.compile(r"filters\[(\w+)\](?:\[(operator|value)\](?:\[\d*\])?)?")


def read_filters(query: str, domain_word: str) -> dict[str, tuple[str, list[str]]]:
    """Operator ("" if there is none) and values of each filter by its current name.

    ``domain_word`` is how the path says ``domain_id``; the other generation's word is an unknown filter, and those
    are ignored (facts 0.4). Blank values are no values.
    """
    filters: dict[str, tuple[str, list[str]]] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        if (part := FILTER.fullmatch(key)) is None:
            continue
        name = part[1]
        if name == domain_word:
            name = "domain_id"
        elif name == "domain_id":
            continue
        operator, values = filters.get(name, ("", []))
        if part[2] == "operator":
            operator = value
        elif value:
            values = [*values, value]
        filters[name] = (operator, values)
    return filters


def sent_range(filters: dict[str, tuple[str, list[str]]]) -> tuple[str | None, str | None]:
    """The stamps of ``sent_after`` and ``sent_before``; what is no time is ignored, the wrong order is 400."""
    stamps: list[str | None] = []
    for name in ("sent_after", "sent_before"):
        _, values = filters.pop(name, ("", []))
        try:
            stamps.append(read_stamp(values[-1]) if values else None)
        except ValueError:
            stamps.append(None)
    since, until = stamps
    if since is not None and until is not None and since > until:
        raise Refusal(json_reply({"error": "Bad Request"}, 400))
    return since, until


def in_details(field: str) -> Callable[[Row], list[str]]:
    return lambda row: [value for event in row["events"] if (value := event["details"].get(field)) is not None]


def in_row(field: str) -> Callable[[Row], list[str]]:
    return lambda row: [] if row[field] is None else [str(row[field])]


# What each filter looks at; a message may have none or several.
TEXTS: dict[str, Callable[[Row], list[str]]] = {
    "to": in_row("to"),
    "from": in_row("from"),
    "subject": in_row("subject"),
    "status": in_row("status"),
    "events": event_types,
    "client_ip": in_row("client_ip"),
    "sending_ip": in_details("sending_ip"),
    "email_service_provider_response": in_details("email_service_provider_response"),
    "email_service_provider": in_details("email_service_provider"),
    "recipient_mx": in_details("recipient_mx"),
    "category": in_row("category"),
    "domain_id": in_row("domain_id"),
    "sending_stream": in_row("sending_stream"),
}
COUNTS = {"clicks_count": "click", "opens_count": "open"}

ANY_CASE = ("ci_equal", "ci_not_equal", "ci_contain", "ci_not_contain")
EQUAL = ("equal", "not_equal")
OPERATORS = {
    "to": ANY_CASE,
    "from": ANY_CASE,
    "subject": (*ANY_CASE, "empty", "not_empty"),
    "status": EQUAL,
    "events": ("include_event", "not_include_event"),
    "clicks_count": ("equal", "greater_than", "less_than"),
    "opens_count": ("equal", "greater_than", "less_than"),
    "client_ip": (*EQUAL, "contain", "not_contain"),
    "sending_ip": (*EQUAL, "contain", "not_contain"),
    "email_service_provider_response": ANY_CASE,
    "email_service_provider": EQUAL,
    "recipient_mx": ANY_CASE,
    "category": EQUAL,
    "domain_id": EQUAL,
    "sending_stream": EQUAL,
}
WORDS = {"status": STATUSES, "events": tuple(EVENT_TYPES.values()), "sending_stream": STREAMS}
NUMBER = re.compile(r"[0-9]{1,18}")


def is_value(name: str, value: str) -> bool:
    """Whether a filter can have this value."""
    if name in COUNTS or name == "domain_id":
        return NUMBER.fullmatch(value) is not None
    return name not in WORDS or value in WORDS[name]


def condition(name: str, operator: str, values: list[str]) -> Callable[[Row], bool] | None:
    """The test that a filter is; None for an unknown or invalid one, which counts for nothing (facts 3.20).

    Several values stand for any of them.
    """
    if operator not in OPERATORS.get(name, ()):
        return None
    if operator in ("empty", "not_empty"):
        return lambda row: any(TEXTS[name](row)) == (operator == "not_empty")
    values = [value for value in values if is_value(name, value)]
    if not values:
        return None
    if name in COUNTS:
        return counts(COUNTS[name], operator, int(values[-1]))
    fold = str.lower if operator.startswith("ci_") else str
    wanted = {fold(value) for value in values}
    texts = TEXTS[name]
    negative = "not_" in operator
    if operator.endswith("contain"):
        return lambda row: negative != any(part in fold(text) for text in texts(row) for part in wanted)
    return lambda row: negative == wanted.isdisjoint(map(fold, texts(row)))


def counts(kind: str, operator: str, number: int) -> Callable[[Row], bool]:
    if operator == "equal":
        return lambda row: event_types(row).count(kind) == number
    if operator == "greater_than":
        return lambda row: event_types(row).count(kind) > number
    return lambda row: event_types(row).count(kind) < number


def raw_url(call: Call, row: Row) -> str:
    """Where the message can be fetched for a while, by whoever has the address."""
    expires = int(call.world.clock.time()) + RAW_URL_SECONDS
    signed = signature(call.world, row["message_id"], expires)
    return f"{call.base_url}/api/email_logs/{row['message_id']}/raw?expires={expires}&signature={signed}"


def signature(world: World, message_id: str, expires: int) -> str:
    return digest(world.secret.encode(), f"email_log {message_id} {expires}".encode(), sha256).hex()


@routes.get("email_logs/{sending_message_id}/raw", scoped=False, is_public=True)
def get_raw(call: Call) -> Reply:
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
    return Reply(200, call.world.store["raw_outbox"].get(row["raw_id"])["raw"], "message/rfc822")


def plant(world: World, item: Item) -> None:
    """A message that was sent at some time, with nothing but its text."""
    account_id = accounts.of_item(world, item)
    domain = item.parent(world, "domains", "domain_id")
    sent_at = item.get("sent_at", str)
    message_id = (item.get("message_id", str) or world.uuid1()).lower()
    stream, status = item.get("sending_stream", str, "transactional"), item.get("status", str, "enqueued")
    if stream not in STREAMS or status not in STATUSES:
        raise ControlError(f"{item.where}: sending_stream or status is unknown.")
    if domain["account_id"] != account_id:
        raise ControlError(f"{item.where}: the domain belongs to another account.")
    try:
        sent_at = read_stamp(sent_at) if sent_at else None
    except ValueError:
        raise ControlError(f"{item.where}: sent_at must be an ISO-8601 time.") from None
    sender = item.get("from", str, f"sender@{domain['domain_name']}")
    to, subject = item.need("to", str), item.get("subject", str, "")
    mail = Mail({"email": sender, "name": ""}, [{"email": to, "name": ""}], [], None, subject, subject, None, {}, [])
    rfc_message_id = f"{message_id}@{domain['domain_name']}"
    create(
        world,
        account_id=account_id,
        message_id=message_id,
        status=status,
        rfc_message_id=f"<{rfc_message_id}>",
        subject=subject,
        **{"from": sender},
        to=to,
        sent_at=sent_at,
        client_ip=item.get("client_ip", str),
        category=item.get("category", str),
        custom_variables=item.get("custom_variables", dict),
        sending_stream=stream,
        domain_id=domain["id"],
        domain_name=domain["domain_name"],
        raw_id=keep(world, compose(mail, rfc_message_id, world.clock.now(), world.hex(32))),
    )


SEEDS = [Seed("email_logs", plant, after=("accounts", "verified_domains"))]
