# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending mail on all streams (docs/service.md#sending)."""

import base64
import email
import json
import re
import uuid
from email.policy import default

import pytest

LIVE_PATHS = {"transactional": "/api/send", "bulk": "/bulk/api/send"}
ALL_MISSING = [
    "'from' is required",
    "'to', 'cc' or 'bcc' address is required",
    "'subject' is required",
    "must specify either text or html body",
]


@pytest.fixture(params=["transactional", "bulk", "sandbox"])
def url(request, sandbox):
    """The path of each stream."""
    return LIVE_PATHS.get(request.param, f"/api/send/{sandbox['id']}")


def test_live_mail_has_an_id_for_each_recipient(api, mail):
    recipients = {"to": ["a", "b"], "cc": ["c", "d"], "bcc": ["e", "f"]}
    for path in LIVE_PATHS.values():
        body = mail | {
            field: [{"email": f"{name}@example.org"} for name in names] for field, names in recipients.items()
        }
        response = api.post(path, json=body)
        assert response.status_code == 200
        assert list(response.json()) == ["success", "message_ids"]
        assert response.json()["success"] is True
        ids = response.json()["message_ids"]
        assert len(set(ids)) == 6
        assert {uuid.UUID(value).version for value in ids} == {1}


def test_sandbox_mail_has_a_single_numeric_id(api, sandbox, mail):
    body = mail | {"cc": [{"email": "c@example.org"}]}
    response = api.post(f"/api/send/{sandbox['id']}", json=body)
    (message_id,) = response.json()["message_ids"]
    assert isinstance(message_id, str)
    assert api.get(f"/api/sandboxes/{sandbox['id']}/messages/{message_id}").status_code == 200


def test_sending_hosts_send_few_headers(api, url, mail):
    for body in (mail, {}):
        headers = api.post(url, json=body).headers
        assert set(headers) == {"date", "server", "content-type", "content-length"}
        assert headers["content-type"] == "application/json; charset=utf-8"


def test_all_missing_fields_are_reported_in_order(api, url):
    for body in ({}, {"from": None, "to": [], "subject": "", "text": "", "html": None}, {"from": {}}):
        response = api.post(url, json=body)
        assert response.status_code == 400
        assert response.json() == {"errors": ALL_MISSING}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"from": {"email": "nonsense"}}, ["'from' address is invalid"]),
        ({"from": {"email": "a b@example.com"}}, ["'from' address is invalid"]),
        ({"from": {"name": "only"}}, ["'from' address is invalid"]),
        ({"to": [{"email": "x"}]}, ["'to' address is invalid"]),
        ({"cc": ["a@b.c"]}, ["'cc' address is invalid"]),
        ({"bcc": [{"email": "a@b.c\r\nX: y"}]}, ["'bcc' address is invalid"]),
        ({"reply_to": {"email": ""}}, ["'reply_to' address is invalid"]),
        ({"to": [], "cc": None}, ["'to', 'cc' or 'bcc' address is required"]),
        ({"subject": ""}, ["'subject' is required"]),
        ({"text": "", "html": ""}, ["must specify either text or html body"]),
        ({"to": {"email": "a@b.c"}}, ["invalid type for field `to`, expected: `array`, given: `object`"]),
        ({"subject": 7, "from": "a@b.c"}, [
            "invalid type for field `from`, expected: `object`, given: `string`",
            "invalid type for field `subject`, expected: `string`, given: `number`",
        ]),
        ({"to": [{"email": f"a{n}@b.c"} for n in range(1001)]}, ["'to' must not have more than 1000 addresses"]),
        ({"category": "x" * 256}, ["'category' must not be longer than 255 characters"]),
        ({"custom_variables": {"x": "y" * 993}}, ["'custom_variables' must not be larger than 1000 bytes"]),
        ({"headers": {"Cc": "a@b.c"}}, ["'headers' must not contain the reserved header 'Cc'"]),
        ({"headers": {"X y": "z"}}, ["'headers' contains an invalid header 'X y'"]),
        ({"headers": {"X-Y": {}}}, ["'headers' contains an invalid header 'X-Y'"]),
        ({"attachments": [{}]}, ["'attachments' content is required", "'attachments' filename is required"]),
        ({"attachments": [{"content": "aGk", "filename": "x"}]}, ["'attachments' content must be base64"]),
        ({"attachments": [{"content": "ä", "filename": "x"}]}, ["'attachments' content must be base64"]),
        ({"attachments": [{"content": "aGk=", "filename": "x", "disposition": "z"}]}, [
            "'attachments' disposition must be attachment or inline"
        ]),
    ],
)  # fmt: skip
def test_invalid_mail_is_refused(api, url, emulator, sandbox, mail, changes, errors):
    response = api.post(url, json=mail | changes)
    assert response.status_code == 400
    assert response.json() == {"errors": errors}
    assert emulator.outbox() == []
    assert api.get(f"/api/sandboxes/{sandbox['id']}").json()["emails_count"] == 0


