# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for the delivery of sent messages."""

from __future__ import annotations

import threading
import time

import pytest

MAIL = "from: a@example.com, subject: Hello, text: Hi, wait_for_delivery: true"


@pytest.fixture
def seeded_emulator(emulator):
    """Return the emulator with a sandbox."""
    emulator.seed(projects=[{"id": 77, "name": "Shop"}], sandboxes=[{"id": 5, "name": "Box", "project_id": 77}])
    return emulator


@pytest.fixture
def call_after_lookups(seeded_emulator):
    """Return a function that calls another one, in a thread, after the module has made a number of lookups."""
    threads = []

    def start(count, function, *arguments, **options):
        def run():
            end = time.monotonic() + 60
            while time.monotonic() < end:
                if sum(entry["method"] == "GET" for entry in seeded_emulator.journal()) >= count:
                    function(*arguments, **options)
                    return
                time.sleep(0.05)

        threads.append(threading.Thread(target=run))
        threads[-1].start()

    yield start
    for thread in threads:
        thread.join()


def lookups(step, ids=None):
    """Return the requests that look up the messages of a task."""
    return [f"GET /api/email_logs/{message_id}" for message_id in ids or step["message_ids"]]


def test_message_is_delivered_immediately(play, seeded_emulator):
    (step,) = play("[{community.mailtrap.notify: {%s, to: [b@x.org, c@x.org], bcc: d@x.org}}]" % MAIL)
    assert step.changed and step.requests == ["POST /api/send", *lookups(step)]
    assert step["deliveries"] == [
        {"message_id": message_id, "recipient": recipient, "status": "delivered", "reason": None}
        for message_id, recipient in zip(step["message_ids"], ["b@x.org", "c@x.org", "d@x.org"], strict=True)
    ]


def test_batch_is_delivered(play, seeded_emulator):
    (step,) = play("[{community.mailtrap.notify: {%s, messages: [{to: b@x.org}, {to: [c@x.org, d@x.org]}]}}]" % MAIL)
    assert step.requests == ["POST /api/batch", *lookups(step)]
    assert [delivery["recipient"] for delivery in step["deliveries"]] == ["b@x.org", "c@x.org", "d@x.org"]


def test_message_is_delivered_later(play_in, seeded_emulator, call_after_lookups):
    """Only pending deliveries are looked up again."""
    seeded_emulator.limits(recipients={"slow@*": "none"})
    call_after_lookups(3, seeded_emulator.event, "delivery", email="slow@x.org")
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, to: [fast@x.org, slow@x.org]}}]" % MAIL)
    fast, slow = step["message_ids"]
    assert step.requests[:4] == ["POST /api/send", *lookups(step, [fast, slow, slow])]
    assert set(step.requests[4:]) <= set(lookups(step, [slow]))
    assert [delivery["status"] for delivery in step["deliveries"]] == ["delivered"] * 2


def test_message_appears_in_the_email_logs_with_a_delay(play_in, seeded_emulator):
    seeded_emulator.fault(method="GET", path="/api/email_logs/", times=2, status=404, json={"error": "Not Found"})
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, to: b@x.org}}]" % MAIL)
    assert step["deliveries"][0]["status"] == "delivered" and step.requests[1:] == lookups(step) * 3


def test_failed_deliveries_are_reported_with_their_reason(play, seeded_emulator):
    domain = next(row["id"] for row in seeded_emulator.dump()["domains"] if row["domain_name"] == "example.com")
    seeded_emulator.seed(
        suppressions=[{"email": "no@x.org", "domain_id": domain, "sending_stream": "any", "type": "hard bounce"}]
    )
    rules = {
        "gone@*": "bounce",
        "full@*": "soft_bounce",
        "stopped@*": "suspension",
        "slow@*": "none",
        "angry@*": "spam_complaint",
    }
    seeded_emulator.limits(recipients=rules)
    (step,) = play(
        """
        - community.mailtrap.notify:
            %s
            to: [ok@x.org, gone@x.org, full@x.org, no@x.org, stopped@x.org, slow@x.org, angry@x.org]
            wait: 1
          ignore_errors: true
        """
        % MAIL.replace(", ", "\n            ")
    )
    assert step.failed and step.changed and len(step["message_ids"]) == 7 and step["stream"] == "transactional"
    assert [delivery["status"] for delivery in step["deliveries"]] == [
        "delivered",
        "bounced",
        "bounced",
        "rejected",
        "rejected",
        "pending",
        "delivered",
    ]
    assert step.msg == (
        "Could not confirm the delivery of the message:"
        " gone@x.org: bounced (550 5.1.1 The recipient does not exist here);"
        " full@x.org: bounced (452 4.2.2 The recipient's mailbox is over its quota);"
        " no@x.org: rejected (Recipient in suppression list. Reason: hard bounce);"
        " stopped@x.org: rejected (Daily sending limit reached);"
        " slow@x.org: not delivered within 1 s (the delivery is in progress)"
    )


