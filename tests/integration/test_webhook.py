# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage webhooks: their identity, the options of each type, pauses, and secrets."""

from __future__ import annotations

import functools
import json

import pytest

URL = "https://hooks.example/mail"
MAIL = {"webhook_type": "email_sending", "sending_stream": "transactional", "event_types": ["bounce"]}
SECRET = "https://mailtrap:pa55word@hooks.example/mail?key=t0ken&on=1"
# Ansible quotes playbooks in its messages, but not the values of variables.
URL_VARIABLE = "{{ hook }}"
MASKED = "https://***@hooks.example/mail?key=***&on=***"


def task(**options):
    return {"community.mailtrap.webhook": options}


def failing_task(**options):
    return dict(task(**options), ignore_errors=True)


@pytest.fixture
def play_once(play_in):
    return functools.partial(play_in, "in_process")


@pytest.fixture
def domains(emulator):
    emulator.seed(verified_domains=[{"id": 1, "domain_name": "one.example"}, {"id": 2, "domain_name": "two.example"}])


def test_webhooks_of_the_same_url_are_distinguished(play_once, emulator, domains):
    created = play_once(
        [
            task(url=URL, **MAIL),
            task(url=URL, **{**MAIL, "sending_stream": "bulk"}),
            task(url=URL, **MAIL, domain="two.example"),
            task(url=URL, webhook_type="campaigns", event_types=["open"], domain_id=1),
            task(url=URL, webhook_type="audit_log"),
            task(url=URL, webhook_type="inbound_receiving"),
        ]
    )
    all_domains, bulk, two, campaigns, audit, inbound = (step["webhook"]["id"] for step in created)
    assert len({all_domains, bulk, two, campaigns, audit, inbound}) == 6
    found = play_once(
        [
            failing_task(url=URL, **MAIL),
            task(url=URL, **MAIL, domain=""),
            task(url=URL, **MAIL, domain_id=0),
            task(url=URL, **MAIL, domain="TWO.example"),
            task(url=URL, **{**MAIL, "sending_stream": "bulk"}),
            task(url=URL, webhook_type="campaigns", event_types=["open"]),
            task(url=URL, webhook_type="inbound_receiving", inbound_inbox_id=0),
            failing_task(url=URL, active=True),
            {"community.mailtrap.webhook_info": {"url": URL}},
            {"community.mailtrap.webhook_info": {"domain": "two.example"}},
            {"community.mailtrap.webhook_info": {"domain": "", "webhook_type": "email_sending"}},
        ]
    )
    ambiguous, *unchanged, without_type, listed, listed_by_domain, listed_without_domain = found
    ids = f"{all_domains}, {two}"
    assert f"2 webhooks have the url {URL!r}, with the ids {ids}: give the id, or domain_id" in ambiguous.msg
    assert "6 webhooks" in without_type.msg and "or webhook_type, sending_stream, domain_id" in without_type.msg
    assert ambiguous.writes == without_type.writes == []
    assert not any(step.changed for step in unchanged)
    assert [step["webhook"]["id"] for step in unchanged] == [all_domains, all_domains, two, bulk, campaigns, inbound]
    assert len(listed["webhooks"]) == 6
    assert [webhook["id"] for webhook in listed_by_domain["webhooks"]] == [two]
    assert [webhook["id"] for webhook in listed_without_domain["webhooks"]] == [all_domains, bulk]


def test_event_types_are_compared_as_a_set(play_once, emulator):
    emulator.seed(webhooks=[{"id": 3001, "url": URL, "event_types": ["bounce", "open", "click"]}])
    unchanged, changed = play_once(
        [
            task(url=URL, event_types=["click", "open", "bounce", "open"], payload_format="json"),
            task(url=URL, event_types=["reject", "open"]),
        ]
    )
    assert not unchanged.changed
    assert changed.entries[1]["body"] == {"webhook": {"event_types": ["reject", "open"]}}


@pytest.mark.parametrize(
    "options, message",
    [
        ({"webhook_type": "email_sending"}, "a webhook of type email_sending needs event_types and sending_stream"),
        ({**MAIL, "event_types": []}, "a webhook of type email_sending needs event_types"),
        ({"webhook_type": "campaigns"}, "a webhook of type campaigns needs event_types"),
        ({"webhook_type": "audit_log", "domain": "x.example"}, "a webhook of type audit_log cannot have domain_id"),
        (
            {"webhook_type": "inbound_receiving", "sending_stream": "bulk", "event_types": ["open"]},
            "a webhook of type inbound_receiving cannot have event_types or sending_stream",
        ),
        ({**MAIL, "inbound_inbox_id": 7}, "a webhook of type email_sending cannot have inbound_inbox_id"),
        ({**MAIL, "event_types": ["spam"]}, "event_types contains unknown event types: 'spam' (use 'spam_complaint')"),
        (
            {**MAIL, "event_types": ["soft bounce", "opened"]},
            (
                "event_types contains unknown event types: 'soft bounce' (use 'soft_bounce'); "
                "'opened' (known are delivery, so"
            ),
        ),
    ],
)
def test_conflicting_options_fail_before_any_request(play_once, options, message):
    (step,) = play_once([failing_task(url=URL, **options)])
    assert step.msg.startswith(f"Could not manage webhook {URL!r}: {message}") and step.requests == []


