# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound messages: receiving, threads, replies, forwards and forward rules (docs/service.md#inbound-messages)."""

import base64
import json
import re
import smtplib
from email.message import EmailMessage

import httpx
import pytest

from mailtrap_emulator.testing import Emulator, EmulatorError

NOT_FOUND = {"error": "Not Found"}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
ANN = {"from": {"email": "ann@example.org", "name": "Ann"}}


@pytest.fixture
def folder(api):
    return api.post("/api/inbound/folders", json={"name": "Support"}).json()


@pytest.fixture
def make_inbox(api, folder):
    def make(name, **fields):
        return api.post(f"/api/inbound/folders/{folder['id']}/inboxes", json={"name": name} | fields).json()

    return make


@pytest.fixture
def inbox(make_inbox):
    return make_inbox("Tickets")


@pytest.fixture
def own_inbox(emulator, make_inbox):
    """Return the inbox that catches all mail to example.com."""
    (domain,) = [row for row in emulator.dump()["domains"] if row["domain_name"] == "example.com"]
    return make_inbox("All", domain_id=domain["id"])


@pytest.fixture
def base(inbox):
    return f"/api/inbound/inboxes/{inbox['id']}"


@pytest.fixture
def receive(emulator, inbox):
    """Return a function that delivers a message from Ann to the hosted inbox and returns it."""

    def arrive(**fields):
        defaults = {} if "raw" in fields else ANN | {"subject": "Question", "text": "How much is it?"}
        return emulator.receive(**({"address": inbox["address"]} | defaults | fields))

    return arrive


@pytest.fixture
def send(api):
    """Return a function that replies to or forwards a message. It returns the sent mail and the response."""

    def post(message, action, **body):
        path = f"/api/inbound/inboxes/{message['inbox_id']}/messages/{message['id']}/{action}"
        return api.post(path, json=body)

    return post


def test_message_has_all_keys(api, base, inbox, receive):
    message = receive(
        html="<p>How much is it?</p>",
        cc=[{"email": "bob@example.org", "name": "Bob"}],
        reply_to={"email": "shop@example.org"},
        headers={"X-Ticket": "7"},
        message_id="<1@example.org>",
        in_reply_to="<0@example.org>",
        references=["<a@example.org>", "<0@example.org>"],
    )
    listed = api.get(f"{base}/messages").json()
    assert list(listed) == ["data", "total_count", "last_id"]
    assert listed == {"data": [message], "total_count": 1, "last_id": None}
    names = "id inbox_id from to cc bcc reply_to subject headers size html_size text_size received_at rfc_message_id"
    assert list(message) == [*names.split(), "in_reply_to", "references", "thread_id", "attachments", "forwards"]
    assert re.fullmatch(r"\d{19}", message["id"])
    assert re.fullmatch(r"\d{19}", message["thread_id"])
    assert STAMP.fullmatch(message["received_at"])
    assert message["inbox_id"] == inbox["id"]
    assert message["from"] == "Ann <ann@example.org>"
    assert message["to"] == [inbox["address"]]
    assert message["cc"] == ["Bob <bob@example.org>"]
    assert message["bcc"] == []
    assert message["reply_to"] == "shop@example.org"
    assert message["subject"] == "Question"
    assert message["headers"] == {"mime-version": "1.0", "return-path": "<ann@example.org>", "x-ticket": "7"}
    assert message["html_size"] == len("<p>How much is it?</p>")
    assert message["text_size"] == len("How much is it?")
    assert message["rfc_message_id"] == "<1@example.org>"
    assert message["in_reply_to"] == "<0@example.org>"
    assert message["references"] == ["<a@example.org>", "<0@example.org>"]
    assert message["attachments"] == []
    assert message["forwards"] == []


def test_message_with_bodies(api, emulator, base, receive):
    emulator.clock(set="2026-11-23T12:00:00Z", frozen=True)
    message = receive(text="two\nlines\n")
    whole = api.get(f"{base}/messages/{message['id']}").json()
    assert list(whole)[-4:] == ["raw_message_url", "raw_message_expires_at", "html_body", "text_body"]
    assert {name: whole[name] for name in message} == message
    assert whole["text_body"] == "two\r\nlines\r\n"
    assert whole["text_size"] == len(whole["text_body"])
    assert whole["html_body"] is None
    assert whole["html_size"] is None
    assert whole["raw_message_expires_at"] == "2026-11-23T13:00:00.000Z"
    raw = httpx.get(whole["raw_message_url"], trust_env=False)
    assert raw.status_code == 200
    assert raw.headers["content-type"] == "message/rfc822"
    assert len(raw.content) == message["size"]
    assert b"Subject: Question\r\n" in raw.content


