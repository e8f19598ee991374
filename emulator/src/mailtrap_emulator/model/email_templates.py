# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email templates as table rows and seeds (facts 3.13)."""

from typing import Any

from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .accounts import find_account_id

TEMPLATES = TableSpec("email_templates", 40_000, unique=("uuid",), groups={"account": lambda row: row["account_id"]})
TABLES = [TEMPLATES]

REQUIRED_TEMPLATE_FIELDS = ("name", "category", "subject")
TEMPLATE_BODIES = ("body_html", "body_text")
MAX_TEMPLATE_TEXT, MAX_TEMPLATE_BODY = 255, 10_000_000


def insert_template(world: World, account_id: int, **fields: Any) -> Row:
    now = world.clock.stamp()
    defaults = {"account_id": account_id, "uuid": world.uuid4(), "created_at": now, "updated_at": now}
    return world.store["email_templates"].add(defaults | fields)


def seed_template(world: World, item: FieldReader) -> None:
    given = {"uuid": item.get("uuid", str)}
    texts = {name: item.get(name, str) for name in TEMPLATE_BODIES}
    defaults = {"name": item.require("name", str), "category": item.get("category", str, "Seeded")}
    insert_template(
        world,
        find_account_id(world, item),
        **item.identity_fields(world, "email_templates"),
        **{name: value for name, value in given.items() if value is not None},
        **defaults,
        subject=item.get("subject", str, defaults["name"]),
        **texts,
    )


SEEDS = [Seed("email_templates", seed_template, after=("accounts",))]
