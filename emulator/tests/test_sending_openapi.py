# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending and template operations, validated against the official specifications."""

from deviations import BULK, SANDBOX_SENDING, TEMPLATES, TRANSACTIONAL
from specifications import assert_all_operations_called, requires_specifications

pytestmark = requires_specifications
OPERATION_PATTERN = f"({TRANSACTIONAL}|{BULK}|{SANDBOX_SENDING}|{TEMPLATES}) "


def test_answers_follow_the_specification(call, sandbox, mail):
    values = {"sandbox_id": sandbox["id"]}
    for document, suffix in ((TRANSACTIONAL, ""), (BULK, ""), (SANDBOX_SENDING, "/{sandbox_id}")):
        call(document, "POST", f"/api/send{suffix}", 200, values, json=mail)
        call(document, "POST", f"/api/send{suffix}", 400, values, json={})
        call(document, "POST", f"/api/batch{suffix}", 200, values, json={"requests": [mail, {}]})
    call_template_operations(call)
    assert_all_operations_called(OPERATION_PATTERN)


def call_template_operations(call):
    templates = "/api/email_templates"
    template = templates + "/{email_template_id}"
    body = {"email_template": {"name": "n", "category": "c", "subject": "s", "body_html": "h", "body_text": "t"}}
    values = {"email_template_id": call(TEMPLATES, "POST", templates, 201, json=body).json()["id"]}
    call(TEMPLATES, "POST", templates, 422, json={"email_template": {"name": ""}})
    call(TEMPLATES, "GET", templates, 200)
    call(TEMPLATES, "GET", template, 200, values)
    call(TEMPLATES, "PATCH", template, 200, values, json=body)
    call(TEMPLATES, "PATCH", template, 200, values, json={"email_template": {"body_html": None}})
    call(TEMPLATES, "GET", template, 200, values)
    call(TEMPLATES, "GET", templates, 200)
    call(TEMPLATES, "POST", templates, 201, json={"email_template": {"name": "n", "category": "c", "subject": "s"}})
    call(TEMPLATES, "DELETE", template, 204, values)
    for method in ("GET", "PATCH", "DELETE"):
        call(TEMPLATES, method, template, 404, values, json=body if method == "PATCH" else None)
