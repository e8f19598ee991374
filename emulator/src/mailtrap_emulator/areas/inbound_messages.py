# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound messages and threads, replies and forwards (docs/service.md#inbound-messages)."""

import base64
import binascii
from dataclasses import replace
from hashlib import sha256
from hmac import compare_digest, digest
from urllib.parse import quote

from ..http.call import Call
from ..http.responses import Response, content_disposition, json_response, no_content, not_found, unprocessable
from ..http.routing import Routes
from ..mail.mime import ParsedMail, format_address, parse_mail
from ..mail.quoting import convert_attachment, prefix_subject, quote_html, quote_text, text_to_html
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
from ..state.json_codec import JsonObject
from ..state.store import Row
from ..state.world import World
from .inbound_inboxes import convert_inbound_error, find_inbound_inbox

routes = Routes(scoped=False, convert_error=convert_inbound_error)

# Pages of the service have up to 100 entries.
PER_PAGE = 30
MESSAGES = "inbound/inboxes/{inbox_id}/messages"
MESSAGE = MESSAGES + "/{message_id}"
THREADS = "inbound/inboxes/{inbox_id}/threads"
THREAD = THREADS + "/{thread_id}"

# How long a link to a file is valid.
LINK_SECONDS = 3600
# References grow with each reply. Beyond this number all but the first and the newest ones are left out, as RFC 5322
# section 3.6.4 permits.
MAX_REFERENCES = 10

ENVELOPE_FIELDS = ("from", "to", "cc", "bcc", "reply_to", "subject")
THREADING_FIELDS = ("rfc_message_id", "in_reply_to", "references")


def show_message(message: Row) -> JsonObject:
    """Convert a message to its wire form in a list, with keys in wire order."""
    return {
        "id": str(message["id"]),
        "inbox_id": message["inbox_id"],
        **{name: message[name] for name in ENVELOPE_FIELDS},
        **{name: message[name] for name in ("headers", "size", "html_size", "text_size", "received_at")},
        **{name: message[name] for name in THREADING_FIELDS},
        "thread_id": str(message["thread_id"]),
        "attachments": message["attachments"],
        "forwards": message["forwards"],
    }


def show_single_message(call: Call, message: Row) -> JsonObject:
    """Convert a message to its wire form outside a list: with its bodies, and with links to its files."""
    mail = parse_mail(find_raw_inbound(call.world, message))
    url, expires = make_file_link(call, message, "raw.eml")
    return show_message(message) | {
        "attachments": show_linked_attachments(call, message),
        "raw_message_url": url,
        "raw_message_expires_at": expires,
        "html_body": truncate_body(mail.html),
        "text_body": truncate_body(mail.text),
    }


def show_linked_attachments(call: Call, message: Row) -> list[JsonObject]:
    """Convert the attachments of an inbound or outbound message to their wire form, with links to the files."""
    attachments = []
    for index, attachment in enumerate(message["attachments"]):
        filename = attachment["filename"] or attachment["attachment_id"]
        url, expires = make_file_link(call, message, filename, index)
        attachments.append(attachment | {"download_url": url, "download_url_expires_at": expires})
    return attachments


def show_thread(world: World, thread: Row) -> JsonObject:
    """Convert a thread to its wire form in a list.

    The times also cover deleted messages, all other fields only the messages that still exist.
    """
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
        "recipients": list(
            dict.fromkeys(address for message in messages for address in (*message["to"], *message["cc"]))
        ),
        "attachments": [attachment for message in messages for attachment in message["attachments"]],
    }


def show_thread_message(call: Call, message: Row) -> JsonObject:
    """Convert an inbound or outbound message to its wire form in a thread.

    A missing ``reply_to`` is "" in both directions, as recorded.
    """
    mail = parse_mail(find_raw_inbound(call.world, message))
    log = find_log(call.world, message)
    return {
        "visibility_status": "available",
        "direction": "inbound" if log is None else "outbound",
        "id": str(message["id"]) if log is None else message["message_id"],
        "message_group_id": message.get("message_group_id"),
        "subject": message["subject"],
        **{name: message[name] for name in THREADING_FIELDS},
        **{name: message[name] for name in ("from", "to", "cc", "bcc")},
        "reply_to": message["reply_to"] or "",
        "created_at": message_time(message),
        "email_size": message["size"],
        "text_body": truncate_body(mail.text),
        "html_body": truncate_body(mail.html),
        "attachments": show_linked_attachments(call, message),
        **({"forwards": message["forwards"]} if log is None else show_delivery(log)),
    }


