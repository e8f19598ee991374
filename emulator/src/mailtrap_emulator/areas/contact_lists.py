# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact lists (facts 3.15).

A name is unique in its account as Rails compares by default, capitals and all. The specification knows no 422 here.
"""

from typing import Any

from .. import contact_book
from ..access import ADMIN, VIEWER
from ..call import Call, is_given, text, text_errors
from ..contact_book import TAKEN
from ..errors import ControlError
from ..replies import Reply, no_content, unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..world import World
from . import accounts

LISTS = TableSpec("contact_lists", 26_000, groups={"account": lambda row: row["account_id"]})
TABLES = [LISTS]
routes = Routes(window="contacts")

MAX_NAME = 255


def create(world: World, account_id: int, name: str, **fields: Any) -> Row:
    return world.store["contact_lists"].add(fields | {"account_id": account_id, "name": name})


def show(contact_list: Row) -> dict:
    return {"id": contact_list["id"], "name": contact_list["name"]}


def find(call: Call, level: int) -> Row:
    call.require(call.access.account, level)
    return call.row("contact_lists", "list_id")


@routes.get("contacts/lists")
def list_lists(call: Call) -> list:
    """Oldest first. ``search`` is the beginning of a name, in any case of letters."""
    call.require(call.access.account, VIEWER)
    start = (call.query("search") or "").lower()
    rows = call.world.store["contact_lists"].of("account", call.account_id)
    return [show(row) for row in rows if row["name"].lower().startswith(start)]


@routes.post("contacts/lists")
def create_list(call: Call) -> dict:
    call.require(call.access.account, ADMIN)
    limit = call.world.settings["contact_lists"]
    if limit is not None and len(call.world.store["contact_lists"].ids("account", call.account_id)) >= limit:
        sentence = "You've reached the contact lists limit. Please upgrade your plan to create the new contact list"
        raise unprocessable({"name": [sentence]})
    name = text(call.body, "name")
    if errors := name_errors(call.world, call.account_id, name):
        raise unprocessable({"name": errors})
    return show(create(call.world, call.account_id, name))


@routes.get("contacts/lists/{list_id}")
def get_list(call: Call) -> dict:
    return show(find(call, VIEWER))


@routes.patch("contacts/lists/{list_id}")
def update_list(call: Call) -> dict:
    contact_list = find(call, ADMIN)
    if is_given(call.body, "name"):
        name = text(call.body, "name")
        if errors := name_errors(call.world, call.account_id, name, contact_list):
            raise unprocessable({"name": errors})
        call.world.store["contact_lists"].change(contact_list, name=name)
    return show(contact_list)


@routes.delete("contacts/lists/{list_id}")
def delete_list(call: Call) -> Reply:
    """The contacts stay; only their membership goes."""
    contact_list = find(call, ADMIN)
    contact_book.forget_list(call.world, contact_list)
    call.world.store["contact_lists"].remove(contact_list)
    return no_content()


def name_errors(world: World, account_id: int, name: str | None, but: Row | None = None) -> list[str]:
    others = (row for row in world.store["contact_lists"].of("account", account_id) if row is not but)
    return text_errors(name, maximum=MAX_NAME) + ([TAKEN] if any(row["name"] == name for row in others) else [])


def plant(world: World, item: Item) -> None:
    account_id, name = accounts.of_item(world, item), item.need("name", str)
    if errors := name_errors(world, account_id, name):
        raise ControlError(f"{item.where}: name {errors[0]}.")
    create(world, account_id, name, **item.identity(world, "contact_lists"))


SEEDS = [Seed("contact_lists", plant, after=("accounts",))]
