# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read sending statistics, in total or by group (docs/service.md#stats)."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Iterable, Iterator, List, Tuple

from .._api.errors import MailtrapError, attempting, unexpected_answer
from .._engine.directory import Directory
from .._engine.times import parse_day
from .._resources.targets import DOMAIN_TARGET

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import Json, Options, Result

_PATH = "/api/stats"
TOTAL = "total"
GROUPS = ("domains", "categories", "email_service_providers", "date")


def read_stats(client: Client, options: Options, check_mode: bool) -> Result:
    """Read the included statistics, with a request for each group.

    :raises MailtrapError: if an option is invalid, a domain does not exist, or a request fails.
    """
    with attempting("read the statistics"):
        now = datetime.now(timezone.utc)
        start, end = (
            parse_day(options["start_date"], now, "start_date"),
            parse_day(options["end_date"], now, "end_date"),
        )
        if start > end:
            raise MailtrapError(f"start_date {start} is after end_date {end}")
        domains = DOMAIN_TARGET.find_ids(client, options["domains"], check_mode, Directory(client, check_mode))
        query = [("start_date", str(start)), ("end_date", str(end)), *_build_filters(options, domains.found or ())]
        stats = {}
        # The ids are None if check mode did not find a domain. Without that filter, the figures would be wrong.
        if domains.found is not None:
            stats = {group: _read_group(client, group, query) for group in dict.fromkeys(options["include"])}
    return {
        "changed": False,
        "stats": stats,
        "start_date": str(start),
        "end_date": str(end),
        "rate_limit_wait": round(client.seconds_waited, 1),
        "warnings": domains.warnings,
    }


def _build_filters(options: Options, domain_ids: Iterable[int]) -> Iterator[Tuple[str, Any]]:
    """Yield the query parameters of the filters.

    :param domain_ids: the ids of the domains that the user selected by name.
    """
    for name in ("sending_streams", "categories", "email_service_providers"):
        yield from ((f"{name}[]", value) for value in options[name])
    yield from (("domain_ids[]", domain_id) for domain_id in [*options["domain_ids"], *domain_ids])


def _read_group(client: Client, group: str, query: List[Tuple[str, Any]]) -> Json:
    """Return the totals as an object, or the figures of a group as a list."""
    path = _PATH if group == TOTAL else f"{_PATH}/{group}"
    answer = client.get(path, query)
    if not isinstance(answer, dict if group == TOTAL else list):
        raise unexpected_answer("statistics", "GET", path)
    return answer