def test_attachments_can_be_downloaded(api, emulator, base, receive):
    content = bytes(range(256))
    files = [
        {"content": base64.b64encode(content).decode(), "filename": "Größe ?.bin", "type": "application/x-thing"},
        {"content": "aGk=", "filename": "logo.png", "type": "image/png", "disposition": "inline", "content_id": "logo"},
    ]
    message = receive(attachments=files)
    inline, attached = message["attachments"]
    assert {name: value for name, value in attached.items() if name != "attachment_id"} == {
        "size": 256,
        "filename": "Größe ?.bin",
        "content_type": "application/x-thing",
        "content_disposition": "attachment",
        "content_id": None,
    }
    assert next(iter(attached)) == "attachment_id"
    assert (inline["content_disposition"], inline["content_id"]) == ("inline", "logo")
    whole = api.get(f"{base}/messages/{message['id']}").json()
    shown = whole["attachments"][1]
    assert {name: shown[name] for name in attached} == attached
    assert list(shown)[-2:] == ["download_url", "download_url_expires_at"]
    got = httpx.get(shown["download_url"], trust_env=False)
    assert got.content == content
    assert got.headers["content-type"] == "application/x-thing"
    assert "filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%3F.bin" in got.headers["content-disposition"]
    (thread,) = api.get(f"{base}/threads").json()["data"]
    assert thread["attachments"] == message["attachments"]
    whole = api.get(f"{base}/threads/{thread['id']}").json()
    for url in (whole["attachments"][1]["download_url"], whole["messages"][0]["attachments"][1]["download_url"]):
        assert httpx.get(url, trust_env=False).content == content


def test_download_links_expire(api, emulator, base, receive):
    emulator.clock(frozen=True)
    message = receive()
    url = api.get(f"{base}/messages/{message['id']}").json()["raw_message_url"]
    head, sealed, name = url.rsplit("/", 2)
    for wrong in ("x", "AAAA", sealed[:-8] + "AAAAAAA=", "%F0%9F%98%80", sealed.swapcase()):
        response = httpx.get(f"{head}/{wrong}/{name}", trust_env=False)
        assert response.status_code == 403
        assert b"<Message>Access Denied</Message>" in response.content
    emulator.clock(advance=3599)
    assert httpx.get(url, trust_env=False).status_code == 200
    emulator.clock(advance=1)
    response = httpx.get(url, trust_env=False)
    assert response.status_code == 403
    assert b"<Message>Request has expired</Message>" in response.content
    url = api.get(f"{base}/messages/{message['id']}").json()["raw_message_url"]
    api.delete(f"{base}/messages/{message['id']}")
    assert httpx.get(url, trust_env=False).status_code == 404


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        ("", {"from": None, "to": [], "subject": None, "rfc_message_id": None, "text_body": ""}),
        ("\x00\xff\n\n\n", {"subject": None}),
        ("From: <>\nMessage-ID: bare@x\nReferences: a@x b@x\n\nx", {"from": None, "rfc_message_id": "bare@x"}),
        (
            "Subject: =?utf-8?q?caf=C3=A9?= =?x?b?!?=\nTo: a@b.c, =?utf-8?b?w6k=?= <d@e.f>\n\n",
            {"to": ["a@b.c", "é <d@e.f>"]},
        ),
        ("Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html\n\nhi\n", {"text_body": None}),
    ],
)
def test_malformed_mail_can_be_read(api, base, receive, raw, fields):
    message = receive(raw=raw, mail_from="")
    whole = api.get(f"{base}/messages/{message['id']}").json()
    assert {name: whole[name] for name in fields} == fields
    assert whole["headers"]["return-path"] == ""
    assert api.get(f"{base}/threads/{message['thread_id']}").status_code == 200


def test_messages_are_paginated(api, emulator, base, receive):
    messages = [receive(subject=str(number)) for number in range(31)]
    first = api.get(f"{base}/messages").json()
    assert [message["subject"] for message in first["data"]] == [str(number) for number in range(30, 0, -1)]
    assert first["total_count"] == 31
    assert first["last_id"] == messages[1]["id"]
    second = api.get(f"{base}/messages", params={"last_id": first["last_id"]}).json()
    assert [message["subject"] for message in second["data"]] == ["0"]
    assert second["last_id"] is None
    first = api.get(f"{base}/threads").json()
    assert (len(first["data"]), first["total_count"]) == (30, 31)
    assert first["last_id"] == messages[1]["thread_id"]
    second = api.get(f"{base}/threads", params={"last_id": first["last_id"]}).json()
    assert [thread["id"] for thread in second["data"]] == [messages[0]["thread_id"]]
    assert second["last_id"] is None


@pytest.mark.parametrize("last_id", ["1700000000000000", "abc123", "-1", "😀"])
def test_unknown_cursors(api, base, receive, last_id):
    """With an unknown cursor the message list is empty with a count of null, but the thread list ignores it."""
    receive()
    response = api.get(f"{base}/messages", params={"last_id": last_id})
    assert response.json() == {"data": [], "total_count": 0, "last_id": None}
    assert api.get(f"{base}/threads", params={"last_id": last_id}).json() == api.get(f"{base}/threads").json()
    assert api.get(f"{base}/threads").json()["total_count"] == 1


def test_ids_contain_the_time(emulator, receive):
    emulator.clock(set="2026-07-24T05:58:21.528Z", frozen=True)
    ids = [int(receive()["id"]) for _ in range(3)]
    assert {key >> 20 for key in ids} == {1784872701528}
    assert sorted(set(ids)) == ids
    emulator.clock(advance=-3600)
    assert int(receive()["id"]) > ids[-1]


