# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The states of email campaigns, and the actions that lead from one to the next (docs/service.md#email-campaigns)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterable, List, Optional, Tuple

from .._api.errors import MailtrapError
from .._engine.times import parse_time

if TYPE_CHECKING:
    from datetime import datetime

    from .._api.json_types import JsonObject

DRAFT, SCHEDULED, PAUSED = "draft", "scheduled", "paused"
_STARTED = ("started", "queued", "under_review", "finished")
_FAILED = ("failed", "failed_immediately")


@dataclass(frozen=True)
class Action:
    """An action on a campaign.

    :ivar allowed_states: the states in which it is possible.
    :ivar next_state: the state that it leads to.
    :ivar done_states: the states in which the action has nothing left to do.
    :ivar participle: the past participle of the action's verb, for messages.
    """

    allowed_states: Tuple[str, ...]
    next_state: str
    done_states: Tuple[str, ...]
    participle: str


ACTIONS = {
    "start": Action((DRAFT,), "started", _STARTED, "started"),
    "schedule": Action((DRAFT, SCHEDULED), SCHEDULED, (), "scheduled"),
    "cancel": Action((SCHEDULED,), DRAFT, (DRAFT,), "cancelled"),
    "reset": Action((SCHEDULED,), DRAFT, (DRAFT,), "reset"),
    "terminate": Action(
        ("started", "queued", PAUSED), "terminating", (DRAFT, "terminating", "finished", *_FAILED), "terminated"
    ),
}

# Notes about states that do not allow an action.
_STATE_NOTES = {
    SCHEDULED: "cancel it first",
    PAUSED: "Mailtrap paused it; its page on the website shows why",
    "under_review": "Mailtrap reviews it before sending",
}
# The word after "Campaign" in the error of the service -> how to correct the campaign.
_REFUSAL_ADVICE = {
    "design": "give it a body_html",
    "audience": "give it contact_lists, or segments",
    "domain": "run community.mailtrap.domain_verification to see what the domain lacks",
}


def explain_read_only(campaign: JsonObject) -> Optional[str]:
    """Return why a campaign cannot be changed or deleted, or None."""
    state = campaign.get("current_state")
    if state == DRAFT:
        return None
    advice = "; community.mailtrap.email_campaign_action can cancel it" if state == SCHEDULED else ""
    return f"it is {state}, and only a draft can be changed or deleted{advice}"


def plan_actions(
    action: str, campaign: JsonObject, send_at: Optional[datetime] = None, now: Optional[datetime] = None
) -> List[str]:
    """Return the actions to perform so that a campaign is in the state that an action leads to; empty if it already is.

    :param action: a key of ACTIONS.
    :param send_at: the time at which a campaign is to be sent, for ``schedule``.
    :raises MailtrapError: if the state of the campaign does not allow the action.
    """
    state, wanted = campaign.get("current_state"), ACTIONS[action]
    if state in wanted.done_states or (action == "schedule" and _is_scheduled(campaign, send_at, now)):
        return []
    if state not in wanted.allowed_states:
        raise MailtrapError(_explain_state(action, campaign))
    if send_at and now and send_at <= now:
        raise MailtrapError(f"datetime {send_at:%Y-%m-%dT%H:%M:%SZ} is in the past")
    return ["cancel", action] if action == "schedule" and state == SCHEDULED else [action]


def get_refusal_advice(messages: Iterable[str]) -> List[str]:
    """Return advice about the reasons for which the service refused an action."""
    texts = list(messages)
    return [advice for word, advice in _REFUSAL_ADVICE.items() if any(f"Campaign {word}" in text for text in texts)]


def _is_scheduled(campaign: JsonObject, send_at: Optional[datetime], now: Optional[datetime]) -> bool:
    """Return whether a campaign is scheduled for a time, or has been started and the time has passed."""
    if campaign.get("current_state") == SCHEDULED:
        return parse_time((campaign.get("current_state_metadata") or {}).get("scheduled_at") or "") == send_at
    return campaign.get("current_state") in _STARTED and send_at is not None and now is not None and send_at <= now


def _explain_state(action: str, campaign: JsonObject) -> str:
    state, wanted = campaign.get("current_state"), ACTIONS[action]
    metadata = campaign.get("current_state_metadata") or {}
    reason = f"it is {state}"
    if state == SCHEDULED and metadata.get("scheduled_at"):
        reason += f" for {metadata['scheduled_at']}"
    if state in _FAILED:
        reason = f"it has {str(state).replace('_', ' ')}: {metadata.get('error') or 'Mailtrap gives no reason'}"
    note = f" ({_STATE_NOTES[state]})" if state in _STATE_NOTES else ""
    return f"{reason}{note}; only a {' or '.join(wanted.allowed_states)} campaign can be {wanted.participle}"
