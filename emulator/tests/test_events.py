# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Events of live mail: simulated ones and those from the control plane (docs/service.md#webhooks)."""

import re

import pytest

from mailtrap_emulator.model import recipients
from mailtrap_emulator.model.email_logs import EVENT_TYPES
from mailtrap_emulator.model.events import MAIL_EVENT_KINDS
from mailtrap_emulator.state.settings import DEFAULT_SETTINGS
from mailtrap_emulator.testing import EmulatorError


@pytest.fixture
def send_mail(api, mail):
    """Return a function that sends live mail to addresses and returns the message ids."""

    def send(*addresses, path="/api/send", **changes):
        response = api.post(path, json=mail | {"to": [{"email": address} for address in addresses]} | changes)
        assert response.status_code == 200, response.text
        return response.json()["message_ids"]

    return send


def read_log(api, message_id):
    response = api.get(f"/api/email_logs/{message_id}")
    assert response.status_code == 200
    return response.json()


def test_every_kind_has_an_event_type_and_default_details():
    assert set(MAIL_EVENT_KINDS) == set(EVENT_TYPES) == set(recipients.DEFAULT_DETAILS)
    assert DEFAULT_SETTINGS["recipients"] == {}


def test_mail_is_delivered_immediately(api, send_mail):
    (message_id,) = send_mail("ann@gmail.com")
    row = read_log(api, message_id)
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


def test_control_plane_returns_the_event(api, emulator, send_mail):
    (message_id,) = send_mail("ann@example.org", category="News", custom_variables={"order": 1})
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
    row = read_log(api, message_id)
    assert row["events"][1] == {
        "event_type": "click",
        "created_at": "2026-11-05T10:00:00Z",
        "details": {"click_url": "https://example.com/a", "web_ip_address": recipients.READER_IP},
    }
    assert (row["opens_count"], row["clicks_count"]) == (0, 1)


@pytest.mark.parametrize(
    ("kind", "event_type", "status", "details"),
    [
        ("open", "open", "delivered", {"web_ip_address": "198.51.100.50"}),
        ("unsubscribe", "unsubscribe", "opted_out", {"web_ip_address": "198.51.100.50"}),
        ("spam_complaint", "spam", "opted_out", {"spam_feedback_type": "abuse"}),
        ("suspension", "suspension", "not_delivered", {"reject_reason": "Daily sending limit reached"}),
        ("reject", "reject", "not_delivered", {"reject_reason": "Policy rejection"}),
    ],
)
def test_event_is_logged(api, emulator, send_mail, kind, event_type, status, details):
    (message_id,) = send_mail("ann@example.org")
    emulator.event(kind, message_id=message_id)
    row = read_log(api, message_id)
    assert (row["status"], row["events"][1]["event_type"], row["events"][1]["details"]) == (status, event_type, details)


@pytest.mark.parametrize(("kind", "code"), [("bounce", "5.1.1"), ("soft_bounce", "4.2.2")])
def test_bounce_is_logged(api, emulator, send_mail, kind, code):
    (message_id,) = send_mail("ann@example.org")
    event = emulator.event(kind, email="ANN@example.org")
    assert event["message_id"] == message_id
    row = read_log(api, message_id)
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


def test_address_selects_the_last_message(emulator, send_mail):
    send_mail("ann@example.org")
    (second,) = send_mail("ann@example.org")
    send_mail("bob@example.org")
    assert emulator.event("open", email="ann@example.org")["message_id"] == second


@pytest.mark.parametrize(
    ("fields", "message"),
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
def test_invalid_events_are_rejected(emulator, send_mail, fields, message):
    send_mail("ann@example.org")
    with pytest.raises(EmulatorError, match=re.escape(message)):
        emulator.control("POST", "events", fields)


def test_recipients_setting_selects_events(api, emulator, send_mail):
    kinds = {"*@queue.example": "none", "b*@example.org": "bounce", "click@*": "click", "*@full.example": "soft_bounce"}
    emulator.limits(recipients=kinds)
    addresses = ["a@queue.example", "Bob@example.org", "click@example.org", "x@full.example", "ann@example.org"]
    rows = [read_log(api, message_id) for message_id in send_mail(*addresses)]
    assert [row["status"] for row in rows] == ["enqueued", "not_delivered", "delivered", "not_delivered", "delivered"]
    assert [[event["event_type"] for event in row["events"]] for row in rows] == [
        [],
        ["bounce"],
        ["delivery", "click"],
        ["soft_bounce"],
        ["delivery"],
    ]


@pytest.mark.parametrize("value", [[], "x", {"*": "explode"}, {"*": None}, {"*": ["open"]}])
def test_invalid_recipients_setting_is_rejected(emulator, value):
    with pytest.raises(EmulatorError, match="recipients must be an object of pattern"):
        emulator.limits(recipients=value)


def test_only_suppressed_recipients_are_rejected(api, emulator, send_mail):
    emulator.seed(suppressions=[{"email": "Bob@Example.org"}])
    ids = send_mail("ann@example.org", "bob@example.org")
    ann, bob = (read_log(api, message_id) for message_id in ids)
    assert (ann["status"], bob["status"]) == ("delivered", "not_delivered")
    (event,) = bob["events"]
    assert event["event_type"] == "reject"
    reason = "Recipient in suppression list. Reason: manual import"
    assert event["details"] == {"reject_reason": reason}
    (mail,) = emulator.outbox()
    assert (mail["recipients"], mail["message_ids"]) == (["ann@example.org"], ids[:1])


def test_mail_to_suppressed_recipients_only_is_not_sent(api, emulator, send_mail):
    emulator.seed(suppressions=[{"email": "bob@example.org"}])
    (message_id,) = send_mail("bob@example.org")
    assert emulator.outbox() == []
    raw = api.get(read_log(api, message_id)["raw_message_url"])
    assert "Subject: Your order" in raw.text
    (later,) = send_mail("ann@example.org")
    assert [mail["message_ids"] for mail in emulator.outbox()] == [[later]]


def test_bounce_suppresses_the_address_for_that_stream_only(api, emulator, send_mail):
    emulator.limits(recipients={"bob@*": "bounce"})
    send_mail("bob@example.org")
    emulator.limits(recipients={})
    (again,), (bulk,) = send_mail("bob@example.org"), send_mail("bob@example.org", path="/bulk/api/send")
    assert read_log(api, again)["events"][0]["details"]["reject_reason"].endswith("Reason: hard bounce")
    assert read_log(api, bulk)["status"] == "delivered"


def test_batch_mail_is_logged(api, mail):
    response = api.post("/api/batch", json={"base": mail, "requests": [{"to": mail["to"]}, {"to": []}]})
    good, bad = response.json()["responses"]
    assert (good["success"], bad["success"]) == (True, False)
    assert read_log(api, good["message_ids"][0])["to"] == "ann@example.org"
    assert api.get("/api/email_logs").json()["total_count"] == 1
