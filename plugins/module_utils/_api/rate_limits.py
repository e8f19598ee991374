# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When the next request may go, so that the service need not refuse it (facts 1.10).

Nothing waits before a window is full. Every answer tells how much is left of the token's window; the narrower ones of
some paths are counted here. A service that does not count down what it tells has its limits off: nothing is paced.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class RateWindow:
    """So many requests in so many seconds."""

    requests: int
    seconds: int


# The token's, as long as no answer has told how many requests it takes.
GENERAL = RateWindow(150, 10)

# The account's, for the paths in which a pattern is found.
_NARROW = (
    (re.compile(r"/contacts(/|$)"), RateWindow(200, 60)),
    (re.compile(r"/stats(/|$)"), RateWindow(10, 60)),
    (re.compile(r"/suppressions(/|$)"), RateWindow(10, 60)),
    (re.compile(r"/email_logs$"), RateWindow(60, 60)),
    (re.compile(r"/email_logs/"), RateWindow(1000, 60)),
)
# Seconds that two clocks may differ by in one window.
_MARGIN = 0.1


def find_window(path):
    """Return the narrowest RateWindow that the requests for a path are counted in."""
    return next((window for pattern, window in _NARROW if pattern.search(path)), GENERAL)


def next_free_time(times, window, now):
    """Return when one more request fits into a RateWindow: float. Pure.

    :param times: list of float, when the others were made, or will be.
    """
    recent = sorted(at for at in times if at > now - window.seconds)
    return now if len(recent) < window.requests else recent[-window.requests] + window.seconds + _MARGIN


@dataclass
class Slot:
    """A request.

    :ivar at: float, when it may go, and once it has been answered, when that was.
    :ivar number: int, that of the general window that it is counted in, as far as was known when it went.
    :ivar most: int, the most that its answer can tell to be left of that window.
    """

    at: float
    number: int = 0
    most: int = 0


class RateLimiter:
    """What all clients with one token go by. It may be used by several threads.

    :param clock: function () -> float, seconds.
    """

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._lock = threading.Lock()
        self._turns = {}  # RateWindow -> list of Slot
        self._pending = 0  # requests that have not been answered yet
        # The general window: which one it is, when it was opened at the latest, whether an answer has told of it, and
        # what is left of it, None while unknown.
        self._number = 0
        self._opened = 0.0
        self._is_told = False
        self._left = None
        self._limit = GENERAL.requests
        self._is_counted = False

    def turn(self, path):
        """Return the Slot of one more request, which has to be taken, and how long to wait for it: float, seconds."""
        with self._lock:
            now = self._clock()
            turn = self._general_turn(now)
            window = find_window(path)
            if window is not GENERAL:
                turns = [other for other in self._turns.get(window, ()) if other.at > now - window.seconds]
                if self._is_counted:
                    turn.at = max(turn.at, next_free_time([other.at for other in turns], window, now))
                self._turns[window] = [*turns, turn]
            self._pending += 1
            return turn, turn.at - now

    def answered(self, turn, headers=None):
        """Note that a request was answered, with these headers, or that it will not be."""
        with self._lock:
            now = self._clock()
            turn.at = max(turn.at, now)
            self._pending -= 1
            try:
                left, limit = (int(headers[f"X-RateLimit-{name}"]) for name in ("Remaining", "Limit"))
            except (KeyError, TypeError, ValueError):
                return
            self._limit = limit
            self._is_counted = self._is_counted or left < limit - 1
            if turn.number != self._number:  # it tells of another window
                return
            if self._left is None or left > turn.most:
                self._open(now, left - self._pending)
            elif left < self._left:  # somebody else uses the token too
                self._left = left - self._pending
            if not self._is_told:  # the service opened it when the first request arrived
                self._opened, self._is_told = now, True

    def _general_turn(self, now):
        if self._left is None:
            return Slot(now)
        closes = self._opened + GENERAL.seconds + _MARGIN
        if now >= closes:  # what is on its way may be counted in the next window
            self._open(now, self._limit - self._pending)
        elif self._left < 1:
            self._open(closes, self._limit)
        most = self._left + self._pending
        self._left -= 1
        return Slot(max(now, self._opened), self._number, most)

    def _open(self, at, left):
        self._number += 1
        self._opened, self._left, self._is_told = at, left, False
