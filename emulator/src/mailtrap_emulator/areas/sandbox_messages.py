# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sandbox messages and attachments (facts 3.9)."""

import base64
import binascii
from bisect import bisect_left
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from email.utils import format_datetime
from hashlib import sha256
from hmac import compare_digest, digest
from itertools import islice

from ..http.call import Call
from ..http.responses import (
    HTML,
    TEXT,
    Response,
    content_disposition,
    forbidden,
    json_response,
    not_found,
    unprocessable,
)
from ..http.routing import Routes
from ..mail.mime import Parsed, parse
from ..model.message_reports import build_blacklist_report, build_html_report, build_spam_report
from ..model.outbox import record_sent_mail
from ..model.permissions import ADMIN, VIEWER
from ..model.sandbox_messages import find_raw_message, remove_message
from ..model.validation import BLANK, cast_boolean, cast_text, is_given
from ..state.clock import iso_ms, parse_iso, parse_offset
from ..state.store import Row
from ..state.world import World
from .sandboxes import find_sandbox

routes = Routes()

PER_PAGE = 30
BASE = "sandboxes/{sandbox_id}/messages"
ONE = BASE + "/{message_id}"

# The address that API mail is said to come from (RFC 5737: for documentation only).
API_SENDER_IP = "192.0.2.25"


def show(call: Call, message: Row, *, offset: bool = True) -> dict:
    """The wire form, in wire order. Times may carry the account's UTC offset, which a deleted message's never do
    (facts 1.8)."""
    zone = parse_offset(call.world.settings["message_utc_offset"] if offset else "Z")
    times = {
        name: message[name] if not zone.utcoffset(None) else iso_ms(parse_iso(message[name]).astimezone(zone))
        for name in ("sent_at", "created_at", "updated_at")
    }
    path = f"/api/testing_message_parts/{seal(call.world, 'message', message['id'])}/body."
    return {
        "id": message["id"],
        call.vocabulary.spell("sandbox_id"): message["sandbox_id"],
        "subject": message["subject"],
        "sent_at": times["sent_at"],
        "from_email": message["from_email"],
        "from_name": message["from_name"],
        "to_email": message["to_email"],
        "to_name": message["to_name"],
        "email_size": message["email_size"],
        "is_read": message["is_read"],
        "created_at": times["created_at"],
        "updated_at": times["updated_at"],
        "template_id": message["template_id"],
        "template_variables": message["template_variables"],
        "html_body_size": message["html_body_size"],
        "text_body_size": message["text_body_size"],
        "human_size": human_size(message["email_size"]),
        "html_path": path + "html",
        "txt_path": path + "txt",
        "raw_path": path + "raw",
        "download_path": path + "eml",
        "html_source_path": path + "htmlsource",
        "blacklists_report_info": blacklists(call.world, message),
        "smtp_information": {"ok": True, "data": message["smtp"]} if message["smtp"] else {"ok": False},
    }


def blacklists(world: World, message: Row) -> dict:
    """``pending`` for a while after arrival, then the report."""
    ready = parse_iso(message["created_at"]) + timedelta(seconds=world.settings["blacklist_seconds"])
    if world.clock.now() < ready:
        return {"result": "pending"}
    ip = message["smtp"]["client_ip"] if message["smtp"] else API_SENDER_IP
    return build_blacklist_report(message["from_email"].rpartition("@")[2].lower(), ip)


def show_attachment(call: Call, attachment: Row) -> dict:
    fields = (
        "id",
        "message_id",
        "filename",
        "attachment_type",
        "content_type",
        "content_id",
        "transfer_encoding",
        "attachment_size",
        "created_at",
        "updated_at",
    )
    opaque = seal(call.world, "attachment", attachment["id"])
    return {name: attachment[name] for name in fields} | {
        "attachment_human_size": human_size(attachment["attachment_size"]),
        "download_path": f"/api/testing_message_parts/{opaque}/attachment_download",
    }


def human_size(size: int) -> str:
    """``691 Bytes``, ``1.7 KB``, ``11 KB``: Rails' number_to_human_size with two significant digits (facts 3.9)."""
    if size < 1024:
        return "1 Byte" if size == 1 else f"{size} Bytes"
    power = min((size.bit_length() - 1) // 10, 4)
    value = Decimal(size) / 1024**power
    rounded = value.quantize(Decimal(1).scaleb(value.adjusted() - 1), ROUND_HALF_UP)
    digits = f"{rounded:f}"
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits} {('KB', 'MB', 'GB', 'TB')[power - 1]}"


