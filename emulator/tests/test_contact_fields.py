# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact fields (facts 3.16)."""

import pytest

from mailtrap_emulator.testing import EmulatorError

BASE = "/api/contacts/fields"
FIELD = {"name": "Birthday", "data_type": "date", "merge_tag": "birthday"}
TAKEN = [["has already been taken"]]
LONG = [["is too long (maximum is 80 characters)"]]


@pytest.fixture
def field(api):
    return api.post(BASE, json=FIELD).json()


def test_create_answers_201_with_a_flat_object(api):
    answer = api.post(BASE, json=FIELD | {"id": 5, "built_in": True})
    assert answer.status_code == 201
    assert list(answer.json()) == ["id", "name", "data_type", "merge_tag"]
    assert answer.json() == FIELD | {"id": answer.json()["id"]}
    assert answer.json()["id"] != 5


def test_the_list_begins_with_what_every_account_has(api, field):
    for root in ("/api", "/api/accounts/1234567"):
        answer = api.get(f"{root}/contacts/fields")
        assert [row["merge_tag"] for row in answer.json()] == ["first_name", "last_name", "birthday"]
        assert {row["data_type"] for row in answer.json()[:2]} == {"text"}
        assert answer.json()[2] == field


@pytest.mark.parametrize("data_type", ["text", "integer", "float", "boolean", "date"])
def test_data_types(api, data_type):
    answer = api.post(BASE, json={"name": "x", "data_type": data_type, "merge_tag": "x"})
    assert (answer.status_code, answer.json()["data_type"]) == (201, data_type)


@pytest.mark.parametrize(
    ("data_type", "sentence"),
    [
        ("number", "is not included in the list"),
        ("Text", "is not included in the list"),
        (5, "is not included in the list"),
        (None, "can't be blank"),
        ("", "can't be blank"),
        ([], "can't be blank"),
    ],
)
def test_other_data_types(api, data_type, sentence):
    answer = api.post(BASE, json=FIELD | {"data_type": data_type})
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"data_type": [[sentence]]}}


@pytest.mark.parametrize("body", [{}, [], "x", {"contact_field": FIELD}, {"name": " ", "merge_tag": None}])
def test_everything_is_needed(api, body):
    blank = [["can't be blank"]]
    answer = api.post(BASE, json=body)
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"name": blank, "merge_tag": blank, "data_type": blank}}


@pytest.mark.parametrize("name", ["name", "merge_tag"])
def test_unique_and_long_values(api, field, name):
    other = api.post(BASE, json={"name": "Cats", "data_type": "integer", "merge_tag": "cats"}).json()
    create = {"name": "New", "data_type": "text", "merge_tag": "new"}
    path = f"{BASE}/{other['id']}"
    for value, sentences in ((field[name], TAKEN), ("x" * 81, LONG)):
        for answer in (api.post(BASE, json=create | {name: value}), api.patch(path, json={name: value})):
            assert (answer.status_code, answer.json()) == (422, {"errors": {name: sentences}})
    assert api.patch(path, json={name: ""}).json() == {"errors": {name: [["can't be blank"]]}}
    assert api.patch(path, json={name: other[name]}).json() == other
    assert api.patch(path, json={name: "é" * 80}).status_code == 200


def test_a_built_in_merge_tag_is_taken(api):
    answer = api.post(BASE, json={"name": "Given name", "data_type": "text", "merge_tag": "first_name"})
    assert answer.json() == {"errors": {"merge_tag": TAKEN}}


def test_a_new_merge_tag_keeps_the_values(api, field):
    contact = {"contact": {"email": "ann@example.com", "fields": {"birthday": "2000-01-01"}}}
    api.post("/api/contacts", json=contact)
    answer = api.patch(f"{BASE}/{field['id']}", json={"name": "Born", "merge_tag": "born", "data_type": "text"})
    assert answer.status_code == 200
    assert answer.json() == {"id": field["id"], "name": "Born", "data_type": "date", "merge_tag": "born"}
    assert api.get(f"/api/accounts/1234567/contacts/fields/{field['id']}").json() == answer.json()
    fields = api.get("/api/contacts/ann@example.com").json()["data"]["fields"]
    assert fields == {"first_name": None, "last_name": None, "born": "2000-01-01"}


