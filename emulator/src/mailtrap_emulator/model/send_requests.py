# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send requests: parsing, validation and composition of the message (docs/service.md#sending-request)."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any

from ..mail.mime import Attachment, Mail, compose_mail, is_address
from ..state.json_codec import JsonObject, encode_json
from ..state.world import World

# Maximum number of addresses in one field, and sizes (docs/service.md#quotas).
MAX_PEOPLE = 1000
MAX_CATEGORY = 255
MAX_CUSTOM_VARIABLES = 1000

MAX_LIVE_MESSAGE = 10 * 1024 * 1024

JSON_TYPES: dict[type, str] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
}
FIELD_TYPES: dict[str, type] = {
    "from": dict,
    "to": list,
    "cc": list,
    "bcc": list,
    "reply_to": dict,
    "subject": str,
    "text": str,
    "html": str,
    "template_uuid": str,
    "template_variables": dict,
    "category": str,
    "custom_variables": dict,
    "headers": dict,
    "attachments": list,
}
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
RESERVED_HEADERS = {
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "received",
    "return-path",
    "dkim-signature",
    "category",
    "x-mt-category",
}
# Ignored instead of refused, because the service sets this header itself.
IGNORED_HEADERS = {"content-transfer-encoding"}


@dataclass
class SendRequest:
    """A valid send request. People are ``{"email": ..., "name": ...}``."""

    sender: dict[str, str] = field(default_factory=dict)
    to: list[dict[str, str]] = field(default_factory=list)
    cc: list[dict[str, str]] = field(default_factory=list)
    bcc: list[dict[str, str]] = field(default_factory=list)
    reply_to: dict[str, str] | None = None
    subject: str = ""
    text: str | None = None
    html: str | None = None
    template_uuid: str | None = None
    template_variables: dict[str, Any] | None = None
    category: str | None = None
    custom_variables: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    files: list[Attachment] = field(default_factory=list)

    @property
    def recipients(self) -> list[str]:
        """The addresses in the order of the message ids: To, Cc, Bcc (docs/service.md#sending-answers)."""
        return [person["email"] for person in (*self.to, *self.cc, *self.bcc)]


def parse_send_request(payload: JsonObject) -> tuple[SendRequest, list[str]]:
    """Parse a send request and return it with its errors, in the service's order.

    With errors, the request may be incomplete.
    """
    fields = {name: value for name, value in payload.items() if value is not None}
    errors = [
        f"invalid type for field `{name}`, expected: `{JSON_TYPES[expected]}`, given: `{JSON_TYPES[type(value)]}`"
        for name, expected in FIELD_TYPES.items()
        if (value := fields.get(name)) is not None and not isinstance(value, expected)
    ]
    if errors:
        return SendRequest(), errors
    request = SendRequest(
        sender=parse_person(fields.get("from")),
        to=[parse_person(person) for person in fields.get("to", [])],
        cc=[parse_person(person) for person in fields.get("cc", [])],
        bcc=[parse_person(person) for person in fields.get("bcc", [])],
        reply_to=parse_person(fields["reply_to"]) if fields.get("reply_to") else None,
        subject=fields.get("subject", ""),
        text=fields.get("text") or None,
        html=fields.get("html") or None,
        template_uuid=fields.get("template_uuid") or None,
        template_variables=fields.get("template_variables"),
        category=fields.get("category"),
        custom_variables=fields.get("custom_variables"),
    )
    errors += find_people_errors(fields, request) + find_content_errors(fields, request)
    # A Reply-To header can hold several addresses, but the field reply_to takes precedence.
    ignored = IGNORED_HEADERS | ({"reply-to"} if request.reply_to else set())
    request.headers, header_errors = parse_headers(fields.get("headers", {}), ignored)
    request.files, attachment_errors = parse_attachments(fields.get("attachments", []))
    return request, errors + header_errors + attachment_errors


def parse_person(value: Any) -> dict[str, str]:
    """Return the address and the name of a person. A missing or invalid value becomes an empty text."""
    if not isinstance(value, dict):
        return {"email": "", "name": ""}
    email, name = value.get("email"), value.get("name")
    return {"email": email if isinstance(email, str) else "", "name": name if isinstance(name, str) else ""}


