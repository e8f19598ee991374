# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage email campaigns, read them, and start, schedule or stop them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

PATH, CAMPAIGN_PATH = "/api/email_campaigns", "/api/email_campaigns/5"
DRAFT = {
    "id": 5,
    "name": "Spring",
    "domain_id": 940000,
    "subject": "Hi",
    "body_html": "<p>Hi</p>",
    "contact_list_ids": [1],
}
SEEDS = {
    "contact_lists": [{"id": 1, "name": "Customers"}, {"id": 2, "name": "Testers"}],
    "contacts": [{"email": "ann@example.net", "list_ids": [1]}],
    "email_campaigns": [DRAFT],
}  # fmt: skip


@pytest.fixture
def account(emulator):
    """Return an emulator with a draft campaign."""
    emulator.seed(SEEDS)
    return emulator


def campaign_task(**options):
    return {"community.mailtrap.email_campaign": options}


def action_task(action, **options):
    return {"community.mailtrap.email_campaign_action": {"action": action, **(options or {"id": 5})}}


def info_task(**options):
    return {"community.mailtrap.email_campaign_info": options}


def ignore_errors(task):
    return dict(task, ignore_errors=True)


def test_draft_is_created_and_updated(play, account, tmp_path):
    (tmp_path / "spring.html").write_text("<p>Frühling</p>\n")
    options = {
        "name": "Sale",
        "domain": "example.com",
        "from_local_part": "news",
        "subject": "Sale",
        "body_html_src": "spring.html",
        "merge_tags": ["last_name", "first_name"],
        "reply_to": {"local_part": "shop", "domain": "example.com"},
        "delivery_mode": "gradual",
        "emails_per_hour": 100,
        "contact_lists": ["Testers", "Customers"],
    }
    changes = {"merge_tags": ["first_name", "last_name"], "subject": "Last days", "contact_list_ids": [2, 1]}
    predicted, created, again, changed, cleared = play(
        [
            dict(campaign_task(**options), check_mode=True),
            campaign_task(**options),
            campaign_task(**options),
            campaign_task(name="Sale", **changes),
            campaign_task(name="Sale", reply_to={}, contact_lists=[]),
        ],
        "--diff",
    )
    lookups = ["GET /api/domains", "GET /api/contacts/lists"]
    assert predicted.changed and predicted.requests == [*lookups, f"GET {PATH}"]
    assert predicted["diff"]["after"]["subject"] == "Sale"
    assert created.requests == [*lookups, f"GET {PATH}", f"POST {PATH}"]
    assert created.entries[-1]["body"] == {
        "name": "Sale",
        "domain_id": 940000,
        "from_local_part": "news",
        "template_attributes": {
            "subject": "Sale",
            "body_html": "<p>Frühling</p>\n",
            "merge_tags": ["last_name", "first_name"],
        },
        "reply_to": {"local_part": "shop", "domain": "example.com"},
        "delivery_mode": "gradual",
        "delivery_options": {"emails_per_hour": 100},
        "contact_list_ids": [2, 1],
    }
    details = f"GET {PATH}/{created['email_campaign']['id']}"
    assert not again.changed and again.requests == [*lookups, f"GET {PATH}", details]
    assert changed.entries[-1]["body"] == {"template_attributes": {"subject": "Last days"}}
    assert cleared.entries[-1]["body"] == {"reply_to": {}, "contact_list_ids": []}
    assert (
        cleared["email_campaign"]["reply_to"] == {} and cleared["email_campaign"]["template"]["subject"] == "Last days"
    )


def test_only_drafts_are_updated_and_deleted(play, account):
    account.seed(email_campaigns=[{**DRAFT, "id": 6, "name": "Sent", "current_state": "finished"}])
    unchanged, updated, deleted, deleted_by_id = play(
        [
            campaign_task(name="Sent", subject="Hi", body_html="<p>Hi</p>"),
            ignore_errors(campaign_task(name="Sent", subject="Other")),
            ignore_errors(campaign_task(name="Sent", state="absent")),
            ignore_errors(campaign_task(id=6, state="absent")),
        ]
    )
    assert not unchanged.changed
    for step in (updated, deleted, deleted_by_id):
        assert step.writes == []
        assert step.msg.endswith(": it is finished, and only a draft can be changed or deleted")


