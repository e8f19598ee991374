# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending statistics, counted from the email logs (facts 3.19)."""

from collections.abc import Iterator
from datetime import date

from ..http.call import Call
from ..http.responses import HttpError, forbidden, json_response, not_found
from ..http.routing import Routes
from ..model.stats import STATS_GROUPS, StatsBucket, compute_figures

routes = Routes(window="stats")


@routes.get("stats")
def get_stats(call: Call) -> dict:
    return compute_figures(buckets(call))


# A parameter, because "domains" is a group here in either generation and no noun.
@routes.get("stats/{group}")
def get_grouped_stats(call: Call) -> list:
    """Groups with mail only, in the order of their keys (inferred); mail without a category is in no category."""
    if call.params["group"] not in STATS_GROUPS:
        raise not_found()
    word, key_of = STATS_GROUPS[call.params["group"]]
    groups: dict[object, list[StatsBucket]] = {}
    for bucket in buckets(call):
        key = key_of(bucket)
        if key is not None:
            groups.setdefault(key, []).append(bucket)
    return [{call.vocabulary.spell(word): key, "stats": compute_figures(groups[key])} for key in sorted(groups)]


def buckets(call: Call) -> Iterator[StatsBucket]:
    """What the query asks for, as far as the token may see it; 403 if that is no domain at all."""
    domains = call.access.domains()
    if domains is not None and not domains:
        raise forbidden()
    start, end = read_date(call, "start_date"), read_date(call, "end_date")
    wanted = {
        name: call.query_list(name)
        for name in (call.vocabulary.spell("domain_ids"), "sending_streams", "categories", "email_service_providers")
    }
    table = call.world.store["email_logs"]
    for account_id, *rest in table.values("bucket"):
        bucket = StatsBucket(*rest, number=len(table.ids("bucket", (account_id, *rest))))
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
        raise HttpError(json_response({"error": f"Missing required parameter: {name}"}, 400))
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise HttpError(json_response({"error": "Bad Request"}, 400)) from None
