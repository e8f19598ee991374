# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of objects that the service returns in one answer or in pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Iterator, List, Optional, Tuple

from .errors import MailtrapError

if TYPE_CHECKING:
    from .client import Client
    from .json_types import Json, JsonObject


@dataclass(frozen=True)
class Pagination:
    """How an endpoint splits a list into pages.

    :ivar parameter: the query parameter that selects the next page.
    :ivar get_next: takes an answer and its objects; returns the parameter's value for the next page, or None at the
        end of the list.
    :ivar base_query: query parameters that are sent for every page.
    """

    parameter: str
    get_next: Callable[[Json, List[JsonObject]], Any]
    base_query: JsonObject = field(default_factory=dict)


def until_short_page(size: int) -> Pagination:
    """Return the Pagination of a list whose next page starts after the last id, until a page is not full.

    :param size: the number of objects in a full page.
    """
    return Pagination("last_id", lambda answer, objects: objects[-1]["id"] if len(objects) >= size else None)


def get_field(answer: Json, key: str) -> Any:
    """Return a field of an answer, or None if the answer is not a JSON object or does not have it."""
    return answer.get(key) if isinstance(answer, dict) else None


# Lists whose answers contain the position of the next page.
BY_LAST_ID = Pagination("last_id", lambda answer, objects: get_field(answer, "last_id") if objects else None)
BY_TOKEN = Pagination(
    "token", lambda answer, objects: get_field(get_field(answer, "pagination"), "next_token"), {"per_page": 100}
)
BY_CURSOR = Pagination("search_after", lambda answer, objects: get_field(answer, "next_page_cursor"))


def parse_objects(answer: Json, label: str, path: str, envelope: str = "data", key: str = "id") -> List[JsonObject]:
    """Return the objects of an answer, which are a bare list or in an envelope (docs/service.md#envelopes).

    :param label: the plural noun for the objects in messages, such as ``projects``.
    :param path: the path of the request, for messages.
    :param envelope: the key that holds the list if it is not bare.
    :param key: a key that every object must have.
    :raises MailtrapError: if the answer has any other form. It must not be mistaken for an empty list.
    """
    objects = answer.get(envelope) if isinstance(answer, dict) else answer
    if not isinstance(objects, list):
        raise MailtrapError(f"the service's answer is not a list of {label}", method="GET", path=path)
    if not all(isinstance(item, dict) and key in item for item in objects):
        raise MailtrapError(f"the service's list of {label} contains an invalid item", method="GET", path=path)
    return objects


def iterate_answers(
    client: Client,
    path: str,
    label: str,
    query: Optional[JsonObject] = None,
    style: Optional[Pagination] = None,
    envelope: str = "data",
    key: str = "id",
) -> Iterator[Tuple[Json, List[JsonObject]]]:
    """Yield each answer of a list together with its objects. A page is requested only when it is needed.

    :param label: the plural noun for the objects in messages, such as ``projects``.
    :param query: filters of the list.
    :param style: the pagination, or None if the list is a single answer.
    :param envelope: see :func:`parse_objects`.
    :param key: see :func:`parse_objects`.
    :raises MailtrapError: if a request fails, an answer is not a list of objects, or the pages repeat.
    """
    query = {**(style.base_query if style else {}), **(query or {})}
    visited = set()
    while True:
        answer = client.get(path, query)
        objects = parse_objects(answer, label, path, envelope, key)
        yield answer, objects
        position = style.get_next(answer, objects) if style else None
        if style is None or position is None:
            return
        if position in visited:
            raise MailtrapError(f"the service's list of {label} repeats a page", method="GET", path=path)
        visited.add(position)
        query[style.parameter] = position


def iterate_pages(client: Client, path: str, label: str, **options: Any) -> Iterator[List[JsonObject]]:
    """Yield the objects of a list page by page; the options are those of :func:`iterate_answers`."""
    return (objects for _answer, objects in iterate_answers(client, path, label, **options))


def list_objects(
    client: Client,
    path: str,
    label: str,
    fits: Optional[Callable[[JsonObject], bool]] = None,
    limit: Optional[int] = None,
    **options: Any,
) -> List[JsonObject]:
    """Return the objects of all pages; the options are those of :func:`iterate_answers`.

    :param fits: selects the objects to return.
    :param limit: the maximum number of objects to return. Later pages are not requested once it is reached.
    """
    found: List[JsonObject] = []
    for objects in iterate_pages(client, path, label, **options):
        found.extend(item for item in objects if fits is None or fits(item))
        if limit is not None and len(found) >= limit:
            break
    return found[:limit]
