# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Projects: table, creation and seeds (docs/service.md#projects)."""

from typing import Any

from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .accounts import find_account_id

PROJECTS = TableSpec("projects", 2_500_000, groups={"account": lambda row: row["account_id"]})
TABLES = [PROJECTS]


def insert_project(world: World, account_id: int, name: str, **fields: Any) -> Row:
    """Add a project."""
    return world.store["projects"].add(
        fields
        | {
            "account_id": account_id,
            "name": name,
            "admin_share": world.random_hex(64),
            "viewer_share": world.random_hex(64),
        }
    )


def seed_project(world: World, item: FieldReader) -> None:
    """Add a project."""
    insert_project(
        world, find_account_id(world, item), item.require("name", str), **item.identity_fields(world, "projects")
    )


SEEDS = [Seed("projects", seed_project, after=("accounts",))]
