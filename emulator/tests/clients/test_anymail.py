# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""django-anymail: its backend sends mail, and its webhooks receive tracking events and inbound mail."""

import email
import json
import re
from datetime import UTC, datetime, timedelta
from email.policy import default

import anymail.exceptions
import django
import mailtrap as mt
import pytest
from anymail.message import AnymailMessage, attach_inline_image
from anymail.signals import inbound, tracking
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.test import RequestFactory, override_settings

from mailtrap_emulator.model.events import MAIL_EVENT_KINDS

settings.configure(EMAIL_BACKEND="anymail.backends.mailtrap.EmailBackend", ALLOWED_HOSTS=["testserver"])
django.setup()

# Imported here, because the module reads the settings of Django when it is imported
from anymail.webhooks.mailtrap import MailtrapInboundWebhookView, MailtrapTrackingWebhookView  # noqa: E402

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def anymail_settings(emulator):
    """Return a function that overrides the settings of Anymail."""

    def override(path="/api/", **changes):
        defaults = {"MAILTRAP_API_URL": emulator.api_url + path, "MAILTRAP_API_TOKEN": emulator.token}
        return override_settings(ANYMAIL=defaults | changes)

    return override


@pytest.fixture(params=["transactional", "bulk", "sandbox"])
def stream(request, anymail_settings, inbox):
    """Select a stream in the settings and return its name."""
    path = "/bulk/api" if request.param == "bulk" else "/api/"
    extra = {"MAILTRAP_SANDBOX_ID": inbox.id} if request.param == "sandbox" else {}
    with anymail_settings(path, **extra):
        yield request.param


@pytest.fixture
def live(anymail_settings):
    """Select the transactional stream."""
    with anymail_settings():
        yield


@pytest.fixture
def read_sent_mail(stream, emulator, inbox, client):
    """Return a function that returns the parsed mails of the stream, oldest first."""

    def read():
        if stream != "sandbox":
            assert {mail["stream"] for mail in emulator.outbox()} <= {stream}
            return [email.message_from_string(mail["raw"], policy=default) for mail in emulator.outbox()]
        messages = client().testing_api.messages
        raw = [messages.get_raw_message(inbox.id, message.id) for message in reversed(messages.get_list(inbox.id))]
        return [email.message_from_string(text, policy=default) for text in raw]

    return read


def make_message(**changes):
    defaults = {"subject": "Grüße 😀", "body": "Hello", "from_email": "Sälly <sales@example.com>"}
    return AnymailMessage(**defaults | {"to": ["Ann <ann@example.org>"]} | changes)


def test_a_plain_message(stream, read_sent_mail):
    message = make_message()
    assert message.send() == 1
    status = message.anymail_status
    assert status.status == {"queued"}
    assert re.fullmatch(r"[0-9]+" if stream == "sandbox" else UUID, status.message_id)
    assert status.recipients["ann@example.org"].message_id == status.message_id
    (received,) = read_sent_mail()
    assert (received["subject"], received.get_content()) == ("Grüße 😀", "Hello")
    assert (received["from"], received["to"]) == ("Sälly <sales@example.com>", "Ann <ann@example.org>")


def test_all_features(stream, read_sent_mail, emulator):
    message = make_message(
        to=["Ann <ann@example.org>", "bob@example.org"],
        cc=["c@example.org"],
        bcc=["d@example.org"],
        reply_to=["Änn <reply@example.com>", "second@example.com"],
        headers={"X-Source": "shöp"},
        metadata={"order": 7},
        tags=["News"],
    )
    message.attach("Übersicht.csv", "a,b\n1,ü\n", "text/csv")
    content_id = attach_inline_image(message, b"\x89PNG", "logo.png", "png")
    message.attach_alternative(f"<p>Hello <img src='cid:{content_id}'></p>", "text/html")
    message.send()
    ids = [one.message_id for one in message.anymail_status.recipients.values()]
    # The sandbox has one message for all recipients, a live stream one for each.
    assert (len(ids), len(set(ids))) == (4, 1 if stream == "sandbox" else 4)
    (received,) = read_sent_mail()
    assert [one.addr_spec for one in received["to"].addresses] == ["ann@example.org", "bob@example.org"]
    assert received["cc"] == "c@example.org"
    replies = [(one.display_name, one.addr_spec) for one in received["reply-to"].addresses]
    assert replies == [("Änn", "reply@example.com"), ("", "second@example.com")]
    assert received["x-source"] == "shöp"
    assert (received["x-mt-category"], json.loads(received["x-mt-custom-variables"])) == ("News", {"order": "7"})
    assert received.get_body(("html",)).get_content() == f"<p>Hello <img src='cid:{content_id}'></p>"
    parts = {part.get_filename(): part for part in received.walk() if part.get_filename()}
    assert parts["Übersicht.csv"].get_content() == "a,b\n1,ü\n"
    assert parts["logo.png"].get_content() == b"\x89PNG"
    assert parts["logo.png"]["content-id"] == f"<{content_id}>"
    assert parts["logo.png"].get_content_disposition() == "inline"


