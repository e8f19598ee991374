# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations on projects, sandboxes and messages, validated against the official specification."""

import re
import smtplib

from deviations import SANDBOX
from specifications import assert_all_operations_called, find_operations, requires_specifications

pytestmark = requires_specifications
OPERATION_PATTERN = f"{SANDBOX} "


def test_answers_follow_the_specification(call, emulator, sandbox, deliver):
    call_project_and_sandbox_operations(call)
    call_message_operations(call, emulator, sandbox, deliver)
    assert_all_operations_called(OPERATION_PATTERN)


def call_project_and_sandbox_operations(call):
    project = "/api/projects/{project_id}"
    sandbox = "/api/sandboxes/{sandbox_id}"
    body = {"project": {"name": "Shop"}}
    values = {"project_id": call(SANDBOX, "POST", "/api/projects", 200, json=body).json()["id"]}
    call(SANDBOX, "POST", "/api/projects", 422, json={"project": {"name": ""}})
    call(SANDBOX, "PATCH", project, 200, values, json=body)
    call(SANDBOX, "PATCH", project, 422, values, json={"project": {"name": ""}})
    project_sandboxes = "/api/projects/{project_id}/sandboxes"
    response = call(SANDBOX, "POST", project_sandboxes, 200, values, json={"sandbox": {"name": "QA"}})
    values["sandbox_id"] = response.json()["id"]
    call(SANDBOX, "POST", project_sandboxes, 404, {"project_id": 1}, json={"sandbox": {"name": "QA"}})
    call(SANDBOX, "POST", project_sandboxes, 422, values, json={"sandbox": {"name": ""}})
    call(SANDBOX, "GET", "/api/projects", 200)
    call(SANDBOX, "GET", project, 200, values)
    call(SANDBOX, "GET", "/api/sandboxes", 200)
    call(SANDBOX, "GET", sandbox, 200, values)
    call(SANDBOX, "PATCH", sandbox, 200, values, json={"sandbox": {"name": "QA 2", "email_username": "alias"}})
    call(SANDBOX, "PATCH", sandbox, 422, values, json={"sandbox": {"name": ""}})
    for action in ("clean", "all_read", "reset_credentials", "toggle_email_username", "reset_email_username"):
        call(SANDBOX, "PATCH", f"{sandbox}/{action}", 200, values)
        call(SANDBOX, "PATCH", f"{sandbox}/{action}", 404, {"sandbox_id": 1})
    for template in (project, sandbox):
        call(SANDBOX, "GET", template, 404, {"project_id": 1, "sandbox_id": 1})
        call(SANDBOX, "DELETE", template, 404, {"project_id": 1, "sandbox_id": 1})
    call(SANDBOX, "DELETE", sandbox, 200, values)
    call(SANDBOX, "DELETE", project, 200, values)


def call_message_operations(call, emulator, sandbox, deliver):
    message_id = deliver(
        html="<style>p { display: none }</style>",
        attachments=[
            {"content": "aGk=", "filename": "a.txt"},
            {"content": "aGk=", "filename": "b", "disposition": "inline"},
        ],
    )
    emulator.seed(messages=[{"id": 7, "sandbox_id": sandbox["id"], "raw": "Subject: old\n\nbody\n"}])
    values = {"sandbox_id": sandbox["id"], "message_id": message_id}
    messages = "/api/sandboxes/{sandbox_id}/messages"
    message = messages + "/{message_id}"
    with smtplib.SMTP(*emulator.smtp.split(":")) as smtp:
        smtp.login(sandbox["username"], sandbox["password"])
        smtp.sendmail("a@example.com", "b@example.org", b"Subject: by SMTP\n\nhi")
    newest = call(SANDBOX, "GET", messages, 200, values).json()[0]["id"]
    call(SANDBOX, "GET", message, 200, values | {"message_id": newest})
    emulator.clock(advance=60)
    call(SANDBOX, "GET", messages, 200, values)
    call(SANDBOX, "GET", message, 200, values)
    call(SANDBOX, "PATCH", message, 200, values, json={"message": {"is_read": "true"}})
    for part in ("txt", "raw", "html", "htmlsource", "eml"):
        call(SANDBOX, "GET", f"{message}/body.{part}", 200, values)
    call(SANDBOX, "GET", f"{message}/body.html", 409, values | {"message_id": 7})
    call(SANDBOX, "GET", f"{message}/body.htmlsource", 409, values | {"message_id": 7})
    for resource in ("mail_headers", "spam_report", "analyze", "attachments"):
        call(SANDBOX, "GET", f"{message}/{resource}", 200, values)
    attachments = call.api.get(f"{messages}/{message_id}/attachments".format(**values)).json()
    for attachment in attachments:
        attachment_values = values | {"attachment_id": attachment["id"]}
        call(SANDBOX, "GET", f"{message}/attachments/{{attachment_id}}", 200, attachment_values)
    call(SANDBOX, "POST", f"{message}/forward", 200, values, json={"email": "owner@example.com"})
    call(SANDBOX, "POST", f"{message}/forward", 422, values, json={"email": "x@example.com"})
    call(SANDBOX, "DELETE", message, 200, values)
    for operation in find_operations(re.escape(f"{SANDBOX} {message}")):
        body = {"message": {"is_read": True}} if operation.method == "PATCH" else None
        call(*operation, 404, values | {"attachment_id": 1}, json=body)
