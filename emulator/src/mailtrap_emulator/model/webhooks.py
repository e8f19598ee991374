# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhooks: validation, defaults and seeds (facts 3.10)."""

from typing import Any

from ..state.errors import ControlError
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .accounts import find_account_id
from .events import MAIL_EVENT_KINDS
from .validation import BLANK, ID_PATTERN, INVALID, cast_boolean, cast_text, is_given, is_web_address
from .webhook_payloads import AUDIT_LOG, CAMPAIGNS_TYPE, EMAIL_SENDING, FORMATS, INBOUND_RECEIVING

WEBHOOKS = TableSpec("webhooks", 3_000, groups={"account": lambda row: row["account_id"]})
TABLES = [WEBHOOKS]

TYPES = (EMAIL_SENDING, CAMPAIGNS_TYPE, AUDIT_LOG, INBOUND_RECEIVING)
WITH_EVENT_TYPES = (EMAIL_SENDING, CAMPAIGNS_TYPE)
STREAMS = ("transactional", "bulk")
NOT_IN_LIST = "is not included in the list"
MUST_EXIST = "must exist"
MUST_BE_BLANK = "must be blank"

# In wire order. What a request leaves out has these values.
WEBHOOK_DEFAULTS: dict[str, Any] = {
    "url": None,
    "active": True,
    "webhook_type": None,
    "payload_format": "json",
    "sending_stream": None,
    "domain_id": None,
    "inbound_inbox_id": None,
    "event_types": [],
}


def insert_webhook(world: World, account_id: int, values: dict[str, Any], **fields: Any) -> Row:
    defaults = {"account_id": account_id, "signing_secret": world.random_hex(32)}
    return world.store["webhooks"].add(defaults | values | fields)


def parse_webhook(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a request as Rails would take them, by name."""
    values: dict[str, Any] = {}
    for name in WEBHOOK_DEFAULTS:
        if name == "event_types":
            if is_scalar_list(fields.get(name)):
                values[name] = [cast_text({name: kind}, name) for kind in fields[name]]
        elif is_given(fields, name):
            values[name] = parse_webhook_field(fields, name)
    return values


def is_scalar_list(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(one, list | dict) for one in value)


def parse_webhook_field(fields: dict[str, Any], name: str) -> Any:
    """One scalar. A reference that is no number becomes 0, which is the id of nothing."""
    value = cast_text(fields, name)
    if name == "active":
        return None if value in (None, "") else cast_boolean(fields[name])
    if name in ("domain_id", "inbound_inbox_id"):
        if value is None or not value.strip():
            return None
        return int(value) if ID_PATTERN.fullmatch(value) else 0
    return value


def clear_inapplicable(values: dict[str, Any]) -> dict[str, Any]:
    """Without what webhooks of this type do not have: that is stored as nothing, whatever was said (facts 3.10)."""
    kind = values["webhook_type"]
    if kind != EMAIL_SENDING:
        values = values | {"sending_stream": None}
    if kind not in WITH_EVENT_TYPES:
        values = values | {"domain_id": None, "event_types": []}
    return values


def find_webhook_errors(world: World, account_id: int, values: dict[str, Any]) -> dict[str, list[str]]:
    """The sentences about each field, in the recorded order of the fields (facts 2.3).

    Recorded are those about a missing url, event_types and sending_stream; the others are what Rails says.
    """
    kind = values["webhook_type"]
    errors = {
        "url": find_url_errors(values["url"]),
        "webhook_type": find_choice_errors(kind, TYPES),
        "active": [] if values["active"] is not None else [NOT_IN_LIST],
        "payload_format": [] if values["payload_format"] in FORMATS else [NOT_IN_LIST],
        "event_types": find_event_type_errors(values["event_types"]) if kind in WITH_EVENT_TYPES else [],
        "sending_stream": find_choice_errors(values["sending_stream"], STREAMS) if kind == EMAIL_SENDING else [],
        "domain_id": find_reference_errors(world, account_id, "domains", values["domain_id"]),
        "inbound_inbox_id": find_reference_errors(world, account_id, "inbound_inboxes", values["inbound_inbox_id"]),
    }
    if kind != INBOUND_RECEIVING and values["inbound_inbox_id"] is not None:
        errors["inbound_inbox_id"] = [MUST_BE_BLANK]
    return {name: sentences for name, sentences in errors.items() if sentences}


def find_url_errors(url: str | None) -> list[str]:
    if not (url or "").strip():
        return [BLANK, INVALID]
    return [] if is_web_address(url) else [INVALID]


def find_choice_errors(value: str | None, choices: tuple[str, ...]) -> list[str]:
    if not (value or "").strip():
        return [BLANK]
    return [] if value in choices else [NOT_IN_LIST]


def find_event_type_errors(kinds: list[str | None]) -> list[str]:
    if not kinds:
        return [BLANK]
    return [] if all(kind in MAIL_EVENT_KINDS for kind in kinds) else [INVALID]


def find_reference_errors(world: World, account_id: int, kind: str, key: int | None) -> list[str]:
    """None is everything of that kind in the account."""
    if key is None:
        return []
    row = world.store[kind].get(key) if kind in world.store.tables else None
    return [] if row is not None and row["account_id"] == account_id else [MUST_EXIST]


def seed_webhook(world: World, item: FieldReader) -> None:
    """``url`` is required; the rest has the values of a webhook for all events of the transactional stream."""
    account_id = find_account_id(world, item)
    kind = item.get("webhook_type", str, EMAIL_SENDING)
    values = clear_inapplicable(
        {
            "url": item.require("url", str),
            "active": item.get("active", bool, True),
            "webhook_type": kind,
            "payload_format": item.get("payload_format", str, "json"),
            "sending_stream": item.get("sending_stream", str, "transactional"),
            "domain_id": item.get("domain_id", int),
            "inbound_inbox_id": item.get("inbound_inbox_id", int),
            "event_types": item.get("event_types", list, list(MAIL_EVENT_KINDS)),
        }
    )
    given_secret = {"signing_secret": item.fields["signing_secret"]} if item.get("signing_secret", str) else {}
    for name, sentences in find_webhook_errors(world, account_id, values).items():
        raise ControlError(f"{item.location}: {name} {sentences[0]}.")
    insert_webhook(world, account_id, values, **item.identity_fields(world, "webhooks"), **given_secret)


SEEDS = [Seed("webhooks", seed_webhook, after=("accounts", "domains", "verified_domains", "inbound_inboxes"))]
