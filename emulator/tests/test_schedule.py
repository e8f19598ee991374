# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens by itself, by a clock that can be moved."""

import asyncio
import time

import pytest

from mailtrap_emulator.state import schedule
from mailtrap_emulator.state.schedule import Scheduler
from mailtrap_emulator.state.state_file import StateFile
from mailtrap_emulator.state.world import World

NOON = 1_800_000_000.0


@pytest.fixture
def seen():
    """The jobs that ran: the payload's name, and the seconds after noon that the clock showed."""
    return []


@pytest.fixture
def world(seen):
    world = World([], jobs=handlers(seen))
    world.clock.freeze()
    world.clock.set(NOON)
    return world


def handlers(seen):
    """Job handlers that append to ``seen``."""

    def note(world, payload):
        seen.append((payload["name"], world.clock.time() - NOON))

    async def note_slowly(world, payload):
        await asyncio.sleep(0.01)
        note(world, payload)

    async def note_and_hang(world, payload):
        note(world, payload)
        await asyncio.sleep(60)

    def note_and_repeat(world, payload):
        note(world, payload)
        schedule.schedule_after(world, payload["pause"], "repeat", **payload)

    def fail(world, payload):
        raise RuntimeError("broken")

    return {"note": note, "slow": note_slowly, "hang": note_and_hang, "repeat": note_and_repeat, "fail": fail}


def run(awaitable):
    return asyncio.run(awaitable)


def jobs_of(world):
    return [job["payload"]["name"] for job in schedule.pending_jobs(world)]


def test_jobs_run_in_order_of_their_time_and_see_it_on_the_clock(world, seen):
    schedule.schedule_after(world, 20, "slow", name="second")
    schedule.schedule_at(world, NOON + 10, "note", name="first")
    schedule.schedule_after(world, 20, "note", name="third")
    schedule.schedule_after(world, 31, "note", name="later")
    run(Scheduler(world).advance_clock(30))
    assert seen == [("first", 10), ("second", 20), ("third", 20)]
    assert world.clock.time() == NOON + 30
    assert jobs_of(world) == ["later"]


def test_a_job_that_is_due_exactly_then_runs(world, seen):
    schedule.schedule_after(world, 10, "note", name="one")
    run(Scheduler(world).move_clock(NOON + 10))
    assert seen == [("one", 10)]


def test_what_becomes_due_in_between_runs_too(world, seen):
    schedule.schedule_after(world, 10, "repeat", name="again", pause=10)
    run(Scheduler(world).advance_clock(35))
    assert seen == [("again", 10), ("again", 20), ("again", 30)]
    assert [job["due"] for job in schedule.pending_jobs(world)] == [NOON + 40]


def test_jobs_that_would_never_end_are_left_to_the_background(world, seen, monkeypatch):
    monkeypatch.setattr(schedule, "MAX_JOBS", 5)
    schedule.schedule_after(world, 10, "repeat", name="again", pause=0)
    run(Scheduler(world).advance_clock(30))
    assert seen == [("again", 10)] * 5
    assert world.clock.time() == NOON + 30


def test_the_clock_goes_back_without_running_anything(world, seen):
    schedule.schedule_at(world, NOON - 100, "note", name="late")
    run(Scheduler(world).move_clock(NOON - 50))
    assert (world.clock.time(), seen) == (NOON - 50, [])


@pytest.mark.parametrize("target", [float("inf"), float("nan"), 1e300, -1e300])
def test_an_impossible_time_changes_nothing(world, seen, target):
    schedule.schedule_after(world, 10, "note", name="one")
    with pytest.raises(ValueError, match="out of range"):
        run(Scheduler(world).move_clock(target))
    assert (world.clock.time(), seen, jobs_of(world)) == (NOON, [], ["one"])


def test_a_handler_that_fails_stops_nothing_and_is_not_repeated(world, seen, caplog):
    schedule.schedule_after(world, 1, "fail", name="bad")
    schedule.schedule_after(world, 2, "unknown", name="of another version")
    schedule.schedule_after(world, 3, "note", name="good")
    run(Scheduler(world).advance_clock(5))
    assert seen == [("good", 3)]
    assert jobs_of(world) == []
    assert [record.message for record in caplog.records] == ["The job fail failed", "The job unknown failed"]


