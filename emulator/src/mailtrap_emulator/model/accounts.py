# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts as table rows and seeds (facts 3.1)."""

from typing import Any

from ..state.errors import ControlError
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .people import add_owner

ACCOUNTS = TableSpec(
    "accounts",
    1_234_567,
    groups={"organization": lambda row: row["organization_id"], "all": lambda row: "all"},
)
TABLES = [ACCOUNTS]


def insert_account(world: World, name: str, **fields: Any) -> Row:
    defaults = {
        "name": name,
        "organization_id": None,
        "owner_name": "Account Owner",
        "owner_email": "owner@example.com",
        "confirmed_addresses": [],
    }
    account = world.store["accounts"].add(defaults | fields)
    add_owner(world, account)
    return account


def seed_account(world: World, item: FieldReader) -> None:
    fields = {
        "organization_id": item.get("organization_id", int),
        "owner_name": item.get("owner_name", str),
        "owner_email": item.get("owner_email", str),
    }
    given = {name: value for name, value in fields.items() if value is not None}
    insert_account(world, item.require("name", str), **item.identity_fields(world, "accounts"), **given)


def find_account_id(world: World, item: FieldReader) -> int:
    """The account that a seed item belongs to: the one it names, else the first one."""
    key = item.get("account_id", int)
    if key is None:
        ids = world.store["accounts"].ids("all", "all")
        if not ids:
            raise ControlError(f"{item.location}: there is no account to belong to.")
        return ids[0]
    return item.find_parent(world, "accounts", "account_id")["id"]


def confirm_seeds(world: World, item: FieldReader) -> None:
    """An address that has agreed to receive forwarded messages."""
    table = world.store["accounts"]
    account = table.get(find_account_id(world, item))
    table.update(account, confirmed_addresses=[*account["confirmed_addresses"], item.require("email", str)])


SEEDS = [Seed("accounts", seed_account), Seed("confirmed_addresses", confirm_seeds, after=("accounts",))]
