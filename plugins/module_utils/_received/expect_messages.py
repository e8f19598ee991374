# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wait for the expected messages in a sandbox, and check their contents."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING, Callable, Iterator, List, Optional, Set, Tuple

from .._api.errors import MailtrapError, attempting, require_range
from .._engine.check_mode import fail_unless_check_mode, limit_wait, run_unless_check_mode
from .._engine.progress import Progress
from .._resources.targets import SANDBOX_TARGET
from .message_criteria import MessageCriteria, shorten
from .sandbox_messages import SandboxMessage, iterate_message_pages

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import JsonObject, Options, Result

# All in seconds.
MAX_WAIT = 3600
_POLL_INTERVAL = 1
_LINK_TIMEOUT = 10
_ALL_LINKS_TIMEOUT = 60

# The most other messages that a failure describes in its sentence and returns in its data.
_MAX_DESCRIBED = 3
_MAX_RETURNED = 30


def expect_messages(client: Client, options: Options, check_mode: bool) -> Result:
    """Wait for the expected messages in a sandbox and check them; see the module sandbox_expect.

    Check mode does not wait, follows no links, and returns a warning in place of a failure.

    :raises MailtrapError: if the messages do not arrive or do not pass a check. Its data has those that arrived.
    """
    criteria = MessageCriteria(options)
    require_range("wait", options["wait"], 0, MAX_WAIT, "s")
    sandbox = SANDBOX_TARGET.find(client, options, check_mode)
    if not sandbox.found:
        return {"changed": False, "sandbox_messages": [], "waited": 0.0, "warnings": sandbox.warnings}
    attempt = "find the expected messages in" if criteria.count else "confirm that no matching message arrives in"
    with attempting(f"{attempt} {SANDBOX_TARGET.label(options)}"):
        watcher = _SandboxWatcher(client, sandbox.found["id"], criteria)
        watcher.wait_for_messages(limit_wait(check_mode, options["wait"]))
        no_check: Callable[[str], Optional[str]] = _accept_any_link
        check_link = run_unless_check_mode(check_mode, lambda: _make_link_checker(client), no_check)
        problems = watcher.find_count_problems() or watcher.find_message_problems(check_link)
        warnings: List[str] = []
        if problems:
            error = MailtrapError(*problems)
            error.data = watcher.build_failure_data()
            warnings = fail_unless_check_mode(check_mode, error)
        return {"changed": False, **watcher.build_result(options["include"]), "warnings": warnings}


def iterate_polls(
    wait: float, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
) -> Iterator[None]:
    """Yield at once, then once a second, and a last time when ``wait`` seconds are over."""
    start, due = now(), 0.0
    while True:
        yield
        if due >= wait:
            return
        # If a poll takes longer than a second, the next one starts at once, and missed ones are not made up for.
        due = max(due + _POLL_INTERVAL, now() - start)
        sleep(max(0.0, start + due - now()))


