# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhook deliveries: payloads, batches, signatures and retries (docs/service.md#webhooks)."""

import asyncio
import base64
import hmac
import json
import ssl
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest
import trustme

from mailtrap_emulator.model import create_world, webhook_deliveries
from mailtrap_emulator.model.events import MAIL_EVENT_KINDS, emit_new_event
from mailtrap_emulator.model.loopback_hosts import is_loopback
from mailtrap_emulator.model.start_state import create_start_state, get_start_row
from mailtrap_emulator.model.webhook_payloads import build_payload, encode_batch, is_subscribed, sign
from mailtrap_emulator.model.webhooks import WEBHOOK_DEFAULTS, insert_webhook
from mailtrap_emulator.state.schedule import Scheduler
from mailtrap_emulator.testing import Emulator, EmulatorError

EVENT = {
    "account_id": 1,
    "kind": "delivery",
    "message_id": "1df37d17-0286-4d8b-8edf-bc4ec5be86e6",
    "sending_stream": "transactional",
    "email": "receiver@example.com",
    "domain_id": 5,
    "sending_domain_name": "examplesender.com",
    "category": None,
    "custom_variables": None,
    "timestamp": 1728669700.9,
    "event_id": "bede7236-2284-43d6-a953-1fdcafd0fdbc",
    "details": {},
}
BOUNCE = {"response": "550 5.1.1 unknown", "response_code": 550, "bounce_category": "badrecipient"}
READER = {"ip": "192.0.2.1", "user_agent": "Mozilla/5.0"}


class Receiver(ThreadingHTTPServer):
    """A webhook endpoint. It responds with ``statuses`` in order, and then always with the last one."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses = [200]
        self.delay = 0
        self.requests = []
        self.url = f"http://127.0.0.1:{self.server_port}/hook"

    @property
    def events(self):
        return [event for request in self.requests for event in json.loads(request["body"])["events"]]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(
            {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": content}
        )
        time.sleep(self.server.delay)
        statuses = self.server.statuses
        self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
        self.send_header("Location", self.server.url + "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def create_webhook(api, receiver):
    """Return a function that creates a webhook for the receiver, with changed fields. It returns the webhook."""

    def make(**changes):
        fields = {
            "url": receiver.url,
            "webhook_type": "email_sending",
            "sending_stream": "transactional",
            "event_types": ["delivery", "bounce"],
        }
        response = api.post("/api/webhooks", json={"webhook": fields | changes})
        assert response.status_code == 200, response.text
        return response.json()["data"]

    return make


@pytest.fixture
def send(api, mail):
    """Return a function that sends a live message, with changed fields, and returns its message ids."""

    def post(prefix="", **changes):
        response = api.post(f"{prefix}/api/send", json=mail | changes)
        assert response.status_code == 200, response.text
        return response.json()["message_ids"]

    return post


def wait(condition):
    """Wait until a condition is true, at most five seconds."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_active(api, webhook):
    return api.get(f"/api/webhooks/{webhook['id']}").json()["data"]["active"]


# Payloads.


@pytest.mark.parametrize(
    ("kind", "event_name", "details"),
    [
        ("delivery", "delivery", {}),
        ("soft_bounce", "soft bounce", BOUNCE),
        ("bounce", "bounce", BOUNCE),
        ("spam_complaint", "spam", {}),
        ("suspension", "suspension", {"reason": "Your account has reached its daily sending limit."}),
        ("reject", "reject", {"reason": "Recipient in suppression list. Reason: unsubscription"}),
        ("open", "open", READER),
        ("click", "click", READER | {"url": "https://example.com/"}),
        ("unsubscribe", "unsubscribe", READER),
        ("unsubscribe", "unsubscribe", {}),
    ],
)
def test_the_payload_of_each_kind(kind, event_name, details):
    payload = build_payload(EVENT | {"kind": kind, "details": details | {"of_no_interest": 1}})
    assert list(payload.items()) == [
        ("event", event_name),
        ("timestamp", 1728669700),
        ("sending_stream", "transactional"),
        ("message_id", EVENT["message_id"]),
        ("email", "receiver@example.com"),
        ("event_id", EVENT["event_id"]),
        *details.items(),
        ("sending_domain_name", "examplesender.com"),
    ]


