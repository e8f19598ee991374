# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids that order rows by their creation time.

Such an id is a text that begins with the time, in ISO 8601 with seconds and in UTC (a timestamp). A range of time is
therefore a slice of the ids, and no row needs to be read. The API shows a UUID instead.
"""

from bisect import bisect_left
from datetime import UTC, datetime

from .clock import iso_seconds, parse_iso
from .store import Store, TableSpec


def make_time_id(store: Store, spec: TableSpec, stamp: str) -> str:
    """Make the id of a row that was created at a timestamp. Within a second, later rows have greater ids."""
    return f"{stamp} {store.next_id(spec):015}"


def slice_ids(ids: list[str], since: str | None = None, until: str | None = None, before: str | None = None) -> range:
    """Return the positions in ``ids`` (ascending) of the rows between two timestamps, both included.

    ``before`` is an id; the row with this id and all later ones are left out.
    """
    first = bisect_left(ids, since) if since is not None else 0
    # "!" follows the blank that ends the timestamp of an id, so this is the position after that second.
    last = bisect_left(ids, until + "!") if until is not None else len(ids)
    if before is not None:
        last = min(last, bisect_left(ids, before))
    return range(first, max(first, last))


def parse_timestamp(text: str) -> str:
    """Convert an ISO 8601 time of a query to a timestamp.

    :raises ValueError: if the text is not an ISO 8601 time.
    """
    try:
        moment = parse_iso(text)
    except ValueError:
        # A plus sign that was not percent-encoded arrives as a blank.
        moment = parse_iso(text.replace(" ", "+"))
    try:
        return iso_seconds(moment)
    except OverflowError:
        raise ValueError(f"{text!r} is out of range.") from None


def timestamp_from_seconds(seconds: float) -> str:
    """Convert seconds since the epoch to a timestamp."""
    return iso_seconds(datetime.fromtimestamp(seconds, UTC))
