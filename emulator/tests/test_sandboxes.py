# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sandboxes (docs/service.md#sandboxes)."""

import re

import pytest

SANDBOX_KEYS = [
    "id",
    "name",
    "username",
    "status",
    "email_username",
    "email_username_enabled",
    "used",
    "forward_from_email_address",
    "project_id",
    "password",
    "domain",
    "pop3_domain",
    "email_domain",
    "smtp_ports",
    "pop3_ports",
    "api_domain",
    "sent_messages_count",
    "forwarded_messages_count",
    "emails_count",
    "emails_unread_count",
    "last_message_sent_at",
    "max_size",
    "max_message_size",
    "permissions",
]


@pytest.fixture
def path(sandbox):
    return f"/api/sandboxes/{sandbox['id']}"


def test_new_sandbox_has_all_fields(api, emulator, project):
    response = api.post(f"/api/projects/{project['id']}/sandboxes", json={"sandbox": {"name": "QA", "project_id": 1}})
    assert response.status_code == 200
    body = response.json()
    assert list(body) == SANDBOX_KEYS
    assert re.fullmatch(r"[0-9a-f]{14}", body["username"])
    assert re.fullmatch(r"[0-9a-f]{14}", body["password"])
    assert re.fullmatch(r"[0-9a-f]{10}-[0-9a-f]{6}", body["email_username"])
    assert body["forward_from_email_address"] == f"a{emulator.account_id}-i{body['id']}@forward.mailtrap.info"
    fixed = {
        "name": "QA",
        "status": "active",
        "email_username_enabled": False,
        "used": False,
        "project_id": project["id"],
        "domain": "sandbox.smtp.mailtrap.io",
        "pop3_domain": "pop3.mailtrap.io",
        "email_domain": "inbox.mailtrap.io",
        "smtp_ports": [25, 465, 587, 2525],
        "pop3_ports": [1100, 9950],
        "api_domain": "sandbox.api.mailtrap.io",
        "sent_messages_count": 0,
        "forwarded_messages_count": 0,
        "emails_count": 0,
        "emails_unread_count": 0,
        "last_message_sent_at": None,
        "max_size": 1000,
        "max_message_size": 26214400,
        "permissions": {"can_read": True, "can_update": True, "can_destroy": True, "can_leave": True},
    }
    assert {name: body[name] for name in fixed} == fixed


def test_create_in_an_unknown_project_is_not_found(api):
    response = api.post("/api/projects/1/sandboxes", json={"sandbox": {"name": "QA"}})
    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


def test_create_with_a_blank_name_is_refused(api, project):
    response = api.post(f"/api/projects/{project['id']}/sandboxes", json={"sandbox": {"name": ""}})
    assert response.status_code == 422
    assert response.json() == {"errors": {"name": ["can't be blank", "is too short (minimum is 2 characters)"]}}


def test_plan_limit_is_checked_before_the_name(api, emulator, project, sandbox):
    emulator.limits(sandboxes=1)
    response = api.post(f"/api/projects/{project['id']}/sandboxes", json={"sandbox": {"name": ""}})
    assert response.status_code == 422
    error = "You've reached the sandboxes limit. Please upgrade your plan to create the new sandbox"
    assert response.json() == {"errors": {"name": [error]}}


def test_names_may_repeat(api, project):
    path = f"/api/projects/{project['id']}/sandboxes"
    assert len({api.post(path, json={"sandbox": {"name": "Twin"}}).json()["id"] for _ in range(2)}) == 2


def test_hash_is_appended_to_a_written_alias(api, path, sandbox):
    address_hash = sandbox["email_username"].rpartition("-")[2]
    for alias in ("updated_username", "my-username", f"whole-{address_hash}"):
        response = api.patch(path, json={"sandbox": {"email_username": alias}})
        assert response.json()["email_username"] == f"{alias}-{address_hash}"
    assert api.get(path).json()["email_username"] == f"whole-{address_hash}-{address_hash}"


@pytest.mark.parametrize(
    ("alias", "error"), [("", "can't be blank"), (None, "can't be blank"), ("a b", "is invalid"), ("a@b", "is invalid")]
)
def test_refused_aliases_change_nothing(api, path, sandbox, alias, error):
    response = api.patch(path, json={"sandbox": {"name": "Renamed", "email_username": alias}})
    assert response.status_code == 422
    assert response.json() == {"errors": {"email_username": [error]}}
    assert api.get(path).json() == sandbox


def test_update_is_partial(api, path, sandbox):
    assert api.patch(path, json={"sandbox": {"name": "Renamed"}}).json() == sandbox | {"name": "Renamed"}
    assert api.patch(path, json={"sandbox": {"max_size": 5}}).json()["max_size"] == sandbox["max_size"]


def test_toggle_email_username_inverts_the_flag(api, path):
    states = [api.patch(f"{path}/toggle_email_username").json()["email_username_enabled"] for _ in range(3)]
    assert states == [True, False, True]


def test_reset_email_username_changes_the_alias_but_not_the_hash(api, path, sandbox):
    response = api.patch(f"{path}/reset_email_username").json()
    old, new = sandbox["email_username"].split("-"), response["email_username"].split("-")
    assert old[0] != new[0]
    assert len(new[0]) == 10
    assert old[1] == new[1]


def test_reset_credentials_changes_username_and_password(api, path, sandbox):
    response = api.patch(f"{path}/reset_credentials").json()
    assert response["username"] != sandbox["username"]
    assert response["password"] != sandbox["password"]
    assert api.get(path).json() == response


def test_counters_follow_arrival_reading_and_cleaning(api, path, deliver):
    ids = [deliver(), deliver()]
    after = api.get(path).json()
    assert (after["emails_count"], after["emails_unread_count"], after["sent_messages_count"]) == (2, 2, 2)
    assert after["used"] is True
    assert after["last_message_sent_at"] == api.get(f"{path}/messages/{ids[1]}").json()["sent_at"]
    api.patch(f"{path}/messages/{ids[0]}", json={"message": {"is_read": True}})
    assert api.get(path).json()["emails_unread_count"] == 1
    read = api.patch(f"{path}/all_read")
    assert read.status_code == 200
    assert (read.json()["emails_count"], read.json()["emails_unread_count"]) == (2, 0)
    cleaned = api.patch(f"{path}/clean")
    assert cleaned.status_code == 200
    assert (cleaned.json()["emails_count"], cleaned.json()["emails_unread_count"]) == (0, 0)
    assert cleaned.json()["used"] is True
    assert api.get(f"{path}/messages").json() == []


def test_delete_returns_the_sandbox(api, path, deliver):
    deliver()
    before = api.get(path).json()
    response = api.delete(path)
    assert response.status_code == 200
    assert response.json() == before


@pytest.mark.parametrize(
    ("method", "suffix"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("PATCH", "/clean"),
        ("PATCH", "/all_read"),
        ("PATCH", "/reset_credentials"),
        ("PATCH", "/toggle_email_username"),
        ("PATCH", "/reset_email_username"),
    ],
)
def test_unknown_id_is_not_found_by_any_operation(api, method, suffix):
    response = api.request(
        method, f"/api/sandboxes/1{suffix}", json={"sandbox": {"name": "QA"}} if method == "PATCH" else None
    )
    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


def test_list_contains_all_projects_in_order_of_ids(api, emulator, project, sandbox):
    emulator.seed(
        projects=[{"id": 5, "name": "Old"}],
        sandboxes=[{"id": 9, "project_id": 5, "name": "Ancient"}],
    )
    assert [row["id"] for row in api.get("/api/sandboxes").json()] == [9, sandbox["id"]]
