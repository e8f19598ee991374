# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tracking opt-outs: addresses whose opens and clicks are not tracked (docs/service.md#tracking-opt-outs)."""

from typing import Any

from ..state.clock import iso_seconds
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.time_ordered_ids import make_time_id
from ..state.world import World
from .suppressions import address_key, parse_seed_fields

TRACKING_OPT_OUTS = TableSpec(
    "tracking_opt_outs",
    unique=("uuid",),
    groups={"account": lambda row: row["account_id"], "address": address_key},
)
TABLES = [TRACKING_OPT_OUTS]


def insert_tracking_opt_out(world: World, account_id: int, **fields: Any) -> Row:
    """Add a tracking opt-out. Without ``domain_id`` it applies to all domains of the account."""
    created_at = fields.pop("created_at", None) or iso_seconds(world.clock.now())
    defaults = {
        "id": make_time_id(world.store, TRACKING_OPT_OUTS, created_at),
        "uuid": world.uuid4(),
        "account_id": account_id,
        "created_at": created_at,
    }
    return world.store["tracking_opt_outs"].add(defaults | fields)


def is_opted_out(world: World, account_id: int, email: str, domain_id: int | None) -> bool:
    """Return whether an address has opted out of tracking for a domain."""
    rows = world.store["tracking_opt_outs"].select("address", (account_id, email.lower()))
    return any(row["domain_id"] in (None, domain_id) for row in rows)


def seed_tracking_opt_out(world: World, item: FieldReader) -> None:
    """Add a tracking opt-out."""
    insert_tracking_opt_out(world, **parse_seed_fields(world, item))


SEEDS = [Seed("tracking_opt_outs", seed_tracking_opt_out, after=("accounts", "verified_domains"))]
