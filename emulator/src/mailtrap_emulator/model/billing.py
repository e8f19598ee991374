# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much an account has used in the running billing cycle (facts 3.5).

Counted as mail goes by, because messages can be deleted and what was used stays used.
"""

from collections import Counter
from datetime import datetime, timedelta

from ..state.clock import iso_ms
from ..state.store import TableSpec
from ..state.world import World

# One row per account, under the account's id.
USAGE = TableSpec("usage")

CAUGHT_COUNT, FORWARDED_COUNT, SENT_COUNT, CAMPAIGNS_COUNT = "caught", "forwarded", "sent", "campaigns"

# Which count a stream of the outbox belongs to; those that are not here are free.
STREAM_COUNTS = {
    "transactional": SENT_COUNT,
    "bulk": SENT_COUNT,
    "forward": FORWARDED_COUNT,
    "campaign": CAMPAIGNS_COUNT,
}


def cycle_start(now: datetime) -> datetime:
    """When the billing cycle began that a moment is in: with the calendar month, in UTC."""
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def cycle_end(now: datetime) -> datetime:
    """When that cycle ends and the next one begins."""
    return cycle_start(cycle_start(now) + timedelta(days=31))


def get_usage_counts(world: World, account_id: int) -> Counter:
    """What has been used in this cycle, by name of the count."""
    row = world.store[USAGE.name].get(account_id)
    start = iso_ms(cycle_start(world.clock.now()))
    return Counter(row["counts"] if row and row["cycle_start"] == start else {})


def add_usage(world: World, account_id: int, name: str, number: int = 1) -> None:
    """Add to what has been used."""
    used = get_usage_counts(world, account_id)
    used[name] += number
    start = iso_ms(cycle_start(world.clock.now()))
    world.store[USAGE.name].add({"id": account_id, "cycle_start": start, "counts": dict(used)})


TABLES = [USAGE]