def test_message_is_deleted(api, base, receive):
    message, other = receive(), receive()
    response = api.delete(f"{base}/messages/{message['id']}")
    assert (response.status_code, response.content) == (204, b"")
    assert api.get(f"{base}/messages/{message['id']}").json() == NOT_FOUND
    assert api.delete(f"{base}/messages/{message['id']}").json() == NOT_FOUND
    assert [row["id"] for row in api.get(f"{base}/messages").json()["data"]] == [other["id"]]
    assert [row["id"] for row in api.get(f"{base}/threads").json()["data"]] == [other["thread_id"]]


def test_message_is_found_only_in_its_inbox(api, make_inbox, receive, send):
    other = make_inbox("Other")
    message = receive()
    for path in (f"messages/{message['id']}", f"threads/{message['thread_id']}"):
        for method in ("GET", "DELETE"):
            response = api.request(method, f"/api/inbound/inboxes/{other['id']}/{path}")
            assert (response.status_code, response.json()) == (404, NOT_FOUND)
    assert send(message | {"inbox_id": other["id"]}, "reply", text="x").status_code == 404


def test_threads_are_joined_by_message_ids(api, base, receive):
    """A message joins the thread of the message it answers or refers to, or of an answer that arrived earlier."""
    first = receive(message_id="<1@x>")
    reply = receive(message_id="<2@x>", in_reply_to="<1@x>")
    late = receive(message_id="<4@x>", references=["<1@x>", "<3@x>"])
    missing = receive(message_id="<3@x>")
    again = receive(message_id="<5@x>", in_reply_to="<3@x>")
    other = receive(subject="Re: Question", message_id="<6@y>")
    assert len({row["thread_id"] for row in (first, reply, late, missing, again)}) == 1
    assert other["thread_id"] != first["thread_id"]
    assert receive()["thread_id"] != receive()["thread_id"]
    assert [row["message_count"] for row in api.get(f"{base}/threads").json()["data"]] == [1, 1, 1, 5]


def test_threads_are_separate_per_inbox(make_inbox, receive):
    other = make_inbox("Other")
    mine = receive(message_id="<1@x>")
    assert receive(address=other["address"], message_id="<1@x>")["thread_id"] != mine["thread_id"]


def test_reply(api, emulator, base, inbox, receive, send):
    message = receive(message_id="<1@example.org>", references=["<0@example.org>"])
    response = send(
        message, "reply", text="Seven.", html="<b>Seven.</b>", category="Answers", custom_variables={"n": "1"}
    )
    assert response.status_code == 201
    assert list(response.json()) == ["message_ids"]
    (message_id,) = response.json()["message_ids"]
    assert UUID.fullmatch(message_id)
    (sent,) = emulator.outbox()
    assert sent["stream"] == "transactional"
    assert sent["message_ids"] == [message_id]
    assert sent["recipients"] == ["ann@example.org"]
    assert sent["from"] == {"name": "", "email": inbox["address"]}
    assert sent["to"] == [{"name": "Ann", "email": "ann@example.org"}]
    assert sent["subject"] == "Re: Question"
    assert (sent["text"], sent["html"]) == ("Seven.", "<b>Seven.</b>")
    headers = dict(sent["headers"])
    assert headers["In-Reply-To"] == "<1@example.org>"
    assert headers["References"] == "<0@example.org> <1@example.org>"
    assert headers["Message-ID"] == f"<{message_id}@inbound-mailtrap.io>"
    log = api.get(f"/api/email_logs/{message_id}").json()
    assert (log["to"], log["category"], log["in_reply_to"]) == ("ann@example.org", "Answers", "<1@example.org>")


def test_recipients_of_a_reply(emulator, inbox, receive, send):
    people = {
        "to": [{"email": inbox["address"].upper()}, {"email": "bob@example.org", "name": "Bob"}],
        "cc": [{"email": "eve@example.org"}, {"email": "ANN@example.org"}],
    }
    message = receive(**people)
    send(message, "reply", text="x")
    send(message, "reply_all", text="x", cc=[{"email": "zoe@example.org"}], bcc=[{"email": "hid@example.org"}])
    send(message, "reply", text="x", to=[{"email": "new@example.org"}])
    send(receive(reply_to={"email": "desk@example.org"}), "reply_all", text="x")
    one, everyone, given, desk = (
        [[person["email"] for person in sent[name]] for name in ("to", "cc")] for sent in emulator.outbox()
    )
    assert one == [["ann@example.org"], []]
    assert everyone == [["ann@example.org"], ["zoe@example.org", "bob@example.org", "eve@example.org"]]
    assert emulator.outbox()[1]["recipients"][-1] == "hid@example.org"
    assert given == [["new@example.org"], []]
    assert desk == [["desk@example.org"], []]


def test_subject_is_prefixed_only_once(emulator, receive, send):
    for subject, action in (("RE: x", "reply"), ("Fwd: x", "forward"), ("FW: x", "forward"), ("x", "forward")):
        send(receive(subject=subject), action, text="x", to=[{"email": "z@example.org"}])
    assert [sent["subject"] for sent in emulator.outbox()] == ["RE: x", "Fwd: x", "FW: x", "Fwd: x"]


