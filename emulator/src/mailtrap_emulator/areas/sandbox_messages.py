# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sandbox messages and their attachments (docs/service.md#sandbox-messages)."""

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
from ..mail.mime import ParsedMail, parse_mail
from ..model.message_reports import build_blacklist_report, build_html_report, build_spam_report
from ..model.outbox import record_sent_mail
from ..model.permissions import ADMIN, VIEWER
from ..model.sandbox_messages import find_raw_message, remove_message
from ..model.validation import BLANK, cast_boolean, cast_text, is_given
from ..state.clock import iso_ms, parse_iso, parse_offset
from ..state.json_codec import JsonObject
from ..state.store import Row
from ..state.world import World
from .sandboxes import find_sandbox

routes = Routes()

PER_PAGE = 30
MESSAGES_PATH = "sandboxes/{sandbox_id}/messages"
MESSAGE_PATH = MESSAGES_PATH + "/{message_id}"
# The part of a path that names a message or an attachment without a sandbox, see seal_id.
SEALED_PATH = "testing_message_parts/{opaque}"

# The sender address in blacklist reports of mail that was sent by API. RFC 5737 reserves it for documentation.
API_SENDER_IP = "192.0.2.25"


def show_message(call: Call, message: Row, *, with_offset: bool = True) -> JsonObject:
    """Convert a message to its wire form, with keys in wire order.

    Times have the UTC offset of the setting ``message_utc_offset``; only the answer to a deletion is always in UTC
    (docs/service.md#timestamps).
    """
    zone = parse_offset(call.world.settings["message_utc_offset"] if with_offset else "Z")
    times = {
        name: message[name] if not zone.utcoffset(None) else iso_ms(parse_iso(message[name]).astimezone(zone))
        for name in ("sent_at", "created_at", "updated_at")
    }
    body_path = f"/api/testing_message_parts/{seal_id(call.world, 'message', message['id'])}/body."
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
        "html_path": body_path + "html",
        "txt_path": body_path + "txt",
        "raw_path": body_path + "raw",
        "download_path": body_path + "eml",
        "html_source_path": body_path + "htmlsource",
        "blacklists_report_info": show_blacklist_report(call.world, message),
        "smtp_information": {"ok": True, "data": message["smtp"]} if message["smtp"] else {"ok": False},
    }


def show_blacklist_report(world: World, message: Row) -> JsonObject:
    """Return the blacklist report of a message, which is ``pending`` for a while after arrival."""
    ready_at = parse_iso(message["created_at"]) + timedelta(seconds=world.settings["blacklist_seconds"])
    if world.clock.now() < ready_at:
        return {"result": "pending"}
    ip = message["smtp"]["client_ip"] if message["smtp"] else API_SENDER_IP
    return build_blacklist_report(message["from_email"].rpartition("@")[2].lower(), ip)