def test_invalid_drafts_are_refused(play_in, account):
    valid = {"name": "New", "domain_id": 940000, "from_local_part": "news", "subject": "Hi"}
    steps = play_in(
        "in_process",
        [
            ignore_errors(campaign_task(name="New")),
            ignore_errors(campaign_task(**{**valid, "subject": "x" * 256})),
            ignore_errors(campaign_task(**valid, emails_per_hour=0)),
            ignore_errors(campaign_task(**{**valid, "domain_id": 4711})),
            ignore_errors(campaign_task(**{**valid, "from_local_part": "a b"})),
            ignore_errors(campaign_task(name="New", domain="none.example")),
        ],
    )
    reason = "a new email campaign needs domain or domain_id and from_local_part and subject"
    assert steps[0].msg == f"Could not create email campaign 'New': {reason}"
    assert "has 256 characters; the service accepts 1 to 255" in steps[1].msg
    assert "emails_per_hour must be between 1 and 150000, not 0" in steps[2].msg
    assert "domain_id must exist" in steps[3].msg and "from_local_part is invalid" in steps[4].msg
    assert "there is no domain 'none.example'" in steps[5].msg


def test_info_lists_campaigns_with_the_included_details(play, account):
    account.seed(email_campaigns=[{**DRAFT, "id": number, "name": f"C{number}"} for number in range(100, 230)])
    everything, limited, by_name, detailed, by_id, missing = play(
        [
            info_task(),
            info_task(limit=101),
            info_task(name="Spring"),
            info_task(name="Spring", include=["bodies", "stats"], start_date="7d", end_date="2026-12-31"),
            info_task(id=5),
            info_task(id=4711),
        ]
    )
    assert len(everything["email_campaigns"]) == 131 and len(everything.requests) == 2
    assert len(limited["email_campaigns"]) == 101 and len(limited.requests) == 2
    assert [item["id"] for item in by_name["email_campaigns"]] == [5]
    assert "body_html" not in by_name["email_campaigns"][0]["template"]
    (item,) = detailed["email_campaigns"]
    assert item["template"]["body_html"] == "<p>Hi</p>" and item["stats"]["sent_count"] == 0
    assert detailed.requests[2:] == [f"GET {CAMPAIGN_PATH}", f"GET {CAMPAIGN_PATH}/stats"]
    assert by_id["email_campaigns"][0]["template"]["body_html"] == "<p>Hi</p>"
    assert by_id.requests == [f"GET {CAMPAIGN_PATH}"]
    assert missing["email_campaigns"] == []


def test_campaign_is_started_and_terminated_once(play, account):
    predicted, started, started_again, terminated, terminated_again, restarted = play(
        [
            dict(action_task("start"), check_mode=True),
            action_task("start", name="Spring"),
            action_task("start"),
            action_task("terminate"),
            action_task("terminate"),
            ignore_errors(action_task("start")),
        ],
        "--diff",
    )
    assert predicted.changed and predicted.requests == [f"GET {CAMPAIGN_PATH}"]
    assert predicted["email_campaign"]["current_state"] == "started"
    assert started.changed and started.requests == [f"GET {PATH}", f"POST {CAMPAIGN_PATH}/start"]
    assert started["diff"]["before"]["current_state"] == "draft"
    assert started["diff"]["after"] == {"id": 5, "name": "Spring", "current_state": "started"}
    assert not started_again.changed and started_again.requests == [f"GET {CAMPAIGN_PATH}"]
    assert terminated.changed and terminated.requests == [f"GET {CAMPAIGN_PATH}", f"POST {CAMPAIGN_PATH}/terminate"]
    assert not terminated_again.changed and restarted.writes == []
    assert restarted.msg == "Could not start email campaign 5: it is terminating; only a draft campaign can be started"


