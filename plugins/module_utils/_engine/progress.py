# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Progress messages of long tasks. Only tasks that run in a process of the controller can display them."""

from __future__ import annotations

import time
from typing import Callable, ClassVar, Optional

_INTERVAL = 5  # seconds between two messages


class Progress:
    """Displays at intervals how many of a task's items are done.

    :cvar display: function that displays a message, set by the action plugins; None on a managed host.
    :param label: the task, for the messages.
    :param total: the total number of items.
    """

    display: ClassVar[Optional[Callable[[str], object]]] = None

    def __init__(self, label: str, total: float) -> None:
        self._label = label
        self._total = total
        self._last_displayed = time.monotonic()

    def report(self, count: int) -> None:
        """Display the number of items that are done, unless the last message is too recent."""
        now = time.monotonic()
        if Progress.display and now - self._last_displayed >= _INTERVAL:
            self._last_displayed = now
            Progress.display(f"{self._label}: {count} of {self._total}")
