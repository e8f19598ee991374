# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one exception of the collection, and how the service's error answers become sentences."""

from __future__ import annotations

import json

# How many reasons a sentence holds; the result of a task holds all of them.
_MOST_TOLD = 20


class MailtrapError(Exception):
    """Something could not be done, told in sentences that can be shown to a user.

    :ivar messages: list of str, what is wrong, one sentence or clause each.
    :ivar status: int, the HTTP status of the answer, or None where there was none.
    :ivar method: str, the HTTP verb of the request, or None where none was made.
    :ivar path: str, the path of the request, or None.
    :ivar uncertain: bool, True when the request may have taken effect although it failed.
    :ivar attempt: str, what was being attempted, as an infinitive ("create project 'x'"), or None.
    :ivar data: dict, what had been done before the failure, for the result of the task.
    """

    def __init__(self, *messages, status=None, method=None, path=None, uncertain=False):
        super().__init__(*messages)
        self.messages = list(messages)
        self.status = status
        self.method = method
        self.path = path
        self.uncertain = uncertain
        self.attempt = None
        self.data = {}

    def __str__(self):
        reasons = "; ".join(self.messages[:_MOST_TOLD])
        if len(self.messages) > _MOST_TOLD:
            reasons += f"; and {len(self.messages) - _MOST_TOLD} more, in errors of the result"
        where = f" ({self._request()})" if self.method else ""
        if self.attempt:
            return f"Could not {self.attempt}: {reasons}{where}"
        return f"{reasons}{where}"

    def _request(self):
        answered = f"HTTP {self.status} for " if self.status else ""
        return f"{answered}{self.method} {self.path}"

    def as_result(self):
        """Return the failure as the keyword arguments of ``fail_json``: dict with msg, status, errors and the data."""
        return dict(self.data, msg=str(self), status=self.status, errors=self.messages)


def may_have_taken_effect(error: MailtrapError, advice: str = "") -> None:
    """Add to an error of uncertain outcome that the request may have taken effect, and what to do about it."""
    if error.uncertain:
        error.messages.append("the request may have taken effect" + (f": {advice}" if advice else ""))


def require_range(option: str, value: int, lowest: int, highest: int, unit: str = "") -> None:
    """Check that an option's value lies in a range.

    :param unit: the unit of both limits, such as ``s``.
    :raises MailtrapError: if it does not.
    """
    if not lowest <= value <= highest:
        limits = f"between {lowest} and {highest} {unit}".rstrip()
        raise MailtrapError(f"{option} must be {limits}, not {value}")


class attempting:
    """Name what is attempted in every MailtrapError that passes through; the innermost name stays."""

    def __init__(self, attempt):
        self.attempt = attempt

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, MailtrapError) and error.attempt is None:
            error.attempt = self.attempt
        return False


# What a bare status means, in the user's words (facts 2.2).
STATUS_MEANING = {
    401: "the API token was refused",
    403: "the API token has no access to this",
    404: "there is no such object, or the API token cannot see it",
    413: "the request is too large",
    429: "the rate limit is exceeded",
}

# The same on the hosts that send (facts 2.2, 4.3).
SENDING_MEANING = {
    401: "the API token was refused",
    403: "the service does not accept this mail",
    404: "there is no such sandbox, or the API token cannot see it",
    413: "the message is too large",
    429: "the service takes no more mail for now",
}

# The same where the files of the service lie.
STORAGE_MEANING = {
    403: "the address of the file is not good any longer",
    404: "the file is not there any longer",
}


def parse_error_messages(status, body, reason="", meanings=None):
    """Return what an error answer says, as a list of sentences; it is never empty.

    :param status: int, the HTTP status.
    :param body: str, the text of the answer: any of the shapes of facts 2.1, HTML and nothing included.
    :param reason: str, the HTTP reason phrase, the last resort.
    :param meanings: dict, from status to what it means where the answer is from: str; STATUS_MEANING when not given.
    """
    said = _said(body)
    limits = [f"plan limit: {text}" for text in said if _is_plan_limit(status, text)]
    if limits:
        return limits
    meaning = (STATUS_MEANING if meanings is None else meanings).get(status)
    if meaning:
        return [f"{meaning}: {'; '.join(said)}" if said else meaning]
    return said or [f"the service answered {status} {reason}".rstrip() + " without saying why"]


def _said(body):
    try:
        answer = json.loads(body)
    except ValueError:
        text = " ".join(body.split())
        # A page is made for browsers: nothing in it is worth a user's time.
        return [text[:300]] if text and not text.startswith("<") else []
    if isinstance(answer, dict):
        for key in ("errors", "error", "message"):
            if answer.get(key):
                return list(_sentences(answer[key]))
        return []
    return list(_sentences(answer))


def _sentences(errors, label=""):
    """Flatten strings, lists and maps, each sentence led by the name of its field."""
    if isinstance(errors, dict):
        item = errors.get("email") if isinstance(errors.get("errors"), dict) else None
        if item is not None:  # one refused item of a bulk request (facts 2.1 E13)
            yield from _sentences(errors["errors"], _joined(label, f"{item}:"))
            return
        for key, value in errors.items():
            yield from _sentences(value, label if key == "base" else _joined(label, str(key)))
    elif isinstance(errors, list):
        for value in errors:
            yield from _sentences(value, label)
    elif errors is not None:
        text = str(errors).strip()
        yield f"{label} {text}".strip()


def _joined(label, key):
    return f"{label} {key}".strip()


def _is_plan_limit(status, text):
    """Tell a plan's limit from a rule about a value: both are 422 (facts 2.2)."""
    lowered = text.lower()
    return status == 422 and "limit" in lowered and ("upgrade" in lowered or "reached" in lowered)
