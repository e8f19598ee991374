# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact fields (docs/service.md#contact-fields)."""

import pytest

from mailtrap_emulator.testing import EmulatorError

FIELDS_PATH = "/api/contacts/fields"
FIELD = {"name": "Birthday", "data_type": "date", "merge_tag": "birthday"}
TAKEN_ERRORS = [["has already been taken"]]
TOO_LONG_ERRORS = [["is too long (maximum is 80 characters)"]]


@pytest.fixture
def field(api):
    return api.post(FIELDS_PATH, json=FIELD).json()


def test_create_returns_201_and_a_bare_object(api):
    response = api.post(FIELDS_PATH, json=FIELD | {"id": 5, "built_in": True})
    assert response.status_code == 201
    assert list(response.json()) == ["id", "name", "data_type", "merge_tag"]
    assert response.json() == FIELD | {"id": response.json()["id"]}
    assert response.json()["id"] != 5


def test_list_starts_with_the_built_in_fields(api, field):
    for root in ("/api", "/api/accounts/1234567"):
        response = api.get(f"{root}/contacts/fields")
        assert [row["merge_tag"] for row in response.json()] == ["first_name", "last_name", "birthday"]
        assert {row["data_type"] for row in response.json()[:2]} == {"text"}
        assert response.json()[2] == field


@pytest.mark.parametrize("data_type", ["text", "integer", "float", "boolean", "date"])
def test_data_types(api, data_type):
    response = api.post(FIELDS_PATH, json={"name": "x", "data_type": data_type, "merge_tag": "x"})
    assert (response.status_code, response.json()["data_type"]) == (201, data_type)


@pytest.mark.parametrize(
    ("data_type", "error"),
    [
        ("number", "is not included in the list"),
        ("Text", "is not included in the list"),
        (5, "is not included in the list"),
        (None, "can't be blank"),
        ("", "can't be blank"),
        ([], "can't be blank"),
    ],
)
def test_unknown_data_type_is_refused(api, data_type, error):
    response = api.post(FIELDS_PATH, json=FIELD | {"data_type": data_type})
    assert response.status_code == 422
    assert response.json() == {"errors": {"data_type": [[error]]}}


@pytest.mark.parametrize("body", [{}, [], "x", {"contact_field": FIELD}, {"name": " ", "merge_tag": None}])
def test_all_fields_are_required(api, body):
    blank = [["can't be blank"]]
    response = api.post(FIELDS_PATH, json=body)
    assert response.status_code == 422
    assert response.json() == {"errors": {"name": blank, "merge_tag": blank, "data_type": blank}}


@pytest.mark.parametrize("name", ["name", "merge_tag"])
def test_taken_and_long_values_are_refused(api, field, name):
    other = api.post(FIELDS_PATH, json={"name": "Cats", "data_type": "integer", "merge_tag": "cats"}).json()
    create = {"name": "New", "data_type": "text", "merge_tag": "new"}
    path = f"{FIELDS_PATH}/{other['id']}"
    for value, errors in ((field[name], TAKEN_ERRORS), ("x" * 81, TOO_LONG_ERRORS)):
        for response in (api.post(FIELDS_PATH, json=create | {name: value}), api.patch(path, json={name: value})):
            assert (response.status_code, response.json()) == (422, {"errors": {name: errors}})
    assert api.patch(path, json={name: ""}).json() == {"errors": {name: [["can't be blank"]]}}
    assert api.patch(path, json={name: other[name]}).json() == other
    assert api.patch(path, json={name: "é" * 80}).status_code == 200


def test_merge_tag_of_a_built_in_field_is_taken(api):
    response = api.post(FIELDS_PATH, json={"name": "Given name", "data_type": "text", "merge_tag": "first_name"})
    assert response.json() == {"errors": {"merge_tag": TAKEN_ERRORS}}


def test_changing_the_merge_tag_keeps_the_values(api, field):
    contact = {"contact": {"email": "ann@example.com", "fields": {"birthday": "2000-01-01"}}}
    api.post("/api/contacts", json=contact)
    response = api.patch(
        f"{FIELDS_PATH}/{field['id']}", json={"name": "Born", "merge_tag": "born", "data_type": "text"}
    )
    assert response.status_code == 200
    assert response.json() == {"id": field["id"], "name": "Born", "data_type": "date", "merge_tag": "born"}
    assert api.get(f"/api/accounts/1234567/contacts/fields/{field['id']}").json() == response.json()
    fields = api.get("/api/contacts/ann@example.com").json()["data"]["fields"]
    assert fields == {"first_name": None, "last_name": None, "born": "2000-01-01"}


