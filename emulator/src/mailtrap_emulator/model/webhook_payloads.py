# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a webhook is told and how: which events concern it, their words, the body, the signature (facts 3.10)."""

import hmac
from typing import Any

from ..state.json_codec import encode_json
from ..state.store import Row
from .events import MAIL_EVENT_KINDS

EMAIL_SENDING, CAMPAIGNS_TYPE = "email_sending", "campaigns"
AUDIT_LOG, INBOUND_RECEIVING = "audit_log", "inbound_receiving"

AUDIT, MESSAGE_RECEIVED = "audit", "inbound.message_received"

# Payload format to content type.
FORMATS = {"json": "application/json", "jsonlines": "application/jsonl"}

USER_AGENT = "Mailtrap/1.0 (Webhook; +https://help.mailtrap.io/article/102-webhooks)"

# Payloads have their own words for two kinds.
WORDS = {"soft_bounce": "soft bounce", "spam_complaint": "spam"}

BOUNCE_DETAILS, READER_DETAILS = ("response", "response_code", "bounce_category"), ("ip", "user_agent")
DETAILS = {
    "soft_bounce": BOUNCE_DETAILS,
    "bounce": BOUNCE_DETAILS,
    "suspension": ("reason",),
    "reject": ("reason",),
    "open": READER_DETAILS,
    "click": (*READER_DETAILS, "url"),
    "unsubscribe": READER_DETAILS,
}


def is_subscribed(webhook: Row, event: dict[str, Any]) -> bool:
    """Whether a webhook is for such an event; whether it is active is another question.

    Mail of a campaign is told by ``email_campaign_id`` in its events; which webhooks hear of it beside those for
    campaigns is not documented: here none do.
    """
    kind, of_type = event["kind"], webhook["webhook_type"]
    if kind == AUDIT:
        return of_type == AUDIT_LOG
    if kind == MESSAGE_RECEIVED:
        return of_type == INBOUND_RECEIVING and webhook["inbound_inbox_id"] in (None, event["inbound_inbox_id"])
    if kind not in webhook["event_types"] or webhook["domain_id"] not in (None, event["domain_id"]):
        return False
    if event.get("email_campaign_id") is not None:
        return of_type == CAMPAIGNS_TYPE
    return of_type == EMAIL_SENDING and webhook["sending_stream"] == event["sending_stream"]


def build_payload(event: dict[str, Any]) -> dict[str, Any] | None:
    """The event as a webhook is told it, in the order of the documented examples; None for a kind that is not told."""
    if event["kind"] in MAIL_EVENT_KINDS:
        return mail_payload(event)
    if event["kind"] == MESSAGE_RECEIVED:
        return {
            "event": MESSAGE_RECEIVED,
            "event_id": event["event_id"],
            # Milliseconds here, seconds everywhere else.
            "timestamp": round(event["timestamp"] * 1000),
            "inbox_id": event["inbound_inbox_id"],
            "message_id": str(event["message_id"]),
            "from": event["from"],
        }
    if event["kind"] == AUDIT:
        given = {name: event.get(name) for name in ("event", "description", "actor", "resource", "changes")}
        return present(given) | {"timestamp": int(event["timestamp"])}
    return None


def mail_payload(event: dict[str, Any]) -> dict[str, Any]:
    """What became of a mail. What does not apply is left out."""
    kind = event["kind"]
    return {
        "event": WORDS.get(kind, kind),
        "timestamp": int(event["timestamp"]),
        "sending_stream": event["sending_stream"],
        **present({name: event[name] or None for name in ("category", "custom_variables")}),
        "message_id": event["message_id"],
        "email": event["email"],
        "event_id": event["event_id"],
        **present({name: event["details"].get(name) for name in DETAILS.get(kind, ())}),
        "sending_domain_name": event["sending_domain_name"],
    }


def present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def encode_batch(payload_format: str, events: list[dict[str, Any]]) -> bytes:
    """The events as one document, or as one document per line."""
    if payload_format == "jsonlines":
        return b"".join(encode_json(event) + b"\n" for event in events)
    return encode_json({"events": events})


def sign(secret: str, message: bytes) -> str:
    """HMAC-SHA256 of a body, 64 lower-case hex digits."""
    return hmac.digest(secret.encode(), message, "sha256").hex()


def delivery_headers(payload_format: str, secret: str, message: bytes) -> dict[str, str]:
    return {
        "Content-Type": FORMATS[payload_format],
        "Mailtrap-Signature": sign(secret, message),
        "User-Agent": USER_AGENT,
    }
