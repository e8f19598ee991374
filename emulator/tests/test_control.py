# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control plane: reset, seed, dump, clock, journal, limits."""

import base64
import re
from datetime import UTC, datetime

import httpx
import pytest

from mailtrap_emulator.control.journal import Journal
from mailtrap_emulator.http.call import Request
from mailtrap_emulator.http.responses import Response
from mailtrap_emulator.testing import EmulatorError


def test_reset_restores_the_start_state(api, emulator, deliver, mail):
    start_counts = {table: len(rows) for table, rows in emulator.dump().items()}
    api.post("/api/send", json=mail)
    deliver()
    emulator.seed(accounts=[{"name": "Other"}])
    emulator.limits(projects=1)
    emulator.clock(advance=1e6)
    emulator.fault(status=500)
    emulator.reset()
    assert api.get("/api/projects").json() == []
    assert emulator.outbox() == []
    assert emulator.limits()["projects"] is None
    assert [entry["path"] for entry in emulator.journal()] == ["/api/projects"]
    counts = {table: len(rows) for table, rows in emulator.dump().items()}
    assert (
        counts.items()
        >= {
            table: count for table, count in start_counts.items() if table in ("accounts", "api_tokens", "domains")
        }.items()
    )
    assert [row["name"] for row in emulator.dump()["accounts"]] == ["Emulated account"]


def test_a_reset_with_a_random_seed_is_reproducible(api, emulator):
    def run():
        emulator.reset(random_seed=7)
        emulator.clock(set="2026-05-01T00:00:00Z", frozen=True)
        project = api.post("/api/projects", json={"project": {"name": "Shop"}}).json()
        api.post(f"/api/projects/{project['id']}/sandboxes", json={"sandbox": {"name": "QA"}})
        return api.get("/api/projects").content

    assert run() == run()


def test_seeding_with_ids(api, emulator):
    summary = emulator.seed(
        projects=[{"id": 7, "name": "Seven"}],
        sandboxes=[
            {
                "id": 70,
                "project_id": 7,
                "name": "Seventy",
                "username": "u" * 14,
                "password": "p" * 14,
                "alias": "alias",
                "address_hash": "abcdef",
                "email_username_enabled": True,
                "status": "pending",
                "max_size": 10,
                "max_message_size": 5242880,
            }
        ],
        email_templates=[{"id": 700, "name": "T", "uuid": "11111111-1111-4111-8111-111111111111", "body_text": "b"}],
    )
    assert summary == {"planted": {"projects": 1, "sandboxes": 1, "email_templates": 1}}
    sandbox = api.get("/api/sandboxes/70").json()
    assert (sandbox["username"], sandbox["password"]) == ("u" * 14, "p" * 14)
    assert (sandbox["email_username"], sandbox["email_username_enabled"]) == ("alias-abcdef", True)
    assert (sandbox["status"], sandbox["max_size"], sandbox["max_message_size"]) == ("pending", 10, 5242880)
    assert api.get("/api/email_templates/700").json()["uuid"] == "11111111-1111-4111-8111-111111111111"


def test_the_order_of_a_seed_document_does_not_matter(api, emulator):
    emulator.seed(
        {
            "messages": [{"id": 1, "sandbox_id": 70, "raw": "Subject: seeded\n\nbody\n", "is_read": True}],
            "sandboxes": [{"id": 70, "project_id": 7, "name": "Seventy"}],
            "projects": [{"id": 7, "name": "Seven"}],
        }
    )
    (message,) = api.get("/api/sandboxes/70/messages").json()
    assert (message["subject"], message["is_read"]) == ("seeded", True)
    assert api.get("/api/sandboxes/70/messages/1/body.raw").content == b"Subject: seeded\r\n\r\nbody\r\n"


def test_new_ids_are_above_seeded_ids(api, emulator):
    emulator.seed(projects=[{"id": 9_000_000, "name": "High"}, {"id": 3, "name": "Low"}])
    assert api.post("/api/projects", json={"project": {"name": "Next"}}).json()["id"] == 9_000_001


