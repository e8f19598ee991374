# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email campaigns: states, validation, sending jobs and seeds (docs/service.md#email-campaigns)."""

import re
from typing import Any

from ..mail.handlebars import TemplateError
from ..state.clock import iso_ms, parse_iso_or_none
from ..state.errors import ControlError
from ..state.json_codec import JsonObject
from ..state.schedule import schedule_after, schedule_at
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .api_tokens import parse_number
from .campaign_messages import find_audience, send_campaign_message
from .domain_verification import can_send, settle_domains
from .email_templates import TEMPLATE_BODIES
from .validation import BLANK, INVALID, cast_text, is_given

CAMPAIGNS = TableSpec("email_campaigns", 37_000, groups={"account": lambda row: row["account_id"]})
# This table only counts ids: a template is a part of its campaign's row.
CAMPAIGN_TEMPLATES = TableSpec("campaign_templates", 61_000)
TABLES = [CAMPAIGNS]

DRAFT, SCHEDULED, STARTED, QUEUED, PAUSED = "draft", "scheduled", "started", "queued", "paused"
TERMINATING, FINISHED, FAILED, FAILED_AT_ONCE = "terminating", "finished", "failed", "failed_immediately"
STATES = (
    *(DRAFT, SCHEDULED, STARTED, QUEUED, PAUSED),
    *(TERMINATING, "under_review", FINISHED, FAILED, FAILED_AT_ONCE),
)
SENDING_STATES = (STARTED, QUEUED, PAUSED)

BEGIN_JOB, SEND_JOB, RESUME_JOB, END_JOB = "campaign_begin", "campaign_send", "campaign_resume", "campaign_end"

DELIVERY_MODES = ("rapid", "gradual")
LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
MAX_TEXT = 255
MAX_PER_HOUR = 150_000
HOUR = 3600


def insert_campaign(world: World, account_id: int, **fields: Any) -> Row:
    """Add a draft. ``template`` gets an id."""
    now = world.clock.stamp()
    defaults: Row = {
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
        # The ids of the contacts that have not got their message yet, and the number of those that have.
        "waiting": [],
        "done": 0,
        "errors": [],
    }
    template = {"id": world.store.next_id(CAMPAIGN_TEMPLATES), **fields.pop("template")}
    return world.store["email_campaigns"].add(defaults | fields | {"template": template})


def parse_campaign(body: JsonObject, template: JsonObject) -> JsonObject:
    """Return the fields of a request as a campaign row stores them.

    Fields of a wrong type are left out, as in Rails. Invalid values are kept; the operation reports them.
    ``template`` is the current template, which ``template_attributes`` changes.
    """
    values: JsonObject = {
        name: cast_text(body, name)
        for name in ("name", "from_local_part", "from_display_name", "delivery_mode")
        if is_given(body, name)
    }
    if is_given(body, "domain_id"):
        values["domain_id"] = parse_number(body, "domain_id")
    reply_to = body.get("reply_to")
    if isinstance(reply_to, dict) and reply_to:
        values["reply_to"] = {name: cast_text(reply_to, name) for name in ("display_name", "local_part", "domain")}
    elif "reply_to" in body and not reply_to:
        values["reply_to"] = {}
    options = body.get("delivery_options")
    if isinstance(options, dict) and is_given(options, "emails_per_hour"):
        values["delivery_options"] = {"emails_per_hour": options["emails_per_hour"]}
    elif "delivery_options" in body and not options:
        values["delivery_options"] = {}
    for name in ("contact_list_ids", "contact_segment_ids"):
        if name in body and (body[name] is None or isinstance(body[name], list)):
            values[name] = [parse_number({"id": item}, "id") for item in body[name] or []]
    attributes = body.get("template_attributes")
    if isinstance(attributes, dict):
        values["template"] = template | parse_campaign_template(attributes)
    return values


def parse_campaign_template(attributes: JsonObject) -> JsonObject:
    """Return the template fields of a request, without those of a wrong type."""
    values: JsonObject = {
        name: cast_text(attributes, name) for name in ("subject", *TEMPLATE_BODIES) if is_given(attributes, name)
    }
    merge_tags = attributes.get("merge_tags")
    if isinstance(merge_tags, list) and not any(isinstance(tag, list | dict) for tag in merge_tags):
        values["merge_tags"] = [cast_text({"tag": tag}, "tag") or "" for tag in merge_tags]
    return values


def find_local_part_errors(value: str | None) -> list[str]:
    """Return the errors of the local part of the sender's address."""
    if not value or not value.strip():
        return [BLANK]
    return [] if LOCAL_PART.fullmatch(value) else [INVALID]


def find_number_errors(value: Any) -> list[str]:
    """Return the errors of ``emails_per_hour`` (docs/service.md#quotas)."""
    if not isinstance(value, int) or isinstance(value, bool):
        return ["is not a number"]
    if value <= 0:
        return ["must be greater than 0"]
    return [f"must be less than or equal to {MAX_PER_HOUR}"] if value > MAX_PER_HOUR else []


def find_sending_errors(world: World, campaign: Row) -> list[str]:
    """Return why a draft cannot be sent (E8 in docs/service.md#error-bodies).

    Only the first message is the service's own text.
    """
    domain = world.store["domains"].get(campaign["domain_id"])
    if domain is not None:
        settle_domains(world, [domain])
    errors = []
    if not (campaign["template"]["body_html"] or "").strip():
        errors.append("Campaign design can't be blank")
    if not (campaign["contact_list_ids"] or campaign["contact_segment_ids"]):
        errors.append("Campaign audience can't be blank")
    if domain is None or domain["demo"] or not can_send(domain):
        errors.append("Campaign domain must be verified")
    return errors