def show_delivery(log: Row) -> JsonObject:
    """Return the delivery fields of an outbound message from its log entry.

    Answers contain them twice: flat, and under ``delivery`` (docs/service.md#inbound-messages).
    """
    event_times = {
        event["event_type"]: iso_ms(parse_iso(event["created_at"]))
        for event in log["events"]
        if event["event_type"] in ("delivery", "bounce")
    }
    times = {"delivered_at": event_times.get("delivery"), "bounced_at": event_times.get("bounce")}
    delivery = {"to": log["to"], "status": log["status"], **times}
    return {"delivery_status": log["status"], **times, "delivery": delivery}


def find_message(call: Call, level: int) -> tuple[Row, Row]:
    """Return the inbox and the message in the path.

    :raises HttpError: 403 or 404.
    """
    inbox = find_inbound_inbox(call, level)
    message = call.find_row("inbound_messages", "message_id")
    if message["inbox_id"] != inbox["id"]:
        raise not_found()
    return inbox, message


def find_thread(call: Call, level: int) -> Row:
    """Return the thread in the path.

    :raises HttpError: 403 or 404.
    """
    inbox = find_inbound_inbox(call, level)
    thread = call.find_row("inbound_threads", "thread_id")
    if thread["inbox_id"] != inbox["id"]:
        raise not_found()
    return thread


@routes.get(MESSAGES)
def list_messages(call: Call) -> JsonObject:
    """List messages, newest first.

    With ``last_id``, both the page and ``total_count`` contain only older messages. An unknown ``last_id`` gives an
    empty page (docs/service.md#inbound-messages).
    """
    inbox = find_inbound_inbox(call, VIEWER)
    rows = call.world.store["inbound_messages"].select("inbox", inbox["id"])
    rows.sort(key=lambda row: (row["received_at"], row["id"]), reverse=True)
    if last_id := call.query("last_id"):
        limit = int(last_id) if ID_PATTERN.fullmatch(last_id) else 0
        last = call.world.store["inbound_messages"].get(limit)
        before = (last["received_at"], limit) if last else None
        rows = [row for row in rows if ((row["received_at"], row["id"]) < before if before else row["id"] < limit)]
    return make_page([show_message(row) for row in rows[:PER_PAGE]], len(rows), len(rows) > PER_PAGE)


def make_page(data: list[JsonObject], total: int, has_more: bool) -> JsonObject:
    """Return the envelope of a page. ``last_id`` is null on the last one."""
    return {"data": data, "total_count": total, "last_id": data[-1]["id"] if has_more else None}


@routes.get(MESSAGE)
def get_message(call: Call) -> JsonObject:
    return show_single_message(call, find_message(call, VIEWER)[1])


@routes.delete(MESSAGE)
def delete_message(call: Call) -> Response:
    remove_inbound_message(call.world, find_message(call, ADMIN)[1])
    return no_content()


@routes.get(THREADS)
def list_threads(call: Call) -> JsonObject:
    """List threads, the last active one first. ``search`` finds a part of the subject or of an address.

    An unknown ``last_id`` is ignored. ``total_count`` does not depend on it.
    """
    inbox = find_inbound_inbox(call, VIEWER)
    world = call.world
    rows = world.store["inbound_threads"].select("inbox", inbox["id"])
    rows.sort(key=lambda row: (last_activity(row), row["id"]), reverse=True)
    if search := (call.query("search") or "").casefold():
        rows = [row for row in rows if matches_search(show_thread(world, row), search)]
    ids = [str(row["id"]) for row in rows]
    last_id = call.query("last_id")
    remaining = rows[ids.index(last_id) + 1 :] if last_id in ids else rows
    return make_page([show_thread(world, row) for row in remaining[:PER_PAGE]], len(rows), len(remaining) > PER_PAGE)


def matches_search(thread: JsonObject, search: str) -> bool:
    """Return whether the subject, a sender or a recipient of a thread contains the case-folded ``search``."""
    texts = (thread["subject"] or "", *thread["senders"], *thread["recipients"])
    return any(search in text.casefold() for text in texts)


