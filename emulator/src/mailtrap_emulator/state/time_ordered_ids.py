# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows that are listed by the time of their making, newest first.

Their ids are texts that begin with that time, so that any of a table's groups can be cut to a time span without
looking at its rows. To clients they show a UUID instead.
"""

from bisect import bisect_left
from datetime import UTC, datetime

from .clock import iso_seconds, parse_iso
from .store import Store, TableSpec


def make_time_id(store: Store, spec: TableSpec, stamp: str) -> str:
    """An id for a row made at ``stamp`` (seconds, UTC); of two rows of one second the later is the greater."""
    return f"{stamp} {store.next_id(spec):015}"


def slice_ids(ids: list[str], since: str | None = None, until: str | None = None, before: str | None = None) -> range:
    """The places in ``ids`` (ascending) of the rows made from ``since`` to ``until``, both stamps included, and before
    the row with the id ``before``."""
    first = bisect_left(ids, since) if since is not None else 0
    # The character after the blank that follows the stamp in an id.
    last = bisect_left(ids, until + "!") if until is not None else len(ids)
    if before is not None:
        last = min(last, bisect_left(ids, before))
    return range(first, max(first, last))


def parse_timestamp(text: str) -> str:
    """The stamp of an ISO-8601 time from a query. Raises ValueError."""
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
    """The stamp of a time in seconds since the epoch."""
    return iso_seconds(datetime.fromtimestamp(seconds, UTC))
