# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is peculiar to webhooks: what tells them apart, what belongs to a type, pauses, and secrets."""

from __future__ import annotations

import functools
import json

import pytest

URL = "https://hooks.example/mail"
MAIL = {"webhook_type": "email_sending", "sending_stream": "transactional", "event_types": ["bounce"]}
SECRET = "https://mailtrap:pa55word@hooks.example/mail?key=t0ken&on=1"
# Ansible quotes playbooks in its messages, but not what is in variables.
HIDDEN = "{{ hook }}"
MASKED = "https://***@hooks.example/mail?key=***&on=***"


def task(**options):
    return {"community.mailtrap.webhook": options}


def refused(**options):
    return dict(task(**options), ignore_errors=True)


@pytest.fixture
def play_once(play_in):
    return functools.partial(play_in, "in_process")


@pytest.fixture
def domains(emulator):
    emulator.seed(verified_domains=[{"id": 1, "domain_name": "one.example"}, {"id": 2, "domain_name": "two.example"}])


def test_what_tells_webhooks_apart(play_once, emulator, domains):
    made = play_once(
        [
            task(url=URL, **MAIL),
            task(url=URL, **{**MAIL, "sending_stream": "bulk"}),
            task(url=URL, **MAIL, domain="two.example"),
            task(url=URL, webhook_type="campaigns", event_types=["open"], domain_id=1),
            task(url=URL, webhook_type="audit_log"),
            task(url=URL, webhook_type="inbound_receiving"),
        ]
    )
    everywhere, bulk, two, campaigns, audit, inbound = (step["webhook"]["id"] for step in made)
    assert len({everywhere, bulk, two, campaigns, audit, inbound}) == 6
    found = play_once(
        [
            refused(url=URL, **MAIL),
            task(url=URL, **MAIL, domain=""),
            task(url=URL, **MAIL, domain_id=0),
            task(url=URL, **MAIL, domain="TWO.example"),
            task(url=URL, **{**MAIL, "sending_stream": "bulk"}),
            task(url=URL, webhook_type="campaigns", event_types=["open"]),
            task(url=URL, webhook_type="inbound_receiving", inbound_inbox_id=0),
            refused(url=URL, active=True),
            {"community.mailtrap.webhook_info": {"url": URL}},
            {"community.mailtrap.webhook_info": {"domain": "two.example"}},
            {"community.mailtrap.webhook_info": {"domain": "", "webhook_type": "email_sending"}},
        ]
    )
    which, by_name, by_id, second, of_bulk, of_campaigns, of_inbound, any_of_six, every, of_two, of_all = found
    ids = f"{everywhere}, {two}"
    assert f"2 webhooks are called {URL!r}, with the ids {ids}: give the id, or domain_id" in which.msg
    assert "6 webhooks" in any_of_six.msg and "or webhook_type, sending_stream, domain_id" in any_of_six.msg
    assert which.writes == any_of_six.writes == []
    same = (by_name, by_id, second, of_bulk, of_campaigns, of_inbound)
    assert not any(step.changed for step in same)
    assert [step["webhook"]["id"] for step in same] == [everywhere, everywhere, two, bulk, campaigns, inbound]
    assert len(every["webhooks"]) == 6
    assert [one["id"] for one in of_two["webhooks"]] == [two]
    assert [one["id"] for one in of_all["webhooks"]] == [everywhere, bulk]


def test_events_are_a_set_and_only_differences_are_sent(play_once, emulator):
    emulator.seed(webhooks=[{"id": 3001, "url": URL, "event_types": ["bounce", "open", "click"]}])
    same, less = play_once(
        [
            task(url=URL, event_types=["click", "open", "bounce", "open"], payload_format="json"),
            task(url=URL, event_types=["reject", "open"]),
        ]
    )
    assert not same.changed
    assert less.entries[1]["body"] == {"webhook": {"event_types": ["reject", "open"]}}


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"webhook_type": "email_sending"}, "a webhook of the type email_sending needs event_types and sending_stream"),
        ({**MAIL, "event_types": []}, "a webhook of the type email_sending needs event_types"),
        ({"webhook_type": "campaigns"}, "a webhook of the type campaigns needs event_types"),
        ({"webhook_type": "audit_log", "domain": "x.example"}, "a webhook of the type audit_log has no domain_id"),
        (
            {"webhook_type": "inbound_receiving", "sending_stream": "bulk", "event_types": ["open"]},
            "a webhook of the type inbound_receiving has no event_types and no sending_stream",
        ),
        ({**MAIL, "inbound_inbox_id": 7}, "a webhook of the type email_sending has no inbound_inbox_id"),
        ({**MAIL, "event_types": ["spam"]}, "event_types hold 'spam', which is 'spam_complaint' here"),
        (
            {**MAIL, "event_types": ["soft bounce", "opened"]},
            "event_types hold 'soft bounce', which is 'soft_bounce' here, and 'opened', which is none of delivery, so",
        ),
    ],
)
def test_what_does_not_go_together(play_once, options, sentence):
    (step,) = play_once([refused(url=URL, **options)])
    assert step.msg.startswith(f"Could not manage webhook {URL!r}: {sentence}") and step.requests == []


