# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of email logs: parsing and matching (docs/service.md#email-logs)."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from ..state.store import Row, Table
from .email_logs import EVENT_TYPES, STATUSES, STREAMS, list_event_types

# The operator ("" if the query has none) and the values of each filter, by its current name.
Filters = dict[str, tuple[str, list[str]]]


def find_candidates(table: Table, ids: list[str], filters: Filters) -> list[str]:
    """Return the ids, ascending, of the logs that can match the filters.

    If a filter names complete recipients, these are the logs of the recipients, else all of ``ids``.
    """
    operator, values = filters.get("to", ("", []))
    if operator != "ci_equal" or not values or not ids:
        return ids
    account_id = table.rows[ids[0]]["account_id"]
    candidates = {key for value in values for key in table.ids("recipient", value.lower())}
    return sorted(key for key in candidates if table.rows[key]["account_id"] == account_id)


FILTER = re.compile(r"filters\[(\w+)\](?:\[(operator|value)\](?:\[\d*\])?)?")


def parse_filters(query: str, domain_word: str) -> Filters:
    """Return the filters of a query string. Blank values are left out.

    ``domain_word`` is the name of ``domain_id`` in the generation of the path. The name of the other generation is an
    unknown filter, and unknown filters are ignored (docs/service.md#api-generations).
    """
    filters: Filters = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        if (match := FILTER.fullmatch(key)) is None:
            continue
        name = match[1]
        if name == domain_word:
            name = "domain_id"
        elif name == "domain_id":
            continue
        operator, values = filters.get(name, ("", []))
        if match[2] == "operator":
            operator = value
        elif value:
            values = [*values, value]
        filters[name] = (operator, values)
    return filters


def detail_texts(field: str) -> Callable[[Row], list[str]]:
    """Return a reader of a detail of all events of a log."""
    return lambda row: [value for event in row["events"] if (value := event["details"].get(field)) is not None]


def row_texts(field: str) -> Callable[[Row], list[str]]:
    """Return a reader of a field of a log."""
    return lambda row: [] if row[field] is None else [str(row[field])]


# The readers of the texts that each filter compares. A log can have several texts or none.
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
    """Return whether a filter accepts this value."""
    if name in COUNT_FILTERS or name == "domain_id":
        return NUMBER.fullmatch(value) is not None
    return name not in FILTER_WORDS or value in FILTER_WORDS[name]


def build_condition(name: str, operator: str, values: list[str]) -> Callable[[Row], bool] | None:
    """Return a predicate for logs that match a filter, or None if the filter is unknown or invalid.

    Such a filter is ignored. Of several values one must match (docs/service.md#email-logs).
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
    expected = {fold(value) for value in values}
    texts = TEXT_READERS[name]
    is_negated = "not_" in operator
    if operator.endswith("contain"):
        return lambda row: is_negated != any(part in fold(text) for text in texts(row) for part in expected)
    return lambda row: is_negated == expected.isdisjoint(map(fold, texts(row)))


def count_events(event_type: str, operator: str, number: int) -> Callable[[Row], bool]:
    """Return a predicate for logs whose number of events of one type matches."""
    if operator == "equal":
        return lambda row: list_event_types(row).count(event_type) == number
    if operator == "greater_than":
        return lambda row: list_event_types(row).count(event_type) > number
    return lambda row: list_event_types(row).count(event_type) < number
