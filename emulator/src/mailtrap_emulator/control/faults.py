# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand (facts 8.4): answers that the service gives on a bad day."""

import re
from dataclasses import dataclass, field

from ..http.responses import HTML, JSON, TEXT, Response
from ..state.errors import ControlError
from ..state.json_codec import encode_json
from ..state.seeding import FieldReader


@dataclass
class Fault:
    """One rule. It lets ``skip`` matching requests pass, then acts on ``times`` of them (None: on all).

    ``before`` tells whether it acts instead of the handler or after the handler has done its work.
    """

    method: re.Pattern
    path: re.Pattern
    times: int | None
    skip: int
    before: bool
    delay: float
    drop: bool
    truncate: bool
    response: Response | None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    @property
    def name(self) -> str:
        effects = {
            "delay": self.delay,
            "drop": self.drop,
            "truncate": self.truncate,
            "status": self.response is not None,
            "headers": self.headers,
        }
        return " ".join(effect for effect, acts in effects.items() if acts)


class Faults:
    """The active rules; the first one that matches a request acts on it."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []

    def add(self, rules: list[Fault]) -> None:
        self._rules += rules

    def clear(self) -> None:
        self._rules.clear()

    def __len__(self) -> int:
        return len(self._rules)

    def match(self, method: str, path: str) -> Fault | None:
        """The rule that acts on this request; it is used up by one."""
        for fault in self._rules:
            if fault.method.fullmatch(method) and fault.path.search(path):
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self._rules.remove(fault)
                return fault
        return None


MAX_DELAY = 3600
BODIES = {"json": JSON, "text": TEXT, "html": HTML}


def parse_fault(item: FieldReader) -> Fault:
    """A rule as the control plane takes it. Raises ControlError."""
    when = item.get("when", str, "before")
    if when not in ("before", "after"):
        raise ControlError(f"{item.location}: when must be before or after.")
    times = item.get("times", int)
    if times is not None and times < 1:
        raise ControlError(f"{item.location}: times must be at least 1.")
    skip = item.get("skip", int, 0)
    delay = item.get("delay", int | float, 0)
    if skip < 0 or not 0 <= delay <= MAX_DELAY:
        raise ControlError(f"{item.location}: skip cannot be negative, and delay is 0 to {MAX_DELAY} seconds.")
    headers = item.get("headers", dict, {})
    fault = Fault(
        method=pattern(item, "method"),
        path=pattern(item, "path"),
        times=times,
        skip=skip,
        before=when == "before",
        delay=delay,
        drop=item.get("drop", bool, False),
        truncate=item.get("truncate", bool, False),
        response=parse_response(item),
        headers=[header(item, name, value) for name, value in headers.items()],
    )
    item.reject_unknown()
    if not fault.name:
        raise ControlError(f"{item.location}: a fault needs an effect: status, headers, delay, drop or truncate.")
    return fault


def parse_response(item: FieldReader) -> Response | None:
    """The answer that the fault gives: ``status`` with one of ``json``, ``text``, ``html``, or an empty body."""
    status = item.get("status", int)
    given = [name for name in BODIES if name in item.fields]
    for name in given:
        item.get(name, dict | list | str | int | float | bool if name == "json" else str)
    if status is None:
        if given:
            raise ControlError(f"{item.location}: {given[0]} needs a status.")
        return None
    if not 200 <= status <= 599:
        raise ControlError(f"{item.location}: status must be between 200 and 599.")
    if len(given) > 1:
        raise ControlError(f"{item.location}: give one body, not {' and '.join(given)}.")
    if not given:
        return Response(status)
    value = item.fields[given[0]]
    return Response(status, encode_json(value) if given[0] == "json" else value.encode(), BODIES[given[0]])


def pattern(item: FieldReader, name: str) -> re.Pattern:
    text = item.get(name, str, ".*")
    try:
        return re.compile(text)
    except re.error as error:
        raise ControlError(f"{item.location}: {name} is not a regular expression: {error}.") from None


def header(item: FieldReader, name: str, value: object) -> tuple[bytes, bytes]:
    pair = (name.lower().encode("latin-1", "replace"), str(value).encode("latin-1", "replace"))
    if not re.fullmatch(rb"[!#$%&'*+.^_`|~0-9a-z-]+", pair[0]) or re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", pair[1]):
        raise ControlError(f"{item.location}: {name} is not a header.")
    return pair
