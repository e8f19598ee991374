# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact imports (docs/service.md#contact-jobs)."""

import pytest

BASE = "/api/contacts/imports"
COUNTS = ["created_contacts_count", "updated_contacts_count", "contacts_over_limit_count"]


@pytest.fixture(autouse=True)
def directory(emulator):
    """Add the lists 1 to 3 and a date field, and freeze the clock."""
    emulator.seed(
        contact_lists=[{"id": number, "name": f"List {number}"} for number in (1, 2, 3)],
        contact_fields=[{"name": "Born", "data_type": "date", "merge_tag": "born"}],
    )
    emulator.limits(contact_job_seconds=10)
    emulator.clock(frozen=True)


@pytest.fixture
def start(api):
    """Return a function that starts an import and returns the response."""

    def start(*contacts):
        response = api.post(BASE, json={"contacts": contacts})
        assert response.status_code == 201, response.text
        return response.json()

    return start


@pytest.fixture
def contact(api):
    """Return a function that reads a contact."""

    def contact(email):
        return api.get(f"/api/contacts/{email}").json()["data"]

    return contact


def test_import_passes_through_its_statuses(api, emulator, start, contact):
    existing = {"email": "Old@example.com", "fields": {"first_name": "Old", "last_name": "Lee"}, "list_ids": [1, 2]}
    api.post("/api/contacts", json={"contact": existing})
    created = start(
        {"email": "new@example.com", "fields": {"born": "2000-01-01"}, "list_ids_included": [1, 3]},
        {"email": "old@example.com", "fields": {"last_name": None}, "list_ids_included": [3], "list_ids_excluded": [1]},
        {"email": "NEW@example.com", "list_ids_excluded": [1], "unsubscribed": True},
    )
    assert list(created) == ["id", "status"]
    assert created["status"] == "created"
    path = f"{BASE}/{created['id']}"
    emulator.clock(advance=4.9)
    assert api.get(path).json() == created
    emulator.clock(advance=0.2)
    assert api.get(path).json() == {"id": created["id"], "status": "started"}
    emulator.clock(advance=4.8)
    assert api.get(path).json()["status"] == "started"
    assert api.get("/api/contacts/new@example.com").status_code == 404
    emulator.clock(advance=0.2)
    for root in ("/api", "/api/accounts/1234567"):
        finished = api.get(f"{root}/contacts/imports/{created['id']}").json()
        assert list(finished) == ["id", "status", *COUNTS]
        assert finished["status"] == "finished"
        assert [finished[name] for name in COUNTS] == [1, 2, 0]
    new, old = contact("new@example.com"), contact("old@example.com")
    assert (new["email"], new["list_ids"], new["status"]) == ("new@example.com", [3], "subscribed")
    assert new["fields"] == {"first_name": None, "last_name": None, "born": "2000-01-01"}
    assert new["created_at"] == old["updated_at"] == old["created_at"] + 10_000
    assert (old["email"], old["list_ids"]) == ("Old@example.com", [2, 3])
    assert old["fields"] == {"first_name": "Old", "last_name": None, "born": None}


def test_import_finishes_in_real_time(api, emulator, start, contact):
    emulator.limits(contact_job_seconds=0)
    emulator.clock(frozen=False)
    path = f"{BASE}/{start({'email': 'new@example.com'})['id']}"
    for _ in range(140):
        if (response := api.get(path).json())["status"] == "finished":
            break
    else:
        emulator.clock(advance=1)
        response = api.get(path).json()
    assert [response[name] for name in COUNTS] == [1, 0, 0]
    assert contact("new@example.com")["email"] == "new@example.com"


