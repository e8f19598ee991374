# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A call: one authenticated request, as an operation sees it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
from urllib.parse import parse_qsl

from ..model.permissions import AccessLevels
from ..model.validation import ID_PATTERN
from ..state.json_codec import JsonObject, parse_json
from ..state.store import Row
from ..state.world import World
from .api_generations import Vocabulary
from .responses import bad_request, forbidden, not_found


@dataclass(slots=True)
class Request:
    """An HTTP request. ``path`` is percent-encoded, header names are in lower case.

    The body is empty or cut if it ``is_too_large``.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    client_ip: str
    is_too_large: bool = False
    scheme: str = "http"


class Call:
    """The argument of an operation: the world, the request, the path parameters and the token.

    ``vocabulary`` spells names as the generation of the path does. ``host`` is the kind of host, see routing.py.
    """

    def __init__(
        self, world: World, request: Request, params: dict[str, str], vocabulary: Vocabulary, token: Row, host: str
    ) -> None:
        self.world = world
        self.request = request
        self.params = params
        self.vocabulary = vocabulary
        self.token = token
        self.host = host
        self.access = AccessLevels(token)

    @property
    def account_id(self) -> int:
        """The account of the token."""
        # Before the operation runs, the pipeline refuses tokens without an account, unless the operation allows them.
        return cast(int, self.access.account_id)

    @property
    def base_url(self) -> str:
        """The URL that the client uses for the service, for links in responses."""
        return f"{self.request.scheme}://{self.request.headers.get('host', 'mailtrap.io')}"

    def path_id(self, name: str) -> int:
        """Return an id from the path.

        :raises HttpError: 404 if it is not a number, as for an unknown id (docs/service.md#ids).
        """
        value = self.params[name]
        if not ID_PATTERN.fullmatch(value):
            raise not_found()
        return int(value)

    def find_row(self, table: str, name: str) -> Row:
        """Return the row of the token's account whose id is the path parameter ``name``.

        :raises HttpError: 404 if there is none, also if the row belongs to another account.
        """
        row = self.world.store[table].get(self.path_id(name))
        if row is None or row["account_id"] != self.account_id:
            raise not_found()
        return row

    def require_level(self, level: int, needed: int, text: str = "Account access forbidden") -> None:
        """Check an access level.

        :raises HttpError: 403 with this text if the level is lower than ``needed``.
        """
        if level < needed:
            raise forbidden(text)

    @cached_property
    def json(self) -> Any:
        """The JSON body, or None if the content type is not JSON, as in Rails.

        :raises HttpError: 400 if it is not valid JSON.
        """
        if not self.request.body or "json" not in self.request.headers.get("content-type", "").lower():
            return None
        try:
            return parse_json(self.request.body)
        except ValueError:
            raise bad_request() from None

    @property
    def body(self) -> JsonObject:
        """The fields of a flat body, empty if the body is not an object."""
        return self.json if isinstance(self.json, dict) else {}

    def wrapped_fields(self, name: str) -> JsonObject:
        """Return the fields inside the wrapper object of the body, which has this current name.

        :raises HttpError: 400 if the wrapper is missing or empty.
        """
        fields = self.body.get(self.vocabulary.spell(name))
        if not isinstance(fields, dict) or not fields:
            raise bad_request()
        return fields

    @cached_property
    def _query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.request.query, keep_blank_values=True)

    def query(self, name: str) -> str | None:
        """Return a query parameter or None. Of a repeated parameter the last value counts."""
        return next((value for key, value in reversed(self._query) if key == name), None)

    def query_list(self, name: str) -> list[str]:
        """Return an array parameter (docs/service.md#query-arrays).

        ``name[]=1&name[]=2`` has two items. Without brackets only the last value counts.
        """
        items = [value for key, value in self._query if key == f"{name}[]"]
        return items or [value for value in [self.query(name)] if value is not None]

    def query_number(self, name: str) -> int | None:
        """Return a query parameter as a positive number, or None if it is missing or not a positive number."""
        value = self.query(name)
        return int(value) if value and ID_PATTERN.fullmatch(value) else None
