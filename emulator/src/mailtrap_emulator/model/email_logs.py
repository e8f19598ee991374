# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email logs: one row for each recipient of live mail, updated by its events (docs/service.md#email-logs)."""

import re
from typing import Any

from ..mail.mime import Mail, compose_mail
from ..state.clock import iso_seconds
from ..state.errors import ControlError
from ..state.json_codec import JsonObject
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.time_ordered_ids import make_time_id, parse_timestamp, timestamp_from_seconds
from ..state.world import World
from .accounts import find_account_id
from .outbox import store_raw_message
from .recipients import SENDING_IPS, mail_exchanger, mailbox_provider

STATUSES = ("delivered", "not_delivered", "enqueued", "opted_out")
STREAMS = ("transactional", "bulk")

# The event type of a log by event kind (docs/service.md#webhooks), and the status of the message by event type. The
# sources do not say which events lead to opted_out; this is inferred from the name.
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


def list_event_types(row: Row) -> list[str]:
    """Return the types of the events of a log, oldest first."""
    return [event["event_type"] for event in row["events"]]


def stats_bucket(row: Row) -> tuple[Any, ...]:
    """Return the values that statistics group messages by, in the order of the fields of ``StatsBucket``."""
    return (
        row["account_id"],
        row["sent_at"][:10],
        row["domain_id"],
        row["sending_stream"],
        row["category"],
        mailbox_provider(row["to"]),
        frozenset(list_event_types(row)),
    )


EMAIL_LOGS = TableSpec(
    "email_logs",
    unique=("message_id",),
    groups={
        "account": lambda row: row["account_id"],
        "recipient": lambda row: row["to"].lower(),
        "bucket": stats_bucket,
    },
)
TABLES = [EMAIL_LOGS]


def insert_email_log(world: World, **fields: Any) -> Row:
    """Add a log for a message to one recipient. ``sent_at`` is a timestamp, by default the current time."""
    sent_at = fields.pop("sent_at", None) or iso_seconds(world.clock.now())
    defaults: Row = {
        "id": make_time_id(world.store, EMAIL_LOGS, sent_at),
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


def log_event(world: World, event: JsonObject) -> None:
    """Add an event to the log of its message."""
    row = world.store["email_logs"].find("message_id", event.get("message_id"))
    event_type = EVENT_TYPES.get(event["kind"])
    if row is None or event_type is None:
        return
    entry = {
        "event_type": event_type,
        "created_at": timestamp_from_seconds(event["timestamp"]),
        "details": describe_event_details(event_type, row, event["details"]),
    }
    status = STATUS_AFTER.get(event_type, row["status"])
    world.store["email_logs"].update(row, status=status, events=[*row["events"], entry])


def describe_event_details(event_type: str, row: Row, details: JsonObject) -> JsonObject:
    """Convert the details of an event to those that a log shows."""
    server: JsonObject = {
        "sending_ip": SENDING_IPS[row["sending_stream"]],
        "recipient_mx": mail_exchanger(row["to"]),
        "email_service_provider": mailbox_provider(row["to"]),
    }
    if event_type == "delivery":
        return server
    if event_type in ("bounce", "soft_bounce"):
        response = details.get("response")
        status = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", response or "")
        return server | {
            "email_service_provider_status": status.group() if status else None,
            "email_service_provider_response": response,
            "bounce_category": details.get("bounce_category"),
        }
    if event_type == "spam":
        return {"spam_feedback_type": details.get("feedback_type")}
    if event_type in ("suspension", "reject"):
        return {"reject_reason": details.get("reason")}
    client = {"web_ip_address": details.get("ip")}
    return {"click_url": details.get("url")} | client if event_type == "click" else client


def seed_email_log(world: World, item: FieldReader) -> None:
    """Add a log, with a message that contains only its subject."""
    account_id = find_account_id(world, item)
    domain = item.find_parent(world, "domains", "domain_id")
    sent_at = item.get("sent_at", str)
    message_id = (item.get("message_id", str) or world.uuid1()).lower()
    stream, status = item.get("sending_stream", str, "transactional"), item.get("status", str, "enqueued")
    if stream not in STREAMS or status not in STATUSES:
        raise ControlError(f"{item.location}: sending_stream or status is unknown.")
    if domain["account_id"] != account_id:
        raise ControlError(f"{item.location}: the domain belongs to another account.")
    try:
        sent_at = parse_timestamp(sent_at) if sent_at else None
    except ValueError:
        raise ControlError(f"{item.location}: sent_at must be an ISO-8601 time.") from None
    sender = item.get("from", str, f"sender@{domain['domain_name']}")
    to, subject = item.require("to", str), item.get("subject", str, "")
    mail = Mail({"email": sender, "name": ""}, [{"email": to, "name": ""}], [], None, subject, subject, None, {}, [])
    rfc_message_id = f"{message_id}@{domain['domain_name']}"
    insert_email_log(
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
        raw_id=store_raw_message(world, compose_mail(mail, rfc_message_id, world.clock.now(), world.random_hex(32))),
    )


LISTENERS = [log_event]

SEEDS = [Seed("email_logs", seed_email_log, after=("accounts", "verified_domains"))]
