# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending statistics, counted from the email logs (facts 3.19)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ..call import Call
from ..replies import Refusal, forbidden, json_reply, not_found
from ..routing import Routes

routes = Routes(window="stats")

COUNTED = ("delivery", "bounce", "open", "click", "spam")


@dataclass(frozen=True)
class Bucket:
    """Messages of one kind: where they came from, where they went, which events they have had, and their number."""

    day: str
    domain_id: int
    stream: str
    category: str | None
    provider: str
    events: frozenset[str]
    number: int


# How a group is called in the path, in the answer, and what it is grouped by.
GROUPS: dict[str, tuple[str, Callable[[Bucket], object]]] = {
    "domains": ("domain_id", lambda bucket: bucket.domain_id),
    "categories": ("category", lambda bucket: bucket.category),
    "email_service_providers": ("email_service_provider", lambda bucket: bucket.provider),
    "date": ("date", lambda bucket: bucket.day),
}


@routes.get("stats")
def get_stats(call: Call) -> dict:
    return figures(buckets(call))


# A parameter, because "domains" is a group here in either generation and no noun.
@routes.get("stats/{group}")
def get_grouped_stats(call: Call) -> list:
    """Groups with mail only, in the order of their keys (inferred); mail without a category is in no category."""
    if call.params["group"] not in GROUPS:
        raise not_found()
    word, key_of = GROUPS[call.params["group"]]
    groups: dict[object, list[Bucket]] = {}
    for bucket in buckets(call):
        key = key_of(bucket)
        if key is not None:
            groups.setdefault(key, []).append(bucket)
    return [{call.words(word): key, "stats": figures(groups[key])} for key in sorted(groups)]


def buckets(call: Call) -> Iterator[Bucket]:
    """What the query asks for, as far as the token may see it; 403 if that is no domain at all."""
    domains = call.access.domains()
    if domains is not None and not domains:
        raise forbidden()
    start, end = read_date(call, "start_date"), read_date(call, "end_date")
    wanted = {
        name: call.query_list(name)
        for name in (call.words("domain_ids"), "sending_streams", "categories", "email_service_providers")
    }
    table = call.world.store["email_logs"]
    for account_id, *rest in table.values("bucket"):
        bucket = Bucket(*rest, number=len(table.ids("bucket", (account_id, *rest))))
        values = (str(bucket.domain_id), bucket.stream, bucket.category, bucket.provider)
        if (
            account_id == call.account_id
            and start <= bucket.day <= end
            and (domains is None or bucket.domain_id in domains)
            and all(not only or value in only for value, only in zip(values, wanted.values(), strict=True))
        ):
            yield bucket


def read_date(call: Call, name: str) -> str:
    """A required day as YYYY-MM-DD; 400 E23 otherwise."""
    value = call.query(name)
    if not value:
        raise Refusal(json_reply({"error": f"Missing required parameter: {name}"}, 400))
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Refusal(json_reply({"error": "Bad Request"}, 400)) from None


def outcomes(events: frozenset[str]) -> list[str]:
    """What a message counts as. One that bounced after all was not delivered, and only delivered ones are read; so no
    rate is above 1."""
    if "bounce" in events:
        return ["sent", "bounce"]
    if "delivery" in events:
        return ["sent", *(name for name in COUNTED if name in events)]
    return [] if events & {"reject", "suspension"} else ["sent"]


def figures(found: Iterable[Bucket]) -> dict:
    """The ten keys. Delivered and bounced are parts of what was sent, the others of what was delivered, with two
    digits: the specification's example has 3 of 190 as 0.02. Rejected mail was never sent."""
    counts: Counter[str] = Counter()
    for bucket in found:
        for name in outcomes(bucket.events):
            counts[name] += bucket.number
    shown: dict[str, int | float] = {}
    for name in COUNTED:
        whole = counts["sent" if name in ("delivery", "bounce") else "delivery"]
        shown[f"{name}_count"] = counts[name]
        shown[f"{name}_rate"] = round(counts[name] / whole, 2) if whole else 0.0
    return shown
