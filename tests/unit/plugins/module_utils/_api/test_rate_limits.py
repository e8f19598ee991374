# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RateLimiter against a simulated service with the windows of docs/service.md#rate-limits, in simulated time."""

from __future__ import annotations

import heapq
import random
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.rate_limits import (
    TOKEN_WINDOW,
    RateLimiter,
    RateWindow,
    find_window,
    next_free_time,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

# The most seconds that a request, or its answer, is under way.
LATENCY = 0.05


class Service:
    """A service whose windows start with their first request, as in the emulator."""

    def __init__(self, token_limit: int = 150, endpoint_limit: int = 10, has_limits: bool = True) -> None:
        self.token_limit, self.endpoint_limit, self.has_limits = token_limit, endpoint_limit, has_limits
        self.windows: dict[str, tuple[float, int]] = {}  # start and number of requests
        self.rejected = 0

    def answer(self, path: str, now: float, is_foreign: bool = False) -> dict[str, str]:
        """Count a request and return the headers of its answer.

        :param is_foreign: whether another user of the token sent the request.
        """
        remaining = self._count("token", now, self.token_limit, 10)
        if path != "/api/projects" and remaining >= 0:
            remaining = min(remaining, self._count(path, now, self.endpoint_limit, 60))
        self.rejected += not is_foreign and remaining < 0
        _start, requests = self.windows["token"]
        reported = max(0, self.token_limit - requests) if self.has_limits else self.token_limit - 1
        return {"X-RateLimit-Remaining": str(reported), "X-RateLimit-Limit": str(self.token_limit)}

    def _count(self, name: str, now: float, limit: int, seconds: int) -> int:
        """Count a request in a window and return the number of requests left in it, which is negative if too many."""
        start, requests = self.windows.get(name, (now, 0))
        if now >= start + seconds:
            start, requests = now, 0
        self.windows[name] = (start, requests + 1)
        return limit - requests - 1 if self.has_limits else limit


def send_requests(
    service: Service,
    paths: Sequence[str],
    threads: int = 1,
    foreign_requests: Sequence[float] = (),
    latency: float = LATENCY,
    seed: int = 7,
) -> float:
    """Send requests in parallel and return the simulated seconds that they took.

    :param foreign_requests: the times at which another user of the token sends a request.
    """
    generator = random.Random(seed)
    time = [1000.0]
    rate_limiter = RateLimiter(lambda: time[0])
    events: list[tuple[float, int, str, Any]] = [
        (1000.0 + delay, number, "foreign", None) for number, delay in enumerate(foreign_requests)
    ]
    number = len(events)
    waiting = list(paths)
    for _thread in range(threads):
        events.append((1000.0, number, "ready", None))
        number += 1
    heapq.heapify(events)
    while events:
        time[0], _number, event, data = heapq.heappop(events)
        number += 1
        if event == "foreign":
            service.answer("/api/projects", time[0], is_foreign=True)
        elif event == "ready" and waiting:
            path = waiting.pop(0)
            slot, wait = rate_limiter.reserve(path)
            assert wait < 61
            arrival = time[0] + wait + latency * generator.random()
            heapq.heappush(events, (arrival, number, "arrives", (slot, path)))
        elif event == "arrives":
            slot, path = data
            headers = service.answer(path, time[0])
            heapq.heappush(events, (time[0] + latency * generator.random(), number, "answered", (slot, headers)))
        elif event == "answered":
            rate_limiter.record_answer(*data)
            heapq.heappush(events, (time[0], number, "ready", None))
    return time[0] - 1000.0


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("latency", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("threads", [1, 4, 8])
def test_many_requests_reach_90_percent_of_the_allowed_rate(threads: int, latency: float, seed: int) -> None:
    service = Service()
    seconds = send_requests(service, ["/api/projects"] * 3000, threads, latency=latency, seed=seed)
    assert service.rejected == 0
    # 3000 requests fill 20 windows of ten seconds, and the last window need not end. Few threads may be slower.
    assert seconds < max(3000 * latency / threads, 190) / 0.9


@pytest.mark.parametrize("threads", [1, 4])
def test_requests_wait_for_an_endpoint_window(threads: int) -> None:
    service = Service()
    seconds = send_requests(service, ["/api/suppressions"] * 45, threads)
    assert service.rejected == 0
    assert 240 < seconds < 245


def test_endpoints_have_separate_windows() -> None:
    service = Service()
    assert send_requests(service, ["/api/suppressions", "/api/stats"] * 10) < 5
    assert service.rejected == 0


def test_requests_within_a_window_do_not_wait() -> None:
    assert send_requests(Service(), ["/api/projects"] * 150) < 150 * 2 * LATENCY
    assert send_requests(Service(), ["/api/suppressions"] * 10) < 10 * 2 * LATENCY


def test_requests_do_not_wait_if_the_service_has_no_limits() -> None:
    assert send_requests(Service(has_limits=False), ["/api/suppressions"] * 50) < 50 * 2 * LATENCY


def test_another_user_of_the_token_is_taken_into_account() -> None:
    service = Service()
    send_requests(service, ["/api/projects"] * 600, 4, foreign_requests=[0.1 * number for number in range(600)])
    # The limiter learns of foreign requests only from the answers to its own requests.
    assert service.rejected <= 4


@pytest.mark.parametrize("headers", [None, {}, {"X-RateLimit-Remaining": "0"}, {"X-RateLimit-Remaining": "x"}])
def test_answers_without_valid_headers_delay_nothing(headers: dict[str, str] | None) -> None:
    rate_limiter = RateLimiter(lambda: 0.0)
    for _request in range(300):
        slot, wait = rate_limiter.reserve("/api/projects")
        assert wait == 0
        rate_limiter.record_answer(slot, headers)


@pytest.mark.parametrize(
    "path, window",
    [
        ("/api/projects", (150, 10)),
        ("/api/contacts", (200, 60)),
        ("/api/contacts/lists", (200, 60)),
        ("/api/accounts/7/contacts/9", (200, 60)),
        ("/api/stats/domains", (10, 60)),
        ("/api/suppressions", (10, 60)),
        ("/api/email_logs", (60, 60)),
        ("/api/email_logs/0001", (1000, 60)),
        ("/api/email_templates", (150, 10)),
    ],
)
def test_window_of_a_path(path: str, window: tuple[int, int]) -> None:
    found = find_window(path)
    assert (found.requests, found.seconds) == window
    assert (found is TOKEN_WINDOW) == (window == (150, 10))


def test_next_free_time_of_a_window() -> None:
    window = RateWindow(2, 10)
    assert next_free_time([], window, 100) == 100
    assert next_free_time([95, 99], window, 100) == pytest.approx(105.1)
    assert next_free_time([80, 99], window, 100) == 100
    assert next_free_time([99, 105.1], window, 100) == pytest.approx(109.1)