def test_mail_at_the_limits_is_accepted(api, url, mail):
    body = mail | {
        "to": [{"email": f"a{n}@b.c"} for n in range(1000)],
        "category": "x" * 255,
        "custom_variables": {"x": "y" * 992},
    }
    assert api.post(url, json=body).status_code == 200


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"null", b"\xff"])
def test_body_that_is_no_json_object_is_refused(api, url, body):
    response = api.post(url, content=body)
    assert response.status_code == 400
    assert response.json() == {"errors": ["invalid JSON"]}


def test_empty_body_is_like_an_empty_object(api, url):
    assert api.post(url, content=b"").json() == {"errors": ALL_MISSING}


def test_unknown_sandbox_is_not_found(api, mail):
    for sandbox_id in ("1", "x", "-1", "9" * 30):
        for verb in ("send", "batch"):
            response = api.post(f"/api/{verb}/{sandbox_id}", json=mail)
            assert response.status_code == 404
            assert response.json() == {"errors": ["Not Found"]}


def test_live_mail_needs_a_verified_domain(api, emulator, mail):
    unverified = mail | {"from": {"email": "a@sub.example.com"}}
    for path in LIVE_PATHS.values():
        response = api.post(path, json=unverified)
        assert response.status_code == 401
        assert response.json() == {"errors": ["Unauthorized"]}
    emulator.limits(unverified_domain_status=403)
    response = api.post("/api/send", json=unverified)
    assert response.status_code == 403
    assert response.json() == {"success": False, "errors": ["Forbidden"]}
    emulator.seed(verified_domains=[{"domain_name": "Sub.Example.com"}])
    assert api.post("/api/send", json=unverified).status_code == 200


def test_sandbox_accepts_any_sender(api, sandbox, mail):
    body = mail | {"from": {"email": "a@nowhere.invalid"}}
    assert api.post(f"/api/send/{sandbox['id']}", json=body).status_code == 200


def test_demo_domain_sends_only_to_the_account_owner(api, mail):
    body = mail | {"from": {"email": "hello@demomailtrap.co"}}
    response = api.post("/api/send", json=body)
    assert response.status_code == 403
    assert response.json()["success"] is False
    assert response.json()["errors"][0].startswith("Demo domains can only be used to send emails to account owners.")
    assert api.post("/api/send", json=body | {"to": [{"email": "Owner@example.com"}]}).status_code == 200


def test_outbox_shows_what_was_sent(api, emulator, mail):
    content = base64.b64encode(b"\x00\xff" * 500).decode()
    body = mail | {
        "subject": "Grüße 😀",
        "to": [{"email": "ann@example.org", "name": "Änn, the “first”"}],
        "bcc": [{"email": "b@example.org"}],
        "reply_to": {"email": "r@example.com", "name": "R"},
        "category": "orders",
        "custom_variables": {"order": "7", "größe": "ü"},
        "headers": {"X-Source": "shop", "Content-Transfer-Encoding": "8bit"},
        "attachments": [{"content": content, "filename": "Übersicht.bin", "type": "application/x-thing"}],
    }
    ids = api.post("/api/send", json=body).json()["message_ids"]
    (sent,) = emulator.outbox()
    fixed = {
        "stream": "transactional",
        "message_ids": ids,
        "recipients": ["ann@example.org", "b@example.org"],
        "bcc": [{"email": "b@example.org", "name": ""}],
        "category": "orders",
        "custom_variables": {"order": "7", "größe": "ü"},
        "subject": "Grüße 😀",
        "from": {"email": "sales@example.com", "name": "Sales"},
        "to": [{"email": "ann@example.org", "name": "Änn, the “first”"}],
        "text": mail["text"],
        "html": mail["html"],
    }
    assert {name: sent[name] for name in fixed} == fixed
    assert sent["attachments"] == [
        {
            "filename": "Übersicht.bin",
            "type": "application/x-thing",
            "disposition": "attachment",
            "content_id": "",
            "size": 1000,
        }
    ]
    raw = email.message_from_string(sent["raw"], policy=default)
    assert raw["reply-to"].addresses[0].addr_spec == "r@example.com"
    assert raw["x-source"] == "shop"
    assert "bcc" not in raw
    assert json.loads(raw["x-mt-custom-variables"]) == {"order": "7", "größe": "ü"}
    assert re.fullmatch(rf"<{ids[0]}@example\.com>", raw["message-id"])
    assert "\n".join(sent["raw"].split("\r\n")) == sent["raw"].replace("\r\n", "\n")
    assert "\n" not in sent["raw"].replace("\r\n", "")