def test_errors_are_listed_per_contact_and_nothing_is_imported(api, emulator):
    contacts = [
        {"email": "good@example.com"},
        {"email": "bad"},
        {"email": "ann@example.c", "fields": {"born": "soon", "x": 1, "y": 2}},
        {"fields": "x"},
        {"email": "bob@example.com", "list_ids_included": [1, 2], "list_ids_excluded": [2, 9]},
        {"email": "eve@example.com", "list_ids_included": [3, 2, 1], "list_ids_excluded": [1, 2, 3]},
        "rubbish",
        {"email": 7},
    ]
    response = api.post(BASE, json={"contacts": contacts})
    assert response.status_code == 422
    blank, invalid, data = ["can't be blank"], ["is invalid"], ["contains invalid data"]
    assert response.json() == {
        "errors": [
            {"email": "bad", "errors": {"email": invalid}},
            {
                "email": "ann@example.c",
                "errors": {
                    "email": ["top level domain is too short"],
                    "born": invalid,
                    "fields": ["contains invalid values: x, y"],
                },
            },
            {"email": "", "errors": {"email": blank, "fields": invalid}},
            {"email": "bob@example.com", "errors": {"list_id_excluded": data}},
            {
                "email": "eve@example.com",
                "errors": {"base": ["same list_ids 1, 2 and 3 are specified both as included and excluded"]},
            },
            {"email": "", "errors": {"base": invalid}},
            {"email": "7", "errors": {"email": invalid}},
        ]
    }
    emulator.clock(advance=60)
    assert api.get("/api/contacts/good@example.com").status_code == 404


@pytest.mark.parametrize(
    "body", [None, {}, [], "x", {"contacts": None}, {"contacts": []}, {"contacts": {}}, {"contacts": "x"}]
)
def test_import_without_contacts_is_rejected(api, body):
    response = api.post(BASE, json=body)
    assert (response.status_code, response.content) == (400, b"")


def test_import_accepts_at_most_50000_contacts(api):
    response = api.post(BASE, json={"contacts": [{"email": f"u{number}@a.bc"} for number in range(50_001)]})
    assert response.status_code == 422
    message = "cannot import more than 50000 contacts at once"
    assert response.json() == {"errors": [{"email": "u50000@a.bc", "errors": {"base": [message]}}]}


def test_contacts_over_the_limit_are_counted(api, emulator, start):
    emulator.limits(contacts=2)
    import_id = start(*({"email": f"u{number}@example.com"} for number in (1, 2, 3, 1, 4)))["id"]
    emulator.clock(advance=10)
    response = api.get(f"{BASE}/{import_id}").json()
    assert [response[name] for name in COUNTS] == [2, 1, 2]
    assert api.get("/api/contacts/u3@example.com").status_code == 404
    full = api.post(BASE, json={"contacts": [{"email": "u1@example.com"}, {"email": "u3@example.com"}]})
    assert full.status_code == 422
    assert full.json() == {"errors": [{"email": "u3@example.com", "errors": {"base": ["contacts limit reached"]}}]}
    assert start({"email": "u1@example.com"})["status"] == "created"


def test_lists_and_fields_deleted_during_the_import_are_ignored(api, emulator, start, contact):
    born = api.get("/api/contacts/fields").json()[2]["id"]
    start({"email": "new@example.com", "fields": {"born": "2000-01-01"}, "list_ids_included": [1, 2]})
    assert api.delete("/api/contacts/lists/1").status_code == 204
    assert api.delete(f"/api/contacts/fields/{born}").status_code == 204
    emulator.clock(advance=10)
    assert contact("new@example.com")["list_ids"] == [2]
    assert contact("new@example.com")["fields"] == {"first_name": None, "last_name": None}


def test_import_can_fail(api, emulator, start):
    emulator.limits(contact_imports_fail=True)
    import_id = start({"email": "new@example.com"})["id"]
    emulator.clock(advance=10)
    assert api.get(f"{BASE}/{import_id}").json() == {"id": import_id, "status": "failed"}
    assert api.get("/api/contacts/new@example.com").status_code == 404


@pytest.mark.parametrize("key", ["0", "-1", "x", "9" * 30, "1"])
def test_unknown_import_is_not_found(api, key):
    response = api.get(f"{BASE}/{key}")
    assert (response.status_code, response.json()) == (404, {"error": "Not Found"})


def test_imports_of_another_account_are_not_found(emulator, start, make_client):
    emulator.seed(
        accounts=[{"id": 2_000_000, "name": "Other"}],
        api_tokens=[{"name": "other", "token": "other", "account_id": 2_000_000}],
    )
    import_id = start({"email": "new@example.com"})["id"]
    assert make_client(emulator, "other").get(f"{BASE}/{import_id}").status_code == 404