def test_every_kind_of_mail_event_has_a_payload():
    assert all(build_payload(EVENT | {"kind": kind}) for kind in MAIL_EVENT_KINDS)
    assert build_payload(EVENT | {"kind": "something.else"}) is None


def test_category_and_variables_follow_the_stream():
    payload = build_payload(EVENT | {"category": "Password reset", "custom_variables": {"user_id": "123"}})
    assert list(payload)[2:6] == ["sending_stream", "category", "custom_variables", "message_id"]
    assert (payload["category"], payload["custom_variables"]) == ("Password reset", {"user_id": "123"})
    assert "custom_variables" not in build_payload(EVENT | {"custom_variables": {}})


def test_inbound_payload_has_a_timestamp_in_milliseconds():
    event = {
        "kind": "inbound.message_received",
        "account_id": 1,
        "inbound_inbox_id": 42,
        "message_id": "1234567890123456789",
        "from": "Ann <ann@example.org>",
        "timestamp": 1780388251.879,
        "event_id": "6f4ff1c6-5e5a-11f1-8000-0242ac120002",
    }
    assert list(build_payload(event).items()) == [
        ("event", "inbound.message_received"),
        ("event_id", "6f4ff1c6-5e5a-11f1-8000-0242ac120002"),
        ("timestamp", 1780388251879),
        ("inbox_id", 42),
        ("message_id", "1234567890123456789"),
        ("from", "Ann <ann@example.org>"),
    ]


def test_audit_payload_omits_missing_fields():
    event = {
        "kind": "audit",
        "account_id": 1,
        "event": "activity_log.user.login",
        "description": "logged in with SSO",
        "actor": {"id": 1, "type": "user", "name": "John Doe"},
        "timestamp": 1735830138.5,
        "event_id": "x",
    }
    assert list(build_payload(event)) == ["event", "description", "actor", "timestamp"]
    more = {"resource": {"id": "1", "type": "user", "name": "J"}, "changes": {"name": {"from": "J", "to": "K"}}}
    assert list(build_payload(event | more)) == ["event", "description", "actor", "resource", "changes", "timestamp"]
    assert build_payload(event)["timestamp"] == 1735830138


def webhook_row(**fields):
    return {
        "webhook_type": "email_sending",
        "sending_stream": "transactional",
        "domain_id": None,
        "inbound_inbox_id": None,
        "event_types": ["delivery"],
    } | fields


INBOUND_EVENT = {"kind": "inbound.message_received", "inbound_inbox_id": 42}


@pytest.mark.parametrize(
    ("webhook", "event", "expected"),
    [
        ({}, {}, True),
        ({"domain_id": 5}, {}, True),
        ({"domain_id": 6}, {}, False),
        ({"sending_stream": "bulk"}, {}, False),
        ({"event_types": ["open"]}, {}, False),
        ({"webhook_type": "campaigns", "sending_stream": None}, {}, False),
        ({"webhook_type": "campaigns", "sending_stream": None}, {"email_campaign_id": 1}, True),
        ({"webhook_type": "campaigns", "event_types": ["open"]}, {"email_campaign_id": 1}, False),
        ({}, {"email_campaign_id": 1}, False),
        ({"webhook_type": "audit_log", "event_types": []}, {}, False),
        ({"webhook_type": "audit_log", "event_types": []}, {"kind": "audit"}, True),
        ({}, {"kind": "audit"}, False),
        ({"webhook_type": "inbound_receiving"}, INBOUND_EVENT, True),
        ({"webhook_type": "inbound_receiving", "inbound_inbox_id": 42}, INBOUND_EVENT, True),
        ({"webhook_type": "inbound_receiving", "inbound_inbox_id": 43}, INBOUND_EVENT, False),
        ({}, INBOUND_EVENT, False),
    ],
)
def test_webhook_subscribes_to_matching_events(webhook, event, expected):
    assert is_subscribed(webhook_row(**webhook), EVENT | event) is expected


# Bodies and signatures.


