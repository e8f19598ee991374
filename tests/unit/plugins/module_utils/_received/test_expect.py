# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._received.expect import looks


class Clock:
    def __init__(self):
        self.time = 1000.0

    def now(self):
        return self.time

    def sleep(self, seconds):
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
def test_looks(wait, durations, expected):
    """Never two in a second, never later than needed, and one when the wait is over."""
    clock = Clock()
    durations = iter(durations)
    times = []
    for _ in looks(wait, clock.now, clock.sleep):
        times.append(clock.time - 1000)
        clock.time += next(durations, 0)
    assert times == pytest.approx(expected)