def test_clients_cannot_set_threading_headers(emulator, receive, send):
    headers = {"In-Reply-To": "<x@x>", "REFERENCES": "<x@x>", "X-Own": "1"}
    assert send(receive(message_id="<1@x>"), "reply", text="x", headers=headers).status_code == 201
    sent_headers = {name.lower(): value for name, value in emulator.outbox()[0]["headers"]}
    assert (sent_headers["in-reply-to"], sent_headers["references"], sent_headers["x-own"]) == (
        "<1@x>",
        "<1@x>",
        "1",
    )


def test_long_reference_chains_stay_parsable(emulator, receive, send):
    chain = [f"<{number}.{'x' * 50}@example.org>" for number in range(40)]
    send(receive(message_id="<last@x>", references=chain), "reply", text="x")
    references = dict(emulator.outbox()[0]["headers"])["References"].split()
    assert references == [chain[0], *chain[-8:], "<last@x>"]


def test_forward(api, emulator, base, receive, send):
    message = receive(text="How much?", attachments=[{"content": "aGk=", "filename": "a.txt", "type": "text/plain"}])
    assert send(message, "forward", text="x").json() == {"errors": {"to": ["can't be blank"]}}
    assert send(message, "forward", text="x", to=[]).json() == {"errors": {"to": ["can't be blank"]}}
    response = send(message, "forward", text="Please look.", to=[{"email": "col@example.org"}])
    assert response.status_code == 201
    assert len(response.json()["message_ids"]) == 1
    (sent,) = emulator.outbox()
    assert sent["recipients"] == ["col@example.org"]
    assert sent["text"].startswith(
        "Please look.\n\n---------- Forwarded message ----------\nFrom: Ann <ann@example.org>\n"
    )
    assert sent["text"].endswith("\n\nHow much?")
    assert sent["html"] is None
    assert [(file["filename"], file["size"]) for file in sent["attachments"]] == [("a.txt", 2)]
    assert "In-Reply-To" not in dict(sent["headers"])
    assert api.get(f"{base}/threads/{message['thread_id']}").json()["message_count"] == 1


def test_forwarded_html_is_quoted_safely(emulator, receive, send):
    send(receive(html="<i>old</i>", subject="<b>"), "forward", text="<look>", to=[{"email": "col@example.org"}])
    send(receive(), "forward", to=[{"email": "col@example.org"}])
    first, second = emulator.outbox()
    assert first["html"].startswith("<p>&lt;look&gt;</p><div>")
    assert "Subject: &lt;b&gt;" in first["html"]
    assert first["html"].endswith("<i>old</i>")
    assert second["text"].startswith("----------")


def test_hosted_inbox_sends_from_its_own_address(receive, send):
    response = send(receive(), "reply", text="x", **ANN)
    assert (response.status_code, response.json()) == (
        422,
        {"errors": {"from": ["is not allowed for Mailtrap-hosted inboxes"]}},
    )


def test_domain_inbox_requires_a_sender_on_its_domain(emulator, own_inbox, receive, send):
    message = receive(address="sales@example.com")
    assert message["inbox_id"] == own_inbox["id"]
    assert send(message, "reply", text="x").json() == {"errors": {"from": ["can't be blank"]}}
    for wrong in ({"email": "sales@example.net"}, {"email": "x"}, {}, "sales@example.com", 7):
        response = send(message, "reply", text="x", **{"from": wrong})
        assert response.status_code == 422
        assert list(response.json()["errors"]) == ["from"]
    response = send(message, "reply", text="x", **{"from": {"email": "sales@Example.com", "name": "Sales"}})
    assert response.status_code == 201
    assert emulator.outbox()[0]["from"] == {"name": "Sales", "email": "sales@Example.com"}


def test_unverified_domain_cannot_send(api, emulator, make_inbox, receive, send):
    emulator.seed(domains=[{"id": 9, "domain_name": "new.example"}])
    make_inbox("New", domain_id=9)
    response = send(receive(address="a@new.example"), "reply", text="x", **{"from": {"email": "a@new.example"}})
    assert (response.status_code, response.json()) == (422, {"errors": {"base": ["Domain is not verified"]}})
    assert emulator.outbox() == []


def test_hosted_replies_are_limited(api, emulator, base, receive, send):
    message = receive()
    for _ in range(20):
        assert send(message, "reply", text="x").status_code == 201
    response = send(message, "reply_all", text="x")
    assert response.status_code == 422
    assert "limit" in response.json()["errors"]["base"][0]
    api.delete(f"{base}/threads/{message['thread_id']}")
    assert send(receive(), "reply", text="x").status_code == 422
    emulator.limits(inbound_hosted_sends=None)
    assert send(receive(), "reply", text="x").status_code == 201


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "must specify either text or html body"),
        ({"text": 7}, "invalid type for field `text`, expected: `string`, given: `number`"),
        ({"text": "x", "to": "ann@example.org"}, "invalid type for field `to`, expected: `array`, given: `string`"),
        ({"text": "x", "to": [{"email": "x"}]}, "'to' address is invalid"),
        ({"text": "x", "cc": 7}, "invalid type for field `cc`, expected: `array`, given: `number`"),
        ({"text": "x", "attachments": [{}]}, "'attachments' content is required"),
        ({"text": "x", "category": "x" * 256}, "'category' must not be longer than 255 characters"),
    ],
)
@pytest.mark.parametrize("action", ["reply", "reply_all"])
def test_invalid_replies_and_forwards_are_rejected(receive, send, action, body, message):
    response = send(receive(cc=[{"email": "bob@example.org"}]), action, **body)
    assert response.status_code == 422
    assert message in response.json()["errors"]["base"]


