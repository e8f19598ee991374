# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RateLimiter against a service with the windows of facts 1.10, in a time of the test's own."""

from __future__ import annotations

import heapq
import random

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.rate_limits import (
    GENERAL,
    RateLimiter,
    RateWindow,
    find_window,
    next_free_time,
)

# The most seconds that a request takes on one of its ways.
LATENCY = 0.05


class Service:
    """Windows that are counted from their first request, as the emulator has them."""

    def __init__(self, limit=150, narrow=10, counts=True):
        self.limit, self.narrow, self.counts = limit, narrow, counts
        self.opened = {}
        self.refused = 0

    def answer(self, path, now, is_ours=True):
        left = self._left("general", now, self.limit, 10)
        if path != "/api/projects" and left >= 0:
            left = min(left, self._left(path, now, self.narrow, 60) if self.counts else left)
        self.refused += is_ours and left < 0
        told = max(0, self._told(now)) if self.counts else self.limit - 1
        return {"X-RateLimit-Remaining": str(told), "X-RateLimit-Limit": str(self.limit)}

    def _left(self, name, now, requests, seconds):
        start, made = self.opened.get(name, (now, 0))
        if now >= start + seconds:
            start, made = now, 0
        self.opened[name] = (start, made + 1)
        return requests - made - 1 if self.counts else requests

    def _told(self, now):
        _start, made = self.opened["general"]
        return self.limit - made


def run(service, paths, threads=1, others=(), latency=LATENCY, seed=7):
    """Make requests in parallel; ``others`` are times at which somebody else makes one. Return the seconds it took."""
    dice = random.Random(seed)
    time = [1000.0]
    pace = RateLimiter(lambda: time[0])
    events = [(1000.0 + at, number, "other", None) for number, at in enumerate(others)]
    number = len(events)
    waiting = list(paths)
    for _thread in range(threads):
        events.append((1000.0, number, "ready", None))
        number += 1
    heapq.heapify(events)
    while events:
        time[0], _number, what, held = heapq.heappop(events)
        number += 1
        if what == "other":
            service.answer("/api/projects", time[0], is_ours=False)
        elif what == "ready" and waiting:
            path = waiting.pop(0)
            turn, wait = pace.turn(path)
            assert wait < 61
            heapq.heappush(events, (time[0] + wait + latency * dice.random(), number, "arrives", (turn, path)))
        elif what == "arrives":
            turn, path = held
            answer = service.answer(path, time[0])
            heapq.heappush(events, (time[0] + latency * dice.random(), number, "answered", (turn, answer)))
        elif what == "answered":
            pace.answered(*held)
            heapq.heappush(events, (time[0], number, "ready", None))
    return time[0] - 1000.0


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("latency", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("threads", [1, 4, 8])
def test_many_requests_at_nearly_the_rate_of_the_service(threads, latency, seed):
    service = Service()
    took = run(service, ["/api/projects"] * 3000, threads, latency=latency, seed=seed)
    assert service.refused == 0
    # As fast as the threads could, or in 20 windows of ten seconds, the last of which needs no waiting for.
    assert took < max(3000 * latency / threads, 190) / 0.9


@pytest.mark.parametrize("threads", [1, 4])
def test_a_narrow_window(threads):
    service = Service()
    took = run(service, ["/api/suppressions"] * 45, threads)
    assert service.refused == 0
    assert 240 < took < 245


def test_windows_of_two_paths_are_two():
    service = Service()
    assert run(service, ["/api/suppressions", "/api/stats"] * 10) < 5
    assert service.refused == 0


def test_few_requests_do_not_wait():
    assert run(Service(), ["/api/projects"] * 150) < 150 * 2 * LATENCY
    assert run(Service(), ["/api/suppressions"] * 10) < 10 * 2 * LATENCY


def test_a_service_without_limits_is_not_waited_for():
    assert run(Service(counts=False), ["/api/suppressions"] * 50) < 50 * 2 * LATENCY


def test_somebody_else_uses_the_token_too():
    service = Service()
    run(service, ["/api/projects"] * 600, 4, others=[0.1 * number for number in range(600)])
    # Nobody tells of a request of somebody else's before there is an answer to one of ours.
    assert service.refused <= 4


@pytest.mark.parametrize("headers", [None, {}, {"X-RateLimit-Remaining": "0"}, {"X-RateLimit-Remaining": "x"}])
def test_an_answer_that_tells_nothing(headers):
    pace = RateLimiter(lambda: 0.0)
    for _number in range(300):
        turn, wait = pace.turn("/api/projects")
        assert wait == 0
        pace.answered(turn, headers)


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
def test_windows(path, window):
    found = find_window(path)
    assert (found.requests, found.seconds) == window
    assert (found is GENERAL) == (window == (150, 10))


def test_when_a_window_is_free():
    window = RateWindow(2, 10)
    assert next_free_time([], window, 100) == 100
    assert next_free_time([95, 99], window, 100) == pytest.approx(105.1)
    assert next_free_time([80, 99], window, 100) == 100
    assert next_free_time([99, 105.1], window, 100) == pytest.approx(109.1)
