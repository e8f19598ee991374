# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact lists: validation and seeds (docs/service.md#contact-lists)."""

from typing import Any

from ..state.errors import ControlError
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .accounts import find_account_id
from .contacts import TAKEN
from .validation import text_errors

LISTS = TableSpec("contact_lists", 26_000, groups={"account": lambda row: row["account_id"]})
TABLES = [LISTS]

MAX_NAME = 255


def insert_contact_list(world: World, account_id: int, name: str, **fields: Any) -> Row:
    """Add a contact list."""
    return world.store["contact_lists"].add(fields | {"account_id": account_id, "name": name})


def find_list_name_errors(world: World, account_id: int, name: str | None, exclude: Row | None = None) -> list[str]:
    """Return the errors of a list name. Another list of the account, except ``exclude``, must not have it."""
    others = (row for row in world.store["contact_lists"].select("account", account_id) if row is not exclude)
    return text_errors(name, maximum=MAX_NAME) + ([TAKEN] if any(row["name"] == name for row in others) else [])


def seed_contact_list(world: World, item: FieldReader) -> None:
    """Add a contact list."""
    account_id, name = find_account_id(world, item), item.require("name", str)
    if errors := find_list_name_errors(world, account_id, name):
        raise ControlError(f"{item.location}: name {errors[0]}.")
    insert_contact_list(world, account_id, name, **item.identity_fields(world, "contact_lists"))


SEEDS = [Seed("contact_lists", seed_contact_list, after=("accounts",))]
