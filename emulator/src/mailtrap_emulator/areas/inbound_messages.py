# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound messages and threads, and the answers to them (facts 3.21, 11)."""

import base64
import binascii
from dataclasses import replace
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Any
from urllib.parse import quote

from ..http.call import Call
from ..http.responses import Response, content_disposition, json_response, no_content, not_found, unprocessable
from ..http.routing import Routes
from ..mail.mime import Parsed, format_address, parse
from ..mail.quoting import part_to_file, prefix_subject, quote_html, quote_text, text_to_html
from ..model.inbound_inboxes import find_inbox_by_address, is_hosted
from ..model.inbound_messages import (
    find_log,
    find_raw_inbound,
    find_sender_errors,
    find_sending_obstacle,
    format_timestamp,
    last_activity,
    list_conversation,
    message_time,
    record_sent,
    remove_inbound_message,
    remove_thread,
    send_inbound_reply,
    truncate_body,
)
from ..model.permissions import ADMIN, VIEWER
from ..model.send_requests import MAX_LIVE_MESSAGE, SendRequest, compose_request, parse_send_request
from ..model.validation import BLANK, ID_PATTERN
from ..state.clock import iso_ms, parse_iso
from ..state.store import Row
from ..state.world import World
from .inbound_inboxes import check_inbound_enabled, find_inbound_inbox

routes = Routes(scoped=False, convert_error=check_inbound_enabled)

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


