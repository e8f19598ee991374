# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact imports (facts 3.17)."""

import pytest

BASE = "/api/contacts/imports"
COUNTS = ["created_contacts_count", "updated_contacts_count", "contacts_over_limit_count"]


@pytest.fixture(autouse=True)
def book(emulator):
    """Lists 1 to 3, a date field, and a clock that stands."""
    emulator.seed(
        contact_lists=[{"id": number, "name": f"List {number}"} for number in (1, 2, 3)],
        contact_fields=[{"name": "Born", "data_type": "date", "merge_tag": "born"}],
    )
    emulator.limits(contact_job_seconds=10)
    emulator.clock(frozen=True)


@pytest.fixture
def start(api):
    def start(*contacts):
        answer = api.post(BASE, json={"contacts": contacts})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return start


@pytest.fixture
def contact(api):
    def contact(email):
        return api.get(f"/api/contacts/{email}").json()["data"]

    return contact


def test_an_import_takes_its_time(api, emulator, start, contact):
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


def test_an_import_happens_in_real_time_too(api, emulator, start, contact):
    emulator.limits(contact_job_seconds=0)
    emulator.clock(frozen=False)
    path = f"{BASE}/{start({'email': 'new@example.com'})['id']}"
    for _ in range(140):
        if (answer := api.get(path).json())["status"] == "finished":
            break
    else:
        emulator.clock(advance=1)
        answer = api.get(path).json()
    assert [answer[name] for name in COUNTS] == [1, 0, 0]
    assert contact("new@example.com")["email"] == "new@example.com"


def test_what_is_wrong_is_told_by_contact_and_nothing_is_imported(api, emulator):
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
    answer = api.post(BASE, json={"contacts": contacts})
    assert answer.status_code == 422
    blank, invalid, data = ["can't be blank"], ["is invalid"], ["contains invalid data"]
    assert answer.json() == {
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
def test_no_contacts_at_all(api, body):
    answer = api.post(BASE, json=body)
    assert (answer.status_code, answer.content) == (400, b"")


def test_50000_contacts_at_once_and_no_more(api):
    answer = api.post(BASE, json={"contacts": [{"email": f"u{number}@a.bc"} for number in range(50_001)]})
    assert answer.status_code == 422
    sentence = "cannot import more than 50000 contacts at once"
    assert answer.json() == {"errors": [{"email": "u50000@a.bc", "errors": {"base": [sentence]}}]}


def test_those_over_the_limit_are_counted(api, emulator, start):
    emulator.limits(contacts=2)
    import_id = start(*({"email": f"u{number}@example.com"} for number in (1, 2, 3, 1, 4)))["id"]
    emulator.clock(advance=10)
    answer = api.get(f"{BASE}/{import_id}").json()
    assert [answer[name] for name in COUNTS] == [2, 1, 2]
    assert api.get("/api/contacts/u3@example.com").status_code == 404
    full = api.post(BASE, json={"contacts": [{"email": "u1@example.com"}, {"email": "u3@example.com"}]})
    assert full.status_code == 422
    assert full.json() == {"errors": [{"email": "u3@example.com", "errors": {"base": ["contacts limit reached"]}}]}
    assert start({"email": "u1@example.com"})["status"] == "created"


def test_lists_and_fields_may_go_meanwhile(api, emulator, start, contact):
    born = api.get("/api/contacts/fields").json()[2]["id"]
    start({"email": "new@example.com", "fields": {"born": "2000-01-01"}, "list_ids_included": [1, 2]})
    assert api.delete("/api/contacts/lists/1").status_code == 204
    assert api.delete(f"/api/contacts/fields/{born}").status_code == 204
    emulator.clock(advance=10)
    assert contact("new@example.com")["list_ids"] == [2]
    assert contact("new@example.com")["fields"] == {"first_name": None, "last_name": None}


def test_an_import_can_fail(api, emulator, start):
    emulator.limits(contact_imports_fail=True)
    import_id = start({"email": "new@example.com"})["id"]
    emulator.clock(advance=10)
    assert api.get(f"{BASE}/{import_id}").json() == {"id": import_id, "status": "failed"}
    assert api.get("/api/contacts/new@example.com").status_code == 404


@pytest.mark.parametrize("key", ["0", "-1", "x", "9" * 30, "1"])
def test_unknown_imports(api, key):
    answer = api.get(f"{BASE}/{key}")
    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


def test_other_accounts_see_nothing(emulator, start, client_of):
    emulator.seed(
        accounts=[{"id": 2_000_000, "name": "Other"}],
        api_tokens=[{"name": "other", "token": "other", "account_id": 2_000_000}],
    )
    import_id = start({"email": "new@example.com"})["id"]
    assert client_of(emulator, "other").get(f"{BASE}/{import_id}").status_code == 404
