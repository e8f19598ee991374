# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Functions that format text, durations and times for the summary mail."""

from __future__ import annotations

import datetime
import re

# Escape sequences, other control characters and changes of the writing direction, which terminals and mail programs
# would obey.
_ESCAPE_SEQUENCE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-_])")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def strip_control_characters(value: object) -> str:
    """Convert a value to text and remove its control characters, except line breaks."""
    text = _ESCAPE_SEQUENCE.sub("", str(value)).replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return _SURROGATE.sub("\ufffd", _CONTROL_CHARACTER.sub("", text))


def truncate(text: str, length: int) -> str:
    """Cut a text to a maximum length; a cut text ends with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def natural_sort_key(name: str) -> list[tuple[bool, int, str]]:
    """Return a sort key that compares numbers in names by value, so that web2 comes before web10."""
    return [(word.isdecimal(), int(word) if word.isdecimal() else 0, word) for word in re.split(r"(\d+)", name)]


def format_duration(seconds: float) -> str:
    """Format a duration, such as ``2 min 31 s``."""
    minutes, whole_seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole_seconds} s" if minutes else f"{whole_seconds} s"


def format_time(time: datetime.datetime) -> str:
    """Format a time zone aware time to the minute, such as ``2026-11-25 13:05 UTC``."""
    zone = time.tzname() if time.utcoffset() != datetime.timedelta() else "UTC"
    return f"{time:%Y-%m-%d %H:%M} {zone}"
