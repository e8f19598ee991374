# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One authenticated call as an area sees it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from ..model.permissions import AccessLevels
from ..model.validation import ID_PATTERN
from ..state.json_codec import parse_json
from ..state.store import Row
from ..state.world import World
from .api_generations import Vocabulary
from .responses import bad_request, forbidden, not_found


@dataclass(slots=True)
class Request:
    """An HTTP request as it came: ``path`` still percent-encoded, header names in lower case.

    A body that ``is_too_large`` was not kept whole.
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
    """What a handler gets: the world, and everything that the request says.

    ``token`` is the row of the token in use, ``words`` the vocabulary of the path.
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
        return self.access.account_id

    @property
    def base_url(self) -> str:
        """The address under which the client reaches the service, for links in answers."""
        return f"{self.request.scheme}://{self.request.headers.get('host', 'mailtrap.io')}"

    def path_id(self, name: str) -> int:
        """The id that the path names. Anything but a number that can be an id is simply not found (facts 1.7)."""
        value = self.params[name]
        if not ID_PATTERN.fullmatch(value):
            raise not_found()
        return int(value)

    def find_row(self, kind: str, name: str) -> Row:
        """The row of the token's own account that the path names; 404 otherwise, whoever it belongs to."""
        row = self.world.store[kind].get(self.path_id(name))
        if row is None or row["account_id"] != self.account_id:
            raise not_found()
        return row

    def require_level(self, level: int, needed: int, text: str = "Account access forbidden") -> None:
        """Refuse with 403 unless the token has the level."""
        if level < needed:
            raise forbidden(text)

    @cached_property
    def json(self) -> Any:
        """The JSON body; 400 if it cannot be read. Whatever is not declared as JSON is no body, as in Rails."""
        if not self.request.body or "json" not in self.request.headers.get("content-type", "").lower():
            return None
        try:
            return parse_json(self.request.body)
        except ValueError:
            raise bad_request() from None

    @property
    def body(self) -> dict[str, Any]:
        """The fields of a flat body; none if the body is no object."""
        return self.json if isinstance(self.json, dict) else {}

    def wrapped_fields(self, word: str) -> dict[str, Any]:
        """The fields inside the wrapper object, named by the vocabulary of the path; 400 if it is missing or empty
        (facts 8.1)."""
        inner = self.body.get(self.vocabulary.spell(word))
        if not isinstance(inner, dict) or not inner:
            raise bad_request()
        return inner

    @cached_property
    def _query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.request.query, keep_blank_values=True)

    def query(self, name: str) -> str | None:
        """A query parameter; the last one if it is repeated."""
        return next((value for key, value in reversed(self._query) if key == name), None)

    def query_list(self, name: str) -> list[str]:
        """An array parameter: ``name[]=1&name[]=2``; a bare name counts once, the last one (facts 1.9)."""
        many = [value for key, value in self._query if key == f"{name}[]"]
        return many or [value for value in [self.query(name)] if value is not None]

    def query_number(self, name: str) -> int | None:
        """A positive number, or None where the parameter is missing or says anything else."""
        value = self.query(name)
        return int(value) if value and ID_PATTERN.fullmatch(value) else None
