# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tokens with less than the whole account may do (facts 3.3, 8.1)."""

import pytest

FORBIDDEN = {"errors": "Account access forbidden"}


@pytest.fixture
def world(emulator):
    """Two projects with a sandbox each, a message in each sandbox."""
    mail = {"from": {"email": "a@b.c"}, "to": [{"email": "x@y.z"}], "subject": "s", "text": "t"}
    emulator.seed(
        projects=[{"id": 1, "name": "One"}, {"id": 2, "name": "Two"}],
        sandboxes=[{"id": 10, "project_id": 1, "name": "S1"}, {"id": 20, "project_id": 2, "name": "S2"}],
        messages=[mail | {"id": 100, "sandbox_id": 10}, mail | {"id": 200, "sandbox_id": 20}],
        email_templates=[{"id": 5, "name": "T"}],
    )


@pytest.fixture
def token(emulator, world, client_of):
    """A client whose token has one level on one thing."""

    def make(kind, key, level):
        value = f"{kind}-{key}-{level}"
        resource = {"resource_type": kind, "resource_id": key, "access_level": level}
        emulator.seed(api_tokens=[{"name": value, "token": value, "resources": [resource]}])
        return client_of(emulator, value)

    return make


def test_an_account_viewer_reads_everything_and_changes_nothing(emulator, token, mail):
    viewer = token("account", emulator.account_id, 10)
    project = viewer.get("/api/projects/1").json()
    assert "share_links" not in project
    assert project["permissions"] == {"can_read": True, "can_update": False, "can_destroy": False, "can_leave": True}
    assert viewer.get("/api/sandboxes/10").json()["password"] is None
    assert viewer.get("/api/sandboxes/10/messages/100").status_code == 200
    assert viewer.get("/api/email_templates").status_code == 200
    refused = [
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
    for method, path, body in refused:
        answer = viewer.request(method, path, json=body)
        assert (path, answer.status_code, answer.json()) == (path, 403, FORBIDDEN)
    answer = viewer.patch("/api/sandboxes/10/messages/100", json={"message": {"is_read": True}})
    assert answer.status_code == 403
    assert answer.json() == {"errors": "Sandbox is not active or you have insufficient permissions"}
    answer = viewer.post("/api/send/10", json=mail)
    assert answer.status_code == 403
    assert answer.json() == {"success": False, "errors": ["Forbidden"]}
    assert viewer.post("/api/send", json=mail).status_code == 401


def test_a_project_admin_rules_one_project(token, mail):
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


def test_a_sandbox_viewer_sees_the_project_around_it(token):
    viewer = token("sandbox", 10, 10)
    (project,) = viewer.get("/api/projects").json()
    assert project["id"] == 1
    assert project["permissions"]["can_update"] is False
    assert [row["id"] for row in project["sandboxes"]] == [10]
    assert viewer.get("/api/projects/1").status_code == 200
    assert viewer.get("/api/projects/2").status_code == 403
    assert viewer.delete("/api/projects/1").status_code == 403
    assert viewer.get("/api/sandboxes/10/messages").json()[0]["id"] == 100


@pytest.mark.parametrize("kind", ["txt", "raw", "htmlsource", "eml"])
def test_text_bodies_refuse_with_text(emulator, token, client_of, kind):
    stranger = token("project", 2, 100)
    answer = stranger.get(f"/api/sandboxes/10/messages/100/body.{kind}")
    assert answer.status_code == 403
    assert answer.text == '{:errors=>"Account access forbidden"}'
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    unknown = client_of(emulator, "wrong").get(f"/api/sandboxes/10/messages/100/body.{kind}")
    assert unknown.status_code == 401
    assert unknown.text == '{"error":"Incorrect API token"}'
    assert unknown.headers["content-type"] == "text/plain; charset=utf-8"


def test_the_html_body_refuses_with_json(token):
    answer = token("project", 2, 100).get("/api/sandboxes/10/messages/100/body.html")
    assert answer.json() == FORBIDDEN


def test_the_template_scope(emulator, token):
    admin = token("email_template_permission_scope", emulator.account_id, 100)
    assert admin.get("/api/email_templates/5").status_code == 200
    assert admin.delete("/api/email_templates/5").status_code == 204
    assert admin.get("/api/sandboxes").json() == []


def test_a_domain_token_sends_from_its_domain_only(emulator, token, mail):
    emulator.seed(verified_domains=[{"id": 7, "domain_name": "shop.example"}])
    sender = token("domain", 7, 100)
    own = mail | {"from": {"email": "a@shop.example"}}
    assert sender.post("/api/send", json=own).status_code == 200
    assert sender.post("/api/send", json=mail).status_code == 401


def test_lesser_tokens_see_only_themselves(token):
    lesser = token("project", 1, 100)
    (own,) = lesser.get("/api/api_tokens").json()
    assert own["name"] == "project-1-100"
    assert lesser.get(f"/api/api_tokens/{own['id']}").status_code == 200
    assert lesser.get("/api/api_tokens/2500000").status_code == 404
    assert lesser.delete(f"/api/api_tokens/{own['id']}").status_code == 403
    assert lesser.post(f"/api/api_tokens/{own['id']}/reset").status_code == 403


def test_what_belongs_to_another_account_is_not_found(emulator, world, client_of, mail):
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}],
        api_tokens=[{"name": "theirs", "account_id": 77, "token": "theirs"}],
    )
    other = client_of(emulator, "theirs")
    for path in ("projects/1", "sandboxes/10", "sandboxes/10/messages", "email_templates/5", "api_tokens/2500000"):
        answer = other.get(f"/api/{path}")
        assert (path, answer.status_code, answer.json()) == (path, 404, {"error": "Not Found"})
    assert other.get("/api/projects").json() == []
    assert other.post("/api/send/10", json=mail).json() == {"errors": ["Not Found"]}


def test_an_expired_token_is_no_token(emulator, client_of):
    emulator.seed(api_tokens=[{"name": "old", "token": "old", "expires_at": "2020-01-01T00:00:00Z"}])
    answer = client_of(emulator, "old").get("/api/accounts")
    assert answer.status_code == 401
    assert answer.json() == {"error": "Incorrect API token"}