@pytest.mark.parametrize("action", ["reply", "reply_all", "forward"])
def test_invalid_values_never_cause_a_5xx(api, emulator, receive, action):
    emulator.limits(rate_limits="off", inbound_hosted_sends=None)
    message = receive()
    path = f"/api/inbound/inboxes/{message['inbox_id']}/messages/{message['id']}/{action}"
    values = [None, 0, -1.5, True, "", "x", "ü\x00", [], [[]], [None], {}, {"email": None}, [{"email": 7}], 10**300]
    names = "from to cc bcc reply_to text html headers attachments template_uuid subject custom_variables category"
    for name in names.split():
        for value in values:
            body = {"text": "x", "to": [{"email": "a@b.c"}]} | {name: value}
            assert api.post(path, json=body).status_code in (201, 422)
    for content in (b"", b"{", b"[]", b"7", b'"x"'):
        response = api.post(path, content=content, headers={"Content-Type": "application/json"})
        assert response.status_code in (400, 422)


def test_message_without_a_sender_cannot_be_answered(receive, send):
    message = receive(raw="Subject: x\n\nhello\n", mail_from="")
    response = send(message, "reply", text="x")
    assert response.json() == {"errors": {"base": ["'to', 'cc' or 'bcc' address is required"]}}
    assert send(message, "reply", text="x", to=[{"email": "a@b.c"}]).status_code == 201


def test_thread_contains_received_and_sent_messages(api, emulator, base, inbox, receive, send):
    emulator.clock(set="2026-11-23T12:00:00Z", frozen=True)
    message = receive(message_id="<1@example.org>", text="How much?\n")
    emulator.clock(advance=60)
    (message_id,) = send(message, "reply", text="Seven.").json()["message_ids"]
    (thread,) = api.get(f"{base}/threads").json()["data"]
    names = "id subject message_count size first_message_at last_received_at last_sent_at last_activity_at"
    assert list(thread) == [*names.split(), "last_message_id", "senders", "recipients", "attachments"]
    whole = api.get(f"{base}/threads/{message['thread_id']}").json()
    assert list(whole) == [*thread, "messages"]
    assert {name: whole[name] for name in thread} == thread
    got, sent = whole["messages"]
    assert thread["id"] == message["thread_id"]
    assert thread["subject"] == "Question"
    assert thread["message_count"] == 2
    assert thread["size"] == got["email_size"] + sent["email_size"]
    assert thread["first_message_at"] == thread["last_received_at"] == "2026-11-23T12:00:00.000Z"
    assert thread["last_sent_at"] == thread["last_activity_at"] == "2026-11-23T12:01:00.000Z"
    assert thread["senders"] == ["Ann <ann@example.org>", inbox["address"]]
    assert thread["recipients"] == [inbox["address"], "Ann <ann@example.org>"]
    assert re.fullmatch(r"\d{19}", thread["last_message_id"])
    names = (
        "visibility_status direction id message_group_id subject rfc_message_id in_reply_to references from to cc bcc"
    )
    names = [*names.split(), "reply_to", "created_at", "email_size", "text_body", "html_body", "attachments"]
    assert list(got) == [*names, "forwards"]
    assert list(sent) == [*names, "delivery_status", "delivered_at", "bounced_at", "delivery"]
    assert (got["direction"], got["id"], got["email_size"]) == ("inbound", message["id"], message["size"])
    assert (got["text_body"], got["html_body"], got["reply_to"]) == ("How much?\r\n", None, "")
    assert got["created_at"] == message["received_at"]
    assert (sent["direction"], sent["id"], sent["message_group_id"]) == ("outbound", message_id, None)
    assert (sent["in_reply_to"], sent["references"]) == ("<1@example.org>", ["<1@example.org>"])
    assert sent["rfc_message_id"] == f"<{message_id}@inbound-mailtrap.io>"
    assert {row["visibility_status"] for row in whole["messages"]} == {"available"}


def test_sent_message_shows_its_delivery(api, emulator, base, receive, send):
    emulator.clock(set="2026-11-23T12:00:00Z", frozen=True)
    emulator.limits(recipients={"lost@*": "bounce", "late@*": "none"})
    message = receive()
    for email in ("ann@example.org", "lost@example.org", "late@example.org"):
        send(message, "reply", text="x", to=[{"email": email}])
    sent = api.get(f"{base}/threads/{message['thread_id']}").json()["messages"][1:]
    now = "2026-11-23T12:00:00.000Z"
    expected = [("delivered", now, None), ("not_delivered", None, now), ("enqueued", None, None)]
    assert [(row["delivery_status"], row["delivered_at"], row["bounced_at"]) for row in sent] == expected
    assert [tuple(row["delivery"].values())[1:] for row in sent] == expected
    assert [list(row["delivery"]) for row in sent] == [["to", "status", "delivered_at", "bounced_at"]] * 3
    assert [row["delivery"]["to"] for row in sent] == ["ann@example.org", "lost@example.org", "late@example.org"]


