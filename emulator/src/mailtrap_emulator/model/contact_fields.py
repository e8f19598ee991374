# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact fields: validation and seeds (facts 3.16)."""

from typing import Any

from ..state.errors import ControlError
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .accounts import find_account_id
from .contacts import DATA_TYPES, TAKEN, insert_contact_field, list_contact_fields
from .validation import BLANK, text_errors

FIELDS = TableSpec("contact_fields", 6_700, groups={"account": lambda row: row["account_id"]})
TABLES = [FIELDS]

MAX_TEXT = 80
UNIQUE_FIELDS = ("name", "merge_tag")

# What can hold on to a field, and the sentence that then refuses its removal (facts 2.3).
USAGE = {
    "automations": "This field is used in the steps of automation(s): {}.",
    "campaigns": "This field is used in the scheduled/started campaign(s): {}.",
    "segments": "This field is used in the conditions of segment(s): {}.",
}


def find_field_errors(values: dict[str, str | None], others: list[Row]) -> dict[str, list[str]]:
    """What is wrong with the values that are given."""
    errors = {name: text_errors(values[name], maximum=MAX_TEXT) for name in UNIQUE_FIELDS if name in values}
    for name, sentences in errors.items():
        if any(row[name] == values[name] for row in others):
            sentences.append(TAKEN)
    if "data_type" in values and values["data_type"] not in DATA_TYPES:
        errors["data_type"] = ["is not included in the list"] if values["data_type"] else [BLANK]
    return {name: sentences for name, sentences in errors.items() if sentences}


def seed_contact_field(world: World, item: FieldReader) -> None:
    """``usage`` names what holds on to the field: ``{"automations": ["Welcome"]}``."""
    account_id = find_account_id(world, item)
    values: dict[str, Any] = {"name": item.require("name", str), "data_type": item.get("data_type", str, "text")}
    values["merge_tag"] = item.require("merge_tag", str)
    for name, sentences in find_field_errors(values, list_contact_fields(world, account_id)).items():
        raise ControlError(f"{item.location}: {name} {sentences[0]}.")
    identity = item.identity_fields(world, "contact_fields")
    insert_contact_field(world, account_id, **identity, **values, usage=parse_usage(item))


def parse_usage(item: FieldReader) -> list[str]:
    usage = item.get("usage", dict, {})
    for name, users in usage.items():
        if name not in USAGE or not isinstance(users, list) or not all(isinstance(user, str) for user in users):
            raise ControlError(f"{item.location}: usage takes lists of names under {', '.join(USAGE)}.")
    return [sentence.format(", ".join(usage[name])) for name, sentence in USAGE.items() if usage.get(name)]


SEEDS = [Seed("contact_fields", seed_contact_field, after=("accounts",))]
