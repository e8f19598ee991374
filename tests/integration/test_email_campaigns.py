# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Campaigns: drafts whose content lies elsewhere than it is written, and what is done to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

PATH, ONE = "/api/email_campaigns", "/api/email_campaigns/5"
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
    emulator.seed(SEEDS)
    return emulator


def campaign(**options):
    return {"community.mailtrap.email_campaign": options}


def action(do, **options):
    return {"community.mailtrap.email_campaign_action": {"action": do, **(options or {"id": 5})}}


def info(**options):
    return {"community.mailtrap.email_campaign_info": options}


def tried(task):
    return dict(task, ignore_errors=True)


def test_a_draft(play, account, tmp_path):
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
    foretold, made, again, changed, cleared = play(
        [
            dict(campaign(**options), check_mode=True),
            campaign(**options),
            campaign(**options),
            campaign(name="Sale", **changes),
            campaign(name="Sale", reply_to={}, contact_lists=[]),
        ],
        "--diff",
    )
    names = ["GET /api/domains", "GET /api/contacts/lists"]
    assert foretold.changed and foretold.requests == [*names, f"GET {PATH}"]
    assert foretold["diff"]["after"]["subject"] == "Sale"
    assert made.requests == [*names, f"GET {PATH}", f"POST {PATH}"]
    assert made.entries[-1]["body"] == {
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
    one = f"GET {PATH}/{made['email_campaign']['id']}"
    assert not again.changed and again.requests == [*names, f"GET {PATH}", one]
    assert changed.entries[-1]["body"] == {"template_attributes": {"subject": "Last days"}}
    assert cleared.entries[-1]["body"] == {"reply_to": {}, "contact_list_ids": []}
    assert (
        cleared["email_campaign"]["reply_to"] == {} and cleared["email_campaign"]["template"]["subject"] == "Last days"
    )


def test_what_is_no_draft_stays_as_it_is(play, account):
    account.seed(email_campaigns=[{**DRAFT, "id": 6, "name": "Sent", "current_state": "finished"}])
    same, other, gone, gone_by_id = play(
        [
            campaign(name="Sent", subject="Hi", body_html="<p>Hi</p>"),
            tried(campaign(name="Sent", subject="Other")),
            tried(campaign(name="Sent", state="absent")),
            tried(campaign(id=6, state="absent")),
        ]
    )
    assert not same.changed
    for step in (other, gone, gone_by_id):
        assert step.writes == []
        assert step.msg.endswith(": it is finished, and only a draft can be changed or deleted")


def test_drafts_that_cannot_be(play_in, account):
    known = {"name": "New", "domain_id": 940000, "from_local_part": "news", "subject": "Hi"}
    steps = play_in(
        "in_process",
        [
            tried(campaign(name="New")),
            tried(campaign(**{**known, "subject": "x" * 256})),
            tried(campaign(**known, emails_per_hour=0)),
            tried(campaign(**{**known, "domain_id": 4711})),
            tried(campaign(**{**known, "from_local_part": "a b"})),
            tried(campaign(name="New", domain="none.example")),
        ],
    )
    new = "a new email campaign needs domain or domain_id and from_local_part and subject"
    assert steps[0].msg == f"Could not create email campaign 'New': {new}"
    assert "has 256 characters; the service takes 1 to 255" in steps[1].msg
    assert "emails_per_hour is 0; the service takes 1 to 150000" in steps[2].msg
    assert "domain_id must exist" in steps[3].msg and "from_local_part is invalid" in steps[4].msg
    assert "there is no domain 'none.example'" in steps[5].msg


def test_information(play, account):
    account.seed(email_campaigns=[{**DRAFT, "id": number, "name": f"C{number}"} for number in range(100, 230)])
    every, some, named, whole, by_id, none = play(
        [
            info(),
            info(limit=101),
            info(name="Spring"),
            info(name="Spring", include=["bodies", "stats"], start_date="7d", end_date="2026-12-31"),
            info(id=5),
            info(id=4711),
        ]
    )
    assert len(every["email_campaigns"]) == 131 and len(every.requests) == 2
    assert len(some["email_campaigns"]) == 101 and len(some.requests) == 2
    assert [one["id"] for one in named["email_campaigns"]] == [5]
    assert "body_html" not in named["email_campaigns"][0]["template"]
    (shown,) = whole["email_campaigns"]
    assert shown["template"]["body_html"] == "<p>Hi</p>" and shown["stats"]["sent_count"] == 0
    assert whole.requests[2:] == [f"GET {ONE}", f"GET {ONE}/stats"]
    assert by_id["email_campaigns"][0]["template"]["body_html"] == "<p>Hi</p>" and by_id.requests == [f"GET {ONE}"]
    assert none["email_campaigns"] == []


def test_a_campaign_is_started_once(play, account):
    foretold, started, again, stopped, stopped_again, late = play(
        [
            dict(action("start"), check_mode=True),
            action("start", name="Spring"),
            action("start"),
            action("terminate"),
            action("terminate"),
            tried(action("start")),
        ],
        "--diff",
    )
    assert foretold.changed and foretold.requests == [f"GET {ONE}"]
    assert foretold["email_campaign"]["current_state"] == "started"
    assert started.changed and started.requests == [f"GET {PATH}", f"POST {ONE}/start"]
    assert started["diff"]["before"]["current_state"] == "draft"
    assert started["diff"]["after"] == {"id": 5, "name": "Spring", "current_state": "started"}
    assert not again.changed and again.requests == [f"GET {ONE}"]
    assert stopped.changed and stopped.requests == [f"GET {ONE}", f"POST {ONE}/terminate"]
    assert not stopped_again.changed and late.writes == []
    assert late.msg == "Could not start email campaign 5: it is terminating; only a draft campaign can be started"


def test_schedules(play, account):
    first, second = (datetime.now(UTC) + timedelta(days=days) for days in (1, 2))
    scheduled, again, moved, cancelled, cancelled_again, _scheduled, reset = play(
        [
            action("schedule", id=5, datetime=f"{first:%Y-%m-%dT%H:%M:%SZ}"),
            action("schedule", id=5, datetime=f"{first:%Y-%m-%dT%H:%M:%S+00:00}"),
            action("schedule", id=5, datetime=f"{second:%Y-%m-%dT%H:%M:%SZ}"),
            action("cancel"),
            action("reset"),
            action("schedule", id=5, datetime=f"{first:%Y-%m-%dT%H:%M:%SZ}"),
            action("reset"),
        ]
    )
    assert scheduled.writes == [f"POST {ONE}/schedule"]
    assert scheduled["email_campaign"]["current_state"] == "scheduled"
    assert not again.changed and again.writes == []
    assert moved.writes == [f"POST {ONE}/cancel", f"POST {ONE}/schedule"]
    assert moved["email_campaign"]["current_state_metadata"]["scheduled_at"].startswith(f"{second:%Y-%m-%dT%H:%M:%S}")
    assert cancelled.writes == [f"POST {ONE}/cancel"] and cancelled["email_campaign"]["current_state"] == "draft"
    assert not cancelled_again.changed
    assert reset.writes == [f"POST {ONE}/reset"] and reset["email_campaign"]["current_state"] == "draft"


def test_what_the_service_misses(play_in, account):
    account.seed(email_campaigns=[{"id": 6, "name": "Empty", "domain_id": 940000}])
    far = datetime.now(UTC) + timedelta(days=90)
    steps = play_in(
        "in_process",
        [
            tried(action("start", id=6)),
            tried(action("schedule", id=5, datetime=f"{far:%Y-%m-%dT%H:%M:%SZ}")),
            tried(action("schedule", id=5, datetime="tomorrow")),
            tried(action("schedule", id=5, datetime="2020-01-01T00:00:00Z")),
            tried(action("schedule", id=5)),
            tried(action("start", id=5, datetime="2020-01-01T00:00:00Z")),
            tried(action("start", name="None")),
            tried(action("start", id=4711)),
        ],
    )
    assert steps[0]["errors"] == [
        "Campaign design can't be blank",
        "Campaign audience can't be blank",
        "it needs a body_html",
        "it needs contact_lists, or segments",
    ]
    assert "no more than 1 month ahead" in steps[1].msg
    assert "datetime 'tomorrow' is no time: write 2026-01-31T12:00:00Z" in steps[2].msg
    assert "datetime 2020-01-01T00:00:00Z has passed" in steps[3].msg and steps[3].writes == []
    assert "action is schedule but all of the following are missing: datetime" in steps[4].msg
    assert "datetime is for the action schedule, not start" in steps[5].msg
    assert "there is no email campaign 'None'" in steps[6].msg and steps[7]["status"] == 404


def test_a_start_is_never_repeated(play, account):
    account.fault({"method": "POST", "path": "/start$", "when": "after", "drop": True, "times": 1})
    lost, again = play([tried(action("start")), action("start")])
    assert lost.failed and lost.writes == [f"POST {ONE}/start"]
    assert "it may have taken effect all the same: run again to see" in lost.msg
    assert not again.changed and again["email_campaign"]["current_state"] == "started"


def test_another_time_that_is_refused(play_in, account):
    times = [datetime.now(UTC) + timedelta(days=days) for days in (1, 2)]
    tasks = [action("schedule", id=5, datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}") for at in times]
    account.fault({"method": "POST", "path": "/schedule$", "status": 422, "json": {"errors": "No"}, "skip": 1})
    _first, second = play_in("in_process", [tasks[0], tried(tasks[1])])
    assert second.changed and second["errors"] == ["No", "it was cancelled before, and is a draft now"]


def test_check_mode_does_without_what_an_earlier_task_would_have_made(play_in, account):
    (step,) = play_in("in_process", [action("start", name="New")], "--check")
    assert step.changed and step["email_campaign"] is None
    assert step["warnings"][0].startswith("There is no email campaign 'New'; check mode takes it")
