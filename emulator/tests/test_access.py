# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Permissions of tokens without full access to the account (docs/service.md#permissions)."""

import pytest

FORBIDDEN = {"errors": "Account access forbidden"}


@pytest.fixture
def resources(emulator):
    """Add two projects, each with a sandbox that contains a message."""
    mail = {"from": {"email": "a@b.c"}, "to": [{"email": "x@y.z"}], "subject": "s", "text": "t"}
    emulator.seed(
        projects=[{"id": 1, "name": "One"}, {"id": 2, "name": "Two"}],
        sandboxes=[{"id": 10, "project_id": 1, "name": "S1"}, {"id": 20, "project_id": 2, "name": "S2"}],
        messages=[mail | {"id": 100, "sandbox_id": 10}, mail | {"id": 200, "sandbox_id": 20}],
        email_templates=[{"id": 5, "name": "T"}],
    )


@pytest.fixture
def token(emulator, resources, make_client):
    """Return a function that creates a token with one permission and returns its client."""

    def make(resource_type, resource_id, level):
        value = f"{resource_type}-{resource_id}-{level}"
        resource = {"resource_type": resource_type, "resource_id": resource_id, "access_level": level}
        emulator.seed(api_tokens=[{"name": value, "token": value, "resources": [resource]}])
        return make_client(emulator, value)

    return make


def test_account_viewer_reads_everything_and_changes_nothing(emulator, token, mail):
    viewer = token("account", emulator.account_id, 10)
    project = viewer.get("/api/projects/1").json()
    assert "share_links" not in project
    assert project["permissions"] == {"can_read": True, "can_update": False, "can_destroy": False, "can_leave": True}
    assert viewer.get("/api/sandboxes/10").json()["password"] is None
    assert viewer.get("/api/sandboxes/10/messages/100").status_code == 200
    assert viewer.get("/api/email_templates").status_code == 200
    forbidden_requests = [
        ("POST", "/api/projects", {"project": {"name": "New"}}),
        ("PATCH", "/api/projects/1", {"project": {"name": "New"}}),
        ("DELETE", "/api/projects/1", None),
        ("POST", "/api/projects/1/sandboxes", {"sandbox": {"name": "New"}}),
        ("PATCH", "/api/sandboxes/10", {"sandbox": {"name": "New"}}),
        ("PATCH", "/api/sandboxes/10/clean", None),
        ("PATCH", "/api/sandboxes/10/all_read", None),
        ("PATCH", "/api/sandboxes/10/reset_credentials", None),
        ("PATCH", "/api/sandboxes/10/toggle_email_username", None),
        ("PATCH", "/api/sandboxes/10/reset_email_username", None),
        ("DELETE", "/api/sandboxes/10", None),
        ("DELETE", "/api/sandboxes/10/messages/100", None),
        ("POST", "/api/sandboxes/10/messages/100/forward", {"email": "owner@example.com"}),
        ("POST", "/api/email_templates", {"email_template": {"name": "n", "category": "c", "subject": "s"}}),
        ("PATCH", "/api/email_templates/5", {"email_template": {"name": "n"}}),
        ("DELETE", "/api/email_templates/5", None),
        ("POST", "/api/api_tokens", {"name": "n", "resources": []}),
    ]
    for method, path, body in forbidden_requests:
        response = viewer.request(method, path, json=body)
        assert (path, response.status_code, response.json()) == (path, 403, FORBIDDEN)
    response = viewer.patch("/api/sandboxes/10/messages/100", json={"message": {"is_read": True}})
    assert response.status_code == 403
    assert response.json() == {"errors": "Sandbox is not active or you have insufficient permissions"}
    response = viewer.post("/api/send/10", json=mail)
    assert response.status_code == 403
    assert response.json() == {"success": False, "errors": ["Forbidden"]}
    assert viewer.post("/api/send", json=mail).status_code == 401


