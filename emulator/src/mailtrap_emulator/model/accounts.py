# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts: table, creation and seeds (docs/service.md#accounts)."""

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
    """Add an account with its owner."""
    defaults: Row = {
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
    """Add an account."""
    optional = {
        "organization_id": item.get("organization_id", int),
        "owner_name": item.get("owner_name", str),
        "owner_email": item.get("owner_email", str),
    }
    fields = {name: value for name, value in optional.items() if value is not None}
    insert_account(world, item.require("name", str), **item.identity_fields(world, "accounts"), **fields)


def find_account_id(world: World, item: FieldReader) -> int:
    """Return the account id of a seed item: its ``account_id``, or the first account.

    :raises ControlError: if the account does not exist.
    """
    if item.get("account_id", int) is not None:
        account_id: int = item.find_parent(world, "accounts", "account_id")["id"]
        return account_id
    account_ids: list[int] = world.store["accounts"].ids("all", "all")
    if not account_ids:
        raise ControlError(f"{item.location}: no account exists.")
    return account_ids[0]


def seed_confirmed_address(world: World, item: FieldReader) -> None:
    """Add an address that has agreed to receive forwarded messages."""
    table = world.store["accounts"]
    account = table[find_account_id(world, item)]
    table.update(account, confirmed_addresses=[*account["confirmed_addresses"], item.require("email", str)])


SEEDS = [Seed("accounts", seed_account), Seed("confirmed_addresses", seed_confirmed_address, after=("accounts",))]
