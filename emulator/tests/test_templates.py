# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email templates (facts 3.13)."""

import re

import pytest

FIELDS = {
    "name": "Welcome",
    "category": "Onboarding",
    "subject": "Hello {{name}}",
    "body_html": "<b>Hi {{name}}</b>\n",
    "body_text": "Hi {{name}}\n\n",
}


@pytest.fixture
def template(api):
    return api.post("/api/email_templates", json={"email_template": FIELDS}).json()


def test_create_answers_201(api):
    answer = api.post("/api/email_templates", json={"email_template": FIELDS})
    assert answer.status_code == 201
    body = answer.json()
    assert list(body) == [
        "id",
        "uuid",
        "name",
        "category",
        "subject",
        "body_html",
        "body_text",
        "created_at",
        "updated_at",
    ]
    assert {name: body[name] for name in FIELDS} == FIELDS
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", body["uuid"])
    assert body["created_at"] == body["updated_at"]


def test_bodies_may_be_missing_or_null(api):
    answer = api.post(
        "/api/email_templates",
        json={"email_template": {"name": "n", "category": "c", "subject": "s", "body_text": None}},
    )
    assert answer.status_code == 201
    assert (answer.json()["body_html"], answer.json()["body_text"]) == (None, None)


def test_blank_fields(api):
    answer = api.post("/api/email_templates", json={"email_template": FIELDS | {"name": ""}})
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"name": ["can't be blank"]}}
    answer = api.post("/api/email_templates", json={"email_template": {"name": "n"}})
    assert answer.json() == {"errors": {"category": ["can't be blank"], "subject": ["can't be blank"]}}


@pytest.mark.parametrize("name", ["name", "category", "subject"])
def test_long_fields(api, template, name):
    longest = api.patch(f"/api/email_templates/{template['id']}", json={"email_template": {name: "é" * 255}})
    assert longest.status_code == 200
    answer = api.patch(f"/api/email_templates/{template['id']}", json={"email_template": {name: "x" * 256}})
    assert answer.status_code == 422
    assert answer.json() == {"errors": {name: ["is too long (maximum is 255 characters)"]}}


def test_a_body_beyond_ten_million_characters(api):
    answer = api.post("/api/email_templates", json={"email_template": FIELDS | {"body_html": "x" * 10_000_001}})
    assert answer.json() == {"errors": {"body_html": ["is too long (maximum is 10000000 characters)"]}}


def test_update_is_partial_and_moves_only_updated_at(api, emulator, template):
    emulator.clock(advance=60)
    answer = api.patch(f"/api/email_templates/{template['id']}", json={"email_template": {"subject": "Bye"}})
    assert answer.status_code == 200
    body = answer.json()
    assert body["updated_at"] > template["updated_at"]
    assert body == template | {"subject": "Bye", "updated_at": body["updated_at"]}
    again = api.patch(f"/api/email_templates/{template['id']}", json={"email_template": {"subject": "Bye"}})
    assert again.json() == body
    cleared = api.patch(f"/api/email_templates/{template['id']}", json={"email_template": {"body_html": None}})
    assert cleared.json()["body_html"] is None


def test_the_list_is_newest_first_and_names_may_repeat(api):
    ids = [api.post("/api/email_templates", json={"email_template": FIELDS}).json()["id"] for _ in range(35)]
    assert [row["id"] for row in api.get("/api/email_templates").json()] == ids[::-1]


def test_delete(api, template):
    path = f"/api/email_templates/{template['id']}"
    assert api.delete(path).status_code == 204
    for answer in (api.delete(path), api.get(path), api.patch(path, json={"email_template": {"name": "x"}})):
        assert answer.status_code == 404
        assert answer.json() == {"error": "Not Found"}


def test_the_account_is_full_at_200(api, emulator):
    emulator.seed(email_templates=[{"name": f"T{number}"} for number in range(200)])
    answer = api.post("/api/email_templates", json={"email_template": FIELDS})
    assert answer.status_code == 422
    assert "limit" in answer.json()["errors"]["name"][0]
    emulator.limits(email_templates=201)
    assert api.post("/api/email_templates", json={"email_template": FIELDS}).status_code == 201


@pytest.mark.parametrize("scope", ["", "/accounts/{}"])
def test_the_form_in_pages(api, emulator, template, scope):
    """The same templates, with flat bodies and everything in ``data`` (facts 11)."""
    base = f"/api{scope.format(emulator.account_id)}/templates"
    answer = api.post(base, json=FIELDS | {"name": "Second"})
    assert answer.status_code == 201
    second = answer.json()["data"]
    assert api.get(f"/api/email_templates/{second['id']}").json() == second
    first_page = api.get(base, params={"per_page": 1}).json()
    assert first_page["data"] == [second]
    assert first_page["pagination"] == {
        "token": 1,
        "prev_token": None,
        "next_token": 2,
        "first_url": f"{emulator.api_url}{base}?per_page=1&token=1",
        "prev_url": None,
        "current_url": f"{emulator.api_url}{base}?per_page=1&token=1",
        "next_url": f"{emulator.api_url}{base}?per_page=1&token=2",
    }
    assert api.get(first_page["pagination"]["next_url"]).json()["data"] == [template]
    assert api.get(base).json()["data"] == [second, template]
    one = f"{base}/{template['id']}"
    assert api.get(one).json() == {"data": template}
    assert api.patch(one, json={"subject": "New"}).json()["data"]["subject"] == "New"
    assert api.patch(one, json={"name": ""}).json() == {"errors": {"name": ["can't be blank"]}}
    answer = api.post(base, json={})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["name", "category", "subject"])
    assert api.delete(one).status_code == 204
    assert api.get(one).json() == {"error": "Not Found"}
