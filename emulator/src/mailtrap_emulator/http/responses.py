# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers and refusals, in the shapes of the service (facts 2.1)."""

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
    """One answer before the transport headers.

    ``fresh`` answers are never given an ETag; ``bare`` ones come from before the application and carry next to no
    headers (facts 1.5).
    """

    status: int = 200
    body: bytes = b""
    content_type: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    without_etag: bool = False
    is_bare: bool = False


class HttpError(Exception):
    """Raised anywhere below the pipeline to end a call with an error answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def json_response(data: Any, status: int = 200, **more: Any) -> Response:
    return Response(status, encode_json(data), JSON, **more)


def no_content() -> Response:
    return Response(204)


def not_found() -> HttpError:
    """404 E1."""
    return HttpError(json_response({"error": "Not Found"}, 404))


def incorrect_token() -> HttpError:
    """401 E2, the general host's."""
    header = ("www-authenticate", 'Token realm="Application"')
    return HttpError(json_response({"error": "Incorrect API token"}, 401, headers=[header]))


def forbidden(text: str = "Account access forbidden") -> HttpError:
    """403 E3."""
    return HttpError(json_response({"errors": text}, 403))


def too_many_requests() -> HttpError:
    """429 E4, the general host's."""
    return HttpError(json_response({"errors": "Rate limit exceeded"}, 429))


def unprocessable(errors: dict[str, list]) -> HttpError:
    """422 E9, E10: field name (or ``base``) to sentences."""
    return HttpError(json_response({"errors": errors}, 422))


def nest_errors(errors: dict[str, list[str]]) -> dict[str, list[list[str]]]:
    """The E12 form of what :func:`unprocessable` takes: each list of sentences in a list of its own."""
    return {name: [sentences] for name, sentences in errors.items()}


def bad_request() -> HttpError:
    """400 E18: an empty body, as for a missing wrapper object or JSON that cannot be read."""
    return HttpError(Response(400, b"", "text/html; charset=UTF-8", is_bare=True))


def payload_too_large() -> HttpError:
    """413, from in front of the application."""
    return HttpError(Response(413, b"message too large", TEXT, is_bare=True))


def send_error(status: int, *errors: str, success: bool = False) -> HttpError:
    """E14-E16 of the sending hosts. ``success`` tells whether the body also says ``"success": false``: the recorded
    400 and 401 do not, the specified 403, 413 and 429 do (facts 2.1, 6 row 8)."""
    body = {"success": False, "errors": list(errors)} if success else {"errors": list(errors)}
    return HttpError(json_response(body, status))


def content_disposition(filename: str) -> tuple[str, str]:
    """Content-Disposition as Rails writes it: an ASCII form and a UTF-8 form."""
    ascii_name = re.sub(r"[^\x00-\x7f]", "?", filename)
    plain = quote(ascii_name, safe=" !#$+.^_`|~-")
    exact = quote(filename, safe="!#$&+.^_`|~-")
    return "content-disposition", f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"