def change_state(world: World, campaign: Row, state: str, metadata: JsonObject | None = None, **fields: Any) -> None:
    """Update the state of a campaign with its metadata, and further fields."""
    world.store["email_campaigns"].update(
        campaign,
        **fields,
        current_state=state,
        current_state_metadata=metadata or {},
        updated_at=world.clock.stamp(),
    )


def schedule_step(world: World, campaign: Row, job_type: str, seconds: float) -> None:
    """Schedule a job for a campaign."""
    schedule_after(world, seconds, job_type, campaign_id=campaign["id"])


def start_sending(world: World, campaign: Row) -> None:
    """Fix the audience of a campaign now and schedule the first batch."""
    waiting = find_audience(world, campaign)
    now = world.clock.stamp()
    change_state(world, campaign, STARTED, last_started_at=now, recipient_total_count=len(waiting), waiting=waiting)
    schedule_step(world, campaign, SEND_JOB, world.settings["campaign_seconds"])


def find_job_campaign(world: World, payload: JsonObject) -> Row:
    """Return the campaign of a job."""
    return world.store["email_campaigns"][payload["campaign_id"]]


def run_begin_job(world: World, payload: JsonObject) -> None:
    """Start a scheduled campaign, or fail it if it can no longer be sent."""
    campaign = find_job_campaign(world, payload)
    if errors := find_sending_errors(world, campaign):
        change_state(world, campaign, FAILED_AT_ONCE, {"error": errors[0]})
    else:
        start_sending(world, campaign)


def run_send_job(world: World, payload: JsonObject) -> None:
    """Send one batch: all remaining messages, or the hourly maximum of a gradual campaign."""
    campaign = find_job_campaign(world, payload)
    per_hour = campaign["delivery_options"].get("emails_per_hour") if campaign["delivery_mode"] == "gradual" else None
    batch, waiting = split_audience(campaign["waiting"], per_hour)
    errors = send_batch(world, campaign, batch)
    fields = {
        "waiting": waiting,
        "done": campaign["done"] + len(batch),
        "errors": campaign["errors"] + errors,
    }
    if waiting:
        change_state(world, campaign, QUEUED, **fields)
        schedule_step(world, campaign, RESUME_JOB, max(0, HOUR - world.settings["campaign_seconds"]))
    elif len(fields["errors"]) == campaign["recipient_total_count"] > 0:
        error = fields["errors"][-1]["message"]
        change_state(world, campaign, FAILED, {"error": error, "errors": fields["errors"]}, **fields)
    else:
        change_state(world, campaign, FINISHED, {"errors": fields["errors"]} if fields["errors"] else {}, **fields)


def split_audience(waiting: list[str], number: int | None) -> tuple[list[str], list[str]]:
    """Split waiting contact ids into a batch and the rest. Without ``number`` the batch contains all."""
    return (waiting, []) if number is None else (waiting[:number], waiting[number:])


def send_batch(world: World, campaign: Row, batch: list[str]) -> list[JsonObject]:
    """Send a campaign to contacts and return the errors by the position of the recipient.

    Contacts that were deleted or unsubscribed since the campaign started are skipped.
    """
    domain = world.store["domains"].get(campaign["domain_id"])
    errors: list[JsonObject] = []
    for index, contact_id in enumerate(batch, campaign["done"]):
        contact = world.store["contacts"].get(contact_id)
        if contact is None or contact["unsubscribed"]:
            continue
        if domain is None:
            errors.append({"message": "Domain does not exist", "rcpt_index": index})
            continue
        try:
            send_campaign_message(world, campaign, domain, contact)
        except TemplateError as error:
            errors.append({"message": str(error), "rcpt_index": index})
    return errors


def run_resume_job(world: World, payload: JsonObject) -> None:
    """Continue a gradual campaign with its next batch."""
    campaign = find_job_campaign(world, payload)
    change_state(world, campaign, STARTED)
    schedule_step(world, campaign, SEND_JOB, world.settings["campaign_seconds"])


def run_end_job(world: World, payload: JsonObject) -> None:
    """Finish the termination of a campaign."""
    change_state(world, find_job_campaign(world, payload), FINISHED, waiting=[])


def seed_campaign(world: World, item: FieldReader) -> None:
    """Add a campaign in any state. It stays in this state, but a scheduled campaign starts at ``scheduled_at``."""
    domain = item.find_parent(world, "domains", "domain_id")
    state = item.get("current_state", str, DRAFT)
    if state not in STATES:
        raise ControlError(f"{item.location}: current_state must be one of {', '.join(STATES)}.")
    scheduled_at = parse_iso_or_none(item.require("scheduled_at", str)) if state == SCHEDULED else None
    if state == SCHEDULED and scheduled_at is None:
        raise ControlError(f"{item.location}: scheduled_at must be an ISO-8601 time.")
    optional = {
        "from_display_name": item.get("from_display_name", str),
        "contact_list_ids": item.get("contact_list_ids", list),
        "recipient_total_count": item.get("recipient_total_count", int),
    }
    name = item.require("name", str)
    campaign = insert_campaign(
        world,
        domain["account_id"],
        **item.identity_fields(world, "email_campaigns"),
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
        **{key: value for key, value in optional.items() if value is not None},
    )
    if scheduled_at:
        schedule_at(world, scheduled_at.timestamp(), BEGIN_JOB, campaign_id=campaign["id"])


JOBS = {BEGIN_JOB: run_begin_job, SEND_JOB: run_send_job, RESUME_JOB: run_resume_job, END_JOB: run_end_job}

SEEDS = [Seed("email_campaigns", seed_campaign, after=("accounts", "domains", "verified_domains", "contact_lists"))]