def test_a_batch_with_a_template(stream, read_sent_mail, client):
    params = {"name": "n", "subject": "Order {{order}}", "category": "c", "body_text": "Hi {{name}}"}
    template = client().email_templates_api.templates.create(mt.CreateEmailTemplateParams(**params))
    message = AnymailMessage(
        from_email="sales@example.com",
        to=["ann@example.org", "Bob <bob@example.org>"],
        cc=["c@example.org"],
        template_id=template.uuid,
        merge_data={"ann@example.org": {"name": "Ann", "order": 1}, "bob@example.org": {"order": 2}},
        merge_global_data={"name": "you"},
        merge_metadata={"ann@example.org": {"customer": "A"}},
        merge_headers={"bob@example.org": {"List-Unsubscribe": "<https://example.com/b>"}},
    )
    message.send()
    assert message.anymail_status.status == {"queued"}
    recipients = message.anymail_status.recipients
    assert recipients["ann@example.org"].message_id != recipients["bob@example.org"].message_id
    ann, bob = read_sent_mail()
    assert [(one["to"], one["subject"], one.get_content()) for one in (ann, bob)] == [
        ("ann@example.org", "Order 1", "Hi Ann"),
        ("Bob <bob@example.org>", "Order 2", "Hi you"),
    ]
    assert json.loads(ann["x-mt-custom-variables"]) == {"customer": "A"}
    assert bob["list-unsubscribe"] == "<https://example.com/b>"


def test_a_batch_with_failing_messages(stream, read_sent_mail):
    message = make_message(to=["ann@example.org", "bob@example.org"], merge_metadata={})
    message.esp_extra = {"template_uuid": "11111111-1111-4111-8111-111111111111"}
    message.send()
    assert message.anymail_status.status == {"failed"}
    assert read_sent_mail() == []


def send_and_get_error(**changes):
    """Send a message that is refused. Return status and messages of the error."""
    with pytest.raises(anymail.exceptions.AnymailRequestsAPIError) as error:
        make_message(**changes).send()
    return error.value.status_code, json.loads(error.value.response.text)["errors"]


@pytest.mark.parametrize("token", ["wrong", "Hey, that's not an API token!"])
def test_an_invalid_token(anymail_settings, inbox, token):
    for extra in ({}, {"MAILTRAP_SANDBOX_ID": inbox.id}):
        with anymail_settings(MAILTRAP_API_TOKEN=token, **extra):
            assert send_and_get_error() == (401, ["Unauthorized"])


def test_errors(live, anymail_settings, emulator, inbox):
    # Anymail does not check required fields itself.
    missing_fields = ["'subject' is required", "must specify either text or html body"]
    assert send_and_get_error(subject="", body="") == (400, missing_fields)
    assert send_and_get_error(from_email="webmaster@localhost") == (401, ["Unauthorized"])
    demo = send_and_get_error(from_email="a@demomailtrap.co")
    assert (demo[0], demo[1][0].partition(" to send")[0]) == (403, "Demo domains can only be used")
    with anymail_settings(MAILTRAP_SANDBOX_ID=1):
        assert send_and_get_error() == (404, ["Not Found"])
    assert emulator.outbox() == []


def test_the_rate_limit(anymail_settings, emulator, inbox):
    emulator.limits(rate_limits="on", sandbox_sends_per_10_seconds=1)
    with anymail_settings(MAILTRAP_SANDBOX_ID=inbox.id):
        make_message().send()
        assert send_and_get_error() == (429, ["Rate limit exceeded"])