def test_signature_matches_the_official_test_vector():
    message = (
        '{"event":"delivery","sending_stream":"transactional","category":"welcome",'
        '"message_id":"a8b1d8f6-1f8d-4a3c-9b2e-1a2b3c4d5e6f","email":"recipient@example.com",'
        '"event_id":"f1e2d3c4-b5a6-7890-1234-567890abcdef","timestamp":1716070000}'
    )
    digest = "6d262e2611cd09be1f948382b5c611d63b0e585c4c9c5e40139d6ac3876d5433"
    assert sign("8d9a3c0e7f5b2d4a6c1e9f8b3a7d5c2e", message.encode()) == digest
    assert sign("8d9a3c0e7f5b2d4a6c1e9f8b3a7d5c2f", message.encode()) != digest


def test_batch_is_encoded_in_both_formats():
    payload = [{"event": "open", "email": "größe@example.com"}, {"event": "click"}]
    assert (
        encode_batch("json", payload)
        == '{"events":[{"event":"open","email":"größe@example.com"},{"event":"click"}]}'.encode()
    )
    assert (
        encode_batch("jsonlines", payload)
        == '{"event":"open","email":"größe@example.com"}\n{"event":"click"}\n'.encode()
    )


def test_delivery_as_json(emulator, receiver, create_webhook, send):
    webhook = create_webhook()
    (message_id,) = send(category="welcome", custom_variables={"größe": "1"})
    emulator.clock(advance=31)
    (request,) = receiver.requests
    assert (request["method"], request["path"]) == ("POST", "/hook")
    assert request["headers"]["Content-Type"] == "application/json"
    assert request["headers"]["User-Agent"] == "Mailtrap/1.0 (Webhook; +https://help.mailtrap.io/article/102-webhooks)"
    digest = hmac.new(webhook["signing_secret"].encode(), request["body"], "sha256").hexdigest()
    assert request["headers"]["Mailtrap-Signature"] == digest
    (event,) = receiver.events
    assert event["event"] == "delivery"
    assert event["message_id"] == message_id
    assert (event["email"], event["sending_domain_name"]) == ("ann@example.org", "example.com")
    assert (event["category"], event["custom_variables"]) == ("welcome", {"größe": "1"})


def test_delivery_as_json_lines(emulator, receiver, create_webhook, send):
    webhook = create_webhook(payload_format="jsonlines")
    send(to=[{"email": f"{name}@example.org"} for name in "ab"])
    emulator.clock(advance=31)
    (request,) = receiver.requests
    assert request["headers"]["Content-Type"] == "application/jsonl"
    lines = request["body"].decode().splitlines()
    assert [json.loads(line)["email"] for line in lines] == ["a@example.org", "b@example.org"]
    digest = hmac.new(webhook["signing_secret"].encode(), request["body"], "sha256").hexdigest()
    assert request["headers"]["Mailtrap-Signature"] == digest


def test_password_in_the_url_is_sent_as_basic_auth(emulator, receiver, create_webhook, send):
    create_webhook(url=receiver.url.replace("http://", "http://user:p%40ss@") + "?token=t")
    send()
    emulator.clock(advance=31)
    (request,) = receiver.requests
    assert request["headers"]["Authorization"] == "Basic " + base64.b64encode(b"user:p@ss").decode()
    assert request["path"] == "/hook?token=t"


# Collection of events.


def test_events_are_collected_for_thirty_seconds(emulator, receiver, create_webhook, send):
    emulator.clock(frozen=True)
    create_webhook()
    send()
    emulator.clock(advance=20)
    send()
    emulator.clock(advance=9.9)
    assert (receiver.requests, emulator.deliveries()) == ([], [])
    emulator.clock(advance=0.1)
    assert len(receiver.requests) == 1
    assert len(receiver.events) == 2
    emulator.clock(advance=600)
    assert len(receiver.requests) == 1
    send()
    emulator.clock(advance=30)
    assert len(receiver.requests) == 2


def test_events_are_delivered_in_real_time(emulator, receiver, create_webhook, send):
    emulator.clock(frozen=True)
    create_webhook()
    send()
    emulator.clock(advance=29.9)
    assert receiver.requests == []
    emulator.clock(frozen=False)
    wait(lambda: [row["state"] for row in emulator.deliveries()] == ["delivered"])
    assert len(receiver.requests) == 1


