# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound messages and threads, and the answers to them (facts 3.21, 11)."""

import base64
import binascii
from dataclasses import replace
from hashlib import sha256
from hmac import compare_digest, digest
from html import escape
from typing import Any
from urllib.parse import quote

from .. import inbound
from ..access import ADMIN, VIEWER
from ..call import BLANK, ID, Call
from ..clock import iso_ms, parse_iso
from ..errors import ControlError
from ..mail import File, Parsed, Part, is_address, parse
from ..replies import Reply, json_reply, no_content, not_found, unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row
from ..world import World
from .inbound import find_inbox, gate
from .messages import attachment_header
from .sending import MAX_LIVE_MESSAGE, Fields, compose_fields, read_fields

routes = Routes(scoped=False, refuse=gate)
LISTENERS = [inbound.arrive]

# How many a page has is not known (facts 10).
PER_PAGE = 30
MESSAGES = "inbound/inboxes/{inbox_id}/messages"
MESSAGE = MESSAGES + "/{message_id}"
THREADS = "inbound/inboxes/{inbox_id}/threads"
THREAD = THREADS + "/{thread_id}"

# How long a link to a file is good, seconds.
LINK_SECONDS = 3600
# References grow with each answer; beyond this the oldest but the first are left out (RFC 5322 3.6.4 permits it).
MAX_REFERENCES = 10

ENVELOPE = ("from", "to", "cc", "bcc", "reply_to", "subject")
ORIGIN = ("rfc_message_id", "in_reply_to", "references")


def show(message: Row) -> dict:
    """A message as it is listed, in wire order."""
    return {
        "id": str(message["id"]),
        "inbox_id": message["inbox_id"],
        **{name: message[name] for name in ENVELOPE},
        **{name: message[name] for name in ("headers", "size", "html_size", "text_size", "received_at")},
        **{name: message[name] for name in ORIGIN},
        "thread_id": str(message["thread_id"]),
        "attachments": message["attachments"],
        "forwards": message["forwards"],
    }


def show_whole(call: Call, message: Row) -> dict:
    """A message with its bodies, and with links to its files."""
    mail = parse(inbound.raw_of(call.world, message))
    url, expires = link(call, message, "raw.eml")
    return show(message) | {
        "attachments": with_links(call, message),
        "raw_message_url": url,
        "raw_message_expires_at": expires,
        "html_body": inbound.wire_body(mail.html),
        "text_body": inbound.wire_body(mail.text),
    }


def with_links(call: Call, message: Row) -> list[dict]:
    """The attachments of a message in either direction, with links to them."""
    shown = []
    for number, file in enumerate(message["attachments"]):
        url, expires = link(call, message, file["filename"] or file["attachment_id"], number)
        shown.append(file | {"download_url": url, "download_url_expires_at": expires})
    return shown


def show_thread(world: World, thread: Row) -> dict:
    """A thread as it is listed. Times tell of all that was ever in it, the rest of what is there (facts 3.21)."""
    messages = inbound.conversation(world, thread)
    return {
        "id": str(thread["id"]),
        "subject": thread["subject"],
        "message_count": len(messages),
        "size": sum(message["size"] for message in messages),
        "first_message_at": thread["first_message_at"],
        "last_received_at": thread["last_received_at"],
        "last_sent_at": thread["last_sent_at"],
        "last_activity_at": inbound.last_activity(thread),
        "last_message_id": str(messages[-1]["id"]),
        "senders": list(dict.fromkeys(message["from"] for message in messages if message["from"])),
        "recipients": list(dict.fromkeys(one for message in messages for one in (*message["to"], *message["cc"]))),
        "attachments": [file for message in messages for file in message["attachments"]],
    }


def show_in_thread(call: Call, message: Row) -> dict:
    """A message as its thread shows it. ``reply_to`` is "" for none, in both directions, as recorded."""
    mail = parse(inbound.raw_of(call.world, message))
    log = inbound.log_of(call.world, message)
    return {
        "visibility_status": "available",
        "direction": "inbound" if log is None else "outbound",
        "id": str(message["id"]) if log is None else message["message_id"],
        "message_group_id": message.get("message_group_id"),
        "subject": message["subject"],
        **{name: message[name] for name in ORIGIN},
        **{name: message[name] for name in ("from", "to", "cc", "bcc")},
        "reply_to": message["reply_to"] or "",
        "created_at": inbound.moment_of(message),
        "email_size": message["size"],
        "text_body": inbound.wire_body(mail.text),
        "html_body": inbound.wire_body(mail.html),
        "attachments": with_links(call, message),
        **({"forwards": message["forwards"]} if log is None else outcome(log)),
    }


