# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MailtrapError, and the parser that turns the service's error answers into messages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Dict, Iterator, List, Optional, Type

if TYPE_CHECKING:
    from types import TracebackType

    from .json_types import Json, JsonObject, Result

# The text of an error contains at most this many reasons. The task result lists all of them.
_MAX_REASONS = 20


class MailtrapError(Exception):
    """A failed operation. Its text is the message for the user.

    :ivar messages: the reasons, each a sentence or a clause.
    :ivar status: the HTTP status of the answer, or None if there was no answer.
    :ivar method: the HTTP method of the request, or None if no request was made.
    :ivar path: the path of the request, or None.
    :ivar uncertain: whether the request may have taken effect although it failed.
    :ivar attempt: the operation that failed, as an infinitive such as ``create project 'x'``, or None.
    :ivar data: the results of everything done before the failure, which are added to the task result.
    """

    def __init__(
        self,
        *messages: str,
        status: Optional[int] = None,
        method: Optional[str] = None,
        path: Optional[str] = None,
        uncertain: bool = False,
    ) -> None:
        super().__init__(*messages)
        self.messages: List[str] = list(messages)
        self.status = status
        self.method = method
        self.path = path
        self.uncertain = uncertain
        self.attempt: Optional[str] = None
        self.data: JsonObject = {}

    def __str__(self) -> str:
        reasons = "; ".join(self.messages[:_MAX_REASONS])
        if len(self.messages) > _MAX_REASONS:
            reasons += f"; and {len(self.messages) - _MAX_REASONS} more (see errors in the result)"
        request = f" ({self._describe_request()})" if self.method else ""
        if self.attempt:
            return f"Could not {self.attempt}: {reasons}{request}"
        return f"{reasons}{request}"

    def _describe_request(self) -> str:
        status = f"HTTP {self.status} for " if self.status else ""
        return f"{status}{self.method} {self.path}"

    def as_result(self) -> Result:
        """Return the keyword arguments of ``fail_json`` that report this error."""
        return dict(self.data, msg=str(self), status=self.status, errors=self.messages)


def warn_of_possible_effect(error: MailtrapError, advice: str = "") -> None:
    """Add to an error of uncertain outcome that the request may have taken effect, and what to do about it."""
    if error.uncertain:
        error.messages.append("the request may have taken effect" + (f": {advice}" if advice else ""))


def unexpected_answer(content: str, method: str, path: str) -> MailtrapError:
    """Return the error for a successful answer that does not contain what it should.

    :param content: what the answer should contain, such as ``sandbox``.
    """
    message = f"the service's answer contains no {content}"
    return MailtrapError(message, method=method, path=path, uncertain=method != "GET")


def require_minimum(option: str, value: int, lowest: int, unit: str = "") -> None:
    """Check that an option's value is not too small.

    :param unit: the unit of the limit, such as ``s``.
    :raises MailtrapError: if it is.
    """
    if value < lowest:
        limit = f"at least {lowest} {unit}".rstrip()
        raise MailtrapError(f"{option} must be {limit}, not {value}")


def require_range(option: str, value: int, lowest: int, highest: int, unit: str = "") -> None:
    """Check that an option's value lies in a range.

    :param unit: the unit of both limits, such as ``s``.
    :raises MailtrapError: if it does not.
    """
    if not lowest <= value <= highest:
        limits = f"between {lowest} and {highest} {unit}".rstrip()
        raise MailtrapError(f"{option} must be {limits}, not {value}")


class attempting:
    """Context manager that sets ``attempt`` of a MailtrapError, unless an inner one has set it already."""

    def __init__(self, attempt: str) -> None:
        self.attempt = attempt

    def __enter__(self) -> attempting:
        return self

    def __exit__(
        self,
        error_type: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        if isinstance(error, MailtrapError) and error.attempt is None:
            error.attempt = self.attempt


# Explanations of HTTP statuses for the user (docs/service.md#status-codes).
STATUS_MEANING = {
    401: "the API token was refused",
    403: "the API token has no access to this",
    404: "there is no such object, or the API token cannot see it",
    413: "the request is too large",
    429: "the rate limit is exceeded",
}

# The same for the sending hosts (docs/service.md#sending-answers).
SENDING_MEANING = {
    401: "the API token was refused",
    403: "the service does not accept this mail",
    404: "there is no such sandbox, or the API token cannot see it",
    413: "the message is too large",
    429: "the service accepts no more mail for now",
}

# The same for downloads, whose links expire (docs/service.md#contact-jobs, docs/service.md#inbound-messages).
STORAGE_MEANING = {
    403: "the download link has expired",
    404: "the file no longer exists",
}


def parse_error_messages(
    status: int, body: str, reason: str = "", meanings: Optional[Dict[int, str]] = None
) -> List[str]:
    """Return the messages of an error answer; there is always at least one.

    :param body: the body in any of its shapes (docs/service.md#error-bodies); it may also be HTML or empty.
    :param reason: the HTTP reason phrase, used only if the body contains no message.
    :param meanings: explanations of HTTP statuses, STATUS_MEANING by default.
    """
    messages = _extract_messages(body)
    limits = [f"plan limit: {message}" for message in messages if _is_plan_limit(status, message)]
    if limits:
        return limits
    meaning = (STATUS_MEANING if meanings is None else meanings).get(status)
    if meaning:
        return [f"{meaning}: {'; '.join(messages)}" if messages else meaning]
    return messages or [f"the service answered {status} {reason}".rstrip() + " without saying why"]


def _extract_messages(body: str) -> List[str]:
    try:
        answer = json.loads(body)
    except ValueError:
        text = " ".join(body.split())
        # An HTML page contains nothing that helps the user.
        return [text[:300]] if text and not text.startswith("<") else []
    if isinstance(answer, dict):
        for key in ("errors", "error", "message"):
            if answer.get(key):
                return list(_flatten_errors(answer[key]))
        return []
    return list(_flatten_errors(answer))


def _flatten_errors(errors: Json, label: str = "") -> Iterator[str]:
    """Yield the messages in nested strings, lists and maps, each after the name of its field."""
    if isinstance(errors, dict):
        email = errors.get("email") if isinstance(errors.get("errors"), dict) else None
        if email is not None:  # an invalid contact of an import: shape E13 of docs/service.md#error-bodies
            yield from _flatten_errors(errors["errors"], _join_labels(label, f"{email}:"))
            return
        for key, value in errors.items():
            yield from _flatten_errors(value, label if key == "base" else _join_labels(label, str(key)))
    elif isinstance(errors, list):
        for value in errors:
            yield from _flatten_errors(value, label)
    elif errors is not None:
        text = str(errors).strip()
        yield f"{label} {text}".strip()


def _join_labels(outer: str, inner: str) -> str:
    return f"{outer} {inner}".strip()


def _is_plan_limit(status: int, message: str) -> bool:
    """Return whether a message reports a plan limit; invalid values have the same status.

    See docs/service.md#status-codes.
    """
    message = message.lower()
    return status == 422 and "limit" in message and ("upgrade" in message or "reached" in message)
