# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scheduled jobs, and the clock that starts them."""

import asyncio
import time

import pytest

from mailtrap_emulator.state import schedule
from mailtrap_emulator.state.schedule import Scheduler
from mailtrap_emulator.state.state_file import StateFile
from mailtrap_emulator.state.world import World

NOON = 1_800_000_000.0


@pytest.fixture
def finished_jobs():
    """Return the jobs that ran: the name in the payload, and the seconds after noon on the clock."""
    return []


@pytest.fixture
def world(finished_jobs):
    world = World([], jobs=make_handlers(finished_jobs))
    world.clock.freeze()
    world.clock.set(NOON)
    return world


def make_handlers(finished_jobs):
    """Return job handlers that append to ``finished_jobs``."""

    def note(world, payload):
        finished_jobs.append((payload["name"], world.clock.time() - NOON))

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


def pending_names(world):
    return [job["payload"]["name"] for job in schedule.pending_jobs(world)]


def test_jobs_run_in_order_at_their_due_time(world, finished_jobs):
    schedule.schedule_after(world, 20, "slow", name="second")
    schedule.schedule_at(world, NOON + 10, "note", name="first")
    schedule.schedule_after(world, 20, "note", name="third")
    schedule.schedule_after(world, 31, "note", name="later")
    run(Scheduler(world).advance_clock(30))
    assert finished_jobs == [("first", 10), ("second", 20), ("third", 20)]
    assert world.clock.time() == NOON + 30
    assert pending_names(world) == ["later"]


def test_job_due_at_the_target_time_runs(world, finished_jobs):
    schedule.schedule_after(world, 10, "note", name="one")
    run(Scheduler(world).move_clock(NOON + 10))
    assert finished_jobs == [("one", 10)]


def test_jobs_scheduled_by_jobs_run_too(world, finished_jobs):
    schedule.schedule_after(world, 10, "repeat", name="again", pause=10)
    run(Scheduler(world).advance_clock(35))
    assert finished_jobs == [("again", 10), ("again", 20), ("again", 30)]
    assert [job["due"] for job in schedule.pending_jobs(world)] == [NOON + 40]


def test_endless_jobs_are_left_to_the_background(world, finished_jobs, monkeypatch):
    monkeypatch.setattr(schedule, "MAX_JOBS", 5)
    schedule.schedule_after(world, 10, "repeat", name="again", pause=0)
    run(Scheduler(world).advance_clock(30))
    assert finished_jobs == [("again", 10)] * 5
    assert world.clock.time() == NOON + 30


def test_moving_the_clock_back_runs_nothing(world, finished_jobs):
    schedule.schedule_at(world, NOON - 100, "note", name="late")
    run(Scheduler(world).move_clock(NOON - 50))
    assert (world.clock.time(), finished_jobs) == (NOON - 50, [])


@pytest.mark.parametrize("target", [float("inf"), float("nan"), 1e300, -1e300])
def test_time_out_of_range_changes_nothing(world, finished_jobs, target):
    schedule.schedule_after(world, 10, "note", name="one")
    with pytest.raises(ValueError, match="out of range"):
        run(Scheduler(world).move_clock(target))
    assert (world.clock.time(), finished_jobs, pending_names(world)) == (NOON, [], ["one"])


def test_failing_handler_is_not_repeated_and_stops_nothing(world, finished_jobs, caplog):
    schedule.schedule_after(world, 1, "fail", name="bad")
    schedule.schedule_after(world, 2, "unknown", name="of another version")
    schedule.schedule_after(world, 3, "note", name="good")
    run(Scheduler(world).advance_clock(5))
    assert finished_jobs == [("good", 3)]
    assert pending_names(world) == []
    assert [record.message for record in caplog.records] == ["The job fail failed", "The job unknown failed"]


def test_cancelled_jobs_do_not_run(world, finished_jobs):
    for name in ("a", "b"):
        for number in (1, 2):
            schedule.schedule_after(world, 10, "note", name=name, number=number)
    schedule.cancel_jobs(world, "note", name="a", number=2)
    schedule.cancel_jobs(world, "slow", name="a")
    assert pending_names(world) == ["a", "b", "b"]
    schedule.cancel_jobs(world, "note", name="b")
    assert pending_names(world) == ["a"]


