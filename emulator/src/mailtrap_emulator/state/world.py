# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that one running emulator is: its state, its clock, its dice, its settings."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from .clock import Clock
from .rate_windows import RateWindows
from .settings import DEFAULT_SETTINGS
from .store import SETTINGS_TABLE, Keep, Store, TableSpec

# Ticks of 100 ns between the beginning of the Gregorian calendar, from which UUIDs count, and 1970.
UUID_EPOCH = 0x01B21DD213814000


# Functions that the rules of the service hand in: listeners of events, and handlers of scheduled jobs.
Listener = Callable[["World", dict[str, Any]], None]
Job = Callable[["World", dict[str, Any]], Any]


class World:
    """``keep`` is handed to the :class:`Store`; ``initial_settings`` are what a reset returns to."""

    def __init__(
        self,
        specs: Iterable[TableSpec],
        keep: Keep | None = None,
        initial_settings: dict[str, Any] | None = None,
        *,
        listeners: Sequence[Listener] = (),
        jobs: Mapping[str, Job] | None = None,
    ) -> None:
        self.listeners = listeners
        self.jobs = jobs or {}
        self.store = Store(specs, keep)
        self.clock = Clock()
        self.rate_windows = RateWindows()
        self.random: random.Random = random.SystemRandom()
        # Whether webhooks beyond this machine are contacted. Only the one who starts the emulator can say so.
        self.deliver_anywhere = False
        self._initial_settings = DEFAULT_SETTINGS | (initial_settings or {})
        self.settings = dict(self._initial_settings)
        # Asks a DNS server for records in their wire form and tells their statuses; None where there is no server.
        self.look_up_dns: Callable[[list[dict[str, str]]], list[str]] | None = None

    def clear(self) -> None:
        """Back to nothing: no rows, real time, default settings."""
        self.store.clear()
        self.clock = Clock()
        self.rate_windows.clear()
        self.random = random.SystemRandom()
        self.settings = dict(self._initial_settings)

    def save_settings(self) -> None:
        """Note settings and clock as rows, so that a restart finds them."""
        self.store[SETTINGS_TABLE.name].add({"id": "settings", "values": dict(self.settings)})
        self.store[SETTINGS_TABLE.name].add({"id": "clock", "values": self.clock.state()})

    def restore_settings(self) -> None:
        """Take up the settings and the clock that a kept state holds."""
        if row := self.store[SETTINGS_TABLE.name].get("settings"):
            self.settings |= row["values"]
        if row := self.store[SETTINGS_TABLE.name].get("clock"):
            self.clock.restore(row["values"])

    @property
    def signing_key(self) -> str:
        """A key for what must not be guessed nor change with a restart."""
        table = self.store[SETTINGS_TABLE.name]
        row = table.get("secret") or table.add({"id": "secret", "value": self.random_hex(64)})
        return row["value"]

    def random_hex(self, digits: int) -> str:
        """Random lower-case hex digits."""
        return f"{self.random.getrandbits(4 * digits):0{digits}x}"

    def uuid4(self) -> str:
        """A random UUID."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def uuid1(self) -> str:
        """A UUID that tells the time, as the sending hosts give them (facts 1.7)."""
        ticks = int(self.clock.time() * 10_000_000) + UUID_EPOCH
        fields = (ticks & 0xFFFFFFFF, (ticks >> 32) & 0xFFFF, (ticks >> 48) & 0x0FFF)
        node = (self.random.getrandbits(8), self.random.getrandbits(8), self.random.getrandbits(48))
        return str(UUID(fields=(*fields, *node), version=1))

    def uuid7(self, milliseconds: int) -> str:
        """A UUID that sorts by time, in milliseconds since the epoch, as contacts have it (facts 1.7)."""
        high, low = self.random.getrandbits(12), self.random.getrandbits(62)
        return str(UUID(int=milliseconds % 2**48 << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low))
