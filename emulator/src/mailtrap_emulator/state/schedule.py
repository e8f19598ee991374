# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens by itself, at its time by the emulator's clock.

A job is a row: when it is due, of which kind it is, and what its handler must know. An area that has handlers
defines ``JOBS = {"kind": handler}``; they are found like the area's tables. A handler is called with the world and
the job's payload, plain or ``async``, and may schedule further jobs. A job is forgotten when its handler has ended,
so that one cut short by the end of the process runs again after a restart.
"""

import asyncio
import inspect
import logging
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from .clock import EARLIEST, check_time
from .store import JOBS_TABLE, Row
from .world import World

log = logging.getLogger("mailtrap_emulator")

# How often the background task looks at the clock, seconds of real time.
TICK = 0.1
# How many jobs run while one movement of the clock is answered. Those beyond are late and run in the background.
MAX_JOBS = 100_000
# How many async handlers the background task lets wait for the network at the same time.
PARALLEL = 64


def schedule_at(world: World, due: float, kind: str, /, **payload: Any) -> Row:
    """Let a job of this kind run at ``due``, seconds since the epoch, and not before; its row."""
    number = world.store.next_id(JOBS_TABLE)
    # The store lists ids in order: an id that begins with the time makes the list a timetable.
    key = f"{due - EARLIEST:020.6f}-{number:012d}"
    return world.store[JOBS_TABLE.name].add({"id": key, "due": due, "kind": kind, "payload": payload})


def schedule_after(world: World, seconds: float, kind: str, /, **payload: Any) -> Row:
    """Let a job run in ``seconds``."""
    return schedule_at(world, world.clock.time() + seconds, kind, **payload)


def cancel_jobs(world: World, kind: str, /, **match: Any) -> None:
    """Forget the waiting jobs of a kind whose payload has these values."""
    for job in list(pending_jobs(world)):
        if job["kind"] == kind and match.items() <= job["payload"].items():
            world.store[JOBS_TABLE.name].remove(job)


def pending_jobs(world: World) -> Iterator[Row]:
    """All jobs in the order in which they are due. The table must not change meanwhile."""
    table = world.store[JOBS_TABLE.name]
    return map(table.get, table.ids("all", "all"))


def may_wait(world: World, job: Row) -> bool:
    return inspect.iscoroutinefunction(world.jobs.get(job["kind"]))


class Scheduler:
    """Runs the jobs of a world: in real time, and at once when the clock is moved over them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._running: dict[str, asyncio.Task] = {}
        # Held while jobs are picked, and during a whole movement of the clock.
        self._lock = asyncio.Lock()

    async def run_forever(self) -> None:
        """Run each job when the clock gets there, for ever."""
        while True:
            async with self._lock:
                for job in self._due():
                    await self._begin(job)
            await asyncio.sleep(TICK)

    async def move_clock(self, target: float) -> None:
        """Make the clock show ``target``, seconds since the epoch. What becomes due on the way has happened at its
        time, one after the other, when this returns. Raises ValueError like :meth:`Clock.set`."""
        async with self._lock:
            await self._move(target)

    async def advance_clock(self, seconds: float) -> None:
        """Move the clock by ``seconds``, as :meth:`move` does."""
        async with self._lock:
            await self._move(self.world.clock.time() + seconds)

    async def run_pending(self, kind: str) -> None:
        """Run the jobs of a kind that are waiting now, before their time."""
        async with self._lock:
            await self._settle()
            for job in [job for job in pending_jobs(self.world) if job["kind"] == kind]:
                await self._finish(job)

    def cancel_running(self) -> None:
        """Give up what waits for the network; called when the world is cleared."""
        for task in self._running.values():
            task.cancel()
        self._running.clear()

    async def _move(self, target: float) -> None:
        check_time(target)
        clock = self.world.clock
        if target < clock.time():
            clock.set(target)
            return
        await self._settle()
        for _ in range(MAX_JOBS):
            job = next(pending_jobs(self.world), None)
            if job is None or job["due"] > target or self.world.clock is not clock:
                break
            if job["due"] > clock.time():
                clock.set(job["due"])
            await self._finish(job)
        clock.set(max(target, clock.time()))

    async def _begin(self, job: Row) -> None:
        """Run a job, or only start it if it may wait for the network."""
        if not may_wait(self.world, job):
            await self._run(job)
        elif job["id"] not in self._running and len(self._running) < PARALLEL:
            self._start(job)

    async def _finish(self, job: Row) -> None:
        """Run a job to its end, or until it is given up."""
        if may_wait(self.world, job):
            await asyncio.wait([self._start(job)])
        else:
            await self._run(job)

    def _start(self, job: Row) -> asyncio.Task:
        task = self._running[job["id"]] = asyncio.create_task(self._run_apart(job))
        return task

    def _due(self) -> list[Row]:
        now = self.world.clock.time()
        return list(takewhile(lambda job: job["due"] <= now, pending_jobs(self.world)))

    async def _settle(self) -> None:
        """Wait for what runs in the background."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _run_apart(self, job: Row) -> None:
        try:
            await self._run(job)
        finally:
            if self._running.get(job["id"]) is asyncio.current_task():
                del self._running[job["id"]]

    async def _run(self, job: Row) -> None:
        """Run one job to its end. A handler that fails is reported and not tried again."""
        table = self.world.store[JOBS_TABLE.name]
        if table.get(job["id"]) is not job:
            return
        try:
            result = self.world.jobs[job["kind"]](self.world, job["payload"])
            if inspect.isawaitable(result):
                await result
        except Exception:
            log.exception("The job %s failed", job["kind"])
        # The world may have been cleared while the handler waited.
        if table.get(job["id"]) is job:
            table.remove(job)
        try:
            self.world.store.commit()
        except Exception:
            # The changes stay noted and are written with the next commit; the background task must live on.
            log.exception("The state could not be kept")
