# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The criteria that select sandbox messages, and the checks of their contents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Pattern, Tuple

from .._api.errors import MailtrapError, require_minimum
from .._engine.times import parse_time_or_age
from .body_parsing import find_html_links, find_text_links, html_to_text, normalize_newlines

if TYPE_CHECKING:
    from .._api.json_types import JsonObject, Options
    from .sandbox_messages import SandboxMessage

# The options that check matching messages, and so make no sense if no message is expected.
_CHECK_OPTIONS = ("links", "links_answer", "attachments", "max_spam_score", "max_html_errors", "captures")

# The most links of one message that are followed.
MAX_LINKS = 50

# Limits for messages to the user: the characters of a value, and the items of a list.
_MAX_VALUE_LENGTH = 80
_MAX_LIST_ITEMS = 5


@dataclass(frozen=True)
class TextPattern:
    """A text that matches values literally or as a regular expression."""

    text: str
    regex: Pattern[str]

    def matches(self, value: str) -> bool:
        """Return whether a value contains the text or a match of the regular expression."""
        return self.text in value or self.regex.search(value) is not None

    def __str__(self) -> str:
        return f"'{shorten(self.text)}'"


class MessageCriteria:
    """The criteria of a sandbox_expect task: which messages match, and which checks they must pass.

    :ivar count: the expected number of matching messages.
    :param options: the options of the module sandbox_expect.
    :raises MailtrapError: if an option has an invalid value.
    """

    def __init__(self, options: Options) -> None:
        for name in ("count", "max_html_errors"):
            require_minimum(name, options[name] or 0, 0)
        unusable = [name for name in _CHECK_OPTIONS if options[name] not in (None, False)]
        if options["count"] == 0 and unusable:
            raise MailtrapError(f"{' and '.join(unusable)} cannot be used if count is 0, which expects no message")
        self.count: int = options["count"]
        self._after_id, self._after_time = _parse_since(options["since"])
        self._unread: Optional[bool] = options["unread"]
        self._field_patterns = [
            (name, _compile_pattern(options[name], name)) for name in _FIELD_VALUES if options[name] is not None
        ]
        self._header_patterns = _compile_patterns(options["headers"], "headers")
        self._body_pattern = None if options["body"] is None else _compile_pattern(options["body"], "body")
        self._link_patterns = None if options["links"] is None else _compile_list(options["links"], "links")
        self._links_must_answer: bool = options["links_answer"]
        self._attachment_criteria = (
            None if options["attachments"] is None else _parse_attachments(options["attachments"])
        )
        self._max_spam_score: Optional[float] = options["max_spam_score"]
        self._max_html_errors: Optional[int] = options["max_html_errors"]
        self._capture_patterns = _compile_patterns(options["captures"], "captures")

    def is_too_old(self, fields: JsonObject) -> bool:
        """Return whether a message is older than ``since`` allows.

        :param fields: the message as it is in the list of messages.
        """
        if self._after_id is not None:
            return fields["id"] <= self._after_id
        if self._after_time is None:
            return False
        label = f"created_at of message {fields['id']}"
        return parse_time_or_age(str(fields.get("created_at")), self._after_time, label) < self._after_time

    def find_mismatches(self, message: SandboxMessage) -> List[str]:
        """Return the reasons why a message does not match, or an empty list if it matches.

        Parts of the message are requested only if its fields match.
        """
        return self._find_field_mismatches(message.fields) or self._find_part_mismatches(message)

    def find_problems(self, message: SandboxMessage, check_link: Callable[[str], Optional[str]]) -> List[str]:
        """Return the checks that a matching message does not pass.

        :param check_link: returns the problem with a URL, or None.
        """
        return [
            *self._find_link_problems(message, check_link),
            *self._find_attachment_problems(message),
            *self._find_spam_problems(message),
            *self._find_html_problems(message),
            *self._find_capture_problems(message),
        ]

    def extract_links_and_captures(self, message: SandboxMessage) -> JsonObject:
        """Return the ``links`` and ``captures`` of a message, each only if the options ask for it."""
        result: JsonObject = {}
        if self._needs_links:
            result["links"] = self._select_links(message)
        if self._capture_patterns:
            result["captures"] = {name: _capture(pattern, message) for name, pattern in self._capture_patterns}
        return result

    def _find_field_mismatches(self, fields: JsonObject) -> List[str]:
        mismatches = []
        if self._unread is not None and bool(fields.get("is_read")) == self._unread:
            mismatches.append("the message is marked as read" if self._unread else "the message is unread")
        for name, pattern in self._field_patterns:
            if not any(pattern.matches(str(value)) for value in _FIELD_VALUES[name](fields) if value):
                mismatches.append(f"{name} does not match {pattern}")
        return mismatches

    def _find_part_mismatches(self, message: SandboxMessage) -> List[str]:
        for name, pattern in self._header_patterns:
            value = message.get_part("headers").get(name.lower().replace("-", "_"))
            if value is None:
                return [f"the header {name} is missing"]
            if not pattern.matches(str(value)):
                return [f"the header {name} is {shorten(value)!r} and does not match {pattern}"]
        if self._body_pattern and not any(self._body_pattern.matches(text) for text in _iterate_body_texts(message)):
            return [f"body does not match {self._body_pattern}"]
        return []

    @property
    def _needs_links(self) -> bool:
        return self._link_patterns is not None or self._links_must_answer

    def _select_links(self, message: SandboxMessage) -> List[str]:
        """Return the links that match a pattern, or all links if there are no patterns."""
        links = _find_links(message)
        if not self._link_patterns:
            return links
        return [link for link in links if any(pattern.matches(link) for pattern in self._link_patterns)]

    def _find_link_problems(self, message: SandboxMessage, check_link: Callable[[str], Optional[str]]) -> Iterator[str]:
        links = _find_links(message) if self._needs_links else []
        for pattern in self._link_patterns or []:
            if not any(pattern.matches(link) for link in links):
                yield f"no link matches {pattern} (links: {_join_items(links)})"
        if self._links_must_answer:
            selected = self._select_links(message)
            if len(selected) > MAX_LINKS:
                yield f"{len(selected)} links exceed the limit of {MAX_LINKS}: select fewer with the option links"
            else:
                yield from filter(None, map(check_link, selected))

    def _find_attachment_problems(self, message: SandboxMessage) -> Iterator[str]:
        if self._attachment_criteria is None:
            return
        attachments = message.get_part("attachments")
        description = _join_items(map(_describe_attachment, attachments))
        if not self._attachment_criteria and attachments:
            yield f"unexpected attachments: {description}"
        for criteria in self._attachment_criteria:
            if not any(criteria.matches(attachment) for attachment in attachments):
                yield f"no attachment matches {criteria} (attachments: {description})"

    def _find_spam_problems(self, message: SandboxMessage) -> Iterator[str]:
        if self._max_spam_score is None:
            return
        report = message.get_part("spam_report")
        score = _parse_number(report.get("Score"))
        if score is None:
            yield f"the spam score is unknown: the service answered {shorten(report.get('ResponseMessage'))!r}"
        elif score > self._max_spam_score:
            rules = sorted(
                _select_objects(report.get("Details")), key=lambda rule: -(_parse_number(rule.get("Pts")) or 0)
            )
            description = _join_items(f"{rule.get('RuleName')} {rule.get('Pts')}" for rule in rules)
            yield f"the spam score {score:g} exceeds {self._max_spam_score:g} (rules: {description})"

    def _find_html_problems(self, message: SandboxMessage) -> Iterator[str]:
        if self._max_html_errors is None:
            return
        report = message.get_part("html_analysis")
        errors = report.get("errors")
        if not isinstance(errors, list):
            yield f"the HTML was not analyzed: the service answered {shorten(report.get('msg'))!r}"
        elif len(errors) > self._max_html_errors:
            description = _join_items(map(_describe_html_error, _select_objects(errors)))
            yield f"the number of HTML errors is {len(errors)} and exceeds {self._max_html_errors}: {description}"

    def _find_capture_problems(self, message: SandboxMessage) -> Iterator[str]:
        for name, pattern in self._capture_patterns:
            if _capture(pattern, message) is None:
                yield f"captures.{name} {pattern} matches nothing"


