# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validation of request fields, with the error messages of Rails (docs/service.md#validation-messages)."""

import json
import re
from urllib.parse import urlsplit

from ..state.json_codec import JsonObject

# Error messages by field name.
FieldErrors = dict[str, list[str]]

ID_PATTERN = re.compile(r"[1-9][0-9]{0,18}")
# Only the characters of RFC 3986, because parsers disagree about others.
WEB_ADDRESS = re.compile(
    r"https?://(?:[\w.~:@!$&'()*+,;=-]|%[0-9a-f]{2}|\[[0-9a-f:.]+\])+"
    r"(?:[/?](?:[\w.~:@!$&'()*+,;=/?-]|%[0-9a-f]{2})*)?(?:#(?:[\w.~:@!$&'()*+,;=/?-]|%[0-9a-f]{2})*)?",
    re.IGNORECASE | re.ASCII,
)


def cast_text(fields: JsonObject, name: str) -> str | None:
    """Return a field as text, as Rails casts it: numbers and booleans become text.

    Return None if the field is missing, null, a list or an object.
    """
    value = fields.get(name)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int | float):
        return json.dumps(value)
    return value if isinstance(value, str) else None


def is_given(fields: JsonObject, name: str) -> bool:
    """Return whether a request contains a scalar field. Null counts; a list or an object does not."""
    return name in fields and not isinstance(fields[name], list | dict)


def is_web_address(value: str) -> bool:
    """Return whether a text is an absolute http or https URI with a host (``format: uri`` in the specification)."""
    if not WEB_ADDRESS.fullmatch(value):
        return False
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def cast_boolean(value: object) -> bool:
    """Cast a value to a boolean, as Rails does. Null and the empty text are false."""
    return value not in (None, False, 0, "", "0", "f", "F", "false", "False", "FALSE", "off", "Off", "OFF")


def too_short(minimum: int) -> str:
    """Return the error message for a text that is too short."""
    return f"is too short (minimum is {minimum} characters)"


def too_long(maximum: int) -> str:
    """Return the error message for a text that is too long."""
    return f"is too long (maximum is {maximum} characters)"


BLANK = "can't be blank"
INVALID = "is invalid"
NOT_IN_LIST = "is not included in the list"


def text_errors(value: str | None, minimum: int = 0, maximum: int | None = None) -> list[str]:
    """Return the errors of a required text."""
    value = value or ""
    errors = [] if value.strip() else [BLANK]
    if len(value) < minimum:
        errors.append(too_short(minimum))
    if maximum is not None and len(value) > maximum:
        errors.append(too_long(maximum))
    return errors
