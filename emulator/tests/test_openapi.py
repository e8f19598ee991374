# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers held against the official specifications.

The folder of the specifications is ``MAILTRAP_OPENAPI_DIR``, by default ``shared/api/openapi`` beside the repository.
Where a specification is known to be wrong about the real service, the exception is listed by name (facts 6).
"""

import json
import os
import re
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")
jsonschema = pytest.importorskip("jsonschema")

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("MAILTRAP_OPENAPI_DIR") or REPOSITORY.parent / "shared" / "api" / "openapi")
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"the official specifications are not in {FOLDER} (set MAILTRAP_OPENAPI_DIR)"
)

TEMPLATES, SANDBOX = "templates", "sandbox"
ACCOUNT, SANDBOX_SENDING = "account-management", "sandbox-sending"
TRANSACTIONAL, BULK = "email-sending-transactional", "email-sending-bulk"


@cache
def specification(name):
    return yaml.safe_load((FOLDER / f"{name}.openapi.yml").read_text())


def resolved(document, node):
    """Follow a reference of the document, if the node is one."""
    while isinstance(node, dict) and "$ref" in node:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def plain(document, node):
    """A schema without references and without ``nullable``, which is a word of OpenAPI 3.0 (facts 6)."""
    node = resolved(document, node)
    if isinstance(node, list):
        return [plain(document, item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {
        key: plain(document, value) for key, value in node.items() if key not in ("nullable", "example", "examples")
    }
    if node.get("nullable") and "type" in schema:
        schema["type"] = [schema["type"], "null"]
    return schema


def at(schema, *path):
    for step in path:
        schema = schema[step]
    return schema


# The deviations: what the specification says, what the service does, and how the schema is mended.


def changed_messages_are_whole(schema):
    """Row 14: for PATCH and DELETE of a message the specification has a boolean in place of the blacklist report, and
    leaves the template out; the service gives the whole message, as it does for GET."""
    assert schema["properties"]["blacklists_report_info"] == {"type": "boolean"}
    schema.clear()
    schema.update(plain(specification(SANDBOX), {"$ref": "#/components/schemas/SandboxMessage"}))
    template_id_may_be_null(schema)


def template_id_may_be_null(schema):
    """Row 15: the specification knows integers, the service gives 0, null or an id."""
    schema["properties"]["template_id"]["type"] = ["integer", "null"]


def listed_template_id_may_be_null(schema):
    """Row 15, in lists."""
    template_id_may_be_null(schema["items"])


def forward_has_success(schema):
    """Row 16: the service adds ``success``."""
    schema["properties"]["success"] = {"const": True}


def analysis_has_status(schema):
    """Row 17: the specification calls the key ``success``, its example and the service ``status``."""
    report = at(schema, "properties", "report", "properties")
    report["status"] = report.pop("success")
    report["msg"] = {"type": "string"}


def points_are_text(schema):
    """Row 18: the specification says number, the service gives a string."""
    details = at(schema, "properties", "report", "properties", "Details", "items", "properties")
    details["Pts"] = {"type": "string", "pattern": r"^-?\d+\.\d$"}


def errors_may_come_without_success(schema):
    """Row 8: the specification has ``"success": false`` in all send errors, the service not in all."""
    assert "required" not in schema


DEVIATIONS = {
    (SANDBOX, "PATCH", "/api/sandboxes/{sandbox_id}/messages/{message_id}", 200): changed_messages_are_whole,
    (SANDBOX, "DELETE", "/api/sandboxes/{sandbox_id}/messages/{message_id}", 200): changed_messages_are_whole,
    (SANDBOX, "GET", "/api/sandboxes/{sandbox_id}/messages/{message_id}", 200): template_id_may_be_null,
    (SANDBOX, "GET", "/api/sandboxes/{sandbox_id}/messages", 200): listed_template_id_may_be_null,
    (SANDBOX, "POST", "/api/sandboxes/{sandbox_id}/messages/{message_id}/forward", 200): forward_has_success,
    (SANDBOX, "GET", "/api/sandboxes/{sandbox_id}/messages/{message_id}/analyze", 200): analysis_has_status,
    (SANDBOX, "GET", "/api/sandboxes/{sandbox_id}/messages/{message_id}/spam_report", 200): points_are_text,
    (SANDBOX_SENDING, "POST", "/api/send/{sandbox_id}", 400): errors_may_come_without_success,
    (SANDBOX_SENDING, "POST", "/api/send/{sandbox_id}", 401): errors_may_come_without_success,
    (TRANSACTIONAL, "POST", "/api/send", 400): errors_may_come_without_success,
    (TRANSACTIONAL, "POST", "/api/send", 401): errors_may_come_without_success,
    (BULK, "POST", "/api/send", 400): errors_may_come_without_success,
    (BULK, "POST", "/api/send", 401): errors_may_come_without_success,
}
# Answers of the service that the specification does not have at all (row 20, facts 2.2).
UNDOCUMENTED = {
    (SANDBOX, "POST", "/api/projects", 422),
    (SANDBOX, "PATCH", "/api/projects/{project_id}", 422),
    (SANDBOX, "POST", "/api/projects/{project_id}/sandboxes", 422),
    (SANDBOX, "PATCH", "/api/sandboxes/{sandbox_id}", 422),
    (SANDBOX, "POST", "/api/sandboxes/{sandbox_id}/messages/{message_id}/forward", 422),
}

ADDITIONAL = "additionalProperties"


def closed(schema):
    """A schema that knows all its properties: what the service would never send must not be there either."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {
        key: {name: closed(inner) for name, inner in value.items()} if key == "properties" else closed(value)
        for key, value in schema.items()
    }
    if "properties" in schema and ADDITIONAL not in schema:
        schema[ADDITIONAL] = False
        # The specification leaves nearly everything optional; the service always gives the whole object.
        schema.setdefault("required", [name for name in schema["properties"] if name not in OPTIONAL])
    return schema


