# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers about sending and about templates held against the official specifications."""

from deviations import BULK, SANDBOX_SENDING, TEMPLATES, TRANSACTIONAL
from specifications import needed

pytestmark = needed
AREA = f"({TRANSACTIONAL}|{BULK}|{SANDBOX_SENDING}|{TEMPLATES}) "


def test_every_operation_follows_the_specification(check, sandbox, mail):
    values = {"sandbox_id": sandbox["id"]}
    for name, rest in ((TRANSACTIONAL, ""), (BULK, ""), (SANDBOX_SENDING, "/{sandbox_id}")):
        check(name, "POST", f"/api/send{rest}", 200, values, json=mail)
        check(name, "POST", f"/api/send{rest}", 400, values, json={})
        check(name, "POST", f"/api/batch{rest}", 200, values, json={"requests": [mail, {}]})
    walk_templates(check)
    check.covers(AREA)


def walk_templates(check):
    base = "/api/email_templates"
    one = base + "/{email_template_id}"
    body = {"email_template": {"name": "n", "category": "c", "subject": "s", "body_html": "h", "body_text": "t"}}
    values = {"email_template_id": check(TEMPLATES, "POST", base, 201, json=body).json()["id"]}
    check(TEMPLATES, "POST", base, 422, json={"email_template": {"name": ""}})
    check(TEMPLATES, "GET", base, 200)
    check(TEMPLATES, "GET", one, 200, values)
    check(TEMPLATES, "PATCH", one, 200, values, json=body)
    check(TEMPLATES, "PATCH", one, 200, values, json={"email_template": {"body_html": None}})
    check(TEMPLATES, "GET", one, 200, values)
    check(TEMPLATES, "GET", base, 200)
    check(TEMPLATES, "POST", base, 201, json={"email_template": {"name": "n", "category": "c", "subject": "s"}})
    check(TEMPLATES, "DELETE", one, 204, values)
    for method in ("GET", "PATCH", "DELETE"):
        check(TEMPLATES, method, one, 404, values, json=body if method == "PATCH" else None)
