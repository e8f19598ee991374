# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Building and validating the payload of a message (docs/service.md#sending-request)."""

from __future__ import annotations

import base64
import json
import mimetypes
import os
import re
from email.utils import unquote
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Sequence, Union
from urllib.parse import unquote as unquote_url

from .._api.errors import MailtrapError
from .markdown import markdown_to_html

if TYPE_CHECKING:
    from .._api.json_types import ArgumentSpec, JsonObject, Options
    from .json_stream import Base64File

# The options of a message, which a task and each entry of its option messages accept.
MESSAGE_OPTIONS: ArgumentSpec = {
    "from": {"type": "str", "aliases": ["sender"]},
    "to": {"type": "list", "elements": "str"},
    "cc": {"type": "list", "elements": "str"},
    "bcc": {"type": "list", "elements": "str"},
    "reply_to": {"type": "str"},
    "subject": {"type": "str"},
    "text": {"type": "str"},
    "html": {"type": "str"},
    "body_markdown": {"type": "str"},
    "template": {"type": "str"},
    "template_uuid": {"type": "str"},
    "template_variables": {"type": "dict"},
    "category": {"type": "str"},
    "custom_variables": {"type": "dict"},
    "headers": {"type": "dict"},
    "attachments": {
        "type": "list",
        "elements": "dict",
        "options": {
            "src": {"type": "path", "required": True},
            "remote_src": {"type": "bool", "default": False},
            "filename": {"type": "str"},
            "content_type": {"type": "str"},
            "disposition": {"type": "str", "default": "attachment", "choices": ["attachment", "inline"]},
            "content_id": {"type": "str"},
        },
    },
}
RECIPIENT_OPTIONS = ("to", "cc", "bcc")

# Limits of the service that do not depend on the plan (docs/service.md#quotas).
MAX_RECIPIENTS = 1000
MAX_CATEGORY_LENGTH = 255  # characters
MAX_CUSTOM_VARIABLES_SIZE = 1000  # bytes

# Headers that have an option of their own, or that only the service sets (docs/service.md#sending-request).
RESERVED_HEADERS = {
    "bcc",
    "category",
    "cc",
    "content-transfer-encoding",
    "content-type",
    "date",
    "dkim-signature",
    "from",
    "message-id",
    "mime-version",
    "received",
    "reply-to",
    "return-path",
    "subject",
    "to",
    "x-mt-category",
}

# The dot-atoms of RFC 5322, with the characters beyond ASCII that RFC 6531 allows.
_ATOM = r"[^\s@<>(),;:\\\"\[\].]+"
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@{_ATOM}(\.{_ATOM})*")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+( *;[ -~]*)?", re.ASCII)
_CONTENT_ID = re.compile(r"[!-;=?-~]+")  # visible ASCII characters except < and >, which enclose the ID in the header
_CID_REFERENCE = re.compile(r"""=\s*["']?cid:([^"'\s>]+)""", re.IGNORECASE)


def parse_mailbox(text: str) -> Dict[str, str]:
    """Parse an address such as ``ops@example.com`` or ``Operations <ops@example.com>``.

    A display name needs quotes only if it contains ``<``, ``>`` or ``@``.

    :returns: the fields ``email`` and, if there is a display name, ``name``.
    :raises MailtrapError: if the text is not exactly one address.
    """
    text = text.strip()
    if _has_line_break(text):
        raise MailtrapError(f"{text!r} contains a line break")
    name, _bracket, address = text[:-1].rpartition("<") if text.endswith(">") else ("", "", text)
    address, name = address.strip(), name.strip()
    if name.startswith('"') and name.endswith('"'):
        name = unquote(name).strip()
    elif re.search("[<>@]", name):  # more than one address
        address = ""
    if not _ADDRESS.fullmatch(address) or not address.isprintable():
        raise MailtrapError(f"{text!r} is not an e-mail address: write user@host or Name <user@host>")
    return {"email": address, "name": name} if name else {"email": address}


def build_payload(options: Options) -> JsonObject:
    """Build the payload of a message, without its attachments.

    :param options: MESSAGE_OPTIONS.
    :raises MailtrapError: if the options are invalid; it lists every error.
    """
    return _build_valid_payload(options, list(_validate_message(options)))


