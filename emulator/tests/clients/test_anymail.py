# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""django-anymail: its backend sends mail, its webhooks are told what became of it and what arrived."""

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

# This module reads Django's settings when it is imported.
from anymail.webhooks.mailtrap import MailtrapInboundWebhookView, MailtrapTrackingWebhookView  # noqa: E402

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def anymail_settings(emulator):
    """Anymail's own settings, as a user writes them."""

    def given(path="/api/", **changes):
        defaults = {"MAILTRAP_API_URL": emulator.api_url + path, "MAILTRAP_API_TOKEN": emulator.token}
        return override_settings(ANYMAIL=defaults | changes)

    return given


@pytest.fixture(params=["transactional", "bulk", "sandbox"])
def stream(request, anymail_settings, inbox):
    path = "/bulk/api" if request.param == "bulk" else "/api/"
    extra = {"MAILTRAP_SANDBOX_ID": inbox.id} if request.param == "sandbox" else {}
    with anymail_settings(path, **extra):
        yield request.param


@pytest.fixture
def live(anymail_settings):
    with anymail_settings():
        yield


@pytest.fixture
def caught(stream, emulator, inbox, client):
    """The mails of the stream as their bytes tell them, oldest first."""

    def read():
        if stream != "sandbox":
            assert {mail["stream"] for mail in emulator.outbox()} <= {stream}
            return [email.message_from_string(mail["raw"], policy=default) for mail in emulator.outbox()]
        messages = client().testing_api.messages
        raw = [messages.get_raw_message(inbox.id, one.id) for one in reversed(messages.get_list(inbox.id))]
        return [email.message_from_string(text, policy=default) for text in raw]

    return read


def mail(**changes):
    defaults = {"subject": "Grüße 😀", "body": "Hello", "from_email": "Sälly <sales@example.com>"}
    return AnymailMessage(**defaults | {"to": ["Ann <ann@example.org>"]} | changes)


def test_plain(stream, caught):
    message = mail()
    assert message.send() == 1
    status = message.anymail_status
    assert status.status == {"queued"}
    assert re.fullmatch(r"[0-9]+" if stream == "sandbox" else UUID, status.message_id)
    assert status.recipients["ann@example.org"].message_id == status.message_id
    (found,) = caught()
    assert (found["subject"], found.get_content()) == ("Grüße 😀", "Hello")
    assert (found["from"], found["to"]) == ("Sälly <sales@example.com>", "Ann <ann@example.org>")


