# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wait until the expected mail is in a sandbox, and look at it."""

from __future__ import annotations

import functools
import time

from .._api.errors import MailtrapError, attempting
from .._engine.progress import Progress
from .._resources.targets import SANDBOX_TARGET
from .criteria import Expectation, shortened
from .sandbox_messages import messages_of

# All in seconds: the longest wait, from one look to the next, for one link, and for all links of a task.
LONGEST_WAIT = 3600
_PACE = 1
_LINK_TIMEOUT = 10
_LINKS_TIMEOUT = 60

# How many of the messages that are not meant are told in a sentence, and in the data of a failure.
_TOLD = 3
_KEPT = 30


def expect(client, options, check_mode):
    """Wait until the expected messages are in a sandbox, and look whether all is right with them.

    In check mode it does not wait and follows no link, and what would be a failure is a warning.

    :param options: dict, the options of community.mailtrap.sandbox_expect.
    :returns: dict with sandbox_messages, waited, and links and captures of the newest one where they are asked for.
    :raises MailtrapError: when they do not come, or something is wrong with them; its data tells what did come.
    """
    expected = Expectation(options)
    if not 0 <= options["wait"] <= LONGEST_WAIT:
        raise MailtrapError(f"wait must be 0 to {LONGEST_WAIT} s; it is {options['wait']}")
    sandbox = SANDBOX_TARGET.find(client, options, check_mode)
    if not sandbox.found:
        return {"changed": False, "sandbox_messages": [], "waited": 0.0, "warnings": sandbox.warnings}
    goal = "find the expected mail in" if expected.count else "confirm that no such mail comes to"
    with attempting(f"{goal} {SANDBOX_TARGET.label(options)}"):
        watch = _Watch(client, sandbox.found["id"], expected)
        watch.until_enough(0 if check_mode else options["wait"])
        complaints = watch.complaints() or watch.faults(_ignored if check_mode else _visitor(client))
        if complaints and not check_mode:
            error = MailtrapError(*complaints)
            error.data = watch.told()
            raise error
        told = [f"Outside of check mode this would be a failure: {'; '.join(complaints)}."] if complaints else []
        return {"changed": False, **watch.result(options["include"]), "warnings": told}


def looks(wait, now=time.monotonic, sleep=time.sleep):
    """Yield at once, and then each second until ``wait`` seconds are over, then too; never twice in a second."""
    start, due = now(), 0.0
    while True:
        yield
        if due >= wait:
            return
        due = max(due + _PACE, now() - start)
        sleep(max(0.0, start + due - now()))


class _Watch:
    """What is known of the mail in a sandbox. No message is looked at twice.

    :ivar meant: list of Message, those that are expected, newest first, not more than are.
    :ivar others: list of (Message, list of str), those that are not, and why not, newest first.
    :ivar waited: float, seconds from the first look to the last.
    """

    def __init__(self, client, sandbox_id, expected):
        self.meant, self.others, self.waited = [], [], 0.0
        self._client, self._sandbox_id, self._expected = client, sandbox_id, expected
        self._enough = expected.count or 1  # where none is expected, one is enough to know better
        self._known = set()

    def until_enough(self, wait):
        """Look until enough messages are there, or ``wait`` seconds are over."""
        start, progress = time.monotonic(), Progress("sandbox_expect waits for mail, seconds", wait)
        for _look in looks(wait):
            self._look()
            self.waited = round(time.monotonic() - start, 1)
            if len(self.meant) >= self._enough:
                return
            progress.reached(int(self.waited))

    def complaints(self):
        """Return what is wrong with the number of messages: list of str, empty when it is as expected."""
        there, count = len(self.meant), self._expected.count
        if there == count:
            return []
        if count == 0:
            return [f"{_called(self.meant[0])} is there"]
        told = [f"{_called(message)}: {', '.join(objections)}" for message, objections in self.others[:_TOLD]]
        more = len(self.others) - _TOLD
        after = f" after {self.waited:g} s" if self.waited >= _PACE else ""
        return [
            f"{there} of {count} messages {'is' if there == 1 else 'are'} there{after}",
            *(told or ["no other mail has come"]),
            *([f"{more} more do not match either"] if more > 0 else []),
        ]

    def faults(self, visit):
        """Return what is wrong with the messages that are expected: list of str."""
        faults = [(message, self._expected.faults(message, visit)) for message in self.meant]
        return [f"{_called(message)}: {', '.join(found)}" for message, found in faults if found]

    def result(self, include):
        """Return the result of the task: dict; ``include`` is a list of the parts to show."""
        findings = [self._expected.findings(message) for message in self.meant]
        shown = [{**message.shown(include), **found} for message, found in zip(self.meant, findings)]
        return {"sandbox_messages": shown, "waited": self.waited, **(findings[0] if findings else {})}

    def told(self):
        """Return what a failure tells besides its sentence: dict."""
        names = ("id", "subject", "from_email", "to_email", "created_at")
        return {
            "sandbox_messages": [message.fields for message in self.meant],
            "waited": self.waited,
            "arrived": [
                {**{name: message.fields.get(name) for name in names}, "objections": objections}
                for message, objections in self.others[:_KEPT]
            ],
        }

    def _look(self):
        meant, others = [], []
        for message in self._unknown():
            objections = self._objections(message)
            if objections:
                others.append((message, objections))
            else:
                meant.append(message)
            if len(meant) + len(self.meant) >= self._enough:
                break
        self.meant = meant + self.meant
        self.others = others + self.others

    def _unknown(self):
        """Yield the messages that have not been seen yet, newest first; one request as long as they fit on a page."""
        for page in messages_of(self._client, self._sandbox_id):
            fresh = [
                message
                for message in page
                if message.fields["id"] not in self._known and not self._expected.is_too_old(message.fields)
            ]
            self._known.update(message.fields["id"] for message in page)
            yield from fresh
            if len(fresh) < len(page):
                return

    def _objections(self, message):
        try:
            return self._expected.objections(message)
        except MailtrapError as error:
            if error.status == 404:  # a full sandbox drops its oldest message, and others may delete one
                return ["it is no longer there"]
            raise


def _called(message):
    subject, sender, recipient = (shortened(message.fields.get(f)) for f in ("subject", "from_email", "to_email"))
    return f"message {message.fields['id']} {subject!r} from {sender} to {recipient}"


def _visitor(client):
    """Return a function (url) -> str, what is wrong with a link, or None; each is followed once."""
    end = time.monotonic() + _LINKS_TIMEOUT

    @functools.lru_cache(maxsize=None)
    def visit(url):
        left = end - time.monotonic()
        if left <= 0:
            return f"link {shortened(url)} was not followed, since the others took {_LINKS_TIMEOUT} s"
        try:
            status = client.follow_link(url, min(_LINK_TIMEOUT, left))
        except MailtrapError as error:
            return f"link {shortened(url)} does not answer: {error}"
        return f"link {shortened(url)} answers {status}" if status >= 400 else None

    return visit


def _ignored(url):
    return None
