# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound messages and threads: receiving, forwarding, replies and seeds (docs/service.md#inbound-messages)."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from ..mail.mime import format_address, format_header_address_list, is_address, parse_mail
from ..state.clock import iso_ms, parse_iso
from ..state.errors import ControlError
from ..state.json_codec import JsonObject
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .domain_verification import can_send
from .domains import find_domain_by_name
from .events import emit_event
from .inbound_inboxes import find_inbox_by_address, is_hosted
from .live_mail import accept_mail
from .send_requests import compose_request, parse_send_request
from .suppressions import find_suppression
from .validation import BLANK, ID_PATTERN, FieldErrors

MESSAGES = TableSpec(
    "inbound_messages", groups={"inbox": lambda row: row["inbox_id"], "thread": lambda row: row["thread_id"]}
)
# Sent messages of threads, one row per recipient. Their events are in the email logs, their bytes in the outbox.
SENT = TableSpec("inbound_sent", unique=("message_id",), groups={"thread": lambda row: row["thread_id"]})
THREADS = TableSpec("inbound_threads", groups={"inbox": lambda row: row["inbox_id"]})
# The thread of each Message-ID, also of messages that were only referred to.
LINKS = TableSpec("inbound_links", groups={"thread": lambda row: row["thread_id"]})
RAW = TableSpec("raw_inbound")
# The number of replies and forwards that the hosted inboxes of an account have sent.
USAGE = TableSpec("inbound_usage")
TABLES = [MESSAGES, SENT, THREADS, LINKS, RAW, USAGE]

# This table has no rows: it only counts the ids of messages and threads.
SNOWFLAKES = TableSpec("inbound_snowflakes", 10**18)
LARGEST_ID = 9 * 10**18

MESSAGE_ID = re.compile(r"<[^<>\s]+>")
# Headers that ``headers`` of a message leaves out: other fields contain them, or they describe the delivery.
OMITTED_HEADERS = re.compile(
    r"from|to|cc|bcc|reply-to|subject|date|message-id|in-reply-to|references|return-path|content-.*"
    r"|(x-)?received.*|delivered-to|dkim-signature|arc-.*|authentication-results",
    re.IGNORECASE,
)
# Each inbox that forwards a message adds this header with its address, so that forwarding loops are detected.
HOPS_HEADER = "X-Forwarded-For"
REWRITTEN_HEADERS = {"from", "to", "cc", "bcc", "message-id", "return-path", "dkim-signature"}


def make_snowflake_id(world: World, received_at: float | None = None) -> int:
    """Return a new id of 19 digits: milliseconds since the epoch, followed by 20 bits that count, as recorded.

    ``received_at``, in seconds since the epoch, is the time of a message from the past. Without it, ids are ascending.
    """
    store = world.store
    seconds = world.clock.time() if received_at is None else received_at
    value = min(max(int(seconds * 1000) << 20, SNOWFLAKES.first_id), LARGEST_ID)
    if received_at is None:
        value = max(value, store.next_id(SNOWFLAKES))
    while any(store[spec.name].get(value) for spec in (MESSAGES, SENT, THREADS)):
        value += 1
    if received_at is None:
        store.reserve_id(SNOWFLAKES, value)
    return value


def parse_message_ids(text: str) -> list[str]:
    """Return the message ids in a header such as References. The angle brackets may be missing."""
    return MESSAGE_ID.findall(text) or text.split()


def describe_raw_message(world: World, raw: bytes) -> JsonObject:
    """Return the fields of a message, received or sent, that its bytes determine, without the bodies."""
    mail = parse_mail(raw)
    headers = {name.lower(): value for name, value in reversed(mail.headers)}
    return {
        "from": format_address(mail.sender) if mail.sender[1] else None,
        "to": [format_address(person) for person in mail.to],
        "cc": [format_address(person) for person in mail.cc],
        "bcc": [format_address(person) for person in mail.bcc],
        "reply_to": ", ".join(format_address(person) for person in mail.reply_to) or None,
        "subject": mail.subject or None,
        "headers": {name: value for name, value in headers.items() if not OMITTED_HEADERS.fullmatch(name)},
        "size": len(raw),
        "html_size": body_size(mail.html),
        "text_size": body_size(mail.text),
        "rfc_message_id": next(iter(parse_message_ids(headers.get("message-id", ""))), None),
        "in_reply_to": next(iter(parse_message_ids(headers.get("in-reply-to", ""))), None),
        "references": parse_message_ids(headers.get("references", "")),
        "attachments": [
            {
                "attachment_id": world.uuid4(),
                "size": len(part.content),
                "filename": part.filename or None,
                "content_type": part.media_type,
                "content_disposition": "inline" if part.inline else "attachment",
                "content_id": part.content_id or None,
            }
            for part in mail.parts
        ],
    }


