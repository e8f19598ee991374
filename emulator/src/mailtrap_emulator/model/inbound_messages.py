# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound messages and threads: receiving, forwarding, replies and seeds (facts 3.21, 11)."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from ..mail.mime import format_address, is_address, parse, people_line
from ..state.clock import iso_ms, parse_iso
from ..state.errors import ControlError
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
from .validation import BLANK, ID_PATTERN

MESSAGES = TableSpec(
    "inbound_messages", groups={"inbox": lambda row: row["inbox_id"], "thread": lambda row: row["thread_id"]}
)
# What left as part of a thread: one row per recipient. What became of it is in the email logs, its bytes in the outbox.
SENT = TableSpec("inbound_sent", unique=("message_id",), groups={"thread": lambda row: row["thread_id"]})
THREADS = TableSpec("inbound_threads", groups={"inbox": lambda row: row["inbox_id"]})
# Which thread a Message-ID belongs to, whether that message is here or only spoken of.
LINKS = TableSpec("inbound_links", groups={"thread": lambda row: row["thread_id"]})
RAW = TableSpec("raw_inbound")
# By account: how many replies and forwards have left from hosted inboxes.
USAGE = TableSpec("inbound_usage")
TABLES = [MESSAGES, SENT, THREADS, LINKS, RAW, USAGE]

# No table: only the counter behind the ids of messages and threads.
SNOWFLAKES = TableSpec("inbound_snowflakes", 10**18)
LARGEST_ID = 9 * 10**18

MESSAGE_ID = re.compile(r"<[^<>\s]+>")
# Told by fields of their own, or about the way that the mail took.
UNTOLD_HEADERS = re.compile(
    r"from|to|cc|bcc|reply-to|subject|date|message-id|in-reply-to|references|return-path|content-.*"
    r"|(x-)?received.*|delivered-to|dkim-signature|arc-.*|authentication-results",
    re.IGNORECASE,
)
# Each inbox that forwards a mail leaves its address here, so that a mail never goes in circles.
HOPS = "X-Forwarded-For"
REWRITTEN_HEADERS = {"from", "to", "cc", "bcc", "message-id", "return-path", "dkim-signature"}


def snowflake(world: World, moment: float | None = None) -> int:
    """A new id of 19 digits that tells its time: Unix milliseconds above 20 bits to count with, as recorded.

    ``moment``, in seconds since the epoch, is for mail of another time; without it the ids only ever grow.
    """
    store = world.store
    seconds = world.clock.time() if moment is None else moment
    value = min(max(int(seconds * 1000) << 20, SNOWFLAKES.first_id), LARGEST_ID)
    if moment is None:
        value = max(value, store.next_id(SNOWFLAKES))
    while any(store[spec.name].get(value) for spec in (MESSAGES, SENT, THREADS)):
        value += 1
    if moment is None:
        store.reserve_id(SNOWFLAKES, value)
    return value


def message_ids(text: str) -> list[str]:
    """The ids in a header such as References; a sender may forget the angle brackets."""
    return MESSAGE_ID.findall(text) or text.split()