@pytest.mark.parametrize(
    ("changes", "addresses"),
    [
        ({}, [("Änn", "ann@example.org"), ("", "bob@example.org")]),
        ({"reply_to": {"email": "one@example.org"}}, [("", "one@example.org")]),
    ],
)
def test_reply_to_header_may_have_several_addresses(api, emulator, mail, changes, addresses):
    line = "=?utf-8?q?=C3=84nn?= <ann@example.org>, bob@example.org"
    assert api.post("/api/send", json=mail | {"headers": {"reply-to": line}} | changes).status_code == 200
    (sent,) = emulator.outbox()
    raw = email.message_from_string(sent["raw"], policy=default)
    assert [(value.display_name, value.addr_spec) for value in raw["reply-to"].addresses] == addresses


def test_encoded_words_in_variables_are_not_decoded(api, emulator, mail):
    variables = {"a": "=?utf-8?q?x?="}
    api.post("/api/send", json=mail | {"category": "=?utf-8?q?x?=", "custom_variables": variables})
    (sent,) = emulator.outbox()
    assert (sent["category"], sent["custom_variables"]) == ("=?utf-8?q?x?=", variables)
    assert dict(sent["headers"])["X-MT-Category"] == "=?utf-8?q?x?="


def test_outbox_since_an_id(api, emulator, mail):
    for _ in range(3):
        api.post("/api/send", json=mail)
    assert [sent["id"] for sent in emulator.outbox(since=1)] == [2, 3]


def test_bulk_stream_adds_an_unsubscribe_link(api, emulator, mail):
    body = mail | {"text": "bye: __unsubscribe_url__", "html": "<a href='__unsubscribe_url__'>bye</a>"}
    api.post("/bulk/api/send", json=body)
    api.post("/api/send", json=body)
    bulk, transactional = emulator.outbox()
    link = dict(bulk["headers"])["List-Unsubscribe"].strip("<>")
    assert bulk["text"] == f"bye: {link}"
    assert bulk["html"] == f"<a href='{link}'>bye</a>"
    assert transactional["text"] == body["text"]
    assert "List-Unsubscribe" not in dict(transactional["headers"])


def test_live_message_beyond_ten_megabytes_is_refused(api, mail):
    content = base64.b64encode(b"x" * 8 * 1024 * 1024).decode()
    response = api.post("/api/send", json=mail | {"attachments": [{"content": content, "filename": "big"}]})
    assert response.status_code == 413
    assert response.json() == {"success": False, "errors": ["message too large"]}


@pytest.fixture
def template(api):
    fields = {
        "name": "Order",
        "category": "c",
        "subject": "Order {{order.id}} & more",
        "body_html": "<p>{{user}}</p>{{#each items}}<i>{{this}}</i>{{/each}}",
        "body_text": "{{user}}",
    }
    return api.post("/api/email_templates", json={"email_template": fields}).json()


@pytest.fixture
def template_mail(template, mail):
    return {
        "from": mail["from"],
        "to": mail["to"],
        "template_uuid": template["uuid"],
        "template_variables": {"user": "<Ann>", "order": {"id": 7}, "items": ["a", "b"]},
    }


def test_template_is_rendered(api, emulator, sandbox, template, template_mail):
    api.post("/api/send", json=template_mail)
    (sent,) = emulator.outbox()
    assert sent["subject"] == "Order 7 & more"
    assert sent["html"] == "<p>&lt;Ann&gt;</p><i>a</i><i>b</i>"
    assert sent["text"] == "<Ann>"
    assert sent["template_uuid"] == template["uuid"]
    message_id = api.post(f"/api/send/{sandbox['id']}", json=template_mail).json()["message_ids"][0]
    message = api.get(f"/api/sandboxes/{sandbox['id']}/messages/{message_id}").json()
    assert message["subject"] == "Order 7 & more"
    assert message["template_id"] == template["id"]
    assert message["template_variables"] == template_mail["template_variables"]


