# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Projects (docs/service.md#projects, docs/service.md#validation-messages)."""

import pytest

PROJECT_KEYS = ["id", "name", "share_links", "sandboxes", "permissions"]


def test_create_returns_200_with_all_keys_in_order(api):
    response = api.post("/api/projects", json={"project": {"name": "Shop"}})
    assert response.status_code == 200
    body = response.json()
    assert list(body) == PROJECT_KEYS
    assert body["name"] == "Shop"
    assert body["sandboxes"] == []
    assert list(body["share_links"]) == ["admin", "viewer"]
    assert body["permissions"] == {"can_read": True, "can_update": True, "can_destroy": True, "can_leave": True}
    assert api.get(f"/api/projects/{body['id']}").json() == body


@pytest.mark.parametrize(
    ("name", "errors"),
    [
        ("", ["can't be blank", "is too short (minimum is 2 characters)"]),
        (None, ["can't be blank", "is too short (minimum is 2 characters)"]),
        ("   ", ["can't be blank"]),
        ("x", ["is too short (minimum is 2 characters)"]),
        ("x" * 101, ["is too long (maximum is 100 characters)"]),
    ],
)
def test_invalid_names_are_refused(api, project, name, errors):
    body = {"project": {"name": name}}
    for response in (api.post("/api/projects", json=body), api.patch(f"/api/projects/{project['id']}", json=body)):
        assert response.status_code == 422
        assert response.json() == {"errors": {"name": errors}}
    assert [row["name"] for row in api.get("/api/projects").json()] == ["Shop"]


@pytest.mark.parametrize("name", ["xy", "x" * 100, "é" * 100])
def test_names_at_the_limits_are_accepted(api, name):
    assert api.post("/api/projects", json={"project": {"name": name}}).json()["name"] == name


def test_missing_name_is_refused_on_create_and_unchanged_on_update(api, project):
    assert api.post("/api/projects", json={"project": {"colour": 1}}).status_code == 422
    assert api.post("/api/projects", json={"project": {"name": ["Shop"]}}).status_code == 422
    response = api.patch(f"/api/projects/{project['id']}", json={"project": {"colour": 1}})
    assert response.json()["name"] == "Shop"


def test_number_is_accepted_as_a_name(api):
    assert api.post("/api/projects", json={"project": {"name": 2026}}).json()["name"] == "2026"


def test_names_may_repeat_and_the_list_is_in_order_of_ids(api):
    ids = [api.post("/api/projects", json={"project": {"name": "Same"}}).json()["id"] for _ in range(40)]
    listed = api.get("/api/projects").json()
    assert [row["id"] for row in listed] == sorted(ids)
    assert len(set(ids)) == 40


def test_update_changes_the_name(api, project):
    response = api.patch(f"/api/projects/{project['id']}", json={"project": {"name": "Warehouse"}})
    assert response.status_code == 200
    assert response.json() == project | {"name": "Warehouse"}


def test_delete_removes_sandboxes_and_messages(api, project, sandbox, deliver):
    message_id = deliver()
    response = api.delete(f"/api/projects/{project['id']}")
    assert response.status_code == 200
    assert response.json() == {"id": project["id"]}
    assert api.delete(f"/api/projects/{project['id']}").json() == {"error": "Not Found"}
    assert api.get(f"/api/sandboxes/{sandbox['id']}").status_code == 404
    assert api.get(f"/api/sandboxes/{sandbox['id']}/messages/{message_id}").status_code == 404


def test_delete_removes_all_rows_of_the_project(api, emulator, project, deliver):
    deliver(attachments=[{"content": "aGk=", "filename": "a.txt"}])
    api.delete(f"/api/projects/{project['id']}")
    dump = emulator.dump()
    assert [
        table for table in ("projects", "sandboxes", "messages", "raw_messages", "attachments") if dump[table]
    ] == []


def test_plan_limit_is_checked_before_the_name(api, emulator, project):
    emulator.limits(projects=1)
    response = api.post("/api/projects", json={"project": {"name": ""}})
    assert response.status_code == 422
    error = "You've reached the projects limit. Please upgrade your plan to create the new project"
    assert response.json() == {"errors": {"name": [error]}}


def test_project_shows_complete_sandboxes(api, project, sandbox):
    assert api.get(f"/api/projects/{project['id']}").json()["sandboxes"] == [sandbox]
