# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions on campaigns, by state."""

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

# The request of each action, by state; "" if none is needed. Any other state is refused.
REQUESTS = {
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


@pytest.mark.parametrize("action", REQUESTS)
@pytest.mark.parametrize("state", STATES)
def test_every_action_in_every_state(action, state):
    if state in REQUESTS[action]:
        request = REQUESTS[action][state]
        assert plan_actions(action, {"current_state": state}, None, NOW) == ([request] if request else [])
    else:
        with pytest.raises(MailtrapError, match=f"; only a .* campaign can be {ACTIONS[action].participle}"):
            plan_actions(action, {"current_state": state}, None, NOW)


def make_scheduled(time):
    metadata = {"scheduled_at": f"{time:%Y-%m-%dT%H:%M:%S}.000Z"}
    return {"current_state": "scheduled", "current_state_metadata": metadata}


@pytest.mark.parametrize(
    "campaign, send_at, actions",
    [
        ({"current_state": "draft"}, LATER, ["schedule"]),
        (make_scheduled(LATER), LATER, []),
        (make_scheduled(LATER), LATER + timedelta(hours=1), ["cancel", "schedule"]),
        ({"current_state": "scheduled"}, LATER, ["cancel", "schedule"]),
        ({"current_state": "finished"}, EARLIER, []),
        ({"current_state": "started"}, EARLIER, []),
    ],
)
def test_schedule(campaign, send_at, actions):
    assert plan_actions("schedule", campaign, send_at, NOW) == actions


@pytest.mark.parametrize(
    "campaign, send_at, reason",
    [
        ({"current_state": "draft"}, EARLIER, "datetime 2026-04-30T12:00:00Z is in the past"),
        (make_scheduled(LATER), EARLIER, "datetime 2026-04-30T12:00:00Z is in the past"),
        ({"current_state": "started"}, LATER, "it is started; only a draft or scheduled campaign can be scheduled"),
    ],
)
def test_invalid_schedule_is_refused(campaign, send_at, reason):
    with pytest.raises(MailtrapError, match=f"^{reason}$"):
        plan_actions("schedule", campaign, send_at, NOW)


def test_refusal_explains_the_state():
    with pytest.raises(MailtrapError, match=r"it is scheduled for 2026-05-02T12:00:00.000Z \(cancel it first\); only"):
        plan_actions("start", make_scheduled(LATER), None, NOW)
    campaign = {"current_state": "failed_immediately", "current_state_metadata": {"error": "No domain"}}
    with pytest.raises(
        MailtrapError, match="it has failed immediately: No domain; only a draft campaign can be started"
    ):
        plan_actions("start", campaign, None, NOW)


@pytest.mark.parametrize("state", STATES)
def test_only_drafts_can_be_changed(state):
    assert (explain_read_only({"current_state": state}) is None) == (state == "draft")


def test_get_refusal_advice():
    assert get_refusal_advice(["Campaign design can't be blank"]) == ["give it a body_html"]
    assert get_refusal_advice(["Only draft campaigns can be updated"]) == []


@pytest.mark.parametrize("number, is_valid", [(1, True), (150_000, True), (0, False), (150_001, False)])
def test_throttle(number, is_valid):
    assert (EMAIL_CAMPAIGN.get_field("emails_per_hour").validate(number) is None) == is_valid
