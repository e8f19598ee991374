# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parsers for times and durations."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._engine.times import (
    parse_day,
    parse_duration,
    parse_time,
    parse_time_or_age,
)

NOW = datetime(2026, 3, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("2026-01-31T12:00:00Z", "2026-01-31 12:00:00"),
        ("2026-01-31T12:00:00", "2026-01-31 12:00:00"),
        ("2026-01-31T12:00:00+02:00", "2026-01-31 10:00:00"),
        ("2026-01-31 12:00:00.250000+00:00", "2026-01-31 12:00:00.250000"),
        ("2026-01-31", "2026-01-31 00:00:00"),
        ("90s", "2026-02-28 22:58:30"),
        ("15m", "2026-02-28 22:45:00"),
        ("12h", "2026-02-28 11:00:00"),
        ("7d", "2026-02-21 23:00:00"),
        ("2w", "2026-02-14 23:00:00"),
    ],
)
def test_time_or_age_is_parsed(text: str, expected: str) -> None:
    time = parse_time_or_age(text, NOW, "since")
    assert str(time.replace(tzinfo=None)) == expected and time.utcoffset() == timedelta()


@pytest.mark.parametrize("text, hours", [("90m", 1.5), ("12h", 12), ("30d", 720), ("4w", 672), ("36s", 0.01)])
def test_duration_is_parsed(text: str, hours: float) -> None:
    assert parse_duration(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "30", "30 d", "-3d", "1y", "3d\n", "٣d", "1234567d", "2026-01-31"])
def test_invalid_duration_is_none(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize("text", ["", "soon", "12h", "2026-02-30", "9999-12-31T23:59:59-12:00"])
def test_invalid_time_is_none(text: str) -> None:
    assert parse_time(text) is None


def test_date_or_age_is_parsed() -> None:
    assert parse_day("2026-01-31", NOW, "start_date") == date(2026, 1, 31)
    assert parse_day("0d", NOW, "start_date") == date(2026, 2, 28)
    assert parse_day("1w", NOW, "start_date") == date(2026, 2, 21)


@pytest.mark.parametrize("text", ["", "now", "7", "d", "-7d", "7 d", "7y", "999999w", "2026-02-30", "\u0667d"])
def test_invalid_text_is_neither_time_nor_date(text: str) -> None:
    with pytest.raises(MailtrapError, match=r"since .* is not a valid time"):
        parse_time_or_age(text, NOW, "since")
    with pytest.raises(MailtrapError, match=r"since .* is not a valid date"):
        parse_day(text, NOW, "since")


@pytest.mark.parametrize("text", ["12h", "2026-01-31T12:00:00Z"])
def test_time_is_not_a_date(text: str) -> None:
    with pytest.raises(MailtrapError, match=r"since .* is not a valid date"):
        parse_day(text, NOW, "since")
