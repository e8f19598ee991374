# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers and refusals, in the shapes of the service (facts 2.1)."""

import json
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(slots=True)
class Reply:
    """One answer before the transport headers.

    ``fresh`` answers are never given an ETag; ``bare`` ones come from before the application and carry next to no
    headers (facts 1.5).
    """

    status: int = 200
    body: bytes = b""
    content_type: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    fresh: bool = False
    bare: bool = False


class Refusal(Exception):
    """Raised anywhere below the pipeline to end a call with an error answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def encode(data: Any) -> bytes:
    """Compact JSON, UTF-8 unescaped (facts 8.1)."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def json_reply(data: Any, status: int = 200, **more: Any) -> Reply:
    return Reply(status, encode(data), JSON, **more)


def no_content() -> Reply:
    return Reply(204)


def not_found() -> Refusal:
    """404 E1."""
    return Refusal(json_reply({"error": "Not Found"}, 404))


def incorrect_token() -> Refusal:
    """401 E2, the general host's."""
    header = ("www-authenticate", 'Token realm="Application"')
    return Refusal(json_reply({"error": "Incorrect API token"}, 401, headers=[header]))


def forbidden(text: str = "Account access forbidden") -> Refusal:
    """403 E3."""
    return Refusal(json_reply({"errors": text}, 403))


def too_many_requests() -> Refusal:
    """429 E4, the general host's."""
    return Refusal(json_reply({"errors": "Rate limit exceeded"}, 429))


def unprocessable(errors: dict[str, list]) -> Refusal:
    """422 E9, E10: field name (or ``base``) to sentences."""
    return Refusal(json_reply({"errors": errors}, 422))


def nested(errors: dict[str, list[str]]) -> dict[str, list[list[str]]]:
    """The E12 form of what :func:`unprocessable` takes: each list of sentences in a list of its own."""
    return {name: [sentences] for name, sentences in errors.items()}


def bad_request() -> Refusal:
    """400 E18: an empty body, as for a missing wrapper object or JSON that cannot be read."""
    return Refusal(Reply(400, b"", "text/html; charset=UTF-8", bare=True))


def payload_too_large() -> Refusal:
    """413, from in front of the application."""
    return Refusal(Reply(413, b"message too large", TEXT, bare=True))


def send_refused(status: int, *errors: str, success: bool = False) -> Refusal:
    """E14-E16 of the sending hosts. ``success`` tells whether the body also says ``"success": false``: the recorded
    400 and 401 do not, the specified 403, 413 and 429 do (facts 2.1, 6 row 8)."""
    body = {"success": False, "errors": list(errors)} if success else {"errors": list(errors)}
    return Refusal(json_reply(body, status))
