# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request journal: API requests and their responses, for assertions in tests."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..http.call import Request
from ..http.responses import JSON, Response
from ..state.clock import iso_ms
from ..state.json_codec import JsonObject, parse_json

MASKED_HEADERS = ("authorization", "api-token")

# Beyond these maximums the journal drops its oldest entries, or the end of a long body.
MAX_ENTRIES = 100_000
MAX_BODY = 1_000_000
MAX_BODIES = 256_000_000


@dataclass(slots=True)
class Entry:
    """A request. ``status`` and ``answer`` are None until the response is sent. ``fault`` names an injected fault."""

    n: int
    at: datetime
    host_kind: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    status: int | None = None
    fault: str | None = None
    answer: bytes | None = None
    content_type: str | None = None


class Journal:
    """The latest requests, numbered from 1 in order of arrival."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._next = 1
        self._bytes = 0

    def open(self, at: datetime, host_kind: str, request: Request) -> Entry:
        """Add an entry for a request that has arrived, and return it."""
        entry = Entry(
            self._next,
            at,
            host_kind,
            request.method,
            request.path,
            request.query,
            request.headers,
            request.body[:MAX_BODY],
        )
        self._next += 1
        self._entries.append(entry)
        self._add_size(len(entry.body))
        return entry

    def close(self, entry: Entry, response: Response) -> None:
        """Add the response to an entry."""
        entry.status = response.status
        entry.content_type = response.content_type
        entry.answer = response.body[:MAX_BODY] if entry.method != "HEAD" else b""
        if self._contains(entry):
            self._add_size(len(entry.answer))

    def _contains(self, entry: Entry) -> bool:
        """Return whether the journal still holds an entry. It may have been dropped before its response was sent."""
        index = entry.n - self._entries[0].n if self._entries else -1
        return 0 <= index < len(self._entries) and self._entries[index] is entry

    def _add_size(self, size: int) -> None:
        """Count the bytes of a body, and drop the oldest entries if there are too many."""
        self._bytes += size
        while len(self._entries) > MAX_ENTRIES or self._bytes > MAX_BODIES:
            oldest = self._entries.popleft()
            self._bytes -= len(oldest.body) + len(oldest.answer or b"")

    def since(self, number: int) -> list[JsonObject]:
        """Return the entries with a number above ``number``, oldest first."""
        return [describe_entry(entry) for entry in self._entries if entry.n > number]

    def clear(self) -> None:
        """Remove all entries and number from 1 again."""
        self._entries.clear()
        self._next = 1
        self._bytes = 0


def describe_entry(entry: Entry) -> JsonObject:
    """Return an entry as the control plane shows it: tokens masked, JSON bodies parsed."""
    return {
        "n": entry.n,
        "at": iso_ms(entry.at),
        "host_kind": entry.host_kind,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "status": entry.status,
        "fault": entry.fault,
        "headers": {name: "***" if name in MASKED_HEADERS else value for name, value in entry.headers.items()},
        "body": decode_body(entry.body),
        "answer": None if entry.answer is None else describe_answer(entry.answer, entry.content_type),
    }


def describe_answer(answer: bytes, content_type: str | None) -> JsonObject:
    """Return the body of a response as the control plane shows it."""
    body = decode_body(answer) if content_type == JSON else answer.decode(errors="replace") or None
    # The value of a new token is at the top level of the response.
    if isinstance(body, dict) and isinstance(body.get("token"), str):
        body["token"] = "***"
    return {"content_type": content_type, "body": body}


def decode_body(body: bytes) -> Any:
    """Decode a body: JSON as data, anything else as text, an empty body as None."""
    if not body:
        return None
    try:
        return parse_json(body)
    except ValueError:
        return body.decode(errors="replace")
