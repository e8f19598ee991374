# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting until what was sent is with its recipients."""

from __future__ import annotations

import threading
import time

import pytest

MAIL = "from: a@example.com, subject: Hello, text: Hi, wait_for_delivery: true"


@pytest.fixture
def box(emulator):
    emulator.seed(projects=[{"id": 77, "name": "Shop"}], sandboxes=[{"id": 5, "name": "Box", "project_id": 77}])
    return emulator


@pytest.fixture
def meanwhile(box):
    """A function that starts another in a thread once the emulator has been asked so many times what became of mail."""
    threads = []

    def start(looks, function, *arguments, **options):
        def run():
            end = time.monotonic() + 60
            while time.monotonic() < end:
                if sum(entry["method"] == "GET" for entry in box.journal()) >= looks:
                    function(*arguments, **options)
                    return
                time.sleep(0.05)

        threads.append(threading.Thread(target=run))
        threads[-1].start()

    yield start
    for thread in threads:
        thread.join()


def looks(step, ids=None):
    return [f"GET /api/email_logs/{message_id}" for message_id in ids or step["message_ids"]]


def test_delivered_at_once(play, box):
    (step,) = play("[{community.mailtrap.notify: {%s, to: [b@x.org, c@x.org], bcc: d@x.org}}]" % MAIL)
    assert step.changed and step.requests == ["POST /api/send", *looks(step)]
    assert step["deliveries"] == [
        {"message_id": message_id, "recipient": recipient, "status": "delivered", "reason": None}
        for message_id, recipient in zip(step["message_ids"], ["b@x.org", "c@x.org", "d@x.org"], strict=True)
    ]


def test_a_batch(play, box):
    (step,) = play("[{community.mailtrap.notify: {%s, messages: [{to: b@x.org}, {to: [c@x.org, d@x.org]}]}}]" % MAIL)
    assert step.requests == ["POST /api/batch", *looks(step)]
    assert [delivery["recipient"] for delivery in step["deliveries"]] == ["b@x.org", "c@x.org", "d@x.org"]


def test_delivered_after_a_while(play_in, box, meanwhile):
    """Only what is still on its way is looked at again."""
    box.limits(recipients={"slow@*": "none"})
    meanwhile(3, box.event, "delivery", email="slow@x.org")
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, to: [fast@x.org, slow@x.org]}}]" % MAIL)
    fast, slow = step["message_ids"]
    assert step.requests[:4] == ["POST /api/send", *looks(step, [fast, slow, slow])]
    assert set(step.requests[4:]) <= set(looks(step, [slow]))
    assert [delivery["status"] for delivery in step["deliveries"]] == ["delivered"] * 2


def test_what_is_not_in_the_log_yet(play_in, box):
    """The log is there a little after the mail."""
    box.fault(method="GET", path="/api/email_logs/", times=2, status=404, json={"error": "Not Found"})
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, to: b@x.org}}]" % MAIL)
    assert step["deliveries"][0]["status"] == "delivered" and step.requests[1:] == looks(step) * 3


def test_what_is_not_delivered_is_told_apart(play, box):
    domain = next(row["id"] for row in box.dump()["domains"] if row["domain_name"] == "example.com")
    box.seed(suppressions=[{"email": "no@x.org", "domain_id": domain, "sending_stream": "any", "type": "hard bounce"}])
    rules = {
        "gone@*": "bounce",
        "full@*": "soft_bounce",
        "stopped@*": "suspension",
        "slow@*": "none",
        "angry@*": "spam_complaint",
    }
    box.limits(recipients=rules)
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
        "Could not confirm the delivery of what was sent:"
        " gone@x.org: bounced, 550 5.1.1 The recipient does not exist here;"
        " full@x.org: bounced, 452 4.2.2 The recipient's mailbox is over its quota;"
        " no@x.org: rejected, Recipient in suppression list. Reason: hard bounce;"
        " stopped@x.org: rejected, Daily sending limit reached;"
        " slow@x.org: not delivered within 1 s, it is on its way"
    )


