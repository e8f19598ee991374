# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the email logs: parsing and matching (facts 3.20)."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from ..state.store import Row, Table
from .email_logs import EVENT_TYPES, STATUSES, STREAMS, list_event_types


def find_candidates(table: Table, ids: list[str], filters: dict[str, tuple[str, list[str]]]) -> list[str]:
    """The ids to look through: where recipients are named in full only theirs, ascending, else all of ``ids``."""
    operator, values = filters.get("to", ("", []))
    if operator != "ci_equal" or not values or not ids:
        return ids
    account_id = table.rows[ids[0]]["account_id"]
    found = {key for value in values for key in table.ids("recipient", value.lower())}
    return sorted(key for key in found if table.rows[key]["account_id"] == account_id)


FILTER = re.compile(r"filters\[(\w+)\](?:\[(operator|value)\](?:\[\d*\])?)?")


def parse_filters(query: str, domain_word: str) -> dict[str, tuple[str, list[str]]]:
    """Operator ("" if there is none) and values of each filter by its current name.

    ``domain_word`` is how the path says ``domain_id``; the other generation's word is an unknown filter, and those
    are ignored (facts 0.4). Blank values are no values.
    """
    filters: dict[str, tuple[str, list[str]]] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        if (part := FILTER.fullmatch(key)) is None:
            continue
        name = part[1]
        if name == domain_word:
            name = "domain_id"
        elif name == "domain_id":
            continue
        operator, values = filters.get(name, ("", []))
        if part[2] == "operator":
            operator = value
        elif value:
            values = [*values, value]
        filters[name] = (operator, values)
    return filters


def detail_texts(field: str) -> Callable[[Row], list[str]]:
    return lambda row: [value for event in row["events"] if (value := event["details"].get(field)) is not None]


def row_texts(field: str) -> Callable[[Row], list[str]]:
    return lambda row: [] if row[field] is None else [str(row[field])]


# What each filter looks at; a message may have none or several.
TEXT_READERS: dict[str, Callable[[Row], list[str]]] = {
    "to": row_texts("to"),
    "from": row_texts("from"),
    "subject": row_texts("subject"),
    "status": row_texts("status"),
    "events": list_event_types,
    "client_ip": row_texts("client_ip"),
    "sending_ip": detail_texts("sending_ip"),
    "email_service_provider_response": detail_texts("email_service_provider_response"),
    "email_service_provider": detail_texts("email_service_provider"),
    "recipient_mx": detail_texts("recipient_mx"),
    "category": row_texts("category"),
    "domain_id": row_texts("domain_id"),
    "sending_stream": row_texts("sending_stream"),
}
COUNT_FILTERS = {"clicks_count": "click", "opens_count": "open"}

ANY_CASE = ("ci_equal", "ci_not_equal", "ci_contain", "ci_not_contain")
EQUAL = ("equal", "not_equal")
OPERATORS = {
    "to": ANY_CASE,
    "from": ANY_CASE,
    "subject": (*ANY_CASE, "empty", "not_empty"),
    "status": EQUAL,
    "events": ("include_event", "not_include_event"),
    "clicks_count": ("equal", "greater_than", "less_than"),
    "opens_count": ("equal", "greater_than", "less_than"),
    "client_ip": (*EQUAL, "contain", "not_contain"),
    "sending_ip": (*EQUAL, "contain", "not_contain"),
    "email_service_provider_response": ANY_CASE,
    "email_service_provider": EQUAL,
    "recipient_mx": ANY_CASE,
    "category": EQUAL,
    "domain_id": EQUAL,
    "sending_stream": EQUAL,
}
FILTER_WORDS = {"status": STATUSES, "events": tuple(EVENT_TYPES.values()), "sending_stream": STREAMS}
NUMBER = re.compile(r"[0-9]{1,18}")


def is_filter_value(name: str, value: str) -> bool:
    """Whether a filter can have this value."""
    if name in COUNT_FILTERS or name == "domain_id":
        return NUMBER.fullmatch(value) is not None
    return name not in FILTER_WORDS or value in FILTER_WORDS[name]


def build_condition(name: str, operator: str, values: list[str]) -> Callable[[Row], bool] | None:
    """The test that a filter is; None for an unknown or invalid one, which counts for nothing (facts 3.20).

    Several values stand for any of them.
    """
    if operator not in OPERATORS.get(name, ()):
        return None
    if operator in ("empty", "not_empty"):
        return lambda row: any(TEXT_READERS[name](row)) == (operator == "not_empty")
    values = [value for value in values if is_filter_value(name, value)]
    if not values:
        return None
    if name in COUNT_FILTERS:
        return count_events(COUNT_FILTERS[name], operator, int(values[-1]))
    fold = str.lower if operator.startswith("ci_") else str
    wanted = {fold(value) for value in values}
    texts = TEXT_READERS[name]
    negative = "not_" in operator
    if operator.endswith("contain"):
        return lambda row: negative != any(part in fold(text) for text in texts(row) for part in wanted)
    return lambda row: negative == wanted.isdisjoint(map(fold, texts(row)))


def count_events(kind: str, operator: str, number: int) -> Callable[[Row], bool]:
    if operator == "equal":
        return lambda row: list_event_types(row).count(kind) == number
    if operator == "greater_than":
        return lambda row: list_event_types(row).count(kind) > number
    return lambda row: list_event_types(row).count(kind) < number
