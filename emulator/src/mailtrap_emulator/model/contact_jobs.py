# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact imports and exports as jobs that take time (docs/service.md#contact-jobs).

A row of either has ``created_at`` and ``started_at`` in seconds since the epoch, and ``outcome``, which is None until
the job ends.
"""

from typing import Any

from ..state.schedule import schedule_at
from ..state.store import Row
from ..state.world import World


def begin_contact_job(world: World, job_type: str, **fields: Any) -> Row:
    """Add an import or export and schedule its job. Table and job type have the same name."""
    now, seconds = world.clock.time(), world.settings["contact_job_seconds"]
    row = world.store[job_type].add(fields | {"created_at": now, "started_at": now + seconds / 2, "outcome": None})
    schedule_at(world, now + seconds, job_type, id=row["id"])
    return row


def contact_job_status(world: World, row: Row) -> str:
    """Return the status: ``created`` in the first half of the duration, then ``started``, then the outcome."""
    outcome: str | None = row["outcome"]
    return outcome or ("created" if world.clock.time() < row["started_at"] else "started")
