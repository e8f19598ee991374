# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts (facts 3.1)."""

from typing import Any

from .. import people
from ..access import Access
from ..call import Call
from ..errors import ControlError
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..world import World

ACCOUNTS = TableSpec(
    "accounts",
    1_234_567,
    groups={"organization": lambda row: row["organization_id"], "all": lambda row: "all"},
)
TABLES = [ACCOUNTS]
routes = Routes(scoped=False, needs_account=False)


def create(world: World, name: str, **fields: Any) -> Row:
    defaults = {
        "name": name,
        "organization_id": None,
        "owner_name": "Account Owner",
        "owner_email": "owner@example.com",
        "confirmed_addresses": [],
    }
    account = world.store["accounts"].add(defaults | fields)
    people.add_owner(world, account)
    return account


@routes.get("accounts")
def list_accounts(call: Call) -> list:
    """The token's account, or for an organization's token every account of the organization."""
    table = call.world.store["accounts"]
    organization_id = call.token.get("organization_id")
    rows = table.of("organization", organization_id) if organization_id else [table.get(call.account_id)]
    return [{"id": row["id"], "name": row["name"], "access_levels": Access(call.token).levels()} for row in rows if row]


def plant(world: World, item: Item) -> None:
    fields = {
        "organization_id": item.get("organization_id", int),
        "owner_name": item.get("owner_name", str),
        "owner_email": item.get("owner_email", str),
    }
    given = {name: value for name, value in fields.items() if value is not None}
    create(world, item.need("name", str), **item.identity(world, "accounts"), **given)


def of_item(world: World, item: Item) -> int:
    """The account that a seed item belongs to: the one it names, else the first one."""
    key = item.get("account_id", int)
    if key is None:
        ids = world.store["accounts"].ids("all", "all")
        if not ids:
            raise ControlError(f"{item.where}: there is no account to belong to.")
        return ids[0]
    return item.parent(world, "accounts", "account_id")["id"]


def plant_confirmed(world: World, item: Item) -> None:
    """An address that has agreed to receive forwarded messages."""
    table = world.store["accounts"]
    account = table.get(of_item(world, item))
    table.change(account, confirmed_addresses=[*account["confirmed_addresses"], item.need("email", str)])


SEEDS = [Seed("accounts", plant), Seed("confirmed_addresses", plant_confirmed, after=("accounts",))]
