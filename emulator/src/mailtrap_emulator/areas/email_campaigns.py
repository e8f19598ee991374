# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email campaigns: drafts, and how they are sent (docs/service.md#email-campaigns).

If the sources are silent, campaigns behave like a Rails application: error keys of nested records have a dot, numbers
may be text and text may be a number, and errors have the default texts.
"""

from datetime import date

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
from ..state.json_codec import JsonObject
from ..state.schedule import cancel_jobs, schedule_at
from ..state.store import Row
from ..state.world import World

routes = Routes(scoped=False)

SCOPE = "email_campaign_permission_scope"

CAMPAIGNS_PATH = "email_campaigns"
CAMPAIGN_PATH = CAMPAIGNS_PATH + "/{email_campaign_id}"

LEADING_FIELDS = (
    "id",
    "name",
    "from_local_part",
    "from_display_name",
    "reply_to",
    "current_state",
    "created_at",
    "updated_at",
    "last_started_at",
)


def show_campaign(world: World, campaign: Row, *, with_bodies: bool = True) -> JsonObject:
    """Convert a campaign to its wire form, with keys in wire order.

    ``last_started_at_date`` is missing before the first start.
    """
    domain = world.store["domains"].get(campaign["domain_id"])
    started_at = campaign["last_started_at"]
    template = campaign["template"]
    if not with_bodies:
        template = {name: template[name] for name in ("id", "subject", "merge_tags")}
    return (
        {name: campaign[name] for name in LEADING_FIELDS}
        | ({"last_started_at_date": started_at[:10]} if started_at else {})
        | {name: campaign[name] for name in ("recipient_total_count", "delivery_mode", "delivery_options")}
        | {
            "template": template,
            "domain_id": campaign["domain_id"],
            "domain_name": domain["domain_name"] if domain else None,
        }
        | {name: campaign[name] for name in ("current_state_metadata", "contact_list_ids", "contact_segment_ids")}
    )


def wrap_campaign(call: Call, campaign: Row) -> JsonObject:
    """Return the wire form of a campaign in its ``data`` envelope."""
    return {"data": show_campaign(call.world, campaign)}


def find_campaign(call: Call, level: int) -> Row:
    """Return the campaign in the path.

    :raises HttpError: 404, or 403 if the token does not have ``level`` on campaigns.
    """
    campaign = call.find_row("email_campaigns", "email_campaign_id")
    call.require_level(call.access.scope(SCOPE), level)
    return campaign


def campaign_error(errors: str | list[str]) -> HttpError:
    """Make a 422 error with a text (E7) or a list of texts (E8 in docs/service.md#error-bodies)."""
    return HttpError(json_response({"errors": errors}, 422))


@routes.get(CAMPAIGNS_PATH)
def list_campaigns(call: Call) -> JsonObject:
    """List campaigns, newest first. ``search`` finds a part of the name, ignoring case."""
    call.require_level(call.access.scope(SCOPE), VIEWER)
    search = (call.query("search") or "").strip()
    rows = [
        row
        for row in reversed(call.world.store["email_campaigns"].select("account", call.account_id))
        if search.lower() in row["name"].lower()
    ]
    parameters = {"search": search} if search else {}
    return paginate(call, rows, lambda row: show_campaign(call.world, row, with_bodies=False), **parameters)


@routes.post(CAMPAIGNS_PATH)
def create_campaign(call: Call) -> Response:
    call.require_level(call.access.scope(SCOPE), ADMIN)
    template: JsonObject = {"subject": None, "merge_tags": [], "body_html": None, "body_text": None}
    required: JsonObject = {"name": None, "domain_id": None, "from_local_part": None, "template": template}
    values = required | parse_campaign(call.body, template)
    check_campaign(call, values)
    return json_response(wrap_campaign(call, insert_campaign(call.world, call.account_id, **values)), 201)


@routes.get(CAMPAIGN_PATH)
def get_campaign(call: Call) -> JsonObject:
    return wrap_campaign(call, find_campaign(call, VIEWER))


@routes.patch(CAMPAIGN_PATH)
def update_campaign(call: Call) -> JsonObject:
    """Update the given fields of a draft. Lists of ids and merge tags are replaced, not merged."""
    campaign = find_campaign(call, ADMIN)
    if campaign["current_state"] != DRAFT:
        raise campaign_error("Only draft campaigns can be updated")
    values = parse_campaign(call.body, campaign["template"])
    check_campaign(call, values)
    if any(campaign[name] != value for name, value in values.items()):
        call.world.store["email_campaigns"].update(campaign, **values, updated_at=call.world.clock.stamp())
    return wrap_campaign(call, campaign)


@routes.delete(CAMPAIGN_PATH)
def delete_campaign(call: Call) -> Response:
    campaign = find_campaign(call, ADMIN)
    if campaign["current_state"] != DRAFT:
        raise campaign_error("Only draft campaigns can be deleted")
    call.world.store["email_campaigns"].remove(campaign)
    return no_content()


@routes.post(CAMPAIGN_PATH + "/start")
def start_campaign(call: Call) -> JsonObject:
    campaign = find_campaign(call, ADMIN)
    check_sendable(call.world, campaign, STARTED)
    start_sending(call.world, campaign)
    return wrap_campaign(call, campaign)


@routes.post(CAMPAIGN_PATH + "/schedule")
def schedule_campaign(call: Call) -> JsonObject:
    """Schedule a draft for a time within a month. The texts about the time are not from the service."""
    campaign = find_campaign(call, ADMIN)
    check_sendable(call.world, campaign, SCHEDULED)
    now = call.world.clock.now()
    moment = parse_iso_or_none(cast_text(call.body, "datetime"))
    if moment is None:
        raise campaign_error(["Datetime is invalid"])
    if moment <= now:
        raise campaign_error(["Datetime must be in the future"])
    if moment > add_months(now, 1):
        raise campaign_error(["Datetime must be no more than 1 month ahead"])
    schedule_at(call.world, moment.timestamp(), BEGIN_JOB, campaign_id=campaign["id"])
    change_state(call.world, campaign, SCHEDULED, {"scheduled_at": iso_ms(moment)})
    return wrap_campaign(call, campaign)


@routes.post(CAMPAIGN_PATH + "/cancel")
def cancel_campaign(call: Call) -> JsonObject:
    """Cancel the schedule of a campaign."""
    return return_to_draft(call)


@routes.post(CAMPAIGN_PATH + "/reset")
def reset_campaign(call: Call) -> JsonObject:
    """Reset a scheduled campaign to a draft. The emulator does the same as for cancel."""
    return return_to_draft(call)


@routes.post(CAMPAIGN_PATH + "/terminate")
def terminate_campaign(call: Call) -> JsonObject:
    """Stop sending. The campaign finishes without the messages that were not sent yet."""
    campaign = find_campaign(call, ADMIN)
    if campaign["current_state"] not in SENDING_STATES:
        raise campaign_error(f"Cannot transition from '{campaign['current_state']}' to '{TERMINATING}'")
    for job_type in (SEND_JOB, RESUME_JOB):
        cancel_jobs(call.world, job_type, campaign_id=campaign["id"])
    change_state(call.world, campaign, TERMINATING)
    schedule_step(call.world, campaign, END_JOB, call.world.settings["campaign_seconds"])
    return wrap_campaign(call, campaign)


@routes.get(CAMPAIGN_PATH + "/stats")
def get_stats(call: Call) -> JsonObject:
    """Show statistics from ``start_date`` to ``end_date`` (YYYY-MM-DD), by default from the last start to today."""
    campaign = find_campaign(call, VIEWER)
    start = parse_date(call, "start_date") or (campaign["last_started_at"] or "")[:10]
    end = parse_date(call, "end_date") or call.world.clock.stamp()[:10]
    rows = call.world.store[CAMPAIGN_MESSAGES.name].select("campaign", campaign["id"])
    return {"data": campaign_figures(rows, start, end)}


def parse_date(call: Call, name: str) -> str | None:
    """Parse a date of the query as YYYY-MM-DD, or return None if it is missing.

    :raises HttpError: 400 if it is not a date.
    """
    value = call.query(name)
    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError:
        raise HttpError(json_response({"error": "Bad Request"}, 400)) from None


def check_sendable(world: World, campaign: Row, state: str) -> None:
    """Check that a campaign is a complete draft, which can change to ``state``.

    :raises HttpError: 422 if it is not.
    """
    if campaign["current_state"] != DRAFT:
        raise campaign_error(f"Cannot transition from '{campaign['current_state']}' to '{state}'")
    if errors := find_sending_errors(world, campaign):
        raise campaign_error(errors)


def return_to_draft(call: Call) -> JsonObject:
    """Make a scheduled campaign a draft again and return its wire form.

    :raises HttpError: 422 if it is not scheduled.
    """
    campaign = find_campaign(call, ADMIN)
    if campaign["current_state"] != SCHEDULED:
        raise campaign_error("Campaign is not scheduled")
    cancel_jobs(call.world, BEGIN_JOB, campaign_id=campaign["id"])
    change_state(call.world, campaign, DRAFT)
    return wrap_campaign(call, campaign)


def check_campaign(call: Call, values: JsonObject) -> None:
    """Validate values of a campaign.

    :raises HttpError: 422 with all errors.
    """
    errors = {name: texts for name, texts in find_campaign_errors(call, values).items() if any(texts)}
    if errors:
        raise unprocessable(errors)


def find_campaign_errors(call: Call, values: JsonObject) -> dict[str, list[str]]:
    """Return the errors of each given field. The list of a valid field may be empty."""
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
