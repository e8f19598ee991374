# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhooks: validation, defaults and seeds (docs/service.md#webhooks)."""

from typing import Any

from ..state.errors import ControlError
from ..state.json_codec import JsonObject
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .accounts import find_account_id
from .events import MAIL_EVENT_KINDS
from .validation import (
    BLANK,
    ID_PATTERN,
    INVALID,
    NOT_IN_LIST,
    FieldErrors,
    cast_boolean,
    cast_text,
    is_given,
    is_web_address,
)
from .webhook_payloads import AUDIT_LOG, CAMPAIGNS_TYPE, EMAIL_SENDING, FORMATS, INBOUND_RECEIVING

WEBHOOKS = TableSpec("webhooks", 3_000, groups={"account": lambda row: row["account_id"]})
TABLES = [WEBHOOKS]

TYPES = (EMAIL_SENDING, CAMPAIGNS_TYPE, AUDIT_LOG, INBOUND_RECEIVING)
WITH_EVENT_TYPES = (EMAIL_SENDING, CAMPAIGNS_TYPE)
STREAMS = ("transactional", "bulk")
MUST_EXIST = "must exist"
MUST_BE_BLANK = "must be blank"

# The fields in the order of the service's answers, with their values if a request leaves them out.
WEBHOOK_DEFAULTS: JsonObject = {
    "url": None,
    "active": True,
    "webhook_type": None,
    "payload_format": "json",
    "sending_stream": None,
    "domain_id": None,
    "inbound_inbox_id": None,
    "event_types": [],
}


def insert_webhook(world: World, account_id: int, values: JsonObject, **fields: Any) -> Row:
    """Add a webhook with a random signing secret."""
    defaults = {"account_id": account_id, "signing_secret": world.random_hex(32)}
    return world.store["webhooks"].add(defaults | values | fields)


def parse_webhook(fields: JsonObject) -> JsonObject:
    """Return the fields of a request as Rails casts them. Fields of a wrong type are left out."""
    values: JsonObject = {}
    for name in WEBHOOK_DEFAULTS:
        if name == "event_types":
            if is_scalar_list(fields.get(name)):
                values[name] = [cast_text({name: event_type}, name) for event_type in fields[name]]
        elif is_given(fields, name):
            values[name] = parse_webhook_field(fields, name)
    return values


def is_scalar_list(value: Any) -> bool:
    """Return whether a JSON value is a list without lists and objects."""
    return isinstance(value, list) and not any(isinstance(item, list | dict) for item in value)


def parse_webhook_field(fields: JsonObject, name: str) -> Any:
    """Return a scalar field as Rails casts it. A reference that is not a number becomes 0, an id that nothing has."""
    value = cast_text(fields, name)
    if name == "active":
        return None if value in (None, "") else cast_boolean(fields[name])
    if name in ("domain_id", "inbound_inbox_id"):
        if value is None or not value.strip():
            return None
        return int(value) if ID_PATTERN.fullmatch(value) else 0
    return value


def clear_inapplicable(values: JsonObject) -> JsonObject:
    """Return the values without those that do not apply to this type of webhook. The service ignores them."""
    webhook_type = values["webhook_type"]
    if webhook_type != EMAIL_SENDING:
        values = values | {"sending_stream": None}
    if webhook_type not in WITH_EVENT_TYPES:
        values = values | {"domain_id": None, "event_types": []}
    return values


def find_webhook_errors(world: World, account_id: int, values: JsonObject) -> FieldErrors:
    """Return the errors by field, in the recorded order (docs/service.md#validation-messages).

    The messages for a missing url, event_types and sending_stream are recorded, the others are those of Rails.
    """
    webhook_type = values["webhook_type"]
    stream_errors = find_choice_errors(values["sending_stream"], STREAMS) if webhook_type == EMAIL_SENDING else []
    errors: FieldErrors = {
        "url": find_url_errors(values["url"]),
        "webhook_type": find_choice_errors(webhook_type, TYPES),
        "active": [] if values["active"] is not None else [NOT_IN_LIST],
        "payload_format": [] if values["payload_format"] in FORMATS else [NOT_IN_LIST],
        "event_types": find_event_type_errors(values["event_types"]) if webhook_type in WITH_EVENT_TYPES else [],
        "sending_stream": stream_errors,
        "domain_id": find_reference_errors(world, account_id, "domains", values["domain_id"]),
        "inbound_inbox_id": find_reference_errors(world, account_id, "inbound_inboxes", values["inbound_inbox_id"]),
    }
    if webhook_type != INBOUND_RECEIVING and values["inbound_inbox_id"] is not None:
        errors["inbound_inbox_id"] = [MUST_BE_BLANK]
    return {name: messages for name, messages in errors.items() if messages}


def find_url_errors(url: str | None) -> list[str]:
    """Return the errors of a URL."""
    if not url or not url.strip():
        return [BLANK, INVALID]
    return [] if is_web_address(url) else [INVALID]


def find_choice_errors(value: str | None, choices: tuple[str, ...]) -> list[str]:
    """Return the errors of a field with fixed choices."""
    if not (value or "").strip():
        return [BLANK]
    return [] if value in choices else [NOT_IN_LIST]


def find_event_type_errors(event_types: list[str | None]) -> list[str]:
    """Return the errors of ``event_types``."""
    if not event_types:
        return [BLANK]
    return [] if all(event_type in MAIL_EVENT_KINDS for event_type in event_types) else [INVALID]


def find_reference_errors(world: World, account_id: int, table: str, row_id: int | None) -> list[str]:
    """Return the errors of a reference to a row of the account. A reference of None is valid."""
    if row_id is None:
        return []
    row = world.store[table].get(row_id)
    return [] if row is not None and row["account_id"] == account_id else [MUST_EXIST]


def seed_webhook(world: World, item: FieldReader) -> None:
    """Add a webhook. By default it receives all event types of the transactional stream."""
    account_id = find_account_id(world, item)
    webhook_type = item.get("webhook_type", str, EMAIL_SENDING)
    values = clear_inapplicable(
        {
            "url": item.require("url", str),
            "active": item.get("active", bool, True),
            "webhook_type": webhook_type,
            "payload_format": item.get("payload_format", str, "json"),
            "sending_stream": item.get("sending_stream", str, "transactional"),
            "domain_id": item.get("domain_id", int),
            "inbound_inbox_id": item.get("inbound_inbox_id", int),
            "event_types": item.get("event_types", list, list(MAIL_EVENT_KINDS)),
        }
    )
    secret = item.get("signing_secret", str)
    for name, messages in find_webhook_errors(world, account_id, values).items():
        raise ControlError(f"{item.location}: {name} {messages[0]}.")
    secret_field = {"signing_secret": secret} if secret else {}
    insert_webhook(world, account_id, values, **item.identity_fields(world, "webhooks"), **secret_field)


SEEDS = [Seed("webhooks", seed_webhook, after=("accounts", "domains", "verified_domains", "inbound_inboxes"))]
