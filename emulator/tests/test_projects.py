# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Projects (facts 3.7, 2.3)."""

import pytest

KEYS = ["id", "name", "share_links", "sandboxes", "permissions"]


def test_create_answers_200_with_all_keys_in_order(api):
    answer = api.post("/api/projects", json={"project": {"name": "Shop"}})
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == KEYS
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
def test_names_that_are_refused(api, project, name, errors):
    body = {"project": {"name": name}}
    for answer in (api.post("/api/projects", json=body), api.patch(f"/api/projects/{project['id']}", json=body)):
        assert answer.status_code == 422
        assert answer.json() == {"errors": {"name": errors}}
    assert [row["name"] for row in api.get("/api/projects").json()] == ["Shop"]


@pytest.mark.parametrize("name", ["xy", "x" * 100, "é" * 100])
def test_names_at_the_bounds_are_taken(api, name):
    assert api.post("/api/projects", json={"project": {"name": name}}).json()["name"] == name


def test_a_name_missing_beside_other_keys_is_blank_on_create_and_unchanged_on_update(api, project):
    assert api.post("/api/projects", json={"project": {"colour": 1}}).status_code == 422
    assert api.post("/api/projects", json={"project": {"name": ["Shop"]}}).status_code == 422
    answer = api.patch(f"/api/projects/{project['id']}", json={"project": {"colour": 1}})
    assert answer.json()["name"] == "Shop"


def test_a_number_is_taken_as_text(api):
    assert api.post("/api/projects", json={"project": {"name": 2026}}).json()["name"] == "2026"


def test_names_are_not_unique_and_the_list_is_ascending(api):
    ids = [api.post("/api/projects", json={"project": {"name": "Same"}}).json()["id"] for _ in range(40)]
    listed = api.get("/api/projects").json()
    assert [row["id"] for row in listed] == sorted(ids)
    assert len(set(ids)) == 40


def test_update(api, project):
    answer = api.patch(f"/api/projects/{project['id']}", json={"project": {"name": "Warehouse"}})
    assert answer.status_code == 200
    assert answer.json() == project | {"name": "Warehouse"}


def test_delete_takes_sandboxes_and_messages_along(api, project, sandbox, deliver):
    message_id = deliver()
    answer = api.delete(f"/api/projects/{project['id']}")
    assert answer.status_code == 200
    assert answer.json() == {"id": project["id"]}
    assert api.delete(f"/api/projects/{project['id']}").json() == {"error": "Not Found"}
    assert api.get(f"/api/sandboxes/{sandbox['id']}").status_code == 404
    assert api.get(f"/api/sandboxes/{sandbox['id']}/messages/{message_id}").status_code == 404


def test_the_cascade_leaves_nothing_behind(api, emulator, project, deliver):
    deliver(attachments=[{"content": "aGk=", "filename": "a.txt"}])
    api.delete(f"/api/projects/{project['id']}")
    dump = emulator.dump()
    assert [kind for kind in ("projects", "sandboxes", "messages", "raw_messages", "attachments") if dump[kind]] == []


def test_the_plan_limit_goes_before_the_name(api, emulator, project):
    emulator.limits(projects=1)
    answer = api.post("/api/projects", json={"project": {"name": ""}})
    assert answer.status_code == 422
    sentence = "You've reached the projects limit. Please upgrade your plan to create the new project"
    assert answer.json() == {"errors": {"name": [sentence]}}


def test_the_sandboxes_of_a_project_are_whole(api, project, sandbox):
    assert api.get(f"/api/projects/{project['id']}").json()["sandboxes"] == [sandbox]