def test_what_never_gets_into_the_log(play_in, box):
    box.fault(method="GET", path="/api/email_logs/", status=404, json={"error": "Not Found"})
    (step,) = play_in(
        "in_process", "[{community.mailtrap.notify: {%s, to: b@x.org, wait: 0}, ignore_errors: true}]" % MAIL
    )
    assert step.failed and "b@x.org: not delivered within 0 s, the service does not show it yet" in step.msg
    assert step.requests == ["POST /api/send", *looks(step)]


def test_a_bounce_while_it_is_waited_for(play_in, box, meanwhile):
    box.limits(recipients={"*": "none"})
    meanwhile(1, box.event, "bounce", email="b@x.org", details={"response": "550 5.7.1 Go away"})
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, to: b@x.org}, ignore_errors: true}]" % MAIL)
    assert step.failed and "b@x.org: bounced, 550 5.7.1 Go away" in step.msg


@pytest.mark.parametrize("count, path", [("to: b@x.org", "send"), ("messages: [{to: [b@x.org, c@x.org]}]", "batch")])
def test_in_a_sandbox_it_is_waited_until_the_mail_is_there(play, box, count, path):
    box.fault(method="GET", path="/messages/", times=1, status=404, json={"error": "Not Found"})
    (step,) = play("[{community.mailtrap.notify: {%s, %s, sandbox_id: 5}}]" % (MAIL, count))
    (message_id,) = step["message_ids"]
    assert step.requests == [f"POST /api/{path}/5", *[f"GET /api/sandboxes/5/messages/{message_id}"] * 2]
    (delivery,) = step["deliveries"]
    assert delivery["status"] == "delivered" and delivery["recipient"] == ("b@x.org" if path == "send" else None)


def test_what_was_sent_is_told_when_the_log_cannot_be_read(play, box):
    box.fault(method="GET", path="/api/email_logs/", status=403, json={"errors": "Access forbidden"})
    (step,) = play("[{community.mailtrap.notify: {%s, to: b@x.org}, ignore_errors: true}]" % MAIL)
    assert step.failed and step.changed and len(step["message_ids"]) == 1
    assert step["deliveries"][0]["status"] == "pending"
    assert step.msg.startswith(
        "Could not confirm the delivery of what was sent: the API token has no access to this: Access forbidden"
    )


def test_without_ids_there_is_nothing_to_follow(play_in, box):
    box.fault(method="POST", path="/api/send", status=200, json={"success": True})
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, to: b@x.org}, ignore_errors: true}]" % MAIL)
    assert step.failed and step.changed and "the service gave no id by which the mail could be followed" in step.msg


def test_a_timeout_that_is_none(play_in, box):
    (step,) = play_in(
        "in_process", "[{community.mailtrap.notify: {%s, to: b@x.org, wait: -1}, ignore_errors: true}]" % MAIL
    )
    assert step.failed and step.requests == [] and "wait must be 0 to 3600 s; it is -1" in step.msg


def test_an_answer_that_is_no_message(play_in, box):
    box.fault(method="GET", path="/api/email_logs/", status=200, json=[])
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, to: b@x.org}, ignore_errors: true}]" % MAIL)
    assert step.failed and "the service's answer holds no message" in step.msg


def test_looking_stays_below_the_rate_limits(play_in, box):
    """150 requests in ten seconds are all that a token may make, and it has other work to do."""
    box.limits(rate_limits="on")
    task = {
        "from": "a@example.com",
        "subject": "s",
        "text": "t",
        "wait_for_delivery": True,
        "messages": [{"to": [f"p{n}@x.org"]} for n in range(160)],
    }
    (step,) = play_in("in_process", [{"community.mailtrap.notify": task}])
    assert len(step.requests) == 161 and {entry["status"] for entry in step.entries} == {200}