# Keys that the service leaves out at times: share links for viewers, reports that are not there yet, one of the two
# keys of a batch item, the token of an existing token.
OPTIONAL = {"share_links", "domain", "ip", "report", "data", "msg", "success", "message_ids", "errors", "token"}


class Checker:
    """Calls the emulator by the operations of the specifications, and remembers which were called."""

    def __init__(self, api):
        self.api = api
        self.seen = set()

    def __call__(self, name, method, template, status, values=None, prefix="", **request):
        path = re.sub(r"\{(\w+)\}", lambda hit: str((values or {})[hit[1]]), template)
        answer = self.api.request(method, prefix + path, **request)
        key = (name, method, template, status)
        assert answer.status_code == status, (key, answer.text)
        self.seen.add((name, method, template))
        if key in UNDOCUMENTED:
            return answer
        document = specification(name)
        item = document["paths"][template]
        response = resolved(document, item[method.lower()]["responses"][str(status)])
        content = response.get("content")
        if not content:
            assert answer.content == b"", key
            return answer
        media_type = answer.headers["content-type"].partition(";")[0]
        assert media_type in content, (key, media_type)
        if media_type == "application/json":
            schema = plain(document, content[media_type]["schema"])
            if key in DEVIATIONS:
                schema = deepcopy(schema)
                DEVIATIONS[key](schema)
            jsonschema.Draft202012Validator(closed(schema)).validate(answer.json())
        return answer


@pytest.fixture
def check(api):
    return Checker(api)


def test_projects_and_sandboxes(check, emulator):
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


def message_operations():
    base = "/api/sandboxes/{sandbox_id}/messages/{message_id}"
    return [
        (method.upper(), template)
        for template, item in specification(SANDBOX)["paths"].items()
        for method in item
        if template.startswith(base) and method in ("get", "post", "patch", "delete")
    ]


def test_messages(check, emulator, sandbox, deliver, mail):
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
    check(SANDBOX, "GET", base, 200, values)
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
    for method, template in message_operations():
        body = {"message": {"is_read": True}} if method == "PATCH" else None
        check(SANDBOX, method, template, 404, values | {"attachment_id": 1}, json=body)


