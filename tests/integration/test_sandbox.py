# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create, update, list, and delete sandboxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mailtrap_emulator.testing import Emulator

SHOP = {"projects": [{"id": 77, "name": "Shop"}, {"id": 78, "name": "Other"}]}


@pytest.fixture
def shop(emulator: Emulator) -> Emulator:
    """The emulator with the projects Shop and Other."""
    emulator.seed(SHOP)
    return emulator


def test_sandbox_life_cycle(play, shop):
    created, unchanged, by_project_id, renamed, by_id, deleted, absent, absent_by_id = play(
        """
        - community.mailtrap.sandbox: {name: Staging, project: Shop}
          register: created
        - community.mailtrap.sandbox: {name: Staging, project: Shop}
        - community.mailtrap.sandbox: {name: Staging, project_id: 77}
        - community.mailtrap.sandbox: {id: "{{ created.sandbox.id }}", name: Live}
        - community.mailtrap.sandbox: {id: "{{ created.sandbox.id }}", name: Live}
        - community.mailtrap.sandbox: {name: Live, project: Shop, state: absent}
        - community.mailtrap.sandbox: {name: Live, project: Shop, state: absent}
        - community.mailtrap.sandbox: {id: "{{ created.sandbox.id }}", state: absent}
        """
    )
    sandbox = created["sandbox"]
    path = f"/api/sandboxes/{sandbox['id']}"

    assert created.changed
    assert created.requests == ["GET /api/projects", "POST /api/projects/77/sandboxes"]
    assert (sandbox["name"], sandbox["project_id"]) == ("Staging", 77)
    assert not {"username", "password"} & set(sandbox)

    assert not unchanged.changed and unchanged["sandbox"] == sandbox
    assert unchanged.requests == ["GET /api/projects"]

    assert not by_project_id.changed
    assert by_project_id.requests == ["GET /api/projects/77"]

    assert renamed.changed and renamed["sandbox"]["name"] == "Live"
    assert renamed.requests == [f"GET {path}", f"PATCH {path}"]
    assert not by_id.changed and by_id.requests == [f"GET {path}"]

    assert deleted.changed and deleted["sandbox"] is None
    assert deleted.requests == ["GET /api/projects", f"DELETE {path}"]
    assert not absent.changed and absent.requests == ["GET /api/projects"]
    assert not absent_by_id.changed and absent_by_id.requests == [f"DELETE {path}"]


def test_alias_of_the_email_address_is_idempotent(play, shop):
    created, unchanged, with_suffix, updated, unmanaged = play(
        """
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username: shop}
          register: created
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username: shop}
        - community.mailtrap.sandbox:
            name: Box
            project: Shop
            email_username: "{{ created.sandbox.email_username }}"
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username: store}
        - community.mailtrap.sandbox: {name: Box, project: Shop}
        """,
        "--diff",
    )
    path = f"/api/sandboxes/{created['sandbox']['id']}"
    alias, _hyphen, suffix = created["sandbox"]["email_username"].partition("-")
    assert alias == "shop" and len(suffix) == 6
    assert created.requests == ["GET /api/projects", "POST /api/projects/77/sandboxes", f"PATCH {path}"]
    assert not unchanged.changed and not with_suffix.changed
    assert updated.changed and updated.requests == ["GET /api/projects", f"PATCH {path}"]
    assert updated.entries[1]["body"] == {"sandbox": {"email_username": "store"}}
    assert updated["sandbox"]["email_username"] == f"store-{suffix}"
    assert updated["diff"]["before"]["email_username"] == f"shop-{suffix}"
    assert updated["diff"]["after"]["email_username"] == f"store-{suffix}"
    assert not unmanaged.changed


def test_email_address_is_toggled_only_if_it_differs(play, shop):
    enabled, still_enabled, disabled, still_disabled, alias_and_enabled = play(
        """
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username_enabled: true}
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username_enabled: true}
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username_enabled: false}
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username_enabled: false}
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username: x1, email_username_enabled: true}
        """
    )
    path = f"/api/sandboxes/{enabled['sandbox']['id']}"
    assert enabled["sandbox"]["email_username_enabled"] is True
    assert enabled.writes == ["POST /api/projects/77/sandboxes", f"PATCH {path}/toggle_email_username"]
    assert not still_enabled.changed and still_enabled.writes == []
    assert disabled.writes == [f"PATCH {path}/toggle_email_username"]
    assert disabled["sandbox"]["email_username_enabled"] is False
    assert not still_disabled.changed and still_disabled.writes == []
    assert alias_and_enabled.writes == [f"PATCH {path}", f"PATCH {path}/toggle_email_username"]