def test_batch_contains_at_most_500_events(emulator, receiver, create_webhook, send):
    create_webhook()
    addresses = [f"r{number}@example.org" for number in range(501)]
    send(to=[{"email": address} for address in addresses])
    emulator.clock(advance=31)
    assert [len(json.loads(request["body"])["events"]) for request in receiver.requests] == [500, 1]
    assert [event["email"] for event in receiver.events] == addresses
    assert len({event["event_id"] for event in receiver.events}) == 501
    assert [row["events"] for row in emulator.deliveries()] == [500, 1]


def test_webhook_receives_only_subscribed_events(emulator, api, receiver, create_webhook, send):
    other = create_webhook(event_types=["open"], url=receiver.url + "/open")
    bulk = create_webhook(sending_stream="bulk", url=receiver.url + "/bulk")
    create_webhook(active=False, url=receiver.url + "/paused")
    send()
    emulator.event("open", email="ann@example.org")
    send("/bulk")
    emulator.clock(advance=31)
    payload = {request["path"]: json.loads(request["body"])["events"] for request in receiver.requests}
    assert {path: [event["event"] for event in batch] for path, batch in payload.items()} == {
        "/hook/open": ["open"],
        "/hook/bulk": ["delivery"],
    }
    assert {row["webhook_id"] for row in emulator.deliveries()} == {other["id"], bulk["id"]}


def test_inbound_webhook_receives_inbound_mail(emulator, receiver, create_webhook):
    emulator.seed(
        inbound_folders=[{"id": 7, "name": "Support"}],
        inbound_inboxes=[
            {"id": key, "folder_id": 7, "name": "x", "address": f"{key}@inbound-mailtrap.io"} for key in (513, 514)
        ],
    )
    create_webhook(webhook_type="inbound_receiving", url=receiver.url + "/all")
    create_webhook(webhook_type="inbound_receiving", url=receiver.url + "/one", inbound_inbox_id=514)
    emulator.clock(set="2026-06-02T08:17:31.879Z", frozen=True)
    message = emulator.receive(address="513@inbound-mailtrap.io", raw="From: Ann <ann@example.org>\n\nHello\n")
    emulator.clock(advance=30)
    (request,) = receiver.requests
    assert request["path"] == "/hook/all"
    (event,) = receiver.events
    assert (event["event"], event["inbox_id"], event["message_id"]) == ("inbound.message_received", 513, message["id"])
    assert (event["timestamp"], event["from"]) == (1780388251879, message["from"])
    emulator.receive(address="514@inbound-mailtrap.io", raw="From: Ann <ann@example.org>\n\nHello\n")
    emulator.clock(advance=30)
    assert [request["path"] for request in receiver.requests[1:]] == ["/hook/all", "/hook/one"]


def test_campaign_webhook_receives_campaign_events(emulator, api, receiver, create_webhook):
    create_webhook(webhook_type="campaigns", url=receiver.url + "/campaigns")
    create_webhook(sending_stream="bulk", url=receiver.url + "/bulk")
    emulator.seed(
        verified_domains=[{"id": 77, "domain_name": "acme.example"}],
        contact_lists=[{"id": 1, "name": "Readers"}],
        contacts=[{"email": "ann@example.org", "list_ids": [1]}],
    )
    campaign = {
        "name": "Spring",
        "domain_id": 77,
        "from_local_part": "news",
        "contact_list_ids": [1],
        "template_attributes": {"subject": "Hi", "body_html": '<a href="__unsubscribe_url__">Leave</a>'},
    }
    key = api.post("/api/email_campaigns", json=campaign).json()["data"]["id"]
    assert api.post(f"/api/email_campaigns/{key}/start").status_code == 200
    emulator.clock(advance=3600)
    (request,) = receiver.requests
    assert request["path"] == "/hook/campaigns"
    assert [(event["event"], event["email"]) for event in receiver.events] == [("delivery", "ann@example.org")]


def test_webhooks_of_other_accounts_receive_nothing(emulator, receiver, send):
    emulator.seed(accounts=[{"id": 7, "name": "Other"}], webhooks=[{"account_id": 7, "url": receiver.url}])
    send()
    emulator.clock(advance=31)
    assert (receiver.requests, emulator.deliveries()) == ([], [])


def test_webhook_paused_during_collection_receives_nothing(emulator, api, receiver, create_webhook, send):
    path = f"/api/webhooks/{create_webhook()['id']}"
    send()
    api.patch(path, json={"webhook": {"active": False}})
    emulator.clock(advance=31)
    api.patch(path, json={"webhook": {"active": True}})
    emulator.clock(advance=31)
    assert receiver.requests == []
    send()
    emulator.clock(advance=31)
    assert len(receiver.events) == 1