def test_cancel(world, seen):
    for name in ("a", "b"):
        for number in (1, 2):
            schedule.schedule_after(world, 10, "note", name=name, number=number)
    schedule.cancel_jobs(world, "note", name="a", number=2)
    schedule.cancel_jobs(world, "slow", name="a")
    assert jobs_of(world) == ["a", "b", "b"]
    schedule.cancel_jobs(world, "note", name="b")
    assert jobs_of(world) == ["a"]


def test_hurry_runs_one_kind_before_its_time_and_once(world, seen):
    schedule.schedule_after(world, 50, "repeat", name="again", pause=50)
    schedule.schedule_after(world, 10, "note", name="other")
    run(Scheduler(world).run_pending("repeat"))
    assert seen == [("again", 0)]
    assert jobs_of(world) == ["other", "again"]


async def until(holds):
    """Wait until something holds, five seconds of real time at most."""
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def watch(world, holds):
    """Let the background task run until something holds."""

    async def both():
        task = asyncio.create_task(Scheduler(world).run_forever())
        await until(holds)
        task.cancel()

    run(both())


def test_the_background_runs_what_is_due_and_nothing_else(world, seen, monkeypatch):
    monkeypatch.setattr(schedule, "TICK", 0.01)
    world.clock.unfreeze()
    schedule.schedule_after(world, 0.05, "slow", name="soon")
    schedule.schedule_after(world, 0, "note", name="now")
    schedule.schedule_after(world, 60, "note", name="later")
    watch(world, lambda: len(seen) == 2)
    assert [name for name, _ in seen] == ["now", "soon"]
    assert jobs_of(world) == ["later"]


def test_a_frozen_clock_brings_nothing(world, seen, monkeypatch):
    monkeypatch.setattr(schedule, "TICK", 0.01)
    schedule.schedule_after(world, 0.02, "note", name="soon")
    end = time.monotonic() + 0.1
    watch(world, lambda: time.monotonic() > end)
    assert seen == []


def test_one_that_waits_for_the_network_does_not_hold_up_the_others(world, seen, monkeypatch):
    monkeypatch.setattr(schedule, "TICK", 0.01)
    schedule.schedule_after(world, 0, "hang", name="stuck")
    schedule.schedule_after(world, 0, "slow", name="other")
    watch(world, lambda: len(seen) == 2)
    assert [name for name, _ in seen] == ["stuck", "other"]
    # It was cut short, so it is still to be done.
    assert jobs_of(world) == ["stuck"]


def test_a_reset_gives_up_what_runs(world, seen, monkeypatch):
    monkeypatch.setattr(schedule, "TICK", 0.01)

    async def clear_amid():
        scheduler = Scheduler(world)
        task = asyncio.create_task(scheduler.run_forever())
        schedule.schedule_after(world, 0, "hang", name="stuck")
        await until(lambda: seen)
        scheduler.cancel_running()
        world.clear()
        await asyncio.wait_for(scheduler.advance_clock(5), 5)
        task.cancel()

    run(clear_amid())
    assert seen == [("stuck", 0)]


def test_a_reset_gives_up_a_movement_of_the_clock(world, seen):
    async def clear_amid():
        scheduler = Scheduler(world)
        schedule.schedule_after(world, 1, "hang", name="stuck")
        schedule.schedule_after(world, 1, "note", name="old")
        moving = asyncio.create_task(scheduler.advance_clock(5))
        await until(lambda: seen)
        scheduler.cancel_running()
        world.clear()
        world.clock.freeze()
        now = world.clock.time()
        await asyncio.wait_for(scheduler.advance_clock(100), 5)
        await moving
        return world.clock.time() - now

    assert run(clear_amid()) == pytest.approx(100)
    assert seen == [("stuck", 1)]


def test_waiting_jobs_survive_a_restart_in_their_order(tmp_path, seen):
    path = str(tmp_path / "state")
    file = StateFile(path)
    world = World([], file.write, jobs=handlers(seen))
    due = world.clock.time() + 10
    for seconds, name in ((5, "b"), (0, "a"), (9, "c")):
        schedule.schedule_at(world, due + seconds, "note", name=name)
    world.store.commit()
    file.close()
    file = StateFile(path)
    world = World([], file.write, jobs=handlers(seen))
    file.load(world.store)
    assert jobs_of(world) == ["a", "b", "c"]
    run(Scheduler(world).move_clock(due + 5))
    assert [name for name, _ in seen] == ["a", "b"]
    file.close()
    file = StateFile(path)
    world = World([], jobs=handlers(seen))
    file.load(world.store)
    file.close()
    assert jobs_of(world) == ["c"]
