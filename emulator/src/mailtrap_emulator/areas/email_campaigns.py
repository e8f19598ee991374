# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email campaigns: drafts, and how they are sent (facts 3.22).

Whatever the sources do not tell is as Rails would do it: error keys of nested records with a dot, numbers as text and
text as numbers, sentences of the usual validations.
"""

import re
from datetime import date
from typing import Any

from .. import campaign_mail, schedule, verification
from ..access import ADMIN, VIEWER
from ..call import BLANK, INVALID, Call, is_given, text, text_errors, too_long
from ..clock import iso_ms, months_later, read_moment
from ..errors import ControlError
from ..handlebars import TemplateError
from ..paging import paged
from ..replies import Refusal, Reply, json_reply, no_content, unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..world import World
from . import templates
from .api_tokens import read_number

CAMPAIGNS = TableSpec("email_campaigns", 37_000, groups={"account": lambda row: row["account_id"]})
# Only counted: the template of a campaign is a part of it.
CAMPAIGN_TEMPLATES = TableSpec("campaign_templates", 61_000)
TABLES = [CAMPAIGNS, campaign_mail.MESSAGES]
LISTENERS = [campaign_mail.note]
routes = Routes(scoped=False)

SCOPE = "email_campaign_permission_scope"
DRAFT, SCHEDULED, STARTED, QUEUED, PAUSED = "draft", "scheduled", "started", "queued", "paused"
TERMINATING, FINISHED, FAILED, FAILED_AT_ONCE = "terminating", "finished", "failed", "failed_immediately"
STATES = (
    *(DRAFT, SCHEDULED, STARTED, QUEUED, PAUSED),
    *(TERMINATING, "under_review", FINISHED, FAILED, FAILED_AT_ONCE),
)
SENDING = (STARTED, QUEUED, PAUSED)

BEGIN, SEND, RESUME, END = "campaign_begin", "campaign_send", "campaign_resume", "campaign_end"

MODES = ("rapid", "gradual")
LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
MAX_TEXT = 255
MAX_PER_HOUR = 150_000
HOUR = 3600

PATH = "email_campaigns"
ONE = PATH + "/{email_campaign_id}"


def create(world: World, account_id: int, **fields: Any) -> Row:
    """A new draft. ``template`` needs no id."""
    now = world.clock.stamp()
    defaults = {
        "account_id": account_id,
        "from_display_name": None,
        "reply_to": {},
        "current_state": DRAFT,
        "created_at": now,
        "updated_at": now,
        "last_started_at": None,
        "recipient_total_count": None,
        "delivery_mode": "rapid",
        "delivery_options": {},
        "current_state_metadata": {},
        "contact_list_ids": [],
        "contact_segment_ids": [],
        # The contacts that have yet to be written to, and how many have been.
        "waiting": [],
        "done": 0,
        "errors": [],
    }
    template = {"id": world.store.next_id(CAMPAIGN_TEMPLATES), **fields.pop("template")}
    return world.store[PATH].add(defaults | fields | {"template": template})


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
    campaign = call.row(PATH, "email_campaign_id")
    call.require(call.access.scope(SCOPE), level)
    return campaign


def refused(errors: str | list[str]) -> Refusal:
    """422 E7 or E8."""
    return Refusal(json_reply({"errors": errors}, 422))


@routes.get(PATH)
def list_campaigns(call: Call) -> dict:
    """Newest first."""
    call.require(call.access.scope(SCOPE), VIEWER)
    search = (call.query("search") or "").strip()
    rows = [
        row
        for row in reversed(call.world.store[PATH].of("account", call.account_id))
        if search.lower() in row["name"].lower()
    ]
    return paged(call, rows, lambda row: show(call.world, row, bodies=False), **({"search": search} if search else {}))


@routes.post(PATH)
def create_campaign(call: Call) -> Reply:
    call.require(call.access.scope(SCOPE), ADMIN)
    empty = {
        "name": None,
        "domain_id": None,
        "from_local_part": None,
        "template": {"subject": None, "merge_tags": [], "body_html": None, "body_text": None},
    }
    values = empty | read_values(call.body, empty["template"])
    check(call, values)
    return json_reply(answer(call, create(call.world, call.account_id, **values)), 201)


@routes.get(ONE)
def get_campaign(call: Call) -> dict:
    return answer(call, find(call, VIEWER))


@routes.patch(ONE)
def update_campaign(call: Call) -> dict:
    """Partial; lists of ids and of merge tags are replaced whole."""
    campaign = find(call, ADMIN)
    if campaign["current_state"] != DRAFT:
        raise refused("Only draft campaigns can be updated")
    values = read_values(call.body, campaign["template"])
    check(call, values)
    if any(campaign[name] != value for name, value in values.items()):
        call.world.store[PATH].change(campaign, **values, updated_at=call.world.clock.stamp())
    return answer(call, campaign)


@routes.delete(ONE)
def delete_campaign(call: Call) -> Reply:
    campaign = find(call, ADMIN)
    if campaign["current_state"] != DRAFT:
        raise refused("Only draft campaigns can be deleted")
    call.world.store[PATH].remove(campaign)
    return no_content()


@routes.post(ONE + "/start")
def start_campaign(call: Call) -> dict:
    campaign = find(call, ADMIN)
    require_sendable(call.world, campaign, STARTED)
    begin(call.world, campaign)
    return answer(call, campaign)


@routes.post(ONE + "/schedule")
def schedule_campaign(call: Call) -> dict:
    """The words about the time are not known; the bounds are (facts 3.22)."""
    campaign = find(call, ADMIN)
    require_sendable(call.world, campaign, SCHEDULED)
    now = call.world.clock.now()
    moment = read_moment(text(call.body, "datetime"))
    if moment is None:
        raise refused(["Datetime is invalid"])
    if moment <= now:
        raise refused(["Datetime must be in the future"])
    if moment > months_later(now, 1):
        raise refused(["Datetime must be no more than 1 month ahead"])
    schedule.at(call.world, moment.timestamp(), BEGIN, campaign_id=campaign["id"])
    move(call.world, campaign, SCHEDULED, {"scheduled_at": iso_ms(moment)})
    return answer(call, campaign)


@routes.post(ONE + "/cancel")
def cancel_campaign(call: Call) -> dict:
    return back_to_draft(call)


@routes.post(ONE + "/reset")
def reset_campaign(call: Call) -> dict:
    return back_to_draft(call)


@routes.post(ONE + "/terminate")
def terminate_campaign(call: Call) -> dict:
    """What has been sent stays sent; the campaign then comes to its end."""
    campaign = find(call, ADMIN)
    if campaign["current_state"] not in SENDING:
        raise refused(f"Cannot transition from '{campaign['current_state']}' to '{TERMINATING}'")
    for kind in (SEND, RESUME):
        schedule.cancel(call.world, kind, campaign_id=campaign["id"])
    move(call.world, campaign, TERMINATING)
    later(call.world, campaign, END, call.world.settings["campaign_seconds"])
    return answer(call, campaign)


@routes.get(ONE + "/stats")
def get_stats(call: Call) -> dict:
    """Days (YYYY-MM-DD); without them from the last start to today."""
    campaign = find(call, VIEWER)
    start = read_day(call, "start_date") or (campaign["last_started_at"] or "")[:10]
    end = read_day(call, "end_date") or call.world.clock.stamp()[:10]
    rows = call.world.store[campaign_mail.MESSAGES.kind].of("campaign", campaign["id"])
    return {"data": campaign_mail.figures(rows, start, end)}


def read_day(call: Call, name: str) -> str | None:
    value = call.query(name)
    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError:
        raise Refusal(json_reply({"error": "Bad Request"}, 400)) from None


def require_sendable(world: World, campaign: Row, state: str) -> None:
    """422 unless the campaign is a draft that has all it needs to be sent."""
    if campaign["current_state"] != DRAFT:
        raise refused(f"Cannot transition from '{campaign['current_state']}' to '{state}'")
    if errors := sending_errors(world, campaign):
        raise refused(errors)


def back_to_draft(call: Call) -> dict:
    campaign = find(call, ADMIN)
    if campaign["current_state"] != SCHEDULED:
        raise refused("Campaign is not scheduled")
    schedule.cancel(call.world, BEGIN, campaign_id=campaign["id"])
    move(call.world, campaign, DRAFT)
    return answer(call, campaign)


def read_values(body: dict[str, Any], template: dict[str, Any]) -> dict[str, Any]:
    """The fields that a body gives, as they will be kept. What is of a wrong shape is not permitted and left out, what
    is of a wrong value is kept to be told by :func:`check`."""
    values: dict[str, Any] = {
        name: text(body, name)
        for name in ("name", "from_local_part", "from_display_name", "delivery_mode")
        if is_given(body, name)
    }
    if is_given(body, "domain_id"):
        values["domain_id"] = read_number(body, "domain_id")
    given = body.get("reply_to")
    if isinstance(given, dict) and given:
        values["reply_to"] = {name: text(given, name) for name in ("display_name", "local_part", "domain")}
    elif "reply_to" in body and not given:
        values["reply_to"] = {}
    given = body.get("delivery_options")
    if isinstance(given, dict) and is_given(given, "emails_per_hour"):
        values["delivery_options"] = {"emails_per_hour": given["emails_per_hour"]}
    elif "delivery_options" in body and not given:
        values["delivery_options"] = {}
    for name in ("contact_list_ids", "contact_segment_ids"):
        if name in body and (body[name] is None or isinstance(body[name], list)):
            values[name] = [read_number({"id": item}, "id") for item in body[name] or []]
    given = body.get("template_attributes")
    if isinstance(given, dict):
        values["template"] = template | read_template(given)
    return values


def read_template(given: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: text(given, name) for name in ("subject", *templates.BODIES) if is_given(given, name)
    }
    tags = given.get("merge_tags")
    if isinstance(tags, list) and not any(isinstance(tag, list | dict) for tag in tags):
        values["merge_tags"] = [text({"tag": tag}, "tag") or "" for tag in tags]
    return values


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
        errors["from_local_part"] = local_part_errors(values["from_local_part"])
    if len(values.get("from_display_name") or "") > MAX_TEXT:
        errors["from_display_name"] = [too_long(MAX_TEXT)]
    if values.get("reply_to", {}).get("local_part"):
        errors["reply_to.local_part"] = local_part_errors(values["reply_to"]["local_part"])
    if values.get("delivery_mode", MODES[0]) not in MODES:
        errors["delivery_mode"] = ["is not included in the list"]
    per_hour = values.get("delivery_options", {}).get("emails_per_hour")
    if per_hour is not None:
        errors["delivery_options.emails_per_hour"] = number_errors(per_hour)
    for name in ("contact_list_ids", "contact_segment_ids"):
        if not all(values.get(name, [])):
            errors[name] = [INVALID]
    if "template" in values:
        template = values["template"]
        errors["template.subject"] = text_errors(template["subject"], maximum=MAX_TEXT)
        for name in templates.BODIES:
            if len(template[name] or "") > templates.MAX_BODY:
                errors[f"template.{name}"] = [too_long(templates.MAX_BODY)]
    return errors


def local_part_errors(value: str | None) -> list[str]:
    if not (value or "").strip():
        return [BLANK]
    return [] if LOCAL_PART.fullmatch(value) else [INVALID]


def number_errors(value: Any) -> list[str]:
    """The throttle: a whole number up to 150,000 an hour (facts 1.11)."""
    if not isinstance(value, int) or isinstance(value, bool):
        return ["is not a number"]
    if value <= 0:
        return ["must be greater than 0"]
    return [f"must be less than or equal to {MAX_PER_HOUR}"] if value > MAX_PER_HOUR else []


def sending_errors(world: World, campaign: Row) -> list[str]:
    """What keeps a draft from being sent (E8). Only the first sentence is known word for word."""
    domain = world.store["domains"].get(campaign["domain_id"])
    if domain is not None:
        verification.settle(world, [domain])
    errors = []
    if not (campaign["template"]["body_html"] or "").strip():
        errors.append("Campaign design can't be blank")
    if not (campaign["contact_list_ids"] or campaign["contact_segment_ids"]):
        errors.append("Campaign audience can't be blank")
    if domain is None or domain["demo"] or not verification.can_send(domain):
        errors.append("Campaign domain must be verified")
    return errors


def move(world: World, campaign: Row, state: str, metadata: dict | None = None, **fields: Any) -> None:
    world.store[PATH].change(
        campaign,
        **fields,
        current_state=state,
        current_state_metadata=metadata or {},
        updated_at=world.clock.stamp(),
    )


def later(world: World, campaign: Row, kind: str, seconds: float) -> None:
    schedule.after(world, seconds, kind, campaign_id=campaign["id"])


def begin(world: World, campaign: Row) -> None:
    """Start to send: the audience is settled now, the first mail leaves a little later."""
    waiting = campaign_mail.audience(world, campaign)
    now = world.clock.stamp()
    move(world, campaign, STARTED, last_started_at=now, recipient_total_count=len(waiting), waiting=waiting)
    later(world, campaign, SEND, world.settings["campaign_seconds"])


def of_job(world: World, payload: dict[str, Any]) -> Row:
    return world.store[PATH].get(payload["campaign_id"])


def begin_job(world: World, payload: dict[str, Any]) -> None:
    """The time of a scheduled campaign has come. If it cannot be sent any more it fails."""
    campaign = of_job(world, payload)
    if errors := sending_errors(world, campaign):
        move(world, campaign, FAILED_AT_ONCE, {"error": errors[0]})
    else:
        begin(world, campaign)


def send_job(world: World, payload: dict[str, Any]) -> None:
    """Send one batch: everything, or what a throttled campaign may send in an hour."""
    campaign = of_job(world, payload)
    per_hour = campaign["delivery_options"].get("emails_per_hour") if campaign["delivery_mode"] == "gradual" else None
    batch, waiting = split(campaign["waiting"], per_hour)
    errors = send_batch(world, campaign, batch)
    fields = {
        "waiting": waiting,
        "done": campaign["done"] + len(batch),
        "errors": campaign["errors"] + errors,
    }
    if waiting:
        move(world, campaign, QUEUED, **fields)
        later(world, campaign, RESUME, max(0, HOUR - world.settings["campaign_seconds"]))
    elif len(fields["errors"]) == campaign["recipient_total_count"] > 0:
        error = fields["errors"][-1]["message"]
        move(world, campaign, FAILED, {"error": error, "errors": fields["errors"]}, **fields)
    else:
        move(world, campaign, FINISHED, {"errors": fields["errors"]} if fields["errors"] else {}, **fields)


def split(waiting: list[str], number: int | None) -> tuple[list[str], list[str]]:
    return (waiting, []) if number is None else (waiting[:number], waiting[number:])


def send_batch(world: World, campaign: Row, batch: list[str]) -> list[dict]:
    """Write to these contacts, as far as they are still there; what went wrong, by the place of the recipient."""
    domain = world.store["domains"].get(campaign["domain_id"])
    errors = []
    for index, contact_id in enumerate(batch, campaign["done"]):
        contact = world.store["contacts"].get(contact_id)
        if contact is None or contact["unsubscribed"]:
            continue
        if domain is None:
            errors.append({"message": "Domain does not exist", "rcpt_index": index})
            continue
        try:
            campaign_mail.send(world, campaign, domain, contact)
        except TemplateError as error:
            errors.append({"message": str(error), "rcpt_index": index})
    return errors


def resume_job(world: World, payload: dict[str, Any]) -> None:
    campaign = of_job(world, payload)
    move(world, campaign, STARTED)
    later(world, campaign, SEND, world.settings["campaign_seconds"])


def end_job(world: World, payload: dict[str, Any]) -> None:
    move(world, of_job(world, payload), FINISHED, waiting=[])


JOBS = {BEGIN: begin_job, SEND: send_job, RESUME: resume_job, END: end_job}


def plant(world: World, item: Item) -> None:
    """A campaign in any state, where it stays; only a scheduled one, which needs ``scheduled_at``, starts in time."""
    domain = item.parent(world, "domains", "domain_id")
    state = item.get("current_state", str, DRAFT)
    if state not in STATES:
        raise ControlError(f"{item.where}: current_state must be one of {', '.join(STATES)}.")
    scheduled_at = read_moment(item.need("scheduled_at", str)) if state == SCHEDULED else None
    if state == SCHEDULED and scheduled_at is None:
        raise ControlError(f"{item.where}: scheduled_at must be an ISO-8601 time.")
    given = {
        "from_display_name": item.get("from_display_name", str),
        "contact_list_ids": item.get("contact_list_ids", list),
        "recipient_total_count": item.get("recipient_total_count", int),
    }
    name = item.need("name", str)
    campaign = create(
        world,
        domain["account_id"],
        **item.identity(world, PATH),
        name=name,
        domain_id=domain["id"],
        from_local_part=item.get("from_local_part", str, "news"),
        current_state=state,
        current_state_metadata={"scheduled_at": iso_ms(scheduled_at)} if scheduled_at else {},
        template={
            "subject": item.get("subject", str, name),
            "merge_tags": [],
            "body_html": item.get("body_html", str),
            "body_text": item.get("body_text", str),
        },
        **{key: value for key, value in given.items() if value is not None},
    )
    if scheduled_at:
        schedule.at(world, scheduled_at.timestamp(), BEGIN, campaign_id=campaign["id"])


SEEDS = [Seed(PATH, plant, after=("accounts", "domains", "verified_domains", "contact_lists"))]
