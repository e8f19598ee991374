# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Load tests that do not measure time: many concurrent clients, and full sandboxes.

The speed is measured by tests/benchmark/emulator.py.
"""

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

CLIENTS, ROUNDS = 64, 8
FULL_SANDBOX = 50_000


def run_concurrently(make_client, emulator, function):
    """Call a function with each client and its number, all at the same time. Return the results."""
    barrier = threading.Barrier(CLIENTS)

    def run(number):
        client = make_client(emulator, verify=False)
        barrier.wait(30)
        return function(client, number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(run, range(CLIENTS)))


def test_no_write_of_64_clients_is_lost_or_repeated(make_client, mail, tmp_path):
    with Emulator("--rate-limits", "off", "--state", str(tmp_path / "state")) as emulator:
        api = make_client(emulator)
        emulator.seed(projects=[{"id": 1, "name": "All"}], sandboxes=[{"id": 10, "project_id": 1, "name": "All"}])
        emulator.limits(max_size=CLIENTS * ROUNDS)

        def write(client, number):
            names = {}
            for round_number in range(ROUNDS):
                name = f"client {number} round {round_number}"
                project = client.post("/api/projects", json={"project": {"name": name}}).json()
                renamed = client.patch(f"/api/projects/{project['id']}", json={"project": {"name": f"{name}!"}})
                assert renamed.json()["name"] == f"{name}!"
                names[project["id"]] = f"{name}!"
                assert client.post("/api/send/10", json=mail | {"subject": name}).status_code == 200
                deleted_id = client.post("/api/projects", json={"project": {"name": "Deleted"}}).json()["id"]
                assert client.delete(f"/api/projects/{deleted_id}").status_code == 200
            return names

        results = run_concurrently(make_client, emulator, write)
        expected = {key: name for names in results for key, name in names.items()}
        assert len(expected) == CLIENTS * ROUNDS

        def read_state():
            projects = {project["id"]: project["name"] for project in api.get("/api/projects").json()}
            subjects = sorted(row["subject"] for row in emulator.dump()["messages"])
            return projects, subjects, api.get("/api/sandboxes/10").json()["sent_messages_count"]

        state = read_state()
        assert state[0] == expected | {1: "All"}
        assert state[1] == sorted(name.rstrip("!") for name in expected.values())
        assert state[2] == CLIENTS * ROUNDS
        assert [entry["n"] for entry in emulator.journal()] == list(range(1, 5 * CLIENTS * ROUNDS + 3))
        emulator.kill()
    with Emulator("--rate-limits", "off", "--state", str(tmp_path / "state")) as emulator:
        api = make_client(emulator)
        assert read_state() == state


def test_only_one_of_64_clients_creates_the_same_contact(make_client, emulator):
    emulator.limits(rate_limits="off")

    def create(client, number):
        return client.post("/api/contacts", json={"contact": {"email": "ann@example.com"}}).status_code

    assert sorted(run_concurrently(make_client, emulator, create)) == [201] + [422] * (CLIENTS - 1)


def measure_work(function):
    """Call a function. Return the number of function calls, and the peak of the allocated bytes."""
    calls = 0

    def profile(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    tracemalloc.start()
    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(None)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return calls, peak


def test_listing_messages_costs_the_same_in_full_and_small_sandboxes():
    world = create_world()
    create_start_state(world, "token")
    seed_document(world, list_seeds(), {"projects": [{"id": 1, "name": "P"}]})
    for key in (30, FULL_SANDBOX):
        seed_document(
            world, list_seeds(), {"sandboxes": [{"id": key, "project_id": 1, "name": "S", "max_size": FULL_SANDBOX}]}
        )
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
        response, _ = app.answer(GENERAL, path.removeprefix("/api/"), request, time.perf_counter())
        assert response.status == 200
        assert response.body.count(b'"subject"') == 30

    for query in ("", "page=1"):
        # The first call fills caches.
        list_messages(30, query)
        small = measure_work(lambda query=query: list_messages(30, query))
        full = measure_work(lambda query=query: list_messages(FULL_SANDBOX, query))
        assert full[0] == small[0]
        assert full[1] < small[1] + 20_000
    assert len(world.store["messages"]) == FULL_SANDBOX + 30
