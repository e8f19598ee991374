# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module utility is private to the collection: it may change in any release.

"""Times as users write them: ISO-8601, or how long ago."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from ansible_collections.community.mailtrap.plugins.module_utils._errors import MailtrapError

_AGO = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(text, now, called):
    """Return a point in time: datetime in UTC.

    :param text: str, an ISO-8601 time, UTC where it says no offset, or a number of s, m, h, d or w ago.
    :param now: datetime with a time zone. :param called: str, the option, for the sentence.
    :raises MailtrapError: when it is neither.
    """
    try:
        ago = _AGO.fullmatch(text)
        if ago:
            return now.astimezone(timezone.utc) - timedelta(**{_UNITS[ago.group(2)]: int(ago.group(1))})
        # What datetime.isoformat() writes is what Python 3.8 reads.
        parsed = datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", text))
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        sentence = f"{called} {text!r} is no time: write 2026-01-31T12:00:00Z, or 12h or 7d for so long ago"
        raise MailtrapError(sentence) from None


def day(text, now, called):
    """Return a day: date in UTC; ``text`` is YYYY-MM-DD, or a number of d or w ago. Else as :func:`moment`."""
    try:
        if _AGO.fullmatch(text) and text[-1] in "dw":
            return moment(text, now, called).date()
        return date.fromisoformat(text)
    except (ValueError, MailtrapError):
        raise MailtrapError(f"{called} {text!r} is no day: write 2026-01-31, or 7d for seven days ago") from None
