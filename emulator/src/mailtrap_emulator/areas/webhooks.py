# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhooks: how they are managed (facts 3.10). What they are told is the matter of deliveries.py."""

from typing import Any

from .. import deliveries
from ..access import ADMIN, VIEWER
from ..call import BLANK, ID, INVALID, Call, is_given, is_web_address, text
from ..errors import ControlError
from ..events import MAIL_KINDS
from ..replies import unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..webhook_payloads import AUDIT_LOG, CAMPAIGNS, EMAIL_SENDING, FORMATS, INBOUND_RECEIVING
from ..world import World
from . import accounts
from .messages import truth

WEBHOOKS = TableSpec("webhooks", 3_000, groups={"account": lambda row: row["account_id"]})
TABLES = [WEBHOOKS, *deliveries.TABLES]
LISTENERS = deliveries.LISTENERS
JOBS = deliveries.JOBS
routes = Routes()

TYPES = (EMAIL_SENDING, CAMPAIGNS, AUDIT_LOG, INBOUND_RECEIVING)
WITH_EVENT_TYPES = (EMAIL_SENDING, CAMPAIGNS)
STREAMS = ("transactional", "bulk")
NOT_IN_LIST = "is not included in the list"
MUST_EXIST = "must exist"
MUST_BE_BLANK = "must be blank"

# In wire order. What a request leaves out has these values.
DEFAULTS: dict[str, Any] = {
    "url": None,
    "active": True,
    "webhook_type": None,
    "payload_format": "json",
    "sending_stream": None,
    "domain_id": None,
    "inbound_inbox_id": None,
    "event_types": [],
}
UPDATABLE = ("url", "active", "payload_format", "inbound_inbox_id", "event_types")


def show(webhook: Row) -> dict:
    """The wire form. Only webhooks for inbound mail carry ``inbound_inbox_id`` (facts 3.10)."""
    names = [name for name in DEFAULTS if name != "inbound_inbox_id" or webhook["webhook_type"] == INBOUND_RECEIVING]
    return {name: webhook[name] for name in ("id", *names)}


def find(call: Call, level: int) -> Row:
    webhook = call.row("webhooks", "webhook_id")
    call.require(call.access.account, level)
    return webhook


@routes.get("webhooks")
def list_webhooks(call: Call) -> dict:
    call.require(call.access.account, VIEWER)
    return {"data": [show(row) for row in call.world.store["webhooks"].of("account", call.account_id)]}


@routes.post("webhooks")
def create_webhook(call: Call) -> dict:
    """The secret is told here and never again. Nothing is known against two webhooks that are alike (facts 10)."""
    call.require(call.access.account, ADMIN)
    values = fitting(DEFAULTS | given(call.wrapped("webhook")))
    if errors := problems(call.world, call.account_id, values):
        raise unprocessable(errors)
    webhook = create(call.world, call.account_id, values)
    return {"data": {"signing_secret": webhook["signing_secret"], **show(webhook)}}


@routes.get("webhooks/{webhook_id}")
def get_webhook(call: Call) -> dict:
    return {"data": show(find(call, VIEWER))}


@routes.patch("webhooks/{webhook_id}")
def update_webhook(call: Call) -> dict:
    """Type, stream and domain are fixed at creation: to name them here changes nothing, as with any field that Rails
    does not permit. What a request does not touch is not looked at: the domain may be gone by now."""
    webhook = find(call, ADMIN)
    changes = {name: value for name, value in given(call.wrapped("webhook")).items() if name in UPDATABLE}
    values = fitting({name: webhook[name] for name in DEFAULTS} | changes)
    errors = problems(call.world, call.account_id, values)
    if errors := {name: sentences for name, sentences in errors.items() if name in changes}:
        raise unprocessable(errors)
    call.world.store["webhooks"].change(webhook, **values)
    return {"data": show(webhook)}


@routes.delete("webhooks/{webhook_id}")
def delete_webhook(call: Call) -> dict:
    webhook = find(call, ADMIN)
    call.world.store["webhooks"].remove(webhook)
    deliveries.give_up(call.world, webhook["id"], "The webhook was deleted.")
    return {"data": show(webhook)}


def create(world: World, account_id: int, values: dict[str, Any], **fields: Any) -> Row:
    defaults = {"account_id": account_id, "signing_secret": world.hex(32)}
    return world.store["webhooks"].add(defaults | values | fields)