def shorten(value: Any) -> str:
    """Return a value as one line of limited length."""
    text = " ".join(str(value).split())
    return text if len(text) <= _MAX_VALUE_LENGTH else text[: _MAX_VALUE_LENGTH - 1] + "…"


def _get_envelope_recipients(fields: JsonObject) -> List[Any]:
    """Return the addresses that a message was sent to by SMTP."""
    value: Any = fields
    for key in ("smtp_information", "data", "rcpt_to_addrs"):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


# For each option: the values of a list entry that can match it.
_FIELD_VALUES: Dict[str, Callable[[Dict[str, Any]], List[Any]]] = {
    "to": lambda fields: [fields.get("to_email"), fields.get("to_name"), *_get_envelope_recipients(fields)],
    "from": lambda fields: [fields.get("from_email"), fields.get("from_name")],
    "subject": lambda fields: [fields.get("subject")],
}


def _has_part(message: SandboxMessage, size_field: str) -> bool:
    """Return whether a message has, or may have, a body; no request is needed if its size is 0."""
    return message.fields.get(size_field) != 0


def _iterate_body_texts(message: SandboxMessage) -> Iterator[str]:
    """Yield the plain text of a message, and the visible text of its HTML."""
    if _has_part(message, "text_body_size"):
        yield normalize_newlines(message.get_part("text") or "")
    if _has_part(message, "html_body_size"):
        yield html_to_text(message.get_part("html_source") or "")