def find_message(call: Call, level: int = VIEWER, refusal: str = "Account access forbidden") -> Row:
    """The message of the path."""
    sandbox = call.find_row("sandboxes", "sandbox_id")
    call.require_level(call.access.sandbox(sandbox), level, refusal)
    message = call.world.store["messages"].get(call.path_id("message_id"))
    if message is None or message["sandbox_id"] != sandbox["id"]:
        raise not_found()
    return message


def parsed(call: Call, message: Row) -> Parsed:
    return parse(find_raw_message(call.world, message))


@routes.get(BASE)
def list_messages(call: Call) -> list:
    """Newest first, 30 a page; ``last_id`` (ids below it) goes before ``page`` (facts 3.9)."""
    sandbox = find_sandbox(call, VIEWER)
    table = call.world.store["messages"]
    ids = table.ids("sandbox", sandbox["id"])
    last_id = call.query_number("last_id")
    skip = 0 if last_id else ((call.query_number("page") or 1) - 1) * PER_PAGE
    before = bisect_left(ids, last_id) if last_id else len(ids)
    search = (call.query("search") or "").casefold()
    if not search:
        before, skip = max(0, before - skip), 0
    candidates = (table.rows[ids[position]] for position in range(before - 1, -1, -1))
    hits = (row for row in candidates if not search or matches(row, search))
    return [show(call, row) for row in islice(hits, skip, skip + PER_PAGE)]


def matches(message: Row, search: str) -> bool:
    return any(search in message[name].casefold() for name in ("subject", "to_email", "to_name"))


@routes.get(ONE)
def get_message(call: Call) -> dict:
    return show(call, find_message(call))


@routes.patch(ONE)
def update_message(call: Call) -> dict:
    """``is_read``, as a boolean or as its name (facts 3.9)."""
    words = {"sandbox": "Sandbox", "inbox": "Inbox"}
    refusal = f"{words[call.vocabulary.spell('sandbox')]} is not active or you have insufficient permissions"
    message = find_message(call, ADMIN, refusal)
    if find_sandbox(call, ADMIN)["status"] != "active":
        raise forbidden(refusal)
    fields = call.wrapped_fields("message")
    is_read = cast_boolean(fields["is_read"]) if is_given(fields, "is_read") else message["is_read"]
    if is_read != message["is_read"]:
        call.world.store["messages"].update(message, is_read=is_read, updated_at=call.world.clock.stamp())
    return show(call, message)


@routes.delete(ONE)
def delete_message(call: Call) -> dict:
    message = find_message(call, ADMIN)
    answer = show(call, message, offset=False)
    remove_message(call.world, message)
    return answer


@routes.post(ONE + "/forward")
def forward(call: Call) -> Response:
    """Only to an address that has agreed; the account's owner has."""
    message = find_message(call)
    sandbox = find_sandbox(call, ADMIN)
    address = cast_text(call.body, "email") or ""
    if not address.strip():
        raise unprocessable({"email": [BLANK]})
    account = call.world.store["accounts"].get(call.account_id)
    confirmed = {one.lower() for one in (account["owner_email"], *account["confirmed_addresses"])}
    if address.lower() not in confirmed:
        raise unprocessable({"base": ["The email address has not been confirmed by the recipient"]})
    record_sent_mail(
        call.world, call.account_id, "forward", find_raw_message(call.world, message), recipients=[address]
    )
    call.world.store["sandboxes"].update(sandbox, forwarded_messages_count=sandbox["forwarded_messages_count"] + 1)
    answer = {"success": True, "message": "Your email message has been successfully forwarded"}
    return json_response(answer, without_etag=True)


@routes.get(ONE + "/spam_report")
def spam_report(call: Call) -> dict:
    return {"report": build_spam_report(parsed(call, find_message(call)))}


@routes.get(ONE + "/analyze")
def analyze(call: Call) -> dict:
    return {"report": build_html_report(parsed(call, find_message(call)).html)}


@routes.get(ONE + "/mail_headers")
def mail_headers(call: Call) -> dict:
    """Names in lower snake case; a header that is there several times is one text. Bcc is not part of the message and
    not told on small plans."""
    message = find_message(call)
    headers: dict[str, str] = {}
    for name, value in parsed(call, message).headers:
        key = name.lower().replace("-", "_")
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    if not call.world.settings["bcc_visible"]:
        headers["bcc"] = "not available for your plan"
    elif message["bcc"]:
        headers["bcc"] = ", ".join(message["bcc"])
    return {"headers": headers}


