# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers about projects, sandboxes and messages held against the official specification."""

import re
import smtplib

from deviations import SANDBOX
from specifications import needed, operations

pytestmark = needed
AREA = f"{SANDBOX} "


def test_every_operation_follows_the_specification(check, emulator, sandbox, deliver):
    walk_projects_and_sandboxes(check)
    walk_messages(check, emulator, sandbox, deliver)
    check.covers(AREA)


def walk_projects_and_sandboxes(check):
    project = "/api/projects/{project_id}"
    sandbox = "/api/sandboxes/{sandbox_id}"
    body = {"project": {"name": "Shop"}}
    values = {"project_id": check(SANDBOX, "POST", "/api/projects", 200, json=body).json()["id"]}
    check(SANDBOX, "POST", "/api/projects", 422, json={"project": {"name": ""}})
    check(SANDBOX, "PATCH", project, 200, values, json=body)
    check(SANDBOX, "PATCH", project, 422, values, json={"project": {"name": ""}})
    create = "/api/projects/{project_id}/sandboxes"
    answer = check(SANDBOX, "POST", create, 200, values, json={"sandbox": {"name": "QA"}})
    values["sandbox_id"] = answer.json()["id"]
    check(SANDBOX, "POST", create, 404, {"project_id": 1}, json={"sandbox": {"name": "QA"}})
    check(SANDBOX, "POST", create, 422, values, json={"sandbox": {"name": ""}})
    check(SANDBOX, "GET", "/api/projects", 200)
    check(SANDBOX, "GET", project, 200, values)
    check(SANDBOX, "GET", "/api/sandboxes", 200)
    check(SANDBOX, "GET", sandbox, 200, values)
    check(SANDBOX, "PATCH", sandbox, 200, values, json={"sandbox": {"name": "QA 2", "email_username": "alias"}})
    check(SANDBOX, "PATCH", sandbox, 422, values, json={"sandbox": {"name": ""}})
    for verb in ("clean", "all_read", "reset_credentials", "toggle_email_username", "reset_email_username"):
        check(SANDBOX, "PATCH", f"{sandbox}/{verb}", 200, values)
        check(SANDBOX, "PATCH", f"{sandbox}/{verb}", 404, {"sandbox_id": 1})
    for template in (project, sandbox):
        check(SANDBOX, "GET", template, 404, {"project_id": 1, "sandbox_id": 1})
        check(SANDBOX, "DELETE", template, 404, {"project_id": 1, "sandbox_id": 1})
    check(SANDBOX, "DELETE", sandbox, 200, values)
    check(SANDBOX, "DELETE", project, 200, values)


def walk_messages(check, emulator, sandbox, deliver):
    message_id = deliver(
        html="<style>p { display: none }</style>",
        attachments=[
            {"content": "aGk=", "filename": "a.txt"},
            {"content": "aGk=", "filename": "b", "disposition": "inline"},
        ],
    )
    emulator.seed(messages=[{"id": 7, "sandbox_id": sandbox["id"], "raw": "Subject: old\n\nbody\n"}])
    values = {"sandbox_id": sandbox["id"], "message_id": message_id}
    base = "/api/sandboxes/{sandbox_id}/messages"
    one = base + "/{message_id}"
    with smtplib.SMTP(*emulator.smtp.split(":")) as smtp:
        smtp.login(sandbox["username"], sandbox["password"])
        smtp.sendmail("a@example.com", "b@example.org", b"Subject: by SMTP\n\nhi")
    newest = check(SANDBOX, "GET", base, 200, values).json()[0]["id"]
    check(SANDBOX, "GET", one, 200, values | {"message_id": newest})
    emulator.clock(advance=60)
    check(SANDBOX, "GET", base, 200, values)
    check(SANDBOX, "GET", one, 200, values)
    check(SANDBOX, "PATCH", one, 200, values, json={"message": {"is_read": "true"}})
    for kind in ("txt", "raw", "html", "htmlsource", "eml"):
        check(SANDBOX, "GET", f"{one}/body.{kind}", 200, values)
    check(SANDBOX, "GET", f"{one}/body.html", 409, values | {"message_id": 7})
    check(SANDBOX, "GET", f"{one}/body.htmlsource", 409, values | {"message_id": 7})
    for rest in ("mail_headers", "spam_report", "analyze", "attachments"):
        check(SANDBOX, "GET", f"{one}/{rest}", 200, values)
    attachments = check.api.get(f"{base}/{message_id}/attachments".format(**values)).json()
    for attachment in attachments:
        more = values | {"attachment_id": attachment["id"]}
        check(SANDBOX, "GET", f"{one}/attachments/{{attachment_id}}", 200, more)
    check(SANDBOX, "POST", f"{one}/forward", 200, values, json={"email": "owner@example.com"})
    check(SANDBOX, "POST", f"{one}/forward", 422, values, json={"email": "x@example.com"})
    check(SANDBOX, "DELETE", one, 200, values)
    for operation in operations(re.escape(f"{SANDBOX} {one}")):
        body = {"message": {"is_read": True}} if operation.method == "PATCH" else None
        check(*operation, 404, values | {"attachment_id": 1}, json=body)
