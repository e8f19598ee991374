# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which inbound mail a rule is about, and to whom it forwards it (facts 11). Pure."""

from __future__ import annotations

import re

_WITHOUT_VALUE = ("empty", "not_empty")
_ADDRESS = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+")

CONDITIONS = {
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


def conditions_fault(conditions):
    """Return what is wrong with conditions: str, or None."""
    faults = [f"[{number}]: {fault}" for number, one in enumerate(conditions) for fault in _faults(one)]
    return "; ".join(faults) or None


def _faults(condition):
    operator, is_header = condition["operator"], condition["match_type"] == "header"
    takes_value = operator not in _WITHOUT_VALUE
    if not takes_value and not is_header:
        yield f"the operator {operator} is for the match_type header"
    if takes_value and not (condition.get("value") or "").strip():
        yield f"the operator {operator} needs a value"
    if not takes_value and condition.get("value") is not None:
        yield f"the operator {operator} takes no value"
    if is_header and not (condition.get("header_key") or "").strip():
        yield "the match_type header needs a header_key"
    if not is_header and condition.get("header_key") is not None:
        yield f"a header_key is for the match_type header, not {condition['match_type']}"


def complete(conditions, now):
    """Return conditions as the service shows them, with all that they can have: list of dict."""
    return [{name: one.get(name) for name in CONDITIONS["options"]} for one in conditions]


def same_conditions(conditions):
    """Return the same for all conditions that make no difference: all of them must hold, in whichever order."""
    return frozenset(
        (one.get("match_type"), one.get("operator"), one.get("value") or "", (one.get("header_key") or "").lower())
        for one in conditions or ()
    )


def without_blanks(conditions, now):
    """Return conditions as a request has them: list of dict."""
    return [{name: value for name, value in one.items() if value is not None} for one in conditions]


def destinations_fault(destinations):
    """Return what is wrong with addresses: str, or None."""
    wrong = [text for text in destinations if not _ADDRESS.fullmatch(text)]
    return f"{', '.join(map(repr, wrong))}: that is no e-mail address, such as ann@example.com" if wrong else None


def as_destinations(addresses, now):
    """Return addresses as the service shows them: list of dict."""
    return [{"email": address} for address in dict.fromkeys(addresses)]


def same_destinations(destinations):
    """Return the same for all destinations that make no difference."""
    return frozenset((one.get("email") or "").lower() for one in destinations or ())


def addresses(destinations, name_of=None):
    """Return the addresses, as a user writes them, of destinations, a list of dict or of str: list of str."""
    return [one["email"] if isinstance(one, dict) else one for one in destinations or ()]
