# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending mail: transactional, bulk, and into a sandbox; one by one and in batches (facts 4)."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any

from .. import mailbox, outgoing
from ..access import ADMIN
from ..call import Call, read_json
from ..handlebars import TemplateError, render
from ..mail import File, Mail, compose, is_address
from ..outbox import OUTBOX, RAW_OUTBOX
from ..replies import encode, send_refused
from ..routing import BULK, SANDBOX, TRANSACTIONAL, Routes
from ..store import Row
from ..verification import can_send
from ..world import World
from . import domains

TABLES = [OUTBOX, RAW_OUTBOX]
routes = Routes(scoped=False)
LIVE = (TRANSACTIONAL, BULK)

MAX_PEOPLE = 1000
MAX_CATEGORY = 255
MAX_CUSTOM_VARIABLES = 1000
MAX_REQUESTS = 500
MAX_BATCH = 50 * 1024 * 1024
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
class Fields:
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


class NotSent(Exception):
    """One message is refused. In a batch it becomes an item's answer, alone the whole answer."""

    def __init__(self, status: int, *errors: str) -> None:
        super().__init__(*errors)
        self.status = status
        self.errors = errors


def read_fields(payload: dict[str, Any]) -> tuple[Fields, list[str]]:
    """The fields of a send request, and what is wrong with them in the service's order and words (facts 2.3)."""
    given = {name: value for name, value in payload.items() if value is not None}
    errors = [
        f"invalid type for field `{name}`, expected: `{JSON_TYPES[kind]}`, given: `{JSON_TYPES[type(given[name])]}`"
        for name, kind in FIELD_TYPES.items()
        if name in given and not isinstance(given[name], kind)
    ]
    if errors:
        return Fields(), errors
    fields = Fields(
        sender=person(given.get("from")),
        to=[person(one) for one in given.get("to", [])],
        cc=[person(one) for one in given.get("cc", [])],
        bcc=[person(one) for one in given.get("bcc", [])],
        reply_to=person(given["reply_to"]) if given.get("reply_to") else None,
        subject=given.get("subject", ""),
        text=given.get("text") or None,
        html=given.get("html") or None,
        template_uuid=given.get("template_uuid") or None,
        template_variables=given.get("template_variables"),
        category=given.get("category"),
        custom_variables=given.get("custom_variables"),
    )
    errors += people_errors(given, fields) + content_errors(given, fields)
    # Several addresses for replies fit only into a header; the field of one goes before it.
    ignored = IGNORED_HEADERS | ({"reply-to"} if fields.reply_to else set())
    fields.headers, more = read_headers(given.get("headers", {}), ignored)
    fields.files, most = read_files(given.get("attachments", []))
    return fields, errors + more + most


def person(value: Any) -> dict[str, str]:
    """Address and name as texts; nothing where there is no address."""
    if not isinstance(value, dict):
        return {"email": "", "name": ""}
    email, name = value.get("email"), value.get("name")
    return {"email": email if isinstance(email, str) else "", "name": name if isinstance(name, str) else ""}


def people_errors(given: dict[str, Any], fields: Fields) -> list[str]:
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


def content_errors(given: dict[str, Any], fields: Fields) -> list[str]:
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
    if len(encode(fields.custom_variables or {})) > MAX_CUSTOM_VARIABLES:
        errors.append(f"'custom_variables' must not be larger than {MAX_CUSTOM_VARIABLES} bytes")
    return errors


def read_headers(given: dict[str, Any], ignored: set[str]) -> tuple[dict[str, str], list[str]]:
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


def read_files(given: list) -> tuple[list[File], list[str]]:
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


def compose_fields(world: World, fields: Fields, message_id: str | None = None) -> bytes:
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
    return compose(mail, f"{message_id or world.uuid1()}@{domain_name(fields)}", world.clock.now(), world.hex(32))


def fill_in(call: Call, fields: Fields) -> Row | None:
    """Put a template's texts into the fields, rendered; the template, if there is one."""
    if not fields.template_uuid:
        return None
    template = call.world.store["email_templates"].find("uuid", fields.template_uuid.lower())
    if template is None or template["account_id"] != call.account_id:
        raise NotSent(400, "'template_uuid' is invalid")
    variables = fields.template_variables or {}
    try:
        fields.subject = render(template["subject"], variables, escape=False)
        fields.text = render(template["body_text"] or "", variables, escape=False)
        fields.html = render(template["body_html"] or "", variables)
    except TemplateError as error:
        raise NotSent(400, f"template rendering failed: {error}") from None
    return template


def send_into_sandbox(call: Call, sandbox: Row, payload: dict[str, Any]) -> list[str]:
    """Deliver one message; its id is given once, whatever the number of recipients."""
    fields = checked(payload)
    template = fill_in(call, fields)
    if not mailbox.count_send(call.world, sandbox):
        raise NotSent(429, "Rate limit exceeded")
    raw = compose_fields(call.world, fields)
    if len(raw) > mailbox.max_message_size(call.world, sandbox):
        raise NotSent(413, "message too large")
    message = mailbox.deliver(
        call.world,
        sandbox,
        raw,
        bcc=[one["email"] for one in fields.bcc],
        template_id=template["id"] if template else 0,
        template_variables=(fields.template_variables or {}) if template else None,
    )
    return [str(message["id"])]