def show_message(message: Row) -> dict:
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
    mail = parse(find_raw_inbound(call.world, message))
    url, expires = link(call, message, "raw.eml")
    return show_message(message) | {
        "attachments": with_links(call, message),
        "raw_message_url": url,
        "raw_message_expires_at": expires,
        "html_body": truncate_body(mail.html),
        "text_body": truncate_body(mail.text),
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
    messages = list_conversation(world, thread)
    return {
        "id": str(thread["id"]),
        "subject": thread["subject"],
        "message_count": len(messages),
        "size": sum(message["size"] for message in messages),
        "first_message_at": thread["first_message_at"],
        "last_received_at": thread["last_received_at"],
        "last_sent_at": thread["last_sent_at"],
        "last_activity_at": last_activity(thread),
        "last_message_id": str(messages[-1]["id"]),
        "senders": list(dict.fromkeys(message["from"] for message in messages if message["from"])),
        "recipients": list(dict.fromkeys(one for message in messages for one in (*message["to"], *message["cc"]))),
        "attachments": [file for message in messages for file in message["attachments"]],
    }


def show_in_thread(call: Call, message: Row) -> dict:
    """A message as its thread shows it. ``reply_to`` is "" for none, in both directions, as recorded."""
    mail = parse(find_raw_inbound(call.world, message))
    log = find_log(call.world, message)
    return {
        "visibility_status": "available",
        "direction": "inbound" if log is None else "outbound",
        "id": str(message["id"]) if log is None else message["message_id"],
        "message_group_id": message.get("message_group_id"),
        "subject": message["subject"],
        **{name: message[name] for name in ORIGIN},
        **{name: message[name] for name in ("from", "to", "cc", "bcc")},
        "reply_to": message["reply_to"] or "",
        "created_at": message_time(message),
        "email_size": message["size"],
        "text_body": truncate_body(mail.text),
        "html_body": truncate_body(mail.html),
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
    inbox = find_inbound_inbox(call, level)
    message = call.find_row("inbound_messages", "message_id")
    if message["inbox_id"] != inbox["id"]:
        raise not_found()
    return inbox, message


def find_thread(call: Call, level: int) -> Row:
    inbox = find_inbound_inbox(call, level)
    thread = call.find_row("inbound_threads", "thread_id")
    if thread["inbox_id"] != inbox["id"]:
        raise not_found()
    return thread


@routes.get(MESSAGES)
def list_messages(call: Call) -> dict:
    """Newest first. A ``last_id`` narrows the list to older messages, and so does it the count: an old or unknown one
    leaves nothing (facts 3.21)."""
    inbox = find_inbound_inbox(call, VIEWER)
    rows = call.world.store["inbound_messages"].select("inbox", inbox["id"])
    rows.sort(key=lambda row: (row["received_at"], row["id"]), reverse=True)
    if last_id := call.query("last_id"):
        limit = int(last_id) if ID_PATTERN.fullmatch(last_id) else 0
        last = call.world.store["inbound_messages"].get(limit)
        before = (last["received_at"], limit) if last else None
        rows = [row for row in rows if ((row["received_at"], row["id"]) < before if before else row["id"] < limit)]
    return page([show_message(row) for row in rows[:PER_PAGE]], len(rows), len(rows) > PER_PAGE)


def page(data: list[dict], total: int, more: bool) -> dict:
    return {"data": data, "total_count": total, "last_id": data[-1]["id"] if more else None}


@routes.get(MESSAGE)
def get_message(call: Call) -> dict:
    return show_whole(call, find_message(call, VIEWER)[1])


@routes.delete(MESSAGE)
def delete_message(call: Call) -> Response:
    remove_inbound_message(call.world, find_message(call, ADMIN)[1])
    return no_content()


@routes.get(THREADS)
def list_threads(call: Call) -> dict:
    """The last active first. ``search`` looks into subjects and people; a ``last_id`` that names no thread of the inbox
    is ignored, and none changes the count (facts 3.21)."""
    inbox = find_inbound_inbox(call, VIEWER)
    world = call.world
    rows = world.store["inbound_threads"].select("inbox", inbox["id"])
    rows.sort(key=lambda row: (last_activity(row), row["id"]), reverse=True)
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
    messages = list_conversation(call.world, thread)
    shown = show_thread(call.world, thread)
    files = [file for message in messages for file in with_links(call, message)]
    return shown | {"attachments": files, "messages": [show_in_thread(call, message) for message in messages]}


@routes.delete(THREAD)
def delete_thread(call: Call) -> Response:
    remove_thread(call.world, find_thread(call, ADMIN))
    return no_content()


@routes.post(MESSAGE + "/reply")
def reply(call: Call) -> Response:
    """To whom the message says, or to others if ``to`` is given."""
    return answer(call, cc=[])


@routes.post(MESSAGE + "/reply_all")
def reply_all(call: Call) -> Response:
    """To the same as a reply, with a copy to all others whom the message went to but the inbox itself."""
    inbox, message = find_message(call, ADMIN)
    mail = parse(find_raw_inbound(call.world, message))
    targets = {person["email"].lower() for person in asked(mail)}
    others = {
        pair[1].lower(): person(pair)
        for pair in (*mail.to, *mail.cc)
        if pair[1].lower() not in targets and find_inbox_by_address(call.world, pair[1]) is not inbox
    }
    return answer(call, cc=list(others.values()))


def answer(call: Call, cc: list[dict[str, str]]) -> Response:
    inbox, message = find_message(call, ADMIN)
    body = dict(call.body)
    body["to"] = body.get("to") or asked(parse(find_raw_inbound(call.world, message)))
    if cc and isinstance(body.get("cc") or [], list):
        body["cc"] = [*(body.get("cc") or []), *cc]
    body["subject"] = prefix_subject("Re: ", ("re:",), message["subject"])
    fields = read(call, inbox, body)
    references = [*message["references"], *([message["rfc_message_id"]] if message["rfc_message_id"] else [])]
    if references:
        fields.headers["In-Reply-To"] = references[-1]
        fields.headers["References"] = " ".join([*references[:1], *references[1:][1 - MAX_REFERENCES :]])
    return leave(call, inbox, fields, in_thread=True)


@routes.post(MESSAGE + "/forward")
def forward(call: Call) -> Response:
    """The message goes along: quoted below the given text, and with its attachments.

    Recorded are only the answer, and that the thread does not show a forwarded mail.
    """
    inbox, message = find_message(call, ADMIN)
    mail = parse(find_raw_inbound(call.world, message))
    if not call.body.get("to"):
        raise unprocessable({"to": [BLANK]})
    body = call.body | {"subject": prefix_subject("Fwd: ", ("fwd:", "fw:"), message["subject"])}
    # Whatever is there now, the mail will have a text.
    fields = read(call, inbox, {"text": " ", **body, **({"text": " "} if not body.get("text") else {})})
    note, html = call.body.get("text") or "", fields.html or ""
    quoted = quote_text(note, message, mail)
    whole = quote_html(html or text_to_html(note), message, mail) if mail.html or html else None
    files = [*fields.files, *(part_to_file(part) for part in mail.parts)]
    return leave(call, inbox, replace(fields, text=quoted, html=whole, files=files), in_thread=False)


def asked(mail: Parsed) -> list[dict[str, str]]:
    """Who is to get the answer to a mail."""
    return [person(pair) for pair in mail.reply_to or ([mail.sender] if mail.sender[1] else [])]


def person(pair: tuple[str, str]) -> dict[str, str]:
    return {"email": pair[1], "name": pair[0]}


def read(call: Call, inbox: Row, body: dict[str, Any]) -> SendRequest:
    """The fields of a send request that an inbox sends. Raises 422: facts have no texts for it, so that those of
    sending stand under ``base``."""
    errors = find_sender_errors(inbox, body.get("from"))
    limit = call.world.settings["inbound_hosted_sends"]
    if is_hosted(inbox):
        body = body | {"from": {"email": inbox["address"]}}
        if limit is not None and hosted_sends(call) >= limit:
            errors.setdefault("base", ["You've reached the limit of replies and forwards from Mailtrap-hosted inboxes"])
    if errors:
        raise unprocessable(errors)
    fields, sentences = parse_send_request(
        {name: value for name, value in body.items() if not name.startswith("template_")}
    )
    if sentences:
        raise unprocessable({"base": sentences})
    # The place among the threads is not for clients to say.
    own = {"in-reply-to", "references"}
    fields.headers = {name: value for name, value in fields.headers.items() if name.lower() not in own}
    return fields


def hosted_sends(call: Call) -> int:
    usage = call.world.store["inbound_usage"].get(call.account_id)
    return usage["hosted_sends"] if usage else 0


def leave(call: Call, inbox: Row, fields: SendRequest, *, in_thread: bool) -> Response:
    """Send the mail; one id per recipient."""
    world = call.world
    ids = [world.uuid1() for _ in fields.recipients]
    raw = compose_request(world, fields, ids[0])
    reason = find_sending_obstacle(world, inbox)
    if reason is None and len(raw) > MAX_LIVE_MESSAGE:
        reason = "message too large"
    if reason is not None:
        raise unprocessable({"base": [reason]})
    if is_hosted(inbox):
        world.store["inbound_usage"].add({"id": call.account_id, "hosted_sends": hosted_sends(call) + 1})
    if in_thread:
        bcc = [format_address((one.get("name", ""), one["email"])) for one in fields.bcc]
        record_sent(world, inbox, raw, ids, bcc)
    send_inbound_reply(
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
    return json_response({"message_ids": ids}, 201)


def link(call: Call, message: Row, name: str, number: int | None = None) -> tuple[str, str]:
    """An address that serves a file of a message to whoever has it, and until when. ``number`` is that of the
    attachment, None for the whole message."""
    # In milliseconds, as it is told.
    expires = int((call.world.clock.time() + LINK_SECONDS) * 1000)
    kind = "sent" if "message_id" in message else "messages"
    content = f"{kind}/{message['id']}/{'' if number is None else number}/{expires}"
    sealed = base64.urlsafe_b64encode(content.encode() + b"/" + signature(call.world, content)).decode()
    url = f"{call.base_url}/api/inbound/files/{sealed}/{quote(name, safe='')}"
    return url, format_timestamp(expires / 1000)


def signature(world: World, content: str) -> bytes:
    return digest(world.signing_key.encode(), f"inbound {content}".encode(), sha256).hex().encode()


@routes.get("inbound/files/{sealed}/{name}", is_public=True, convert_error=None)
def get_file(call: Call) -> Response:
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
    raw = find_raw_inbound(call.world, message)
    if not number:
        return Response(200, raw, "message/rfc822", [content_disposition("raw.eml")])
    part = parse(raw).parts[int(number)]
    return Response(200, part.content, part.media_type, [content_disposition(part.filename or "attachment")])


def denied(sentence: str) -> Response:
    error = f"<Error><Code>AccessDenied</Code><Message>{sentence}</Message></Error>"
    return Response(403, f'<?xml version="1.0" encoding="UTF-8"?>\n{error}'.encode(), "application/xml")
