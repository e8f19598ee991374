# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The log of what was sent, one message to one recipient each (facts 3.20)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Optional, Tuple

from .._api.errors import MailtrapError, attempting
from .._api.pages import BY_CURSOR, get_field, iterate_answers, parse_objects
from .._engine.directory import ABSENT
from .._engine.times import period
from .._resources.targets import DOMAIN_TARGET

PATH = "/api/email_logs"
CALLED = "email logs"
KEY = "message_id"
# Whoever has it can fetch the whole message.
RAW_URL = "raw_message_url"

_ANY_CASE = ("ci_equal", "ci_not_equal", "ci_contain", "ci_not_contain")
_EQUAL = ("equal", "not_equal")
_CONTAIN = ("contain", "not_contain")
_NUMBER = ("equal", "greater_than", "less_than")
_EMPTY = ("empty", "not_empty")
# Operators that take exactly one value, beside those of numbers; with the others, a message has to meet any of several.
_SINGLE = {"ci_contain", "ci_not_contain", *_CONTAIN}


@dataclass(frozen=True)
class Filter:
    """What messages can be chosen by.

    :ivar operators: tuple of str, the first is the usual one.
    :ivar type: str, of its values, as Ansible names it. :ivar choices: tuple of str, its only values, or None.
    """

    operators: Tuple[str, ...]
    type: str = "str"
    choices: Optional[Tuple[str, ...]] = None

    @property
    def option(self):
        """Return the option that it is: dict."""
        value = {"type": "list", "elements": self.type, "default": []}
        if self.choices:
            value["choices"] = list(self.choices)
        operator = {"type": "str", "choices": list(self.operators), "default": self.operators[0]}
        return {"type": "dict", "options": {"operator": operator, "value": value}}


FILTERS = {
    "to": Filter(_ANY_CASE),
    "from": Filter(_ANY_CASE),
    "subject": Filter(_ANY_CASE + _EMPTY),
    "status": Filter(_EQUAL, choices=("delivered", "not_delivered", "enqueued", "opted_out")),
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
    "opens_count": Filter(_NUMBER, "int"),
    "clicks_count": Filter(_NUMBER, "int"),
    "client_ip": Filter(_EQUAL + _CONTAIN),
    "sending_ip": Filter(_EQUAL + _CONTAIN),
    "email_service_provider": Filter(_EQUAL),
    "email_service_provider_response": Filter(_ANY_CASE),
    "recipient_mx": Filter(_ANY_CASE),
    "category": Filter(_EQUAL),
    "domain_id": Filter(_EQUAL, "int"),
    "sending_stream": Filter(_EQUAL, choices=("transactional", "bulk")),
}
FILTER_OPTIONS = {name: one.option for name, one in FILTERS.items()}


def read_logs(client, options, check_mode):
    """Read what became of messages.

    :param options: dict, the options of community.mailtrap.email_log_info.
    :returns: dict with email_logs: list of dict, newest first; total_count: int, how many there are, limit or no limit.
    :raises MailtrapError: before any request when the options make no sense.
    """
    with attempting("read the email logs"):
        if options["id"] is not None:
            found = _one(client, options["id"])
            return _result(found, len(found), options)
        if options["limit"] is not None and options["limit"] < 1:
            raise MailtrapError(f"limit must be 1 or more; it is {options['limit']}")
        query = _query(options)
        if options["domain"] is not None or options["domain_id"] is not None:
            domain = DOMAIN_TARGET.find(client, options, check_mode)
            if not domain.found:
                return {**_result([], 0, options), "warnings": domain.warnings}
            query.update(_filter("domain_id", "equal", [domain.found["id"]]))
        return _result(*_listed(client, query, options["limit"]), options)


def _result(found, total, options):
    if not options["reveal_secrets"]:
        found = [{name: value for name, value in message.items() if name != RAW_URL} for message in found]
    return {"changed": False, "email_logs": found, "total_count": total}


def _one(client, message_id):
    """Return the message of an id with its events, in a list that is empty when there is none."""
    try:
        message_id = str(uuid.UUID(message_id))
    except ValueError:
        sentence = f"id {message_id!r} is not the id of a sent message, such as 9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
        raise MailtrapError(sentence) from None
    path = f"{PATH}/{message_id}"
    answer = client.get_if_found(path, default=ABSENT)
    return [] if answer is ABSENT else parse_objects([answer], CALLED, path, key=KEY)


def _listed(client, query, limit):
    """Follow the pages of the log up to a limit.

    :returns: pair of the messages, list of dict, and how many there are, int.
    """
    found, total = [], None
    for answer, page in iterate_answers(client, PATH, CALLED, query, BY_CURSOR, "messages", KEY):
        total = get_field(answer, "total_count") if total is None else total
        found.extend(page)
        if limit is not None and len(found) >= limit:
            break
    return found[:limit], total


def _query(options):
    """Return the filters as parameters of a query: dict. Raises MailtrapError for what makes no sense."""
    query = {f"filters[{name}]": at for name, at in period(options, "sent_after", "sent_before").items()}
    filters = {name: given for name, given in (options["filters"] or {}).items() if given is not None}
    if "domain_id" in filters and (options["domain"] is not None or options["domain_id"] is not None):
        raise MailtrapError("the domain is given twice: leave out filters.domain_id, or domain and domain_id")
    for name, given in filters.items():
        query.update(_filter(name, given["operator"], _checked(name, given["operator"], given["value"])))
    return query


def _filter(name, operator, values):
    """Return the parameters of one filter: dict."""
    several = "[]" if len(values) > 1 else ""
    return {f"filters[{name}][operator]": operator, f"filters[{name}][value]{several}": values}


def _checked(name, operator, values):
    """Return the values of a filter when its operator takes so many: list. The service ignores what it cannot read."""
    single = operator in _SINGLE or FILTERS[name].operators == _NUMBER
    takes = "no value" if operator in _EMPTY else "one value" if single else "a value"
    fits = {"no value": not values, "one value": len(values) == 1, "a value": bool(values)}
    if not fits[takes]:
        raise MailtrapError(f"filters.{name}: {operator} takes {takes}, and has {len(values)}: {values!r}")
    if "" in values:
        raise MailtrapError(f"filters.{name}: the value is empty")
    return values