class _SandboxWatcher:
    """Polls a sandbox and sorts its messages into matching and other ones. Each message is examined once.

    :ivar matching: the matching messages, newest first, at most as many as are expected.
    :ivar others: the other messages, newest first, each with the reasons why it does not match.
    :ivar waited: the seconds from the first poll to the last.
    """

    def __init__(self, client: Client, sandbox_id: int, criteria: MessageCriteria) -> None:
        self.matching: List[SandboxMessage] = []
        self.others: List[Tuple[SandboxMessage, List[str]]] = []
        self.waited = 0.0
        self._client = client
        self._sandbox_id = sandbox_id
        self._criteria = criteria
        # If no message is expected, the first one ends the wait.
        self._needed_count = criteria.count or 1
        self._seen_ids: Set[int] = set()

    def wait_for_messages(self, wait: float) -> None:
        """Poll until enough messages match, or ``wait`` seconds are over."""
        start, progress = time.monotonic(), Progress("Waiting for messages, in seconds", wait)
        for _poll in iterate_polls(wait):
            self._poll()
            self.waited = round(time.monotonic() - start, 1)
            if len(self.matching) >= self._needed_count:
                return
            progress.report(int(self.waited))

    def find_count_problems(self) -> List[str]:
        """Return the reasons why the number of matching messages is wrong, or an empty list if it is right."""
        count, expected_count = len(self.matching), self._criteria.count
        if count == expected_count:
            return []
        if expected_count == 0:
            return [f"{_label(self.matching[0])} arrived"]
        described = [
            f"{_label(message)}: {', '.join(mismatches)}" for message, mismatches in self.others[:_MAX_DESCRIBED]
        ]
        rest = len(self.others) - _MAX_DESCRIBED
        duration = f" within {self.waited:g} s" if self.waited >= _POLL_INTERVAL else ""
        return [
            f"found {count} of {expected_count} expected messages{duration}",
            *(described or ["no other messages arrived"]),
            *([f"{rest} more messages do not match"] if rest > 0 else []),
        ]

    def find_message_problems(self, check_link: Callable[[str], Optional[str]]) -> List[str]:
        """Return the checks that the matching messages do not pass, one entry for each message."""
        problems = [(message, self._criteria.find_problems(message, check_link)) for message in self.matching]
        return [f"{_label(message)}: {', '.join(failed)}" for message, failed in problems if failed]

    def build_result(self, include: List[str]) -> Result:
        """Return the result of the task.

        :param include: the parts to return with each message.
        """
        extracts = [self._criteria.extract_links_and_captures(message) for message in self.matching]
        messages = [{**message.as_result(include), **extract} for message, extract in zip(self.matching, extracts)]
        newest_extract = extracts[0] if extracts else {}
        return {"sandbox_messages": messages, "waited": self.waited, **newest_extract}

    def build_failure_data(self) -> JsonObject:
        """Return the data of a failed task."""
        names = ("id", "subject", "from_email", "to_email", "created_at")
        return {
            "sandbox_messages": [message.fields for message in self.matching],
            "waited": self.waited,
            "arrived": [
                {**{name: message.fields.get(name) for name in names}, "objections": mismatches}
                for message, mismatches in self.others[:_MAX_RETURNED]
            ],
        }

    def _poll(self) -> None:
        matching, others = [], []
        for message in self._iterate_new_messages():
            mismatches = self._find_mismatches(message)
            if mismatches:
                others.append((message, mismatches))
            else:
                matching.append(message)
            if len(matching) + len(self.matching) >= self._needed_count:
                break
        self.matching = matching + self.matching
        self.others = others + self.others

    def _iterate_new_messages(self) -> Iterator[SandboxMessage]:
        """Yield the messages that no earlier poll has seen, newest first.

        A page with a message that is too old or known is the last one, so most polls take one request.
        """
        for page in iterate_message_pages(self._client, self._sandbox_id):
            new = [
                message
                for message in page
                if message.fields["id"] not in self._seen_ids and not self._criteria.is_too_old(message.fields)
            ]
            self._seen_ids.update(message.fields["id"] for message in page)
            yield from new
            if len(new) < len(page):
                return

    def _find_mismatches(self, message: SandboxMessage) -> List[str]:
        try:
            return self._criteria.find_mismatches(message)
        except MailtrapError as error:
            if error.status == 404:  # a full sandbox drops its oldest message, and others can delete messages
                return ["the message no longer exists"]
            raise


def _label(message: SandboxMessage) -> str:
    subject, sender, recipient = (shorten(message.fields.get(name)) for name in ("subject", "from_email", "to_email"))
    return f"message {message.fields['id']} {subject!r} from {sender} to {recipient}"


def _make_link_checker(client: Client) -> Callable[[str], Optional[str]]:
    """Return a function that requests a URL once and returns the problem with it, or None."""
    deadline = time.monotonic() + _ALL_LINKS_TIMEOUT

    @functools.lru_cache(maxsize=None)
    def check_link(url: str) -> Optional[str]:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return f"link {shorten(url)} was not checked, because the other links took {_ALL_LINKS_TIMEOUT} s"
        try:
            status = client.follow_link(url, min(_LINK_TIMEOUT, remaining))
        except MailtrapError as error:
            return f"link {shorten(url)} did not answer: {error}"
        return f"link {shorten(url)} answered with status {status}" if status >= 400 else None

    return check_link


def _accept_any_link(url: str) -> Optional[str]:
    return None
