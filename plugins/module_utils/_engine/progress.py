# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Telling a user who waits how far a task has come. Only a task that runs inside the controller can be heard."""

from __future__ import annotations

import time

EVERY = 5  # seconds


class Progress:
    """Tells how much of something is done, and not more often than every few seconds.

    :cvar show: function (text), or None where nobody listens.
    """

    show = None

    def __init__(self, what, total):
        self._what = what
        self._total = total
        self._last = time.monotonic()

    def reached(self, count):
        """Say that ``count`` of all are done."""
        now = time.monotonic()
        if Progress.show and now - self._last >= EVERY:
            self._last = now
            Progress.show(f"{self._what}: {count} of {self._total}")