def find_people_errors(fields: JsonObject, request: SendRequest) -> list[str]:
    """Return the errors of the sender and the recipients. ``fields`` are the fields of the request before parsing."""
    errors = []
    if not fields.get("from"):
        errors.append("'from' is required")
    elif not is_address(request.sender["email"]):
        errors.append("'from' address is invalid")
    if not request.recipients:
        errors.append("'to', 'cc' or 'bcc' address is required")
    for name, people in (("to", request.to), ("cc", request.cc), ("bcc", request.bcc)):
        if not all(is_address(person["email"]) for person in people):
            errors.append(f"'{name}' address is invalid")
        if len(people) > MAX_PEOPLE:
            errors.append(f"'{name}' must not have more than {MAX_PEOPLE} addresses")
    if request.reply_to and not is_address(request.reply_to["email"]):
        errors.append("'reply_to' address is invalid")
    return errors


def find_content_errors(fields: JsonObject, request: SendRequest) -> list[str]:
    """Return the errors of the content. A request has either a template, or a subject and a body."""
    if request.template_uuid:
        excluded = ("subject", "text", "html", "category")
        errors = [f"'{name}' is not allowed with 'template_uuid'" for name in excluded if name in fields]
    else:
        errors = [] if request.subject else ["'subject' is required"]
        if not (request.text or request.html):
            errors.append("must specify either text or html body")
    if len(request.category or "") > MAX_CATEGORY:
        errors.append(f"'category' must not be longer than {MAX_CATEGORY} characters")
    if len(encode_json(request.custom_variables or {})) > MAX_CUSTOM_VARIABLES:
        errors.append(f"'custom_variables' must not be larger than {MAX_CUSTOM_VARIABLES} bytes")
    return errors


def parse_headers(values: JsonObject, ignored: set[str]) -> tuple[dict[str, str], list[str]]:
    """Return the custom headers as texts, without the ignored ones, and their errors."""
    headers, errors = {}, []
    for name, value in values.items():
        if name.lower() in ignored:
            continue
        if name.lower() in RESERVED_HEADERS:
            errors.append(f"'headers' must not contain the reserved header '{name}'")
        elif not HEADER_NAME.fullmatch(name) or isinstance(value, dict | list):
            errors.append(f"'headers' contains an invalid header '{name}'")
        elif value is not None:
            headers[name] = value if isinstance(value, str) else json.dumps(value)
    return headers, errors


def parse_attachments(items: list[Any]) -> tuple[list[Attachment], list[str]]:
    """Return the attachments as files, and their errors."""
    files: list[Attachment] = []
    errors: list[str] = []
    for item in items:
        item = item if isinstance(item, dict) else {}
        texts = {name: value for name, value in item.items() if isinstance(value, str)}
        missing = [name for name in ("content", "filename") if not texts.get(name)]
        errors += [f"'attachments' {name} is required" for name in missing]
        if missing:
            continue
        if texts.get("disposition", "attachment") not in ("attachment", "inline"):
            errors.append("'attachments' disposition must be attachment or inline")
            continue
        try:
            content = base64.b64decode("".join(texts["content"].split()), validate=True)
        except (binascii.Error, ValueError):
            errors.append("'attachments' content must be base64")
            continue
        inline = texts.get("disposition") == "inline"
        files.append(Attachment(texts["filename"], content, texts.get("type"), inline, texts.get("content_id")))
    return files, errors


def compose_request(world: World, request: SendRequest, message_id: str | None = None) -> bytes:
    """Return the RFC 822 message of a send request.

    Category and custom variables are in the headers that SMTP clients use for them (docs/service.md#smtp).
    """
    headers = dict(request.headers)
    if request.category:
        headers["X-MT-Category"] = request.category
    if request.custom_variables:
        headers["X-MT-Custom-Variables"] = json.dumps(request.custom_variables, ensure_ascii=False)
    mail = Mail(
        request.sender,
        request.to,
        request.cc,
        request.reply_to,
        request.subject,
        request.text,
        request.html,
        headers,
        request.files,
    )
    return compose_mail(
        mail, f"{message_id or world.uuid1()}@{sender_domain(request)}", world.clock.now(), world.random_hex(32)
    )


def sender_domain(request: SendRequest) -> str:
    """Return the domain of the sender."""
    return request.sender["email"].rpartition("@")[2]


def add_unsubscribe_link(request: SendRequest, message_id: str) -> None:
    """Add the unsubscribe link of the bulk stream to a request (docs/service.md#sending-semantics)."""
    url = f"https://mailtrap.io/unsubscribe/{message_id}"
    request.headers.setdefault("List-Unsubscribe", f"<{url}>")
    request.text = request.text and request.text.replace("__unsubscribe_url__", url)
    request.html = request.html and request.html.replace("__unsubscribe_url__", url)
