# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conditions and destinations of inbound forward rules (docs/service.md#inbound)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Iterator, List, Optional

from .._engine.codecs import Codec

if TYPE_CHECKING:
    from .._api.json_types import JsonObject

_OPERATORS_WITHOUT_VALUE = ("empty", "not_empty")

CONDITIONS_SPEC = {
    "type": "list",
    "elements": "dict",
    "options": {
        "match_type": {"type": "str", "required": True, "choices": ["sender", "recipient", "header"]},
        "operator": {
            "type": "str",
            "required": True,
            "choices": ["equal", "not_equal", "contains", "starts_with", "ends_with", "empty", "not_empty"],
        },
        "value": {"type": "str"},
        "header_key": {"type": "str", "no_log": False},
    },
}


def validate_conditions(conditions: List[JsonObject]) -> Optional[str]:
    """Return an error that lists the invalid conditions, or None."""
    errors = [
        f"[{number}]: {error}" for number, item in enumerate(conditions) for error in _find_condition_errors(item)
    ]
    return "; ".join(errors) or None


def _find_condition_errors(condition: JsonObject) -> Iterator[str]:
    operator, is_header = condition["operator"], condition["match_type"] == "header"
    takes_value = operator not in _OPERATORS_WITHOUT_VALUE
    if not takes_value and not is_header:
        yield f"the operator {operator} can only be used with match_type=header"
    if takes_value and not (condition.get("value") or "").strip():
        yield f"the operator {operator} needs a value"
    if not takes_value and condition.get("value") is not None:
        yield f"the operator {operator} takes no value"
    if is_header and not (condition.get("header_key") or "").strip():
        yield "match_type=header needs a header_key"
    if not is_header and condition.get("header_key") is not None:
        yield "header_key can only be used with match_type=header"


def _complete_conditions(conditions: List[JsonObject], current: Any) -> List[JsonObject]:
    """Return conditions as answers contain them, with every key."""
    return [{name: item.get(name) for name in CONDITIONS_SPEC["options"]} for item in conditions]


def _normalize_conditions(conditions: Optional[List[JsonObject]]) -> Any:
    """Return conditions without their order, which does not matter, because all of them must hold."""
    return frozenset(
        (item.get("match_type"), item.get("operator"), item.get("value") or "", (item.get("header_key") or "").lower())
        for item in conditions or ()
    )


def _encode_conditions(conditions: List[JsonObject], current: Any = None) -> List[JsonObject]:
    """Return conditions as requests contain them, without empty keys."""
    return [{name: value for name, value in item.items() if value is not None} for item in conditions]


def _to_destinations(addresses: Iterable[str], current: Any) -> List[JsonObject]:
    """Return addresses as answers contain them."""
    return [{"email": address} for address in dict.fromkeys(addresses)]


def _normalize_destinations(destinations: Optional[List[JsonObject]]) -> Any:
    return frozenset((item.get("email") or "").lower() for item in destinations or ())


def to_addresses(destinations: Optional[Iterable[Any]]) -> List[str]:
    """Return the addresses of destinations: dicts, as in answers, or texts, as in options."""
    return [item["email"] if isinstance(item, dict) else item for item in destinations or ()]


CONDITIONS = Codec(
    expected=_complete_conditions,
    normalize=_normalize_conditions,
    encode=_encode_conditions,
    decode=_encode_conditions,
)
DESTINATIONS = Codec(expected=_to_destinations, normalize=_normalize_destinations, decode=to_addresses)
