# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Polling of asynchronous jobs of the service, with growing pauses and a deadline."""

from __future__ import annotations

import time
from typing import Callable, Iterator

# Seconds between two polls. The pauses grow because a job that has taken long is likely to take longer.
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.5, 10.0, 1.5


class Polling:
    """The schedule by which a task polls the service until its deadline.

    :param wait: seconds until the deadline.
    """

    def __init__(
        self, wait: float, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._start = now()
        self._deadline = self._start + wait
        self._now, self._sleep = now, sleep

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self._now() >= self._deadline

    @property
    def waited(self) -> float:
        """The seconds since the start."""
        return round(self._now() - self._start, 1)

    def attempts(self, immediate: bool = True) -> Iterator[None]:
        """Yield each time that the caller should poll: after each pause, and a last time at the deadline.

        :param immediate: whether to yield before the first pause too.
        """
        pause = _FIRST_PAUSE
        if immediate:
            yield
        while True:
            remaining = self._deadline - self._now()
            if remaining <= 0:
                return
            self._sleep(min(pause, remaining))
            pause = min(_LONGEST_PAUSE, pause * _GROWTH)
            yield