def truncate_body(body: str | None) -> str | None:
    """Return a body with CRLF line ends, as the API shows it."""
    return body and body.replace("\n", "\r\n")


def body_size(body: str | None) -> int | None:
    """Return the size of a body in bytes, or None for a missing body (recorded; the specification says 0)."""
    wire_body = truncate_body(body)
    return None if wire_body is None else len(wire_body.encode())


def receive_message(
    world: World,
    inbox: Row,
    raw: bytes,
    *,
    address: str,
    mail_from: str = "",
    received_at: float | None = None,
    **fields: Any,
) -> Row:
    """Put a message into an inbox, apply its forward rules and emit an event.

    ``address`` is the recipient, ``mail_from`` the envelope sender, which may be empty. ``received_at`` is in seconds
    since the epoch, by default the current time. ``fields`` override fields of the row.
    """
    store = world.store
    content = describe_raw_message(world, raw)
    content["headers"]["return-path"] = f"<{mail_from}>" if mail_from else ""
    stamp = format_timestamp(world.clock.time() if received_at is None else received_at)
    thread = join_thread(world, inbox, content, stamp, received_at)
    message = store["inbound_messages"].add(
        {
            "id": make_snowflake_id(world, received_at),
            "account_id": inbox["account_id"],
            "inbox_id": inbox["id"],
            "thread_id": thread["id"],
            "received_at": stamp,
            "address": address,
            "forwards": [],
            **content,
            **fields,
        }
    )
    store["raw_inbound"].add({"id": message["id"], "raw": raw})
    touch_thread(world, thread, "last_received_at", stamp)
    outcomes = [
        forward_message(world, inbox, message, rule, email) for rule, email in find_due_forwards(world, message)
    ]
    if outcomes:
        store["inbound_messages"].update(message, forwards=outcomes)
    emit_event(
        world,
        {
            "account_id": inbox["account_id"],
            "kind": "inbound.message_received",
            "inbound_inbox_id": inbox["id"],
            "message_id": str(message["id"]),
            "from": message["from"],
            "timestamp": world.clock.time(),
            "event_id": world.uuid1(),
        },
    )
    return message


def format_timestamp(seconds: float) -> str:
    """Return a time in seconds since the epoch as ISO 8601 with milliseconds."""
    return iso_ms(datetime.fromtimestamp(seconds, UTC))


def find_log(world: World, message: Row) -> Row | None:
    """Return the email log of a sent message, or None for a received message."""
    return world.store["email_logs"].find("message_id", message["message_id"]) if "message_id" in message else None


def find_raw_inbound(world: World, message: Row) -> bytes:
    """Return the bytes of a received or sent message."""
    log = find_log(world, message)
    row = world.store["raw_inbound"][message["id"]] if log is None else world.store["raw_outbox"][log["raw_id"]]
    raw: bytes = row["raw"]
    return raw


def join_thread(world: World, inbox: Row, fields: JsonObject, stamp: str, received_at: float | None = None) -> Row:
    """Return the thread of a message, or add one. Messages that refer to each other are in the same thread."""
    ids = [fields["rfc_message_id"], fields["in_reply_to"], *reversed(fields["references"])]
    links = world.store["inbound_links"]
    keys = [f"{inbox['id']} {message_id}" for message_id in ids if message_id]
    known_link = next((link for key in keys if (link := links.get(key))), None)
    if known_link is not None:
        thread = world.store["inbound_threads"][known_link["thread_id"]]
    else:
        thread = world.store["inbound_threads"].add(
            {
                "id": make_snowflake_id(world, received_at),
                "account_id": inbox["account_id"],
                "inbox_id": inbox["id"],
                "subject": fields["subject"],
                "first_message_at": stamp,
                "last_received_at": None,
                "last_sent_at": None,
            }
        )
    for key in keys:
        if links.get(key) is None:
            links.add({"id": key, "thread_id": thread["id"]})
    return thread


def touch_thread(world: World, thread: Row, field_name: str, stamp: str) -> None:
    """Update the times of a thread for a message. Deleting the message does not change them back.

    See docs/service.md#inbound-messages.
    """
    world.store["inbound_threads"].update(
        thread,
        first_message_at=min(thread["first_message_at"], stamp),
        **{field_name: max(thread[field_name] or stamp, stamp)},
    )