def test_everything(stream, caught, emulator):
    message = mail(
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
    (found,) = caught()
    assert [one.addr_spec for one in found["to"].addresses] == ["ann@example.org", "bob@example.org"]
    assert found["cc"] == "c@example.org"
    replies = [(one.display_name, one.addr_spec) for one in found["reply-to"].addresses]
    assert replies == [("Änn", "reply@example.com"), ("", "second@example.com")]
    assert found["x-source"] == "shöp"
    assert (found["x-mt-category"], json.loads(found["x-mt-custom-variables"])) == ("News", {"order": "7"})
    assert found.get_body(("html",)).get_content() == f"<p>Hello <img src='cid:{content_id}'></p>"
    parts = {part.get_filename(): part for part in found.walk() if part.get_filename()}
    assert parts["Übersicht.csv"].get_content() == "a,b\n1,ü\n"
    assert parts["logo.png"].get_content() == b"\x89PNG"
    assert parts["logo.png"]["content-id"] == f"<{content_id}>"
    assert parts["logo.png"].get_content_disposition() == "inline"


def test_batches_from_a_template(stream, caught, client):
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
    ann, bob = caught()
    assert [(one["to"], one["subject"], one.get_content()) for one in (ann, bob)] == [
        ("ann@example.org", "Order 1", "Hi Ann"),
        ("Bob <bob@example.org>", "Order 2", "Hi you"),
    ]
    assert json.loads(ann["x-mt-custom-variables"]) == {"customer": "A"}
    assert bob["list-unsubscribe"] == "<https://example.com/b>"


def test_a_batch_that_fails_in_part(stream, caught):
    message = mail(to=["ann@example.org", "bob@example.org"], merge_metadata={})
    message.esp_extra = {"template_uuid": "11111111-1111-4111-8111-111111111111"}
    message.send()
    assert message.anymail_status.status == {"failed"}
    assert caught() == []


def failure(**changes):
    with pytest.raises(anymail.exceptions.AnymailRequestsAPIError) as raised:
        mail(**changes).send()
    return raised.value.status_code, json.loads(raised.value.response.text)["errors"]


@pytest.mark.parametrize("token", ["wrong", "Hey, that's not an API token!"])
def test_a_wrong_token(anymail_settings, inbox, token):
    for extra in ({}, {"MAILTRAP_SANDBOX_ID": inbox.id}):
        with anymail_settings(MAILTRAP_API_TOKEN=token, **extra):
            assert failure() == (401, ["Unauthorized"])


def test_refusals(live, anymail_settings, emulator, inbox):
    # Anymail leaves the checks of what is required to the service.
    nothing = ["'subject' is required", "must specify either text or html body"]
    assert failure(subject="", body="") == (400, nothing)
    assert failure(from_email="webmaster@localhost") == (401, ["Unauthorized"])
    demo = failure(from_email="a@demomailtrap.co")
    assert (demo[0], demo[1][0].partition(" to send")[0]) == (403, "Demo domains can only be used")
    with anymail_settings(MAILTRAP_SANDBOX_ID=1):
        assert failure() == (404, ["Not Found"])
    assert emulator.outbox() == []


def test_too_many_mails(anymail_settings, emulator, inbox):
    emulator.limits(rate_limits="on", sandbox_sends_per_10_seconds=1)
    with anymail_settings(MAILTRAP_SANDBOX_ID=inbox.id):
        mail().send()
        assert failure() == (429, ["Rate limit exceeded"])


def test_no_answer(live, emulator):
    emulator.fault(path="/api/send", status=502, html="<h1>Bad gateway</h1>", times=1)
    with pytest.raises(anymail.exceptions.AnymailAPIError, match="Bad gateway") as raised:
        mail().send()
    assert raised.value.status_code == 502
    emulator.fault(path="/api/send", drop=True, times=1)
    with pytest.raises(anymail.exceptions.AnymailAPIError, match="Error posting to"):
        mail().send()
    assert mail(subject="Again").send() == 1


@pytest.fixture
def told():
    """What Anymail tells an application of the batches that it is given."""
    events = []

    def receive(sender, event, esp_name, **_):
        events.append(event)

    def deliver(view, batches):
        for batch in batches:
            headers = {name: value for name, value in batch["headers"].items() if name.lower() != "content-type"}
            request = RequestFactory().post("/", batch["body"], content_type="application/json", headers=headers)
            assert view(request).status_code == 200
        return events

    tracking.connect(receive)
    inbound.connect(receive)
    yield deliver
    tracking.disconnect(receive)
    inbound.disconnect(receive)


def test_tracking(live, emulator, told):
    hook = {"url": "https://hooks.example.com/", "signing_secret": "s" * 32}
    emulator.seed(webhooks=[hook])
    message = mail(tags=["News"], metadata={"order": 7})
    message.send()
    message_id = message.anymail_status.message_id
    for kind in MAIL_EVENT_KINDS[1:]:
        emulator.event(kind, message_id=message_id)
    emulator.flush_deliveries()
    view = MailtrapTrackingWebhookView.as_view(tracking_secret=hook["signing_secret"])
    events = told(view, emulator.deliveries())
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
        told(view, forged)


def test_inbound(live, emulator, client, told):
    api = client().inbound_api
    folder = api.folders.create(mt.CreateInboundFolderParams(name="Support"))
    inbox = api.inboxes.create(folder.id, mt.CreateInboundInboxParams(name="Tickets"))
    params = {"url": "https://hooks.example.com/", "webhook_type": "inbound_receiving", "inbound_inbox_id": inbox.id}
    hook = client().webhooks_api.webhooks.create(mt.CreateWebhookParams(**params))
    message = mail(to=[inbox.address])
    message.attach("a.txt", "ü", "text/plain")
    message.send()
    emulator.flush_deliveries()
    view = MailtrapInboundWebhookView.as_view(inbound_secret=hook.signing_secret)
    (event,) = told(view, emulator.deliveries())
    (arrived,) = api.messages.get_list(inbox.id).data
    assert event.event_id == f"{inbox.id}/{arrived.id}"
    assert abs(event.timestamp.timestamp() - emulator.clock()["time"]) < 60
    assert (event.message.subject, event.message.text) == ("Grüße 😀", "Hello")
    assert event.message.from_email.addr_spec == "sales@example.com"
    assert [part.get_content_text() for part in event.message.attachments] == ["ü"]
