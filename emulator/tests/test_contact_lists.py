# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact lists (facts 3.15)."""

import pytest

from mailtrap_emulator.testing import EmulatorError

NAMES = ["Customers", "customers of old", "Staff"]
RUBBISH = ["0", "-1", "x", "1.0", "9" * 30, "%00", "😀"]


@pytest.fixture
def lists(api):
    return [api.post("/api/contacts/lists", json={"name": name}).json() for name in NAMES]


def test_create_answers_200_with_a_flat_object(api):
    answer = api.post("/api/contacts/lists", json={"name": "Customers", "id": 5, "color": "red"})
    assert answer.status_code == 200
    assert list(answer.json()) == ["id", "name"]
    assert answer.json()["name"] == "Customers"
    assert api.get(f"/api/contacts/lists/{answer.json()['id']}").json() == answer.json()


def test_the_list_is_a_bare_array_oldest_first(api, lists):
    assert [row["name"] for row in lists] == NAMES
    for root in ("/api", "/api/accounts/1234567"):
        assert api.get(f"{root}/contacts/lists").json() == lists


@pytest.mark.parametrize(
    ("search", "found"),
    [("cust", [0, 1]), ("CUSTOMERS ", [1]), ("taff", []), ("", [0, 1, 2]), ("%", []), ("Staff", [2])],
)
def test_search_is_a_prefix_in_any_case(api, lists, search, found):
    answer = api.get("/api/contacts/lists", params={"search": search})
    assert answer.json() == [lists[number] for number in found]
    assert api.get("/api/contacts/lists", params={"name": search}).json() == lists


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": " "}, {"name": None}, {"name": []}, [], "x", {"list": {"name": "x"}}]
)
def test_a_name_is_needed(api, body):
    answer = api.post("/api/contacts/lists", json=body)
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"name": ["can't be blank"]}}


def test_names_are_unique_and_have_a_length(api, lists):
    taken = {"errors": {"name": ["has already been taken"]}}
    long = {"errors": {"name": ["is too long (maximum is 255 characters)"]}}
    path = f"/api/contacts/lists/{lists[0]['id']}"
    for call in (
        lambda name: api.post("/api/contacts/lists", json={"name": name}),
        lambda name: api.patch(path, json={"name": name}),
    ):
        assert (call("Staff").status_code, call("Staff").json()) == (422, taken)
        assert (call("x" * 256).status_code, call("x" * 256).json()) == (422, long)
    assert api.patch(path, json={"name": "ü" * 255}).status_code == 200
    assert api.post("/api/contacts/lists", json={"name": "staff"}).status_code == 200


def test_other_accounts_may_have_the_name(api, emulator, lists, client_of):
    emulator.seed(
        accounts=[{"id": 2_000_000, "name": "Other"}],
        api_tokens=[{"name": "other", "token": "other", "account_id": 2_000_000}],
    )
    other = client_of(emulator, "other")
    assert other.get("/api/contacts/lists").json() == []
    assert other.post("/api/contacts/lists", json={"name": "Staff"}).status_code == 200
    assert other.delete(f"/api/contacts/lists/{lists[0]['id']}").status_code == 404


def test_rename(api, lists):
    path = f"/api/contacts/lists/{lists[0]['id']}"
    answer = api.patch(path, json={"name": "Former customers"})
    assert answer.status_code == 200
    assert answer.json() == {"id": lists[0]["id"], "name": "Former customers"}
    assert api.patch(path, json={"name": "Former customers"}).json() == answer.json()
    assert api.patch(f"/api/accounts/1234567/contacts/lists/{lists[0]['id']}", json={}).json() == answer.json()
    assert api.patch(path, json={"name": ""}).status_code == 422
    assert api.get(path).json() == answer.json()


def test_delete_keeps_the_contacts(api, lists):
    ids = [row["id"] for row in lists]
    contact = {"contact": {"email": "ann@example.com", "list_ids": ids}}
    before = api.post("/api/contacts", json=contact).json()["data"]
    path = f"/api/contacts/lists/{ids[1]}"
    answer = api.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get("/api/contacts/ann@example.com").json()["data"] == before | {"list_ids": [ids[0], ids[2]]}
    for answer in (api.get(path), api.patch(path, json={"name": "x"}), api.delete(path)):
        assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})
    assert api.post("/api/contacts/lists", json={"name": NAMES[1]}).json()["id"] not in ids


@pytest.mark.parametrize("key", RUBBISH)
def test_ids_that_are_none(api, key):
    for answer in (api.get(f"/api/contacts/lists/{key}"), api.delete(f"/api/contacts/lists/{key}")):
        assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


def test_the_account_is_full_at_50(api, emulator):
    emulator.seed(contact_lists=[{"name": f"L{number}"} for number in range(50)])
    answer = api.post("/api/contacts/lists", json={"name": ""})
    assert answer.status_code == 422
    assert "You've reached the contact lists limit" in answer.json()["errors"]["name"][0]
    emulator.limits(contact_lists=51)
    assert api.post("/api/contacts/lists", json={"name": "one more"}).status_code == 200


def test_seeds(api, emulator):
    emulator.seed(contact_lists=[{"id": 5_000_000_000, "name": "Big"}])
    assert api.get("/api/contacts/lists/5000000000").json() == {"id": 5_000_000_000, "name": "Big"}
    with pytest.raises(EmulatorError, match="name has already been taken"):
        emulator.seed(contact_lists=[{"name": "Big"}])