def outcome(log: Row) -> dict:
    """What became of a sent message, in the older and in the newer form that answers have together (facts 11)."""
    times = {
        event["event_type"]: iso_ms(parse_iso(event["created_at"]))
        for event in log["events"]
        if event["event_type"] in ("delivery", "bounce")
    }
    moments = {"delivered_at": times.get("delivery"), "bounced_at": times.get("bounce")}
    delivery = {"to": log["to"], "status": log["status"], **moments}
    return {"delivery_status": log["status"], **moments, "delivery": delivery}


def find_message(call: Call, level: int) -> tuple[Row, Row]:
    """The inbox and the message of the path."""
    inbox = find_inbox(call, level)
    message = call.row("inbound_messages", "message_id")
    if message["inbox_id"] != inbox["id"]:
        raise not_found()
    return inbox, message


def find_thread(call: Call, level: int) -> Row:
    inbox = find_inbox(call, level)
    thread = call.row("inbound_threads", "thread_id")
    if thread["inbox_id"] != inbox["id"]:
        raise not_found()
    return thread


@routes.get(MESSAGES)
def list_messages(call: Call) -> dict:
    """Newest first. A ``last_id`` narrows the list to older messages, and so does it the count: an old or unknown one
    leaves nothing (facts 3.21)."""
    inbox = find_inbox(call, VIEWER)
    rows = call.world.store["inbound_messages"].of("inbox", inbox["id"])
    rows.sort(key=lambda row: (row["received_at"], row["id"]), reverse=True)
    if last_id := call.query("last_id"):
        limit = int(last_id) if ID.fullmatch(last_id) else 0
        last = call.world.store["inbound_messages"].get(limit)
        before = (last["received_at"], limit) if last else None
        rows = [row for row in rows if ((row["received_at"], row["id"]) < before if before else row["id"] < limit)]
    return page([show(row) for row in rows[:PER_PAGE]], len(rows), len(rows) > PER_PAGE)


def page(data: list[dict], total: int, more: bool) -> dict:
    return {"data": data, "total_count": total, "last_id": data[-1]["id"] if more else None}


@routes.get(MESSAGE)
def get_message(call: Call) -> dict:
    return show_whole(call, find_message(call, VIEWER)[1])


@routes.delete(MESSAGE)
def delete_message(call: Call) -> Reply:
    inbound.remove_message(call.world, find_message(call, ADMIN)[1])
    return no_content()


@routes.get(THREADS)
def list_threads(call: Call) -> dict:
    """The last active first. ``search`` looks into subjects and people; a ``last_id`` that names no thread of the inbox
    is ignored, and none changes the count (facts 3.21)."""
    inbox = find_inbox(call, VIEWER)
    world = call.world
    rows = world.store["inbound_threads"].of("inbox", inbox["id"])
    rows.sort(key=lambda row: (inbound.last_activity(row), row["id"]), reverse=True)
    if search := (call.query("search") or "").casefold():
        rows = [row for row in rows if is_about(show_thread(world, row), search)]
    ids = [str(row["id"]) for row in rows]
    last_id = call.query("last_id")
    rest = rows[ids.index(last_id) + 1 :] if last_id in ids else rows
    return page([show_thread(world, row) for row in rest[:PER_PAGE]], len(rows), len(rest) > PER_PAGE)


def is_about(thread: dict, search: str) -> bool:
    texts = (thread["subject"] or "", *thread["senders"], *thread["recipients"])
    return any(search in text.casefold() for text in texts)


@routes.get(THREAD)
def get_thread(call: Call) -> dict:
    thread = find_thread(call, VIEWER)
    messages = inbound.conversation(call.world, thread)
    shown = show_thread(call.world, thread)
    files = [file for message in messages for file in with_links(call, message)]
    return shown | {"attachments": files, "messages": [show_in_thread(call, message) for message in messages]}