def given(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a request as Rails would take them, by name."""
    values: dict[str, Any] = {}
    for name in DEFAULTS:
        if name == "event_types":
            if is_scalar_list(fields.get(name)):
                values[name] = [text({name: kind}, name) for kind in fields[name]]
        elif is_given(fields, name):
            values[name] = read_one(fields, name)
    return values


def is_scalar_list(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(one, list | dict) for one in value)


def read_one(fields: dict[str, Any], name: str) -> Any:
    """One scalar. A reference that is no number becomes 0, which is the id of nothing."""
    value = text(fields, name)
    if name == "active":
        return None if value in (None, "") else truth(fields[name])
    if name in ("domain_id", "inbound_inbox_id"):
        if value is None or not value.strip():
            return None
        return int(value) if ID.fullmatch(value) else 0
    return value


def fitting(values: dict[str, Any]) -> dict[str, Any]:
    """Without what webhooks of this type do not have: that is stored as nothing, whatever was said (facts 3.10)."""
    kind = values["webhook_type"]
    if kind != EMAIL_SENDING:
        values = values | {"sending_stream": None}
    if kind not in WITH_EVENT_TYPES:
        values = values | {"domain_id": None, "event_types": []}
    return values


def problems(world: World, account_id: int, values: dict[str, Any]) -> dict[str, list[str]]:
    """The sentences about each field, in the recorded order of the fields (facts 2.3).

    Recorded are those about a missing url, event_types and sending_stream; the others are what Rails says.
    """
    kind = values["webhook_type"]
    errors = {
        "url": url_errors(values["url"]),
        "webhook_type": choice_errors(kind, TYPES),
        "active": [] if values["active"] is not None else [NOT_IN_LIST],
        "payload_format": [] if values["payload_format"] in FORMATS else [NOT_IN_LIST],
        "event_types": event_type_errors(values["event_types"]) if kind in WITH_EVENT_TYPES else [],
        "sending_stream": choice_errors(values["sending_stream"], STREAMS) if kind == EMAIL_SENDING else [],
        "domain_id": reference_errors(world, account_id, "domains", values["domain_id"]),
        "inbound_inbox_id": reference_errors(world, account_id, "inbound_inboxes", values["inbound_inbox_id"]),
    }
    if kind != INBOUND_RECEIVING and values["inbound_inbox_id"] is not None:
        errors["inbound_inbox_id"] = [MUST_BE_BLANK]
    return {name: sentences for name, sentences in errors.items() if sentences}


def url_errors(url: str | None) -> list[str]:
    if not (url or "").strip():
        return [BLANK, INVALID]
    return [] if is_web_address(url) else [INVALID]


def choice_errors(value: str | None, choices: tuple[str, ...]) -> list[str]:
    if not (value or "").strip():
        return [BLANK]
    return [] if value in choices else [NOT_IN_LIST]


def event_type_errors(kinds: list[str | None]) -> list[str]:
    if not kinds:
        return [BLANK]
    return [] if all(kind in MAIL_KINDS for kind in kinds) else [INVALID]


def reference_errors(world: World, account_id: int, kind: str, key: int | None) -> list[str]:
    """None is everything of that kind in the account."""
    if key is None:
        return []
    row = world.store[kind].get(key) if kind in world.store.tables else None
    return [] if row is not None and row["account_id"] == account_id else [MUST_EXIST]


def plant(world: World, item: Item) -> None:
    """``url`` is required; the rest has the values of a webhook for all events of the transactional stream."""
    account_id = accounts.of_item(world, item)
    kind = item.get("webhook_type", str, EMAIL_SENDING)
    values = fitting(
        {
            "url": item.need("url", str),
            "active": item.get("active", bool, True),
            "webhook_type": kind,
            "payload_format": item.get("payload_format", str, "json"),
            "sending_stream": item.get("sending_stream", str, "transactional"),
            "domain_id": item.get("domain_id", int),
            "inbound_inbox_id": item.get("inbound_inbox_id", int),
            "event_types": item.get("event_types", list, list(MAIL_KINDS)),
        }
    )
    given_secret = {"signing_secret": item.fields["signing_secret"]} if item.get("signing_secret", str) else {}
    for name, sentences in problems(world, account_id, values).items():
        raise ControlError(f"{item.where}: {name} {sentences[0]}.")
    create(world, account_id, values, **item.identity(world, "webhooks"), **given_secret)


SEEDS = [Seed("webhooks", plant, after=("accounts", "domains", "verified_domains", "inbound_inboxes"))]