# Attempts and retries.


@pytest.mark.parametrize("status", [201, 204, 302, 307, 400, 410, 500])
def test_only_status_200_succeeds_and_redirects_are_not_followed(emulator, receiver, create_webhook, send, status):
    receiver.statuses = [status, 200]
    create_webhook()
    send()
    emulator.clock(advance=31)
    (delivery,) = emulator.deliveries()
    assert (delivery["state"], [attempt["status"] for attempt in delivery["attempts"]]) == ("pending", [status])
    emulator.clock(advance=301)
    (delivery,) = emulator.deliveries()
    assert (delivery["state"], [attempt["status"] for attempt in delivery["attempts"]]) == ("delivered", [status, 200])
    first, second = receiver.requests
    assert first == second
    assert {request["path"] for request in receiver.requests} == {"/hook"}


def attempt_times(delivery):
    return [datetime.fromisoformat(attempt["at"]).timestamp() for attempt in delivery["attempts"]]


def test_webhook_is_paused_after_40_retries_every_five_minutes(emulator, api, receiver, create_webhook, send):
    emulator.clock(frozen=True)
    receiver.statuses = [500]
    webhook = create_webhook()
    send()
    emulator.clock(advance=30)
    assert len(receiver.requests) == 1
    emulator.clock(advance=299)
    assert len(receiver.requests) == 1
    emulator.clock(advance=38 * 300 + 1)
    assert len(receiver.requests) == 40
    assert is_active(api, webhook)
    emulator.clock(advance=300)
    assert len(receiver.requests) == 41
    (delivery,) = emulator.deliveries()
    assert (delivery["state"], delivery["reason"]) == ("failed", "No attempt was answered with 200.")
    times = attempt_times(delivery)
    assert {round(later - earlier, 3) for earlier, later in pairwise(times)} == {300.0}
    assert not is_active(api, webhook)
    emulator.clock(advance=86_400)
    assert len(receiver.requests) == 41
    api.patch(f"/api/webhooks/{webhook['id']}", json={"webhook": {"active": True}})
    receiver.statuses = [200]
    send()
    emulator.clock(advance=30)
    assert [row["state"] for row in emulator.deliveries()] == ["failed", "delivered"]
    assert is_active(api, webhook)


def test_pause_ends_all_batches_of_the_webhook(emulator, api, receiver, create_webhook, send):
    receiver.statuses = [500]
    webhook = create_webhook()
    send()
    emulator.clock(advance=31)
    send()
    emulator.clock(advance=42 * 300)
    first, second = emulator.deliveries()
    assert (first["state"], second["state"]) == ("failed", "undelivered")
    assert second["reason"] == "The webhook is paused."
    assert len(second["attempts"]) == 40
    assert not is_active(api, webhook)


def test_slow_endpoint_times_out(emulator, receiver, create_webhook, send):
    assert emulator.limits()["webhook_timeout_seconds"] == 30
    emulator.limits(webhook_timeout_seconds=0.2)
    receiver.delay = 0.5
    create_webhook()
    send()
    emulator.clock(advance=31)
    (delivery,) = emulator.deliveries()
    (attempt,) = delivery["attempts"]
    assert (attempt["status"], attempt["error"]) == (None, "No answer within 0.2 seconds.")


def test_unreachable_endpoint_fails(emulator, receiver, create_webhook, send):
    create_webhook(url="http://127.0.0.1:1/")
    create_webhook(url="https://" + receiver.url.removeprefix("http://"))
    send()
    emulator.clock(advance=31)
    assert [row["state"] for row in emulator.deliveries()] == ["pending", "pending"]
    assert all(
        attempt["status"] is None and attempt["error"] for row in emulator.deliveries() for attempt in row["attempts"]
    )


def test_next_attempt_uses_a_corrected_url(emulator, api, receiver, create_webhook, send):
    webhook = create_webhook(url="http://127.0.0.1:1/")
    send()
    emulator.clock(advance=31)
    api.patch(f"/api/webhooks/{webhook['id']}", json={"webhook": {"url": receiver.url}})
    emulator.clock(advance=301)
    (delivery,) = emulator.deliveries()
    assert [attempt["url"] for attempt in delivery["attempts"]] == ["http://127.0.0.1:1/", receiver.url]
    assert (delivery["state"], delivery["url"]) == ("delivered", receiver.url)


