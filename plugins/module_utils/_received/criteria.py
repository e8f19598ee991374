# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which messages are meant, and what has to be true of them. It only thinks: a message brings its parts itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .._api.errors import MailtrapError
from .._engine.times import moment
from .html_links import links_in, links_of, plain, words_of

# The options that say something about the messages that are meant.
_OF_MESSAGES = ("links", "links_answer", "attachments", "max_spam_score", "max_html_errors", "captures")

# More links than these are not followed.
MOST_LINKS = 50

# How much of a text, and how many of several things, a sentence tells.
_LONG = 80
_MANY = 5


@dataclass(frozen=True)
class Pattern:
    """A text that is found as it stands, or as a regular expression."""

    text: str
    regex: Any

    def is_in(self, value):
        return self.text in value or self.regex.search(value) is not None

    def __str__(self):
        return f"'{shortened(self.text)}'"


class Expectation:
    """What a user expects of the mail in a sandbox.

    A message is meant when there are no objections to it. It may then still have faults.

    :ivar count: int, how many messages are expected.
    :param options: dict, the options of community.mailtrap.sandbox_expect.
    :raises MailtrapError: when one of them cannot be used.
    """

    def __init__(self, options):
        for option in ("count", "max_html_errors"):
            if (options[option] or 0) < 0:
                raise MailtrapError(f"{option} must be 0 or more; it is {options[option]}")
        pointless = [name for name in _OF_MESSAGES if options[name] not in (None, False)]
        if options["count"] == 0 and pointless:
            raise MailtrapError(f"count is 0: there will be no message for {' and '.join(pointless)}")
        self.count = options["count"]
        self._after_id, self._since = _start(options["since"])
        self._unread = options["unread"]
        self._texts = [(name, _pattern(options[name], name)) for name in _VALUES if options[name] is not None]
        self._headers = _patterns(options["headers"], "headers")
        self._body = None if options["body"] is None else _pattern(options["body"], "body")
        self._links = None if options["links"] is None else [_pattern(text, "links") for text in options["links"]]
        self._links_answer = options["links_answer"]
        self._attachments = options["attachments"] and [_attachment(entry) for entry in options["attachments"]]
        self._max_spam_score = options["max_spam_score"]
        self._max_html_errors = options["max_html_errors"]
        self._captures = _patterns(options["captures"], "captures")

    def is_too_old(self, fields):
        """Say whether a message came before what the user is interested in: bool.

        :param fields: dict, the message as a list shows it.
        """
        if self._after_id is not None:
            return fields["id"] <= self._after_id
        if self._since is None:
            return False
        return moment(str(fields.get("created_at")), self._since, f"created_at of message {fields['id']}") < self._since

    def objections(self, message):
        """Return why a message is not meant: list of str, empty when it is.

        :param message: Message; none of its parts is asked for when the list tells already that it is not meant.
        """
        return self._objections_to_fields(message.fields) or self._objections_to_parts(message)

    def faults(self, message, visit):
        """Return what is wrong with a message that is meant: list of str.

        :param visit: function (url) -> str, what is wrong with a link, or None.
        """
        return [
            *self._faults_of_links(message, visit),
            *self._faults_of_attachments(message),
            *self._faults_of_spam(message),
            *self._faults_of_html(message),
            *self._faults_of_captures(message),
        ]

    def findings(self, message):
        """Return what the user asked for besides the message: dict with links and captures, if asked for."""
        findings = {}
        if self._wants_links:
            findings["links"] = self._meant_links(message)
        if self._captures:
            findings["captures"] = {name: _captured(wanted, message) for name, wanted in self._captures}
        return findings

    def _objections_to_fields(self, fields):
        objections = []
        if self._unread is not None and bool(fields.get("is_read")) == self._unread:
            objections.append("it has been read" if self._unread else "it has not been read")
        for name, wanted in self._texts:
            if not any(wanted.is_in(str(value)) for value in _VALUES[name](fields) if value):
                objections.append(f"{name} does not match {wanted}")
        return objections

    def _objections_to_parts(self, message):
        for name, wanted in self._headers:
            value = message.part("headers").get(name.lower().replace("-", "_"))
            if value is None:
                return [f"it has no header {name}"]
            if not wanted.is_in(str(value)):
                return [f"header {name} is {shortened(value)!r}, which does not match {wanted}"]
        if self._body and not any(self._body.is_in(text) for text in _bodies(message)):
            return [f"body does not match {self._body}"]
        return []

    @property
    def _wants_links(self):
        return self._links is not None or self._links_answer

    def _meant_links(self, message):
        """Return those links of a message that the patterns match, all where there are none: list of str."""
        return [link for link in _links(message) if not self._links or any(one.is_in(link) for one in self._links)]

    def _faults_of_links(self, message, visit):
        there = _links(message) if self._wants_links else []
        for wanted in self._links or []:
            if not any(wanted.is_in(link) for link in there):
                yield f"no link matches {wanted}; its links are {_listed(there)}"
        if self._links_answer:
            meant = self._meant_links(message)
            if len(meant) > MOST_LINKS:
                yield f"it has {len(meant)} links, and {MOST_LINKS} are followed at most: say in links which matter"
            else:
                yield from filter(None, map(visit, meant))

    def _faults_of_attachments(self, message):
        if self._attachments is None:
            return
        there = message.part("attachments")
        told = _listed(map(_attachment_told, there))
        if not self._attachments and there:
            yield f"it has attachments: {told}"
        for wanted in self._attachments:
            if not any(wanted.is_met_by(attachment) for attachment in there):
                yield f"no attachment has {wanted}; its attachments are {told}"

    def _faults_of_spam(self, message):
        if self._max_spam_score is None:
            return
        report = message.part("spam_report")
        score = _number(report.get("Score"))
        if score is None:
            yield f"its spam score is not known: the service says {shortened(report.get('ResponseMessage'))!r}"
        elif score > self._max_spam_score:
            rules = sorted(_dicts(report.get("Details")), key=lambda rule: -(_number(rule.get("Pts")) or 0))
            told = _listed(f"{rule.get('RuleName')} {rule.get('Pts')}" for rule in rules)
            yield f"its spam score is {score:g}, above {self._max_spam_score:g}, by the rules {told}"

    def _faults_of_html(self, message):
        if self._max_html_errors is None:
            return
        report = message.part("html_analysis")
        errors = report.get("errors")
        if not isinstance(errors, list):
            yield f"its HTML was not checked: the service says {shortened(report.get('msg'))!r}"
        elif len(errors) > self._max_html_errors:
            told = _listed(map(_html_error_told, _dicts(errors)))
            yield f"its HTML has {len(errors)} errors, more than {self._max_html_errors}: {told}"

    def _faults_of_captures(self, message):
        for name, wanted in self._captures:
            if _captured(wanted, message) is None:
                yield f"nothing in it matches {wanted}, which was to be captured as {name}"


