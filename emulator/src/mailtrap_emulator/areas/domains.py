# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains that live mail is sent from (facts 3.11), as far as sending looks at them."""

from typing import Any

from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..world import World
from . import accounts

DOMAINS = TableSpec(
    "domains",
    940_000,
    groups={
        "account": lambda row: row["account_id"],
        "name": lambda row: (row["account_id"], row["domain_name"].lower()),
    },
)
TABLES = [DOMAINS]


def create(world: World, account_id: int, domain_name: str, **fields: Any) -> Row:
    defaults = {"account_id": account_id, "domain_name": domain_name, "demo": False, "dns_verified": False}
    return world.store["domains"].add(defaults | fields)


def named(world: World, account_id: int, domain_name: str) -> Row | None:
    """The account's domain of exactly this name; a sub-domain is another one (facts 3.11)."""
    return next(iter(world.store["domains"].of("name", (account_id, domain_name.lower()))), None)


def plant_verified(world: World, item: Item) -> None:
    account_id = accounts.of_item(world, item)
    create(world, account_id, item.need("domain_name", str), **item.identity(world, "domains"), dns_verified=True)


SEEDS = [Seed("verified_domains", plant_verified, after=("accounts",))]
