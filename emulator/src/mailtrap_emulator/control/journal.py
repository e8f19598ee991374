# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request journal: what clients asked and what they were told, for assertions (facts 8.4)."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..http.call import Request
from ..http.responses import JSON, Response
from ..state.clock import iso_ms
from ..state.json_codec import parse_json

MASKED = ("authorization", "api-token")

# Beyond any of these the oldest entries, or the end of a long body, are not kept.
MAX_ENTRIES = 100_000
MAX_BODY = 1_000_000
MAX_BODIES = 256_000_000


@dataclass(slots=True)
class Entry:
    """One request. ``status`` is None until the answer is known, ``answer`` until it is given; ``fault`` names the
    effects of an injected fault."""

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
    """The latest requests, numbered from 1 in the order of arrival."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._next = 1
        self._bytes = 0

    def open(self, at: datetime, host_kind: str, request: Request) -> Entry:
        """Note a request that has arrived; its status and answer are for the caller to fill in."""
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
        self._keep(len(entry.body))
        return entry

    def close(self, entry: Entry, reply: Response) -> None:
        """Note the answer that is given now."""
        entry.status = reply.status
        entry.content_type = reply.content_type
        entry.answer = reply.body[:MAX_BODY] if entry.method != "HEAD" else b""
        if self._has(entry):
            self._keep(len(entry.answer))

    def _has(self, entry: Entry) -> bool:
        """A slow answer may outlive its entry."""
        index = entry.n - self._entries[0].n if self._entries else -1
        return 0 <= index < len(self._entries) and self._entries[index] is entry

    def _keep(self, size: int) -> None:
        self._bytes += size
        while len(self._entries) > MAX_ENTRIES or self._bytes > MAX_BODIES:
            oldest = self._entries.popleft()
            self._bytes -= len(oldest.body) + len(oldest.answer or b"")

    def since(self, number: int) -> list[dict]:
        """All entries with a number above ``number``, oldest first."""
        return [describe(entry) for entry in self._entries if entry.n > number]

    def clear(self) -> None:
        """Empty the journal and number from 1 again."""
        self.__init__()


def describe(entry: Entry) -> dict:
    """An entry as the control plane shows it; tokens are masked, bodies are parsed if they are JSON."""
    return {
        "n": entry.n,
        "at": iso_ms(entry.at),
        "host_kind": entry.host_kind,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "status": entry.status,
        "fault": entry.fault,
        "headers": {name: "***" if name in MASKED else value for name, value in entry.headers.items()},
        "body": readable(entry.body),
        "answer": None if entry.answer is None else describe_answer(entry),
    }


def describe_answer(entry: Entry) -> dict:
    body = readable(entry.answer) if entry.content_type == JSON else entry.answer.decode(errors="replace") or None
    # Only whoever makes a token is told it, at the top of the answer.
    if isinstance(body, dict) and isinstance(body.get("token"), str):
        body["token"] = "***"
    return {"content_type": entry.content_type, "body": body}


def readable(body: bytes) -> Any:
    """JSON as data, anything else as text, nothing as None."""
    if not body:
        return None
    try:
        return parse_json(body)
    except ValueError:
        return body.decode(errors="replace")