def build_reply_payload(options: Options, needs_body: bool) -> JsonObject:
    """Build the payload of a reply or a forward, without its attachments. The service adds the subject.

    :param options: MESSAGE_OPTIONS, without those of the subject and the template.
    :param needs_body: whether the message must have a body.
    :raises MailtrapError: if the options are invalid; it lists every error.
    """
    return _build_valid_payload(options, [*_validate_fields(options), *_validate_body(options, needs_body)])


def build_shared_payload(options: Options) -> JsonObject:
    """Build the payload that the messages of a batch inherit. It need not be a complete message.

    :raises MailtrapError: if an address is invalid.
    """
    errors: List[str] = []
    payload = _build_fields({name: value for name, value in options.items() if name not in RECIPIENT_OPTIONS}, errors)
    if errors:
        raise MailtrapError(*errors)
    return payload


def list_recipients(message: JsonObject) -> List[str]:
    """Return the addresses of a payload in the order of the service's message IDs (docs/service.md#sending-answers)."""
    return [mailbox["email"] for field in RECIPIENT_OPTIONS for mailbox in message.get(field, ())]


def build_attachment(
    content: Union[bytes, Base64File],
    filename: str,
    content_type: Optional[str] = None,
    disposition: str = "attachment",
    content_id: Optional[str] = None,
) -> JsonObject:
    """Build the payload of an attachment.

    :param content: the content, or the file that is encoded together with the body.
    :param content_type: the media type; it is guessed from the file name by default.
    """
    attachment: JsonObject = {
        "filename": filename,
        "type": content_type or mimetypes.guess_type(filename)[0] or "application/octet-stream",
        "disposition": disposition,
        "content": base64.b64encode(content).decode("ascii") if isinstance(content, bytes) else content,
    }
    if content_id:
        attachment["content_id"] = content_id
    return attachment


def get_filename(entry: Options) -> str:
    """Return the file name that the recipient sees, from an entry of the option ``attachments``."""
    return entry["filename"] or os.path.basename(entry["src"])


def get_content_id(entry: Options) -> Optional[str]:
    """Return the content ID of an entry of the option ``attachments``.

    It defaults to the file name if the attachment is inline and the name is a valid content ID.
    """
    if entry["content_id"] or entry["disposition"] != "inline":
        return entry["content_id"]
    return get_filename(entry) if _CONTENT_ID.fullmatch(get_filename(entry)) else None


def _build_valid_payload(options: Options, errors: List[str]) -> JsonObject:
    """Build a payload from options that have been validated.

    :param errors: the validation errors so far.
    :raises MailtrapError: if there is any error.
    """
    payload = _build_fields(options, errors)
    errors.extend(_validate_references(payload.get("html", ""), options.get("attachments") or ()))
    if errors:
        raise MailtrapError(*errors)
    return payload


def _build_fields(options: Options, errors: List[str]) -> JsonObject:
    """Build the fields of a payload, and append an error to ``errors`` for each invalid address."""
    payload: JsonObject = {}
    for option in ("from", "reply_to"):
        if options.get(option):
            payload[option] = _parse_option(option, options[option], errors)
    for option in RECIPIENT_OPTIONS:
        if options.get(option):
            payload[option] = [_parse_option(option, text, errors) for text in options[option]]
    for field in ("subject", "category"):
        if options.get(field):
            payload[field] = options[field].strip()
    markdown = options.get("body_markdown")
    if markdown:
        payload["text"] = markdown  # Markdown is readable as plain text
        payload["html"] = markdown_to_html(markdown)
    for field in ("text", "html", "template_uuid", "template_variables"):
        if options.get(field):
            payload[field] = options[field]
    for field in ("custom_variables", "headers"):  # the service accepts only strings as values
        if options.get(field):
            payload[field] = {name: _to_text(value) for name, value in options[field].items() if value is not None}
    return payload


def _parse_option(option: str, text: str, errors: List[str]) -> Optional[Dict[str, str]]:
    """Parse an address of an option. If it is invalid, append the error to ``errors`` and return None."""
    try:
        return parse_mailbox(text)
    except MailtrapError as error:
        errors.append(f"{option}: {error}")
        return None


def _to_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _has_line_break(text: str) -> bool:
    """Check whether a text has several lines. In a header, the second line could be another header."""
    return len(f"{text}.".splitlines()) > 1


def _validate_message(options: Options) -> Iterator[str]:
    """Yield the errors of the options of a complete message."""
    if not options.get("from"):
        yield "from is empty"
    if not any(options.get(option) for option in RECIPIENT_OPTIONS):
        yield "to, cc and bcc are all empty: give at least one recipient"
    yield from _validate_content(options)
    yield from _validate_fields(options)


