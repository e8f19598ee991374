# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending statistics, counted from the email logs (docs/service.md#stats)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from ..http.call import Call
from ..http.responses import HttpError, forbidden, json_response, not_found
from ..http.routing import Routes
from ..model.stats import STATS_GROUPS, StatsBucket, compute_figures
from ..state.json_codec import JsonObject

routes = Routes(window="stats")


@routes.get("stats")
def get_stats(call: Call) -> JsonObject:
    return compute_figures(select_buckets(call))


# The group is a path parameter, because a literal "domains" would be a noun that legacy paths spell differently.
@routes.get("stats/{group}")
def get_grouped_stats(call: Call) -> list[JsonObject]:
    """Show the statistics of each group, sorted by key. The order is assumed.

    Groups without mail are left out, and so is mail without a category.
    """
    if call.params["group"] not in STATS_GROUPS:
        raise not_found()
    key_name, get_key = STATS_GROUPS[call.params["group"]]
    # The keys of one group are all numbers or all texts.
    groups: dict[Any, list[StatsBucket]] = {}
    for bucket in select_buckets(call):
        key = get_key(bucket)
        if key is not None:
            groups.setdefault(key, []).append(bucket)
    return [{call.vocabulary.spell(key_name): key, "stats": compute_figures(groups[key])} for key in sorted(groups)]


def select_buckets(call: Call) -> Iterator[StatsBucket]:
    """Yield the counted messages that match the query and that the token may see.

    :raises HttpError: 403 if the token has no domain, 400 if a date is missing or invalid.
    """
    domains = call.access.domains()
    if domains is not None and not domains:
        raise forbidden()
    start, end = parse_date(call, "start_date"), parse_date(call, "end_date")
    filters = {
        name: call.query_list(name)
        for name in (call.vocabulary.spell("domain_ids"), "sending_streams", "categories", "email_service_providers")
    }
    table = call.world.store["email_logs"]
    for group_value in table.values("bucket"):
        account_id, day, domain_id, stream, category, provider, events = group_value
        number = len(table.ids("bucket", group_value))
        bucket = StatsBucket(day, domain_id, stream, category, provider, events, number)
        values = (str(bucket.domain_id), bucket.stream, bucket.category, bucket.provider)
        if (
            account_id == call.account_id
            and start <= bucket.day <= end
            and (domains is None or bucket.domain_id in domains)
            and all(not allowed or value in allowed for value, allowed in zip(values, filters.values(), strict=True))
        ):
            yield bucket


def parse_date(call: Call, name: str) -> str:
    """Parse a required date of the query as YYYY-MM-DD.

    :raises HttpError: 400 if it is missing or invalid (E23 in docs/service.md#error-bodies).
    """
    value = call.query(name)
    if not value:
        raise HttpError(json_response({"error": f"Missing required parameter: {name}"}, 400))
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise HttpError(json_response({"error": "Bad Request"}, 400)) from None