def test_check_mode_predicts_changes_without_writing(play, shop):
    shop.seed({"sandboxes": [{"id": 5, "name": "Box", "project_id": 77, "alias": "old", "address_hash": "1a2b3c"}]})
    run = play(
        """
        - community.mailtrap.sandbox: {name: New, project: Shop, email_username: fresh}
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username: fresh, email_username_enabled: true}
        - community.mailtrap.sandbox: {name: Box, project: Shop, state: absent}
        - community.mailtrap.sandbox: {id: 5, state: absent}
        - community.mailtrap.sandbox: {name: Box, project: Shop}
        - community.mailtrap.sandbox: {name: Box, project: Not yet}
        - community.mailtrap.sandbox: {name: Box, project: Not yet, state: absent}
        - community.mailtrap.sandbox_info: {project: Not yet}
        """,
        "--check",
        "--diff",
    )
    create, update, _delete, delete_by_id, _unchanged, without_project, _absent, no_sandboxes = run
    assert [step.writes for step in run] == [[]] * 8
    assert [step.changed for step in run] == [True, True, True, True, False, True, False, False]
    assert no_sandboxes["sandboxes"] == [] and no_sandboxes["warnings"] == without_project["warnings"]
    assert create["sandbox"] == {"id": None, "project_id": 77, "name": "New", "email_username": "fresh"}
    assert update["diff"]["after"]["email_username"] == "fresh-1a2b3c"
    assert update["sandbox"]["email_username_enabled"] is True
    assert delete_by_id["diff"]["before"]["name"] == "Box"
    assert without_project["warnings"] == [
        "There is no project 'Not yet'; check mode assumes that an earlier task would create it."
    ]


def test_same_name_in_two_projects(play, shop):
    shop.seed({"sandboxes": [{"id": 5, "name": "Box", "project_id": 77}, {"id": 6, "name": "Box", "project_id": 78}]})
    in_shop, ambiguous, listed_by_name, listed, listed_by_project, listed_by_id, unknown_id = play(
        """
        - community.mailtrap.sandbox: {name: Box, project: Shop}
        - community.mailtrap.sandbox: {name: Box}
          ignore_errors: true
        - community.mailtrap.sandbox_info: {name: Box}
        - community.mailtrap.sandbox_info:
        - community.mailtrap.sandbox_info: {project: Other}
        - community.mailtrap.sandbox_info: {id: 6}
        - community.mailtrap.sandbox_info: {id: 7}
        """
    )
    assert not in_shop.changed and in_shop["sandbox"]["id"] == 5
    message = "Could not find sandbox 'Box': 2 sandboxes have the name 'Box', with the ids 5, 6: give the id"
    assert ambiguous.msg == message
    assert [box["id"] for box in listed_by_name["sandboxes"]] == [5, 6]
    assert listed_by_name.requests == ["GET /api/sandboxes"]
    assert [box["id"] for box in listed["sandboxes"]] == [5, 6]
    assert [box["id"] for box in listed_by_project["sandboxes"]] == [6]
    assert listed_by_project.requests == ["GET /api/projects"]
    assert [box["id"] for box in listed_by_id["sandboxes"]] == [6]
    assert listed_by_id.requests == ["GET /api/sandboxes/6"]
    assert unknown_id["sandboxes"] == []