def last_activity(thread: Row) -> str:
    """Return the time of the last message of a thread, received or sent."""
    latest: str = max(thread["last_received_at"] or "", thread["last_sent_at"] or "")
    return latest


def list_conversation(world: World, thread: Row) -> list[Row]:
    """Return the received and sent messages of a thread, oldest first."""
    rows = [
        row
        for table in ("inbound_messages", "inbound_sent")
        for row in world.store[table].select("thread", thread["id"])
    ]
    return sorted(rows, key=lambda row: (message_time(row), row["id"]))


def message_time(message: Row) -> str:
    """Return when a message was sent or received."""
    return str(message["created_at"] if "message_id" in message else message["received_at"])


def send_inbound_reply(
    world: World,
    inbox: Row,
    raw: bytes,
    sender: str,
    recipients: list[str],
    ids: list[str],
    *,
    client_ip: str | None = None,
    **envelope: Any,
) -> None:
    """Send a message from an inbox as live mail, with email logs and events.

    ``ids`` are the message ids of the recipients, in the same order. ``envelope`` are further fields of the outbox; the
    logs take ``category`` and ``custom_variables`` from it.
    """
    fields = describe_raw_message(world, raw)
    log = {name: fields[name] for name in ("rfc_message_id", "in_reply_to", "references")} | {
        "account_id": inbox["account_id"],
        "subject": fields["subject"] or "",
        "from": sender,
        "client_ip": client_ip,
        "category": envelope.get("category"),
        "custom_variables": envelope.get("custom_variables"),
        "sending_stream": "transactional",
        "domain_id": inbox["domain_id"],
        "domain_name": sender.rpartition("@")[2],
    }
    accept_mail(world, log, list(zip(ids, recipients, strict=True)), raw, **envelope)


def record_sent(world: World, inbox: Row, raw: bytes, ids: list[str], bcc: Iterable[str] = ()) -> None:
    """Add a sent message to its thread: one row per recipient, with a common group id.

    A row per recipient is inferred from the fields of a sent message, which describe one delivery and a group.
    """
    fields = describe_raw_message(world, raw) | {"bcc": list(bcc)}
    stamp = world.clock.stamp()
    thread = join_thread(world, inbox, fields, stamp)
    group_id = world.uuid4() if len(ids) > 1 else None
    for message_id in ids:
        world.store["inbound_sent"].add(
            {
                "id": make_snowflake_id(world),
                "message_id": message_id,
                "message_group_id": group_id,
                "account_id": inbox["account_id"],
                "inbox_id": inbox["id"],
                "thread_id": thread["id"],
                "created_at": stamp,
                **fields,
            }
        )
    touch_thread(world, thread, "last_sent_at", stamp)


def receive_delivered_mail(world: World, event: JsonObject) -> None:
    """Receive mail that the emulator itself delivers to an inbox. Such mail has no return path, as recorded."""
    if event["kind"] != "delivery" or (inbox := find_inbox_by_address(world, event["email"])) is None:
        return
    log = world.store["email_logs"].find("message_id", event["message_id"])
    if log is not None:
        receive_message(world, inbox, world.store["raw_outbox"][log["raw_id"]]["raw"], address=event["email"])


def find_due_forwards(world: World, message: Row) -> Iterator[tuple[Row, str]]:
    """Yield the rules that match a message, with their destinations.

    All matching rules apply, but each destination gets a single copy.
    """
    mail = parse_mail(find_raw_inbound(world, message))
    sender = [mail.sender[1]]
    recipients = [address for _, address in (*mail.to, *mail.cc)]
    seen: set[str] = set()
    for rule in world.store["inbound_forward_rules"].select("inbox", message["inbox_id"]):
        if all(matches_rule(condition, sender, recipients, mail.headers) for condition in rule["conditions"]):
            for destination in rule["destinations"]:
                if destination["email"].lower() not in seen:
                    seen.add(destination["email"].lower())
                    yield rule, destination["email"]


def matches_rule(
    condition: JsonObject, sender: list[str], recipients: list[str], headers: Iterable[tuple[str, str]]
) -> bool:
    """Return whether a message matches a condition, ignoring letter case.

    One of several values must match; with ``not_equal`` none may be equal.
    """
    if condition["match_type"] == "header":
        name = condition["header_key"].lower()
        values = [value for key, value in headers if key.lower() == name]
    else:
        values = sender if condition["match_type"] == "sender" else recipients
    values = [value.strip().lower() for value in values if value.strip()]
    expected = (condition["value"] or "").strip().lower()
    match condition["operator"]:
        case "empty":
            return not values
        case "not_empty":
            return bool(values)
        case "equal":
            return expected in values
        case "not_equal":
            return expected not in values
        case "contains":
            return any(expected in value for value in values)
        case "starts_with":
            return any(value.startswith(expected) for value in values)
        case "ends_with":
            return any(value.endswith(expected) for value in values)
    raise ValueError(condition["operator"])


