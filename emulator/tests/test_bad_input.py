# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invalid input of every kind is never answered with a 5xx status and never corrupts the state."""

import random
import re

import pytest

from mailtrap_emulator.areas import list_operations
from mailtrap_emulator.http.routing import GENERAL, SANDBOX, spellings

SEED = 20261101
VALUES = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2**63,
    10**400,
    "",
    " ",
    "x",
    "ü😀",
    "\x00",
    "a\r\nb: c",
    "x" * 70_000,
    "-1",
    "1e9",
    [],
    [[]],
    [None],
    {},
    {"": {}},
    {"email": None},
    {"email": "a@b.c", "name": {"x": 1}},
    [{"email": "a@b.c", "name": 7}],
    {"a": {"b": [1, {"c": None}]}},
]
MAIL_FIELDS = [
    "from",
    "to",
    "cc",
    "bcc",
    "reply_to",
    "subject",
    "text",
    "html",
    "template_uuid",
    "template_variables",
    "category",
    "custom_variables",
    "headers",
    "attachments",
]
FIELDS = {
    "project": ["name"],
    "inbox": ["name", "email_username"],
    "sandbox": ["name", "email_username"],
    "message": ["is_read"],
    "email_template": ["name", "category", "subject", "body_html", "body_text"],
    "contact": ["email", "fields", "list_ids", "list_ids_included", "list_ids_excluded", "unsubscribed"],
    None: [
        "name",
        "email",
        "resources",
        "expires_at",
        *MAIL_FIELDS,
        "base",
        "requests",
        *("project", "inbox", "sandbox", "message", "email_template"),
        *("account", "permissions"),
        *("contact", "contacts", "filters", "params", "data_type", "merge_tag"),
    ],
}
VALID_MAIL = {
    "from": {"email": "a@example.com"},
    "to": [{"email": "b@example.org"}],
    "subject": "s",
    "text": "t",
}


def list_paths():
    """Return the method and every path of every operation."""
    paths = []
    for operation in list_operations():
        for template, _ in spellings(operation):
            hosts = [""] if operation.hosts == (GENERAL,) else ["/bulk", ""] if SANDBOX not in operation.hosts else [""]
            paths += [(operation.method, f"{host}/api/{template}") for host in hosts]
    return paths


def test_list_paths_finds_the_operations():
    assert len(list_paths()) > 100


@pytest.fixture
def path_values(emulator, sandbox, project, deliver):
    emulator.limits(rate_limits="off")
    message_id = deliver(attachments=[{"content": "aGk=", "filename": "a"}])
    dump = emulator.dump()
    template = emulator.seed(
        email_templates=[{"id": 5, "name": "T", "body_html": "{{x.y}}{{#each z}}{{this}}{{/each}}"}]
    )
    assert template
    emulator.seed(account_accesses=[{"id": 3, "email": "a@b.c", "name": "Ann"}])
    return {
        "account_id": emulator.account_id,
        "project_id": project["id"],
        "sandbox_id": sandbox["id"],
        "message_id": message_id,
        "attachment_id": dump["attachments"][0]["id"],
        "email_template_id": 5,
        "id": 2500000,
        "opaque": "x",
        "account_access_id": 3,
    }


def fill_path(template, values):
    return re.sub(r"\{(\w+)\}", lambda match: str(values.get(match[1], 1)), template)


def check(response, request):
    """Check that a response has no 5xx status, and is JSON if it says so."""
    assert response.status_code < 500, (request, response.text)
    if response.headers.get("content-type", "").startswith("application/json"):
        response.json()


def test_invalid_bodies_of_every_operation(api, path_values):
    rng = random.Random(SEED)
    for method, template in list_paths():
        # A DELETE would remove objects that the other operations need.
        if method in ("GET", "DELETE"):
            continue
        for _ in range(4):
            wrapper = rng.choice(list(FIELDS))
            fields = {
                name: rng.choice(VALUES) for name in rng.sample(FIELDS[wrapper], rng.randint(1, len(FIELDS[wrapper])))
            }
            body = fields if wrapper is None else {wrapper: fields}
            check(api.request(method, fill_path(template, path_values), json=body), (method, template, body))
        noise = rng.randbytes(200)
        check(api.request(method, fill_path(template, path_values), content=noise), (method, template, noise))
        headers = {"Content-Type": "application/json"}
        check(
            api.request(method, fill_path(template, path_values), content=noise, headers=headers),
            (method, template, noise),
        )