def test_unknown_project_fails(play, shop):
    steps = play(
        """
        - community.mailtrap.sandbox: {name: Box, project: Shopp}
          ignore_errors: true
        - community.mailtrap.sandbox: {name: Box, project_id: 4711}
          ignore_errors: true
        - community.mailtrap.sandbox: {name: Box}
          ignore_errors: true
        - community.mailtrap.sandbox_info: {project: Shopp}
          ignore_errors: true
        - community.mailtrap.sandbox: {name: Box, project: Shop, project_id: 77}
          ignore_errors: true
        - community.mailtrap.sandbox: {id: 5, project: Shop}
          ignore_errors: true
        - community.mailtrap.sandbox: {name: Box, project: Shopp, state: absent}
        """
    )
    assert [step.writes for step in steps] == [[]] * 7
    assert [step.msg for step in steps] == [
        "Could not create sandbox 'Box' in project 'Shopp': there is no project 'Shopp'",
        "Could not create sandbox 'Box' in project 4711: there is no project with id 4711",
        "Could not create sandbox 'Box': a new sandbox needs its project: give project or project_id",
        "Could not read the sandboxes: there is no project 'Shopp'",
        "parameters are mutually exclusive: project|project_id",
        "parameters are mutually exclusive: id|project",
        None,
    ]
    assert not steps[-1].changed


def test_ambiguous_project_fails(play, shop):
    shop.seed({"projects": [{"id": 79, "name": "Shop"}]})
    (step,) = play("[{community.mailtrap.sandbox: {name: Box, project: Shop}, ignore_errors: true}]")
    assert "2 projects have the name 'Shop', with the ids 77, 79" in step.msg
    assert step.writes == []


def test_plan_limit_is_reported(play, shop):
    shop.limits(sandboxes=0)
    (step,) = play("[{community.mailtrap.sandbox: {name: Box, project: Shop}, ignore_errors: true}]")
    assert step.msg.startswith(
        "Could not create sandbox 'Box' in project 'Shop': plan limit: name You've reached the sandboxes limit."
    )


def test_credentials_are_returned_only_on_request(play, shop):
    shop.seed({"sandboxes": [{"id": 5, "name": "Box", "project_id": 77}]})
    without_secrets, with_secrets = play(
        """
        - community.mailtrap.sandbox_info: {id: 5}
        - community.mailtrap.sandbox_info: {id: 5, reveal_secrets: true}
        """
    )
    assert not {"username", "password"} & set(without_secrets["sandboxes"][0])
    assert len(with_secrets["sandboxes"][0]["username"]) == len(with_secrets["sandboxes"][0]["password"]) == 14


def test_former_module_names_work(play, shop):
    created, unchanged, listed = play(
        """
        - community.mailtrap.inbox: {name: Box, project: Shop}
        - community.mailtrap.inbox: {name: Box, project: Shop}
        - community.mailtrap.inbox_info: {project: Shop}
        """
    )
    assert created.changed and created["sandbox"]["name"] == "Box"
    assert not unchanged.changed
    assert listed["sandboxes"] == [unchanged["sandbox"]]


def test_failed_update_returns_the_created_sandbox(play, shop):
    shop.fault(method="PATCH", path="/api/sandboxes/", status=422, json={"errors": {"email_username": ["is taken"]}})
    failed, unchanged = play(
        """
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username: shop}
          ignore_errors: true
        - community.mailtrap.sandbox: {name: Box, project: Shop}
        """
    )
    assert failed.failed and failed.changed
    created = failed["sandbox"]
    assert failed.msg == (
        "Could not update sandbox 'Box' in project 'Shop': email_username is taken; the sandbox had already been "
        f"created, with id {created['id']} (HTTP 422 for PATCH /api/sandboxes/{created['id']})"
    )
    assert "password" not in created
    assert not unchanged.changed and unchanged["sandbox"]["id"] == created["id"]


def test_ignored_setting_causes_a_warning(play, shop):
    shop.seed({"sandboxes": [{"id": 5, "name": "Box", "project_id": 77}]})
    shop.fault(
        method="PATCH", path="toggle", status=200, json={"id": 5, "name": "Box", "email_username_enabled": False}
    )
    (step,) = play("[{community.mailtrap.sandbox: {id: 5, email_username_enabled: true}}]")
    assert step["warnings"] == ["The service accepted email_username_enabled for sandbox 5, but returns False."]


@pytest.mark.parametrize("options", ["name: ''", "name: null", "name: '', state: absent", "name: null, state: absent"])
def test_empty_name_fails(play_in, shop, options):
    (step,) = play_in(
        "in_process", "[{community.mailtrap.sandbox: {%s, project: Shop}, ignore_errors: true}]" % options
    )
    assert (step.failed and "name is empty" in step.msg) or "required: id, name" in step.msg
    assert step.requests == []