def test_delete_removes_the_values_of_contacts(api, emulator, field):
    contact = {"contact": {"email": "ann@example.com", "fields": {"birthday": "2000-01-01", "first_name": "Ann"}}}
    api.post("/api/contacts", json=contact)
    path = f"{FIELDS_PATH}/{field['id']}"
    response = api.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    for response in (api.get(path), api.patch(path, json={}), api.delete(path)):
        assert (response.status_code, response.json()) == (404, {"error": "Not Found"})
    api.post(FIELDS_PATH, json=FIELD)
    fields = api.get("/api/contacts/ann@example.com").json()["data"]["fields"]
    assert fields == {"first_name": "Ann", "last_name": None, "birthday": None}


def test_built_in_fields_cannot_be_deleted(api):
    for field in api.get(FIELDS_PATH).json():
        response = api.delete(f"{FIELDS_PATH}/{field['id']}")
        assert response.status_code == 422
        assert response.json() == {"errors": {"base": ["Default fields cannot be deleted"]}}
        assert api.get(f"{FIELDS_PATH}/{field['id']}").json() == field


def test_field_in_use_cannot_be_deleted(api, emulator):
    usage = {"segments": ["Adults"], "automations": ["Welcome", "Birthday"], "campaigns": ["Spring"]}
    emulator.seed(contact_fields=[{"id": 77_000, **FIELD, "usage": usage}])
    response = api.delete(f"{FIELDS_PATH}/77000")
    assert response.status_code == 422
    assert response.json() == {
        "errors": {
            "usage": [
                "This field is used in the steps of automation(s): Welcome, Birthday.",
                "This field is used in the scheduled/started campaign(s): Spring.",
                "This field is used in the conditions of segment(s): Adults.",
            ]
        }
    }
    assert api.get(f"{FIELDS_PATH}/77000").json() == FIELD | {"id": 77_000}


@pytest.mark.parametrize("field_id", ["0", "-1", "x", "1.0", "9" * 30, "%00", "😀", "1"])
def test_invalid_ids_are_not_found(api, field_id):
    for response in (
        api.get(f"{FIELDS_PATH}/{field_id}"),
        api.patch(f"{FIELDS_PATH}/{field_id}", json={}),
        api.delete(f"{FIELDS_PATH}/{field_id}"),
    ):
        assert (response.status_code, response.json()) == (404, {"error": "Not Found"})


def test_other_accounts_have_their_own_fields(api, emulator, field, make_client):
    emulator.seed(
        accounts=[{"id": 2_000_000, "name": "Other"}],
        api_tokens=[{"name": "other", "token": "other", "account_id": 2_000_000}],
    )
    other = make_client(emulator, "other")
    assert [row["merge_tag"] for row in other.get(FIELDS_PATH).json()] == ["first_name", "last_name"]
    assert other.get(f"{FIELDS_PATH}/{field['id']}").status_code == 404
    assert other.post(FIELDS_PATH, json=FIELD).status_code == 201


def test_limit_is_40_fields_besides_the_built_in_ones(api, emulator):
    fields = [{"name": f"F{number}", "merge_tag": f"f{number}"} for number in range(40)]
    emulator.seed(contact_fields=fields)
    response = api.post(FIELDS_PATH, json=FIELD)
    assert response.status_code == 422
    assert "You've reached the contact fields limit" in response.json()["errors"]["name"][0][0]
    emulator.limits(contact_fields=41)
    assert api.post(FIELDS_PATH, json=FIELD).status_code == 201


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"merge_tag": "first_name"}, "merge_tag has already been taken"),
        ({"data_type": "number"}, "data_type is not included in the list"),
        ({"usage": {"mails": ["x"]}}, "usage takes lists of names under automations, campaigns, segments"),
        ({"usage": {"segments": "x"}}, "usage takes lists of names"),
    ],
)
def test_invalid_seeds_are_refused(emulator, change, error):
    with pytest.raises(EmulatorError, match=error):
        emulator.seed(contact_fields=[FIELD | change])
