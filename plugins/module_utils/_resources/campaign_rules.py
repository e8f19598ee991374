# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Campaigns: what a draft may say, and the way of a campaign from one state to the next (facts 3.22). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

from .._api.errors import MailtrapError
from .._engine.times import instant

DRAFT, SCHEDULED, PAUSED = "draft", "scheduled", "paused"
_SENT = ("started", "queued", "under_review", "finished")
_FAILED = ("failed", "failed_immediately")
_MOST_PER_HOUR = 150_000

REPLY_TO = {
    "type": "dict",
    "options": {"display_name": {"type": "str"}, "local_part": {"type": "str"}, "domain": {"type": "str"}},
}


@dataclass(frozen=True)
class Action:
    """What can be done to a campaign.

    :ivar begins: tuple of str, the states in which it is done. :ivar becomes: str, the state that it leads to.
    :ivar needless: tuple of str, the states in which it has been done, or there is nothing to do.
    :ivar done: str, the participle.
    """

    begins: Tuple[str, ...]
    becomes: str
    needless: Tuple[str, ...]
    done: str


ACTIONS = {
    "start": Action((DRAFT,), "started", _SENT, "started"),
    "schedule": Action((DRAFT, SCHEDULED), SCHEDULED, (), "scheduled"),
    "cancel": Action((SCHEDULED,), DRAFT, (DRAFT,), "cancelled"),
    "reset": Action((SCHEDULED,), DRAFT, (DRAFT,), "reset"),
    "terminate": Action(
        ("started", "queued", PAUSED), "terminating", (DRAFT, "terminating", "finished", *_FAILED), "terminated"
    ),
}

# What a state means for those who want something else. The words of a refusal -> what there is to do.
_ADVICE = {
    SCHEDULED: "cancel that first",
    PAUSED: "the service has paused it, and says why on its page",
    "under_review": "the service looks at it before it is sent",
}
_HINTS = {
    "design": "it needs a body_html",
    "audience": "it needs contact_lists, or segments",
    "domain": "community.mailtrap.domain_verification tells what the domain lacks",
}


def without_blanks(value, now=None):
    """Return a dict without what is not given: dict."""
    return {name: text for name, text in (value or {}).items() if text is not None}


def throttle_fault(number):
    """Return what is wrong with a number of mails an hour: str, or None."""
    return None if 1 <= number <= _MOST_PER_HOUR else f"is {number}; the service takes 1 to {_MOST_PER_HOUR}"


def frozen(campaign):
    """Return why a campaign cannot be changed or deleted: str, or None."""
    state = campaign.get("current_state")
    if state == DRAFT:
        return None
    advice = "; community.mailtrap.email_campaign_action can cancel it" if state == SCHEDULED else ""
    return f"it is {state}, and only a draft can be changed or deleted{advice}"


def steps(action, campaign, at=None, now=None):
    """Return what to ask the service for, so that a campaign gets to where an action leads: list of str.

    :param action: str, one of ACTIONS. :param campaign: dict. :param at: datetime, when it is to be sent, or None.
    :param now: datetime.
    :raises MailtrapError: when that cannot be done to a campaign in such a state.
    """
    state, way = campaign.get("current_state"), ACTIONS[action]
    if state in way.needless or (action == "schedule" and _is_scheduled(campaign, at, now)):
        return []
    if state not in way.begins:
        raise MailtrapError(_refusal(action, campaign))
    if at and at <= now:
        raise MailtrapError(f"datetime {at:%Y-%m-%dT%H:%M:%SZ} has passed")
    return ["cancel", action] if action == "schedule" and state == SCHEDULED else [action]


def hints(messages):
    """Return what there is to do about the reasons of a refusal: list of str."""
    return [hint for word, hint in _HINTS.items() if any(f"Campaign {word}" in message for message in messages)]


def _is_scheduled(campaign, at, now):
    """Say whether a campaign is to be sent at a time, or has been sent since it passed: bool."""
    if campaign.get("current_state") == SCHEDULED:
        return instant((campaign.get("current_state_metadata") or {}).get("scheduled_at") or "") == at
    return campaign.get("current_state") in _SENT and at <= now


def _refusal(action, campaign):
    state, way = campaign.get("current_state"), ACTIONS[action]
    metadata = campaign.get("current_state_metadata") or {}
    is_so = f"it is {state}"
    if state == SCHEDULED and metadata.get("scheduled_at"):
        is_so += f" for {metadata['scheduled_at']}"
    if state in _FAILED:
        is_so = f"it has {state.replace('_', ' ')}: {metadata.get('error') or 'the service does not say why'}"
    advice = f" ({_ADVICE[state]})" if state in _ADVICE else ""
    return f"{is_so}{advice}; only a {' or '.join(way.begins)} campaign can be {way.done}"
