# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Directory that come in pages (facts 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable

from .errors import MailtrapError


@dataclass(frozen=True)
class Pagination:
    """How a list goes on.

    :ivar parameter: str, the query parameter that says where.
    :ivar after: function (answer, items) -> its value for the next page, None after the last.
    :ivar first: dict, the query of every page.
    """

    parameter: str
    after: Callable[[Any, list], Any]
    first: dict = field(default_factory=dict)


def until_short_page(size):
    """Return Pagination that go on after the id of the last object, until one holds less than ``size`` objects."""
    return Pagination("last_id", lambda answer, items: items[-1]["id"] if len(items) >= size else None)


def get_field(answer, word):
    """Return what an answer tells beside its list, under a word; None where it does not."""
    return answer.get(word) if isinstance(answer, dict) else None


# The answer itself says where the list goes on.
BY_LAST_ID = Pagination("last_id", lambda answer, items: get_field(answer, "last_id") if items else None)
BY_TOKEN = Pagination(
    "token", lambda answer, items: get_field(get_field(answer, "pagination"), "next_token"), {"per_page": 100}
)
BY_CURSOR = Pagination("search_after", lambda answer, items: get_field(answer, "next_page_cursor"))


def parse_objects(answer, called, path, envelope="data", key="id"):
    """Return a list of objects out of an answer, bare or in an envelope (facts 1.6): list of dict with a key each.

    Anything else is no proof that there are none.

    :param called: str, what they are called in a sentence. :param path: str, where the answer is from.
    :raises MailtrapError: when it is anything else.
    """
    found = answer.get(envelope) if isinstance(answer, dict) else answer
    if not isinstance(found, list):
        raise MailtrapError(f"the service's answer is not a list of {called}", method="GET", path=path)
    if not all(isinstance(item, dict) and key in item for item in found):
        raise MailtrapError(f"the service's list of {called} holds something else", method="GET", path=path)
    return found


def iterate_answers(client, path, called, query=None, style=None, envelope="data", key="id"):
    """Read a list answer by answer, for those who need more of them than the list.

    :param called: str, what the objects are called in a sentence. :param query: dict, what the list is narrowed by.
    :param style: Pagination, or None for a list that comes as one.
    :param envelope: str, the key of the list in an answer that is not bare. :param key: str, what each object has.
    :returns: iterator over pairs of an answer and its objects, list of dict, one a request; none of them is asked for
        before it is needed.
    :raises MailtrapError: also when an answer is no list of objects: that is no proof that there are none.
    """
    query = {**(style.first if style else {}), **(query or {})}
    seen = set()
    while True:
        answer = client.get(path, query)
        found = parse_objects(answer, called, path, envelope, key)
        yield answer, found
        where = style.after(answer, found) if style else None
        if where is None:
            return
        if where in seen:
            raise MailtrapError(f"the service's pages of {called} do not go on", method="GET", path=path)
        seen.add(where)
        query[style.parameter] = where


def iterate_pages(client, path, called, **how):
    """Read a list page by page: iterator over lists of dict; see :func:`iterate_answers`."""
    return (found for _answer, found in iterate_answers(client, path, called, **how))


def list_objects(client, path, called, fits=None, limit=None, **how):
    """Return the objects of all pages: list of dict; see :func:`iterate_answers`.

    :param fits: function (object) -> bool, whether it is one of those to return. :param limit: int, how many at most.
    """
    found = []
    for page in iterate_pages(client, path, called, **how):
        found.extend(item for item in page if fits is None or fits(item))
        if limit is not None and len(found) >= limit:
            break
    return found[:limit]
