# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Suppressions: addresses that live mail no longer goes to (facts 3.18)."""

from typing import Any

from ..access import ADMIN
from ..call import BLANK, INVALID, Call, text
from ..clock import iso_seconds
from ..errors import ControlError
from ..mail import is_address
from ..replies import Refusal, Reply, forbidden, json_reply, not_found, unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..timeline import new_id, read_stamp, span, stamp_of
from ..world import World
from . import accounts

PAGE = 1000
MANUAL = "manual import"
TYPES = ("hard bounce", "unsubscription", "spam complaint", MANUAL)
STREAMS = ("transactional", "bulk")

# What makes a suppression by itself.
TYPE_AFTER = {"bounce": "hard bounce", "unsubscribe": "unsubscription", "spam_complaint": "spam complaint"}

# Bounce categories are codes in webhooks and words here (facts 3.18).
BOUNCE_CATEGORIES = {"badrecipient": "Bad recipient", "overquota": "Over quota"}

MESSAGE_FIELDS = (
    "bounce_category",
    "category",
    "client_ip",
    "created_at",
    "esp_response",
    "esp_server_type",
    "outgoing_ip",
    "recipient_mx_name",
    "sender_email",
    "subject",
)


def by_address(row: Row) -> tuple[int, str]:
    return row["account_id"], row["email"].lower()


SUPPRESSIONS = TableSpec(
    "suppressions", unique=("uuid",), groups={"account": lambda row: row["account_id"], "address": by_address}
)
TABLES = [SUPPRESSIONS]
routes = Routes(window="suppressions")


def create(world: World, account_id: int, **fields: Any) -> Row:
    """``domain_id`` None is every domain of the account; ``message`` tells about the mail that led to it."""
    created_at = fields.pop("created_at", None) or iso_seconds(world.clock.now())
    defaults = {
        "id": new_id(world.store, SUPPRESSIONS, created_at),
        "uuid": world.uuid4(),
        "account_id": account_id,
        "type": MANUAL,
        "created_at": created_at,
        "message": {},
    }
    return world.store["suppressions"].add(defaults | fields)


def same(world: World, account_id: int, email: str, domain_id: int | None, stream: str) -> Row | None:
    """The suppression of exactly this scope."""
    rows = world.store["suppressions"].of("address", (account_id, email.lower()))
    return next((row for row in rows if (row["domain_id"], row["sending_stream"]) == (domain_id, stream)), None)


def against(world: World, account_id: int, email: str, domain_id: int, stream: str) -> Row | None:
    """The suppression that stops mail from this domain on this stream to an address, the oldest if there are more."""
    rows = world.store["suppressions"].of("address", (account_id, email.lower()))
    return next(
        (row for row in rows if row["domain_id"] in (None, domain_id) and row["sending_stream"] in ("any", stream)),
        None,
    )


def note(world: World, event: dict[str, Any]) -> None:
    """Suppress an address after a hard bounce, a complaint or an unsubscription, for the domain and the stream of the
    mail. One that is suppressed so already stays as it is."""
    kind = TYPE_AFTER.get(event["kind"])
    if kind is None:
        return
    scope = (event["account_id"], event["email"], event["domain_id"], event["sending_stream"])
    if same(world, *scope) is not None:
        return
    create(
        world,
        event["account_id"],
        type=kind,
        created_at=stamp_of(event["timestamp"]),
        email=event["email"],
        sending_stream=event["sending_stream"],
        domain_id=event["domain_id"],
        domain_name=event["sending_domain_name"],
        message=message_fields(world, event),
    )


LISTENERS = [note]


def message_fields(world: World, event: dict[str, Any]) -> dict[str, str]:
    """What a suppression says about the mail of an event; the email logs know more than the event."""
    row = world.store["email_logs"].find("message_id", event["message_id"]) or {}
    servers = [entry["details"] for entry in row.get("events", []) if "sending_ip" in entry["details"]]
    server = servers[-1] if servers else {}
    code = event["details"].get("bounce_category") or ""
    found = {
        "bounce_category": BOUNCE_CATEGORIES.get(code, code.capitalize()),
        "category": event["category"],
        "client_ip": row.get("client_ip"),
        "created_at": row.get("sent_at"),
        "esp_response": event["details"].get("response"),
        "esp_server_type": server.get("email_service_provider"),
        "outgoing_ip": server.get("sending_ip"),
        "recipient_mx_name": server.get("recipient_mx"),
        "sender_email": row.get("from"),
        "subject": row.get("subject"),
    }
    return {name: value for name, value in found.items() if value}


def show(row: Row) -> dict:
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


