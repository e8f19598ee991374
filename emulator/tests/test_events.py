# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens to live mail, and how tests make it happen (facts 3.10, 3.18, 8.4)."""

import re

import pytest

from mailtrap_emulator.model import recipients
from mailtrap_emulator.model.email_logs import EVENT_TYPES
from mailtrap_emulator.model.events import MAIL_EVENT_KINDS
from mailtrap_emulator.state.settings import DEFAULT_SETTINGS
from mailtrap_emulator.testing import EmulatorError


@pytest.fixture
def sent(api, mail):
    """Sends live mail to these addresses and gives the message ids."""

    def send(*addresses, path="/api/send", **changes):
        answer = api.post(path, json=mail | {"to": [{"email": address} for address in addresses]} | changes)
        assert answer.status_code == 200, answer.text
        return answer.json()["message_ids"]

    return send


def log(api, message_id):
    answer = api.get(f"/api/email_logs/{message_id}")
    assert answer.status_code == 200
    return answer.json()


def test_every_kind_has_a_word_in_the_log_and_usual_details():
    assert set(MAIL_EVENT_KINDS) == set(EVENT_TYPES) == set(recipients.DEFAULT_DETAILS)
    assert DEFAULT_SETTINGS["recipients"] == {}


def test_mail_is_delivered_at_once(api, sent):
    (message_id,) = sent("ann@gmail.com")
    row = log(api, message_id)
    assert row["status"] == "delivered"
    (event,) = row["events"]
    assert list(event) == ["event_type", "created_at", "details"]
    assert event["event_type"] == "delivery"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["created_at"])
    assert event["details"] == {
        "sending_ip": recipients.SENDING_IPS["transactional"],
        "recipient_mx": "gmail-smtp-in.l.google.com",
        "email_service_provider": "Google",
    }


def test_an_event_as_it_is_told(api, emulator, sent):
    (message_id,) = sent("ann@example.org", category="News", custom_variables={"order": 1})
    emulator.clock(frozen=True)
    emulator.clock(set="2026-11-05T10:00:00Z")
    event = emulator.event("click", message_id=message_id, details={"url": "https://example.com/a"})
    domain = next(row for row in emulator.dump()["domains"] if row["domain_name"] == "example.com")
    uuid = event.pop("event_id")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", uuid)
    assert event == {
        "account_id": emulator.account_id,
        "kind": "click",
        "message_id": message_id,
        "sending_stream": "transactional",
        "email": "ann@example.org",
        "domain_id": domain["id"],
        "sending_domain_name": "example.com",
        "category": "News",
        "custom_variables": {"order": 1},
        "timestamp": 1793872800.0,
        "details": {
            "ip": recipients.READER_IP,
            "user_agent": recipients.READER_AGENT,
            "url": "https://example.com/a",
        },
    }
    row = log(api, message_id)
    assert row["events"][1] == {
        "event_type": "click",
        "created_at": "2026-11-05T10:00:00Z",
        "details": {"click_url": "https://example.com/a", "web_ip_address": recipients.READER_IP},
    }
    assert (row["opens_count"], row["clicks_count"]) == (0, 1)


@pytest.mark.parametrize(
    ("kind", "word", "status", "details"),
    [
        ("open", "open", "delivered", {"web_ip_address": "198.51.100.50"}),
        ("unsubscribe", "unsubscribe", "opted_out", {"web_ip_address": "198.51.100.50"}),
        ("spam_complaint", "spam", "opted_out", {"spam_feedback_type": "abuse"}),
        ("suspension", "suspension", "not_delivered", {"reject_reason": "Daily sending limit reached"}),
        ("reject", "reject", "not_delivered", {"reject_reason": "Policy rejection"}),
    ],
)
def test_what_the_log_says_of_a_kind(api, emulator, sent, kind, word, status, details):
    (message_id,) = sent("ann@example.org")
    emulator.event(kind, message_id=message_id)
    row = log(api, message_id)
    assert (row["status"], row["events"][1]["event_type"], row["events"][1]["details"]) == (status, word, details)


@pytest.mark.parametrize(("kind", "code"), [("bounce", "5.1.1"), ("soft_bounce", "4.2.2")])
def test_what_the_log_says_of_bounces(api, emulator, sent, kind, code):
    (message_id,) = sent("ann@example.org")
    event = emulator.event(kind, email="ANN@example.org")
    assert event["message_id"] == message_id
    row = log(api, message_id)
    assert row["status"] == "not_delivered"
    assert row["events"][1]["event_type"] == kind
    assert row["events"][1]["details"] == {
        "sending_ip": "192.0.2.10",
        "recipient_mx": "mx.example.org",
        "email_service_provider": "Other",
        "email_service_provider_status": code,
        "email_service_provider_response": event["details"]["response"],
        "bounce_category": event["details"]["bounce_category"],
    }


