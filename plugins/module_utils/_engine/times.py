# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times as users write them: ISO-8601, or how long from now."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from .._api.errors import MailtrapError

_SPAN = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def span(text):
    """Return a length of time: timedelta, None where a text is no number of s, m, h, d or w."""
    read = _SPAN.fullmatch(text)
    return timedelta(**{_UNITS[read.group(2)]: int(read.group(1))}) if read else None


def instant(text):
    """Return a point in time: datetime in UTC, None where a text is not ISO-8601. Without an offset it is UTC."""
    try:
        # What datetime.isoformat() writes is what Python 3.8 reads.
        read = datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", text))
        return (read if read.tzinfo else read.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def moment(text, now, called):
    """Return a point in time: datetime in UTC.

    :param text: str, an ISO-8601 time, UTC where it says no offset, or a number of s, m, h, d or w ago.
    :param now: datetime with a time zone. :param called: str, the option, for the sentence.
    :raises MailtrapError: when it is neither.
    """
    try:
        ago = span(text)
        at = instant(text) if ago is None else now.astimezone(timezone.utc) - ago
    except OverflowError:
        at = None
    if at is None:
        raise MailtrapError(f"{called} {text!r} is no time: write 2026-01-31T12:00:00Z, or 12h or 7d for so long ago")
    return at


def period(options, first, last):
    """Return the options that tell a period as the service reads them: dict of those that are given.

    :param first: str, the option with its start. :param last: str, the option with its end.
    :raises MailtrapError: when one is no time, or nothing can be in between.
    """
    now = datetime.now(timezone.utc)
    times = {name: moment(options[name], now, name) for name in (first, last) if options[name] is not None}
    if list(times.values()) != sorted(times.values()):
        raise MailtrapError(f"{first} is later than {last}: nothing can be in between")
    return {name: f"{at:%Y-%m-%dT%H:%M:%SZ}" for name, at in times.items()}


def day(text, now, called):
    """Return a day: date in UTC; ``text`` is YYYY-MM-DD, or a number of d or w ago. Else as :func:`moment`."""
    try:
        if _SPAN.fullmatch(text) and text[-1] in "dw":
            return moment(text, now, called).date()
        return date.fromisoformat(text)
    except (ValueError, MailtrapError):
        raise MailtrapError(f"{called} {text!r} is no day: write 2026-01-31, or 7d for seven days ago") from None