def forward_message(world: World, inbox: Row, message: Row, rule: Row, email: str) -> JsonObject:
    """Forward a message for a rule and return the entry for ``forwards`` of the message.

    The copy is sent from the address that received the message and keeps its other headers, as recorded. It therefore
    stays in the thread (docs/service.md#inbound-messages).
    """
    outcome = {"rule_id": rule["id"], "rule_name": rule["name"], "destination": email}
    raw = find_raw_inbound(world, message)
    hops = [value.strip().lower() for name, value in parse_mail(raw).headers if name == HOPS_HEADER]
    is_loop = inbox["address"] in hops or find_inbox_by_address(world, email) == inbox
    reason = "Forwarding loop" if is_loop else find_forward_obstacle(world, inbox, email)
    if reason is not None:
        return outcome | {"status": "rejected", "reason": reason, "message_id": None}
    message_id = world.uuid1()
    sender = message["address"]
    headers = {
        "From": format_header_address_list([{"email": sender}]),
        "To": format_header_address_list([{"email": email}]),
        "Message-ID": f"<{message_id}@{sender.rpartition('@')[2]}>",
        HOPS_HEADER: inbox["address"],
    }
    copy = rewrite_headers(raw, headers, REWRITTEN_HEADERS)
    record_sent(world, inbox, copy, [message_id])
    send_inbound_reply(world, inbox, copy, sender, [email], [message_id], bcc=[])
    return outcome | {"status": "forwarded", "reason": None, "message_id": message_id}


def find_forward_obstacle(world: World, inbox: Row, email: str) -> str | None:
    """Return why a message from an inbox to an address is refused, or None."""
    suppression = find_suppression(world, inbox["account_id"], email, inbox["domain_id"], "transactional")
    return find_sending_obstacle(world, inbox) or (
        f"Recipient in suppression list. Reason: {suppression['type']}" if suppression else None
    )


def find_sending_obstacle(world: World, inbox: Row) -> str | None:
    """Return why an inbox cannot send, or None. The service's text is unknown."""
    if is_hosted(inbox):
        return None
    domain = find_domain_by_name(world, inbox["account_id"], inbox["address"].removeprefix("*@"))
    return None if domain is not None and can_send(domain) else "Domain is not verified"


def rewrite_headers(raw: bytes, headers: dict[str, str], without: set[str]) -> bytes:
    """Return a message with new headers at the top, without the headers whose lower-case names are in ``without``."""
    head, separator, body = raw.partition(b"\r\n\r\n")
    remaining = [
        line
        for line in re.split(rb"\r\n(?![ \t])", head)
        if line.partition(b":")[0].strip().lower().decode("latin-1") not in without
    ]
    added = [f"{name}: {value}".encode() for name, value in headers.items()]
    return b"\r\n".join([*added, *remaining]) + (separator or b"\r\n\r\n") + body


def remove_inbound_message(world: World, message: Row) -> None:
    """Delete a received message, and its thread if it was the last message."""
    store = world.store
    store["raw_inbound"].remove(store["raw_inbound"][message["id"]])
    store["inbound_messages"].remove(message)
    thread = store["inbound_threads"].get(message["thread_id"])
    if thread is not None and not list_conversation(world, thread):
        remove_thread(world, thread)


def remove_thread(world: World, thread: Row) -> None:
    """Delete a thread with its received and sent messages. The outbox keeps the sent ones."""
    store = world.store
    rows = {table: store[table].select("thread", thread["id"]) for table in ("inbound_links", "inbound_sent")}
    messages = store["inbound_messages"].select("thread", thread["id"])
    store["inbound_threads"].remove(thread)
    for table, members in rows.items():
        for row in members:
            store[table].remove(row)
    for message in messages:
        remove_inbound_message(world, message)


def remove_inbox(world: World, inbox: Row) -> None:
    """Delete an inbox with its messages and rules."""
    for thread in reversed(world.store["inbound_threads"].select("inbox", inbox["id"])):
        remove_thread(world, thread)
    for rule in world.store["inbound_forward_rules"].select("inbox", inbox["id"]):
        world.store["inbound_forward_rules"].remove(rule)
    world.store["inbound_inboxes"].remove(inbox)


