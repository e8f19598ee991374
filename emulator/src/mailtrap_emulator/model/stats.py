# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending statistics, counted from the email logs (facts 3.19)."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

COUNTED = ("delivery", "bounce", "open", "click", "spam")


@dataclass(frozen=True)
class StatsBucket:
    """Messages of one kind: where they came from, where they went, which events they have had, and their number."""

    day: str
    domain_id: int
    stream: str
    category: str | None
    provider: str
    events: frozenset[str]
    number: int


# How a group is called in the path, in the answer, and what it is grouped by.
STATS_GROUPS: dict[str, tuple[str, Callable[[StatsBucket], object]]] = {
    "domains": ("domain_id", lambda bucket: bucket.domain_id),
    "categories": ("category", lambda bucket: bucket.category),
    "email_service_providers": ("email_service_provider", lambda bucket: bucket.provider),
    "date": ("date", lambda bucket: bucket.day),
}


def count_outcomes(events: frozenset[str]) -> list[str]:
    """What a message counts as. One that bounced after all was not delivered, and only delivered ones are read; so no
    rate is above 1."""
    if "bounce" in events:
        return ["sent", "bounce"]
    if "delivery" in events:
        return ["sent", *(name for name in COUNTED if name in events)]
    return [] if events & {"reject", "suspension"} else ["sent"]


def compute_figures(found: Iterable[StatsBucket]) -> dict:
    """The ten keys. Delivered and bounced are parts of what was sent, the others of what was delivered, with two
    digits: the specification's example has 3 of 190 as 0.02. Rejected mail was never sent."""
    counts: Counter[str] = Counter()
    for bucket in found:
        for name in count_outcomes(bucket.events):
            counts[name] += bucket.number
    shown: dict[str, int | float] = {}
    for name in COUNTED:
        whole = counts["sent" if name in ("delivery", "bounce") else "delivery"]
        shown[f"{name}_count"] = counts[name]
        shown[f"{name}_rate"] = round(counts[name] / whole, 2) if whole else 0.0
    return shown