def page(call: Call, kind: str) -> tuple[list[Row], bool]:
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
    places = span(ids, read_time(call, "start_time"), read_time(call, "end_time"), before)
    return [table.rows[ids[place]] for place in reversed(places[-PAGE:])], len(places) > PAGE


def read_time(call: Call, name: str) -> str | None:
    value = call.query(name)
    try:
        return read_stamp(value) if value else None
    except ValueError:
        raise Refusal(json_reply({"error": "Bad Request"}, 400)) from None


@routes.get("suppressions")
def list_suppressions(call: Call) -> list:
    return [show(row) for row in page(call, "suppressions")[0]]


def writable_domain(call: Call) -> Row | None:
    """The domain that a body names, None if it names none of the account; 403 without the admin level on it."""
    key = call.body.get("domain_id")
    key = int(key) if isinstance(key, str) and key.isascii() and key.isdecimal() and len(key) < 19 else key
    domain = call.world.store["domains"].get(key) if isinstance(key, int) and not isinstance(key, bool) else None
    if domain is not None and domain["account_id"] != call.account_id:
        domain = None
    call.require(call.access.domain(domain) if domain else call.access.account, ADMIN)
    return domain


def address_errors(email: str | None) -> list[str]:
    if not (email or "").strip():
        return [BLANK]
    return [] if is_address(email) else [INVALID]


@routes.post("suppressions")
def create_suppression(call: Call) -> Reply:
    """What an address that is suppressed already is answered is not known; here it is the word of Rails for it."""
    domain = writable_domain(call)
    email, stream, kind = (text(call.body, name) for name in ("email", "sending_stream", "type"))
    errors = {"email": address_errors(email), "domain": [] if domain else [BLANK]}
    errors["sending_stream"] = allowed(stream, STREAMS)
    errors["type"] = allowed(kind, TYPES) if kind is not None else []
    found = {name: sentences for name, sentences in errors.items() if sentences}
    if not found and same(call.world, call.account_id, email, domain["id"], stream):
        found = {"email": ["has already been taken"]}
    if found:
        raise unprocessable(found)
    row = create(
        call.world,
        call.account_id,
        type=kind or MANUAL,
        email=email,
        sending_stream=stream,
        domain_id=domain["id"],
        domain_name=domain["domain_name"],
    )
    return json_reply({"data": show(row)}, 201)


def allowed(value: str | None, values: tuple[str, ...]) -> list[str]:
    return [] if value in values else [f"is invalid. Allowed values: {', '.join(values)}."]


def find(call: Call, kind: str, name: str) -> Row:
    """The row that the path names, for one who may remove it."""
    row = call.world.store[kind].find("uuid", call.params[name].lower())
    if row is None or row["account_id"] != call.account_id:
        raise not_found()
    level = call.access.account if row["domain_id"] is None else call.access.domain({"id": row["domain_id"]})
    call.require(level, ADMIN)
    return row


@routes.delete("suppressions/{suppression_id}")
def delete_suppression(call: Call) -> dict:
    row = find(call, "suppressions", "suppression_id")
    call.world.store["suppressions"].remove(row)
    return show(row)


def planted_fields(world: World, item: Item) -> dict[str, Any]:
    """What the seeds of suppressions and of tracking opt-outs have in common; without a domain it is all of them."""
    account_id = accounts.of_item(world, item)
    domain = item.parent(world, "domains", "domain_id") if item.get("domain_id", int) is not None else None
    if domain is not None and domain["account_id"] != account_id:
        raise ControlError(f"{item.where}: the domain belongs to another account.")
    created_at, uuid = item.get("created_at", str), item.get("id", str)
    try:
        created_at = read_stamp(created_at) if created_at else None
    except ValueError:
        raise ControlError(f"{item.where}: created_at must be an ISO-8601 time.") from None
    fields = {
        "account_id": account_id,
        "email": item.need("email", str),
        "domain_id": domain["id"] if domain else None,
        "domain_name": domain["domain_name"] if domain else None,
        "created_at": created_at,
    }
    return fields | ({"uuid": uuid.lower()} if uuid else {})


def plant(world: World, item: Item) -> None:
    fields = planted_fields(world, item)
    kind, stream = item.get("type", str, MANUAL), item.get("sending_stream", str, "any")
    if kind not in TYPES or stream not in (*STREAMS, "any"):
        raise ControlError(f"{item.where}: type or sending_stream is unknown.")
    message = item.get("message", dict, {})
    if not all(name in MESSAGE_FIELDS and isinstance(value, str) for name, value in message.items()):
        raise ControlError(f"{item.where}: message holds texts named {', '.join(MESSAGE_FIELDS)}.")
    create(world, **fields, type=kind, sending_stream=stream, message=message)


SEEDS = [Seed("suppressions", plant, after=("accounts", "verified_domains"))]
