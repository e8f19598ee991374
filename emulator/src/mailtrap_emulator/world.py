# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that one running emulator is: its state, its clock, its dice, its settings."""

import random
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from .clock import Clock
from .store import SETTINGS, Store, TableSpec
from .windows import Windows

# What the control plane can set. A plan limit of None is no limit. The sizes are those of the largest recorded plan
# (facts 3.8).
DEFAULT_SETTINGS: dict[str, Any] = {
    "rate_limits": True,
    "rate_scale": 1.0,
    "projects": None,
    "sandboxes": None,
    "email_templates": 200,
    "max_size": 1000,
    "max_message_size": 26_214_400,
    "sandbox_sends_per_10_seconds": None,
    "bcc_visible": True,
    "message_utc_offset": "Z",
    "blacklist_seconds": 1.0,
    "unverified_domain_status": 401,
}


class World:
    """``keep`` is handed to the :class:`Store`; ``initial_settings`` are what a reset returns to."""

    def __init__(
        self,
        specs: Iterable[TableSpec],
        keep: Callable[[list], None] | None = None,
        initial_settings: dict[str, Any] | None = None,
    ) -> None:
        self.store = Store(specs, keep)
        self.clock = Clock()
        self.windows = Windows()
        self.random: random.Random = random.SystemRandom()
        self._initial_settings = DEFAULT_SETTINGS | (initial_settings or {})
        self.settings = dict(self._initial_settings)

    def clear(self) -> None:
        """Back to nothing: no rows, real time, default settings."""
        self.store.clear()
        self.clock = Clock()
        self.windows.clear()
        self.random = random.SystemRandom()
        self.settings = dict(self._initial_settings)

    def keep_settings(self) -> None:
        """Note settings and clock as rows, so that a restart finds them."""
        self.store[SETTINGS.kind].add({"id": "settings", "values": dict(self.settings)})
        self.store[SETTINGS.kind].add({"id": "clock", "values": self.clock.state()})

    def restore_settings(self) -> None:
        """Take up the settings and the clock that a kept state holds."""
        if row := self.store[SETTINGS.kind].get("settings"):
            self.settings |= row["values"]
        if row := self.store[SETTINGS.kind].get("clock"):
            self.clock.restore(row["values"])

    def hex(self, digits: int) -> str:
        """Random lower-case hex digits."""
        return f"{self.random.getrandbits(4 * digits):0{digits}x}"

    def uuid4(self) -> str:
        """A random UUID."""
        return str(UUID(int=self.random.getrandbits(128), version=4))