@routes.get(THREAD)
def get_thread(call: Call) -> JsonObject:
    thread = find_thread(call, VIEWER)
    messages = list_conversation(call.world, thread)
    attachments = [attachment for message in messages for attachment in show_linked_attachments(call, message)]
    return show_thread(call.world, thread) | {
        "attachments": attachments,
        "messages": [show_thread_message(call, message) for message in messages],
    }


@routes.delete(THREAD)
def delete_thread(call: Call) -> Response:
    remove_thread(call.world, find_thread(call, ADMIN))
    return no_content()


@routes.post(MESSAGE + "/reply")
def reply(call: Call) -> Response:
    """Reply to ``to``, or by default to the Reply-To or From address of the message."""
    return send_reply(call, cc=[])


@routes.post(MESSAGE + "/reply_all")
def reply_all(call: Call) -> Response:
    """Reply with a copy to all other recipients of the message except the inbox itself."""
    inbox, message = find_message(call, ADMIN)
    mail = parse_mail(find_raw_inbound(call.world, message))
    reply_addresses = {recipient["email"].lower() for recipient in list_reply_recipients(mail)}
    others = {
        pair[1].lower(): describe_recipient(pair)
        for pair in (*mail.to, *mail.cc)
        if pair[1].lower() not in reply_addresses and find_inbox_by_address(call.world, pair[1]) is not inbox
    }
    return send_reply(call, cc=list(others.values()))


def send_reply(call: Call, cc: list[dict[str, str]]) -> Response:
    """Send the reply in the body to the message in the path, with copies to ``cc``."""
    inbox, message = find_message(call, ADMIN)
    body = dict(call.body)
    body["to"] = body.get("to") or list_reply_recipients(parse_mail(find_raw_inbound(call.world, message)))
    if cc and isinstance(body.get("cc") or [], list):
        body["cc"] = [*(body.get("cc") or []), *cc]
    body["subject"] = prefix_subject("Re: ", ("re:",), message["subject"])
    request = parse_reply(call, inbox, body)
    references = [*message["references"], *([message["rfc_message_id"]] if message["rfc_message_id"] else [])]
    if references:
        request.headers["In-Reply-To"] = references[-1]
        request.headers["References"] = " ".join([*references[:1], *references[1:][1 - MAX_REFERENCES :]])
    return send_from_inbox(call, inbox, request, in_thread=True)


@routes.post(MESSAGE + "/forward")
def forward(call: Call) -> Response:
    """Forward a message: quoted below the given text, with its attachments.

    Only the answer is recorded, and that the thread does not show the forwarded mail.
    """
    inbox, message = find_message(call, ADMIN)
    mail = parse_mail(find_raw_inbound(call.world, message))
    if not call.body.get("to"):
        raise unprocessable({"to": [BLANK]})
    body = call.body | {"subject": prefix_subject("Fwd: ", ("fwd:", "fw:"), message["subject"])}
    # The text is optional here, because the quoted message is added to it, but a send request must have one.
    request = parse_reply(call, inbox, {"text": " ", **body, **({"text": " "} if not body.get("text") else {})})
    note, note_html = call.body.get("text") or "", request.html or ""
    text = quote_text(note, message, mail)
    html = quote_html(note_html or text_to_html(note), message, mail) if mail.html or note_html else None
    files = [*request.files, *(convert_attachment(part) for part in mail.parts)]
    return send_from_inbox(call, inbox, replace(request, text=text, html=html, files=files), in_thread=False)


def list_reply_recipients(mail: ParsedMail) -> list[dict[str, str]]:
    """Return the recipients of a reply to a mail: its Reply-To addresses, or else its From address."""
    return [describe_recipient(pair) for pair in mail.reply_to or ([mail.sender] if mail.sender[1] else [])]


def describe_recipient(pair: tuple[str, str]) -> dict[str, str]:
    """Convert a name and an address to a recipient of a send request."""
    return {"email": pair[1], "name": pair[0]}


def parse_reply(call: Call, inbox: Row, body: JsonObject) -> SendRequest:
    """Parse the body of a reply or forward as a send request from the inbox.

    :raises HttpError: 422 if it is invalid, with the texts of sending under ``base``.
    """
    errors = find_sender_errors(inbox, body.get("from"))
    limit = call.world.settings["inbound_hosted_sends"]
    if is_hosted(inbox):
        body = body | {"from": {"email": inbox["address"]}}
        if limit is not None and count_hosted_sends(call) >= limit:
            errors.setdefault("base", ["You've reached the limit of replies and forwards from Mailtrap-hosted inboxes"])
    if errors:
        raise unprocessable(errors)
    request, send_errors = parse_send_request(
        {name: value for name, value in body.items() if not name.startswith("template_")}
    )
    if send_errors:
        raise unprocessable({"base": send_errors})
    # Clients cannot choose the thread.
    reserved = {"in-reply-to", "references"}
    request.headers = {name: value for name, value in request.headers.items() if name.lower() not in reserved}
    return request


