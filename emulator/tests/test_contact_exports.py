# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact exports (docs/service.md#contact-jobs)."""

import base64
import csv
import gzip
import io
import re

import httpx
import pytest

from mailtrap_emulator.testing import Emulator

BASE = "/api/contacts/exports"
KEYS = ["id", "created_at", "updated_at", "status", "url"]
RUNNING = "There is a previous export initiated. You will be notified by email once it is completed."


@pytest.fixture(autouse=True)
def contacts(emulator):
    """Add three contacts in two lists and a contact field, and freeze the clock."""
    emulator.seed(
        contact_lists=[{"id": number, "name": f"List {number}"} for number in (1, 2)],
        contact_fields=[{"name": "Is VIP", "data_type": "boolean", "merge_tag": "is_vip"}],
    )
    emulator.clock(set="2026-04-28T12:40:45.519Z", frozen=True)
    for contact in (
        {"email": "ann@example.com", "list_ids": [1, 2], "fields": {"first_name": 'Ann "A", Ü\n', "is_vip": True}},
        {"email": "bob@example.com", "list_ids": [2], "unsubscribed": True},
        {"email": "eve@example.com"},
    ):
        emulator.seed(contacts=[contact])
        emulator.clock(advance=1)
    emulator.limits(contact_job_seconds=10)


@pytest.fixture
def start(api):
    """Return a function that starts an export and returns the response."""

    def start(*filters):
        response = api.post(BASE, json={"filters": filters})
        assert response.status_code == 201, response.text
        return response.json()

    return start


@pytest.fixture
def export(api, emulator, start):
    """Return a function that runs an export and returns the rows of its file and the finished export."""

    def export(*filters):
        path = f"{BASE}/{start(*filters)['id']}"
        emulator.clock(advance=10)
        finished = api.get(path).json()
        content = httpx.get(finished["url"], trust_env=False).content
        return list(csv.DictReader(io.StringIO(gzip.decompress(content).decode(), newline=""))), finished

    return export


def test_export_passes_through_its_statuses(api, emulator, start):
    created = start()
    assert list(created) == KEYS
    stamp = "2026-04-28T12:40:48.519Z"
    assert created == {"id": created["id"], "created_at": stamp, "updated_at": stamp, "status": "created", "url": None}
    path = f"{BASE}/{created['id']}"
    assert api.get(path).json() == created
    emulator.clock(advance=5)
    assert api.get(path).json() == created | {"status": "started", "updated_at": "2026-04-28T12:40:53.519Z"}
    emulator.clock(advance=5)
    finished = api.get(path).json()
    assert list(finished) == KEYS
    assert (finished["status"], finished["created_at"]) == ("finished", stamp)
    assert finished["updated_at"] == "2026-04-28T12:40:58.519Z"
    assert re.fullmatch(
        rf"{re.escape(emulator.api_url)}/api/[\w/]+\.csv\.gz\?expires=\d+&signature=\w{{64}}", finished["url"]
    )
    emulator.clock(advance=100)
    scoped = api.get(f"/api/accounts/1234567/contacts/exports/{created['id']}").json()
    assert scoped["updated_at"] == finished["updated_at"]


def test_file_contains_all_contacts(export):
    rows, _ = export()
    times = [f"2026-04-28T12:40:4{second}.519Z" for second in (5, 6, 7)]
    common = {"first_name": "", "last_name": "", "is_vip": "", "status": "subscribed", "list_ids": ""}
    assert list(rows[0]) == [
        "email",
        "first_name",
        "last_name",
        "is_vip",
        "status",
        "list_ids",
        "created_at",
        "updated_at",
    ]
    assert rows == [
        common
        | {"email": "ann@example.com", "first_name": 'Ann "A", Ü\n', "is_vip": "true", "list_ids": "1 2"}
        | {"created_at": times[0], "updated_at": times[0]},
        common
        | {"email": "bob@example.com", "status": "unsubscribed", "list_ids": "2"}
        | {"created_at": times[1], "updated_at": times[1]},
        common | {"email": "eve@example.com", "created_at": times[2], "updated_at": times[2]},
    ]


def test_file_reflects_the_contacts_when_the_export_ends(api, emulator, start):
    path = f"{BASE}/{start()['id']}"
    api.delete("/api/contacts/ann@example.com")
    emulator.clock(advance=10)
    api.delete("/api/contacts/bob@example.com")
    content = gzip.decompress(httpx.get(api.get(path).json()["url"], trust_env=False).content).decode()
    assert [row["email"] for row in csv.DictReader(io.StringIO(content))] == ["bob@example.com", "eve@example.com"]


def list_filter(*ids):
    return {"name": "list_id", "operator": "equal", "value": list(ids)}


def status_filter(status):
    return {"name": "subscription_status", "operator": "equal", "value": status}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([list_filter(1)], ["ann"]),
        ([list_filter(2)], ["ann", "bob"]),
        ([list_filter(1, 2)], ["ann", "bob"]),
        ([list_filter(77)], []),
        ([list_filter()], []),
        ([status_filter("subscribed")], ["ann", "eve"]),
        ([status_filter("unsubscribed")], ["bob"]),
        ([list_filter(2), status_filter("subscribed")], ["ann"]),
        ([list_filter(1), list_filter(2)], ["ann"]),
    ],
    ids=str,
)
def test_export_is_filtered(export, filters, expected):
    rows, _ = export(*filters)
    assert [row["email"].partition("@")[0] for row in rows] == expected