@routes.delete(THREAD)
def delete_thread(call: Call) -> Reply:
    inbound.remove_thread(call.world, find_thread(call, ADMIN))
    return no_content()


@routes.post(MESSAGE + "/reply")
def reply(call: Call) -> Reply:
    """To whom the message says, or to others if ``to`` is given."""
    return answer(call, cc=[])


@routes.post(MESSAGE + "/reply_all")
def reply_all(call: Call) -> Reply:
    """To the same as a reply, with a copy to all others whom the message went to but the inbox itself."""
    inbox, message = find_message(call, ADMIN)
    mail = parse(inbound.raw_of(call.world, message))
    targets = {person["email"].lower() for person in asked(mail)}
    others = {
        pair[1].lower(): person(pair)
        for pair in (*mail.to, *mail.cc)
        if pair[1].lower() not in targets and inbound.inbox_of(call.world, pair[1]) is not inbox
    }
    return answer(call, cc=list(others.values()))


def answer(call: Call, cc: list[dict[str, str]]) -> Reply:
    inbox, message = find_message(call, ADMIN)
    body = dict(call.body)
    body["to"] = body.get("to") or asked(parse(inbound.raw_of(call.world, message)))
    if cc and isinstance(body.get("cc") or [], list):
        body["cc"] = [*(body.get("cc") or []), *cc]
    body["subject"] = prefixed("Re: ", ("re:",), message["subject"])
    fields = read(call, inbox, body)
    references = [*message["references"], *([message["rfc_message_id"]] if message["rfc_message_id"] else [])]
    if references:
        fields.headers["In-Reply-To"] = references[-1]
        fields.headers["References"] = " ".join([*references[:1], *references[1:][1 - MAX_REFERENCES :]])
    return leave(call, inbox, fields, in_thread=True)


@routes.post(MESSAGE + "/forward")
def forward(call: Call) -> Reply:
    """The message goes along: quoted below the given text, and with its attachments.

    Recorded are only the answer, and that the thread does not show a forwarded mail.
    """
    inbox, message = find_message(call, ADMIN)
    mail = parse(inbound.raw_of(call.world, message))
    if not call.body.get("to"):
        raise unprocessable({"to": [BLANK]})
    body = call.body | {"subject": prefixed("Fwd: ", ("fwd:", "fw:"), message["subject"])}
    # Whatever is there now, the mail will have a text.
    fields = read(call, inbox, {"text": " ", **body, **({"text": " "} if not body.get("text") else {})})
    note, html = call.body.get("text") or "", fields.html or ""
    quoted = quote_text(note, message, mail)
    whole = quote_html(html or as_html(note), message, mail) if mail.html or html else None
    files = [*fields.files, *(file_of(part) for part in mail.parts)]
    return leave(call, inbox, replace(fields, text=quoted, html=whole, files=files), in_thread=False)


def asked(mail: Parsed) -> list[dict[str, str]]:
    """Who is to get the answer to a mail."""
    return [person(pair) for pair in mail.reply_to or ([mail.sender] if mail.sender[1] else [])]


def person(pair: tuple[str, str]) -> dict[str, str]:
    return {"email": pair[1], "name": pair[0]}


def prefixed(prefix: str, known: tuple[str, ...], subject: str | None) -> str:
    subject = subject or ""
    return subject if subject.lower().startswith(known) else prefix + subject


def headlines(message: Row) -> list[str]:
    lines = {
        "From": message["from"],
        "Date": message["received_at"],
        "Subject": message["subject"],
        "To": ", ".join(message["to"]),
    }
    return ["---------- Forwarded message ----------", *(f"{name}: {value}" for name, value in lines.items() if value)]


def quote_text(note: str, message: Row, mail: Parsed) -> str:
    parts = [note, "\n".join(headlines(message)), mail.text or ""]
    return "\n\n".join(part for part in parts if part)


def quote_html(note: str, message: Row, mail: Parsed) -> str:
    lines = "<br>".join(escape(line) for line in headlines(message))
    return f"{note}<div>{lines}</div>{mail.html or as_html(mail.text or '')}"


def as_html(text: str) -> str:
    return f"<p>{escape(text)}</p>".replace("\n", "<br>") if text else ""


