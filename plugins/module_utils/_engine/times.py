# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parsers for times in options: ISO 8601, or durations such as ``12h`` and ``7d``."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Dict, Optional

from .._api.errors import MailtrapError

if TYPE_CHECKING:
    from .._api.json_types import Options

_DURATION = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> Optional[timedelta]:
    """Parse a duration: a number and a unit, which is ``s``, ``m``, ``h``, ``d`` or ``w``. Return None if invalid."""
    match = _DURATION.fullmatch(text)
    return timedelta(**{_UNITS[match.group(2)]: int(match.group(1))}) if match else None


def parse_time(text: str) -> Optional[datetime]:
    """Parse an ISO 8601 time, and return it in UTC, or None if invalid. A time without an offset is UTC."""
    try:
        # datetime.fromisoformat accepts the suffix Z only since Python 3.11.
        parsed = datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", text))
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def parse_time_or_age(text: str, now: datetime, option: str) -> datetime:
    """Parse a time in the past, and return it in UTC.

    :param text: an ISO 8601 time, or how long ago it was, such as ``12h``.
    :param now: the current time, with a time zone.
    :param option: the name of the option, for the message.
    :raises MailtrapError: if the text is neither.
    """
    try:
        age = parse_duration(text)
        time = parse_time(text) if age is None else now.astimezone(timezone.utc) - age
    except OverflowError:
        time = None
    if time is None:
        raise MailtrapError(
            f"{option} {text!r} is not a valid time: use ISO 8601, such as 2026-01-31T12:00:00Z,"
            " or an age, such as 12h or 7d"
        )
    return time


def parse_period(options: Options, start_option: str, end_option: str) -> Dict[str, str]:
    """Return the given times of a period, its start and its end, by option, in the format of the service.

    :raises MailtrapError: if a time is invalid, or the start is later than the end.
    """
    now = datetime.now(timezone.utc)
    times = {
        name: parse_time_or_age(options[name], now, name)
        for name in (start_option, end_option)
        if options[name] is not None
    }
    if list(times.values()) != sorted(times.values()):
        raise MailtrapError(f"{start_option} must not be later than {end_option}")
    return {name: f"{time:%Y-%m-%dT%H:%M:%SZ}" for name, time in times.items()}


def parse_day(text: str, now: datetime, option: str) -> date:
    """Parse a date, or an age, which is counted back from now in UTC.

    :param text: ``YYYY-MM-DD``, or an age in days or weeks, such as ``7d``.
    :param now: the current time, with a time zone.
    :param option: the name of the option, for the message.
    :raises MailtrapError: if the text is neither.
    """
    try:
        if _DURATION.fullmatch(text) and text[-1] in "dw":
            return parse_time_or_age(text, now, option).date()
        return date.fromisoformat(text)
    except (ValueError, MailtrapError):
        raise MailtrapError(
            f"{option} {text!r} is not a valid date: use YYYY-MM-DD, such as 2026-01-31, or an age, such as 7d"
        ) from None