def _validate_fields(options: Options) -> Iterator[str]:
    """Yield the errors of recipients, category, custom variables, headers and attachments."""
    for option in RECIPIENT_OPTIONS:
        count = len(options.get(option) or ())
        if count > MAX_RECIPIENTS:
            yield f"{option} has {count} recipients; the limit is {MAX_RECIPIENTS}"
    category = (options.get("category") or "").strip()
    if len(category) > MAX_CATEGORY_LENGTH:
        yield f"category has {len(category)} characters; the limit is {MAX_CATEGORY_LENGTH}"
    if _has_line_break(category):
        yield "category contains a line break"
    size = len(json.dumps(options.get("custom_variables") or {}, separators=(",", ":"), ensure_ascii=False).encode())
    if size > MAX_CUSTOM_VARIABLES_SIZE:
        yield f"custom_variables has {size} bytes as JSON; the limit is {MAX_CUSTOM_VARIABLES_SIZE}"
    for name, value in (options.get("headers") or {}).items():
        if name.lower() in RESERVED_HEADERS:
            yield f"the header {name} cannot be set by headers: it has an option of its own, or the service sets it"
        elif not _HEADER_NAME.fullmatch(name):
            yield f"{name!r} is not a valid header name"
        elif _has_line_break(str(value)):
            yield f"the header {name} contains a line break"
    yield from _validate_attachments(options)


def _validate_content(options: Options) -> Iterator[str]:
    """Yield the errors of the content: either a subject and a body, or a template (docs/service.md#sending-request)."""
    for option in ("template", "template_uuid"):
        if options.get(option) == "":
            yield f"{option} is empty"
            return
    if options.get("template_uuid") or options.get("template"):
        conflicts = [name for name in ("subject", "text", "html", "body_markdown", "category") if options.get(name)]
        if conflicts:
            names = ", ".join(conflicts)
            yield f"a template cannot be combined with {names}: omit the template, or omit {names}"
        uuid = options.get("template_uuid")
        if uuid and options.get("template"):
            yield "template and template_uuid are both given: omit one of them"
        elif uuid and not _UUID.fullmatch(uuid):
            yield f"template_uuid {uuid!r} is not a UUID; use template to select a template by its name"
        return
    if options.get("template_variables"):
        yield "template_variables requires template or template_uuid"
    if not (options.get("subject") or "").strip():
        yield "subject is empty"
    elif _has_line_break(options["subject"].strip()):
        yield "subject contains a line break"
    yield from _validate_body(options)


def _validate_body(options: Options, needs_body: bool = True) -> Iterator[str]:
    """Yield the errors of the options text, html and body_markdown."""
    if options.get("html") and options.get("body_markdown"):
        yield "html and body_markdown are both given: omit one of them"
    elif needs_body and not any(options.get(option) for option in ("text", "html", "body_markdown")):
        yield "the message has neither text nor html nor body_markdown"


def _validate_attachments(options: Options) -> Iterator[str]:
    """Yield the errors of the attachments, without reading their files."""
    for entry in options.get("attachments") or ():
        label = f"attachment {entry['src']!r}"
        if _has_line_break(get_filename(entry)):
            yield f"{label}: the file name {get_filename(entry)!r} contains a line break"
        if entry["content_type"] and not _MEDIA_TYPE.fullmatch(entry["content_type"]):
            yield f"{label}: content_type {entry['content_type']!r} is not a media type such as image/png"
        if entry["content_id"] and not _CONTENT_ID.fullmatch(entry["content_id"]):
            yield f"{label}: content_id {entry['content_id']!r} contains blanks, <, > or non-ASCII characters"


def _validate_references(html: str, attachments: Sequence[Options]) -> Iterator[str]:
    """Yield the errors of references from the HTML body to inline attachments."""
    content_ids = [content_id for content_id in map(get_content_id, attachments) if content_id]
    for content_id in sorted({content_id for content_id in content_ids if content_ids.count(content_id) > 1}):
        yield f"several attachments have the content_id {content_id!r}"
    references = {unquote_url(reference) for reference in _CID_REFERENCE.findall(html)}
    for content_id in sorted(references - set(content_ids)):
        yield f"the HTML refers to cid:{content_id}, but no attachment has this content_id"
