# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime

import pytest

from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.formatting import (
    format_duration,
    format_time,
    natural_sort_key,
    strip_control_characters,
    truncate,
)


@pytest.mark.parametrize(
    "value, text",
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;https://x\x07link\x1b]8;;\x07", "link"),
        ("a\tb\rc\x00d\x85e", "a    b\ncde"),
        ("exe\u202etxt", "exetxt"),
        ("broken \udcff", "broken \ufffd"),
        ("Grüße 🎉", "Grüße 🎉"),
        (7, "7"),
    ],
)
def test_control_characters_are_stripped(value, text):
    assert strip_control_characters(value) == text


def test_truncated_text_ends_with_an_ellipsis():
    assert truncate("abcde", 5) == "abcde"
    assert truncate("abc def", 5) == "abc…"


@pytest.mark.parametrize(
    "seconds, text",
    [
        (0.4, "0 s"),
        (59.6, "1 min 0 s"),
        (61, "1 min 1 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h 0 min"),
        (90061, "25 h 1 min"),
    ],
)
def test_duration(seconds, text):
    assert format_duration(seconds) == text


def test_time():
    time = datetime.datetime(2026, 11, 25, 13, 5, 59, tzinfo=datetime.UTC)
    assert format_time(time) == "2026-11-25 13:05 UTC"
    berlin = datetime.timezone(datetime.timedelta(hours=1), "CET")
    assert format_time(time.astimezone(berlin)) == "2026-11-25 14:05 CET"


def test_numbers_in_names_are_sorted_by_value():
    names = ["web10", "web2", "db", "10.0.0.12", "10.0.0.2", "web²"]
    assert sorted(names, key=natural_sort_key) == ["10.0.0.2", "10.0.0.12", "db", "web2", "web10", "web²"]
