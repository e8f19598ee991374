# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many clients at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def parallel(emulator, client_of):
    """Runs a function of a client and a number many times, eight at once; the results in order."""
    emulator.limits(rate_limits="off")
    local = threading.local()

    def run(function, times):
        def work(number):
            if not hasattr(local, "client"):
                local.client = client_of(emulator)
            return function(local.client, number)

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(work, range(times)))

    return run


def test_ids_are_unique_under_parallel_creates(api, parallel):
    body = {"project": {"name": "Same"}}
    ids = parallel(lambda client, _: client.post("/api/projects", json=body).json()["id"], 200)
    assert len(set(ids)) == 200
    assert [project["id"] for project in api.get("/api/projects").json()] == sorted(ids)


def test_no_message_and_no_count_is_lost(api, sandbox, mail, parallel):
    path = f"/api/send/{sandbox['id']}"
    ids = parallel(lambda client, _: client.post(path, json=mail).json()["message_ids"][0], 200)
    assert len(set(ids)) == 200
    after = api.get(f"/api/sandboxes/{sandbox['id']}").json()
    assert (after["emails_count"], after["emails_unread_count"], after["sent_messages_count"]) == (200, 200, 200)


def test_toggles_are_not_lost(api, sandbox, parallel):
    path = f"/api/sandboxes/{sandbox['id']}/toggle_email_username"
    states = parallel(lambda client, _: client.patch(path).json()["email_username_enabled"], 101)
    assert sorted(states) == [False] * 50 + [True] * 51
    assert api.get(f"/api/sandboxes/{sandbox['id']}").json()["email_username_enabled"] is True


def test_the_plan_limit_holds(api, emulator, parallel):
    emulator.limits(projects=10)
    body = {"project": {"name": "Same"}}
    statuses = parallel(lambda client, _: client.post("/api/projects", json=body).status_code, 40)
    assert sorted(statuses) == [200] * 10 + [422] * 30


def test_one_delete_wins(project, parallel):
    statuses = parallel(lambda client, _: client.delete(f"/api/projects/{project['id']}").status_code, 20)
    assert sorted(statuses) == [200] + [404] * 19


def test_the_journal_counts_without_gaps(emulator, parallel):
    emulator.clear_journal()
    parallel(lambda client, _: client.get("/api/accounts"), 100)
    assert [entry["n"] for entry in emulator.journal()] == list(range(1, 101))