def file_of(part: Part) -> File:
    return File(part.filename or "attachment", part.content, part.media_type, part.inline, part.content_id or None)


def read(call: Call, inbox: Row, body: dict[str, Any]) -> Fields:
    """The fields of a send request that an inbox sends. Raises 422: facts have no texts for it, so that those of
    sending stand under ``base``."""
    errors = sender_errors(inbox, body.get("from"))
    limit = call.world.settings["inbound_hosted_sends"]
    if inbound.is_hosted(inbox):
        body = body | {"from": {"email": inbox["address"]}}
        if limit is not None and hosted_sends(call) >= limit:
            errors.setdefault("base", ["You've reached the limit of replies and forwards from Mailtrap-hosted inboxes"])
    if errors:
        raise unprocessable(errors)
    fields, sentences = read_fields({name: value for name, value in body.items() if not name.startswith("template_")})
    if sentences:
        raise unprocessable({"base": sentences})
    # The place among the threads is not for clients to say.
    own = {"in-reply-to", "references"}
    fields.headers = {name: value for name, value in fields.headers.items() if name.lower() not in own}
    return fields


def sender_errors(inbox: Row, sender: Any) -> dict[str, list[str]]:
    """Hosted inboxes send as themselves; those of an own domain as anybody there (facts 3.21)."""
    if inbound.is_hosted(inbox):
        return {"from": ["is not allowed for Mailtrap-hosted inboxes"]} if sender else {}
    if not sender:
        return {"from": [BLANK]}
    email = sender.get("email") if isinstance(sender, dict) else None
    if not is_address(email) or f"*@{email.lower().rpartition('@')[2]}" != inbox["address"]:
        return {"from": ["must be an address on the domain of the inbox"]}
    return {}


def hosted_sends(call: Call) -> int:
    usage = call.world.store["inbound_usage"].get(call.account_id)
    return usage["hosted_sends"] if usage else 0


def leave(call: Call, inbox: Row, fields: Fields, *, in_thread: bool) -> Reply:
    """Send the mail; one id per recipient."""
    world = call.world
    ids = [world.uuid1() for _ in fields.recipients]
    raw = compose_fields(world, fields, ids[0])
    reason = inbound.blocked(world, inbox)
    if reason is None and len(raw) > MAX_LIVE_MESSAGE:
        reason = "message too large"
    if reason is not None:
        raise unprocessable({"base": [reason]})
    if inbound.is_hosted(inbox):
        world.store["inbound_usage"].add({"id": call.account_id, "hosted_sends": hosted_sends(call) + 1})
    if in_thread:
        bcc = [inbound.display((one.get("name", ""), one["email"])) for one in fields.bcc]
        inbound.keep_sent(world, inbox, raw, ids, bcc)
    inbound.send(
        world,
        inbox,
        raw,
        fields.sender["email"],
        fields.recipients,
        ids,
        client_ip=call.request.client_ip or None,
        bcc=fields.bcc,
        category=fields.category,
        custom_variables=fields.custom_variables,
    )
    return json_reply({"message_ids": ids}, 201)


def link(call: Call, message: Row, name: str, number: int | None = None) -> tuple[str, str]:
    """An address that serves a file of a message to whoever has it, and until when. ``number`` is that of the
    attachment, None for the whole message."""
    # In milliseconds, as it is told.
    expires = int((call.world.clock.time() + LINK_SECONDS) * 1000)
    kind = "sent" if "message_id" in message else "messages"
    content = f"{kind}/{message['id']}/{'' if number is None else number}/{expires}"
    sealed = base64.urlsafe_b64encode(content.encode() + b"/" + signature(call.world, content)).decode()
    url = f"{call.base_url}/api/inbound/files/{sealed}/{quote(name, safe='')}"
    return url, inbound.stamp_of(expires / 1000)


def signature(world: World, content: str) -> bytes:
    return digest(world.secret.encode(), f"inbound {content}".encode(), sha256).hex().encode()


