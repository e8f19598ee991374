# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many clients at once, and very full sandboxes, without a clock. How fast it is, tests/benchmark/emulator.py tells."""

import sys
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

from mailtrap_emulator.app import App
from mailtrap_emulator.control.faults import Faults
from mailtrap_emulator.control.journal import Journal
from mailtrap_emulator.http.call import Request
from mailtrap_emulator.http.routing import GENERAL
from mailtrap_emulator.model import create_world, list_seeds
from mailtrap_emulator.model.sandbox_messages import deliver_message
from mailtrap_emulator.model.start_state import create_start_state
from mailtrap_emulator.state.seeding import seed_document
from mailtrap_emulator.testing import Emulator

CLIENTS, TURNS = 64, 8
FULL = 50_000


def at_once(client_of, emulator, work):
    """The results of a function of a client and its number, for all clients, which begin together."""
    together = threading.Barrier(CLIENTS)

    def begin(number):
        client = client_of(emulator, verify=False)
        together.wait(30)
        return work(client, number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(begin, range(CLIENTS)))


def test_no_write_of_64_clients_is_lost_or_doubled(client_of, mail, tmp_path):
    with Emulator("--rate-limits", "off", "--state", str(tmp_path / "state")) as emulator:
        api = client_of(emulator)
        emulator.seed(projects=[{"id": 1, "name": "All"}], sandboxes=[{"id": 10, "project_id": 1, "name": "All"}])
        emulator.limits(max_size=CLIENTS * TURNS)

        def work(client, number):
            made = {}
            for turn in range(TURNS):
                name = f"client {number} turn {turn}"
                project = client.post("/api/projects", json={"project": {"name": name}}).json()
                renamed = client.patch(f"/api/projects/{project['id']}", json={"project": {"name": f"{name}!"}})
                assert renamed.json()["name"] == f"{name}!"
                made[project["id"]] = f"{name}!"
                assert client.post("/api/send/10", json=mail | {"subject": name}).status_code == 200
                gone = client.post("/api/projects", json={"project": {"name": "gone"}}).json()["id"]
                assert client.delete(f"/api/projects/{gone}").status_code == 200
            return made

        made = at_once(client_of, emulator, work)
        expected = {key: name for one in made for key, name in one.items()}
        assert len(expected) == CLIENTS * TURNS

        def everything():
            projects = {project["id"]: project["name"] for project in api.get("/api/projects").json()}
            subjects = sorted(row["subject"] for row in emulator.dump()["messages"])
            return projects, subjects, api.get("/api/sandboxes/10").json()["sent_messages_count"]

        found = everything()
        assert found[0] == expected | {1: "All"}
        assert found[1] == sorted(name.rstrip("!") for name in expected.values())
        assert found[2] == CLIENTS * TURNS
        assert [entry["n"] for entry in emulator.journal()] == list(range(1, 5 * CLIENTS * TURNS + 3))
        emulator.kill()
    with Emulator("--rate-limits", "off", "--state", str(tmp_path / "state")) as emulator:
        api = client_of(emulator)
        assert everything() == found


def test_of_64_clients_that_want_the_same_one_gets_it(client_of, emulator):
    emulator.limits(rate_limits="off")

    def work(client, number):
        return client.post("/api/contacts", json={"contact": {"email": "ann@example.com"}}).status_code

    assert sorted(at_once(client_of, emulator, work)) == [201] + [422] * (CLIENTS - 1)


def work_of(call):
    """How many functions a call runs, and how many bytes it has in hand at most."""
    calls = 0

    def profile(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    tracemalloc.start()
    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(None)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return calls, peak


def test_a_full_sandbox_lists_its_newest_messages_with_the_work_of_a_small_one():
    world = create_world()
    create_start_state(world, "token")
    seed_document(world, list_seeds(), {"projects": [{"id": 1, "name": "P"}]})
    for key in (30, FULL):
        seed_document(world, list_seeds(), {"sandboxes": [{"id": key, "project_id": 1, "name": "S", "max_size": FULL}]})
        sandbox = world.store["sandboxes"].get(key)
        message = deliver_message(world, sandbox, b"Subject: s\n\nt\n", bcc=[])
        for _ in range(key - 1):
            copy = {name: value for name, value in message.items() if name != "id"}
            world.store["messages"].add(copy)
    app = App(world, Journal(), Faults(), None, None)

    def list_messages(key, query):
        headers = {"api-token": "token"}
        path = f"/api/sandboxes/{key}/messages"
        request = Request("GET", path, query, headers, b"", "127.0.0.1")
        reply, _ = app.answer(GENERAL, path.removeprefix("/api/"), request, time.perf_counter())
        assert reply.status == 200
        assert reply.body.count(b'"subject"') == 30

    for query in ("", "page=1"):
        # The first call of a kind fills caches.
        list_messages(30, query)
        small = work_of(lambda query=query: list_messages(30, query))
        full = work_of(lambda query=query: list_messages(FULL, query))
        assert full[0] == small[0]
        assert full[1] < small[1] + 20_000
    assert len(world.store["messages"]) == FULL + 30