def send_live(call: Call, payload: dict[str, Any]) -> list[str]:
    """Send one message: one id per recipient (facts 4.3)."""
    fields = checked(payload)
    domain = check_domain(call, fields)
    template = fill_in(call, fields)
    ids = [call.world.uuid1() for _ in fields.recipients]
    if call.host == BULK:
        add_unsubscribe(fields, ids[0])
    raw = compose_fields(call.world, fields, ids[0])
    if len(raw) > MAX_LIVE_MESSAGE:
        raise NotSent(413, "message too large")
    outgoing.accept(
        call.world,
        log_fields(call, fields, domain, template) | {"rfc_message_id": f"<{ids[0]}@{domain_name(fields)}>"},
        list(zip(ids, fields.recipients, strict=True)),
        raw,
        bcc=fields.bcc,
        category=fields.category,
        custom_variables=fields.custom_variables,
        template_uuid=fields.template_uuid,
        template_variables=fields.template_variables,
    )
    return ids


def log_fields(call: Call, fields: Fields, domain: Row, template: Row | None) -> dict[str, Any]:
    """What the email logs say of a message whoever receives it (facts 3.20)."""
    headers = {name.lower(): value for name, value in fields.headers.items()}
    return {
        "account_id": call.account_id,
        "in_reply_to": headers.get("in-reply-to"),
        "references": headers.get("references", "").split(),
        "subject": fields.subject,
        "from": fields.sender["email"],
        "client_ip": call.request.client_ip or None,
        "category": fields.category,
        "custom_variables": fields.custom_variables or None,
        "sending_stream": call.host,
        "domain_id": domain["id"],
        "domain_name": domain["domain_name"],
        "template_id": template["id"] if template else None,
        "template_variables": fields.template_variables if template else None,
    }


def domain_name(fields: Fields) -> str:
    return fields.sender["email"].rpartition("@")[2]


def checked(payload: Any) -> Fields:
    if not isinstance(payload, dict):
        raise NotSent(400, "invalid request")
    fields, errors = read_fields(payload)
    if errors:
        raise NotSent(400, *errors)
    return fields


def check_domain(call: Call, fields: Fields) -> Row:
    """Live mail leaves only from a domain that may send and that the token has rights on; the demo domain writes only
    to the account's owner (facts 2.2, 3.11)."""
    domain = domains.named(call.world, call.account_id, domain_name(fields))
    status = call.world.settings["unverified_domain_status"]
    if domain is None or not can_send(domain) or call.access.domain(domain) < ADMIN:
        raise NotSent(status, "Unauthorized" if status == 401 else "Forbidden")
    owner = call.world.store["accounts"].get(call.account_id)["owner_email"].lower()
    if domain["demo"] and any(address.lower() != owner for address in fields.recipients):
        raise NotSent(
            403,
            "Demo domains can only be used to send emails to account owners. "
            "You can only send testing emails to your own email address.",
        )
    return domain


def add_unsubscribe(fields: Fields, message_id: str) -> None:
    """What the bulk stream adds to a message (facts 4.4)."""
    url = f"https://mailtrap.io/unsubscribe/{message_id}"
    fields.headers.setdefault("List-Unsubscribe", f"<{url}>")
    fields.text = fields.text and fields.text.replace("__unsubscribe_url__", url)
    fields.html = fields.html and fields.html.replace("__unsubscribe_url__", url)


def sandbox_of(call: Call) -> Row:
    """The sandbox that the path names, in the sending hosts' error shapes."""
    name = call.params["sandbox_id"]
    sandbox = call.world.store["sandboxes"].get(int(name)) if re.fullmatch(r"[1-9][0-9]{0,18}", name) else None
    if sandbox is None or sandbox["account_id"] != call.account_id:
        raise send_refused(404, "Not Found")
    if call.access.sandbox(sandbox) < ADMIN:
        raise send_refused(403, "Forbidden", success=True)
    return sandbox


def send_one(call: Call, send: Any) -> dict:
    try:
        return {"success": True, "message_ids": send(read_payload(call))}
    except NotSent as refusal:
        raise send_refused(refusal.status, *refusal.errors, success=refusal.status not in (400, 401)) from None


def send_batch(call: Call, send: Any) -> dict:
    """200 whatever became of the single messages (facts 4.3)."""
    if len(call.request.body) > MAX_BATCH:
        raise send_refused(413, "message too large", success=True)
    payload = read_payload(call)
    base, requests = payload.get("base"), payload.get("requests")
    if not requests or not isinstance(requests, list):
        raise send_refused(400, "empty field: 'requests'")
    if len(requests) > MAX_REQUESTS:
        raise send_refused(400, f"'requests' must not have more than {MAX_REQUESTS} messages")
    common = (
        {name: value for name, value in base.items() if name not in ("to", "cc", "bcc")}
        if isinstance(base, dict)
        else {}
    )
    responses = []
    for request in requests:
        try:
            merged = common | request if isinstance(request, dict) else request
            responses.append({"success": True, "message_ids": send(merged)})
        except NotSent as refusal:
            responses.append({"success": False, "errors": list(refusal.errors)})
    return {"success": True, "responses": responses}


def read_payload(call: Call) -> dict[str, Any]:
    """The JSON object of the body, whatever it is declared as."""
    try:
        payload = read_json(call.request.body or b"{}")
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        raise send_refused(400, "invalid JSON")
    return payload


@routes.post("send", hosts=LIVE)
def send_mail(call: Call) -> dict:
    return send_one(call, lambda payload: send_live(call, payload))


@routes.post("batch", hosts=LIVE)
def batch_send_mail(call: Call) -> dict:
    return send_batch(call, lambda payload: send_live(call, payload))


@routes.post("send/{sandbox_id}", hosts=(SANDBOX,))
def send_to_sandbox(call: Call) -> dict:
    sandbox = sandbox_of(call)
    return send_one(call, lambda payload: send_into_sandbox(call, sandbox, payload))


@routes.post("batch/{sandbox_id}", hosts=(SANDBOX,))
def batch_send_to_sandbox(call: Call) -> dict:
    sandbox = sandbox_of(call)
    return send_batch(call, lambda payload: send_into_sandbox(call, sandbox, payload))
