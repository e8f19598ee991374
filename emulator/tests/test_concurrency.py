# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Concurrent requests."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def parallel(emulator, make_client):
    """Return a function that calls another one repeatedly in eight threads, and returns the results in order.

    The arguments of each call are a client and the number of the call.
    """
    emulator.limits(rate_limits="off")
    local = threading.local()

    def run(function, count):
        def call(number):
            if not hasattr(local, "client"):
                local.client = make_client(emulator)
            return function(local.client, number)

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(call, range(count)))

    return run


def test_ids_are_unique_under_parallel_creates(api, parallel):
    body = {"project": {"name": "Same"}}
    ids = parallel(lambda client, _: client.post("/api/projects", json=body).json()["id"], 200)
    assert len(set(ids)) == 200
    assert [project["id"] for project in api.get("/api/projects").json()] == sorted(ids)


def test_no_message_is_lost(api, sandbox, mail, parallel):
    path = f"/api/send/{sandbox['id']}"
    ids = parallel(lambda client, _: client.post(path, json=mail).json()["message_ids"][0], 200)
    assert len(set(ids)) == 200
    updated = api.get(f"/api/sandboxes/{sandbox['id']}").json()
    assert (updated["emails_count"], updated["emails_unread_count"], updated["sent_messages_count"]) == (200, 200, 200)


def test_no_toggle_is_lost(api, sandbox, parallel):
    path = f"/api/sandboxes/{sandbox['id']}/toggle_email_username"
    states = parallel(lambda client, _: client.patch(path).json()["email_username_enabled"], 101)
    assert sorted(states) == [False] * 50 + [True] * 51
    assert api.get(f"/api/sandboxes/{sandbox['id']}").json()["email_username_enabled"] is True


def test_the_plan_limit_is_never_exceeded(api, emulator, parallel):
    emulator.limits(projects=10)
    body = {"project": {"name": "Same"}}
    statuses = parallel(lambda client, _: client.post("/api/projects", json=body).status_code, 40)
    assert sorted(statuses) == [200] * 10 + [422] * 30


def test_only_one_deletion_succeeds(project, parallel):
    statuses = parallel(lambda client, _: client.delete(f"/api/projects/{project['id']}").status_code, 20)
    assert sorted(statuses) == [200] + [404] * 19


def test_the_journal_numbers_all_requests(emulator, parallel):
    emulator.clear_journal()
    parallel(lambda client, _: client.get("/api/accounts"), 100)
    assert [entry["n"] for entry in emulator.journal()] == list(range(1, 101))
