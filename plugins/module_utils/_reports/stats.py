# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Statistics of what was sent (facts 3.19)."""

from __future__ import annotations

from datetime import datetime, timezone

from .._api.errors import MailtrapError, attempting
from .._engine.directory import Directory
from .._engine.times import day
from .._resources.targets import DOMAIN_TARGET

TOTAL = "total"
GROUPS = ("domains", "categories", "email_service_providers", "date")


def read_stats(client, options, check_mode):
    """Read the figures that were asked for, one request each.

    :param options: dict, the options of community.mailtrap.stats_info.
    :returns: dict with stats: dict of the totals, and of lists by group; and what the rate limit has cost.
    :raises MailtrapError: before any request when the options make no sense.
    """
    with attempting("read the statistics"):
        now = datetime.now(timezone.utc)
        start, end = day(options["start_date"], now, "start_date"), day(options["end_date"], now, "end_date")
        if start > end:
            raise MailtrapError(f"start_date {start} is after end_date {end}")
        domains = DOMAIN_TARGET.find_ids(client, options["domains"], check_mode, Directory(client, check_mode))
        query = [("start_date", str(start)), ("end_date", str(end)), *_filters(options, domains.found)]
        stats = {}
        if domains.found is not None:
            stats = {part: _figures(client, part, query) for part in dict.fromkeys(options["include"])}
    return {
        "changed": False,
        "stats": stats,
        "start_date": str(start),
        "end_date": str(end),
        "rate_limit_wait": round(client.seconds_waited, 1),
        "warnings": domains.warnings,
    }


def _filters(options, ids):
    """Return the filters as pairs of a query: iterator."""
    for name in ("sending_streams", "categories", "email_service_providers"):
        yield from ((f"{name}[]", value) for value in options[name])
    yield from (("domain_ids[]", domain_id) for domain_id in [*options["domain_ids"], *(ids or ())])


def _figures(client, part, query):
    """Return the totals: dict; or the figures by group: list of dict."""
    path = "/api/stats" if part == TOTAL else f"/api/stats/{part}"
    answer = client.get(path, query)
    if not isinstance(answer, dict if part == TOTAL else list):
        raise MailtrapError("the service's answer holds no statistics", method="GET", path=path)
    return answer