def test_run_pending_runs_one_job_type_early_and_once(world, finished_jobs):
    schedule.schedule_after(world, 50, "repeat", name="again", pause=50)
    schedule.schedule_after(world, 10, "note", name="other")
    run(Scheduler(world).run_pending("repeat"))
    assert finished_jobs == [("again", 0)]
    assert pending_names(world) == ["other", "again"]


async def wait_until(condition):
    """Wait wait_until a condition is true, at most five seconds of real time."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def run_in_background(world, condition):
    """Let the background task run wait_until a condition is true."""

    async def run_until_condition():
        task = asyncio.create_task(Scheduler(world).run_forever())
        await wait_until(condition)
        task.cancel()

    run(run_until_condition())


def test_background_runs_only_due_jobs(world, finished_jobs, monkeypatch):
    monkeypatch.setattr(schedule, "TICK", 0.01)
    world.clock.unfreeze()
    schedule.schedule_after(world, 0.05, "slow", name="soon")
    schedule.schedule_after(world, 0, "note", name="now")
    schedule.schedule_after(world, 60, "note", name="later")
    run_in_background(world, lambda: len(finished_jobs) == 2)
    assert [name for name, _ in finished_jobs] == ["now", "soon"]
    assert pending_names(world) == ["later"]


def test_frozen_clock_runs_nothing(world, finished_jobs, monkeypatch):
    monkeypatch.setattr(schedule, "TICK", 0.01)
    schedule.schedule_after(world, 0.02, "note", name="soon")
    end = time.monotonic() + 0.1
    run_in_background(world, lambda: time.monotonic() > end)
    assert finished_jobs == []


def test_waiting_handler_does_not_block_other_jobs(world, finished_jobs, monkeypatch):
    monkeypatch.setattr(schedule, "TICK", 0.01)
    schedule.schedule_after(world, 0, "hang", name="stuck")
    schedule.schedule_after(world, 0, "slow", name="other")
    run_in_background(world, lambda: len(finished_jobs) == 2)
    assert [name for name, _ in finished_jobs] == ["stuck", "other"]
    # The job was interrupted, so its row is still there.
    assert pending_names(world) == ["stuck"]


def test_reset_cancels_running_handlers(world, finished_jobs, monkeypatch):
    monkeypatch.setattr(schedule, "TICK", 0.01)

    async def clear_while_running():
        scheduler = Scheduler(world)
        task = asyncio.create_task(scheduler.run_forever())
        schedule.schedule_after(world, 0, "hang", name="stuck")
        await wait_until(lambda: finished_jobs)
        scheduler.cancel_running()
        world.clear()
        await asyncio.wait_for(scheduler.advance_clock(5), 5)
        task.cancel()

    run(clear_while_running())
    assert finished_jobs == [("stuck", 0)]


def test_reset_ends_a_move_of_the_clock(world, finished_jobs):
    async def clear_while_running():
        scheduler = Scheduler(world)
        schedule.schedule_after(world, 1, "hang", name="stuck")
        schedule.schedule_after(world, 1, "note", name="old")
        moving = asyncio.create_task(scheduler.advance_clock(5))
        await wait_until(lambda: finished_jobs)
        scheduler.cancel_running()
        world.clear()
        world.clock.freeze()
        now = world.clock.time()
        await asyncio.wait_for(scheduler.advance_clock(100), 5)
        await moving
        return world.clock.time() - now

    assert run(clear_while_running()) == pytest.approx(100)
    assert finished_jobs == [("stuck", 1)]


def test_pending_jobs_survive_a_restart_in_order(tmp_path, finished_jobs):
    path = str(tmp_path / "state")
    file = StateFile(path)
    world = World([], file.write, jobs=make_handlers(finished_jobs))
    due = world.clock.time() + 10
    for seconds, name in ((5, "b"), (0, "a"), (9, "c")):
        schedule.schedule_at(world, due + seconds, "note", name=name)
    world.store.commit()
    file.close()
    file = StateFile(path)
    world = World([], file.write, jobs=make_handlers(finished_jobs))
    file.load(world.store)
    assert pending_names(world) == ["a", "b", "c"]
    run(Scheduler(world).move_clock(due + 5))
    assert [name for name, _ in finished_jobs] == ["a", "b"]
    file.close()
    file = StateFile(path)
    world = World([], jobs=make_handlers(finished_jobs))
    file.load(world.store)
    file.close()
    assert pending_names(world) == ["c"]