def test_content_is_refused_with_a_template(api, url, template_mail):
    body = template_mail | {"subject": "", "text": "t", "html": "h", "category": "c"}
    response = api.post(url, json=body)
    assert response.status_code == 400
    assert response.json() == {
        "errors": [f"'{name}' is not allowed with 'template_uuid'" for name in ("subject", "text", "html", "category")]
    }


def test_unknown_and_broken_templates_are_refused(api, url, template, template_mail):
    unknown = api.post(url, json=template_mail | {"template_uuid": str(uuid.uuid4())})
    assert unknown.status_code == 400
    assert unknown.json() == {"errors": ["'template_uuid' is invalid"]}
    api.patch(f"/api/email_templates/{template['id']}", json={"email_template": {"body_html": "{{#if x}}"}})
    broken = api.post(url, json=template_mail)
    assert broken.status_code == 400
    assert broken.json() == {"errors": ["template rendering failed: if is not closed"]}


@pytest.fixture
def batch_url(url):
    return url.replace("send", "batch")


def test_batch_answers_in_order_and_with_200_if_messages_fail(api, emulator, batch_url, mail):
    base = {"from": mail["from"], "subject": "Base", "text": "base text", "to": [{"email": "never@example.org"}]}
    requests = [
        {"to": [{"email": "a@example.org"}]},
        {},
        {"to": [{"email": "b@example.org"}], "subject": "Own", "text": "own text"},
        "nonsense",
        {"to": [{"email": "c@example.org"}], "from": {"email": "x"}},
    ]
    response = api.post(batch_url, json={"base": base, "requests": requests})
    assert response.status_code == 200
    body = response.json()
    assert list(body) == ["success", "responses"]
    assert body["success"] is True
    assert [item["success"] for item in body["responses"]] == [True, False, True, False, False]
    assert [list(item) for item in body["responses"]][:2] == [["success", "message_ids"], ["success", "errors"]]
    assert body["responses"][1]["errors"] == ["'to', 'cc' or 'bcc' address is required"]
    assert body["responses"][4]["errors"] == ["'from' address is invalid"]
    if "/batch/" not in batch_url:
        assert [(sent["subject"], sent["text"]) for sent in emulator.outbox()] == [
            ("Base", "base text"),
            ("Own", "own text"),
        ]


def test_batch_in_which_all_messages_fail_is_a_success(api, batch_url):
    response = api.post(batch_url, json={"requests": [{}]})
    assert response.status_code == 200
    assert response.json() == {"success": True, "responses": [{"success": False, "errors": ALL_MISSING}]}


@pytest.mark.parametrize("body", [{}, {"requests": []}, {"requests": None}, {"requests": {}}, {"base": {}}])
def test_batch_without_requests_is_refused(api, batch_url, body):
    response = api.post(batch_url, json=body)
    assert response.status_code == 400
    assert response.json() == {"errors": ["empty field: 'requests'"]}


def test_batch_has_at_most_500_messages(api, sandbox, mail):
    request = {"to": mail["to"]}
    base = {name: mail[name] for name in ("from", "subject", "text")}
    path = f"/api/batch/{sandbox['id']}"
    responses = api.post(path, json={"base": base, "requests": [request] * 500}).json()["responses"]
    assert len({item["message_ids"][0] for item in responses}) == 500
    assert api.get(f"/api/sandboxes/{sandbox['id']}").json()["emails_count"] == 500
    response = api.post(path, json={"base": base, "requests": [request] * 501})
    assert response.status_code == 400


def test_demo_domain_in_a_batch(api, mail):
    base = {"from": {"email": "a@demomailtrap.co"}, "subject": "s", "text": "t"}
    requests = [{"to": [{"email": "owner@example.com"}]}, {"to": mail["to"]}]
    responses = api.post("/api/batch", json={"base": base, "requests": requests}).json()["responses"]
    assert [item["success"] for item in responses] == [True, False]


def test_rate_limit_of_a_sandbox(api, emulator, sandbox, mail):
    emulator.limits(sandbox_sends_per_10_seconds=2)
    path = f"/api/send/{sandbox['id']}"
    assert [api.post(path, json=mail).status_code for _ in range(3)] == [200, 200, 429]
    response = api.post(path, json=mail)
    assert response.json() == {"success": False, "errors": ["Rate limit exceeded"]}
    emulator.clock(advance=10)
    assert api.post(path, json=mail).status_code == 200