def test_project_admin_manages_only_that_project(token, mail):
    admin = token("project", 1, 100)
    assert [row["id"] for row in admin.get("/api/projects").json()] == [1]
    assert [row["id"] for row in admin.get("/api/sandboxes").json()] == [10]
    assert admin.get("/api/sandboxes/10").json()["password"]
    assert admin.post("/api/projects/1/sandboxes", json={"sandbox": {"name": "New"}}).status_code == 200
    assert admin.post("/api/send/10", json=mail).status_code == 200
    assert admin.get("/api/projects/2").json() == FORBIDDEN
    assert admin.get("/api/sandboxes/20").json() == FORBIDDEN
    assert admin.get("/api/sandboxes/20/messages").json() == FORBIDDEN
    assert admin.get("/api/email_templates").json() == FORBIDDEN
    assert admin.post("/api/projects", json={"project": {"name": "New"}}).json() == FORBIDDEN
    assert admin.delete("/api/projects/1").status_code == 200


def test_sandbox_viewer_sees_the_project_of_the_sandbox(token):
    viewer = token("sandbox", 10, 10)
    (project,) = viewer.get("/api/projects").json()
    assert project["id"] == 1
    assert project["permissions"]["can_update"] is False
    assert [row["id"] for row in project["sandboxes"]] == [10]
    assert viewer.get("/api/projects/1").status_code == 200
    assert viewer.get("/api/projects/2").status_code == 403
    assert viewer.delete("/api/projects/1").status_code == 403
    assert viewer.get("/api/sandboxes/10/messages").json()[0]["id"] == 100


@pytest.mark.parametrize("extension", ["txt", "raw", "htmlsource", "eml"])
def test_text_bodies_are_forbidden_with_a_text_error(emulator, token, make_client, extension):
    stranger = token("project", 2, 100)
    response = stranger.get(f"/api/sandboxes/10/messages/100/body.{extension}")
    assert response.status_code == 403
    assert response.text == '{:errors=>"Account access forbidden"}'
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    unknown = make_client(emulator, "wrong").get(f"/api/sandboxes/10/messages/100/body.{extension}")
    assert unknown.status_code == 401
    assert unknown.text == '{"error":"Incorrect API token"}'
    assert unknown.headers["content-type"] == "text/plain; charset=utf-8"


def test_html_body_is_forbidden_with_a_json_error(token):
    response = token("project", 2, 100).get("/api/sandboxes/10/messages/100/body.html")
    assert response.json() == FORBIDDEN


def test_template_permission_covers_only_templates(emulator, token):
    admin = token("email_template_permission_scope", emulator.account_id, 100)
    assert admin.get("/api/email_templates/5").status_code == 200
    assert admin.delete("/api/email_templates/5").status_code == 204
    assert admin.get("/api/sandboxes").json() == []


def test_domain_token_sends_only_from_its_domain(emulator, token, mail):
    emulator.seed(verified_domains=[{"id": 7, "domain_name": "shop.example"}])
    sender = token("domain", 7, 100)
    own = mail | {"from": {"email": "a@shop.example"}}
    assert sender.post("/api/send", json=own).status_code == 200
    assert sender.post("/api/send", json=mail).status_code == 401


def test_limited_token_lists_only_itself(token):
    lesser = token("project", 1, 100)
    (own,) = lesser.get("/api/api_tokens").json()
    assert own["name"] == "project-1-100"
    assert lesser.get(f"/api/api_tokens/{own['id']}").status_code == 200
    assert lesser.get("/api/api_tokens/2500000").status_code == 404
    assert lesser.delete(f"/api/api_tokens/{own['id']}").status_code == 403
    assert lesser.post(f"/api/api_tokens/{own['id']}/reset").status_code == 403


def test_resources_of_another_account_are_not_found(emulator, resources, make_client, mail):
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}],
        api_tokens=[{"name": "theirs", "account_id": 77, "token": "theirs"}],
    )
    other = make_client(emulator, "theirs")
    for path in ("projects/1", "sandboxes/10", "sandboxes/10/messages", "email_templates/5", "api_tokens/2500000"):
        response = other.get(f"/api/{path}")
        assert (path, response.status_code, response.json()) == (path, 404, {"error": "Not Found"})
    assert other.get("/api/projects").json() == []
    assert other.post("/api/send/10", json=mail).json() == {"errors": ["Not Found"]}


def test_expired_token_is_rejected(emulator, make_client):
    emulator.seed(api_tokens=[{"name": "old", "token": "old", "expires_at": "2020-01-01T00:00:00Z"}])
    response = make_client(emulator, "old").get("/api/accounts")
    assert response.status_code == 401
    assert response.json() == {"error": "Incorrect API token"}