def _find_links(message: SandboxMessage) -> List[str]:
    """Return the links of the HTML of a message, or those of its plain text if the HTML has none."""
    links = find_html_links(message.get_part("html_source") or "") if _has_part(message, "html_body_size") else []
    if not links and _has_part(message, "text_body_size"):
        links = find_text_links(message.get_part("text") or "")
    return links


def _capture(pattern: TextPattern, message: SandboxMessage) -> Optional[str]:
    """Return the first match of a pattern in a message: its first group, or the whole match if it has no group."""
    for text in _iterate_searched_texts(message):
        match = pattern.regex.search(text)
        if match:
            return match.group(min(1, pattern.regex.groups)) or ""
    return None


def _iterate_searched_texts(message: SandboxMessage) -> Iterator[str]:
    """Yield the texts in which captures are searched for; a generator, so that later parts may not be requested."""
    yield message.fields.get("subject") or ""
    yield from _iterate_body_texts(message)
    yield "\n".join(_find_links(message))


@dataclass(frozen=True)
class _AttachmentCriteria:
    """The criteria for one expected attachment; None matches every value. Sizes are in bytes."""

    filename: Optional[TextPattern]
    content_type: Optional[TextPattern]
    min_size: Optional[int]
    max_size: Optional[int]

    def matches(self, attachment: JsonObject) -> bool:
        """Return whether an attachment meets all criteria."""
        size = _parse_number(attachment.get("attachment_size")) or 0
        return (
            (self.filename is None or self.filename.matches(str(attachment.get("filename"))))
            and (self.content_type is None or self.content_type.matches(str(attachment.get("content_type"))))
            and (self.min_size is None or size >= self.min_size)
            and (self.max_size is None or size <= self.max_size)
        )

    def __str__(self) -> str:
        return " and ".join(f"{name} {value}" for name, value in vars(self).items() if value is not None)


def _parse_attachments(entries: List[JsonObject]) -> List[_AttachmentCriteria]:
    return [_parse_attachment(entry, f"attachments[{index}]") for index, entry in enumerate(entries)]


def _parse_attachment(entry: JsonObject, label: str) -> _AttachmentCriteria:
    patterns = {
        name: _compile_pattern(entry[name], f"{label}.{name}")
        for name in ("filename", "content_type")
        if entry[name] is not None
    }
    if all(value is None for value in entry.values()):
        raise MailtrapError(f"{label} must not be empty: give at least one criterion")
    return _AttachmentCriteria(**{**entry, **patterns})


def _describe_attachment(attachment: JsonObject) -> str:
    details = f"{attachment.get('content_type')}, {attachment.get('attachment_size')} bytes"
    return f"{shorten(attachment.get('filename'))} ({details})"


def _describe_html_error(error: JsonObject) -> str:
    clients = error.get("email_clients")
    names = [name for group in clients.values() for name in group] if isinstance(clients, dict) else []
    return f"line {error.get('error_line')} {error.get('rule_name')} (not supported by {_join_items(names)})"


def _compile_patterns(texts: Optional[Mapping[str, Any]], option: str) -> List[Tuple[str, TextPattern]]:
    return [(name, _compile_pattern(text, f"{option}.{name}")) for name, text in (texts or {}).items()]


def _compile_list(texts: List[str], option: str) -> List[TextPattern]:
    return [_compile_pattern(text, f"{option}[{index}]") for index, text in enumerate(texts)]


def _compile_pattern(text: Any, label: str) -> TextPattern:
    """Return the pattern that a user gave in an option.

    :param label: the option, for messages.
    :raises MailtrapError: if the text is empty, as an undefined variable can leave it, or is no regular expression.
    """
    text = "" if text is None else str(text)
    if not text:
        raise MailtrapError(f"{label} must not be empty: give a text to search for, or omit it")
    try:
        return TextPattern(text, re.compile(text, re.MULTILINE))
    except (re.error, OverflowError, RecursionError) as error:
        raise MailtrapError(f"{label} {text!r} is not a regular expression: {error}") from None


def _parse_since(since: Optional[str]) -> Tuple[Optional[int], Optional[datetime]]:
    """Return the message id that ``since`` gives, or else the time."""
    if since is None:
        return None, None
    if re.fullmatch("[0-9]+", since):
        return int(since), None
    return None, parse_time_or_age(since, datetime.now(timezone.utc), "since")


def _parse_number(value: Any) -> Optional[float]:
    """Return a number that the service may send as text, or None if it is not a number."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _select_objects(items: Any) -> List[JsonObject]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _join_items(items: Iterable[Any]) -> str:
    """Return the first items of a list as text, and the number of the others."""
    items = list(items)
    text = ", ".join(str(item) for item in items[:_MAX_LIST_ITEMS])
    rest = f" and {len(items) - _MAX_LIST_ITEMS} more" if len(items) > _MAX_LIST_ITEMS else ""
    return text + rest or "none"