def test_an_address_names_the_last_mail_to_it(emulator, sent):
    sent("ann@example.org")
    (second,) = sent("ann@example.org")
    sent("bob@example.org")
    assert emulator.event("open", email="ann@example.org")["message_id"] == second


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "spam", "email": "ann@example.org"}, "Unknown kind spam"),
        ({"kind": "open"}, "needs message_id or email"),
        ({"kind": "open", "email": "x@example.org"}, "No mail was sent to x@example.org"),
        ({"kind": "open", "message_id": "x"}, "No mail was sent as x"),
        ({"kind": "open", "email": "ann@example.org", "details": {"url": "x"}}, "Unknown detail url"),
        ({"kind": "bounce", "email": "ann@example.org", "details": {"response_code": "x"}}, "must be a number"),
        ({"kind": "bounce", "email": "ann@example.org", "details": {"response": 1}}, "must be a text"),
        ({"kind": "bounce", "email": "ann@example.org", "details": []}, "details must be an object"),
        ({"kind": "bounce", "email": "ann@example.org", "colour": 1}, "unknown field colour"),
    ],
)
def test_what_cannot_happen(emulator, sent, fields, sentence):
    sent("ann@example.org")
    with pytest.raises(EmulatorError, match=re.escape(sentence)):
        emulator.control("POST", "events", fields)


def test_receivers_behave_as_they_are_told(api, emulator, sent):
    kinds = {"*@queue.example": "none", "b*@example.org": "bounce", "click@*": "click", "*@full.example": "soft_bounce"}
    emulator.limits(recipients=kinds)
    addresses = ["a@queue.example", "Bob@example.org", "click@example.org", "x@full.example", "ann@example.org"]
    rows = [log(api, message_id) for message_id in sent(*addresses)]
    assert [row["status"] for row in rows] == ["enqueued", "not_delivered", "delivered", "not_delivered", "delivered"]
    assert [[event["event_type"] for event in row["events"]] for row in rows] == [
        [],
        ["bounce"],
        ["delivery", "click"],
        ["soft_bounce"],
        ["delivery"],
    ]


@pytest.mark.parametrize("value", [[], "x", {"*": "explode"}, {"*": None}, {"*": ["open"]}])
def test_behaviour_that_there_is_not(emulator, value):
    with pytest.raises(EmulatorError, match="recipients must be an object of pattern"):
        emulator.limits(recipients=value)


def test_suppressed_recipients_are_rejected_and_the_others_are_not(api, emulator, sent):
    emulator.seed(suppressions=[{"email": "Bob@Example.org"}])
    ids = sent("ann@example.org", "bob@example.org")
    ann, bob = (log(api, message_id) for message_id in ids)
    assert (ann["status"], bob["status"]) == ("delivered", "not_delivered")
    (event,) = bob["events"]
    assert event["event_type"] == "reject"
    reason = "Recipient in suppression list. Reason: manual import"
    assert event["details"] == {"reject_reason": reason}
    (mail,) = emulator.outbox()
    assert (mail["recipients"], mail["message_ids"]) == (["ann@example.org"], ids[:1])


def test_mail_to_nobody_but_the_suppressed_does_not_leave(api, emulator, sent):
    emulator.seed(suppressions=[{"email": "bob@example.org"}])
    (message_id,) = sent("bob@example.org")
    assert emulator.outbox() == []
    raw = api.get(log(api, message_id)["raw_message_url"])
    assert "Subject: Your order" in raw.text
    (later,) = sent("ann@example.org")
    assert [mail["message_ids"] for mail in emulator.outbox()] == [[later]]


def test_one_bounce_rejects_the_next_mail_of_that_stream_only(api, emulator, sent):
    emulator.limits(recipients={"bob@*": "bounce"})
    sent("bob@example.org")
    emulator.limits(recipients={})
    (again,), (bulk,) = sent("bob@example.org"), sent("bob@example.org", path="/bulk/api/send")
    assert log(api, again)["events"][0]["details"]["reject_reason"].endswith("Reason: hard bounce")
    assert log(api, bulk)["status"] == "delivered"


def test_mail_of_a_batch_is_logged_too(api, mail):
    answer = api.post("/api/batch", json={"base": mail, "requests": [{"to": mail["to"]}, {"to": []}]})
    good, bad = answer.json()["responses"]
    assert (good["success"], bad["success"]) == (True, False)
    assert log(api, good["message_ids"][0])["to"] == "ann@example.org"
    assert api.get("/api/email_logs").json()["total_count"] == 1
