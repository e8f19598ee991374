# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validation of request fields, with the error sentences of Rails (facts 2.3)."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

ID_PATTERN = re.compile(r"[1-9][0-9]{0,18}")
# The characters of RFC 3986: what no two parsers read differently.
WEB_ADDRESS = re.compile(
    r"https?://(?:[\w.~:@!$&'()*+,;=-]|%[0-9a-f]{2}|\[[0-9a-f:.]+\])+"
    r"(?:[/?](?:[\w.~:@!$&'()*+,;=/?-]|%[0-9a-f]{2})*)?(?:#(?:[\w.~:@!$&'()*+,;=/?-]|%[0-9a-f]{2})*)?",
    re.IGNORECASE | re.ASCII,
)


def cast_text(fields: dict[str, Any], name: str) -> str | None:
    """A text field as Rails reads it: numbers and booleans become text, lists and objects are not permitted at all.

    None where the field is missing, null or not permitted.
    """
    value = fields.get(name)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int | float):
        return json.dumps(value)
    return value if isinstance(value, str) else None


def is_given(fields: dict[str, Any], name: str) -> bool:
    """Whether a request says anything about a scalar field; null counts, a list or an object does not."""
    return name in fields and not isinstance(fields[name], list | dict)


def is_web_address(value: str) -> bool:
    """Whether a text is an absolute http or https URI with a host, as the specifications want it (``format: uri``)."""
    if not WEB_ADDRESS.fullmatch(value):
        return False
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def cast_boolean(value: object) -> bool:
    """A boolean as Rails casts one: false, 0 and their spellings are false, and so are null and nothing."""
    return value not in (None, False, 0, "", "0", "f", "F", "false", "False", "FALSE", "off", "Off", "OFF")


def too_short(minimum: int) -> str:
    return f"is too short (minimum is {minimum} characters)"


def too_long(maximum: int) -> str:
    return f"is too long (maximum is {maximum} characters)"


BLANK = "can't be blank"
INVALID = "is invalid"


def text_errors(value: str | None, minimum: int = 0, maximum: int | None = None) -> list[str]:
    """The sentences of Rails about a required text: blank, too short, too long (facts 2.3)."""
    value = value or ""
    errors = [] if value.strip() else [BLANK]
    if len(value) < minimum:
        errors.append(too_short(minimum))
    if maximum is not None and len(value) > maximum:
        errors.append(too_long(maximum))
    return errors
