# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact exports (facts 3.17)."""

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
def book(emulator):
    """Three contacts in two lists, a field, and a clock that stands."""
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
    def start(*filters):
        answer = api.post(BASE, json={"filters": filters})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return start


@pytest.fixture
def export(api, emulator, start):
    """The rows of the file of an export, and the finished export."""

    def export(*filters):
        path = f"{BASE}/{start(*filters)['id']}"
        emulator.clock(advance=10)
        finished = api.get(path).json()
        content = httpx.get(finished["url"], trust_env=False).content
        return list(csv.DictReader(io.StringIO(gzip.decompress(content).decode(), newline=""))), finished

    return export


def test_an_export_takes_its_time(api, emulator, start):
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


def test_the_file(export):
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


def test_the_file_is_of_the_moment_at_which_the_export_ends(api, emulator, start):
    path = f"{BASE}/{start()['id']}"
    api.delete("/api/contacts/ann@example.com")
    emulator.clock(advance=10)
    api.delete("/api/contacts/bob@example.com")
    content = gzip.decompress(httpx.get(api.get(path).json()["url"], trust_env=False).content).decode()
    assert [row["email"] for row in csv.DictReader(io.StringIO(content))] == ["bob@example.com", "eve@example.com"]


def of_list(*ids):
    return {"name": "list_id", "operator": "equal", "value": list(ids)}


def of_status(status):
    return {"name": "subscription_status", "operator": "equal", "value": status}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([of_list(1)], ["ann"]),
        ([of_list(2)], ["ann", "bob"]),
        ([of_list(1, 2)], ["ann", "bob"]),
        ([of_list(77)], []),
        ([of_list()], []),
        ([of_status("subscribed")], ["ann", "eve"]),
        ([of_status("unsubscribed")], ["bob"]),
        ([of_list(2), of_status("subscribed")], ["ann"]),
        ([of_list(1), of_list(2)], ["ann"]),
    ],
    ids=str,
)
def test_filters(export, filters, found):
    rows, _ = export(*filters)
    assert [row["email"].partition("@")[0] for row in rows] == found


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
        [of_list(1) | {"operator": "not_equal"}],
        [of_list(1) | {"value": 1}],
        [of_list(1) | {"value": "1"}],
        [of_list("1")],
        [of_list(True)],
        [of_list([1])],
        [of_status("pending")],
        [of_status(["subscribed"])],
        [of_status({})],
        [of_list(1) | {"name": "email"}],
        [of_list(1), of_list(1) | {"name": []}],
    ],
    ids=str,
)
def test_invalid_filters(api, emulator, filters):
    answer = api.post(BASE, json={"filters": filters})
    assert (answer.status_code, answer.json()) == (422, {"errors": {"filters": "invalid"}})
    assert emulator.dump()["contact_exports"] == []


@pytest.mark.parametrize("body", [None, {}, [], {"filters": None}, {"filters": []}])
def test_no_filters_at_all(api, body):
    assert api.post(BASE, json=body).status_code == 201


def test_one_at_a_time(api, emulator, start, client_of):
    start()
    answer = api.post(BASE, json={"filters": []})
    assert (answer.status_code, answer.json()) == (422, {"errors": {"base": [RUNNING]}})
    emulator.seed(
        accounts=[{"id": 2_000_000, "name": "Other"}],
        api_tokens=[{"name": "other", "token": "other", "account_id": 2_000_000}],
    )
    assert client_of(emulator, "other").post(BASE, json={}).status_code == 201
    emulator.clock(advance=9.9)
    assert api.post(BASE, json={}).status_code == 422
    emulator.clock(advance=0.1)
    start()


def test_the_address_needs_no_token_and_runs_out(api, emulator, export):
    _, finished = export()
    url = finished["url"]
    answer = httpx.get(url, trust_env=False)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/gzip")
    assert answer.headers["content-disposition"] == f'attachment; filename="contacts-{finished["id"]}.csv.gz"'
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
    assert httpx.get(again["url"], trust_env=False).content == answer.content


@pytest.mark.parametrize("key", ["0", "-1", "x", "9" * 30, "1"])
def test_unknown_exports(api, key):
    answer = api.get(f"{BASE}/{key}")
    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


def test_other_accounts_see_nothing(emulator, start, client_of):
    emulator.seed(
        accounts=[{"id": 2_000_000, "name": "Other"}],
        api_tokens=[{"name": "other", "token": "other", "account_id": 2_000_000}],
    )
    assert client_of(emulator, "other").get(f"{BASE}/{start()['id']}").status_code == 404


def test_a_restart_loses_neither_the_job_nor_the_file(tmp_path, client_of):
    state = str(tmp_path / "state")
    with Emulator("--state", state) as emulator:
        emulator.limits(contact_job_seconds=3600)
        api = client_of(emulator)
        items = [{"email": "ann@example.com", "fields": {"first_name": "Ann"}}]
        import_id = api.post("/api/contacts/imports", json={"contacts": items}).json()["id"]
        export_id = api.post(BASE, json={}).json()["id"]
        emulator.kill()
        emulator.start()
        api = client_of(emulator)
        assert api.get(f"/api/contacts/imports/{import_id}").json()["status"] == "created"
        emulator.clock(advance=3600)
        assert api.get(f"/api/contacts/imports/{import_id}").json()["created_contacts_count"] == 1
        content = api.get(api.get(f"{BASE}/{export_id}").json()["url"]).content
        emulator.kill()
        emulator.start()
        api = client_of(emulator)
        contact = api.get("/api/contacts/ann@example.com").json()["data"]
        assert contact["fields"] == {"first_name": "Ann", "last_name": None}
        assert api.get(api.get(f"{BASE}/{export_id}").json()["url"]).content == content
        assert b"ann@example.com,Ann" in gzip.decompress(content)
        assert base64.b64decode(emulator.dump()["contact_exports"][0]["raw"]) == content
