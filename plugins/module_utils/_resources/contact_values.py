# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convert the values of contact fields to their types (docs/service.md#contacts, docs/service.md#contact-fields).

The service converts nothing, while the results of Jinja templates and the cells of CSV files are texts.
"""

from __future__ import annotations

import math
import re
from datetime import date
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional, Union

from ansible.module_utils.parsing.convert_bool import boolean

from .._api.errors import MailtrapError

if TYPE_CHECKING:
    from .._api.json_types import JsonObject

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MAX_TEXT_LENGTH = 255


def convert_values(
    values: JsonObject, types: Mapping[str, Optional[str]], report_missing: Callable[[str], None]
) -> JsonObject:
    """Return the values of one contact, by merge tag, converted to the types of their fields.

    :param types: the types of all fields, by merge tag.
    :param report_missing: a function that is called with the label of each field that does not exist.
    :raises MailtrapError: if a value cannot be converted.
    """
    for tag in values:
        if tag not in types:
            report_missing(f"contact field {tag!r} (existing fields: {', '.join(types) or 'none'})")
    converted = {}
    for tag, value in values.items():
        try:
            converted[tag] = convert_value(value, types.get(tag))
        except MailtrapError as error:
            raise MailtrapError(f"fields.{tag}: {error}") from None
    return converted


def convert_value(value: Any, data_type: Optional[str]) -> Any:
    """Return a value converted to a type of the service, or to ``number``, which is an integer or a float.

    None stays None, and a value is not converted to an unknown type.

    :raises MailtrapError: if the value cannot be converted.
    """
    if value is None or data_type not in _CONVERTERS:
        return value
    try:
        return _CONVERTERS[data_type](value)
    except (TypeError, ValueError, OverflowError):
        raise MailtrapError(f"{value!r} is not {_DESCRIPTIONS.get(data_type)}") from None


def infer_type(value: Any) -> Optional[str]:
    """Return the type of the field that holds a value; None if the value does not show it."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return "text" if isinstance(value, str) else None


def is_ambiguous(value: Any) -> bool:
    """Return whether a value can only be converted with the type of its field, such as the text ``42``."""
    if isinstance(value, str):
        return any(_is_convertible(value, data_type) for data_type in ("number", "boolean"))
    return value is not None


def _is_convertible(value: Any, data_type: str) -> bool:
    try:
        convert_value(value, data_type)
    except MailtrapError:
        return False
    return True


def _to_text(value: Any) -> str:
    if isinstance(value, (list, dict)):
        raise TypeError
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if len(text) > _MAX_TEXT_LENGTH:
        raise ValueError
    return text


def _to_integer(value: Any) -> int:
    number = _to_number(value)
    if number != int(number):
        raise ValueError
    return int(number)


def _to_number(value: Any) -> Union[int, float]:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            raise ValueError
        value = int(text) if _INTEGER.fullmatch(text) else float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


def _to_boolean(value: Any) -> bool:
    return boolean(value.strip() if isinstance(value, str) else value)


def _to_date(value: Any) -> str:
    # fullmatch raises TypeError, which convert_value reports, if the value is not a text.
    if not _DATE.fullmatch(value):
        raise ValueError
    return date.fromisoformat(value).isoformat()


_CONVERTERS: Dict[Optional[str], Callable[[Any], Any]] = {
    "text": _to_text,
    "integer": _to_integer,
    "float": _to_number,
    "number": _to_number,
    "boolean": _to_boolean,
    "date": _to_date,
}
_DESCRIPTIONS: Dict[Optional[str], str] = {
    "text": f"a text of up to {_MAX_TEXT_LENGTH} characters",
    "integer": "an integer",
    "float": "a number",
    "number": "a number",
    "boolean": "a boolean, true or false",
    "date": "a date, such as 2026-01-31",
}
