# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is done to a campaign in which state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._resources.campaign_states import (
    ACTIONS,
    explain_read_only,
    get_refusal_advice,
    plan_actions,
)
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import EMAIL_CAMPAIGN

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(days=1), NOW - timedelta(days=1)
FINAL = ["finished", "failed", "failed_immediately"]
STATES = [*FINAL, "draft", "scheduled", "started", "queued", "paused", "terminating", "under_review", "new_to_us"]

# State -> the request that the action takes; "" for none. Any other state is a refusal.
TABLE = {
    "start": {"draft": "start", "started": "", "queued": "", "under_review": "", "finished": ""},
    "cancel": {"scheduled": "cancel", "draft": ""},
    "reset": {"scheduled": "reset", "draft": ""},
    "terminate": {
        "started": "terminate",
        "queued": "terminate",
        "paused": "terminate",
        "draft": "",
        "terminating": "",
        "finished": "",
        "failed": "",
        "failed_immediately": "",
    },
}


@pytest.mark.parametrize("action", TABLE)
@pytest.mark.parametrize("state", STATES)
def test_every_action_in_every_state(action, state):
    if state in TABLE[action]:
        assert plan_actions(action, {"current_state": state}, None, NOW) == [
            step for step in [TABLE[action][state]] if step
        ]
    else:
        with pytest.raises(MailtrapError, match=f"; only a .* campaign can be {ACTIONS[action].participle}"):
            plan_actions(action, {"current_state": state}, None, NOW)


def scheduled(at):
    return {"current_state": "scheduled", "current_state_metadata": {"scheduled_at": f"{at:%Y-%m-%dT%H:%M:%S}.000Z"}}


@pytest.mark.parametrize(
    "campaign, at, todo",
    [
        ({"current_state": "draft"}, LATER, ["schedule"]),
        (scheduled(LATER), LATER, []),
        (scheduled(LATER), LATER + timedelta(hours=1), ["cancel", "schedule"]),
        ({"current_state": "scheduled"}, LATER, ["cancel", "schedule"]),
        ({"current_state": "finished"}, EARLIER, []),
        ({"current_state": "started"}, EARLIER, []),
    ],
)
def test_schedules(campaign, at, todo):
    assert plan_actions("schedule", campaign, at, NOW) == todo


@pytest.mark.parametrize(
    "campaign, at, reason",
    [
        ({"current_state": "draft"}, EARLIER, "datetime 2026-04-30T12:00:00Z has passed"),
        (scheduled(LATER), EARLIER, "datetime 2026-04-30T12:00:00Z has passed"),
        ({"current_state": "started"}, LATER, "it is started; only a draft or scheduled campaign can be scheduled"),
    ],
)
def test_schedules_that_cannot_be(campaign, at, reason):
    with pytest.raises(MailtrapError, match=f"^{reason}$"):
        plan_actions("schedule", campaign, at, NOW)


def test_refusals_tell_what_there_is_to_know():
    with pytest.raises(MailtrapError, match=r"it is scheduled for 2026-05-02T12:00:00.000Z \(cancel it first\); only"):
        plan_actions("start", scheduled(LATER), None, NOW)
    campaign = {"current_state": "failed_immediately", "current_state_metadata": {"error": "No domain"}}
    with pytest.raises(
        MailtrapError, match="it has failed immediately: No domain; only a draft campaign can be started"
    ):
        plan_actions("start", campaign, None, NOW)


@pytest.mark.parametrize("state", STATES)
def test_only_drafts_change(state):
    assert (explain_read_only({"current_state": state}) is None) == (state == "draft")


def test_hints():
    assert get_refusal_advice(["Campaign design can't be blank"]) == ["give it a body_html"]
    assert get_refusal_advice(["Only draft campaigns can be updated"]) == []


@pytest.mark.parametrize("number, is_fine", [(1, True), (150_000, True), (0, False), (150_001, False)])
def test_throttles(number, is_fine):
    assert (EMAIL_CAMPAIGN.field("emails_per_hour").validate(number) is None) == is_fine