def shortened(value):
    """Return a value as a text that does not fill a screen: str."""
    text = " ".join(str(value).split())
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


# What a criterion is looked for in, of a message as a list shows it.
_VALUES = {
    "to": lambda fields: [fields.get("to_email"), fields.get("to_name"), *_envelope(fields)],
    "from": lambda fields: [fields.get("from_email"), fields.get("from_name")],
    "subject": lambda fields: [fields.get("subject")],
}


def _envelope(fields):
    """Return the addresses that a message was sent to by SMTP: list of str."""
    found = fields
    for word in ("smtp_information", "data", "rcpt_to_addrs"):
        found = found.get(word) if isinstance(found, dict) else None
    return found if isinstance(found, list) else []


def _bodies(message):
    """Yield the plain text of a message, and the text that its HTML shows; what it lacks is not asked for."""
    if message.fields.get("text_body_size") != 0:
        yield plain(message.part("text") or "")
    if message.fields.get("html_body_size") != 0:
        yield words_of(message.part("html_source") or "")


def _links(message):
    """Return the links of the HTML of a message, or of its plain text where the HTML has none: list of str."""
    found = links_of(message.part("html_source") or "") if message.fields.get("html_body_size") != 0 else []
    if not found and message.fields.get("text_body_size") != 0:
        found = links_in(message.part("text") or "")
    return found


def _captured(wanted, message):
    """Return what a pattern's first group, or the whole of it, matches in a message first: str, or None."""

    def texts():
        yield message.fields.get("subject") or ""
        yield from _bodies(message)
        yield "\n".join(_links(message))

    for text in texts():
        hit = wanted.regex.search(text)
        if hit:
            return hit.group(min(1, wanted.regex.groups)) or ""
    return None


@dataclass(frozen=True)
class _Attachment:
    """What is expected of an attachment; None is not cared for. Sizes are in bytes."""

    filename: Any
    content_type: Any
    min_size: Any
    max_size: Any

    def is_met_by(self, attachment):
        size = _number(attachment.get("attachment_size")) or 0
        return (
            (self.filename is None or self.filename.is_in(str(attachment.get("filename"))))
            and (self.content_type is None or self.content_type.is_in(str(attachment.get("content_type"))))
            and (self.min_size is None or size >= self.min_size)
            and (self.max_size is None or size <= self.max_size)
        )

    def __str__(self):
        return " and ".join(f"{name} {value}" for name, value in vars(self).items() if value is not None)


def _attachment(entry):
    texts = {
        name: _pattern(entry[name], f"attachments {name}")
        for name in ("filename", "content_type")
        if entry[name] is not None
    }
    if all(value is None for value in entry.values()):
        raise MailtrapError("attachments holds an entry that says nothing")
    return _Attachment(**{**entry, **texts})


def _attachment_told(attachment):
    about = f"{attachment.get('content_type')}, {attachment.get('attachment_size')} bytes"
    return f"{shortened(attachment.get('filename'))} ({about})"


def _html_error_told(error):
    clients = error.get("email_clients")
    names = [name for group in clients.values() for name in group] if isinstance(clients, dict) else []
    return f"line {error.get('error_line')} {error.get('rule_name')} (not in {_listed(names)})"


def _patterns(texts, option):
    return [(name, _pattern(text, f"{option} {name}")) for name, text in (texts or {}).items()]


def _pattern(text, option):
    """Return the Pattern of a text that the user gave in an option.

    :raises MailtrapError: when it is empty, as an undefined variable may leave it, or is no regular expression.
    """
    text = "" if text is None else str(text)
    if not text:
        raise MailtrapError(f"{option} is empty: say what to look for, or leave it out")
    try:
        return Pattern(text, re.compile(text, re.MULTILINE))
    except (re.error, OverflowError, RecursionError) as error:
        raise MailtrapError(f"{option} {text!r} is not a regular expression: {error}") from None


def _start(since):
    """Return what begins after a message, by its id, and what begins at a time: int or None, datetime or None."""
    if since is None:
        return None, None
    if re.fullmatch("[0-9]+", since):
        return int(since), None
    return None, moment(since, datetime.now(timezone.utc), "since")


def _number(value):
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _dicts(items):
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _listed(things):
    """Return the first of several things as a text: str."""
    things = list(things)
    told = ", ".join(str(thing) for thing in things[:_MANY])
    more = f" and {len(things) - _MANY} more" if len(things) > _MANY else ""
    return told + more or "none"
