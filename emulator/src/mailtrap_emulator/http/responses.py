# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses, and the errors that operations raise, in the formats of the service (docs/service.md#error-bodies)."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ..state.json_codec import encode_json

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(slots=True)
class Response:
    """A response without the headers that every response gets.

    ``is_bare`` responses come from a server in front of the application and have hardly any headers
    (docs/service.md#response-headers).
    """

    status: int = 200
    body: bytes = b""
    content_type: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    without_etag: bool = False
    is_bare: bool = False


class HttpError(Exception):
    """Ends a call with an error response."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def json_response(data: Any, status: int = 200, **options: Any) -> Response:
    """Make a response with a JSON body. ``options`` are further fields of :class:`Response`."""
    return Response(status, encode_json(data), JSON, **options)


def no_content() -> Response:
    """Make a response with status 204."""
    return Response(204)


def not_found() -> HttpError:
    """Make the 404 error of the service."""
    return HttpError(json_response({"error": "Not Found"}, 404))


def incorrect_token() -> HttpError:
    """Make the 401 error of the general host."""
    header = ("www-authenticate", 'Token realm="Application"')
    return HttpError(json_response({"error": "Incorrect API token"}, 401, headers=[header]))


def forbidden(text: str = "Account access forbidden") -> HttpError:
    """Make a 403 error."""
    return HttpError(json_response({"errors": text}, 403))


def too_many_requests() -> HttpError:
    """Make the 429 error of the general host."""
    return HttpError(json_response({"errors": "Rate limit exceeded"}, 429))


def unprocessable(errors: dict[str, list[Any]]) -> HttpError:
    """Make a 422 error. ``errors`` are sentences by field name, or ``base`` for the whole object."""
    return HttpError(json_response({"errors": errors}, 422))


def nest_errors(errors: dict[str, list[str]]) -> dict[str, list[list[str]]]:
    """Put each list of sentences into a second list, as the contacts operations do.

    The result is an argument of :func:`unprocessable`.
    """
    return {name: [sentences] for name, sentences in errors.items()}


def bad_request() -> HttpError:
    """Make the 400 error for invalid JSON or a missing wrapper object. Its body is empty."""
    return HttpError(Response(400, b"", "text/html; charset=UTF-8", is_bare=True))


def payload_too_large() -> HttpError:
    """Make the 413 error of the server in front of the application."""
    return HttpError(Response(413, b"message too large", TEXT, is_bare=True))


def send_error(status: int, *errors: str, success: bool = False) -> HttpError:
    """Make an error of the sending hosts.

    With ``success`` the body contains ``"success": false``. The recorded 400 and 401 do not contain it, the specified
    403, 413 and 429 do (docs/service.md#disagreements).
    """
    body = {"success": False, "errors": list(errors)} if success else {"errors": list(errors)}
    return HttpError(json_response(body, status))


def content_disposition(filename: str) -> tuple[str, str]:
    """Make the Content-Disposition header of a download as Rails does: with an ASCII and a UTF-8 form of the name."""
    ascii_name = re.sub(r"[^\x00-\x7f]", "?", filename)
    plain = quote(ascii_name, safe=" !#$+.^_`|~-")
    exact = quote(filename, safe="!#$&+.^_`|~-")
    return "content-disposition", f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"
