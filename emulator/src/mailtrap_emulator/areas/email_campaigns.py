# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email campaigns: drafts, and how they are sent (facts 3.22).

Whatever the sources do not tell is as Rails would do it: error keys of nested records with a dot, numbers as text and
text as numbers, sentences of the usual validations.
"""

from datetime import date
from typing import Any

from ..http.call import Call
from ..http.pagination import paginate
from ..http.responses import HttpError, Response, json_response, no_content, unprocessable
from ..http.routing import Routes
from ..model.campaign_messages import CAMPAIGN_MESSAGES, campaign_figures
from ..model.email_campaigns import (
    BEGIN_JOB,
    DELIVERY_MODES,
    DRAFT,
    END_JOB,
    MAX_TEXT,
    RESUME_JOB,
    SCHEDULED,
    SEND_JOB,
    SENDING_STATES,
    STARTED,
    TERMINATING,
    change_state,
    find_local_part_errors,
    find_number_errors,
    find_sending_errors,
    insert_campaign,
    parse_campaign,
    schedule_step,
    start_sending,
)
from ..model.email_templates import MAX_TEMPLATE_BODY, TEMPLATE_BODIES
from ..model.permissions import ADMIN, VIEWER
from ..model.validation import INVALID, cast_text, text_errors, too_long
from ..state.clock import add_months, iso_ms, parse_iso_or_none
from ..state.schedule import cancel_jobs, schedule_at
from ..state.store import Row
from ..state.world import World

routes = Routes(scoped=False)

SCOPE = "email_campaign_permission_scope"

CAMPAIGNS_PATH = "email_campaigns"
CAMPAIGN_PATH = CAMPAIGNS_PATH + "/{email_campaign_id}"


def show(world: World, campaign: Row, *, bodies: bool = True) -> dict:
    """The wire form, in wire order. ``last_started_at_date`` is there once there is one."""
    domain = world.store["domains"].get(campaign["domain_id"])
    started_at = campaign["last_started_at"]
    template = campaign["template"]
    names = ("id", "name", "from_local_part", "from_display_name", "reply_to", "current_state")
    names += ("created_at", "updated_at", "last_started_at")
    return (
        {name: campaign[name] for name in names}
        | ({"last_started_at_date": started_at[:10]} if started_at else {})
        | {name: campaign[name] for name in ("recipient_total_count", "delivery_mode", "delivery_options")}
        | {
            "template": template if bodies else {name: template[name] for name in ("id", "subject", "merge_tags")},
            "domain_id": campaign["domain_id"],
            "domain_name": domain["domain_name"] if domain else None,
        }
        | {name: campaign[name] for name in ("current_state_metadata", "contact_list_ids", "contact_segment_ids")}
    )


def answer(call: Call, campaign: Row) -> dict:
    return {"data": show(call.world, campaign)}


def find(call: Call, level: int) -> Row:
    campaign = call.find_row("email_campaigns", "email_campaign_id")
    call.require_level(call.access.scope(SCOPE), level)
    return campaign


def refused(errors: str | list[str]) -> HttpError:
    """422 E7 or E8."""
    return HttpError(json_response({"errors": errors}, 422))


@routes.get(CAMPAIGNS_PATH)
def list_campaigns(call: Call) -> dict:
    """Newest first."""
    call.require_level(call.access.scope(SCOPE), VIEWER)
    search = (call.query("search") or "").strip()
    rows = [
        row
        for row in reversed(call.world.store["email_campaigns"].select("account", call.account_id))
        if search.lower() in row["name"].lower()
    ]
    return paginate(
        call, rows, lambda row: show(call.world, row, bodies=False), **({"search": search} if search else {})
    )


@routes.post(CAMPAIGNS_PATH)
def create_campaign(call: Call) -> Response:
    call.require_level(call.access.scope(SCOPE), ADMIN)
    empty = {
        "name": None,
        "domain_id": None,
        "from_local_part": None,
        "template": {"subject": None, "merge_tags": [], "body_html": None, "body_text": None},
    }
    values = empty | parse_campaign(call.body, empty["template"])
    check(call, values)
    return json_response(answer(call, insert_campaign(call.world, call.account_id, **values)), 201)


@routes.get(CAMPAIGN_PATH)
def get_campaign(call: Call) -> dict:
    return answer(call, find(call, VIEWER))


@routes.patch(CAMPAIGN_PATH)
def update_campaign(call: Call) -> dict:
    """Partial; lists of ids and of merge tags are replaced whole."""
    campaign = find(call, ADMIN)
    if campaign["current_state"] != DRAFT:
        raise refused("Only draft campaigns can be updated")
    values = parse_campaign(call.body, campaign["template"])
    check(call, values)
    if any(campaign[name] != value for name, value in values.items()):
        call.world.store["email_campaigns"].update(campaign, **values, updated_at=call.world.clock.stamp())
    return answer(call, campaign)


@routes.delete(CAMPAIGN_PATH)
def delete_campaign(call: Call) -> Response:
    campaign = find(call, ADMIN)
    if campaign["current_state"] != DRAFT:
        raise refused("Only draft campaigns can be deleted")
    call.world.store["email_campaigns"].remove(campaign)
    return no_content()


@routes.post(CAMPAIGN_PATH + "/start")
def start_campaign(call: Call) -> dict:
    campaign = find(call, ADMIN)
    require_sendable(call.world, campaign, STARTED)
    start_sending(call.world, campaign)
    return answer(call, campaign)


@routes.post(CAMPAIGN_PATH + "/schedule")
def schedule_campaign(call: Call) -> dict:
    """The words about the time are not known; the bounds are (facts 3.22)."""
    campaign = find(call, ADMIN)
    require_sendable(call.world, campaign, SCHEDULED)
    now = call.world.clock.now()
    moment = parse_iso_or_none(cast_text(call.body, "datetime"))
    if moment is None:
        raise refused(["Datetime is invalid"])
    if moment <= now:
        raise refused(["Datetime must be in the future"])
    if moment > add_months(now, 1):
        raise refused(["Datetime must be no more than 1 month ahead"])
    schedule_at(call.world, moment.timestamp(), BEGIN_JOB, campaign_id=campaign["id"])
    change_state(call.world, campaign, SCHEDULED, {"scheduled_at": iso_ms(moment)})
    return answer(call, campaign)


@routes.post(CAMPAIGN_PATH + "/cancel")
def cancel_campaign(call: Call) -> dict:
    return back_to_draft(call)


@routes.post(CAMPAIGN_PATH + "/reset")
def reset_campaign(call: Call) -> dict:
    return back_to_draft(call)


@routes.post(CAMPAIGN_PATH + "/terminate")
def terminate_campaign(call: Call) -> dict:
    """What has been sent stays sent; the campaign then comes to its end."""
    campaign = find(call, ADMIN)
    if campaign["current_state"] not in SENDING_STATES:
        raise refused(f"Cannot transition from '{campaign['current_state']}' to '{TERMINATING}'")
    for kind in (SEND_JOB, RESUME_JOB):
        cancel_jobs(call.world, kind, campaign_id=campaign["id"])
    change_state(call.world, campaign, TERMINATING)
    schedule_step(call.world, campaign, END_JOB, call.world.settings["campaign_seconds"])
    return answer(call, campaign)


@routes.get(CAMPAIGN_PATH + "/stats")
def get_stats(call: Call) -> dict:
    """Days (YYYY-MM-DD); without them from the last start to today."""
    campaign = find(call, VIEWER)
    start = read_day(call, "start_date") or (campaign["last_started_at"] or "")[:10]
    end = read_day(call, "end_date") or call.world.clock.stamp()[:10]
    rows = call.world.store[CAMPAIGN_MESSAGES.name].select("campaign", campaign["id"])
    return {"data": campaign_figures(rows, start, end)}


def read_day(call: Call, name: str) -> str | None:
    value = call.query(name)
    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError:
        raise HttpError(json_response({"error": "Bad Request"}, 400)) from None


def require_sendable(world: World, campaign: Row, state: str) -> None:
    """422 unless the campaign is a draft that has all it needs to be sent."""
    if campaign["current_state"] != DRAFT:
        raise refused(f"Cannot transition from '{campaign['current_state']}' to '{state}'")
    if errors := find_sending_errors(world, campaign):
        raise refused(errors)


def back_to_draft(call: Call) -> dict:
    campaign = find(call, ADMIN)
    if campaign["current_state"] != SCHEDULED:
        raise refused("Campaign is not scheduled")
    cancel_jobs(call.world, BEGIN_JOB, campaign_id=campaign["id"])
    change_state(call.world, campaign, DRAFT)
    return answer(call, campaign)


def check(call: Call, values: dict[str, Any]) -> None:
    """422 E9 with all that is wrong."""
    errors = {name: [sentence for sentence in found if sentence] for name, found in find_errors(call, values).items()}
    errors = {name: sentences for name, sentences in errors.items() if sentences}
    if errors:
        raise unprocessable(errors)


def find_errors(call: Call, values: dict[str, Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if "name" in values:
        errors["name"] = text_errors(values["name"], maximum=MAX_TEXT)
    if "domain_id" in values:
        domain = call.world.store["domains"].get(values["domain_id"])
        exists = domain is not None and domain["account_id"] == call.account_id
        errors["domain_id"] = [] if exists else ["must exist"]
    if "from_local_part" in values:
        errors["from_local_part"] = find_local_part_errors(values["from_local_part"])
    if len(values.get("from_display_name") or "") > MAX_TEXT:
        errors["from_display_name"] = [too_long(MAX_TEXT)]
    if values.get("reply_to", {}).get("local_part"):
        errors["reply_to.local_part"] = find_local_part_errors(values["reply_to"]["local_part"])
    if values.get("delivery_mode", DELIVERY_MODES[0]) not in DELIVERY_MODES:
        errors["delivery_mode"] = ["is not included in the list"]
    per_hour = values.get("delivery_options", {}).get("emails_per_hour")
    if per_hour is not None:
        errors["delivery_options.emails_per_hour"] = find_number_errors(per_hour)
    for name in ("contact_list_ids", "contact_segment_ids"):
        if not all(values.get(name, [])):
            errors[name] = [INVALID]
    if "template" in values:
        template = values["template"]
        errors["template.subject"] = text_errors(template["subject"], maximum=MAX_TEXT)
        for name in TEMPLATE_BODIES:
            if len(template[name] or "") > MAX_TEMPLATE_BODY:
                errors[f"template.{name}"] = [too_long(MAX_TEMPLATE_BODY)]
    return errors
