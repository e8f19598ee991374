# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The usage of an account in the current billing cycle (docs/service.md#billing).

Usage is counted when mail is accepted, so deleting messages does not reduce it.
"""

from collections import Counter
from datetime import datetime, timedelta

from ..state.clock import iso_ms
from ..state.store import TableSpec
from ..state.world import World

# One row per account. Its id is the account id.
USAGE = TableSpec("usage")

CAUGHT_COUNT, FORWARDED_COUNT, SENT_COUNT, CAMPAIGNS_COUNT = "caught", "forwarded", "sent", "campaigns"

# The count that mail of an outbox stream adds to. Mail of other streams is free.
STREAM_COUNTS = {
    "transactional": SENT_COUNT,
    "bulk": SENT_COUNT,
    "forward": FORWARDED_COUNT,
    "campaign": CAMPAIGNS_COUNT,
}


def cycle_start(now: datetime) -> datetime:
    """Return the start of the billing cycle that contains a time. Cycles are calendar months in UTC."""
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def cycle_end(now: datetime) -> datetime:
    """Return the end of the billing cycle that contains a time, which is the start of the next one."""
    return cycle_start(cycle_start(now) + timedelta(days=31))


def get_usage_counts(world: World, account_id: int) -> Counter[str]:
    """Return the usage of the current cycle by count name."""
    row = world.store[USAGE.name].get(account_id)
    start = iso_ms(cycle_start(world.clock.now()))
    return Counter(row["counts"] if row and row["cycle_start"] == start else {})


def add_usage(world: World, account_id: int, name: str, number: int = 1) -> None:
    """Add ``number`` to a count of the current cycle."""
    counts = get_usage_counts(world, account_id)
    counts[name] += number
    start = iso_ms(cycle_start(world.clock.now()))
    world.store[USAGE.name].add({"id": account_id, "cycle_start": start, "counts": dict(counts)})


TABLES = [USAGE]