def test_several_recipients_share_a_group_id(api, base, receive, send):
    message = receive(cc=[{"email": "bob@example.org"}])
    ids = send(message, "reply_all", text="x").json()["message_ids"]
    sent = api.get(f"{base}/threads/{message['thread_id']}").json()["messages"][1:]
    assert [row["id"] for row in sent] == ids
    assert len(ids) == 2
    assert len({row["message_group_id"] for row in sent}) == 1
    assert sent[0]["message_group_id"] is not None


def test_reply_to_a_reply_joins_the_thread(emulator, receive, send):
    message = receive()
    send(message, "reply", text="Seven.")
    (sent,) = emulator.outbox()
    again = receive(in_reply_to=dict(sent["headers"])["Message-ID"])
    assert again["thread_id"] == message["thread_id"]


def test_thread_outlives_its_first_message(api, emulator, base, inbox, receive, send):
    """As recorded, counters describe the remaining messages, but times all messages of the thread."""
    message = receive()
    path = f"{base}/threads/{message['thread_id']}"
    emulator.clock(advance=60)
    send(message, "reply", text="one")
    send(message, "reply", text="two")
    before = api.get(path).json()
    api.delete(f"{base}/messages/{message['id']}")
    after = api.get(path).json()
    assert (before["message_count"], after["message_count"]) == (3, 2)
    assert before["size"] - after["size"] == message["size"]
    assert after["senders"] == [inbox["address"]]
    for name in ("first_message_at", "last_received_at", "last_sent_at", "subject"):
        assert after[name] == before[name]


def test_thread_is_deleted(api, emulator, base, receive, send):
    message = receive(message_id="<1@x>")
    send(message, "reply", text="x")
    other = receive()
    path = f"{base}/threads/{message['thread_id']}"
    response = api.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    for method in ("GET", "DELETE"):
        assert api.request(method, path).json() == NOT_FOUND
    assert api.get(f"{base}/messages/{message['id']}").json() == NOT_FOUND
    assert [row["id"] for row in api.get(f"{base}/messages").json()["data"]] == [other["id"]]
    assert len(emulator.outbox()) == 1
    assert receive(in_reply_to="<1@x>")["thread_id"] != message["thread_id"]


def test_threads_can_be_searched(api, base, receive):
    receive(subject="Acme order")
    receive(subject="Other", **{"from": {"email": "x@acme.example"}})
    receive(subject="Third")
    found = api.get(f"{base}/threads", params={"search": "ACME"}).json()
    assert [row["subject"] for row in found["data"]] == ["Other", "Acme order"]
    assert found["total_count"] == 2
    assert api.get(f"{base}/threads", params={"search": "nothing"}).json()["data"] == []


@pytest.fixture
def add_rule(api, base):
    def add(*conditions, to=("copy@example.net",), name="Rule"):
        body = {"name": name, "conditions": conditions, "destinations": [{"email": email} for email in to]}
        response = api.post(f"{base}/forward_rules", json=body)
        assert response.status_code == 201, response.text
        return response.json()["data"]

    return add


def test_rule_without_conditions_forwards_everything(api, emulator, base, inbox, add_rule, receive):
    rule = add_rule()
    message = receive(message_id="<1@x>", in_reply_to="<0@x>", text="How much?")
    (outcome,) = message["forwards"]
    assert outcome == {
        "rule_id": rule["id"],
        "rule_name": "Rule",
        "destination": "copy@example.net",
        "status": "forwarded",
        "reason": None,
        "message_id": outcome["message_id"],
    }
    assert UUID.fullmatch(outcome["message_id"])
    assert list(outcome) == ["rule_id", "rule_name", "destination", "status", "reason", "message_id"]
    (sent,) = emulator.outbox()
    assert sent["message_ids"] == [outcome["message_id"]]
    assert sent["recipients"] == ["copy@example.net"]
    assert sent["from"]["email"] == inbox["address"]
    assert (sent["subject"], sent["text"]) == ("Question", "How much?")
    headers = [name for name, _ in sent["headers"]]
    assert len(headers) == len(set(headers))
    assert dict(sent["headers"])["In-Reply-To"] == "<0@x>"
    got, copy = api.get(f"{base}/threads/{message['thread_id']}").json()["messages"]
    assert got["forwards"] == [outcome]
    assert (copy["direction"], copy["id"], copy["to"]) == ("outbound", outcome["message_id"], ["copy@example.net"])


