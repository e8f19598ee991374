# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is sent, the answer is never a 5xx, and the state stays whole."""

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
GOOD = {
    "from": {"email": "a@example.com"},
    "to": [{"email": "b@example.org"}],
    "subject": "s",
    "text": "t",
}


def paths():
    """Every spelling of every operation with its method."""
    found = []
    for operation in list_operations():
        for template, _ in spellings(operation):
            hosts = [""] if operation.hosts == (GENERAL,) else ["/bulk", ""] if SANDBOX not in operation.hosts else [""]
            found += [(operation.method, f"{host}/api/{template}") for host in hosts]
    return found


def test_there_is_something_to_try():
    assert len(paths()) > 100


@pytest.fixture
def world(emulator, sandbox, project, deliver):
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


def fill(template, values):
    return re.sub(r"\{(\w+)\}", lambda hit: str(values.get(hit[1], 1)), template)


def check(answer, what):
    assert answer.status_code < 500, (what, answer.text)
    if answer.headers.get("content-type", "").startswith("application/json"):
        answer.json()


def test_rubbish_bodies_on_every_route(api, world):
    dice = random.Random(SEED)
    for method, template in paths():
        # What a delete removes the other routes could not be tried on.
        if method in ("GET", "DELETE"):
            continue
        for _ in range(4):
            wrapper = dice.choice(list(FIELDS))
            inner = {
                name: dice.choice(VALUES)
                for name in dice.sample(FIELDS[wrapper], dice.randint(1, len(FIELDS[wrapper])))
            }
            body = inner if wrapper is None else {wrapper: inner}
            check(api.request(method, fill(template, world), json=body), (method, template, body))
        noise = dice.randbytes(200)
        check(api.request(method, fill(template, world), content=noise), (method, template, noise))
        headers = {"Content-Type": "application/json"}
        check(api.request(method, fill(template, world), content=noise, headers=headers), (method, template, noise))


def test_rubbish_in_one_field_of_a_good_mail(api, sandbox, world):
    for path in ("/api/send", f"/api/send/{sandbox['id']}"):
        for name in MAIL_FIELDS:
            for value in VALUES:
                check(api.post(path, json=GOOD | {name: value}), (path, name, value))
    for name in ("to", "cc", "bcc", "attachments"):
        for value in VALUES:
            for item in (value, {"email": value, "name": value, "content": value, "filename": value, "type": value}):
                check(api.post(f"/api/send/{sandbox['id']}", json=GOOD | {name: [item]}), (name, item))
    for value in VALUES:
        body = {"content": "aGk=", "filename": value, "type": value, "content_id": value}
        check(api.post(f"/api/send/{sandbox['id']}", json=GOOD | {"attachments": [body]}), body)
        named = {"email": "a@b.c", "name": value}
        check(
            api.post(f"/api/send/{sandbox['id']}", json=GOOD | {"from": named, "to": [named], "reply_to": named}), value
        )
    for message in api.get(f"/api/sandboxes/{sandbox['id']}/messages").json():
        base = f"/api/sandboxes/{sandbox['id']}/messages/{message['id']}"
        for rest in ("mail_headers", "attachments", "body.txt", "body.eml", "spam_report", "analyze"):
            check(api.get(f"{base}/{rest}"), (base, rest))


def test_rubbish_ids_and_queries_on_every_route(api, world):
    dice = random.Random(SEED)
    keys = [
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
    for method, template in paths():
        if "{" not in template or method == "DELETE":
            continue
        for _ in range(2):
            values = {name: value if dice.random() < 0.5 else dice.choice(keys) for name, value in world.items()}
            path = fill(template, values) + dice.choice(queries)
            check(api.request(method, path), (method, path))


def test_rubbish_templates(api, sandbox, world):
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
            body = {name: GOOD[name] for name in ("from", "to")} | {
                "template_uuid": template["uuid"],
                "template_variables": variables,
            }
            check(api.post(f"/api/send/{sandbox['id']}", json=body), (text[:40], variables))


def test_the_state_is_whole_after_all_that(api, emulator, world, sandbox):
    test_rubbish_bodies_on_every_route(api, world)
    assert api.get("/api/accounts").status_code == 200
    for path in ("projects", "sandboxes", "email_templates", "api_tokens"):
        assert api.get(f"/api/{path}").status_code == 200
    emulator.dump()
    emulator.outbox()
    emulator.journal()