def test_gateway_errors_and_dropped_connections(live, emulator):
    emulator.fault(path="/api/send", status=502, html="<h1>Bad gateway</h1>", times=1)
    with pytest.raises(anymail.exceptions.AnymailAPIError, match="Bad gateway") as error:
        make_message().send()
    assert error.value.status_code == 502
    emulator.fault(path="/api/send", drop=True, times=1)
    with pytest.raises(anymail.exceptions.AnymailAPIError, match="Error posting to"):
        make_message().send()
    assert make_message(subject="Again").send() == 1


@pytest.fixture
def deliver_webhooks():
    """Return a function that delivers webhook requests to Anymail and returns the signalled events."""
    events = []

    def receive(sender, event, esp_name, **_):
        events.append(event)

    def deliver(view, webhook_requests):
        for webhook_request in webhook_requests:
            headers = {
                name: value for name, value in webhook_request["headers"].items() if name.lower() != "content-type"
            }
            request = RequestFactory().post(
                "/", webhook_request["body"], content_type="application/json", headers=headers
            )
            assert view(request).status_code == 200
        return events

    tracking.connect(receive)
    inbound.connect(receive)
    yield deliver
    tracking.disconnect(receive)
    inbound.disconnect(receive)


def test_tracking(live, emulator, deliver_webhooks):
    hook = {"url": "https://hooks.example.com/", "signing_secret": "s" * 32}
    emulator.seed(webhooks=[hook])
    message = make_message(tags=["News"], metadata={"order": 7})
    message.send()
    message_id = message.anymail_status.message_id
    for kind in MAIL_EVENT_KINDS[1:]:
        emulator.event(kind, message_id=message_id)
    emulator.flush_deliveries()
    view = MailtrapTrackingWebhookView.as_view(tracking_secret=hook["signing_secret"])
    events = deliver_webhooks(view, emulator.deliveries())
    assert {(one.message_id, one.recipient) for one in events} == {(message_id, "ann@example.org")}
    assert {(tuple(one.tags), one.metadata["order"]) for one in events} == {(("News",), "7")}
    assert [(one.event_type, one.reject_reason) for one in events] == [
        ("delivered", None),
        ("deferred", "other"),
        ("bounced", "bounced"),
        ("complained", "spam"),
        ("opened", None),
        ("clicked", None),
        ("unsubscribed", "unsubscribed"),
        ("deferred", "other"),
        ("rejected", "blocked"),
    ]
    now = datetime.fromtimestamp(emulator.clock()["time"], UTC)
    assert all(now - timedelta(minutes=1) < one.timestamp <= now for one in events)
    bounced, clicked = events[2], events[5]
    assert bounced.mta_response == bounced.esp_event["response"]
    assert (clicked.click_url, clicked.user_agent) == (clicked.esp_event["url"], clicked.esp_event["user_agent"])
    forged = [one | {"body": one["body"] + " "} for one in emulator.deliveries()]
    with pytest.raises(SuspiciousOperation, match="incorrect signature"):
        deliver_webhooks(view, forged)


def test_inbound(live, emulator, client, deliver_webhooks):
    api = client().inbound_api
    folder = api.folders.create(mt.CreateInboundFolderParams(name="Support"))
    inbox = api.inboxes.create(folder.id, mt.CreateInboundInboxParams(name="Tickets"))
    params = {"url": "https://hooks.example.com/", "webhook_type": "inbound_receiving", "inbound_inbox_id": inbox.id}
    hook = client().webhooks_api.webhooks.create(mt.CreateWebhookParams(**params))
    message = make_message(to=[inbox.address])
    message.attach("a.txt", "ü", "text/plain")
    message.send()
    emulator.flush_deliveries()
    view = MailtrapInboundWebhookView.as_view(inbound_secret=hook.signing_secret)
    (event,) = deliver_webhooks(view, emulator.deliveries())
    (arrived,) = api.messages.get_list(inbox.id).data
    assert event.event_id == f"{inbox.id}/{arrived.id}"
    assert abs(event.timestamp.timestamp() - emulator.clock()["time"]) < 60
    assert (event.message.subject, event.message.text) == ("Grüße 😀", "Hello")
    assert event.message.from_email.addr_spec == "sales@example.com"
    assert [part.get_content_text() for part in event.message.attachments] == ["ü"]
