# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send requests: parsing, validation and composition of the mail (facts 4)."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any

from ..mail.mime import File, Mail, compose, is_address
from ..state.json_codec import encode_json
from ..state.world import World

MAX_PEOPLE = 1000
MAX_CATEGORY = 255
MAX_CUSTOM_VARIABLES = 1000

MAX_LIVE_MESSAGE = 10 * 1024 * 1024

JSON_TYPES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
FIELD_TYPES = {
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
# Ignored rather than refused: the service writes its own.
IGNORED_HEADERS = {"content-transfer-encoding"}


@dataclass
class SendRequest:
    """A send request that has passed the checks. People are ``{"email": ..., "name": ...}``."""

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
    files: list[File] = field(default_factory=list)

    @property
    def recipients(self) -> list[str]:
        """Addresses in the order in which message ids are given: To, Cc, Bcc (facts 4.3)."""
        return [person["email"] for person in (*self.to, *self.cc, *self.bcc)]


def parse_send_request(payload: dict[str, Any]) -> tuple[SendRequest, list[str]]:
    """The fields of a send request, and what is wrong with them in the service's order and words (facts 2.3)."""
    given = {name: value for name, value in payload.items() if value is not None}
    errors = [
        f"invalid type for field `{name}`, expected: `{JSON_TYPES[kind]}`, given: `{JSON_TYPES[type(given[name])]}`"
        for name, kind in FIELD_TYPES.items()
        if name in given and not isinstance(given[name], kind)
    ]
    if errors:
        return SendRequest(), errors
    fields = SendRequest(
        sender=parse_person(given.get("from")),
        to=[parse_person(one) for one in given.get("to", [])],
        cc=[parse_person(one) for one in given.get("cc", [])],
        bcc=[parse_person(one) for one in given.get("bcc", [])],
        reply_to=parse_person(given["reply_to"]) if given.get("reply_to") else None,
        subject=given.get("subject", ""),
        text=given.get("text") or None,
        html=given.get("html") or None,
        template_uuid=given.get("template_uuid") or None,
        template_variables=given.get("template_variables"),
        category=given.get("category"),
        custom_variables=given.get("custom_variables"),
    )
    errors += find_people_errors(given, fields) + find_content_errors(given, fields)
    # Several addresses for replies fit only into a header; the field of one goes before it.
    ignored = IGNORED_HEADERS | ({"reply-to"} if fields.reply_to else set())
    fields.headers, more = parse_headers(given.get("headers", {}), ignored)
    fields.files, most = parse_attachments(given.get("attachments", []))
    return fields, errors + more + most


def parse_person(value: Any) -> dict[str, str]:
    """Address and name as texts; nothing where there is no address."""
    if not isinstance(value, dict):
        return {"email": "", "name": ""}
    email, name = value.get("email"), value.get("name")
    return {"email": email if isinstance(email, str) else "", "name": name if isinstance(name, str) else ""}


def find_people_errors(given: dict[str, Any], fields: SendRequest) -> list[str]:
    errors = []
    if not given.get("from"):
        errors.append("'from' is required")
    elif not is_address(fields.sender["email"]):
        errors.append("'from' address is invalid")
    if not fields.recipients:
        errors.append("'to', 'cc' or 'bcc' address is required")
    for name, people in (("to", fields.to), ("cc", fields.cc), ("bcc", fields.bcc)):
        if not all(is_address(one["email"]) for one in people):
            errors.append(f"'{name}' address is invalid")
        if len(people) > MAX_PEOPLE:
            errors.append(f"'{name}' must not have more than {MAX_PEOPLE} addresses")
    if fields.reply_to and not is_address(fields.reply_to["email"]):
        errors.append("'reply_to' address is invalid")
    return errors


def find_content_errors(given: dict[str, Any], fields: SendRequest) -> list[str]:
    """Either a template or subject and body, never both."""
    if fields.template_uuid:
        excluded = ("subject", "text", "html", "category")
        errors = [f"'{name}' is not allowed with 'template_uuid'" for name in excluded if name in given]
    else:
        errors = [] if fields.subject else ["'subject' is required"]
        if not (fields.text or fields.html):
            errors.append("must specify either text or html body")
    if len(fields.category or "") > MAX_CATEGORY:
        errors.append(f"'category' must not be longer than {MAX_CATEGORY} characters")
    if len(encode_json(fields.custom_variables or {})) > MAX_CUSTOM_VARIABLES:
        errors.append(f"'custom_variables' must not be larger than {MAX_CUSTOM_VARIABLES} bytes")
    return errors


def parse_headers(given: dict[str, Any], ignored: set[str]) -> tuple[dict[str, str], list[str]]:
    headers, errors = {}, []
    for name, value in given.items():
        if name.lower() in ignored:
            continue
        if name.lower() in RESERVED_HEADERS:
            errors.append(f"'headers' must not contain the reserved header '{name}'")
        elif not HEADER_NAME.fullmatch(name) or isinstance(value, dict | list):
            errors.append(f"'headers' contains an invalid header '{name}'")
        elif value is not None:
            headers[name] = value if isinstance(value, str) else json.dumps(value)
    return headers, errors


def parse_attachments(given: list) -> tuple[list[File], list[str]]:
    files, errors = [], []
    for item in given:
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
        files.append(File(texts["filename"], content, texts.get("type"), inline, texts.get("content_id")))
    return files, errors


def compose_request(world: World, fields: SendRequest, message_id: str | None = None) -> bytes:
    """The RFC 822 message of a send request. Category and variables travel in the headers that SMTP clients use."""
    headers = dict(fields.headers)
    if fields.category:
        headers["X-MT-Category"] = fields.category
    if fields.custom_variables:
        headers["X-MT-Custom-Variables"] = json.dumps(fields.custom_variables, ensure_ascii=False)
    mail = Mail(
        fields.sender,
        fields.to,
        fields.cc,
        fields.reply_to,
        fields.subject,
        fields.text,
        fields.html,
        headers,
        fields.files,
    )
    return compose(
        mail, f"{message_id or world.uuid1()}@{sender_domain(fields)}", world.clock.now(), world.random_hex(32)
    )


def sender_domain(fields: SendRequest) -> str:
    return fields.sender["email"].rpartition("@")[2]


def add_unsubscribe_link(fields: SendRequest, message_id: str) -> None:
    """What the bulk stream adds to a message (facts 4.4)."""
    url = f"https://mailtrap.io/unsubscribe/{message_id}"
    fields.headers.setdefault("List-Unsubscribe", f"<{url}>")
    fields.text = fields.text and fields.text.replace("__unsubscribe_url__", url)
    fields.html = fields.html and fields.html.replace("__unsubscribe_url__", url)
