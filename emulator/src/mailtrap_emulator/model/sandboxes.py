# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sandboxes: addresses, limits and seeds (docs/service.md#sandboxes)."""

import re
from typing import Any

from ..state.errors import ControlError
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .billing import CAUGHT_COUNT, get_usage_counts
from .validation import BLANK, INVALID

EMAIL_DOMAIN = "inbox.mailtrap.io"


def sandbox_email_username(sandbox: Row) -> str:
    """Return the local part of a sandbox's address: the alias, which can change, and a permanent hash."""
    return f"{sandbox['alias']}-{sandbox['address_hash']}"


def max_messages(world: World, sandbox: Row) -> int:
    """Return how many messages a sandbox keeps."""
    limit: int = sandbox["max_size"] or world.settings["max_size"]
    return limit


def max_message_size(world: World, sandbox: Row) -> int:
    """Return the maximum size of a message in bytes."""
    limit: int = sandbox["max_message_size"] or world.settings["max_message_size"]
    return limit


def consume_send_quota(world: World, sandbox: Row) -> bool:
    """Count a message against the rate limit of a sandbox and return whether the sandbox accepts it.

    It accepts none after the plan's messages are used up (docs/service.md#quotas).
    """
    if get_usage_counts(world, sandbox["account_id"])[CAUGHT_COUNT] >= world.settings["caught_per_month"]:
        return False
    rate = world.settings["sandbox_sends_per_10_seconds"]
    return rate is None or world.rate_windows.count("sandbox", sandbox["id"], world.clock.time(), rate, 10) >= 0


def find_sandbox_by_address(world: World, address: str) -> Row | None:
    """Return the sandbox that receives mail for an address, or None. The local part may have a ``+`` suffix."""
    local, _, host = address.lower().partition("@")
    if host != EMAIL_DOMAIN:
        return None
    sandboxes = world.store["sandboxes"].select("address", local.partition("+")[0])
    return next((sandbox for sandbox in sandboxes if sandbox["email_username_enabled"]), None)


SANDBOXES = TableSpec(
    "sandboxes",
    4_300_000,
    unique=("username",),
    groups={
        "account": lambda row: row["account_id"],
        "project": lambda row: row["project_id"],
        "address": lambda row: sandbox_email_username(row).lower(),
    },
)
TABLES = [SANDBOXES]

STATUSES = ("active", "inactive", "pending")
ALIAS = re.compile(r"[A-Za-z0-9_.-]+")


def insert_sandbox(world: World, account_id: int, project_id: int, name: str, **fields: Any) -> Row:
    """Add a sandbox with random credentials. By default ``max_size`` and ``max_message_size`` are the plan's limits."""
    defaults: Row = {
        "account_id": account_id,
        "project_id": project_id,
        "name": name,
        "username": world.random_hex(14),
        "password": world.random_hex(14),
        "status": "active",
        "alias": world.random_hex(10),
        "address_hash": world.random_hex(6),
        "email_username_enabled": False,
        "used": False,
        "sent_messages_count": 0,
        "forwarded_messages_count": 0,
        "last_message_sent_at": None,
        "max_size": None,
        "max_message_size": None,
    }
    return world.store["sandboxes"].add(defaults | fields)


def find_alias_errors(alias: str | None) -> list[str]:
    """Return the errors of an alias."""
    if not alias or not alias.strip():
        return [BLANK]
    return [] if ALIAS.fullmatch(alias) else [INVALID]


def seed_sandbox(world: World, item: FieldReader) -> None:
    """Add a sandbox."""
    project = item.find_parent(world, "projects", "project_id")
    optional = {
        "username": item.get("username", str),
        "password": item.get("password", str),
        "status": item.get("status", str),
        "alias": item.get("alias", str),
        "address_hash": item.get("address_hash", str),
        "email_username_enabled": item.get("email_username_enabled", bool),
        "max_size": item.get("max_size", int),
        "max_message_size": item.get("max_message_size", int),
    }
    optional = {name: value for name, value in optional.items() if value is not None}
    if optional.get("status", "active") not in STATUSES:
        raise ControlError(f"{item.location}: status must be one of {', '.join(STATUSES)}.")
    identity_fields = item.identity_fields(world, "sandboxes")
    insert_sandbox(
        world, project["account_id"], project["id"], item.require("name", str), **identity_fields, **optional
    )


SEEDS = [Seed("sandboxes", seed_sandbox, after=("projects",))]
