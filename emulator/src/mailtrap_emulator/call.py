# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One authenticated call as an area sees it."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .access import Access
from .replies import bad_request, forbidden, not_found
from .store import Row
from .words import Words
from .world import World

ID = re.compile(r"[1-9][0-9]{0,18}")
# The characters of RFC 3986: what no two parsers read differently.
WEB_ADDRESS = re.compile(
    r"https?://(?:[\w.~:@!$&'()*+,;=-]|%[0-9a-f]{2}|\[[0-9a-f:.]+\])+"
    r"(?:[/?](?:[\w.~:@!$&'()*+,;=/?-]|%[0-9a-f]{2})*)?(?:#(?:[\w.~:@!$&'()*+,;=/?-]|%[0-9a-f]{2})*)?",
    re.IGNORECASE | re.ASCII,
)


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
        self, world: World, request: Request, params: dict[str, str], words: Words, token: Row, host: str
    ) -> None:
        self.world = world
        self.request = request
        self.params = params
        self.words = words
        self.token = token
        self.host = host
        self.access = Access(token)

    @property
    def account_id(self) -> int:
        return self.access.account_id

    @property
    def base_url(self) -> str:
        """The address under which the client reaches the service, for links in answers."""
        return f"{self.request.scheme}://{self.request.headers.get('host', 'mailtrap.io')}"

    def id(self, name: str) -> int:
        """The id that the path names. Anything but a number that can be an id is simply not found (facts 1.7)."""
        value = self.params[name]
        if not ID.fullmatch(value):
            raise not_found()
        return int(value)

    def row(self, kind: str, name: str) -> Row:
        """The row of the token's own account that the path names; 404 otherwise, whoever it belongs to."""
        row = self.world.store[kind].get(self.id(name))
        if row is None or row["account_id"] != self.account_id:
            raise not_found()
        return row

    def require(self, level: int, needed: int, text: str = "Account access forbidden") -> None:
        """Refuse with 403 unless the token has the level."""
        if level < needed:
            raise forbidden(text)

    @cached_property
    def json(self) -> Any:
        """The JSON body; 400 if it cannot be read. Whatever is not declared as JSON is no body, as in Rails."""
        if not self.request.body or "json" not in self.request.headers.get("content-type", "").lower():
            return None
        try:
            return read_json(self.request.body)
        except ValueError:
            raise bad_request() from None

    @property
    def body(self) -> dict[str, Any]:
        """The fields of a flat body; none if the body is no object."""
        return self.json if isinstance(self.json, dict) else {}

    def wrapped(self, word: str) -> dict[str, Any]:
        """The fields inside the wrapper object, named by the vocabulary of the path; 400 if it is missing or empty
        (facts 8.1)."""
        inner = self.body.get(self.words(word))
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
        return int(value) if value and ID.fullmatch(value) else None


def read_json(body: bytes) -> Any:
    """Parse JSON strictly. Raises ValueError for anything that is not JSON in UTF-8."""

    def refuse(text: str) -> None:
        raise ValueError(text)

    def finite(digits: str) -> float:
        number = float(digits)
        return number if abs(number) < float("inf") else refuse(digits)

    try:
        data = json.loads(body.decode(), parse_constant=refuse, parse_float=finite)
        # A lone surrogate passes the parser but can never be written out again.
        if b"\\ud" in body or b"\\uD" in body:
            json.dumps(data, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return data


def text(fields: dict[str, Any], name: str) -> str | None:
    """A text field as Rails reads it: numbers and booleans become text, lists and objects are not permitted at all.

    None where the field is missing, null or not permitted.
    """
    value = fields.get(name)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int | float):
        return json.dumps(value)
    return value if isinstance(value, str) else None


def is_given(fields: dict[str, Any], name: str) -> bool:
    """Whether a request says anything about a scalar field; null counts, a list or an object does not."""
    return name in fields and not isinstance(fields[name], list | dict)


def is_web_address(value: str) -> bool:
    """Whether a text is an absolute http or https URI with a host, as the specifications want it (``format: uri``)."""
    if not WEB_ADDRESS.fullmatch(value):
        return False
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def truth(value: object) -> bool:
    """A boolean as Rails casts one: false, 0 and their spellings are false, and so are null and nothing."""
    return value not in (None, False, 0, "", "0", "f", "F", "false", "False", "FALSE", "off", "Off", "OFF")


def too_short(minimum: int) -> str:
    return f"is too short (minimum is {minimum} characters)"


def too_long(maximum: int) -> str:
    return f"is too long (maximum is {maximum} characters)"


BLANK = "can't be blank"
INVALID = "is invalid"


def text_errors(value: str | None, minimum: int = 0, maximum: int | None = None) -> list[str]:
    """The sentences of Rails about a required text: blank, too short, too long (facts 2.3)."""
    value = value or ""
    errors = [] if value.strip() else [BLANK]
    if len(value) < minimum:
        errors.append(too_short(minimum))
    if maximum is not None and len(value) > maximum:
        errors.append(too_long(maximum))
    return errors
