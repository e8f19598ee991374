# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Client-side rate limiter that delays requests instead of letting the service reject them.

The service counts requests in time windows (docs/service.md#rate-limits). Answers report how many requests are left in
the window of the token. The windows of single endpoints are not reported, so the limiter counts their requests itself.
A request is delayed only if a window is full. If the reported number never decreases, the service enforces no limits,
and nothing is delayed.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from typing import Callable, Dict, Iterable, List, Mapping, Optional, Tuple


@dataclass(frozen=True, eq=False)
class RateWindow:
    """A rate limit: the number of requests that are allowed in a number of seconds."""

    requests: int
    seconds: int


# The window of the token, until an answer reports its real size.
TOKEN_WINDOW = RateWindow(150, 10)

# The windows of the account, for paths that match a pattern.
_ENDPOINT_WINDOWS = (
    (re.compile(r"/contacts(/|$)"), RateWindow(200, 60)),
    (re.compile(r"/stats(/|$)"), RateWindow(10, 60)),
    (re.compile(r"/suppressions(/|$)"), RateWindow(10, 60)),
    (re.compile(r"/email_logs$"), RateWindow(60, 60)),
    (re.compile(r"/email_logs/"), RateWindow(1000, 60)),
)
# Seconds by which the clocks of the client and the service may differ within a window.
_CLOCK_TOLERANCE = 0.1


def find_window(path: str) -> RateWindow:
    """Return the narrowest window that counts the requests to a path."""
    return next((window for pattern, window in _ENDPOINT_WINDOWS if pattern.search(path)), TOKEN_WINDOW)


def next_free_time(times: Iterable[float], window: RateWindow, now: float) -> float:
    """Return the earliest time at which a window accepts another request.

    :param times: when the other requests were or will be sent.
    """
    recent = sorted(sent_at for sent_at in times if sent_at > now - window.seconds)
    return now if len(recent) < window.requests else recent[-window.requests] + window.seconds + _CLOCK_TOLERANCE


@dataclass
class Slot:
    """A request's place in the schedule.

    :ivar time: when the request may be sent; after its answer, the time of the answer if that is later.
    :ivar window_number: the number of the token window that is expected to count the request.
    :ivar max_remaining: the highest number of remaining requests that the answer can report for that window.
    """

    time: float
    window_number: int = 0
    max_remaining: int = 0


class RateLimiter:
    """Schedules the requests of all clients that use the same token. Thread-safe.

    :param clock: returns the current time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._slots: Dict[RateWindow, List[Slot]] = {}  # of the endpoint windows
        self._pending = 0  # requests without an answer so far
        # Whether the service enforces limits.
        self._has_limits = False
        # The token window: its number, its latest possible start, whether an answer has confirmed it, the requests
        # left in it (None if unknown) and its size.
        self._window_number = 0
        self._window_start = 0.0
        self._is_window_confirmed = False
        self._remaining: Optional[int] = None
        self._limit = TOKEN_WINDOW.requests

    def reserve(self, path: str) -> Tuple[Slot, float]:
        """Reserve a slot for a request, and return it with the seconds to wait before sending.

        Each slot must be passed to :meth:`record_answer` later, even if its request fails.
        """
        with self._lock:
            now = self._clock()
            slot = self._reserve_in_token_window(now)
            window = find_window(path)
            if window is not TOKEN_WINDOW:
                slots = [other for other in self._slots.get(window, ()) if other.time > now - window.seconds]
                if self._has_limits:
                    slot.time = max(slot.time, next_free_time([other.time for other in slots], window, now))
                self._slots[window] = [*slots, slot]
            self._pending += 1
            return slot, slot.time - now

    def record_answer(self, slot: Slot, headers: Optional[Mapping[str, str]] = None) -> None:
        """Record that a request was answered, or that it will not be.

        :param headers: the headers of the answer, or None without an answer.
        """
        with self._lock:
            now = self._clock()
            slot.time = max(slot.time, now)
            self._pending -= 1
            headers = headers or {}
            try:
                remaining, limit = (int(headers[f"X-RateLimit-{name}"]) for name in ("Remaining", "Limit"))
            except (KeyError, ValueError):
                return
            self._limit = limit
            self._has_limits = self._has_limits or remaining < limit - 1
            if slot.window_number != self._window_number:  # the answer is about another window
                return
            if self._remaining is None or remaining > slot.max_remaining:
                self._start_window(now, remaining - self._pending)
            elif remaining < self._remaining:  # another client uses the token too
                self._remaining = remaining - self._pending
            if not self._is_window_confirmed:  # the service started it when the first request arrived
                self._window_start, self._is_window_confirmed = now, True

    def _reserve_in_token_window(self, now: float) -> Slot:
        if self._remaining is None:
            return Slot(now)
        window_end = self._window_start + TOKEN_WINDOW.seconds + _CLOCK_TOLERANCE
        if now >= window_end:  # pending requests may be counted in the new window
            self._start_window(now, self._limit - self._pending)
        elif self._remaining < 1:
            self._start_window(window_end, self._limit)
        max_remaining = self._remaining + self._pending
        self._remaining -= 1
        return Slot(max(now, self._window_start), self._window_number, max_remaining)

    def _start_window(self, start: float, remaining: int) -> None:
        self._window_number += 1
        self._window_start, self._remaining, self._is_window_confirmed = start, remaining, False
