# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact lists (docs/service.md#contact-lists)."""

import pytest

from mailtrap_emulator.testing import EmulatorError

NAMES = ["Customers", "customers of old", "Staff"]
INVALID_IDS = ["0", "-1", "x", "1.0", "9" * 30, "%00", "😀"]


@pytest.fixture
def lists(api):
    return [api.post("/api/contacts/lists", json={"name": name}).json() for name in NAMES]


def test_create_returns_200_and_a_bare_object(api):
    response = api.post("/api/contacts/lists", json={"name": "Customers", "id": 5, "color": "red"})
    assert response.status_code == 200
    assert list(response.json()) == ["id", "name"]
    assert response.json()["name"] == "Customers"
    assert api.get(f"/api/contacts/lists/{response.json()['id']}").json() == response.json()


def test_index_is_a_bare_array_oldest_first(api, lists):
    assert [row["name"] for row in lists] == NAMES
    for root in ("/api", "/api/accounts/1234567"):
        assert api.get(f"{root}/contacts/lists").json() == lists


@pytest.mark.parametrize(
    ("search", "positions"),
    [("cust", [0, 1]), ("CUSTOMERS ", [1]), ("taff", []), ("", [0, 1, 2]), ("%", []), ("Staff", [2])],
)
def test_search_matches_the_start_of_names_ignoring_case(api, lists, search, positions):
    response = api.get("/api/contacts/lists", params={"search": search})
    assert response.json() == [lists[position] for position in positions]
    assert api.get("/api/contacts/lists", params={"name": search}).json() == lists


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": " "}, {"name": None}, {"name": []}, [], "x", {"list": {"name": "x"}}]
)
def test_name_is_required(api, body):
    response = api.post("/api/contacts/lists", json=body)
    assert response.status_code == 422
    assert response.json() == {"errors": {"name": ["can't be blank"]}}


def test_taken_and_long_names_are_refused(api, lists):
    taken = {"errors": {"name": ["has already been taken"]}}
    too_long = {"errors": {"name": ["is too long (maximum is 255 characters)"]}}
    path = f"/api/contacts/lists/{lists[0]['id']}"
    for send_name in (
        lambda name: api.post("/api/contacts/lists", json={"name": name}),
        lambda name: api.patch(path, json={"name": name}),
    ):
        assert (send_name("Staff").status_code, send_name("Staff").json()) == (422, taken)
        assert (send_name("x" * 256).status_code, send_name("x" * 256).json()) == (422, too_long)
    assert api.patch(path, json={"name": "ü" * 255}).status_code == 200
    assert api.post("/api/contacts/lists", json={"name": "staff"}).status_code == 200


def test_name_is_unique_per_account(api, emulator, lists, make_client):
    emulator.seed(
        accounts=[{"id": 2_000_000, "name": "Other"}],
        api_tokens=[{"name": "other", "token": "other", "account_id": 2_000_000}],
    )
    other = make_client(emulator, "other")
    assert other.get("/api/contacts/lists").json() == []
    assert other.post("/api/contacts/lists", json={"name": "Staff"}).status_code == 200
    assert other.delete(f"/api/contacts/lists/{lists[0]['id']}").status_code == 404


def test_update_changes_the_name(api, lists):
    path = f"/api/contacts/lists/{lists[0]['id']}"
    response = api.patch(path, json={"name": "Former customers"})
    assert response.status_code == 200
    assert response.json() == {"id": lists[0]["id"], "name": "Former customers"}
    assert api.patch(path, json={"name": "Former customers"}).json() == response.json()
    assert api.patch(f"/api/accounts/1234567/contacts/lists/{lists[0]['id']}", json={}).json() == response.json()
    assert api.patch(path, json={"name": ""}).status_code == 422
    assert api.get(path).json() == response.json()


def test_delete_keeps_the_contacts_of_the_list(api, lists):
    ids = [row["id"] for row in lists]
    contact = {"contact": {"email": "ann@example.com", "list_ids": ids}}
    before = api.post("/api/contacts", json=contact).json()["data"]
    path = f"/api/contacts/lists/{ids[1]}"
    response = api.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert api.get("/api/contacts/ann@example.com").json()["data"] == before | {"list_ids": [ids[0], ids[2]]}
    for response in (api.get(path), api.patch(path, json={"name": "x"}), api.delete(path)):
        assert (response.status_code, response.json()) == (404, {"error": "Not Found"})
    assert api.post("/api/contacts/lists", json={"name": NAMES[1]}).json()["id"] not in ids


@pytest.mark.parametrize("list_id", INVALID_IDS)
def test_invalid_ids_are_not_found(api, list_id):
    for response in (api.get(f"/api/contacts/lists/{list_id}"), api.delete(f"/api/contacts/lists/{list_id}")):
        assert (response.status_code, response.json()) == (404, {"error": "Not Found"})


def test_limit_is_50_lists(api, emulator):
    emulator.seed(contact_lists=[{"name": f"L{position}"} for position in range(50)])
    response = api.post("/api/contacts/lists", json={"name": ""})
    assert response.status_code == 422
    assert "You've reached the contact lists limit" in response.json()["errors"]["name"][0]
    emulator.limits(contact_lists=51)
    assert api.post("/api/contacts/lists", json={"name": "one more"}).status_code == 200


def test_seeds_set_ids_and_check_names(api, emulator):
    emulator.seed(contact_lists=[{"id": 5_000_000_000, "name": "Big"}])
    assert api.get("/api/contacts/lists/5000000000").json() == {"id": 5_000_000_000, "name": "Big"}
    with pytest.raises(EmulatorError, match="name has already been taken"):
        emulator.seed(contact_lists=[{"name": "Big"}])
