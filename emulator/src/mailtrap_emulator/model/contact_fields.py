# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact fields: validation and seeds (docs/service.md#contact-fields)."""

from collections.abc import Mapping

from ..state.errors import ControlError
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .accounts import find_account_id
from .contacts import DATA_TYPES, TAKEN, insert_contact_field, list_contact_fields
from .validation import BLANK, NOT_IN_LIST, FieldErrors, text_errors

FIELDS = TableSpec("contact_fields", 6_700, groups={"account": lambda row: row["account_id"]})
TABLES = [FIELDS]

MAX_TEXT = 80
UNIQUE_FIELDS = ("name", "merge_tag")

# The error of deleting a field that is in use, by what uses it (docs/service.md#validation-messages).
USAGE = {
    "automations": "This field is used in the steps of automation(s): {}.",
    "campaigns": "This field is used in the scheduled/started campaign(s): {}.",
    "segments": "This field is used in the conditions of segment(s): {}.",
}


def find_field_errors(values: Mapping[str, str | None], others: list[Row]) -> FieldErrors:
    """Return the errors of new values. Names and merge tags must differ from those of the other fields."""
    errors = {name: text_errors(values[name], maximum=MAX_TEXT) for name in UNIQUE_FIELDS if name in values}
    for name, messages in errors.items():
        if any(row[name] == values[name] for row in others):
            messages.append(TAKEN)
    if "data_type" in values and values["data_type"] not in DATA_TYPES:
        errors["data_type"] = [NOT_IN_LIST] if values["data_type"] else [BLANK]
    return {name: messages for name, messages in errors.items() if messages}


def seed_contact_field(world: World, item: FieldReader) -> None:
    """Add a contact field. ``usage`` names what uses it, for example ``{"automations": ["Welcome"]}``."""
    account_id = find_account_id(world, item)
    values: dict[str, str] = {
        "name": item.require("name", str),
        "data_type": item.get("data_type", str, "text"),
        "merge_tag": item.require("merge_tag", str),
    }
    for name, messages in find_field_errors(values, list_contact_fields(world, account_id)).items():
        raise ControlError(f"{item.location}: {name} {messages[0]}.")
    identity_fields = item.identity_fields(world, "contact_fields")
    insert_contact_field(world, account_id, **identity_fields, **values, usage=parse_usage(item))


def parse_usage(item: FieldReader) -> list[str]:
    """Return the errors that prevent the deletion of a field, from ``usage`` of a seed item."""
    usage = item.get("usage", dict, {})
    for name, names in usage.items():
        if name not in USAGE or not isinstance(names, list) or not all(isinstance(entry, str) for entry in names):
            raise ControlError(f"{item.location}: usage takes lists of names under {', '.join(USAGE)}.")
    return [message.format(", ".join(usage[name])) for name, message in USAGE.items() if usage.get(name)]


SEEDS = [Seed("contact_fields", seed_contact_field, after=("accounts",))]