def count_hosted_sends(call: Call) -> int:
    """Return how many replies and forwards the hosted inboxes of the account have sent."""
    usage = call.world.store["inbound_usage"].get(call.account_id)
    return usage["hosted_sends"] if usage else 0


def send_from_inbox(call: Call, inbox: Row, request: SendRequest, *, in_thread: bool) -> Response:
    """Send a mail from an inbox and answer with a message id for each recipient.

    Only mail that is ``in_thread`` appears in the threads of the inbox.

    :raises HttpError: 422 if it cannot be sent.
    """
    world = call.world
    ids = [world.uuid1() for _ in request.recipients]
    raw = compose_request(world, request, ids[0])
    reason = find_sending_obstacle(world, inbox)
    if reason is None and len(raw) > MAX_LIVE_MESSAGE:
        reason = "message too large"
    if reason is not None:
        raise unprocessable({"base": [reason]})
    if is_hosted(inbox):
        world.store["inbound_usage"].add({"id": call.account_id, "hosted_sends": count_hosted_sends(call) + 1})
    if in_thread:
        bcc = [format_address((recipient.get("name", ""), recipient["email"])) for recipient in request.bcc]
        record_sent(world, inbox, raw, ids, bcc)
    send_inbound_reply(
        world,
        inbox,
        raw,
        request.sender["email"],
        request.recipients,
        ids,
        client_ip=call.request.client_ip or None,
        bcc=request.bcc,
        category=request.category,
        custom_variables=request.custom_variables,
    )
    return json_response({"message_ids": ids}, 201)


def make_file_link(call: Call, message: Row, filename: str, index: int | None = None) -> tuple[str, str]:
    """Make a link to a file of a message, which needs no token, and return it with the time when it expires.

    ``index`` is the position of the attachment, or None for the raw message.
    """
    # In milliseconds, because the answer contains the time with milliseconds.
    expires = int((call.world.clock.time() + LINK_SECONDS) * 1000)
    table_suffix = "sent" if "message_id" in message else "messages"
    content = f"{table_suffix}/{message['id']}/{'' if index is None else index}/{expires}"
    sealed = base64.urlsafe_b64encode(content.encode() + b"/" + sign_link(call.world, content)).decode()
    url = f"{call.base_url}/api/inbound/files/{sealed}/{quote(filename, safe='')}"
    return url, format_timestamp(expires / 1000)


def sign_link(world: World, content: str) -> bytes:
    """Return the signature of the content of a link."""
    return digest(world.signing_key.encode(), f"inbound {content}".encode(), sha256).hex().encode()


@routes.get("inbound/files/{sealed}/{name}", is_public=True, convert_error=None)
def get_file(call: Call) -> Response:
    """Download a file by its link.

    The service stores these files on another host, which answers an expired or altered link with 403 and XML.
    """
    try:
        content, _, signature = base64.urlsafe_b64decode(call.params["sealed"]).rpartition(b"/")
        table_suffix, message_id, index, expires = content.decode().split("/")
    except (binascii.Error, ValueError):
        return access_denied("Access Denied")
    if not compare_digest(signature, sign_link(call.world, content.decode())):
        return access_denied("Access Denied")
    if int(expires) <= call.world.clock.time() * 1000:
        return access_denied("Request has expired")
    message = call.world.store[f"inbound_{table_suffix}"].get(int(message_id))
    if message is None:
        raise not_found()
    raw = find_raw_inbound(call.world, message)
    if not index:
        return Response(200, raw, "message/rfc822", [content_disposition("raw.eml")])
    part = parse_mail(raw).parts[int(index)]
    return Response(200, part.content, part.media_type, [content_disposition(part.filename or "attachment")])


def access_denied(message: str) -> Response:
    """Make the 403 response of the file storage."""
    error = f"<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>"
    return Response(403, f'<?xml version="1.0" encoding="UTF-8"?>\n{error}'.encode(), "application/xml")
