# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service does in its own time: looked at now and then until it is done (facts 3.17)."""

from __future__ import annotations

import time

# Seconds from one look to the next; they grow, since what has taken long will take longer.
_FIRST, _LONGEST, _GROWTH = 0.5, 10.0, 1.5


class Polling:
    """How long a task still waits.

    :param wait: int, seconds in all.
    """

    def __init__(self, wait, now=time.monotonic, sleep=time.sleep):
        self._start = now()
        self._end = self._start + wait
        self._now, self._sleep = now, sleep

    @property
    def is_over(self):
        """Whether the time is over: bool."""
        return self._now() >= self._end

    @property
    def waited(self):
        """Seconds from the beginning until now: float."""
        return round(self._now() - self._start, 1)

    def looks(self, at_once=True):
        """Yield after pauses that grow, until the time is over, and then once more.

        :param at_once: bool, whether there is something to see before the first pause.
        """
        pause = _FIRST
        while True:
            if at_once:
                yield
            at_once = True
            left = self._end - self._now()
            if left <= 0:
                return
            self._sleep(min(pause, left))
            pause = min(_LONGEST, pause * _GROWTH)
