# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending mail: transactional, bulk and into a sandbox, as one message or as a batch (docs/service.md#sending)."""

import re
from collections.abc import Callable
from typing import Any

from ..http.call import Call
from ..http.responses import send_error
from ..http.routing import BULK, SANDBOX, TRANSACTIONAL, Routes
from ..mail.handlebars import TemplateError, render_template
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
from ..state.json_codec import JsonObject, parse_json
from ..state.store import Row

routes = Routes(scoped=False)
LIVE_HOSTS = (TRANSACTIONAL, BULK)

# Messages in a batch, and bytes of a batch.
MAX_BATCH_MESSAGES = 500
MAX_BATCH_SIZE = 50 * 1024 * 1024

# Sends the message of a payload and returns its message ids. Raises SendError.
SendMessage = Callable[[JsonObject], list[str]]


class SendError(Exception):
    """One message was not sent. In a batch, only its item of the response has the errors."""

    def __init__(self, status: int, *errors: str) -> None:
        super().__init__(*errors)
        self.status = status
        self.errors = errors


def fill_in_template(call: Call, request: SendRequest) -> Row | None:
    """Set the subject and the bodies of a request from its template. Return the template, or None without one.

    :raises SendError: if the template does not exist or cannot be rendered.
    """
    if not request.template_uuid:
        return None
    template = call.world.store["email_templates"].find("uuid", request.template_uuid.lower())
    if template is None or template["account_id"] != call.account_id:
        raise SendError(400, "'template_uuid' is invalid")
    variables = request.template_variables or {}
    try:
        request.subject = render_template(template["subject"], variables, escape=False)
        request.text = render_template(template["body_text"] or "", variables, escape=False)
        request.html = render_template(template["body_html"] or "", variables)
    except TemplateError as error:
        raise SendError(400, f"template rendering failed: {error}") from None
    return template


def send_into_sandbox(call: Call, sandbox: Row, payload: JsonObject) -> list[str]:
    """Deliver one message to a sandbox. There is a single id, whatever the number of recipients.

    :raises SendError: if the message is refused.
    """
    request = parse_request(payload)
    template = fill_in_template(call, request)
    if not consume_send_quota(call.world, sandbox):
        raise SendError(429, "Rate limit exceeded")
    raw = compose_request(call.world, request)
    if len(raw) > max_message_size(call.world, sandbox):
        raise SendError(413, "message too large")
    message = deliver_message(
        call.world,
        sandbox,
        raw,
        bcc=[recipient["email"] for recipient in request.bcc],
        template_id=template["id"] if template else 0,
        template_variables=(request.template_variables or {}) if template else None,
    )
    return [str(message["id"])]


def send_live(call: Call, payload: JsonObject) -> list[str]:
    """Send one live message and return an id for each recipient (docs/service.md#sending-answers).

    :raises SendError: if the message is refused.
    """
    request = parse_request(payload)
    domain = find_sending_domain(call, request)
    template = fill_in_template(call, request)
    ids = [call.world.uuid1() for _ in request.recipients]
    if call.host == BULK:
        add_unsubscribe_link(request, ids[0])
    raw = compose_request(call.world, request, ids[0])
    if len(raw) > MAX_LIVE_MESSAGE:
        raise SendError(413, "message too large")
    log_fields = make_log_fields(call, request, domain, template)
    accept_mail(
        call.world,
        log_fields | {"rfc_message_id": f"<{ids[0]}@{sender_domain(request)}>"},
        list(zip(ids, request.recipients, strict=True)),
        raw,
        bcc=request.bcc,
        category=request.category,
        custom_variables=request.custom_variables,
        template_uuid=request.template_uuid,
        template_variables=request.template_variables,
    )
    return ids