@pytest.mark.parametrize(
    "url, label, message",
    [
        ("hooks.example", "***", "url must look like https://host/path"),
        ("ftp://user:pa55word@hooks.example", "***", "url must look like https://host/path"),
        (MASKED, MASKED, "url contains ***, so it is a masked URL from a task result: give the complete URL"),
        (f"{SECRET}\n", "***", "url '***' begins or ends with white space; url must look like https://host/path"),
    ],
)
def test_invalid_url_fails_before_any_request(play_once, emulator, url, label, message):
    (step,) = play_once([failing_task(url=url, **MAIL)])
    assert step.msg == f"Could not manage webhook {label!r}: {message}" and step.requests == []
    assert "pa55word" not in json.dumps(step.result)


def test_creation_requirements(play_once, emulator):
    no_type, no_url = play_once([failing_task(url=URL), failing_task(**MAIL)])
    assert no_type.msg == f"Could not create webhook {URL!r}: a new webhook needs webhook_type" and not no_type.writes
    assert no_url.msg == "one of the following is required: id, url" and not no_url.requests


def test_validation_errors_of_the_service(play_once, emulator):
    errors = {"url": ["is invalid"], "event_types": ["can't be blank"]}
    emulator.fault(method="POST", path="/api/webhooks", status=422, json={"errors": errors})
    (step,) = play_once([failing_task(url=URL, **MAIL)])
    message = "url is invalid; event_types can't be blank (HTTP 422 for POST /api/webhooks)"
    assert step.msg == f"Could not create webhook {URL!r}: {message}"


def test_paused_webhook_is_activated_with_a_warning(play, emulator):
    emulator.seed(webhooks=[{"id": 3001, "url": SECRET, "active": False}, {"id": 3002, "url": URL, "active": False}])
    predicted, activated, again, still_paused, created = play(
        [
            dict(task(url=SECRET, active=True), check_mode=True),
            task(url=SECRET, active=True),
            task(url=SECRET, active=True),
            task(id=3002, payload_format="jsonlines"),
            task(url="https://new.example/", **MAIL, active=True),
        ]
    )
    warning = (
        f"Webhook {MASKED!r} was inactive; if Mailtrap paused it after failed deliveries, fix the receiver. "
        "Events since then were not delivered."
    )
    assert predicted.changed and predicted.writes == [] and predicted["warnings"] == [warning]
    assert activated.changed and activated["warnings"] == [warning] and activated["webhook"]["active"] is True
    assert not again.changed and "warnings" not in again.result
    assert still_paused["webhook"]["active"] is False and "warnings" not in still_paused.result
    assert "warnings" not in created.result


def test_signing_secret_is_returned_only_once(play, emulator, tmp_path):
    path = tmp_path / "secret"
    created, again, written, already_written, late, missing_folder = play(
        [
            task(url=URL, **MAIL),
            task(url=URL, **MAIL),
            task(url="https://file.example/", **MAIL, dest=str(path)),
            task(url="https://file.example/", **MAIL, dest=str(path)),
            task(url=URL, dest=str(tmp_path / "late")),
            failing_task(url="https://nowhere.example/", **MAIL, dest=str(tmp_path / "none" / "secret")),
        ]
    )
    secrets = {row["url"]: row["signing_secret"] for row in emulator.dump()["webhooks"]}
    secret = secrets["https://file.example/"]
    assert created["webhook"]["signing_secret"] == secrets[URL]
    assert "signing_secret" not in again["webhook"]
    assert "signing_secret" not in written["webhook"] and secret not in json.dumps(written.result)
    assert path.read_text() == secret + "\n" and path.stat().st_mode & 0o777 == 0o600
    assert not already_written.changed and "warnings" not in already_written.result
    assert "Mailtrap does not return its signing_secret again, so" in late["warnings"][0]
    assert f"the folder {tmp_path / 'none'} does not exist" in missing_folder.msg and missing_folder.requests == []


def test_secret_in_a_lost_answer_is_reported(play_once, emulator):
    emulator.fault(method="POST", path="/api/webhooks", times=1, drop=True, when="after")
    (step,) = play_once([failing_task(url=URL, **MAIL)])
    assert step.failed and step["webhook"]["id"]
    webhook_id = step["webhook"]["id"]
    assert f"the webhook was created with id {webhook_id}, but its signing_secret was in the lost answer" in step.msg