def show_attachment(call: Call, attachment: Row) -> JsonObject:
    """Convert an attachment to its wire form."""
    names = (
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
    opaque = seal_id(call.world, "attachment", attachment["id"])
    return {name: attachment[name] for name in names} | {
        "attachment_human_size": human_size(attachment["attachment_size"]),
        "download_path": f"/api/testing_message_parts/{opaque}/attachment_download",
    }


def human_size(size: int) -> str:
    """Format a number of bytes with two significant digits: ``691 Bytes``, ``1.7 KB``, ``11 KB``.

    The result is that of number_to_human_size in Rails.
    """
    if size < 1024:
        return "1 Byte" if size == 1 else f"{size} Bytes"
    power = min((size.bit_length() - 1) // 10, 4)
    value = Decimal(size) / 1024**power
    rounded = value.quantize(Decimal(1).scaleb(value.adjusted() - 1), ROUND_HALF_UP)
    digits = f"{rounded:f}"
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits} {('KB', 'MB', 'GB', 'TB')[power - 1]}"


def find_message(call: Call, level: int = VIEWER, text: str = "Account access forbidden") -> Row:
    """Return the message in the path.

    :raises HttpError: 404, or 403 with this text if the token does not have ``level`` on the sandbox.
    """
    sandbox = call.find_row("sandboxes", "sandbox_id")
    call.require_level(call.access.sandbox(sandbox), level, text)
    message = call.world.store["messages"].get(call.path_id("message_id"))
    if message is None or message["sandbox_id"] != sandbox["id"]:
        raise not_found()
    return message


def parse_message(call: Call, message: Row) -> ParsedMail:
    """Parse the raw mail of a message."""
    return parse_mail(find_raw_message(call.world, message))


@routes.get(MESSAGES_PATH)
def list_messages(call: Call) -> list[JsonObject]:
    """List messages, newest first, in pages of 30. ``last_id`` takes precedence over ``page``.

    ``last_id`` selects the messages with smaller ids.
    """
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
    rows = (row for row in candidates if not search or matches_search(row, search))
    return [show_message(call, row) for row in islice(rows, skip, skip + PER_PAGE)]


def matches_search(message: Row, search: str) -> bool:
    """Return whether the subject or the recipient of a message contains the case-folded ``search``."""
    return any(search in message[name].casefold() for name in ("subject", "to_email", "to_name"))


@routes.get(MESSAGE_PATH)
def get_message(call: Call) -> JsonObject:
    return show_message(call, find_message(call))


@routes.patch(MESSAGE_PATH)
def update_message(call: Call) -> JsonObject:
    """Update ``is_read``, which is a boolean or the text ``true`` or ``false``."""
    noun = call.vocabulary.spell("sandbox").capitalize()
    text = f"{noun} is not active or you have insufficient permissions"
    message = find_message(call, ADMIN, text)
    if find_sandbox(call, ADMIN)["status"] != "active":
        raise forbidden(text)
    fields = call.wrapped_fields("message")
    is_read = cast_boolean(fields["is_read"]) if is_given(fields, "is_read") else message["is_read"]
    if is_read != message["is_read"]:
        call.world.store["messages"].update(message, is_read=is_read, updated_at=call.world.clock.stamp())
    return show_message(call, message)


@routes.delete(MESSAGE_PATH)
def delete_message(call: Call) -> JsonObject:
    message = find_message(call, ADMIN)
    response = show_message(call, message, with_offset=False)
    remove_message(call.world, message)
    return response


@routes.post(MESSAGE_PATH + "/forward")
def forward_message(call: Call) -> Response:
    """Forward a message to the owner of the account, or to a recipient who confirmed the address."""
    message = find_message(call)
    sandbox = find_sandbox(call, ADMIN)
    address = cast_text(call.body, "email") or ""
    if not address.strip():
        raise unprocessable({"email": [BLANK]})
    account = call.world.store["accounts"][call.account_id]
    confirmed = {allowed.lower() for allowed in (account["owner_email"], *account["confirmed_addresses"])}
    if address.lower() not in confirmed:
        raise unprocessable({"base": ["The email address has not been confirmed by the recipient"]})
    record_sent_mail(
        call.world, call.account_id, "forward", find_raw_message(call.world, message), recipients=[address]
    )
    call.world.store["sandboxes"].update(sandbox, forwarded_messages_count=sandbox["forwarded_messages_count"] + 1)
    body = {"success": True, "message": "Your email message has been successfully forwarded"}
    return json_response(body, without_etag=True)


@routes.get(MESSAGE_PATH + "/spam_report")
def get_spam_report(call: Call) -> JsonObject:
    return {"report": build_spam_report(parse_message(call, find_message(call)))}


@routes.get(MESSAGE_PATH + "/analyze")
def get_html_analysis(call: Call) -> JsonObject:
    return {"report": build_html_report(parse_message(call, find_message(call)).html)}


@routes.get(MESSAGE_PATH + "/mail_headers")
def get_mail_headers(call: Call) -> JsonObject:
    """Show the headers of a message, with names in lower snake case.

    The values of a repeated header are joined. ``bcc`` comes from the envelope, and small plans do not include it.
    """
    message = find_message(call)
    headers: dict[str, str] = {}
    for name, value in parse_message(call, message).headers:
        key = name.lower().replace("-", "_")
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    if not call.world.settings["bcc_visible"]:
        headers["bcc"] = "not available for your plan"
    elif message["bcc"]:
        headers["bcc"] = ", ".join(message["bcc"])
    return {"headers": headers}


def convert_error_to_text(response: Response) -> Response:
    """Convert an error of a path that answers with text: JSON as text/plain for 401, a Ruby hash for 403 (E20)."""
    if response.status == 401:
        return Response(401, response.body, TEXT, response.headers)
    if response.status == 403:
        return Response(403, b'{:errors=>"Account access forbidden"}', TEXT)
    return response


def missing_part() -> Response:
    """Make the 409 response for a message without the requested part (E19 in docs/service.md#error-bodies)."""
    return Response(409, b"Conflict", TEXT)


def make_text_response(call: Call, message: Row) -> Response:
    """Return the text part of a message."""
    content = parse_message(call, message).text
    return missing_part() if content is None else Response(200, content.encode(), TEXT)


def make_html_response(call: Call, message: Row) -> Response:
    """Return the HTML part of a message."""
    content = parse_message(call, message).html
    return missing_part() if content is None else Response(200, content.encode(), HTML)


def make_raw_response(call: Call, message: Row) -> Response:
    """Return the raw message as text."""
    return Response(200, find_raw_message(call.world, message), TEXT)


def make_eml_response(call: Call, message: Row) -> Response:
    """Return the raw message as a download that is named after its subject."""
    headers = [content_disposition(f"{message['subject']}.eml"), ("content-transfer-encoding", "binary")]
    return Response(200, find_raw_message(call.world, message), "message/rfc822", headers)


# The bodies of a message by the suffix in the path.
BODIES = {
    "txt": make_text_response,
    "raw": make_raw_response,
    "html": make_html_response,
    "htmlsource": make_html_response,
    "eml": make_eml_response,
}


def register_body(suffix: str) -> None:
    """Register the operations for one body: by sandbox and message, and by an opaque name."""

    def get_body(call: Call) -> Response:
        return BODIES[suffix](call, find_message(call))

    def get_sealed_body(call: Call) -> Response:
        return BODIES[suffix](call, find_sealed_row(call, "message"))

    convert_error = None if suffix == "html" else convert_error_to_text
    routes.get(f"{MESSAGE_PATH}/body.{suffix}", convert_error=convert_error)(get_body)
    routes.get(f"{SEALED_PATH}/body.{suffix}", scoped=False, convert_error=convert_error)(get_sealed_body)


for _suffix in BODIES:
    register_body(_suffix)


@routes.get(MESSAGE_PATH + "/attachments")
def list_attachments(call: Call) -> Response:
    """List the attachments of a message, highest id first, filtered by ``attachment_type``."""
    message = find_message(call)
    wanted_type = call.query("attachment_type")
    attachments = reversed(call.world.store["attachments"].select("message", message["id"]))
    rows = [row for row in attachments if not wanted_type or row["attachment_type"] == wanted_type]
    modified_at = max((row["updated_at"] for row in rows), default=message["updated_at"])
    return json_response([show_attachment(call, row) for row in rows], headers=[last_modified(modified_at)])


@routes.get(MESSAGE_PATH + "/attachments/{attachment_id}")
def get_attachment(call: Call) -> Response:
    message = find_message(call)
    row = call.world.store["attachments"].get(call.path_id("attachment_id"))
    if row is None or row["message_id"] != message["id"]:
        raise not_found()
    return json_response(show_attachment(call, row), headers=[last_modified(row["updated_at"])])


@routes.get(SEALED_PATH + "/attachment_download", scoped=False)
def download_attachment(call: Call) -> Response:
    row = find_sealed_row(call, "attachment")
    message = call.world.store["messages"][row["message_id"]]
    part = parse_message(call, message).parts[row["index"]]
    return Response(200, part.content, row["content_type"], [content_disposition(row["filename"])])


def last_modified(stamp: str) -> tuple[str, str]:
    """Make the Last-Modified header for an ISO 8601 time."""
    return "last-modified", format_datetime(parse_iso(stamp), usegmt=True)


def seal_id(world: World, resource_type: str, resource_id: int) -> str:
    """Make an opaque name for a message or an attachment. It is signed, and differs from call to call."""
    content = world.random.getrandbits(64).to_bytes(8) + resource_id.to_bytes(8)
    return base64.urlsafe_b64encode(content + sign(world, resource_type, content)).decode()


def sign(world: World, resource_type: str, content: bytes) -> bytes:
    """Return the signature of the content of an opaque name."""
    return digest(world.signing_key.encode(), resource_type.encode() + content, sha256)[:14]


def find_sealed_row(call: Call, resource_type: str) -> Row:
    """Return the message or attachment of the opaque name in the path.

    :raises HttpError: 404, or 403 if the token may not see the sandbox.
    """
    try:
        sealed = base64.urlsafe_b64decode(call.params["opaque"])
    except (binascii.Error, ValueError):
        raise not_found() from None
    content, signature = sealed[:16], sealed[16:]
    if not compare_digest(signature, sign(call.world, resource_type, content)):
        raise not_found()
    row = call.world.store[f"{resource_type}s"].get(int.from_bytes(content[8:]))
    if row is None:
        raise not_found()
    message = row if resource_type == "message" else call.world.store["messages"][row["message_id"]]
    sandbox = call.world.store["sandboxes"][message["sandbox_id"]]
    if sandbox["account_id"] != call.account_id:
        raise not_found()
    call.require_level(call.access.sandbox(sandbox), VIEWER)
    return row
