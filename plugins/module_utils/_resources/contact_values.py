# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values that contacts have, by merge tag, as the types of their fields are (facts 3.14, 3.16). Pure.

The service converts nothing, while a table and a template have texts for all values.
"""

from __future__ import annotations

import math
import re
from datetime import date

from ansible.module_utils.parsing.convert_bool import boolean

from .._api.errors import MailtrapError

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST_TEXT = 255


def fitted(values, types, lack):
    """Return the values of one contact, a dict by merge tag, as the types of its fields are.

    :param types: dict, from each merge tag that there is to its type.
    :param lack: function (what), called for a merge tag that there is not.
    :raises MailtrapError: when a value is not of its type.
    """
    for tag in values:
        if tag not in types:
            lack(f"contact field {tag!r} (there are {', '.join(types)})")
    as_they_are = {}
    for tag, value in values.items():
        try:
            as_they_are[tag] = as_type(value, types.get(tag))
        except MailtrapError as error:
            raise MailtrapError(f"fields.{tag}: {error}") from None
    return as_they_are


def as_type(value, data_type):
    """Return a value as a field of a type holds it: None, str, int, float or bool.

    :param value: anything a user wrote, None for no value.
    :param data_type: str, of the service, or "number" where only so much is known; with another one it stays as it is.
    :raises MailtrapError: when it cannot be one.
    """
    if value is None or data_type not in _READERS:
        return value
    try:
        return _READERS[data_type](value)
    except (TypeError, ValueError, OverflowError):
        raise MailtrapError(f"{value!r} is no {_CALLED.get(data_type, data_type)}") from None


def type_of(value):
    """Return what the type of a field is by a value that it has: str, or None where it has none."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return "text" if isinstance(value, str) else None


def may_be_otherwise(value):
    """Say whether the service may want a value written otherwise: bool; a text like any other stays as it is."""
    if isinstance(value, str):
        return any(_reads(value, data_type) for data_type in ("number", "boolean"))
    return value is not None


def _reads(value, data_type):
    try:
        as_type(value, data_type)
    except MailtrapError:
        return False
    return True


def _text(value):
    if isinstance(value, (list, dict)):
        raise TypeError
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if len(text) > _LONGEST_TEXT:
        raise ValueError
    return text


def _integer(value):
    number = _number(value)
    if number != int(number):
        raise ValueError
    return int(number)


def _number(value):
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            raise ValueError
        value = int(text) if _WHOLE.fullmatch(text) else float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


def _boolean(value):
    return boolean(value.strip() if isinstance(value, str) else value)


def _date(value):
    if not _DAY.fullmatch(value):
        raise ValueError
    return date.fromisoformat(value).isoformat()


_READERS = {
    "text": _text,
    "integer": _integer,
    "float": _number,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
}
_CALLED = {
    "text": f"text of up to {_LONGEST_TEXT} characters",
    "float": "number",
    "boolean": "boolean, true or false",
    "date": "date, such as 2026-01-31",
}