def test_invalid_value_in_one_field_of_a_mail(api, sandbox, path_values):
    for path in ("/api/send", f"/api/send/{sandbox['id']}"):
        for name in MAIL_FIELDS:
            for value in VALUES:
                check(api.post(path, json=VALID_MAIL | {name: value}), (path, name, value))
    for name in ("to", "cc", "bcc", "attachments"):
        for value in VALUES:
            for item in (value, {"email": value, "name": value, "content": value, "filename": value, "type": value}):
                check(api.post(f"/api/send/{sandbox['id']}", json=VALID_MAIL | {name: [item]}), (name, item))
    for value in VALUES:
        body = {"content": "aGk=", "filename": value, "type": value, "content_id": value}
        check(api.post(f"/api/send/{sandbox['id']}", json=VALID_MAIL | {"attachments": [body]}), body)
        person = {"email": "a@b.c", "name": value}
        check(
            api.post(
                f"/api/send/{sandbox['id']}", json=VALID_MAIL | {"from": person, "to": [person], "reply_to": person}
            ),
            value,
        )
    for message in api.get(f"/api/sandboxes/{sandbox['id']}/messages").json():
        message_path = f"/api/sandboxes/{sandbox['id']}/messages/{message['id']}"
        for suffix in ("mail_headers", "attachments", "body.txt", "body.eml", "spam_report", "analyze"):
            check(api.get(f"{message_path}/{suffix}"), (message_path, suffix))


def test_invalid_ids_and_queries_of_every_operation(api, path_values):
    rng = random.Random(SEED)
    ids = [
        "0",
        "-1",
        "x",
        "1.0",
        "9" * 30,
        "%00",
        "%FF",
        "..",
        "%2e%2e",
        "😀",
        "a b",
        "%",
        "a%2Fb",
        "null",
        "1" * 5000,
    ]
    queries = [
        "",
        "?page=x&last_id=-1",
        "?page[]=1&last_id[a]=2&search[]=%FF",
        "?" + "&" * 500,
        "?search=%00%F0",
        "?=&==&;",
    ]
    for method, template in list_paths():
        if "{" not in template or method == "DELETE":
            continue
        for _ in range(2):
            values = {name: value if rng.random() < 0.5 else rng.choice(ids) for name, value in path_values.items()}
            path = fill_path(template, values) + rng.choice(queries)
            check(api.request(method, path), (method, path))


def test_invalid_templates(api, sandbox, path_values):
    texts = [
        "{{",
        "}}",
        "{{{{}}}}",
        "{{#if}}",
        "{{#each x}}",
        "{{/if}}",
        "{{> p}}",
        "{{a.b.[c}}",
        "{{#if a}}" * 300 + "x" + "{{/if}}" * 300,
        "{{" * 5000,
        "{{!--" * 5000,
        "\x00{{x}}",
        "{{../../../../x}}",
        "{{x",
    ]
    for text in texts:
        fields = {"name": "n", "category": "c", "subject": text[:255], "body_html": text, "body_text": text}
        template = api.post("/api/email_templates", json={"email_template": fields}).json()
        for variables in ({}, {"x": {"x": [1]}, "a": True}, {"a": 10**300}):
            body = {name: VALID_MAIL[name] for name in ("from", "to")} | {
                "template_uuid": template["uuid"],
                "template_variables": variables,
            }
            check(api.post(f"/api/send/{sandbox['id']}", json=body), (text[:40], variables))


def test_state_is_intact_after_invalid_requests(api, emulator, path_values, sandbox):
    test_invalid_bodies_of_every_operation(api, path_values)
    assert api.get("/api/accounts").status_code == 200
    for path in ("projects", "sandboxes", "email_templates", "api_tokens"):
        assert api.get(f"/api/{path}").status_code == 200
    emulator.dump()
    emulator.outbox()
    emulator.journal()
