# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scheduled jobs, which run by the emulator's clock.

A job is a row: its due time, its job type and the payload of its handler. The handlers come with the world
(``World.jobs``). A handler is called with the world and the payload, may be a coroutine function and may schedule more
jobs. The row is removed after the handler has ended, so a job that the end of the process interrupts runs again after
a restart.
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

# Seconds of real time between two checks of the clock by the background task.
TICK = 0.1
# How many jobs may run while the clock is moved. Further ones run late, in the background.
MAX_JOBS = 100_000
# How many coroutine handlers the background task runs at the same time.
PARALLEL = 64


def schedule_at(world: World, due: float, job_type: str, /, **payload: Any) -> Row:
    """Schedule a job for ``due``, in seconds since the epoch, and return its row."""
    number = world.store.next_id(JOBS_TABLE)
    # Ids are sorted. One that begins with the time sorts the jobs by due time.
    key = f"{due - EARLIEST:020.6f}-{number:012d}"
    return world.store[JOBS_TABLE.name].add({"id": key, "due": due, "kind": job_type, "payload": payload})


def schedule_after(world: World, seconds: float, job_type: str, /, **payload: Any) -> Row:
    """Schedule a job that is due in ``seconds`` and return its row."""
    return schedule_at(world, world.clock.time() + seconds, job_type, **payload)


def cancel_jobs(world: World, job_type: str, /, **match: Any) -> None:
    """Cancel the pending jobs of a type whose payload has these values."""
    for job in list(pending_jobs(world)):
        if job["kind"] == job_type and match.items() <= job["payload"].items():
            world.store[JOBS_TABLE.name].remove(job)


def pending_jobs(world: World) -> Iterator[Row]:
    """Iterate over all jobs by due time. The table must not change meanwhile."""
    table = world.store[JOBS_TABLE.name]
    return map(table.__getitem__, table.ids("all", "all"))


def is_async(world: World, job: Row) -> bool:
    """Return whether the handler of a job is a coroutine function."""
    return inspect.iscoroutinefunction(world.jobs.get(job["kind"]))


class Scheduler:
    """Runs the jobs of a world: in real time, and when the clock is moved past their due time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._running: dict[str, asyncio.Task[None]] = {}
        # Held while due jobs start, and while the clock is moved.
        self._lock = asyncio.Lock()

    async def run_forever(self) -> None:
        """Run each job when it is due."""
        while True:
            async with self._lock:
                for job in self._due_jobs():
                    await self._start_or_run(job)
            await asyncio.sleep(TICK)

    async def move_clock(self, target: float) -> None:
        """Set the clock to ``target``, in seconds since the epoch, and run the jobs that become due.

        Each job runs at its due time, one after the other, before this returns.

        :raises ValueError: if the time is out of range.
        """
        async with self._lock:
            await self._move_clock(target)

    async def advance_clock(self, seconds: float) -> None:
        """Move the clock by ``seconds``, as :meth:`move_clock` does."""
        async with self._lock:
            await self._move_clock(self.world.clock.time() + seconds)

    async def run_pending(self, job_type: str) -> None:
        """Run the pending jobs of a type now, before they are due."""
        async with self._lock:
            await self._wait_for_running()
            for job in [job for job in pending_jobs(self.world) if job["kind"] == job_type]:
                await self._run_to_end(job)

    def cancel_running(self) -> None:
        """Cancel the handlers that are running, because the world is cleared."""
        for task in self._running.values():
            task.cancel()
        self._running.clear()

    async def _move_clock(self, target: float) -> None:
        check_time(target)
        clock = self.world.clock
        if target < clock.time():
            clock.set(target)
            return
        await self._wait_for_running()
        for _ in range(MAX_JOBS):
            job = next(pending_jobs(self.world), None)
            # A job may clear the world, which then has a new clock.
            if job is None or job["due"] > target or self.world.clock is not clock:
                break
            if job["due"] > clock.time():
                clock.set(job["due"])
            await self._run_to_end(job)
        clock.set(max(target, clock.time()))

    async def _start_or_run(self, job: Row) -> None:
        """Start an asynchronous job in the background, or run any other job."""
        if not is_async(self.world, job):
            await self._run(job)
        elif job["id"] not in self._running and len(self._running) < PARALLEL:
            self._start(job)

    async def _run_to_end(self, job: Row) -> None:
        """Run a job, and wait for it unless it is cancelled."""
        if is_async(self.world, job):
            await asyncio.wait([self._start(job)])
        else:
            await self._run(job)

    def _start(self, job: Row) -> asyncio.Task[None]:
        task = self._running[job["id"]] = asyncio.create_task(self._run_in_background(job))
        return task

    def _due_jobs(self) -> list[Row]:
        now = self.world.clock.time()
        return list(takewhile(lambda job: job["due"] <= now, pending_jobs(self.world)))

    async def _wait_for_running(self) -> None:
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _run_in_background(self, job: Row) -> None:
        try:
            await self._run(job)
        finally:
            if self._running.get(job["id"]) is asyncio.current_task():
                del self._running[job["id"]]

    async def _run(self, job: Row) -> None:
        """Run a job. A handler that fails is logged and not repeated."""
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
            # The next commit writes the changes again. The background task must not end.
            log.exception("The state could not be written")