def test_recreate_changes_create_only_options(play, emulator, domains):
    emulator.seed(webhooks=[{"id": 3001, "url": URL, "domain_id": 1}])
    options = {"id": 3001, "domain": "two.example", "sending_stream": "bulk"}
    refused, predicted, replaced = play(
        [
            failing_task(**options),
            dict(task(**options, recreate=True), check_mode=True),
            task(**options, recreate=True),
        ],
        "--diff",
    )
    assert refused.msg == (
        "Could not update webhook 3001: "
        "sending_stream of a webhook cannot be changed from 'transactional' to 'bulk'; "
        "set recreate to replace the object; "
        "domain_id of a webhook cannot be changed from 1 to 2; set recreate to replace the object"
    )
    assert refused.writes == predicted.writes == []
    assert replaced.writes == ["POST /api/webhooks", "DELETE /api/webhooks/3001"]
    new = replaced["webhook"]
    assert new["signing_secret"] and (new["domain_id"], new["sending_stream"]) == (2, "bulk")
    assert replaced["diff"]["before"]["domain_id"] == 1 and replaced["diff"]["after"]["domain_id"] == 2


def test_replacement_of_another_type_keeps_only_applicable_fields(play_once, emulator):
    emulator.seed(webhooks=[{"id": 3001, "url": URL}])
    (step,) = play_once([task(id=3001, webhook_type="audit_log", recreate=True)])
    assert step.entries[1]["body"] == {
        "webhook": {"url": URL, "active": True, "webhook_type": "audit_log", "payload_format": "json"}
    }


def test_failed_deletion_in_a_replacement_returns_the_new_webhook(play_once, emulator):
    emulator.seed(webhooks=[{"id": 3001, "url": URL}])
    emulator.fault(method="DELETE", path="/api/webhooks", status=403)
    (step,) = play_once([failing_task(id=3001, sending_stream="bulk", recreate=True)])
    new = step["webhook"]
    assert step.failed and new["id"] != 3001 and new["signing_secret"]
    assert f"the webhook had already been created, with id {new['id']}" in step.msg


def test_inbound_inbox_is_changed_in_place(play_once, emulator):
    emulator.seed(
        inbound_folders=[{"id": 77, "name": "Support"}],
        inbound_inboxes=[{"id": inbox_id, "folder_id": 77, "name": f"Box {inbox_id}"} for inbox_id in (513, 514)],
        webhooks=[{"id": 3001, "url": URL, "webhook_type": "inbound_receiving", "inbound_inbox_id": 513}],
    )
    changed, unchanged, all_inboxes = play_once(
        [task(id=3001, inbound_inbox_id=514), task(id=3001, inbound_inbox_id=514), task(id=3001, inbound_inbox_id=0)]
    )
    assert changed.writes == ["PATCH /api/webhooks/3001"] and not unchanged.changed
    assert all_inboxes.entries[1]["body"] == {"webhook": {"inbound_inbox_id": None}}
    assert all_inboxes["webhook"]["inbound_inbox_id"] is None


def test_unknown_domain(play_once, emulator):
    present, absent = play_once(
        [
            failing_task(url=URL, **MAIL, domain="none.example"),
            failing_task(url=URL, domain="none.example", state="absent"),
        ]
    )
    assert present.msg == f"Could not find webhook {URL!r}: there is no domain 'none.example'" and present.writes == []
    assert not absent.changed and not absent.failed
    (predicted,) = play_once([task(url=URL, **MAIL, domain="none.example")], "--check")
    assert predicted.changed and predicted["warnings"][0].startswith("There is no domain 'none.example'; check mode")


def test_secrets_in_a_url_are_masked(play, emulator):
    """Mask them in results, differences, failures and invocations, at any verbosity, unless reveal_secrets is set."""
    emulator.fault(method="PATCH", path="/api/webhooks", times=1, status=422, json={"errors": {"url": ["is invalid"]}})
    run = play(
        [
            task(url=URL_VARIABLE, **MAIL),
            failing_task(url=URL_VARIABLE, active=False),
            task(url=URL_VARIABLE, active=False),
            {"community.mailtrap.webhook_info": {"url": URL_VARIABLE}},
            {"community.mailtrap.webhook_info": {}},
            failing_task(url=URL_VARIABLE, no_such="option"),
            failing_task(url=URL_VARIABLE, webhook_type="none"),
            task(url=URL_VARIABLE, state="absent"),
        ],
        "--diff",
        "-vvvv",
        variables={"hook": SECRET},
    )
    created, failed, changed, listed_by_url, listed, unknown_option, invalid_type, deleted = run
    assert created["webhook"]["url"] == changed["webhook"]["url"] == listed_by_url["webhooks"][0]["url"] == MASKED
    assert created["diff"]["after"]["url"] == deleted["diff"]["before"]["url"] == MASKED
    assert failed.msg.startswith(f"Could not update webhook {MASKED!r}: url is invalid")
    assert listed["webhooks"] == listed_by_url["webhooks"]
    assert unknown_option.failed and invalid_type.failed and deleted.changed
    for secret in ("pa55word", "t0ken"):
        assert secret not in run.output
        assert all(secret not in json.dumps(step.result) for step in run)
    _created, revealed = play(
        [task(url=URL_VARIABLE, **MAIL), {"community.mailtrap.webhook_info": {"reveal_secrets": True}}],
        variables={"hook": SECRET},
    )
    assert revealed["webhooks"][0]["url"] == SECRET