@pytest.mark.parametrize(
    "url, label, sentence",
    [
        ("hooks.example", "***", "url must look like https://host/path"),
        ("ftp://user:pa55word@hooks.example", "***", "url must look like https://host/path"),
        (MASKED, MASKED, "url holds ***, as if its secrets had been hidden: give it whole"),
        (f"{SECRET}\n", "***", "url '***' begins or ends with white space; url must look like https://host/path"),
    ],
)
def test_a_url_that_is_none(play_once, emulator, url, label, sentence):
    (step,) = play_once([refused(url=url, **MAIL)])
    assert step.msg == f"Could not manage webhook {label!r}: {sentence}" and step.requests == []
    assert "pa55word" not in json.dumps(step.result)


def test_what_a_new_one_needs(play_once, emulator):
    no_type, no_url = play_once([refused(url=URL), refused(**MAIL)])
    assert no_type.msg == f"Could not create webhook {URL!r}: a new webhook needs webhook_type" and not no_type.writes
    assert no_url.msg == "one of the following is required: id, url" and not no_url.requests


def test_what_the_service_refuses(play_once, emulator):
    errors = {"url": ["is invalid"], "event_types": ["can't be blank"]}
    emulator.fault(method="POST", path="/api/webhooks", status=422, json={"errors": errors})
    (step,) = play_once([refused(url=URL, **MAIL)])
    sentence = "url is invalid; event_types can't be blank (HTTP 422 for POST /api/webhooks)"
    assert step.msg == f"Could not create webhook {URL!r}: {sentence}"


def test_a_paused_webhook_is_healed_and_told_of(play, emulator):
    emulator.seed(webhooks=[{"id": 3001, "url": SECRET, "active": False}, {"id": 3002, "url": URL, "active": False}])
    foretold, healed, again, left, made = play(
        [
            dict(task(url=SECRET, active=True), check_mode=True),
            task(url=SECRET, active=True),
            task(url=SECRET, active=True),
            task(id=3002, payload_format="jsonlines"),
            task(url="https://new.example/", **MAIL, active=True),
        ]
    )
    sentence = (
        f"Webhook {MASKED!r} was not active, as the service leaves one that it could not deliver to; "
        "what happened since is not told."
    )
    assert foretold.changed and foretold.writes == [] and foretold["warnings"] == [sentence]
    assert healed.changed and healed["warnings"] == [sentence] and healed["webhook"]["active"] is True
    assert not again.changed and "warnings" not in again.result
    assert left["webhook"]["active"] is False and "warnings" not in left.result and "warnings" not in made.result


def test_the_signing_secret_is_told_once(play, emulator, tmp_path):
    path = tmp_path / "secret"
    made, again, to_file, there, late, nowhere = play(
        [
            task(url=URL, **MAIL),
            task(url=URL, **MAIL),
            task(url="https://file.example/", **MAIL, dest=str(path)),
            task(url="https://file.example/", **MAIL, dest=str(path)),
            task(url=URL, dest=str(tmp_path / "late")),
            refused(url="https://nowhere.example/", **MAIL, dest=str(tmp_path / "none" / "secret")),
        ]
    )
    secrets = {row["url"]: row["signing_secret"] for row in emulator.dump()["webhooks"]}
    assert made["webhook"]["signing_secret"] == secrets[URL]
    assert "signing_secret" not in again["webhook"]
    assert "signing_secret" not in to_file["webhook"] and secrets["https://file.example/"] not in json.dumps(
        to_file.result
    )
    assert path.read_text() == secrets["https://file.example/"] + "\n" and path.stat().st_mode & 0o777 == 0o600
    assert not there.changed and "warnings" not in there.result
    assert "the service shows its signing_secret only once" in late["warnings"][0]
    assert "does not exist" in nowhere.msg and nowhere.requests == []


def test_a_secret_that_was_lost_with_its_answer(play_once, emulator):
    emulator.fault(method="POST", path="/api/webhooks", times=1, drop=True, when="after")
    (step,) = play_once([refused(url=URL, **MAIL)])
    assert step.failed and step["webhook"]["id"]
    assert f"the webhook was made, with id {step['webhook']['id']}; its signing_secret was in the answer" in step.msg