def test_delete_takes_the_values(api, emulator, field):
    contact = {"contact": {"email": "ann@example.com", "fields": {"birthday": "2000-01-01", "first_name": "Ann"}}}
    api.post("/api/contacts", json=contact)
    path = f"{BASE}/{field['id']}"
    answer = api.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    for answer in (api.get(path), api.patch(path, json={}), api.delete(path)):
        assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})
    api.post(BASE, json=FIELD)
    fields = api.get("/api/contacts/ann@example.com").json()["data"]["fields"]
    assert fields == {"first_name": "Ann", "last_name": None, "birthday": None}


def test_built_in_fields_stay(api):
    for field in api.get(BASE).json():
        answer = api.delete(f"{BASE}/{field['id']}")
        assert answer.status_code == 422
        assert answer.json() == {"errors": {"base": ["Default fields cannot be deleted"]}}
        assert api.get(f"{BASE}/{field['id']}").json() == field


def test_a_field_in_use_stays(api, emulator):
    usage = {"segments": ["Adults"], "automations": ["Welcome", "Birthday"], "campaigns": ["Spring"]}
    emulator.seed(contact_fields=[{"id": 77_000, **FIELD, "usage": usage}])
    answer = api.delete(f"{BASE}/77000")
    assert answer.status_code == 422
    assert answer.json() == {
        "errors": {
            "usage": [
                "This field is used in the steps of automation(s): Welcome, Birthday.",
                "This field is used in the scheduled/started campaign(s): Spring.",
                "This field is used in the conditions of segment(s): Adults.",
            ]
        }
    }
    assert api.get(f"{BASE}/77000").json() == FIELD | {"id": 77_000}


@pytest.mark.parametrize("key", ["0", "-1", "x", "1.0", "9" * 30, "%00", "😀", "1"])
def test_ids_that_are_none(api, key):
    for answer in (api.get(f"{BASE}/{key}"), api.patch(f"{BASE}/{key}", json={}), api.delete(f"{BASE}/{key}")):
        assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


def test_other_accounts_have_their_own(api, emulator, field, client_of):
    emulator.seed(
        accounts=[{"id": 2_000_000, "name": "Other"}],
        api_tokens=[{"name": "other", "token": "other", "account_id": 2_000_000}],
    )
    other = client_of(emulator, "other")
    assert [row["merge_tag"] for row in other.get(BASE).json()] == ["first_name", "last_name"]
    assert other.get(f"{BASE}/{field['id']}").status_code == 404
    assert other.post(BASE, json=FIELD).status_code == 201


def test_the_account_is_full_at_40_of_its_own(api, emulator):
    fields = [{"name": f"F{number}", "merge_tag": f"f{number}"} for number in range(40)]
    emulator.seed(contact_fields=fields)
    answer = api.post(BASE, json=FIELD)
    assert answer.status_code == 422
    assert "You've reached the contact fields limit" in answer.json()["errors"]["name"][0][0]
    emulator.limits(contact_fields=41)
    assert api.post(BASE, json=FIELD).status_code == 201


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"merge_tag": "first_name"}, "merge_tag has already been taken"),
        ({"data_type": "number"}, "data_type is not included in the list"),
        ({"usage": {"mails": ["x"]}}, "usage takes lists of names under automations, campaigns, segments"),
        ({"usage": {"segments": "x"}}, "usage takes lists of names"),
    ],
)
def test_bad_seeds(emulator, change, sentence):
    with pytest.raises(EmulatorError, match=sentence):
        emulator.seed(contact_fields=[FIELD | change])
