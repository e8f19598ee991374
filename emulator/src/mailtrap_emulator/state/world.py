# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The world: everything that one running emulator holds."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from .clock import Clock
from .rate_windows import RateWindows
from .settings import DEFAULT_SETTINGS, Settings
from .store import SETTINGS_TABLE, Keep, Row, Store, TableSpec

# Ticks of 100 ns from the beginning of the Gregorian calendar, where the time in UUIDs starts, to 1970.
UUID_EPOCH = 0x01B21DD213814000

# Receives every event of the world, see model/events.py. It must not change the event.
Listener = Callable[["World", dict[str, Any]], None]
# Handles a scheduled job with its payload, see schedule.py. It may be a coroutine function.
Job = Callable[["World", dict[str, Any]], Any]
# Returns the statuses of DNS records in their wire form.
DnsLookup = Callable[[list[dict[str, str]]], list[str]]


class World:
    """Store, clock, rate windows, randomness and settings of one emulator.

    ``keep`` writes changes of the store. ``initial_settings`` differ from the defaults, also after a reset.
    """

    def __init__(
        self,
        specs: Iterable[TableSpec],
        keep: Keep | None = None,
        initial_settings: Settings | None = None,
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
        # Whether webhooks on other machines are called. Only an option of the command line can allow it.
        self.deliver_anywhere = False
        self._initial_settings: Settings = {**DEFAULT_SETTINGS, **(initial_settings or {})}
        self.settings: Settings = {**self._initial_settings}
        # None without a DNS server.
        self.look_up_dns: DnsLookup | None = None

    def clear(self) -> None:
        """Remove all rows and return to real time and the initial settings."""
        self.store.clear()
        self.clock = Clock()
        self.rate_windows.clear()
        self.random = random.SystemRandom()
        self.settings = {**self._initial_settings}

    def save_settings(self) -> None:
        """Store settings and clock as rows, so that the state file keeps them."""
        self.store[SETTINGS_TABLE.name].add({"id": "settings", "values": dict(self.settings)})
        self.store[SETTINGS_TABLE.name].add({"id": "clock", "values": self.clock.state()})

    def restore_settings(self) -> None:
        """Restore settings and clock from the rows of the state file."""
        if row := self.store[SETTINGS_TABLE.name].get("settings"):
            self.settings |= row["values"]
        if row := self.store[SETTINGS_TABLE.name].get("clock"):
            self.clock.restore(row["values"])

    @property
    def signing_key(self) -> str:
        """The key that signs links. It survives a restart with a state file."""
        table = self.store[SETTINGS_TABLE.name]
        row: Row = table.get("secret") or table.add({"id": "secret", "value": self.random_hex(64)})
        return str(row["value"])

    def random_hex(self, digits: int) -> str:
        """Return random lower-case hexadecimal digits."""
        return f"{self.random.getrandbits(4 * digits):0{digits}x}"

    def uuid4(self) -> str:
        """Return a random UUID."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def uuid1(self) -> str:
        """Return a UUID that contains the time, as the sending hosts do (docs/service.md#ids)."""
        ticks = int(self.clock.time() * 10_000_000) + UUID_EPOCH
        fields = (ticks & 0xFFFFFFFF, (ticks >> 32) & 0xFFFF, (ticks >> 48) & 0x0FFF)
        node = (self.random.getrandbits(8), self.random.getrandbits(8), self.random.getrandbits(48))
        return str(UUID(fields=(*fields, *node), version=1))

    def uuid7(self, milliseconds: int) -> str:
        """Return a UUID that sorts by time, as contacts have (docs/service.md#ids).

        ``milliseconds`` is the time since the epoch.
        """
        high, low = self.random.getrandbits(12), self.random.getrandbits(62)
        return str(UUID(int=milliseconds % 2**48 << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low))
