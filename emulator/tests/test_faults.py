# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fault injection."""

import time

import httpx
import pytest

from mailtrap_emulator.testing import EmulatorError


def list_project_names(api):
    return [project["name"] for project in api.get("/api/projects").json()]


@pytest.mark.parametrize(
    ("rule", "content", "content_type"),
    [
        ({"json": {"errors": "Unexpected error"}}, b'{"errors":"Unexpected error"}', "application/json; charset=utf-8"),
        ({"json": None}, b"null", "application/json; charset=utf-8"),
        ({"json": 0}, b"0", "application/json; charset=utf-8"),
        ({"text": "Grüße"}, "Grüße".encode(), "text/plain; charset=utf-8"),
        ({"html": "<h1>502</h1>"}, b"<h1>502</h1>", "text/html; charset=utf-8"),
        ({"text": "x", "headers": {"Content-Type": "application/x"}}, b"x", "application/x"),
        ({}, b"", None),
    ],
)
def test_a_replaced_answer(api, emulator, rule, content, content_type):
    emulator.fault(method="POST", path="/projects$", status=502, **rule)
    response = api.post("/api/projects", json={"project": {"name": "Shop"}})
    assert response.status_code == 502
    assert response.content == content
    assert response.headers.get("content-type") == content_type
    assert list_project_names(api) == []


def test_times_and_skip(api, emulator):
    emulator.fault(path="accounts", status=503, times=2, skip=1)
    assert [api.get("/api/accounts").status_code for _ in range(5)] == [200, 503, 503, 200, 200]


def test_a_fault_without_times_lasts_until_cleared(api, emulator):
    emulator.fault(status=500)
    assert {api.get("/api/accounts").status_code for _ in range(5)} == {500}
    emulator.clear_faults()
    assert api.get("/api/accounts").status_code == 200


def test_the_first_matching_rule_applies(api, emulator):
    emulator.fault({"path": "accounts", "status": 500, "times": 1}, {"path": "accounts", "status": 501, "times": 1})
    assert [api.get("/api/accounts").status_code for _ in range(3)] == [500, 501, 200]


def test_the_pattern_matches_the_complete_method(api, emulator):
    emulator.fault(method="GET|HEAD", status=500)
    assert api.get("/api/accounts").status_code == 500
    assert api.post("/api/projects", json={"project": {"name": "Shop"}}).status_code == 200


def test_headers_are_added_to_the_real_answer(api, emulator):
    emulator.fault(headers={"Retry-After": 3}, times=1)
    response = api.get("/api/accounts")
    assert response.status_code == 200
    assert response.headers["retry-after"] == "3"
    assert "retry-after" not in api.get("/api/accounts").headers


def test_an_error_after_the_write(api, emulator):
    emulator.fault(method="POST", path="projects", status=504, when="after", times=1)
    assert api.post("/api/projects", json={"project": {"name": "Shop"}}).status_code == 504
    assert list_project_names(api) == ["Shop"]


@pytest.mark.parametrize(("when", "expected"), [("before", []), ("after", ["Shop"])])
def test_dropped_connections(api, emulator, when, expected):
    emulator.fault(method="POST", path="projects", drop=True, when=when, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        api.post("/api/projects", json={"project": {"name": "Shop"}})
    assert list_project_names(api) == expected


def test_a_truncated_body(api, emulator, project):
    complete = api.get("/api/projects").content
    emulator.fault(truncate=True, times=1)
    with api.stream("GET", "/api/projects") as response:
        assert response.headers["content-length"] == str(len(complete))
        pieces = response.iter_raw(1)
        received = b"".join(next(pieces) for _ in range(len(complete) // 2))
        with pytest.raises(httpx.RemoteProtocolError):
            next(pieces)
    assert received == complete[: len(complete) // 2]
    assert list_project_names(api) == ["Shop"]


def test_a_truncated_replaced_answer(api, emulator):
    emulator.fault(status=200, json={"a": "b" * 100}, truncate=True, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        api.get("/api/projects")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_delay(api, emulator, when):
    emulator.fault(delay=0.3, when=when, times=1)
    started = time.perf_counter()
    assert api.get("/api/accounts").status_code == 200
    assert 0.3 <= time.perf_counter() - started < 2


def test_a_delay_does_not_block_other_requests(api, emulator, make_client):
    emulator.fault(path="accounts", delay=5, times=1)
    with pytest.raises(httpx.ReadTimeout):
        api.get("/api/accounts", timeout=0.2)
    started = time.perf_counter()
    assert api.get("/api/projects").status_code == 200
    assert time.perf_counter() - started < 2


def test_the_journal_names_the_fault(api, emulator):
    emulator.fault(status=503, delay=0.01, times=1)
    api.get("/api/accounts")
    emulator.fault(drop=True, when="after", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        api.get("/api/accounts")
    first, second = emulator.journal()
    assert (first["status"], first["fault"], first["answer"]) == (
        503,
        "delay status",
        {"content_type": None, "body": None},
    )
    assert (second["status"], second["fault"], second["answer"]) == (200, "drop", None)


def test_faults_on_the_sending_hosts(make_client, emulator, mail):
    # The validating client would reject the answer, because answers of the sending hosts do not show faults.
    api = make_client(emulator, client_class=httpx.Client)
    emulator.fault(path="^/api/send$", status=429, json={"success": False, "errors": ["Rate limit exceeded"]}, times=1)
    assert [api.post("/api/send", json=mail).status_code for _ in range(2)] == [429, 200]
    assert len(emulator.outbox()) == 1


def test_faults_do_not_affect_the_control_plane(emulator):
    emulator.fault(status=500)
    assert emulator.journal() == []


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({}, "faults[0]: a fault needs an effect: status, headers, delay, drop or truncate."),
        ({"status": 500, "when": "never"}, "faults[0]: when must be before or after."),
        ({"status": 99}, "faults[0]: status must be between 200 and 599."),
        ({"status": "500"}, "faults[0]: status must be a whole number."),
        ({"status": True}, "faults[0]: status must be a whole number."),
        ({"status": 500, "times": 0}, "faults[0]: times must be at least 1."),
        ({"status": 500, "path": "("}, None),
        ({"json": {}}, "faults[0]: json needs a status."),
        ({"status": 500, "json": {}, "text": ""}, "faults[0]: give one body, not json and text."),
        ({"status": 500, "text": 7}, "faults[0]: text must be a text."),
        ({"delay": -1}, "faults[0]: skip cannot be negative, and delay is 0 to 3600 seconds."),
        ({"status": 500, "colour": 1}, "faults[0]: unknown field colour."),
        ({"headers": {"a b": "c"}}, "faults[0]: a b is not a header."),
        ({"headers": {"a": "b\r\nc: d"}}, "faults[0]: a is not a header."),
        ("x", "faults[0] must be an object."),
    ],
)
def test_invalid_rules(api, emulator, rule, message):
    with pytest.raises(EmulatorError) as error:
        emulator.control("POST", "faults", [rule])
    assert message is None or str(error.value) == message
    assert api.get("/api/accounts").status_code == 200
