# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Projects: table, creation and seeds (docs/service.md#projects)."""

from ..state.json_codec import JsonObject
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .accounts import find_account_id

PROJECTS = TableSpec("projects", 2_500_000, groups={"account": lambda row: row["account_id"]})
TABLES = [PROJECTS]


# The text fields that requests may set, with their shortest and longest length (docs/service.md#quotas).
PROJECT_FIELDS = {"name": (2, 100)}


def insert_project(world: World, account_id: int, fields: JsonObject) -> Row:
    """Add a project."""
    return world.store["projects"].add(
        dict.fromkeys(PROJECT_FIELDS)
        | fields
        | {"account_id": account_id, "admin_share": world.random_hex(64), "viewer_share": world.random_hex(64)}
    )


def seed_project(world: World, item: FieldReader) -> None:
    """Add a project."""
    account_id = find_account_id(world, item)
    fields = {name: item.get(name, str) for name in PROJECT_FIELDS} | {"name": item.require("name", str)}
    insert_project(world, account_id, fields | item.identity_fields(world, "projects"))


SEEDS = [Seed("projects", seed_project, after=("accounts",))]