def make_log_fields(call: Call, request: SendRequest, domain: Row, template: Row | None) -> JsonObject:
    """Return the fields that the log entries of all recipients of a message share (docs/service.md#email-logs)."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    return {
        "account_id": call.account_id,
        "in_reply_to": headers.get("in-reply-to"),
        "references": headers.get("references", "").split(),
        "subject": request.subject,
        "from": request.sender["email"],
        "client_ip": call.request.client_ip or None,
        "category": request.category,
        "custom_variables": request.custom_variables or None,
        "sending_stream": call.host,
        "domain_id": domain["id"],
        "domain_name": domain["domain_name"],
        "template_id": template["id"] if template else None,
        "template_variables": request.template_variables if template else None,
    }


def parse_request(payload: Any) -> SendRequest:
    """Parse a send request.

    :raises SendError: if it is invalid.
    """
    if not isinstance(payload, dict):
        raise SendError(400, "invalid request")
    request, errors = parse_send_request(payload)
    if errors:
        raise SendError(400, *errors)
    return request


def find_sending_domain(call: Call, request: SendRequest) -> Row:
    """Return the domain that the sender's address is on.

    :raises SendError: if the domain cannot send or the token is not its admin (docs/service.md#status-codes), or if the
        demo domain would write to somebody other than the account owner (docs/service.md#domains).
    """
    domain = find_domain_by_name(call.world, call.account_id, sender_domain(request))
    status = call.world.settings["unverified_domain_status"]
    if domain is None or not can_send(domain) or call.access.domain(domain) < ADMIN:
        raise SendError(status, "Unauthorized" if status == 401 else "Forbidden")
    owner = call.world.store["accounts"][call.account_id]["owner_email"].lower()
    if domain["demo"] and any(address.lower() != owner for address in request.recipients):
        raise SendError(
            403,
            "Demo domains can only be used to send emails to account owners. "
            "You can only send testing emails to your own email address.",
        )
    return domain


def find_target_sandbox(call: Call) -> Row:
    """Return the sandbox in the path.

    :raises HttpError: 403 or 404, with the error bodies of the sending hosts.
    """
    sandbox_id = call.params["sandbox_id"]
    is_id = re.fullmatch(r"[1-9][0-9]{0,18}", sandbox_id)
    sandbox = call.world.store["sandboxes"].get(int(sandbox_id)) if is_id else None
    if sandbox is None or sandbox["account_id"] != call.account_id:
        raise send_error(404, "Not Found")
    if call.access.sandbox(sandbox) < ADMIN:
        raise send_error(403, "Forbidden", success=True)
    return sandbox


def send_one(call: Call, send: SendMessage) -> JsonObject:
    """Send the message in the body.

    :raises HttpError: if it is refused.
    """
    try:
        return {"success": True, "message_ids": send(parse_payload(call))}
    except SendError as error:
        raise send_error(error.status, *error.errors, success=error.status not in (400, 401)) from None


def send_batch(call: Call, send: SendMessage) -> JsonObject:
    """Send the messages in the body. Refused messages do not change the status (docs/service.md#sending-answers).

    :raises HttpError: if the whole batch is refused.
    """
    if len(call.request.body) > MAX_BATCH_SIZE:
        raise send_error(413, "message too large", success=True)
    payload = parse_payload(call)
    base, requests = payload.get("base"), payload.get("requests")
    if not requests or not isinstance(requests, list):
        raise send_error(400, "empty field: 'requests'")
    if len(requests) > MAX_BATCH_MESSAGES:
        raise send_error(400, f"'requests' must not have more than {MAX_BATCH_MESSAGES} messages")
    shared_fields = (
        {name: value for name, value in base.items() if name not in ("to", "cc", "bcc")}
        if isinstance(base, dict)
        else {}
    )
    responses = []
    for request in requests:
        try:
            merged = shared_fields | request if isinstance(request, dict) else request
            responses.append({"success": True, "message_ids": send(merged)})
        except SendError as error:
            responses.append({"success": False, "errors": list(error.errors)})
    return {"success": True, "responses": responses}


def parse_payload(call: Call) -> JsonObject:
    """Parse the JSON object in the body, whatever its content type.

    :raises HttpError: 400 if the body is not a JSON object.
    """
    try:
        payload = parse_json(call.request.body or b"{}")
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        raise send_error(400, "invalid JSON")
    return payload


@routes.post("send", hosts=LIVE_HOSTS)
def send_mail(call: Call) -> JsonObject:
    return send_one(call, lambda payload: send_live(call, payload))


@routes.post("batch", hosts=LIVE_HOSTS)
def batch_send_mail(call: Call) -> JsonObject:
    return send_batch(call, lambda payload: send_live(call, payload))


@routes.post("send/{sandbox_id}", hosts=(SANDBOX,))
def send_to_sandbox(call: Call) -> JsonObject:
    sandbox = find_target_sandbox(call)
    return send_one(call, lambda payload: send_into_sandbox(call, sandbox, payload))


@routes.post("batch/{sandbox_id}", hosts=(SANDBOX,))
def batch_send_to_sandbox(call: Call) -> JsonObject:
    sandbox = find_target_sandbox(call)
    return send_batch(call, lambda payload: send_into_sandbox(call, sandbox, payload))
