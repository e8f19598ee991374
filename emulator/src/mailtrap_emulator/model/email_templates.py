# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email templates: table, creation and seeds (docs/service.md#email-templates)."""

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
    """Add an email template."""
    now = world.clock.stamp()
    defaults = {"account_id": account_id, "uuid": world.uuid4(), "created_at": now, "updated_at": now}
    return world.store["email_templates"].add(defaults | fields)


def seed_template(world: World, item: FieldReader) -> None:
    """Add an email template. The default subject is the name."""
    uuid = item.get("uuid", str)
    bodies = {name: item.get(name, str) for name in TEMPLATE_BODIES}
    name = item.require("name", str)
    insert_template(
        world,
        find_account_id(world, item),
        **item.identity_fields(world, "email_templates"),
        **({} if uuid is None else {"uuid": uuid}),
        name=name,
        category=item.get("category", str, "Seeded"),
        subject=item.get("subject", str, name),
        **bodies,
    )


SEEDS = [Seed("email_templates", seed_template, after=("accounts",))]