def test_campaign_is_scheduled_rescheduled_and_cancelled(play, account):
    first, second = (datetime.now(UTC) + timedelta(days=days) for days in (1, 2))
    scheduled, again, rescheduled, cancelled, cancelled_again, _scheduled, reset = play(
        [
            action_task("schedule", id=5, datetime=f"{first:%Y-%m-%dT%H:%M:%SZ}"),
            action_task("schedule", id=5, datetime=f"{first:%Y-%m-%dT%H:%M:%S+00:00}"),
            action_task("schedule", id=5, datetime=f"{second:%Y-%m-%dT%H:%M:%SZ}"),
            action_task("cancel"),
            action_task("reset"),
            action_task("schedule", id=5, datetime=f"{first:%Y-%m-%dT%H:%M:%SZ}"),
            action_task("reset"),
        ]
    )
    assert scheduled.writes == [f"POST {CAMPAIGN_PATH}/schedule"]
    assert scheduled["email_campaign"]["current_state"] == "scheduled"
    assert not again.changed and again.writes == []
    assert rescheduled.writes == [f"POST {CAMPAIGN_PATH}/cancel", f"POST {CAMPAIGN_PATH}/schedule"]
    assert rescheduled["email_campaign"]["current_state_metadata"]["scheduled_at"].startswith(
        f"{second:%Y-%m-%dT%H:%M:%S}"
    )
    assert cancelled.writes == [f"POST {CAMPAIGN_PATH}/cancel"]
    assert cancelled["email_campaign"]["current_state"] == "draft"
    assert not cancelled_again.changed
    assert reset.writes == [f"POST {CAMPAIGN_PATH}/reset"] and reset["email_campaign"]["current_state"] == "draft"


def test_refused_actions_explain_the_reason(play_in, account):
    account.seed(email_campaigns=[{"id": 6, "name": "Empty", "domain_id": 940000}])
    far = datetime.now(UTC) + timedelta(days=90)
    steps = play_in(
        "in_process",
        [
            ignore_errors(action_task("start", id=6)),
            ignore_errors(action_task("schedule", id=5, datetime=f"{far:%Y-%m-%dT%H:%M:%SZ}")),
            ignore_errors(action_task("schedule", id=5, datetime="tomorrow")),
            ignore_errors(action_task("schedule", id=5, datetime="2020-01-01T00:00:00Z")),
            ignore_errors(action_task("schedule", id=5)),
            ignore_errors(action_task("start", id=5, datetime="2020-01-01T00:00:00Z")),
            ignore_errors(action_task("start", name="None")),
            ignore_errors(action_task("start", id=4711)),
        ],
    )
    assert steps[0]["errors"] == [
        "Campaign design can't be blank",
        "Campaign audience can't be blank",
        "give it a body_html",
        "give it contact_lists, or segments",
    ]
    assert "no more than 1 month ahead" in steps[1].msg
    assert "datetime 'tomorrow' is not a valid time: use a format such as 2026-01-31T12:00:00Z" in steps[2].msg
    assert "datetime 2020-01-01T00:00:00Z is in the past" in steps[3].msg and steps[3].writes == []
    assert "action is schedule but all of the following are missing: datetime" in steps[4].msg
    assert "datetime requires the action schedule, not start" in steps[5].msg
    assert "there is no email campaign 'None'" in steps[6].msg and steps[7]["status"] == 404


def test_start_is_not_repeated_after_a_lost_answer(play, account):
    account.fault({"method": "POST", "path": "/start$", "when": "after", "drop": True, "times": 1})
    lost, again = play([ignore_errors(action_task("start")), action_task("start")])
    assert lost.failed and lost.writes == [f"POST {CAMPAIGN_PATH}/start"]
    assert "the request may have taken effect: run the task again to find out" in lost.msg
    assert not again.changed and again["email_campaign"]["current_state"] == "started"


def test_refused_rescheduling_reports_the_cancellation(play_in, account):
    times = [datetime.now(UTC) + timedelta(days=days) for days in (1, 2)]
    tasks = [action_task("schedule", id=5, datetime=f"{time:%Y-%m-%dT%H:%M:%SZ}") for time in times]
    account.fault({"method": "POST", "path": "/schedule$", "status": 422, "json": {"errors": "No"}, "skip": 1})
    _first, second = play_in("in_process", [tasks[0], ignore_errors(tasks[1])])
    assert second.changed and second["errors"] == [
        "No",
        "the earlier schedule was cancelled, so the campaign is a draft now",
    ]


def test_check_mode_warns_about_a_campaign_that_does_not_exist(play_in, account):
    (step,) = play_in("in_process", [action_task("start", name="New")], "--check")
    assert step.changed and step["email_campaign"] is None
    assert step["warnings"][0].startswith("There is no email campaign 'New'; check mode assumes")