@pytest.mark.parametrize(
    ("condition", "matches"),
    [
        (("sender", "equal", "ANN@example.org"), True),
        (("sender", "equal", "Ann"), False),
        (("sender", "not_equal", "ann@example.org"), False),
        (("sender", "not_equal", "bob@example.org"), True),
        (("sender", "contains", "@Example"), True),
        (("sender", "starts_with", "ann"), True),
        (("sender", "starts_with", "nn"), False),
        (("sender", "ends_with", ".org"), True),
        (("recipient", "equal", "bob@example.org"), True),
        (("recipient", "not_equal", "bob@example.org"), False),
        (("recipient", "ends_with", "@inbound-mailtrap.io"), True),
        (("recipient", "contains", "ann@"), False),
        (("header", "equal", "7", "x-ticket"), True),
        (("header", "equal", "8", "X-Ticket"), False),
        (("header", "not_equal", "7", "X-Other"), True),
        (("header", "contains", "", "X-Other"), None),
        (("header", "starts_with", "7", "X-Other"), False),
        (("header", "empty", None, "X-Other"), True),
        (("header", "empty", None, "X-Ticket"), False),
        (("header", "empty", None, "X-Blank"), True),
        (("header", "not_empty", None, "X-Ticket"), True),
        (("header", "not_empty", None, "X-Other"), False),
        (("header", "contains", "quest", "Subject"), True),
    ],
)
def test_rule_conditions(api, base, add_rule, receive, condition, matches):
    fields = dict(zip(("match_type", "operator", "value", "header_key"), condition, strict=False))
    if matches is None:
        body = {"name": "Rule", "conditions": [fields], "destinations": [{"email": "copy@example.net"}]}
        assert api.post(f"{base}/forward_rules", json=body).status_code == 422
        return
    add_rule(fields)
    message = receive(cc=[{"email": "bob@example.org"}], headers={"X-Ticket": "7", "X-Blank": ""})
    assert bool(message["forwards"]) == matches


def test_all_conditions_of_a_rule_must_match(add_rule, receive):
    ann = {"match_type": "sender", "operator": "equal", "value": "ann@example.org"}
    add_rule(ann, ann | {"value": "bob@example.org"}, name="never")
    add_rule(ann, ann | {"operator": "starts_with", "value": "a"}, name="always")
    assert [outcome["rule_name"] for outcome in receive()["forwards"]] == ["always"]


def test_each_destination_gets_one_copy(emulator, add_rule, receive):
    add_rule(to=("a@example.net", "b@example.net"), name="first")
    add_rule(to=("B@example.net", "c@example.net"), name="second")
    outcomes = [(outcome["rule_name"], outcome["destination"]) for outcome in receive()["forwards"]]
    assert outcomes == [("first", "a@example.net"), ("first", "b@example.net"), ("second", "c@example.net")]
    assert [sent["recipients"] for sent in emulator.outbox()] == [
        ["a@example.net"],
        ["b@example.net"],
        ["c@example.net"],
    ]


def test_rejected_forwards(emulator, inbox, add_rule, receive):
    emulator.limits(recipients={"lost@*": "bounce"})
    add_rule(to=("lost@example.net", inbox["address"]))
    first, second = receive(), receive()
    assert [outcome["status"] for outcome in first["forwards"]] == ["forwarded", "rejected"]
    assert [(outcome["status"], outcome["reason"], outcome["message_id"]) for outcome in second["forwards"]] == [
        ("rejected", "Recipient in suppression list. Reason: hard bounce", None),
        ("rejected", "Forwarding loop", None),
    ]
    assert len(emulator.outbox()) == 1


def test_mail_sent_by_the_emulator_is_received(api, emulator, base, inbox, mail):
    assert api.post("/api/send", json=mail | {"to": [{"email": inbox["address"]}]}).status_code == 200
    (message,) = api.get(f"{base}/messages").json()["data"]
    assert message["from"] == "Sales <sales@example.com>"
    assert message["headers"]["return-path"] == ""
    (sent,) = emulator.outbox()
    assert message["rfc_message_id"] == dict(sent["headers"])["Message-ID"]


def test_forwarding_loops_are_stopped(api, emulator, make_inbox, base, inbox, add_rule, receive):
    other = make_inbox("Other")
    add_rule(to=(other["address"],))
    body = {"name": "Back", "destinations": [{"email": inbox["address"]}]}
    api.post(f"/api/inbound/inboxes/{other['id']}/forward_rules", json=body)
    receive()
    assert len(api.get(f"{base}/messages").json()["data"]) == 2
    (there,) = api.get(f"/api/inbound/inboxes/{other['id']}/messages").json()["data"]
    assert there["forwards"][0]["status"] == "forwarded"
    assert api.get(f"{base}/messages").json()["data"][0]["forwards"][0]["reason"] == "Forwarding loop"


@pytest.fixture
def smtp(emulator):
    host, port = emulator.smtp.rsplit(":", 1)
    with smtplib.SMTP(host, int(port), timeout=10) as connection:
        yield connection


def compose(to):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ann <ann@example.org>", to, "By SMTP"
    message.set_content("Hello\n")
    return message


def test_smtp_delivers_to_inboxes_without_login(api, base, inbox, own_inbox, smtp):
    address = inbox["address"]
    smtp.send_message(compose(address), "bounce@example.org", [address, "any@Example.com", "one@example.com"])
    (message,) = api.get(f"{base}/messages").json()["data"]
    assert (message["from"], message["subject"]) == ("Ann <ann@example.org>", "By SMTP")
    assert message["headers"]["return-path"] == "<bounce@example.org>"
    assert api.get(f"{base}/messages/{message['id']}").json()["text_body"] == "Hello\r\n"
    caught = api.get(f"/api/inbound/inboxes/{own_inbox['id']}/messages").json()
    assert caught["total_count"] == 1


