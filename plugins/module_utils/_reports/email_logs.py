# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the log of sent messages, which has an entry for each recipient (docs/service.md#email-logs)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from .._api.errors import MailtrapError, attempting, require_minimum
from .._api.pages import BY_CURSOR, get_field, iterate_answers, parse_objects
from .._engine.directory import NOT_FOUND
from .._engine.times import parse_period
from .._resources.targets import DOMAIN_TARGET

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import ArgumentSpec, JsonObject, Options, Result

_PATH = "/api/email_logs"
_PLURAL = "email logs"
_ID_FIELD = "message_id"
# This URL gives access to the whole message without a token.
_RAW_URL_FIELD = "raw_message_url"

_IGNORING_CASE = ("ci_equal", "ci_not_equal", "ci_contain", "ci_not_contain")
_EQUALITY = ("equal", "not_equal")
_SUBSTRING = ("contain", "not_contain")
_NUMERIC = ("equal", "greater_than", "less_than")
_WITHOUT_VALUE = ("empty", "not_empty")
# Together with the numeric operators, these take exactly one value. The others accept several.
_WITH_ONE_VALUE = {"ci_contain", "ci_not_contain", *_SUBSTRING}


@dataclass(frozen=True)
class Filter:
    """A filter of the log.

    :ivar operators: the operators that the service accepts; the first is the default.
    :ivar value_type: the values' type in the argument spec.
    :ivar choices: the allowed values, or None for any value.
    """

    operators: Tuple[str, ...]
    value_type: str = "str"
    choices: Optional[Tuple[str, ...]] = None

    @property
    def argument_spec(self) -> Dict[str, Any]:
        """The argument spec of the option for this filter."""
        value: Dict[str, Any] = {"type": "list", "elements": self.value_type, "default": []}
        if self.choices:
            value["choices"] = list(self.choices)
        operator = {"type": "str", "choices": list(self.operators), "default": self.operators[0]}
        return {"type": "dict", "options": {"operator": operator, "value": value}}


FILTERS = {
    "to": Filter(_IGNORING_CASE),
    "from": Filter(_IGNORING_CASE),
    "subject": Filter(_IGNORING_CASE + _WITHOUT_VALUE),
    "status": Filter(_EQUALITY, choices=("delivered", "not_delivered", "enqueued", "opted_out")),
    "events": Filter(
        ("include_event", "not_include_event"),
        choices=(
            "delivery",
            "open",
            "click",
            "bounce",
            "soft_bounce",
            "spam",
            "unsubscribe",
            "suspension",
            "reject",
        ),
    ),
    "opens_count": Filter(_NUMERIC, "int"),
    "clicks_count": Filter(_NUMERIC, "int"),
    "client_ip": Filter(_EQUALITY + _SUBSTRING),
    "sending_ip": Filter(_EQUALITY + _SUBSTRING),
    "email_service_provider": Filter(_EQUALITY),
    "email_service_provider_response": Filter(_IGNORING_CASE),
    "recipient_mx": Filter(_IGNORING_CASE),
    "category": Filter(_EQUALITY),
    "domain_id": Filter(_EQUALITY, "int"),
    "sending_stream": Filter(_EQUALITY, choices=("transactional", "bulk")),
}
FILTER_OPTIONS: ArgumentSpec = {name: item.argument_spec for name, item in FILTERS.items()}


def read_email_logs(client: Client, options: Options, check_mode: bool) -> Result:
    """Read the matching messages, newest first, or a single message with its events.

    :raises MailtrapError: if an option is invalid, the domain does not exist, or a request fails.
    """
    with attempting("read the email logs"):
        if options["id"] is not None:
            messages = _read_message(client, options["id"])
            return _build_result(messages, len(messages), options)
        if options["limit"] is not None:
            require_minimum("limit", options["limit"], 1)
        query = _build_query(options)
        if options["domain"] is not None or options["domain_id"] is not None:
            domain = DOMAIN_TARGET.find(client, options, check_mode)
            if not domain.found:
                return {**_build_result([], 0, options), "warnings": domain.warnings}
            query.update(_encode_filter("domain_id", "equal", [domain.found["id"]]))
        messages, total = _list_messages(client, query, options["limit"])
        return _build_result(messages, total, options)


def _build_result(messages: List[JsonObject], total: Optional[int], options: Options) -> Result:
    """Build the task's result.

    :param total: the number of matching messages, which may exceed the limit.
    """
    if not options["reveal_secrets"]:
        messages = [{name: value for name, value in message.items() if name != _RAW_URL_FIELD} for message in messages]
    return {"changed": False, "email_logs": messages, "total_count": total}


def _read_message(client: Client, message_id: str) -> List[JsonObject]:
    """Return the message with an id in a list, which is empty if there is none."""
    try:
        message_id = str(uuid.UUID(message_id))
    except ValueError:
        example = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
        raise MailtrapError(f"id {message_id!r} is not a message id such as {example}") from None
    path = f"{_PATH}/{message_id}"
    answer = client.get_if_found(path, default=NOT_FOUND)
    return [] if answer is NOT_FOUND else parse_objects([answer], _PLURAL, path, key=_ID_FIELD)


def _list_messages(
    client: Client, query: Dict[str, Any], limit: Optional[int]
) -> Tuple[List[JsonObject], Optional[int]]:
    """Read pages of the log up to a limit, and return the messages and the number of all matching ones."""
    messages: List[JsonObject] = []
    total = None
    for answer, page in iterate_answers(client, _PATH, _PLURAL, query, BY_CURSOR, "messages", _ID_FIELD):
        total = get_field(answer, "total_count") if total is None else total
        messages.extend(page)
        if limit is not None and len(messages) >= limit:
            break
    return messages[:limit], total


def _build_query(options: Options) -> Dict[str, Any]:
    """Convert the options for the period and the filters to query parameters.

    :raises MailtrapError: if a time or a filter is invalid, or if the domain is set twice.
    """
    times = parse_period(options, "sent_after", "sent_before")
    query = {f"filters[{name}]": time for name, time in times.items()}
    filters = {name: item for name, item in (options["filters"] or {}).items() if item is not None}
    if "domain_id" in filters and (options["domain"] is not None or options["domain_id"] is not None):
        raise MailtrapError("the domain is set twice: omit filters.domain_id, or omit domain and domain_id")
    for name, item in filters.items():
        _validate_values(name, item["operator"], item["value"])
        query.update(_encode_filter(name, item["operator"], item["value"]))
    return query


def _encode_filter(name: str, operator: str, values: List[Any]) -> Dict[str, Any]:
    """Return the query parameters of a filter."""
    suffix = "[]" if len(values) > 1 else ""
    return {f"filters[{name}][operator]": operator, f"filters[{name}][value]{suffix}": values}


def _validate_values(name: str, operator: str, values: List[Any]) -> None:
    """Check the number of a filter's values, because the service ignores filters that it does not understand.

    :raises MailtrapError: if the operator does not accept this number of values, or if a value is empty.
    """
    if operator in _WITHOUT_VALUE:
        expected, is_valid = "no value", not values
    elif operator in _WITH_ONE_VALUE or FILTERS[name].operators == _NUMERIC:
        expected, is_valid = "exactly one value", len(values) == 1
    else:
        expected, is_valid = "at least one value", bool(values)
    if not is_valid:
        raise MailtrapError(f"filters.{name}: the operator {operator} takes {expected}, not {len(values)}: {values!r}")
    if "" in values:
        raise MailtrapError(f"filters.{name}: a value must not be empty")
