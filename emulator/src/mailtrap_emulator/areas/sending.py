# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending mail: transactional, bulk, and into a sandbox; one by one and in batches (facts 4)."""

import re
from typing import Any

from ..http.call import Call
from ..http.responses import send_error
from ..http.routing import BULK, SANDBOX, TRANSACTIONAL, Routes
from ..mail.handlebars import TemplateError, render
from ..model.domain_verification import can_send
from ..model.domains import find_domain_by_name
from ..model.live_mail import accept_mail
from ..model.permissions import ADMIN
from ..model.sandbox_messages import deliver_message
from ..model.sandboxes import consume_send_quota, max_message_size
from ..model.send_requests import (
    MAX_LIVE_MESSAGE,
    SendRequest,
    add_unsubscribe_link,
    compose_request,
    parse_send_request,
    sender_domain,
)
from ..state.json_codec import parse_json
from ..state.store import Row

routes = Routes(scoped=False)
LIVE = (TRANSACTIONAL, BULK)

MAX_REQUESTS = 500
MAX_BATCH = 50 * 1024 * 1024


class NotSent(Exception):
    """One message is refused. In a batch it becomes an item's answer, alone the whole answer."""

    def __init__(self, status: int, *errors: str) -> None:
        super().__init__(*errors)
        self.status = status
        self.errors = errors


def fill_in(call: Call, fields: SendRequest) -> Row | None:
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
    if not consume_send_quota(call.world, sandbox):
        raise NotSent(429, "Rate limit exceeded")
    raw = compose_request(call.world, fields)
    if len(raw) > max_message_size(call.world, sandbox):
        raise NotSent(413, "message too large")
    message = deliver_message(
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
        add_unsubscribe_link(fields, ids[0])
    raw = compose_request(call.world, fields, ids[0])
    if len(raw) > MAX_LIVE_MESSAGE:
        raise NotSent(413, "message too large")
    accept_mail(
        call.world,
        log_fields(call, fields, domain, template) | {"rfc_message_id": f"<{ids[0]}@{sender_domain(fields)}>"},
        list(zip(ids, fields.recipients, strict=True)),
        raw,
        bcc=fields.bcc,
        category=fields.category,
        custom_variables=fields.custom_variables,
        template_uuid=fields.template_uuid,
        template_variables=fields.template_variables,
    )
    return ids


def log_fields(call: Call, fields: SendRequest, domain: Row, template: Row | None) -> dict[str, Any]:
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


def checked(payload: Any) -> SendRequest:
    if not isinstance(payload, dict):
        raise NotSent(400, "invalid request")
    fields, errors = parse_send_request(payload)
    if errors:
        raise NotSent(400, *errors)
    return fields


def check_domain(call: Call, fields: SendRequest) -> Row:
    """Live mail leaves only from a domain that may send and that the token has rights on; the demo domain writes only
    to the account's owner (facts 2.2, 3.11)."""
    domain = find_domain_by_name(call.world, call.account_id, sender_domain(fields))
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


def sandbox_of(call: Call) -> Row:
    """The sandbox that the path names, in the sending hosts' error shapes."""
    name = call.params["sandbox_id"]
    sandbox = call.world.store["sandboxes"].get(int(name)) if re.fullmatch(r"[1-9][0-9]{0,18}", name) else None
    if sandbox is None or sandbox["account_id"] != call.account_id:
        raise send_error(404, "Not Found")
    if call.access.sandbox(sandbox) < ADMIN:
        raise send_error(403, "Forbidden", success=True)
    return sandbox


def send_one(call: Call, send: Any) -> dict:
    try:
        return {"success": True, "message_ids": send(read_payload(call))}
    except NotSent as refusal:
        raise send_error(refusal.status, *refusal.errors, success=refusal.status not in (400, 401)) from None


def send_batch(call: Call, send: Any) -> dict:
    """200 whatever became of the single messages (facts 4.3)."""
    if len(call.request.body) > MAX_BATCH:
        raise send_error(413, "message too large", success=True)
    payload = read_payload(call)
    base, requests = payload.get("base"), payload.get("requests")
    if not requests or not isinstance(requests, list):
        raise send_error(400, "empty field: 'requests'")
    if len(requests) > MAX_REQUESTS:
        raise send_error(400, f"'requests' must not have more than {MAX_REQUESTS} messages")
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
        payload = parse_json(call.request.body or b"{}")
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        raise send_error(400, "invalid JSON")
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
