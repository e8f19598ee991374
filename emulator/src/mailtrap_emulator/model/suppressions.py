# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Suppressions: addresses that live mail is not sent to (docs/service.md#suppressions)."""

from typing import Any

from ..mail.mime import is_address
from ..state.clock import iso_seconds
from ..state.errors import ControlError
from ..state.json_codec import JsonObject
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.time_ordered_ids import make_time_id, parse_timestamp, timestamp_from_seconds
from ..state.world import World
from .accounts import find_account_id
from .validation import BLANK, INVALID

MANUAL_TYPE = "manual import"
TYPES = ("hard bounce", "unsubscription", "spam complaint", MANUAL_TYPE)
STREAMS = ("transactional", "bulk")

# The type of the suppression that an event of this kind creates.
TYPE_AFTER = {"bounce": "hard bounce", "unsubscribe": "unsubscription", "spam_complaint": "spam complaint"}

# Suppressions show bounce categories as text instead of the codes that webhooks use.
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


def address_key(row: Row) -> tuple[int, str]:
    """Return the group of a row: account id and lower-case address."""
    return row["account_id"], row["email"].lower()


SUPPRESSIONS = TableSpec(
    "suppressions", unique=("uuid",), groups={"account": lambda row: row["account_id"], "address": address_key}
)
TABLES = [SUPPRESSIONS]


def insert_suppression(world: World, account_id: int, **fields: Any) -> Row:
    """Add a suppression. Without ``domain_id`` it applies to all domains of the account.

    ``message`` contains fields of the message that caused it.
    """
    created_at = fields.pop("created_at", None) or iso_seconds(world.clock.now())
    defaults: Row = {
        "id": make_time_id(world.store, SUPPRESSIONS, created_at),
        "uuid": world.uuid4(),
        "account_id": account_id,
        "type": MANUAL_TYPE,
        "created_at": created_at,
        "message": {},
    }
    return world.store["suppressions"].add(defaults | fields)


def find_same_scope(world: World, account_id: int, email: str, domain_id: int | None, stream: str) -> Row | None:
    """Return the suppression of an address with exactly this domain and stream, or None."""
    rows = world.store["suppressions"].select("address", (account_id, email.lower()))
    return next((row for row in rows if (row["domain_id"], row["sending_stream"]) == (domain_id, stream)), None)


def find_suppression(world: World, account_id: int, email: str, domain_id: int, stream: str) -> Row | None:
    """Return the oldest suppression that stops mail to an address from this domain and stream, or None."""
    rows = world.store["suppressions"].select("address", (account_id, email.lower()))
    return next(
        (row for row in rows if row["domain_id"] in (None, domain_id) and row["sending_stream"] in ("any", stream)),
        None,
    )


def suppress_after_event(world: World, event: JsonObject) -> None:
    """Suppress an address after a hard bounce, a complaint or an unsubscription.

    The suppression applies to the domain and the stream of the message. An existing one does not change.
    """
    suppression_type = TYPE_AFTER.get(event["kind"])
    if suppression_type is None:
        return
    scope = (event["account_id"], event["email"], event["domain_id"], event["sending_stream"])
    if find_same_scope(world, *scope) is not None:
        return
    insert_suppression(
        world,
        event["account_id"],
        type=suppression_type,
        created_at=timestamp_from_seconds(event["timestamp"]),
        email=event["email"],
        sending_stream=event["sending_stream"],
        domain_id=event["domain_id"],
        domain_name=event["sending_domain_name"],
        message=describe_suppressed_message(world, event),
    )


def describe_suppressed_message(world: World, event: JsonObject) -> dict[str, str]:
    """Return what a suppression shows of the message that caused it, from its event and its email log."""
    log = world.store["email_logs"].find("message_id", event["message_id"]) or {}
    servers = [entry["details"] for entry in log.get("events", []) if "sending_ip" in entry["details"]]
    server = servers[-1] if servers else {}
    bounce_code = event["details"].get("bounce_category") or ""
    fields = {
        "bounce_category": BOUNCE_CATEGORIES.get(bounce_code, bounce_code.capitalize()),
        "category": event["category"],
        "client_ip": log.get("client_ip"),
        "created_at": log.get("sent_at"),
        "esp_response": event["details"].get("response"),
        "esp_server_type": server.get("email_service_provider"),
        "outgoing_ip": server.get("sending_ip"),
        "recipient_mx_name": server.get("recipient_mx"),
        "sender_email": log.get("from"),
        "subject": log.get("subject"),
    }
    return {name: value for name, value in fields.items() if value}


def find_address_errors(email: str | None) -> list[str]:
    """Return the errors of an e-mail address."""
    if not (email or "").strip():
        return [BLANK]
    return [] if is_address(email) else [INVALID]


def parse_seed_fields(world: World, item: FieldReader) -> Row:
    """Return the fields that seeds of suppressions and tracking opt-outs share.

    Without ``domain_id`` they apply to all domains.
    """
    account_id = find_account_id(world, item)
    domain = item.find_parent(world, "domains", "domain_id") if item.get("domain_id", int) is not None else None
    if domain is not None and domain["account_id"] != account_id:
        raise ControlError(f"{item.location}: the domain belongs to another account.")
    created_at, uuid = item.get("created_at", str), item.get("id", str)
    try:
        created_at = parse_timestamp(created_at) if created_at else None
    except ValueError:
        raise ControlError(f"{item.location}: created_at must be an ISO-8601 time.") from None
    fields = {
        "account_id": account_id,
        "email": item.require("email", str),
        "domain_id": domain["id"] if domain else None,
        "domain_name": domain["domain_name"] if domain else None,
        "created_at": created_at,
    }
    return fields | ({"uuid": uuid.lower()} if uuid else {})


def seed_suppression(world: World, item: FieldReader) -> None:
    """Add a suppression."""
    fields = parse_seed_fields(world, item)
    suppression_type, stream = item.get("type", str, MANUAL_TYPE), item.get("sending_stream", str, "any")
    if suppression_type not in TYPES or stream not in (*STREAMS, "any"):
        raise ControlError(f"{item.location}: type or sending_stream is unknown.")
    message = item.get("message", dict, {})
    if not all(name in MESSAGE_FIELDS and isinstance(value, str) for name, value in message.items()):
        raise ControlError(f"{item.location}: message holds texts named {', '.join(MESSAGE_FIELDS)}.")
    insert_suppression(world, **fields, type=suppression_type, sending_stream=stream, message=message)


LISTENERS = [suppress_after_event]

SEEDS = [Seed("suppressions", seed_suppression, after=("accounts", "verified_domains"))]
