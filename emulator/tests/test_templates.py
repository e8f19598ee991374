# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email templates (docs/service.md#email-templates)."""

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


def test_create_returns_201(api):
    response = api.post("/api/email_templates", json={"email_template": FIELDS})
    assert response.status_code == 201
    body = response.json()
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
    response = api.post(
        "/api/email_templates",
        json={"email_template": {"name": "n", "category": "c", "subject": "s", "body_text": None}},
    )
    assert response.status_code == 201
    assert (response.json()["body_html"], response.json()["body_text"]) == (None, None)


def test_blank_fields_are_refused(api):
    response = api.post("/api/email_templates", json={"email_template": FIELDS | {"name": ""}})
    assert response.status_code == 422
    assert response.json() == {"errors": {"name": ["can't be blank"]}}
    response = api.post("/api/email_templates", json={"email_template": {"name": "n"}})
    assert response.json() == {"errors": {"category": ["can't be blank"], "subject": ["can't be blank"]}}


@pytest.mark.parametrize("name", ["name", "category", "subject"])
def test_too_long_fields_are_refused(api, template, name):
    longest = api.patch(f"/api/email_templates/{template['id']}", json={"email_template": {name: "é" * 255}})
    assert longest.status_code == 200
    response = api.patch(f"/api/email_templates/{template['id']}", json={"email_template": {name: "x" * 256}})
    assert response.status_code == 422
    assert response.json() == {"errors": {name: ["is too long (maximum is 255 characters)"]}}


def test_too_long_body_is_refused(api):
    response = api.post("/api/email_templates", json={"email_template": FIELDS | {"body_html": "x" * 10_000_001}})
    assert response.json() == {"errors": {"body_html": ["is too long (maximum is 10000000 characters)"]}}


def test_update_is_partial_and_changes_updated_at(api, emulator, template):
    emulator.clock(advance=60)
    response = api.patch(f"/api/email_templates/{template['id']}", json={"email_template": {"subject": "Bye"}})
    assert response.status_code == 200
    body = response.json()
    assert body["updated_at"] > template["updated_at"]
    assert body == template | {"subject": "Bye", "updated_at": body["updated_at"]}
    again = api.patch(f"/api/email_templates/{template['id']}", json={"email_template": {"subject": "Bye"}})
    assert again.json() == body
    cleared = api.patch(f"/api/email_templates/{template['id']}", json={"email_template": {"body_html": None}})
    assert cleared.json()["body_html"] is None


def test_list_is_newest_first_and_names_may_repeat(api):
    ids = [api.post("/api/email_templates", json={"email_template": FIELDS}).json()["id"] for _ in range(35)]
    assert [row["id"] for row in api.get("/api/email_templates").json()] == ids[::-1]


def test_deleted_template_is_not_found(api, template):
    path = f"/api/email_templates/{template['id']}"
    assert api.delete(path).status_code == 204
    for response in (api.delete(path), api.get(path), api.patch(path, json={"email_template": {"name": "x"}})):
        assert response.status_code == 404
        assert response.json() == {"error": "Not Found"}


def test_limit_is_200_templates(api, emulator):
    emulator.seed(email_templates=[{"name": f"T{number}"} for number in range(200)])
    response = api.post("/api/email_templates", json={"email_template": FIELDS})
    assert response.status_code == 422
    assert "limit" in response.json()["errors"]["name"][0]
    emulator.limits(email_templates=201)
    assert api.post("/api/email_templates", json={"email_template": FIELDS}).status_code == 201


@pytest.mark.parametrize("scope", ["", "/accounts/{}"])
def test_paginated_paths(api, emulator, template, scope):
    """The paginated paths have the same templates, flat bodies and objects in ``data``."""
    templates_path = f"/api{scope.format(emulator.account_id)}/templates"
    response = api.post(templates_path, json=FIELDS | {"name": "Second"})
    assert response.status_code == 201
    second = response.json()["data"]
    assert api.get(f"/api/email_templates/{second['id']}").json() == second
    first_page = api.get(templates_path, params={"per_page": 1}).json()
    assert first_page["data"] == [second]
    assert first_page["pagination"] == {
        "token": 1,
        "prev_token": None,
        "next_token": 2,
        "first_url": f"{emulator.api_url}{templates_path}?per_page=1&token=1",
        "prev_url": None,
        "current_url": f"{emulator.api_url}{templates_path}?per_page=1&token=1",
        "next_url": f"{emulator.api_url}{templates_path}?per_page=1&token=2",
    }
    assert api.get(first_page["pagination"]["next_url"]).json()["data"] == [template]
    assert api.get(templates_path).json()["data"] == [second, template]
    template_path = f"{templates_path}/{template['id']}"
    assert api.get(template_path).json() == {"data": template}
    assert api.patch(template_path, json={"subject": "New"}).json()["data"]["subject"] == "New"
    assert api.patch(template_path, json={"name": ""}).json() == {"errors": {"name": ["can't be blank"]}}
    response = api.post(templates_path, json={})
    assert (response.status_code, list(response.json()["errors"])) == (422, ["name", "category", "subject"])
    assert api.delete(template_path).status_code == 204
    assert api.get(template_path).json() == {"error": "Not Found"}
