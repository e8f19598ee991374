# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clock of the emulator, and conversions of times. No other module reads the time of day."""

import time
from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TypedDict

# The times that datetime can represent with any UTC offset, in seconds since the epoch.
EARLIEST, LATEST = -62_135_000_000.0, 253_402_000_000.0


class ClockState(TypedDict):
    """The fields that restore a clock after a restart."""

    offset: float
    frozen_at: float | None


class Clock:
    """Real time plus an offset, or a frozen time.

    Times are seconds since the epoch (float) or timezone-aware datetimes in UTC.
    """

    def __init__(self) -> None:
        self.offset = 0.0
        self.frozen_at: float | None = None

    def time(self) -> float:
        """Return the current time in seconds since the epoch."""
        return time.time() + self.offset if self.frozen_at is None else self.frozen_at

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def stamp(self) -> str:
        """Return the current time as the API writes it, see :func:`iso_ms`."""
        return iso_ms(self.now())

    def advance(self, seconds: float) -> None:
        """Move the clock by ``seconds``; a negative number moves it back.

        :raises ValueError: if the new time is out of range.
        """
        self.set(self.time() + seconds)

    def set(self, seconds: float) -> None:
        """Set the clock to ``seconds`` since the epoch. It continues from there unless it is frozen.

        :raises ValueError: if the time is out of range.
        """
        check_time(seconds)
        if self.frozen_at is None:
            self.offset = seconds - time.time()
        else:
            self.frozen_at = seconds

    def freeze(self) -> None:
        """Stop the clock at the current time."""
        self.frozen_at = self.time()

    def unfreeze(self) -> None:
        """Let a frozen clock continue from its time."""
        if self.frozen_at is not None:
            self.offset, self.frozen_at = self.frozen_at - time.time(), None

    def state(self) -> ClockState:
        """Return the state that :meth:`restore` takes after a restart."""
        return {"offset": self.offset, "frozen_at": self.frozen_at}

    def restore(self, state: ClockState) -> None:
        """Set the clock to a state from :meth:`state`."""
        self.offset, self.frozen_at = state["offset"], state["frozen_at"]


def check_time(seconds: float) -> None:
    """Check that the clock can show a time.

    :raises ValueError: if it cannot.
    """
    if not EARLIEST < seconds < LATEST:
        raise ValueError("The time is out of range.")


def iso_ms(moment: datetime) -> str:
    """Format a time as ISO 8601 with milliseconds, and ``Z`` for UTC (docs/service.md#timestamps)."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_seconds(moment: datetime) -> str:
    """Format a time as ISO 8601 in UTC without a fraction (docs/service.md#timestamps)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def parse_iso(text: str) -> datetime:
    """Parse an ISO 8601 time. Without an offset it is UTC.

    :raises ValueError: if the text is not an ISO 8601 time.
    """
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse_iso_or_none(text: str | None) -> datetime | None:
    """Parse an ISO 8601 time and convert it to UTC, or return None if that is impossible."""
    try:
        return parse_iso(text or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def add_months(moment: datetime, months: int) -> datetime:
    """Return the same day in a later month, or its last day, as Rails does. The latest possible year is 9999."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = min(moment.year + years, 9999)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def parse_offset(text: str) -> tzinfo:
    """Parse a UTC offset: ``Z`` or ``+hh:mm``.

    :raises ValueError: if the text is neither.
    """
    if text == "Z":
        return UTC
    sign = {"+": 1, "-": -1}.get(text[:1])
    hours, colon, minutes = text[1:].partition(":")
    if sign is None or not colon or not (hours.isdigit() and minutes.isdigit()) or int(hours) > 14 or int(minutes) > 59:
        raise ValueError(f"{text!r} is not a UTC offset such as -12:00.")
    return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))
