# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._received.expect_messages import iterate_polls


class FakeClock:
    """A clock that advances only when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.time += seconds


@pytest.mark.parametrize(
    "wait, durations, expected",
    [
        (0, [], [0]),
        (3, [], [0, 1, 2, 3]),
        (3, [0.9, 0.9, 0.9], [0, 1, 2, 3]),
        (3, [1.5, 0.2, 0.2, 0.2], [0, 1.5, 2.5, 3.5]),
        (3, [7], [0, 7]),
        (2, [0.1, 0.1, 5], [0, 1, 2]),
    ],
)
def test_polls_happen_once_a_second_and_at_the_end(wait: float, durations: list[float], expected: list[float]) -> None:
    """Polls are at least a second apart, are not delayed without need, and include one when the wait is over."""
    clock = FakeClock()
    remaining_durations = iter(durations)
    poll_times = []
    for _ in iterate_polls(wait, clock.now, clock.sleep):
        poll_times.append(clock.time - 1000)
        clock.time += next(remaining_durations, 0)
    assert poll_times == pytest.approx(expected)
