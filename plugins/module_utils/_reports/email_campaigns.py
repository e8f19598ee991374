# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read email campaigns and their statistics, and start, schedule or stop them (docs/service.md#email-campaigns)."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Dict, Optional

from .._api.errors import MailtrapError, attempting, unexpected_answer, warn_of_possible_effect
from .._engine.check_mode import run_unless_check_mode
from .._engine.directory import unwrap
from .._engine.lookup import find_object, find_objects
from .._engine.times import parse_day, parse_time
from .._resources.campaign_states import ACTIONS, get_refusal_advice, plan_actions
from .._resources.email_campaigns import EMAIL_CAMPAIGN

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import Json, JsonObject, Options, Result

# The details of a campaign that take requests of their own.
DETAILS = ("bodies", "stats")
_DIFF_FIELDS = ("id", "name", "current_state")


def read_email_campaigns(client: Client, options: Options, check_mode: bool) -> Result:
    """Read the matching campaigns, newest first, with the details that the options include.

    :raises MailtrapError: if an option is invalid or a request fails.
    """
    with attempting("read the email campaigns"):
        period = _parse_period(options)
    lookup = find_objects(client, EMAIL_CAMPAIGN, options, check_mode)
    campaigns = lookup.found
    with attempting("read the email campaigns"):
        if "bodies" in options["include"] and options["id"] is None:
            paths = [EMAIL_CAMPAIGN.object_path(campaign["id"]) for campaign in campaigns]
            # A campaign that was deleted after the list was read is left out.
            campaigns = [unwrap(answer) for answer in map(client.get_if_found, paths) if answer is not None]
        if "stats" in options["include"]:
            campaigns = [
                {
                    **campaign,
                    "stats": unwrap(client.get(f"{EMAIL_CAMPAIGN.object_path(campaign['id'])}/stats", period)),
                }
                for campaign in campaigns
            ]
    return {"changed": False, "email_campaigns": campaigns, "warnings": lookup.warnings}


def run_campaign_action(client: Client, options: Options, check_mode: bool) -> Result:
    """Start, schedule, cancel, reset or terminate a campaign, unless its state shows that this was done.

    :raises MailtrapError: if the campaign's state does not allow the action, or a request fails.
    """
    label = options["id"] if options["id"] is not None else repr(options["name"])
    action, now = options["action"], datetime.now(timezone.utc)
    with attempting(f"{action} email campaign {label}"):
        send_at = _parse_datetime(options["datetime"])
        if send_at and action != "schedule":
            raise MailtrapError(f"datetime requires the action schedule, not {action}")
        lookup = find_object(client, EMAIL_CAMPAIGN, {"id": options["id"], "name": options["name"]}, check_mode)
        if not lookup.found:
            return {"changed": True, "email_campaign": None, "warnings": lookup.warnings}
        path = EMAIL_CAMPAIGN.object_path(lookup.found["id"])
        before = lookup.found if "current_state" in lookup.found else _parse_campaign(client.get(path), "GET", path)
        after = before
        requests = plan_actions(action, before, send_at, now)
        for request in requests:
            body = {"datetime": f"{send_at:%Y-%m-%dT%H:%M:%SZ}"} if request == "schedule" else None
            predicted = {**after, "current_state": ACTIONS[request].next_state}
            send = partial(_send_action, client, path, request, body, was_cancelled=request != requests[0])
            after = run_unless_check_mode(check_mode, send, predicted)
    return {
        "changed": bool(requests),
        "email_campaign": after,
        "diff": {
            "before": {name: before.get(name) for name in _DIFF_FIELDS},
            "after": {name: after.get(name) for name in _DIFF_FIELDS},
        },
    }


def _send_action(client: Client, path: str, action: str, body: Optional[JsonObject], was_cancelled: bool) -> JsonObject:
    """Send the request of an action once, and return the campaign that it returns.

    :param was_cancelled: whether an earlier request of the task cancelled the campaign's schedule.
    """
    try:
        return _parse_campaign(client.request("POST", f"{path}/{action}", body), "POST", path)
    except MailtrapError as error:
        error.messages.extend(get_refusal_advice(error.messages))
        warn_of_possible_effect(error, "run the task again to find out")
        if was_cancelled:
            error.data = {"changed": True}
            error.messages.append("the earlier schedule was cancelled, so the campaign is a draft now")
        raise


def _parse_campaign(answer: Json, method: str, path: str) -> JsonObject:
    campaign = unwrap(answer)
    if not isinstance(campaign, dict) or "current_state" not in campaign:
        raise unexpected_answer("email campaign", method, path)
    return campaign


def _parse_datetime(text: Optional[str]) -> Optional[datetime]:
    """Parse the time at which a campaign is sent, to the second."""
    if text is None:
        return None
    time = parse_time(text)
    if time is None:
        raise MailtrapError(f"datetime {text!r} is not a valid time: use a format such as 2026-01-31T12:00:00Z")
    return time.replace(microsecond=0)


def _parse_period(options: Options) -> Dict[str, str]:
    """Return the query parameters for the period of the statistics."""
    texts = {name: options[name] for name in ("start_date", "end_date") if options[name] is not None}
    now = datetime.now(timezone.utc)
    return {name: str(parse_day(text, now, name)) for name, text in texts.items()}