def test_message_never_appears_in_the_email_logs(play_in, seeded_emulator):
    seeded_emulator.fault(method="GET", path="/api/email_logs/", status=404, json={"error": "Not Found"})
    (step,) = play_in(
        "in_process", "[{community.mailtrap.notify: {%s, to: b@x.org, wait: 0}, ignore_errors: true}]" % MAIL
    )
    assert step.failed and "b@x.org: not delivered within 0 s (the service does not show the message yet)" in step.msg
    assert step.requests == ["POST /api/send", *lookups(step)]


def test_message_bounces_while_the_module_waits(play_in, seeded_emulator, call_after_lookups):
    seeded_emulator.limits(recipients={"*": "none"})
    call_after_lookups(1, seeded_emulator.event, "bounce", email="b@x.org", details={"response": "550 5.7.1 Go away"})
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, to: b@x.org}, ignore_errors: true}]" % MAIL)
    assert step.failed and "b@x.org: bounced (550 5.7.1 Go away)" in step.msg


@pytest.mark.parametrize(
    "recipients, path", [("to: b@x.org", "send"), ("messages: [{to: [b@x.org, c@x.org]}]", "batch")]
)
def test_sandbox_message_is_delivered_when_it_appears(play, seeded_emulator, recipients, path):
    seeded_emulator.fault(method="GET", path="/messages/", times=1, status=404, json={"error": "Not Found"})
    (step,) = play("[{community.mailtrap.notify: {%s, %s, sandbox_id: 5}}]" % (MAIL, recipients))
    (message_id,) = step["message_ids"]
    assert step.requests == [f"POST /api/{path}/5", *[f"GET /api/sandboxes/5/messages/{message_id}"] * 2]
    (delivery,) = step["deliveries"]
    assert delivery["status"] == "delivered" and delivery["recipient"] == ("b@x.org" if path == "send" else None)


def test_sent_messages_are_returned_if_the_email_logs_cannot_be_read(play, seeded_emulator):
    seeded_emulator.fault(method="GET", path="/api/email_logs/", status=403, json={"errors": "Access forbidden"})
    (step,) = play("[{community.mailtrap.notify: {%s, to: b@x.org}, ignore_errors: true}]" % MAIL)
    assert step.failed and step.changed and len(step["message_ids"]) == 1
    assert step["deliveries"][0]["status"] == "pending"
    assert step.msg.startswith(
        "Could not confirm the delivery of the message: the API token has no access to this: Access forbidden"
    )


def test_delivery_cannot_be_checked_without_message_ids(play_in, seeded_emulator):
    seeded_emulator.fault(method="POST", path="/api/send", status=200, json={"success": True})
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, to: b@x.org}, ignore_errors: true}]" % MAIL)
    assert (
        step.failed
        and step.changed
        and "the service returned no message ID, so the delivery cannot be checked" in step.msg
    )


def test_wait_out_of_range_is_refused(play_in, seeded_emulator):
    (step,) = play_in(
        "in_process", "[{community.mailtrap.notify: {%s, to: b@x.org, wait: -1}, ignore_errors: true}]" % MAIL
    )
    assert step.failed and step.requests == [] and "wait must be between 0 and 3600 s, not -1" in step.msg


def test_answer_without_message_fails(play_in, seeded_emulator):
    seeded_emulator.fault(method="GET", path="/api/email_logs/", status=200, json=[])
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, to: b@x.org}, ignore_errors: true}]" % MAIL)
    assert step.failed and "the service's answer contains no message" in step.msg


def test_lookups_stay_below_the_rate_limit(play_in, seeded_emulator):
    """A token may make only 150 requests in ten seconds (docs/service.md#rate-limits)."""
    seeded_emulator.limits(rate_limits="on")
    task = {
        "from": "a@example.com",
        "subject": "s",
        "text": "t",
        "wait_for_delivery": True,
        "messages": [{"to": [f"p{n}@x.org"]} for n in range(160)],
    }
    (step,) = play_in("in_process", [{"community.mailtrap.notify": task}])
    assert len(step.requests) == 161 and {entry["status"] for entry in step.entries} == {200}
