# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact fields (facts 3.16).

Validation answers in E12. Names and merge tags are unique in their account, capitals and all. A merge tag may be any
text: no source says what the service refuses. The fields that every account has do not count against the limit.
"""

from typing import Any

from .. import contact_book
from ..access import ADMIN, VIEWER
from ..call import BLANK, Call, is_given, text, text_errors
from ..contact_book import DATA_TYPES, TAKEN
from ..errors import ControlError
from ..replies import Reply, json_reply, nested, no_content, unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..world import World
from . import accounts

FIELDS = TableSpec("contact_fields", 6_700, groups={"account": lambda row: row["account_id"]})
TABLES = [FIELDS]
routes = Routes(window="contacts")

MAX_TEXT = 80
UNIQUE = ("name", "merge_tag")

# What can hold on to a field, and the sentence that then refuses its removal (facts 2.3).
USAGE = {
    "automations": "This field is used in the steps of automation(s): {}.",
    "campaigns": "This field is used in the scheduled/started campaign(s): {}.",
    "segments": "This field is used in the conditions of segment(s): {}.",
}


def show(field: Row) -> dict:
    return {name: field[name] for name in ("id", "name", "data_type", "merge_tag")}


def find(call: Call, level: int) -> Row:
    call.require(call.access.account, level)
    contact_book.fields_of(call.world, call.account_id)
    return call.row("contact_fields", "field_id")


@routes.get("contacts/fields")
def list_fields(call: Call) -> list:
    """Oldest first, the built-in ones too."""
    call.require(call.access.account, VIEWER)
    return [show(row) for row in contact_book.fields_of(call.world, call.account_id)]


@routes.post("contacts/fields")
def create_field(call: Call) -> Reply:
    call.require(call.access.account, ADMIN)
    fields = contact_book.fields_of(call.world, call.account_id)
    limit = call.world.settings["contact_fields"]
    if limit is not None and sum(not row["built_in"] for row in fields) >= limit:
        sentence = "You've reached the contact fields limit. Please upgrade your plan to create the new contact field"
        raise unprocessable(nested({"name": [sentence]}))
    values = {name: text(call.body, name) for name in (*UNIQUE, "data_type")}
    if errors := field_errors(values, fields):
        raise unprocessable(nested(errors))
    return json_reply(show(contact_book.create_field(call.world, call.account_id, **values)), 201)


@routes.get("contacts/fields/{field_id}")
def get_field(call: Call) -> dict:
    return show(find(call, VIEWER))


@routes.patch("contacts/fields/{field_id}")
def update_field(call: Call) -> dict:
    """Name and merge tag; a ``data_type`` is passed over like any key that cannot be written."""
    field = find(call, ADMIN)
    values = {name: text(call.body, name) for name in UNIQUE if is_given(call.body, name)}
    others = [row for row in contact_book.fields_of(call.world, call.account_id) if row is not field]
    if errors := field_errors(values, others):
        raise unprocessable(nested(errors))
    call.world.store["contact_fields"].change(field, **values)
    return show(field)


@routes.delete("contacts/fields/{field_id}")
def delete_field(call: Call) -> Reply:
    """The values go with the field. How the removal of a built-in one is refused no source says."""
    field = find(call, ADMIN)
    if field["built_in"]:
        raise unprocessable({"base": ["Default fields cannot be deleted"]})
    if field["usage"]:
        raise unprocessable({"usage": field["usage"]})
    contact_book.forget_field(call.world, field)
    call.world.store["contact_fields"].remove(field)
    return no_content()


def field_errors(values: dict[str, str | None], others: list[Row]) -> dict[str, list[str]]:
    """What is wrong with the values that are given."""
    errors = {name: text_errors(values[name], maximum=MAX_TEXT) for name in UNIQUE if name in values}
    for name, sentences in errors.items():
        if any(row[name] == values[name] for row in others):
            sentences.append(TAKEN)
    if "data_type" in values and values["data_type"] not in DATA_TYPES:
        errors["data_type"] = ["is not included in the list"] if values["data_type"] else [BLANK]
    return {name: sentences for name, sentences in errors.items() if sentences}


def plant(world: World, item: Item) -> None:
    """``usage`` names what holds on to the field: ``{"automations": ["Welcome"]}``."""
    account_id = accounts.of_item(world, item)
    values: dict[str, Any] = {"name": item.need("name", str), "data_type": item.get("data_type", str, "text")}
    values["merge_tag"] = item.need("merge_tag", str)
    for name, sentences in field_errors(values, contact_book.fields_of(world, account_id)).items():
        raise ControlError(f"{item.where}: {name} {sentences[0]}.")
    identity = item.identity(world, "contact_fields")
    contact_book.create_field(world, account_id, **identity, **values, usage=read_usage(item))


def read_usage(item: Item) -> list[str]:
    usage = item.get("usage", dict, {})
    for name, users in usage.items():
        if name not in USAGE or not isinstance(users, list) or not all(isinstance(user, str) for user in users):
            raise ControlError(f"{item.where}: usage takes lists of names under {', '.join(USAGE)}.")
    return [sentence.format(", ".join(usage[name])) for name, sentence in USAGE.items() if usage.get(name)]


SEEDS = [Seed("contact_fields", plant, after=("accounts",))]