def as_text(reply: Response) -> Response:
    """How the routes that answer with text refuse: JSON sent as text, and a Ruby hash (facts 2.1 E20)."""
    if reply.status == 401:
        return Response(401, reply.body, TEXT, reply.headers)
    if reply.status == 403:
        return Response(403, b'{:errors=>"Account access forbidden"}', TEXT)
    return reply


def conflict() -> Response:
    """409 E19: the message has no such part."""
    return Response(409, b"Conflict", TEXT)


def body_text(call: Call, message: Row) -> Response:
    content = parsed(call, message).text
    return conflict() if content is None else Response(200, content.encode(), TEXT)


def body_html(call: Call, message: Row) -> Response:
    content = parsed(call, message).html
    return conflict() if content is None else Response(200, content.encode(), HTML)


def body_raw(call: Call, message: Row) -> Response:
    return Response(200, find_raw_message(call.world, message), TEXT)


def body_eml(call: Call, message: Row) -> Response:
    headers = [content_disposition(f"{message['subject']}.eml"), ("content-transfer-encoding", "binary")]
    return Response(200, find_raw_message(call.world, message), "message/rfc822", headers)


BODIES = {"txt": body_text, "raw": body_raw, "html": body_html, "htmlsource": body_html, "eml": body_eml}


def register_body(kind: str) -> None:
    def get_body(call: Call) -> Response:
        return BODIES[kind](call, find_message(call))

    def get_sealed_body(call: Call) -> Response:
        return BODIES[kind](call, opened(call, "message"))

    refuse = None if kind == "html" else as_text
    routes.get(f"{ONE}/body.{kind}", convert_error=refuse)(get_body)
    routes.get(f"testing_message_parts/{{opaque}}/body.{kind}", scoped=False, convert_error=refuse)(get_sealed_body)


for _kind in BODIES:
    register_body(_kind)


@routes.get(ONE + "/attachments")
def list_attachments(call: Call) -> Response:
    message = find_message(call)
    wanted = call.query("attachment_type")
    rows = reversed(call.world.store["attachments"].select("message", message["id"]))
    rows = [row for row in rows if not wanted or row["attachment_type"] == wanted]
    modified = max((row["updated_at"] for row in rows), default=message["updated_at"])
    return json_response([show_attachment(call, row) for row in rows], headers=[last_modified(modified)])


@routes.get(ONE + "/attachments/{attachment_id}")
def get_attachment(call: Call) -> Response:
    message = find_message(call)
    row = call.world.store["attachments"].get(call.path_id("attachment_id"))
    if row is None or row["message_id"] != message["id"]:
        raise not_found()
    return json_response(show_attachment(call, row), headers=[last_modified(row["updated_at"])])


@routes.get("testing_message_parts/{opaque}/attachment_download", scoped=False)
def download_attachment(call: Call) -> Response:
    row = opened(call, "attachment")
    message = call.world.store["messages"].get(row["message_id"])
    part = parsed(call, message).parts[row["index"]]
    return Response(200, part.content, row["content_type"], [content_disposition(row["filename"])])


def last_modified(stamp: str) -> tuple[str, str]:
    return "last-modified", format_datetime(parse_iso(stamp), usegmt=True)


def seal(world: World, kind: str, key: int) -> str:
    """An opaque name for a part of a message. Each one is new, and none can be made up."""
    content = world.random.getrandbits(64).to_bytes(8) + key.to_bytes(8)
    return base64.urlsafe_b64encode(content + signature(world, kind, content)).decode()


def signature(world: World, kind: str, content: bytes) -> bytes:
    return digest(world.signing_key.encode(), kind.encode() + content, sha256)[:14]


def opened(call: Call, kind: str) -> Row:
    """The message or attachment that an opaque name stands for, if it is still there and the token may see it."""
    try:
        sealed = base64.urlsafe_b64decode(call.params["opaque"])
    except (binascii.Error, ValueError):
        raise not_found() from None
    content, signed = sealed[:16], sealed[16:]
    if not compare_digest(signed, signature(call.world, kind, content)):
        raise not_found()
    row = call.world.store[f"{kind}s"].get(int.from_bytes(content[8:]))
    message = row if kind == "message" or row is None else call.world.store["messages"].get(row["message_id"])
    if message is None:
        raise not_found()
    sandbox = call.world.store["sandboxes"].get(message["sandbox_id"])
    if sandbox["account_id"] != call.account_id:
        raise not_found()
    call.require_level(call.access.sandbox(sandbox), VIEWER)
    return row