def test_deleted_webhook_receives_nothing_more(emulator, api, receiver, create_webhook, send):
    receiver.statuses = [500]
    path = f"/api/webhooks/{create_webhook()['id']}"
    send()
    emulator.clock(advance=31)
    send()
    api.delete(path)
    emulator.clock(advance=3600)
    (delivery,) = emulator.deliveries()
    assert (delivery["state"], delivery["reason"]) == ("undelivered", "The webhook was deleted.")
    assert len(receiver.requests) == 1
    dump = emulator.dump()
    assert (dump["webhook_events"], [job for job in dump["jobs"] if "webhooks" in job["kind"]]) == ([], [])


def test_inbound_retries_back_off_and_end_within_a_day(receiver):
    receiver.statuses = [500]
    world = create_world()
    create_start_state(world, None)
    world.clock.freeze()
    account_id = get_start_row(world)["account_id"]
    insert_webhook(
        world,
        account_id,
        WEBHOOK_DEFAULTS | {"url": receiver.url, "webhook_type": "inbound_receiving"},
    )
    emit_new_event(
        world, account_id, "inbound.message_received", inbound_inbox_id=1, message_id="1", **{"from": "a@b.c"}
    )
    asyncio.run(Scheduler(world).advance_clock(30))
    asyncio.run(Scheduler(world).advance_clock(86_400))
    (delivery,) = world.store["webhook_deliveries"]
    times = attempt_times(delivery)
    pauses = [round(later - earlier) for earlier, later in pairwise(times)]
    assert len(times) == len(receiver.requests) == 10
    assert all(later == 2 * earlier for earlier, later in pairwise(pauses))
    assert times[-1] - times[0] < 86_400
    assert delivery["state"] == "failed"
    assert [row["active"] for row in world.store["webhooks"]] == [False]


# Destinations.


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.9.8.7", "::1"])
def test_loopback_hosts(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", "example.com", "localhost.example.com", "0.0.0.0", "127.1", "2130706433", "::", "10.0.0.1", "169.254.1.1"],
)
def test_other_hosts_are_not_loopback(host):
    assert not is_loopback(host)


# The wildcard address is not a loopback address, and yet nothing sent to it leaves the machine.


def test_other_machines_are_not_called(emulator, api, receiver, create_webhook, send):
    webhook = create_webhook(url=receiver.url.replace("127.0.0.1", "0.0.0.0"))
    create_webhook(url="http://127.0.0.1@example.com/")
    send()
    emulator.clock(advance=31)
    emulator.clock(advance=86_400)
    assert receiver.requests == []
    first, second = emulator.deliveries()
    assert (first["state"], first["attempts"]) == ("undelivered", [])
    assert first["reason"] == "0.0.0.0 is not this machine, and the emulator was started without --deliver-anywhere."
    assert second["reason"].startswith("example.com is not this machine")
    assert is_active(api, webhook)


def test_other_machines_are_called_with_deliver_anywhere(receiver, make_client, mail):
    with Emulator("--deliver-anywhere") as emulator:
        emulator.seed(webhooks=[{"url": receiver.url.replace("127.0.0.1", "0.0.0.0")}])
        assert make_client(emulator).post("/api/send", json=mail).status_code == 200
        emulator.clock(advance=31)
        assert [row["state"] for row in emulator.deliveries()] == ["delivered"]
        assert len(receiver.requests) == 1


def test_trusted_https_endpoint_is_called(tmp_path, monkeypatch, receiver, make_client, mail):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    receiver.socket = context.wrap_socket(receiver.socket, server_side=True)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with Emulator() as emulator:
        emulator.seed(webhooks=[{"url": f"https://localhost:{receiver.server_port}/hook"}])
        assert make_client(emulator).post("/api/send", json=mail).status_code == 200
        assert [row["state"] for row in emulator.flush_deliveries()] == ["delivered"]
        assert len(receiver.requests) == 1


# The control plane.