def describe_raw(world: World, raw: bytes) -> dict[str, Any]:
    """What messages in both directions tell of their bytes, bodies apart."""
    mail = parse(raw)
    told = {name.lower(): value for name, value in reversed(mail.headers)}
    return {
        "from": format_address(mail.sender) if mail.sender[1] else None,
        "to": [format_address(one) for one in mail.to],
        "cc": [format_address(one) for one in mail.cc],
        "bcc": [format_address(one) for one in mail.bcc],
        "reply_to": ", ".join(format_address(one) for one in mail.reply_to) or None,
        "subject": mail.subject or None,
        "headers": {name: value for name, value in told.items() if not UNTOLD_HEADERS.fullmatch(name)},
        "size": len(raw),
        "html_size": body_size(mail.html),
        "text_size": body_size(mail.text),
        "rfc_message_id": next(iter(message_ids(told.get("message-id", ""))), None),
        "in_reply_to": next(iter(message_ids(told.get("in-reply-to", ""))), None),
        "references": message_ids(told.get("references", "")),
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
    """A body with the line ends of the wire, as the answers have it."""
    return body and body.replace("\n", "\r\n")


def body_size(body: str | None) -> int | None:
    """Bytes of a body, None where there is none (recorded; the specification says 0)."""
    return None if body is None else len(truncate_body(body).encode())


def receive_message(
    world: World,
    inbox: Row,
    raw: bytes,
    *,
    address: str,
    mail_from: str = "",
    moment: float | None = None,
    **given: Any,
) -> Row:
    """Take a message into an inbox, do what its forward rules say, and tell it.

    ``address`` is the recipient that it came for, ``mail_from`` the envelope's sender ("" for none), ``moment`` when it
    arrived in seconds since the epoch (None for now), ``given`` are fields that a seed fixes.
    """
    store = world.store
    fields = describe_raw(world, raw)
    fields["headers"]["return-path"] = f"<{mail_from}>" if mail_from else ""
    stamp = format_timestamp(world.clock.time() if moment is None else moment)
    thread = join_thread(world, inbox, fields, stamp, moment)
    message = store["inbound_messages"].add(
        {
            "id": snowflake(world, moment),
            "account_id": inbox["account_id"],
            "inbox_id": inbox["id"],
            "thread_id": thread["id"],
            "received_at": stamp,
            "address": address,
            "forwards": [],
            **fields,
            **given,
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
    return iso_ms(datetime.fromtimestamp(seconds, UTC))


def find_log(world: World, message: Row) -> Row | None:
    """The email log of a sent message; None for a received one."""
    return world.store["email_logs"].find("message_id", message["message_id"]) if "message_id" in message else None


def find_raw_inbound(world: World, message: Row) -> bytes:
    """The bytes of a message in either direction."""
    log = find_log(world, message)
    if log is None:
        return world.store["raw_inbound"].get(message["id"])["raw"]
    return world.store["raw_outbox"].get(log["raw_id"])["raw"]


def join_thread(world: World, inbox: Row, fields: dict[str, Any], stamp: str, moment: float | None = None) -> Row:
    """The thread that a message belongs to: that of a message it answers or that answers it, else a new one."""
    ids = [fields["rfc_message_id"], fields["in_reply_to"], *reversed(fields["references"])]
    links = world.store["inbound_links"]
    keys = [f"{inbox['id']} {one}" for one in ids if one]
    known = next((link for key in keys if (link := links.get(key))), None)
    if known is not None:
        thread = world.store["inbound_threads"].get(known["thread_id"])
    else:
        thread = world.store["inbound_threads"].add(
            {
                "id": snowflake(world, moment),
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


def touch_thread(world: World, thread: Row, name: str, stamp: str) -> None:
    """Note a message in the times of its thread. They stay when the message goes (facts 3.21)."""
    world.store["inbound_threads"].update(
        thread,
        first_message_at=min(thread["first_message_at"], stamp),
        **{name: max(thread[name] or stamp, stamp)},
    )


def last_activity(thread: Row) -> str:
    return max(thread["last_received_at"] or "", thread["last_sent_at"] or "")


def list_conversation(world: World, thread: Row) -> list[Row]:
    """The messages of a thread in both directions, oldest first."""
    rows = [
        row for kind in ("inbound_messages", "inbound_sent") for row in world.store[kind].select("thread", thread["id"])
    ]
    return sorted(rows, key=lambda row: (message_time(row), row["id"]))


def message_time(message: Row) -> str:
    return message["created_at"] if "message_id" in message else message["received_at"]


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
    """Let a mail leave for an inbox as live mail does, its logs and events included.

    ``ids`` are those of the messages to the recipients, in order; ``envelope`` is what the outbox shows beside the
    mail. The logs have a ``category`` and ``custom_variables`` from there.
    """
    fields = describe_raw(world, raw)
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
    """Put a mail that leaves into the thread that it belongs to: one message per recipient, together a group.

    That several recipients make several messages is inferred from what a message tells: one delivery, and a group.
    """
    fields = describe_raw(world, raw) | {"bcc": list(bcc)}
    stamp = world.clock.stamp()
    thread = join_thread(world, inbox, fields, stamp)
    group = world.uuid4() if len(ids) > 1 else None
    for message_id in ids:
        world.store["inbound_sent"].add(
            {
                "id": snowflake(world),
                "message_id": message_id,
                "message_group_id": group,
                "account_id": inbox["account_id"],
                "inbox_id": inbox["id"],
                "thread_id": thread["id"],
                "created_at": stamp,
                **fields,
            }
        )
    touch_thread(world, thread, "last_sent_at", stamp)


def on_mail_event(world: World, event: dict[str, Any]) -> None:
    """Take in what the emulator itself has sent to an inbox. Such mail has no return path, as recorded."""
    if event["kind"] != "delivery" or (inbox := find_inbox_by_address(world, event["email"])) is None:
        return
    log = world.store["email_logs"].find("message_id", event["message_id"])
    if log is not None:
        receive_message(world, inbox, world.store["raw_outbox"].get(log["raw_id"])["raw"], address=event["email"])


def find_due_forwards(world: World, message: Row) -> Iterator[tuple[Row, str]]:
    """The rules that a message meets with their destinations. All that match fire, but an address that several name
    gets one copy."""
    mail = parse(find_raw_inbound(world, message))
    sender = [mail.sender[1]]
    recipients = [address for _, address in (*mail.to, *mail.cc)]
    seen = set()
    for rule in world.store["inbound_forward_rules"].select("inbox", message["inbox_id"]):
        if all(matches_rule(condition, sender, recipients, mail.headers) for condition in rule["conditions"]):
            for destination in rule["destinations"]:
                if destination["email"].lower() not in seen:
                    seen.add(destination["email"].lower())
                    yield rule, destination["email"]


def matches_rule(
    condition: dict[str, Any], sender: list[str], recipients: list[str], headers: Iterable[tuple[str, str]]
) -> bool:
    """Whether a message meets a condition, case aside. Of several values one must fit; ``not_equal`` is for all."""
    if condition["match_type"] == "header":
        name = condition["header_key"].lower()
        values = [value for key, value in headers if key.lower() == name]
    else:
        values = sender if condition["match_type"] == "sender" else recipients
    values = [value.strip().lower() for value in values if value.strip()]
    wanted = (condition["value"] or "").strip().lower()
    match condition["operator"]:
        case "empty":
            return not values
        case "not_empty":
            return bool(values)
        case "equal":
            return wanted in values
        case "not_equal":
            return wanted not in values
        case "contains":
            return any(wanted in value for value in values)
        case "starts_with":
            return any(value.startswith(wanted) for value in values)
        case "ends_with":
            return any(value.endswith(wanted) for value in values)
    raise ValueError(condition["operator"])


def forward_message(world: World, inbox: Row, message: Row, rule: Row, email: str) -> dict[str, Any]:
    """Send a copy on for a rule; what the message then tells of it (facts 11).

    The copy comes from the address that got the mail and keeps the other headers, its place among the threads
    included, as recorded.
    """
    outcome = {"rule_id": rule["id"], "rule_name": rule["name"], "destination": email}
    raw = find_raw_inbound(world, message)
    hops = [value.strip().lower() for name, value in parse(raw).headers if name == HOPS]
    is_loop = inbox["address"] in hops or find_inbox_by_address(world, email) == inbox
    reason = "Forwarding loop" if is_loop else find_refusal(world, inbox, email)
    if reason is not None:
        return outcome | {"status": "rejected", "reason": reason, "message_id": None}
    message_id = world.uuid1()
    sender = message["address"]
    lines = {
        "From": people_line([{"email": sender}]),
        "To": people_line([{"email": email}]),
        "Message-ID": f"<{message_id}@{sender.rpartition('@')[2]}>",
        HOPS: inbox["address"],
    }
    copy = rewrite_headers(raw, lines, REWRITTEN_HEADERS)
    record_sent(world, inbox, copy, [message_id])
    send_inbound_reply(world, inbox, copy, sender, [email], [message_id], bcc=[])
    return outcome | {"status": "forwarded", "reason": None, "message_id": message_id}


def find_refusal(world: World, inbox: Row, email: str) -> str | None:
    """Why a mail from an inbox to somebody cannot go, None if it can (facts 3.10 for suppressions)."""
    found = find_suppression(world, inbox["account_id"], email, inbox["domain_id"], "transactional")
    return find_sending_obstacle(world, inbox) or (
        f"Recipient in suppression list. Reason: {found['type']}" if found else None
    )


def find_sending_obstacle(world: World, inbox: Row) -> str | None:
    """Why no mail can leave from an inbox, None if it can. Facts have no text for it."""
    if is_hosted(inbox):
        return None
    domain = find_domain_by_name(world, inbox["account_id"], inbox["address"].removeprefix("*@"))
    return None if domain is not None and can_send(domain) else "Domain is not verified"


def rewrite_headers(raw: bytes, lines: dict[str, str], without: set[str]) -> bytes:
    """A message with new header lines at the top, and without the headers of these names (in lower case)."""
    head, separator, body = raw.partition(b"\r\n\r\n")
    kept = [
        field
        for field in re.split(rb"\r\n(?![ \t])", head)
        if field.partition(b":")[0].strip().lower().decode("latin-1") not in without
    ]
    added = [f"{name}: {value}".encode() for name, value in lines.items()]
    return b"\r\n".join([*added, *kept]) + (separator or b"\r\n\r\n") + body


def remove_inbound_message(world: World, message: Row) -> None:
    """Delete a received message; its thread goes with the last one."""
    store = world.store
    store["raw_inbound"].remove(store["raw_inbound"].get(message["id"]))
    store["inbound_messages"].remove(message)
    thread = store["inbound_threads"].get(message["thread_id"])
    if thread is not None and not list_conversation(world, thread):
        remove_thread(world, thread)


def remove_thread(world: World, thread: Row) -> None:
    """Delete a thread with its messages in both directions. What was sent stays in the outbox."""
    store = world.store
    rows = {kind: store[kind].select("thread", thread["id"]) for kind in ("inbound_links", "inbound_sent")}
    messages = store["inbound_messages"].select("thread", thread["id"])
    store["inbound_threads"].remove(thread)
    for kind, members in rows.items():
        for row in members:
            store[kind].remove(row)
    for message in messages:
        remove_inbound_message(world, message)


def remove_inbox(world: World, inbox: Row) -> None:
    """Delete an inbox with its mail and its rules."""
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


def find_sender_errors(inbox: Row, sender: Any) -> dict[str, list[str]]:
    """Hosted inboxes send as themselves; those of an own domain as anybody there (facts 3.21)."""
    if is_hosted(inbox):
        return {"from": ["is not allowed for Mailtrap-hosted inboxes"]} if sender else {}
    if not sender:
        return {"from": [BLANK]}
    email = sender.get("email") if isinstance(sender, dict) else None
    if not is_address(email) or f"*@{email.lower().rpartition('@')[2]}" != inbox["address"]:
        return {"from": ["must be an address on the domain of the inbox"]}
    return {}


def seed_inbound_message(world: World, item: FieldReader) -> Row:
    """Let a message arrive: at the ``address`` of an inbox, or at the inbox ``inbox_id``; as ``raw`` (RFC 822 text) or
    by the fields of a send request, where ``message_id``, ``in_reply_to`` and ``references`` may say more.

    ``mail_from`` is the envelope's sender (default: From), ``received_at`` when it arrived, ``id`` the message's id.
    """
    inbox, address = parse_target(world, item)
    given, moment = parse_identity(world, item), parse_received_at(item)
    mail_from, raw = item.get("mail_from", str), item.get("raw", str)
    if raw is not None:
        data = raw.replace("\r\n", "\n").replace("\n", "\r\n").encode(errors="replace")
    else:
        data = compose_inbound_mail(world, item, address)
    item.reject_unknown()
    if mail_from is None:
        mail_from = parse(data).sender[1]
    return receive_message(world, inbox, data, address=address, mail_from=mail_from, moment=moment, **given)


def parse_target(world: World, item: FieldReader) -> tuple[Row, str]:
    """The inbox that a mail is for, and the address that it is sent to."""
    address = item.get("address", str)
    if address is None:
        inbox = item.find_parent(world, "inbound_inboxes", "inbox_id")
        if not is_hosted(inbox):
            raise ControlError(f"{item.location}: address is required, {inbox['address']} has many.")
        return inbox, inbox["address"]
    inbox = find_inbox_by_address(world, address)
    if inbox is None or not is_address(address) or item.get("inbox_id", int, inbox["id"]) != inbox["id"]:
        raise ControlError(f"{item.location}: there is no such inbound inbox for {address}.")
    return inbox, address


def parse_identity(world: World, item: FieldReader) -> dict[str, int]:
    value = item.get("id", str | int)
    if value is None:
        return {}
    if not ID_PATTERN.fullmatch(str(value)) or int(value) >= 2**63:
        raise ControlError(f"{item.location}: id must be a number of at most 19 digits.")
    if world.store["inbound_messages"].get(int(value)) is not None:
        raise ControlError(f"{item.location}: there is a message {value} already.")
    return {"id": int(value)}


def parse_received_at(item: FieldReader) -> float | None:
    moment = item.get("received_at", str)
    try:
        return None if moment is None else parse_iso(moment).timestamp()
    except (ValueError, OverflowError):
        raise ControlError(f"{item.location}: received_at must be an ISO-8601 time.") from None


def compose_inbound_mail(world: World, item: FieldReader, address: str) -> bytes:
    """The mail that the fields of an item describe."""
    message_id, in_reply_to = item.get("message_id", str), item.get("in_reply_to", str)
    references = item.get("references", list, [])
    fields, errors = parse_send_request({"to": [{"email": address}], **item.read_rest()})
    if errors:
        raise ControlError(f"{item.location}: {errors[0]}.")
    lines = {"Message-ID": message_id, "In-Reply-To": in_reply_to, "References": " ".join(map(str, references))}
    lines = {name: " ".join(value.split()) for name, value in lines.items() if value}
    return rewrite_headers(compose_request(world, fields), lines, {name.lower() for name in lines})


LISTENERS = [on_mail_event]

SEEDS = [Seed("inbound_messages", seed_inbound_message, after=("inbound_inboxes", "inbound_forward_rules"))]
