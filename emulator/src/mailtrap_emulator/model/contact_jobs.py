# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What imports and exports of contacts have in common: they take their time (facts 3.17).

A row of either has ``created_at`` and ``started_at`` in seconds since the epoch, and ``outcome``, None until the end.
"""

from typing import Any

from ..state.schedule import schedule_at
from ..state.store import Row
from ..state.world import World


def begin_contact_job(world: World, kind: str, **fields: Any) -> Row:
    """Add a row to the table ``kind`` and let the job of that name end it."""
    now, seconds = world.clock.time(), world.settings["contact_job_seconds"]
    row = world.store[kind].add(fields | {"created_at": now, "started_at": now + seconds / 2, "outcome": None})
    schedule_at(world, now + seconds, kind, id=row["id"])
    return row


def contact_job_status(world: World, row: Row) -> str:
    """``created`` for the first half of the time, then ``started``, then how it ended."""
    return row["outcome"] or ("created" if world.clock.time() < row["started_at"] else "started")