def test_smtp_requires_login_for_other_recipients(inbox, smtp):
    smtp.ehlo()
    smtp.mail("ann@example.org")
    assert smtp.rcpt(inbox["address"])[0] == 250
    assert smtp.rcpt("unknown@inbound-mailtrap.io")[0] == 550
    assert smtp.rcpt("someone@example.net")[0] == 530
    assert smtp.rcpt("nobody-123456@inbox.mailtrap.io")[0] == 554


def test_smtp_delivers_one_mail_to_a_sandbox_and_an_inbox(api, base, inbox, sandbox, smtp):
    to = [inbox["address"], f"{sandbox['email_username']}@inbox.mailtrap.io"]
    api.patch(f"/api/sandboxes/{sandbox['id']}/toggle_email_username")
    if not api.get(f"/api/sandboxes/{sandbox['id']}").json()["email_username_enabled"]:
        api.patch(f"/api/sandboxes/{sandbox['id']}/toggle_email_username")
    smtp.send_message(compose(to[0]), "ann@example.org", to)
    assert api.get(f"{base}/messages").json()["total_count"] == 1
    assert len(api.get(f"/api/sandboxes/{sandbox['id']}/messages").json()) == 1


def test_smtp_login_delivers_only_to_its_sandbox(api, base, inbox, sandbox, smtp):
    smtp.login(sandbox["username"], sandbox["password"])
    smtp.send_message(compose(inbox["address"]))
    assert api.get(f"{base}/messages").json()["total_count"] == 0
    assert len(api.get(f"/api/sandboxes/{sandbox['id']}/messages").json()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"address": "nobody@inbound-mailtrap.io", "raw": "x"},
        {"address": "*@example.com", "raw": "x"},
        {"inbox_id": 1, "raw": "x"},
        {"address": 7, "raw": "x"},
        {"address": "INBOX"},
        {"address": "INBOX", "raw": 7},
        {"address": "INBOX", "raw": "x", "received_at": "yesterday"},
        {"address": "INBOX", "raw": "x", "id": "x"},
        {"address": "INBOX", "raw": "x", "id": "9" * 19},
        {"address": "INBOX", "raw": "x", "colour": "red"},
        {"address": "INBOX", "subject": "x", "from": {"email": "a@b.c"}},
    ],
)
def test_invalid_control_requests_are_rejected(api, emulator, base, inbox, body):
    if isinstance(body, dict) and body.get("address") == "INBOX":
        body = body | {"address": inbox["address"]}
    with pytest.raises(EmulatorError):
        emulator.control("POST", "inbound", body)


def test_rejected_control_request_changes_nothing(api, emulator, base, inbox):
    with pytest.raises(EmulatorError, match="colour"):
        emulator.receive(address=inbox["address"], raw="x", colour="red")
    assert api.get(f"{base}/messages").json()["total_count"] == 0


def test_catch_all_inbox_requires_an_address(emulator, own_inbox):
    with pytest.raises(EmulatorError, match="address is required"):
        emulator.receive(inbox_id=own_inbox["id"], raw="x")
    assert emulator.receive(inbox_id=own_inbox["id"], address="x@example.com", raw="x")["inbox_id"] == own_inbox["id"]


def test_webhook_receives_inbound_events(emulator, make_inbox, inbox, receive):
    """A webhook receives events of its inbox, with a timestamp in milliseconds."""
    hook = {"webhook_type": "inbound_receiving", "url": "http://hooks.example/"}
    emulator.seed(webhooks=[hook | {"inbound_inbox_id": key} for key in (inbox["id"], make_inbox("Other")["id"])])
    emulator.clock(set="2026-11-23T12:00:00Z", frozen=True)
    message = receive()
    (delivery,) = emulator.flush_deliveries()
    (event,) = json.loads(delivery["body"])["events"]
    assert UUID.fullmatch(event.pop("event_id"))
    assert event == {
        "event": "inbound.message_received",
        "timestamp": 1795435200000,
        "inbox_id": inbox["id"],
        "message_id": message["id"],
        "from": "Ann <ann@example.org>",
    }


def test_threads_survive_a_restart(tmp_path):
    address = "x@inbound-mailtrap.io"
    with Emulator("--state", str(tmp_path / "state")) as emulator:
        emulator.seed(
            inbound_folders=[{"id": 7, "name": "a"}],
            inbound_inboxes=[{"id": 8, "folder_id": 7, "name": "x", "address": address}],
        )
        first = emulator.receive(address=address, raw="From: a@b.c\nMessage-ID: <1@x>\n\nhi\n")
        emulator.kill()
    with Emulator("--state", str(tmp_path / "state")) as emulator:
        second = emulator.receive(address=address, raw="From: a@b.c\nIn-Reply-To: <1@x>\n\nhi\n")
    assert second["thread_id"] == first["thread_id"]
    assert int(second["id"]) > int(first["id"])