def test_seeding_a_message_with_its_time(api, emulator, sandbox, mail):
    message = mail | {"sandbox_id": sandbox["id"], "created_at": "2026-01-04T11:17:56.575-12:00"}
    emulator.seed(messages=[message])
    assert api.get(f"/api/sandboxes/{sandbox['id']}/messages").json()[0]["created_at"] == "2026-01-04T23:17:56.575Z"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "The seed document must be an object."),
        ({"nonsense": []}, None),
        ({"projects": {}}, "projects must be a list."),
        ({"projects": [7]}, "projects[0] must be an object."),
        ({"projects": [{}]}, "projects[0]: name is required."),
        ({"projects": [{"name": 7}]}, "projects[0]: name must be a text."),
        ({"projects": [{"name": "a"}, {"name": "b", "colour": 1}]}, "projects[1]: unknown field colour."),
        ({"projects": [{"name": "a", "id": 0}]}, "projects[0]: id must be between 1 and 2^63."),
        ({"projects": [{"name": "a", "id": True}]}, "projects[0]: id must be a whole number."),
        (
            {"projects": [{"name": "a", "id": 5}, {"name": "b", "id": 5}]},
            "projects[1]: there is a row 5 in projects already.",
        ),
        ({"projects": [{"name": "a", "account_id": 5}]}, "projects[0]: there is no row 5 in accounts."),
        ({"sandboxes": [{"name": "a", "project_id": 5}]}, "sandboxes[0]: there is no row 5 in projects."),
        (
            {"api_tokens": [{"name": "a", "token": "x"}, {"name": "b", "token": "x"}]},
            "Another object already has token x.",
        ),
        ({"api_tokens": [{"name": "a", "expires_at": "soon"}]}, "api_tokens[0]: expires_at must be an ISO-8601 time."),
        ({"api_tokens": [{"name": "a", "resources": [{}]}]}, "api_tokens[0].resources[0]: access_level is required."),
        ({"limits": {"nonsense": 1}}, None),
        ({"limits": []}, "The limits must be an object."),
    ],
)
def test_invalid_seed_documents(emulator, document, message):
    with pytest.raises(EmulatorError) as error:
        emulator.control("POST", "seed", document)
    assert message is None or str(error.value) == message


def test_invalid_seed_messages(emulator, sandbox, mail):
    for fields, message in (
        ({"from": {}}, "messages[0]: 'from' is required."),
        ({"created_at": "soon"}, "messages[0]: created_at must be an ISO-8601 time."),
        ({"raw": 7}, "messages[0]: raw must be a text."),
    ):
        with pytest.raises(EmulatorError, match=re.escape(message)):
            emulator.seed(messages=[mail | {"sandbox_id": sandbox["id"]} | fields])


def test_control_requests_that_are_not_json(emulator):
    for path in ("seed", "faults", "limits", "clock"):
        response = httpx.post(f"{emulator.api_url}/_emulator/{path}", content=b"{")
        assert response.status_code == 400
        assert response.json() == {"error": "The body must be JSON."}


def test_dump_shows_every_table_with_raw_messages_in_base64(emulator, sandbox, deliver):
    message_id = deliver()
    dump = emulator.dump()
    assert dump["messages"][0]["id"] == message_id
    assert base64.b64decode(dump["raw_messages"][0]["raw"]).startswith(b"From: ")
    assert dump["sandboxes"][0]["password"] == sandbox["password"]


def test_the_clock_moves_everything(api, emulator):
    emulator.clock(set="2030-01-01T00:00:00+01:00")
    moment = emulator.clock()
    assert moment["now"].startswith("2029-12-31T23:00:")
    assert emulator.clock(advance=3600)["now"].startswith("2030-01-01T00:00:")
    assert emulator.clock(advance=-3600)["now"].startswith("2029-12-31T23:00:")
    template = {"email_template": {"name": "n", "category": "c", "subject": "s"}}
    assert api.post("/api/email_templates", json=template).json()["created_at"].startswith("2029-12-31T23:00:")


def test_the_clock_can_be_frozen(emulator):
    frozen = emulator.clock(frozen=True)
    assert emulator.clock()["now"] == frozen["now"]
    assert emulator.clock(advance=60)["time"] == pytest.approx(frozen["time"] + 60)
    running = emulator.clock(frozen=False)
    assert running["frozen"] is False
    assert 0 <= running["time"] - frozen["time"] - 60 < 5


@pytest.mark.parametrize(
    "change",
    [{"set": "soon"}, {"set": "9999-12-31T23:59:59Z"}, {"advance": 1e300}, {"advance": "1"}, {"turn": 1}, {"set": 7}],
)
def test_invalid_clock_changes(emulator, change):
    before = emulator.clock()["time"]
    with pytest.raises(EmulatorError):
        emulator.clock(**change)
    assert abs(emulator.clock()["time"] - before) < 5


