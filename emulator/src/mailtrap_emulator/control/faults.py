# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fault injection: errors, delays and broken connections on demand."""

import re
from dataclasses import dataclass, field

from ..http.response_headers import Headers
from ..http.responses import HTML, JSON, TEXT, Response
from ..state.errors import ControlError
from ..state.json_codec import encode_json
from ..state.seeding import FieldReader


@dataclass
class Fault:
    """A rule. It ignores the first ``skip`` matching requests and affects the next ``times`` (None: all).

    With ``before`` it acts instead of the operation, otherwise after it. ``delay`` is in seconds.
    """

    method: re.Pattern[str]
    path: re.Pattern[str]
    times: int | None
    skip: int
    before: bool
    delay: float
    drop: bool
    truncate: bool
    response: Response | None
    headers: Headers = field(default_factory=list)

    @property
    def name(self) -> str:
        """The effects of the fault, for the journal. Empty if it has none."""
        effects = {
            "delay": self.delay,
            "drop": self.drop,
            "truncate": self.truncate,
            "status": self.response is not None,
            "headers": self.headers,
        }
        return " ".join(effect for effect, is_set in effects.items() if is_set)


class Faults:
    """The active rules. The first rule that matches a request affects it."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []

    def add(self, rules: list[Fault]) -> None:
        """Add rules after the active ones."""
        self._rules += rules

    def clear(self) -> None:
        """Remove all rules."""
        self._rules.clear()

    def __len__(self) -> int:
        return len(self._rules)

    def match(self, method: str, path: str) -> Fault | None:
        """Return the rule that affects a request, or None. The request counts against ``skip`` and ``times``."""
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
# The content type for each field that can hold the body of a response.
BODY_FIELDS = {"json": JSON, "text": TEXT, "html": HTML}
HEADER_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+")
CONTROL_CHARACTER = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def parse_fault(item: FieldReader) -> Fault:
    """Parse a rule from a control request.

    :raises ControlError: if it is invalid.
    """
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
        method=parse_pattern(item, "method"),
        path=parse_pattern(item, "path"),
        times=times,
        skip=skip,
        before=when == "before",
        delay=delay,
        drop=item.get("drop", bool, False),
        truncate=item.get("truncate", bool, False),
        response=parse_response(item),
        headers=[encode_header(item, name, value) for name, value in headers.items()],
    )
    item.reject_unknown()
    if not fault.name:
        raise ControlError(f"{item.location}: a fault needs an effect: status, headers, delay, drop or truncate.")
    return fault


def parse_response(item: FieldReader) -> Response | None:
    """Parse the response of a rule: ``status``, and at most one of ``json``, ``text`` and ``html``.

    :raises ControlError: if a field is invalid.
    """
    status = item.get("status", int)
    given = [name for name in BODY_FIELDS if name in item.fields]
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
    (name,) = given
    value = item.fields[name]
    return Response(status, encode_json(value) if name == "json" else value.encode(), BODY_FIELDS[name])


def parse_pattern(item: FieldReader, name: str) -> re.Pattern[str]:
    """Parse a regular expression, which matches everything if it is missing.

    :raises ControlError: if it is invalid.
    """
    text = item.get(name, str, ".*")
    try:
        return re.compile(text)
    except re.error as error:
        raise ControlError(f"{item.location}: {name} is not a regular expression: {error}.") from None


def encode_header(item: FieldReader, name: str, value: object) -> tuple[bytes, bytes]:
    """Encode a header.

    :raises ControlError: if its name or value is not allowed in HTTP.
    """
    encoded_name = name.lower().encode("latin-1", "replace")
    encoded_value = str(value).encode("latin-1", "replace")
    if not HEADER_NAME.fullmatch(encoded_name) or CONTROL_CHARACTER.search(encoded_value):
        raise ControlError(f"{item.location}: {name} is not a header.")
    return encoded_name, encoded_value
