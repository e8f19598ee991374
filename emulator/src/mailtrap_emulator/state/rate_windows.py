# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixed windows that count requests."""


class RateWindows:
    """The open windows, by name and by what they are counted for (a token value, an account id, a sandbox id)."""

    def __init__(self) -> None:
        self._open: dict[tuple, list[float]] = {}  # key -> [end, requests so far]
        self._sweep_at = 1024

    def count(self, name: str, subject: object, now: float, requests: int, seconds: float) -> int:
        """Count one request and tell how many are left; -1 when it is one too many."""
        key = (name, subject)
        window = self._open.get(key)
        # A clock that was set back must not lock a window for good.
        if window is None or not window[0] - seconds <= now < window[0]:
            if len(self._open) > self._sweep_at:
                self._sweep(now)
            window = self._open[key] = [now + seconds, 0]
        if window[1] >= requests:
            return -1
        window[1] += 1
        return requests - int(window[1])

    def clear(self) -> None:
        self._open.clear()

    def _sweep(self, now: float) -> None:
        self._open = {key: window for key, window in self._open.items() if now < window[0]}
        self._sweep_at = max(1024, 2 * len(self._open))