@pytest.mark.parametrize(
    "filters",
    [
        "x",
        {},
        {"name": "list_id"},
        5,
        False,
        ["x"],
        [{}],
        [{"name": "list_id", "operator": "equal"}],
        [list_filter(1) | {"operator": "not_equal"}],
        [list_filter(1) | {"value": 1}],
        [list_filter(1) | {"value": "1"}],
        [list_filter("1")],
        [list_filter(True)],
        [list_filter([1])],
        [status_filter("pending")],
        [status_filter(["subscribed"])],
        [status_filter({})],
        [list_filter(1) | {"name": "email"}],
        [list_filter(1), list_filter(1) | {"name": []}],
    ],
    ids=str,
)
def test_invalid_filters_are_rejected(api, emulator, filters):
    response = api.post(BASE, json={"filters": filters})
    assert (response.status_code, response.json()) == (422, {"errors": {"filters": "invalid"}})
    assert emulator.dump()["contact_exports"] == []


@pytest.mark.parametrize("body", [None, {}, [], {"filters": None}, {"filters": []}])
def test_export_without_filters_contains_all_contacts(api, body):
    assert api.post(BASE, json=body).status_code == 201


def test_second_concurrent_export_is_rejected(api, emulator, start, make_client):
    start()
    response = api.post(BASE, json={"filters": []})
    assert (response.status_code, response.json()) == (422, {"errors": {"base": [RUNNING]}})
    emulator.seed(
        accounts=[{"id": 2_000_000, "name": "Other"}],
        api_tokens=[{"name": "other", "token": "other", "account_id": 2_000_000}],
    )
    assert make_client(emulator, "other").post(BASE, json={}).status_code == 201
    emulator.clock(advance=9.9)
    assert api.post(BASE, json={}).status_code == 422
    emulator.clock(advance=0.1)
    start()


def test_file_url_needs_no_token_and_expires(api, emulator, export):
    _, finished = export()
    url = finished["url"]
    response = httpx.get(url, trust_env=False)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/gzip")
    assert response.headers["content-disposition"] == f'attachment; filename="contacts-{finished["id"]}.csv.gz"'
    for bad in (
        url[:-1],
        url.replace("signature=", "signature=é"),
        url.replace("expires=", "expires=9"),
        url.replace(f"/{finished['id']}.csv", "/1.csv"),
        url.replace(f"/{finished['id']}.csv", "/%00.csv"),
        url.partition("?")[0],
    ):
        assert httpx.get(bad, trust_env=False).status_code == 403, bad
        assert api.get(bad).status_code == 403
    emulator.clock(advance=3601)
    assert httpx.get(url, trust_env=False).status_code == 403
    again = api.get(f"{BASE}/{finished['id']}").json()
    assert again == finished | {"url": again["url"]}
    assert httpx.get(again["url"], trust_env=False).content == response.content


@pytest.mark.parametrize("key", ["0", "-1", "x", "9" * 30, "1"])
def test_unknown_export_is_not_found(api, key):
    response = api.get(f"{BASE}/{key}")
    assert (response.status_code, response.json()) == (404, {"error": "Not Found"})


def test_exports_of_another_account_are_not_found(emulator, start, make_client):
    emulator.seed(
        accounts=[{"id": 2_000_000, "name": "Other"}],
        api_tokens=[{"name": "other", "token": "other", "account_id": 2_000_000}],
    )
    assert make_client(emulator, "other").get(f"{BASE}/{start()['id']}").status_code == 404


def test_restart_keeps_the_job_and_the_file(tmp_path, make_client):
    state = str(tmp_path / "state")
    with Emulator("--state", state) as emulator:
        emulator.limits(contact_job_seconds=3600)
        api = make_client(emulator)
        items = [{"email": "ann@example.com", "fields": {"first_name": "Ann"}}]
        import_id = api.post("/api/contacts/imports", json={"contacts": items}).json()["id"]
        export_id = api.post(BASE, json={}).json()["id"]
        emulator.kill()
        emulator.start()
        api = make_client(emulator)
        assert api.get(f"/api/contacts/imports/{import_id}").json()["status"] == "created"
        emulator.clock(advance=3600)
        assert api.get(f"/api/contacts/imports/{import_id}").json()["created_contacts_count"] == 1
        content = api.get(api.get(f"{BASE}/{export_id}").json()["url"]).content
        emulator.kill()
        emulator.start()
        api = make_client(emulator)
        contact = api.get("/api/contacts/ann@example.com").json()["data"]
        assert contact["fields"] == {"first_name": "Ann", "last_name": None}
        assert api.get(api.get(f"{BASE}/{export_id}").json()["url"]).content == content
        assert b"ann@example.com,Ann" in gzip.decompress(content)
        assert base64.b64decode(emulator.dump()["contact_exports"][0]["raw"]) == content