def remove_folder(world: World, folder: Row) -> None:
    """Delete a folder with its inboxes."""
    for inbox in world.store["inbound_inboxes"].select("folder", folder["id"]):
        remove_inbox(world, inbox)
    world.store["inbound_folders"].remove(folder)


def find_sender_errors(inbox: Row, sender: Any) -> FieldErrors:
    """Return the errors of the sender of a reply or forward.

    A hosted inbox sends from its own address, any other inbox from an address on its domain.
    """
    if is_hosted(inbox):
        return {"from": ["is not allowed for Mailtrap-hosted inboxes"]} if sender else {}
    if not sender:
        return {"from": [BLANK]}
    email = sender.get("email") if isinstance(sender, dict) else None
    if email is None or not is_address(email) or f"*@{email.lower().rpartition('@')[2]}" != inbox["address"]:
        return {"from": ["must be an address on the domain of the inbox"]}
    return {}


def seed_inbound_message(world: World, item: FieldReader) -> Row:
    """Receive a message for the inbox with this ``address`` or ``inbox_id``.

    The message is ``raw`` (RFC 822) or the fields of a send request with optional ``message_id``, ``in_reply_to`` and
    ``references``. ``mail_from`` is the envelope sender (default: From).
    """
    inbox, address = parse_target(world, item)
    identity_fields, received_at = parse_identity(world, item), parse_received_at(item)
    mail_from, raw = item.get("mail_from", str), item.get("raw", str)
    if raw is not None:
        data = raw.replace("\r\n", "\n").replace("\n", "\r\n").encode(errors="replace")
    else:
        data = compose_inbound_mail(world, item, address)
    item.reject_unknown()
    if mail_from is None:
        mail_from = parse_mail(data).sender[1]
    return receive_message(
        world, inbox, data, address=address, mail_from=mail_from, received_at=received_at, **identity_fields
    )


def parse_target(world: World, item: FieldReader) -> tuple[Row, str]:
    """Return the inbox of a seed item and the address that the message is sent to."""
    address = item.get("address", str)
    if address is None:
        inbox = item.find_parent(world, "inbound_inboxes", "inbox_id")
        if not is_hosted(inbox):
            raise ControlError(f"{item.location}: address is required for the catch-all inbox {inbox['address']}.")
        return inbox, inbox["address"]
    addressee = find_inbox_by_address(world, address)
    if addressee is None or not is_address(address) or item.get("inbox_id", int, addressee["id"]) != addressee["id"]:
        raise ControlError(f"{item.location}: no such inbound inbox has the address {address}.")
    return addressee, address


def parse_identity(world: World, item: FieldReader) -> dict[str, int]:
    """Return ``{"id": N}`` if the item chooses the id of the message, else an empty dict."""
    message_id = item.get("id", str | int)
    if message_id is None:
        return {}
    if not ID_PATTERN.fullmatch(str(message_id)) or int(message_id) >= 2**63:
        raise ControlError(f"{item.location}: id must be a number of at most 19 digits.")
    if world.store["inbound_messages"].get(int(message_id)) is not None:
        raise ControlError(f"{item.location}: there is a message {message_id} already.")
    return {"id": int(message_id)}


def parse_received_at(item: FieldReader) -> float | None:
    """Return ``received_at`` of a seed item in seconds since the epoch, or None."""
    received_at = item.get("received_at", str)
    try:
        return None if received_at is None else parse_iso(received_at).timestamp()
    except (ValueError, OverflowError):
        raise ControlError(f"{item.location}: received_at must be an ISO-8601 time.") from None


def compose_inbound_mail(world: World, item: FieldReader, address: str) -> bytes:
    """Return the message that the fields of a seed item describe."""
    message_id, in_reply_to = item.get("message_id", str), item.get("in_reply_to", str)
    references = item.get("references", list, [])
    request, errors = parse_send_request({"to": [{"email": address}], **item.read_rest()})
    if errors:
        raise ControlError(f"{item.location}: {errors[0]}.")
    headers = {"Message-ID": message_id, "In-Reply-To": in_reply_to, "References": " ".join(map(str, references))}
    headers = {name: " ".join(value.split()) for name, value in headers.items() if value}
    return rewrite_headers(compose_request(world, request), headers, {name.lower() for name in headers})


LISTENERS = [receive_delivered_mail]

SEEDS = [Seed("inbound_messages", seed_inbound_message, after=("inbound_inboxes", "inbound_forward_rules"))]
