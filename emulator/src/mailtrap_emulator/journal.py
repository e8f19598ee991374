# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request journal: what clients asked and what they were told, for assertions (facts 8.4)."""

import json
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from .call import Request
from .clock import iso_ms

MASKED = ("authorization", "api-token")
KEPT = 100_000
KEPT_BODY = 1_000_000


@dataclass(slots=True)
class Entry:
    """``status`` is None until the answer is known; ``fault`` names the effects of an injected fault."""

    n: int
    at: Any
    host_kind: str
    request: Request
    status: int | None = None
    fault: str | None = None


class Journal:
    """The latest requests, numbered from 1 in the order of arrival."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._next = 1

    def open(self, at: Any, host_kind: str, request: Request) -> Entry:
        entry = Entry(self._next, at, host_kind, request)
        self._next += 1
        self._entries.append(entry)
        return entry

    def since(self, number: int) -> list[dict]:
        """All entries with a number above ``number``, oldest first."""
        return [describe(entry) for entry in self._entries if entry.n > number]

    def clear(self) -> None:
        """Empty the journal and number from 1 again."""
        self._entries.clear()
        self._next = 1


def describe(entry: Entry) -> dict:
    """An entry as the control plane shows it; tokens are masked, a body is parsed if it is JSON."""
    request = entry.request
    return {
        "n": entry.n,
        "at": iso_ms(entry.at),
        "host_kind": entry.host_kind,
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "params": parse_qsl(request.query, keep_blank_values=True),
        "status": entry.status,
        "fault": entry.fault,
        "headers": {name: "***" if name in MASKED else value for name, value in request.headers.items()},
        "body": readable(request.body),
    }


def readable(body: bytes) -> Any:
    """JSON as data, anything else as text, nothing as None; the beginning of what is very long."""
    if not body:
        return None
    if len(body) <= KEPT_BODY:
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            pass
    return body[:KEPT_BODY].decode(errors="replace")
