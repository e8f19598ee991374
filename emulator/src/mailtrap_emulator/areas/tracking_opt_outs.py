# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tracking opt-outs: addresses whose opens and clicks are not followed (facts 11). Made like suppressions."""

from typing import Any

from ..call import BLANK, Call, text
from ..clock import iso_seconds
from ..replies import Reply, json_reply, unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..timeline import new_id
from ..world import World
from . import suppressions

TRACKING_OPT_OUTS = TableSpec(
    "tracking_opt_outs",
    unique=("uuid",),
    groups={"account": lambda row: row["account_id"], "address": suppressions.by_address},
)
TABLES = [TRACKING_OPT_OUTS]
routes = Routes(scoped=False)


def create(world: World, account_id: int, **fields: Any) -> Row:
    created_at = fields.pop("created_at", None) or iso_seconds(world.clock.now())
    defaults = {
        "id": new_id(world.store, TRACKING_OPT_OUTS, created_at),
        "uuid": world.uuid4(),
        "account_id": account_id,
        "created_at": created_at,
    }
    return world.store["tracking_opt_outs"].add(defaults | fields)


def is_opted_out(world: World, account_id: int, email: str, domain_id: int | None) -> bool:
    rows = world.store["tracking_opt_outs"].of("address", (account_id, email.lower()))
    return any(row["domain_id"] in (None, domain_id) for row in rows)


def show(row: Row) -> dict:
    names = ("email", "created_at", "domain_name")
    return {"id": row["uuid"]} | {name: row[name] for name in names}


@routes.get("tracking_opt_outs")
def list_tracking_opt_outs(call: Call) -> dict:
    """``last_id`` is null where nothing follows (inferred)."""
    rows, has_more = suppressions.page(call, "tracking_opt_outs")
    return {"data": [show(row) for row in rows], "last_id": rows[-1]["uuid"] if has_more else None}


@routes.post("tracking_opt_outs")
def create_tracking_opt_out(call: Call) -> Reply:
    """Errors as for suppressions (inferred)."""
    domain = suppressions.writable_domain(call)
    email = text(call.body, "email")
    errors = {"email": suppressions.address_errors(email), "domain": [] if domain else [BLANK]}
    found = {name: sentences for name, sentences in errors.items() if sentences}
    if not found:
        rows = call.world.store["tracking_opt_outs"].of("address", (call.account_id, email.lower()))
        if any(row["domain_id"] == domain["id"] for row in rows):
            found = {"email": ["has already been taken"]}
    if found:
        raise unprocessable(found)
    row = create(call.world, call.account_id, email=email, domain_id=domain["id"], domain_name=domain["domain_name"])
    return json_reply({"data": show(row)}, 201)


@routes.delete("tracking_opt_outs/{tracking_opt_out_id}")
def delete_tracking_opt_out(call: Call) -> dict:
    row = suppressions.find(call, "tracking_opt_outs", "tracking_opt_out_id")
    call.world.store["tracking_opt_outs"].remove(row)
    return show(row)


def plant(world: World, item: Item) -> None:
    create(world, **suppressions.planted_fields(world, item))


SEEDS = [Seed("tracking_opt_outs", plant, after=("accounts", "verified_domains"))]
