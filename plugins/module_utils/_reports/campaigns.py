# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read campaigns with their figures, and send them on their way."""

from __future__ import annotations

from datetime import datetime, timezone

from .._api.errors import MailtrapError, attempting
from .._engine.directory import unwrap
from .._engine.lookup import find_object, find_objects
from .._engine.times import day, instant
from .._resources.campaign_states import ACTIONS, get_refusal_advice, plan_actions
from .._resources.catalog import EMAIL_CAMPAIGN

PARTS = ("bodies", "stats")


def read_campaigns(client, options, check_mode):
    """Read campaigns, and what is wanted of each besides.

    :param options: dict, the options of community.mailtrap.email_campaign_info.
    :returns: dict with email_campaigns: list of dict, newest first.
    """
    with attempting("read the email campaigns"):
        query = _days(options)
    lookup = find_objects(client, EMAIL_CAMPAIGN, options, check_mode)
    found = lookup.found
    with attempting("read the email campaigns"):
        if "bodies" in options["include"] and options["id"] is None:
            paths = [EMAIL_CAMPAIGN.object_path(one["id"]) for one in found]
            found = [unwrap(whole) for whole in map(client.get_if_found, paths) if whole is not None]
        if "stats" in options["include"]:
            found = [
                {**one, "stats": unwrap(client.get(f"{EMAIL_CAMPAIGN.object_path(one['id'])}/stats", query))}
                for one in found
            ]
    return {"changed": False, "email_campaigns": found, "warnings": lookup.warnings}


def act(client, options, check_mode):
    """Do something to a campaign that its state does not say has been done.

    :param options: dict, the options of community.mailtrap.email_campaign_action.
    :returns: dict, the result of the task.
    :raises MailtrapError: it says so when it may have been done.
    """
    called = options["id"] if options["id"] is not None else repr(options["name"])
    action, now = options["action"], datetime.now(timezone.utc)
    with attempting(f"{action} email campaign {called}"):
        at = _time(options["datetime"])
        if at and action != "schedule":
            raise MailtrapError(f"datetime is for the action schedule, not {action}")
        lookup = find_object(client, EMAIL_CAMPAIGN, {"id": options["id"], "name": options["name"]}, check_mode)
        if not lookup.found:
            return {"changed": True, "email_campaign": None, "warnings": lookup.warnings}
        path = EMAIL_CAMPAIGN.object_path(lookup.found["id"])
        before = after = lookup.found if "current_state" in lookup.found else _campaign(client.get(path), "GET", path)
        todo = plan_actions(action, before, at, now)
        for number, step in enumerate(todo):
            body = {"datetime": f"{at:%Y-%m-%dT%H:%M:%SZ}"} if step == "schedule" else None
            if check_mode:
                after = {**after, "current_state": ACTIONS[step].next_state}
            else:
                after = _taken(client, path, step, body, number)
    told = [{name: one.get(name) for name in ("id", "name", "current_state")} for one in (before, after)]
    return {
        "changed": bool(todo),
        "email_campaign": after,
        "diff": {"before": told[0], "after": told[1]},
    }


def _taken(client, path, step, body, number):
    """Take one step, once, and return the campaign as it is then: dict."""
    try:
        return _campaign(client.request("POST", f"{path}/{step}", body), "POST", path)
    except MailtrapError as error:
        error.messages.extend(get_refusal_advice(error.messages))
        if error.uncertain:
            error.messages.append("it may have taken effect all the same: run again to see")
        if number:
            error.data = {"changed": True}
            error.messages.append("it was cancelled before, and is a draft now")
        raise


def _campaign(answer, method, path):
    found = unwrap(answer)
    if not isinstance(found, dict) or "current_state" not in found:
        sentence = "the service's answer holds no email campaign"
        raise MailtrapError(sentence, method=method, path=path, uncertain=method != "GET")
    return found


def _time(text):
    if text is None:
        return None
    at = instant(text)
    if at is None:
        raise MailtrapError(f"datetime {text!r} is no time: write 2026-01-31T12:00:00Z")
    return at.replace(microsecond=0)


def _days(options):
    """Return what the figures are narrowed by: dict."""
    given = {name: options[name] for name in ("start_date", "end_date") if options[name] is not None}
    now = datetime.now(timezone.utc)
    return {name: str(day(text, now, name)) for name, text in given.items()}