def test_journal_entries(api, emulator, project):
    emulator.clear_journal()
    api.get("/api/sandboxes?a=1&b[]=2", headers={"X-Mark": "seen"})
    api.patch(f"/api/accounts/{emulator.account_id}/projects/{project['id']}", json={"project": {"name": "Größe"}})
    api.post("/api/send", content=b"\xffrubbish")
    first, second, third = emulator.journal()
    assert [entry["n"] for entry in (first, second, third)] == [1, 2, 3]
    assert (first["method"], first["path"], first["query"], first["status"]) == (
        "GET",
        "/api/sandboxes",
        "a=1&b[]=2",
        200,
    )
    assert (first["host_kind"], first["body"], first["fault"]) == ("general", None, None)
    assert first["headers"]["x-mark"] == "seen"
    assert second["body"] == {"project": {"name": "Größe"}}
    assert second["path"] == f"/api/accounts/{emulator.account_id}/projects/{project['id']}"
    assert (third["host_kind"], third["status"], third["body"]) == ("transactional", 400, "\ufffdrubbish")
    assert [entry["n"] for entry in emulator.journal(since=2)] == [3]


def test_the_journal_contains_the_answers(api, emulator, project):
    emulator.clear_journal()
    json = "application/json; charset=utf-8"
    listed = api.get("/api/projects").json()
    api.head("/api/projects")
    api.post("/api/projects", content=b"")
    api.delete("/api/account_accesses/x")
    assert [entry["answer"] for entry in emulator.journal()] == [
        {"content_type": json, "body": listed},
        {"content_type": json, "body": None},
        {"content_type": "text/html; charset=UTF-8", "body": None},
        {"content_type": json, "body": {"error": "Not Found"}},
    ]


def test_the_journal_truncates_answers_to_a_megabyte(api, emulator, deliver, sandbox):
    message_id = deliver(text="x" * 1_200_000)
    text = api.get(f"/api/sandboxes/{sandbox['id']}/messages/{message_id}/body.txt").text
    assert emulator.journal()[-1]["answer"]["body"] == text[:1_000_000]
    assert len(text) > 1_000_000


def test_the_journal_removes_the_oldest_bodies(monkeypatch):
    monkeypatch.setattr("mailtrap_emulator.control.journal.MAX_BODIES", 100)
    journal = Journal()

    def open_entry():
        request = Request("POST", "/api/send", "", {}, b"x" * 10, "")
        return journal.open(datetime.now(UTC), "transactional", request)

    slow = open_entry()
    for _ in range(5):
        journal.close(open_entry(), Response(200, b"y" * 40))
    journal.close(slow, Response(200, b"y" * 90))
    assert [entry["n"] for entry in journal.since(0)] == [5, 6]


def test_the_journal_masks_a_new_token(api, emulator):
    grant = {"resource_type": "account", "resource_id": emulator.account_id, "access_level": 100}
    created = api.post("/api/api_tokens", json={"name": "CI", "resources": [grant]}).json()
    (entry,) = emulator.journal()
    assert entry["answer"]["body"] == created | {"token": "***"}


def test_the_journal_masks_tokens_and_ignores_the_control_plane(emulator):
    for headers in ({"Authorization": f"Bearer {emulator.token}"}, {"Api-Token": emulator.token}):
        httpx.get(f"{emulator.api_url}/api/accounts", headers=headers)
    emulator.dump()
    entries = emulator.journal()
    assert len(entries) == 2
    assert emulator.token not in str(entries)
    assert entries[0]["headers"]["authorization"] == entries[1]["headers"]["api-token"] == "***"


def test_the_journal_contains_unknown_routes_and_unauthorized_requests(api, emulator):
    api.get("/nonsense")
    httpx.get(f"{emulator.api_url}/api/accounts")
    assert [entry["status"] for entry in emulator.journal()] == [404, 401]


def test_limits_are_read_and_set(emulator):
    emulator.limits(projects=3, rate_limits="off", message_utc_offset="+05:30")
    limits = emulator.limits()
    assert (limits["projects"], limits["rate_limits"], limits["message_utc_offset"]) == (3, False, "+05:30")


@pytest.mark.parametrize(
    "limits",
    [
        {"projects": -1},
        {"projects": "3"},
        {"projects": True},
        {"max_size": 0},
        {"max_size": None},
        {"rate_limits": "maybe"},
        {"rate_scale": 0},
        {"message_utc_offset": "12"},
        {"message_utc_offset": 12},
        {"message_utc_offset": "+25:00"},
        {"unverified_domain_status": 500},
        {"blacklist_seconds": -1},
        {"nonsense": 1},
    ],
)
def test_invalid_limits(emulator, limits):
    before = emulator.limits()
    with pytest.raises(EmulatorError):
        emulator.limits(**limits)
    assert emulator.limits() == before


@pytest.mark.parametrize(
    ("path", "method"), [("journal", "POST"), ("nonsense", "GET"), ("reset", "GET"), ("faults", "GET"), ("", "GET")]
)
def test_unknown_control_requests(emulator, path, method):
    response = httpx.request(method, f"{emulator.api_url}/_emulator/{path}")
    assert response.status_code in (404, 405)