def test_what_only_a_new_one_can_be(play, emulator, domains):
    emulator.seed(webhooks=[{"id": 3001, "url": URL, "domain_id": 1}])
    moved = {"id": 3001, "domain": "two.example", "sending_stream": "bulk"}
    refusal, foretold, again = play(
        [refused(**moved), dict(task(**moved, recreate=True), check_mode=True), task(**moved, recreate=True)], "--diff"
    )
    assert refusal.msg == (
        "Could not update webhook 3001: "
        "sending_stream of a webhook cannot be changed: it is 'transactional', not 'bulk'; "
        "recreate allows a new one in its place; "
        "domain_id of a webhook cannot be changed: it is 1, not 2; recreate allows a new one in its place"
    )
    assert refusal.writes == foretold.writes == []
    assert again.writes == ["POST /api/webhooks", "DELETE /api/webhooks/3001"]
    new = again["webhook"]
    assert new["signing_secret"] and (new["domain_id"], new["sending_stream"]) == (2, "bulk")
    assert again["diff"]["before"]["domain_id"] == 1 and again["diff"]["after"]["domain_id"] == 2


def test_another_type_takes_over_nothing_that_it_cannot_have(play_once, emulator):
    emulator.seed(webhooks=[{"id": 3001, "url": URL}])
    (step,) = play_once([task(id=3001, webhook_type="audit_log", recreate=True)])
    assert step.entries[1]["body"] == {
        "webhook": {"url": URL, "active": True, "webhook_type": "audit_log", "payload_format": "json"}
    }


def test_a_new_one_that_is_there_when_the_old_one_cannot_be_deleted(play_once, emulator):
    emulator.seed(webhooks=[{"id": 3001, "url": URL}])
    emulator.fault(method="DELETE", path="/api/webhooks", status=403)
    (step,) = play_once([refused(id=3001, sending_stream="bulk", recreate=True)])
    made = step["webhook"]
    assert step.failed and made["id"] != 3001 and made["signing_secret"]
    assert f"the webhook itself was created, with id {made['id']}" in step.msg


def test_the_inbox_of_a_webhook_is_changed_in_place(play_once, emulator):
    emulator.seed(
        inbound_folders=[{"id": 77, "name": "Support"}],
        inbound_inboxes=[{"id": number, "folder_id": 77, "name": f"Box {number}"} for number in (513, 514)],
        webhooks=[{"id": 3001, "url": URL, "webhook_type": "inbound_receiving", "inbound_inbox_id": 513}],
    )
    changed, same, every = play_once(
        [task(id=3001, inbound_inbox_id=514), task(id=3001, inbound_inbox_id=514), task(id=3001, inbound_inbox_id=0)]
    )
    assert changed.writes == ["PATCH /api/webhooks/3001"] and not same.changed
    assert every.entries[1]["body"] == {"webhook": {"inbound_inbox_id": None}}
    assert every["webhook"]["inbound_inbox_id"] is None


def test_a_domain_that_is_not_there(play_once, emulator):
    play_steps = [
        refused(url=URL, **MAIL, domain="none.example"),
        refused(url=URL, domain="none.example", state="absent"),
    ]
    present, absent = play_once(play_steps)
    assert present.msg == f"Could not find webhook {URL!r}: there is no domain 'none.example'" and present.writes == []
    assert not absent.changed and not absent.failed
    (foretold,) = play_once([task(url=URL, **MAIL, domain="none.example")], "--check")
    assert foretold.changed and foretold["warnings"][0].startswith("There is no domain 'none.example'; check mode")


def test_secrets_in_a_url_are_told_to_nobody(play, emulator):
    """Not in results, differences, failures and invocations, at any verbosity, unless they are asked for."""
    emulator.fault(method="PATCH", path="/api/webhooks", times=1, status=422, json={"errors": {"url": ["is invalid"]}})
    run = play(
        [
            task(url=HIDDEN, **MAIL),
            refused(url=HIDDEN, active=False),
            task(url=HIDDEN, active=False),
            {"community.mailtrap.webhook_info": {"url": HIDDEN}},
            {"community.mailtrap.webhook_info": {}},
            refused(url=HIDDEN, no_such="option"),
            refused(url=HIDDEN, webhook_type="none"),
            task(url=HIDDEN, state="absent"),
        ],
        "--diff",
        "-vvvv",
        variables={"hook": SECRET},
    )
    made, failed, changed, one, every, unknown, wrong, gone = run
    assert made["webhook"]["url"] == changed["webhook"]["url"] == one["webhooks"][0]["url"] == MASKED
    assert made["diff"]["after"]["url"] == gone["diff"]["before"]["url"] == MASKED
    assert failed.msg.startswith(f"Could not update webhook {MASKED!r}: url is invalid")
    assert every["webhooks"] == one["webhooks"] and unknown.failed and wrong.failed and gone.changed
    for secret in ("pa55word", "t0ken"):
        assert secret not in run.output
        assert all(secret not in json.dumps(step.result) for step in run)
    told = play(
        [task(url=HIDDEN, **MAIL), {"community.mailtrap.webhook_info": {"reveal_secrets": True}}],
        variables={"hook": SECRET},
    )
    assert told[1]["webhooks"][0]["url"] == SECRET