def test_templates(check):
    base = "/api/email_templates"
    one = base + "/{email_template_id}"
    body = {"email_template": {"name": "n", "category": "c", "subject": "s", "body_html": "h", "body_text": "t"}}
    values = {"email_template_id": check(TEMPLATES, "POST", base, 201, json=body).json()["id"]}
    check(TEMPLATES, "POST", base, 422, json={"email_template": {"name": ""}})
    check(TEMPLATES, "GET", base, 200)
    check(TEMPLATES, "GET", one, 200, values)
    check(TEMPLATES, "PATCH", one, 200, values, json=body)
    check(TEMPLATES, "DELETE", one, 204, values)
    for method in ("GET", "PATCH", "DELETE"):
        check(TEMPLATES, method, one, 404, values, json=body if method == "PATCH" else None)


def test_accounts_and_tokens(check, emulator):
    base = "/api/api_tokens"
    resources = [{"resource_type": "account", "resource_id": emulator.account_id, "access_level": 100}]
    check(ACCOUNT, "GET", "/api/accounts", 200)
    created = check(ACCOUNT, "POST", base, 200, json={"name": "t", "resources": resources}).json()
    assert len(created["token"]) == 32
    check(ACCOUNT, "POST", base, 422, json={"name": "t", "resources": []})
    check(ACCOUNT, "GET", base, 200)
    values = {"id": created["id"]}
    check(ACCOUNT, "GET", base + "/{id}", 200, values)
    reset = check(ACCOUNT, "POST", base + "/{id}/reset", 200, values).json()
    assert len(reset["token"]) == 32
    check(ACCOUNT, "POST", base + "/{id}/reset", 422, values)
    check(ACCOUNT, "DELETE", base + "/{id}", 204, values)
    for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/reset")):
        check(ACCOUNT, method, base + "/{id}" + rest, 404, values)


@pytest.mark.parametrize(
    ("name", "prefix", "rest"), [(TRANSACTIONAL, "", ""), (BULK, "/bulk", ""), (SANDBOX_SENDING, "", "/{sandbox_id}")]
)
def test_sending(check, emulator, client_of, sandbox, mail, name, prefix, rest):
    values = {"sandbox_id": sandbox["id"]}
    request = json.loads(json.dumps(mail))
    check(name, "POST", f"/api/send{rest}", 200, values, prefix, json=request)
    check(name, "POST", f"/api/send{rest}", 400, values, prefix, json={})
    check(name, "POST", f"/api/batch{rest}", 200, values, prefix, json={"requests": [request, {}]})
    check.api = client_of(emulator, "wrong")
    check(name, "POST", f"/api/send{rest}", 401, values, prefix, json=request)


def test_the_general_refusals(emulator, client_of, sandbox, deliver):
    values = {
        "sandbox_id": sandbox["id"],
        "message_id": deliver(),
        "attachment_id": 1,
        "email_template_id": 1,
        "project_id": 1,
    }
    stranger = Checker(client_of(emulator, "wrong"))
    for name in (SANDBOX, TEMPLATES):
        for template, item in specification(name)["paths"].items():
            for method in item:
                if method in ("get", "post", "patch", "delete"):
                    stranger(name, method.upper(), template, 401, values)


@pytest.mark.parametrize("name", [SANDBOX, TEMPLATES, SANDBOX_SENDING, TRANSACTIONAL, BULK])
def test_every_documented_operation_has_a_route(api, name):
    prefix = "/bulk" if name == BULK else ""
    for template, item in specification(name)["paths"].items():
        for method in item:
            if method in ("get", "post", "patch", "put", "delete"):
                path = prefix + re.sub(r"\{\w+\}", "1", template)
                answer = api.request(method.upper(), path, headers={"Authorization": "Bearer wrong"})
                # Without a token a route answers 401, what is no route 404.
                assert answer.status_code == 401, (method, template)
