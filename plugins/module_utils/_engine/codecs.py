# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Codecs: how the value of a field is predicted, compared, encoded and decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable


def _identity(value: Any) -> Any:
    return value


def _take_first(value: Any, current: Any) -> Any:
    return value


@dataclass(frozen=True)
class Codec:
    """The functions that convert a field's value between the forms of options, requests and answers.

    :ivar expected: function (wanted, current) -> the value that answers will contain once ``wanted`` is written.
    :ivar normalize: function (value) -> a canonical form, which is equal for values that the service treats alike.
    :ivar encode: function (expected, current) -> the value in the request.
    :ivar decode: function (value in an answer) -> the value in the form that users write.
    """

    expected: Callable[[Any, Any], Any] = _take_first
    normalize: Callable[[Any], Any] = _identity
    encode: Callable[[Any, Any], Any] = _take_first
    decode: Callable[[Any], Any] = _identity


def _to_lower(text: Any) -> str:
    return (text or "").lower()


def _to_set(values: Any) -> Any:
    return frozenset(values or ())


def _without_final_newlines(text: Any) -> str:
    return (text or "").rstrip("\n")


def _none_if_empty(value: Any, current: Any = None) -> Any:
    return value or None


def _without_duplicates(values: Any, current: Any) -> Any:
    return list(dict.fromkeys(values))


def without_nones(value: Any, current: Any = None) -> Any:
    """Return a dict without the keys that have no value."""
    return {key: item for key, item in (value or {}).items() if item is not None}


PLAIN = Codec()

# The service ignores case, as in e-mail addresses.
CASELESS = Codec(normalize=_to_lower)

# The order makes no difference.
UNORDERED = Codec(normalize=_to_set)
UNORDERED_UNIQUE = Codec(expected=_without_duplicates, normalize=_to_set)

# A block scalar in YAML ends with a line break that the stored text may lack (docs/service.md#email-templates).
TEXT_BLOCK = Codec(normalize=_without_final_newlines)

# 0 and an empty text mean "none".
EMPTY_IS_NONE = Codec(expected=_none_if_empty, normalize=_none_if_empty)

# Keys without a value are not part of the value.
SPARSE_DICT = Codec(expected=without_nones, normalize=without_nones)
