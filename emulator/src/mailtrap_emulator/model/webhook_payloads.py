# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhook payloads: which events a webhook receives, their JSON, and the signature (docs/service.md#webhooks)."""

import hmac

from ..state.json_codec import JsonObject, encode_json
from ..state.store import Row
from .events import MAIL_EVENT_KINDS

EMAIL_SENDING, CAMPAIGNS_TYPE = "email_sending", "campaigns"
AUDIT_LOG, INBOUND_RECEIVING = "audit_log", "inbound_receiving"

AUDIT, MESSAGE_RECEIVED = "audit", "inbound.message_received"

# The content type of each payload format.
FORMATS = {"json": "application/json", "jsonlines": "application/jsonl"}

USER_AGENT = "Mailtrap/1.0 (Webhook; +https://help.mailtrap.io/article/102-webhooks)"

# The names of two event kinds differ in payloads.
EVENT_NAMES = {"soft_bounce": "soft bounce", "spam_complaint": "spam"}

# The details that the payload of each event kind contains.
BOUNCE_DETAILS, READER_DETAILS = ("response", "response_code", "bounce_category"), ("ip", "user_agent")
PAYLOAD_DETAILS = {
    "soft_bounce": BOUNCE_DETAILS,
    "bounce": BOUNCE_DETAILS,
    "suspension": ("reason",),
    "reject": ("reason",),
    "open": READER_DETAILS,
    "click": (*READER_DETAILS, "url"),
    "unsubscribe": READER_DETAILS,
}


def is_subscribed(webhook: Row, event: JsonObject) -> bool:
    """Return whether a webhook subscribes to an event. It may be paused.

    An event with an ``email_campaign_id`` belongs to a campaign. Whether webhooks of other types receive such events is
    not documented; here they do not.
    """
    kind, webhook_type = event["kind"], webhook["webhook_type"]
    if kind == AUDIT:
        return webhook_type == AUDIT_LOG
    if kind == MESSAGE_RECEIVED:
        return webhook_type == INBOUND_RECEIVING and webhook["inbound_inbox_id"] in (None, event["inbound_inbox_id"])
    if kind not in webhook["event_types"] or webhook["domain_id"] not in (None, event["domain_id"]):
        return False
    if event.get("email_campaign_id") is not None:
        return webhook_type == CAMPAIGNS_TYPE
    return webhook_type == EMAIL_SENDING and webhook["sending_stream"] == event["sending_stream"]


def build_payload(event: JsonObject) -> JsonObject | None:
    """Return the payload of an event in the documented key order, or None if webhooks never receive its kind."""
    if event["kind"] in MAIL_EVENT_KINDS:
        return mail_payload(event)
    if event["kind"] == MESSAGE_RECEIVED:
        return {
            "event": MESSAGE_RECEIVED,
            "event_id": event["event_id"],
            # Milliseconds, unlike in all other payloads.
            "timestamp": round(event["timestamp"] * 1000),
            "inbox_id": event["inbound_inbox_id"],
            "message_id": str(event["message_id"]),
            "from": event["from"],
        }
    if event["kind"] == AUDIT:
        fields = {name: event.get(name) for name in ("event", "description", "actor", "resource", "changes")}
        return drop_null_fields(fields) | {"timestamp": int(event["timestamp"])}
    return None


def mail_payload(event: JsonObject) -> JsonObject:
    """Return the payload of a mail event. Fields that do not apply are left out."""
    kind = event["kind"]
    return {
        "event": EVENT_NAMES.get(kind, kind),
        "timestamp": int(event["timestamp"]),
        "sending_stream": event["sending_stream"],
        **drop_null_fields({name: event[name] or None for name in ("category", "custom_variables")}),
        "message_id": event["message_id"],
        "email": event["email"],
        "event_id": event["event_id"],
        **drop_null_fields({name: event["details"].get(name) for name in PAYLOAD_DETAILS.get(kind, ())}),
        "sending_domain_name": event["sending_domain_name"],
    }


def drop_null_fields(fields: JsonObject) -> JsonObject:
    """Return the fields whose value is not None."""
    return {name: value for name, value in fields.items() if value is not None}


def encode_batch(payload_format: str, payloads: list[JsonObject]) -> bytes:
    """Encode payloads as one JSON document, or as a document per line."""
    if payload_format == "jsonlines":
        return b"".join(encode_json(payload) + b"\n" for payload in payloads)
    return encode_json({"events": payloads})


def sign(secret: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of a body as 64 lower-case hexadecimal digits."""
    return hmac.digest(secret.encode(), body, "sha256").hex()


def delivery_headers(payload_format: str, secret: str, body: bytes) -> dict[str, str]:
    """Return the HTTP headers of a batch."""
    return {
        "Content-Type": FORMATS[payload_format],
        "Mailtrap-Signature": sign(secret, body),
        "User-Agent": USER_AGENT,
    }
