# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending statistics, computed from the email logs (docs/service.md#stats)."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

COUNTED = ("delivery", "bounce", "open", "click", "spam")


@dataclass(frozen=True)
class StatsBucket:
    """The number of messages that have all other fields in common, see ``stats_bucket`` in email_logs.py."""

    day: str
    domain_id: int
    stream: str
    category: str | None
    provider: str
    events: frozenset[str]
    number: int


# By the name of the group in the path: its name in the answer and its value for a bucket.
STATS_GROUPS: dict[str, tuple[str, Callable[[StatsBucket], object]]] = {
    "domains": ("domain_id", lambda bucket: bucket.domain_id),
    "categories": ("category", lambda bucket: bucket.category),
    "email_service_providers": ("email_service_provider", lambda bucket: bucket.provider),
    "date": ("date", lambda bucket: bucket.day),
}


def count_outcomes(events: frozenset[str]) -> list[str]:
    """Return the figures that a message with these events counts for.

    A message that bounced after its delivery is not delivered, and only delivered messages can be opened or clicked, so
    that no rate exceeds 1.
    """
    if "bounce" in events:
        return ["sent", "bounce"]
    if "delivery" in events:
        return ["sent", *(name for name in COUNTED if name in events)]
    return [] if events & {"reject", "suspension"} else ["sent"]


def compute_figures(buckets: Iterable[StatsBucket]) -> dict[str, int | float]:
    """Return the ten figures of the statistics.

    Deliveries and bounces are rates of sent messages, the others of delivered messages. Rates have two decimal places:
    an example in the specification shows 3 of 190 as 0.02. Rejected messages do not count as sent.
    """
    counts: Counter[str] = Counter()
    for bucket in buckets:
        for name in count_outcomes(bucket.events):
            counts[name] += bucket.number
    figures: dict[str, int | float] = {}
    for name in COUNTED:
        total = counts["sent" if name in ("delivery", "bounce") else "delivery"]
        figures[f"{name}_count"] = counts[name]
        figures[f"{name}_rate"] = round(counts[name] / total, 2) if total else 0.0
    return figures