@routes.get("inbound/files/{sealed}/{name}", is_public=True, refuse=None)
def get_file(call: Call) -> Reply:
    """A file by its link. The service keeps these files elsewhere, where an old or altered link is a 403 in XML."""
    try:
        content, _, signed = base64.urlsafe_b64decode(call.params["sealed"]).rpartition(b"/")
        kind, key, number, expires = content.decode().split("/")
    except (binascii.Error, ValueError):
        return denied("Access Denied")
    if not compare_digest(signed, signature(call.world, content.decode())):
        return denied("Access Denied")
    if int(expires) <= call.world.clock.time() * 1000:
        return denied("Request has expired")
    message = call.world.store[f"inbound_{kind}"].get(int(key))
    if message is None:
        raise not_found()
    raw = inbound.raw_of(call.world, message)
    if not number:
        return Reply(200, raw, "message/rfc822", [attachment_header("raw.eml")])
    part = parse(raw).parts[int(number)]
    return Reply(200, part.content, part.media_type, [attachment_header(part.filename or "attachment")])


def denied(sentence: str) -> Reply:
    error = f"<Error><Code>AccessDenied</Code><Message>{sentence}</Message></Error>"
    return Reply(403, f'<?xml version="1.0" encoding="UTF-8"?>\n{error}'.encode(), "application/xml")


def plant(world: World, item: Item) -> Row:
    """Let a message arrive: at the ``address`` of an inbox, or at the inbox ``inbox_id``; as ``raw`` (RFC 822 text) or
    by the fields of a send request, where ``message_id``, ``in_reply_to`` and ``references`` may say more.

    ``mail_from`` is the envelope's sender (default: From), ``received_at`` when it arrived, ``id`` the message's id.
    """
    inbox, address = read_target(world, item)
    given, moment = read_identity(world, item), read_moment(item)
    mail_from, raw = item.get("mail_from", str), item.get("raw", str)
    if raw is not None:
        data = raw.replace("\r\n", "\n").replace("\n", "\r\n").encode(errors="replace")
    else:
        data = write(world, item, address)
    item.finish()
    if mail_from is None:
        mail_from = parse(data).sender[1]
    return inbound.receive(world, inbox, data, address=address, mail_from=mail_from, moment=moment, **given)


def read_target(world: World, item: Item) -> tuple[Row, str]:
    """The inbox that a mail is for, and the address that it is sent to."""
    address = item.get("address", str)
    if address is None:
        inbox = item.parent(world, "inbound_inboxes", "inbox_id")
        if not inbound.is_hosted(inbox):
            raise ControlError(f"{item.where}: address is required, {inbox['address']} has many.")
        return inbox, inbox["address"]
    inbox = inbound.inbox_of(world, address)
    if inbox is None or not is_address(address) or item.get("inbox_id", int, inbox["id"]) != inbox["id"]:
        raise ControlError(f"{item.where}: there is no such inbound inbox for {address}.")
    return inbox, address


def read_identity(world: World, item: Item) -> dict[str, int]:
    value = item.get("id", str | int)
    if value is None:
        return {}
    if not ID.fullmatch(str(value)) or int(value) >= 2**63:
        raise ControlError(f"{item.where}: id must be a number of at most 19 digits.")
    if world.store["inbound_messages"].get(int(value)) is not None:
        raise ControlError(f"{item.where}: there is a message {value} already.")
    return {"id": int(value)}


def read_moment(item: Item) -> float | None:
    moment = item.get("received_at", str)
    try:
        return None if moment is None else parse_iso(moment).timestamp()
    except (ValueError, OverflowError):
        raise ControlError(f"{item.where}: received_at must be an ISO-8601 time.") from None


def write(world: World, item: Item, address: str) -> bytes:
    """The mail that the fields of an item describe."""
    message_id, in_reply_to = item.get("message_id", str), item.get("in_reply_to", str)
    references = item.get("references", list, [])
    fields, errors = read_fields({"to": [{"email": address}], **item.rest()})
    if errors:
        raise ControlError(f"{item.where}: {errors[0]}.")
    lines = {"Message-ID": message_id, "In-Reply-To": in_reply_to, "References": " ".join(map(str, references))}
    lines = {name: " ".join(value.split()) for name, value in lines.items() if value}
    return inbound.readdressed(compose_fields(world, fields), lines, {name.lower() for name in lines})


SEEDS = [Seed("inbound_messages", plant, after=("inbound_inboxes", "inbound_forward_rules"))]
