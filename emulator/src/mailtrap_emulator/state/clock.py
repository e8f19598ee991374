# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one clock of the emulator. Nothing else may ask the operating system for the time of day."""

import time
from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone

# The instants that datetime can hold with any UTC offset, in seconds since the epoch.
EARLIEST, LATEST = -62_135_000_000.0, 253_402_000_000.0


class Clock:
    """Real time plus an offset, or a frozen instant.

    All times are seconds since the epoch (float) or timezone-aware datetimes in UTC.
    """

    def __init__(self) -> None:
        self.offset = 0.0
        self.frozen_at: float | None = None

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self.offset if self.frozen_at is None else self.frozen_at

    def now(self) -> datetime:
        """The time of day, in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def stamp(self) -> str:
        """The time of day as the API writes it, see :func:`iso_ms`."""
        return iso_ms(self.now())

    def advance(self, seconds: float) -> None:
        """Move the clock by ``seconds`` (a negative number moves it back)."""
        self.set(self.time() + seconds)

    def set(self, seconds: float) -> None:
        """Make the clock show ``seconds`` since the epoch; it goes on from there unless it is frozen.

        Raises ValueError outside the years that a timestamp can be written in.
        """
        check_time(seconds)
        if self.frozen_at is None:
            self.offset = seconds - time.time()
        else:
            self.frozen_at = seconds

    def freeze(self) -> None:
        """Stop the clock where it is."""
        self.frozen_at = self.time()

    def unfreeze(self) -> None:
        """Let the clock go on from where it stands."""
        if self.frozen_at is not None:
            self.offset, self.frozen_at = self.frozen_at - time.time(), None

    def state(self) -> dict:
        """What must be kept to show the same time after a restart."""
        return {"offset": self.offset, "frozen_at": self.frozen_at}

    def restore(self, state: dict) -> None:
        """Take up a kept :meth:`state`."""
        self.offset, self.frozen_at = state["offset"], state["frozen_at"]


def check_time(seconds: float) -> None:
    """Raise ValueError for a time that no clock here can show."""
    if not EARLIEST < seconds < LATEST:
        raise ValueError("The time is out of range.")


def iso_ms(moment: datetime) -> str:
    """ISO-8601 with milliseconds, ``Z`` for UTC and ``+hh:mm`` otherwise (facts 1.8)."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_seconds(moment: datetime) -> str:
    """ISO-8601 in UTC without a fraction (facts 1.8)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def parse_iso(text: str) -> datetime:
    """The moment that an ISO-8601 text names; without an offset it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse_iso_or_none(text: str | None) -> datetime | None:
    """The moment that an ISO-8601 text of a client names, in UTC; None if it names none that can be told."""
    try:
        return parse_iso(text or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def add_months(moment: datetime, months: int) -> datetime:
    """The same day in a later month, or the last one of that month, as Rails counts. Time ends with the year 9999."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = min(moment.year + years, 9999)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def parse_offset(text: str) -> timezone:
    """The time zone that ``Z`` or ``+hh:mm`` names. Raises ValueError."""
    if text == "Z":
        return UTC
    sign = {"+": 1, "-": -1}.get(text[:1])
    hours, colon, minutes = text[1:].partition(":")
    if sign is None or not colon or not (hours.isdigit() and minutes.isdigit()) or int(hours) > 14 or int(minutes) > 59:
        raise ValueError(f"{text!r} is not a UTC offset such as -12:00.")
    return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))
