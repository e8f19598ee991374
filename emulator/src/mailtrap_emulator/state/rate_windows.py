# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixed windows that count requests."""

from dataclasses import dataclass


@dataclass(slots=True)
class Window:
    """One window. ``end`` is in seconds since the epoch."""

    end: float
    requests: int = 0


class RateWindows:
    """The open windows, by limit and by subject: a token value, an account id or a sandbox id."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, object], Window] = {}
        self._sweep_at = 1024

    def count(self, name: str, subject: object, now: float, requests: int, seconds: float) -> int:
        """Count a request and return how many remain in the window, or -1 if this one exceeds the limit.

        The window opens with its first request. ``requests`` are allowed in ``seconds``.
        """
        key = (name, subject)
        window = self._open.get(key)
        # Before its start a window is not open either: a clock that was set back must not block a subject for good.
        if window is None or not window.end - seconds <= now < window.end:
            if len(self._open) > self._sweep_at:
                self._sweep(now)
            window = self._open[key] = Window(now + seconds)
        if window.requests >= requests:
            return -1
        window.requests += 1
        return requests - window.requests

    def clear(self) -> None:
        """Close all windows."""
        self._open.clear()

    def _sweep(self, now: float) -> None:
        """Drop the windows that have ended."""
        self._open = {key: window for key, window in self._open.items() if now < window.end}
        self._sweep_at = max(1024, 2 * len(self._open))