def test_deliveries_are_logged(emulator, receiver, create_webhook, send):
    webhook = create_webhook()
    send()
    emulator.clock(advance=31)
    (delivery,) = emulator.deliveries()
    assert list(delivery) == [
        *("id", "account_id", "webhook_id", "url", "created_at", "events", "headers", "body"),
        *("state", "reason", "attempts"),
    ]
    (request,) = receiver.requests
    assert delivery["body"].encode() == request["body"]
    assert delivery["headers"].items() <= request["headers"].items()
    assert (delivery["webhook_id"], delivery["url"], delivery["events"]) == (webhook["id"], receiver.url, 1)
    assert delivery["attempts"] == [
        {"at": delivery["attempts"][0]["at"], "url": receiver.url, "status": 200, "error": None}
    ]
    assert emulator.deliveries(since=delivery["id"]) == []
    with pytest.raises(EmulatorError, match="since must be a number"):
        emulator.control("GET", "deliveries?since=x")


def test_flush_sends_immediately_and_retries_pending_batches(emulator, receiver, create_webhook, send):
    emulator.clock(frozen=True)
    assert emulator.flush_deliveries() == []
    receiver.statuses = [500, 500, 200]
    create_webhook()
    send()
    for number, state in ((1, "pending"), (2, "pending"), (3, "delivered")):
        (delivery,) = emulator.flush_deliveries()
        assert (len(delivery["attempts"]), delivery["state"]) == (number, state)
    assert emulator.flush_deliveries() == []
    emulator.clock(advance=600)
    assert len(receiver.requests) == 3


@pytest.mark.parametrize("value", [0, -1, 301, "1", True, None])
def test_invalid_timeouts_are_rejected(emulator, value):
    with pytest.raises(EmulatorError, match="webhook_timeout_seconds must be"):
        emulator.limits(webhook_timeout_seconds=value)


def test_reset_drops_pending_deliveries(emulator, receiver, create_webhook, send):
    receiver.statuses = [500]
    create_webhook()
    send()
    emulator.clock(advance=31)
    send()
    emulator.reset()
    emulator.clock(advance=3600)
    assert len(receiver.requests) == 1
    assert emulator.deliveries() == []


def test_pending_delivery_is_sent_after_a_restart(tmp_path, receiver, make_client, mail):
    options = ("--state", str(tmp_path / "state"))
    with Emulator(*options) as emulator:
        emulator.seed(webhooks=[{"url": receiver.url, "signing_secret": "s"}])
        assert make_client(emulator).post("/api/send", json=mail).status_code == 200
        emulator.kill()
    with Emulator(*options) as emulator:
        assert receiver.requests == []
        emulator.clock(advance=31)
        assert [row["state"] for row in emulator.deliveries()] == ["delivered"]
        assert receiver.requests[0]["headers"]["Mailtrap-Signature"] == sign("s", receiver.requests[0]["body"])


def test_interrupted_attempt_is_repeated_after_a_restart(tmp_path, receiver, make_client, mail):
    options = ("--state", str(tmp_path / "state"))
    receiver.delay = 2
    with Emulator(*options) as emulator:
        emulator.clock(frozen=True)
        emulator.seed(webhooks=[{"url": receiver.url}])
        assert make_client(emulator).post("/api/send", json=mail).status_code == 200
        emulator.clock(advance=29.9)
        emulator.clock(frozen=False)
        wait(lambda: receiver.requests)
        assert emulator.stop() == 0
    receiver.delay = 0
    with Emulator(*options) as emulator:
        wait(lambda: [row["state"] for row in emulator.deliveries()] == ["delivered"])
        first, second = receiver.requests
        assert first["body"] == second["body"]


def test_log_is_trimmed(monkeypatch):
    monkeypatch.setattr(webhook_deliveries, "MAX_LOG", 2)
    world = create_world()
    create_start_state(world, None)
    webhook = insert_webhook(
        world,
        get_start_row(world)["account_id"],
        WEBHOOK_DEFAULTS | {"url": "http://x", "webhook_type": "audit_log"},
    )
    for _ in range(3):
        emit_new_event(
            world, webhook["account_id"], "audit", event="activity_log.x.y", description="d", actor={"name": "Mailtrap"}
        )
        webhook_deliveries.send_batch(world, {"webhook_id": webhook["id"]})
    assert [row["id"] for row in world.store["webhook_deliveries"]] == [2, 3]
