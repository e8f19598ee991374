# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

SHOP = {"projects": [{"id": 77, "name": "Shop"}, {"id": 78, "name": "Other"}]}


@pytest.fixture
def shop(emulator):
    emulator.seed(SHOP)
    return emulator


def test_life_of_a_sandbox(play, shop):
    first, again, by_project_id, renamed, by_id, gone, absent, absent_by_id = play(
        """
        - community.mailtrap.sandbox: {name: Staging, project: Shop}
          register: made
        - community.mailtrap.sandbox: {name: Staging, project: Shop}
        - community.mailtrap.sandbox: {name: Staging, project_id: 77}
        - community.mailtrap.sandbox: {id: "{{ made.sandbox.id }}", name: Live}
        - community.mailtrap.sandbox: {id: "{{ made.sandbox.id }}", name: Live}
        - community.mailtrap.sandbox: {name: Live, project: Shop, state: absent}
        - community.mailtrap.sandbox: {name: Live, project: Shop, state: absent}
        - community.mailtrap.sandbox: {id: "{{ made.sandbox.id }}", state: absent}
        """
    )
    sandbox = first["sandbox"]
    one = f"/api/sandboxes/{sandbox['id']}"

    assert first.changed
    assert first.requests == ["GET /api/projects", "POST /api/projects/77/sandboxes"]
    assert (sandbox["name"], sandbox["project_id"]) == ("Staging", 77)
    assert not {"username", "password"} & set(sandbox)

    assert not again.changed and again["sandbox"] == sandbox
    assert again.requests == ["GET /api/projects"]

    assert not by_project_id.changed
    assert by_project_id.requests == ["GET /api/projects/77"]

    assert renamed.changed and renamed["sandbox"]["name"] == "Live"
    assert renamed.requests == [f"GET {one}", f"PATCH {one}"]
    assert not by_id.changed and by_id.requests == [f"GET {one}"]

    assert gone.changed and gone["sandbox"] is None
    assert gone.requests == ["GET /api/projects", f"DELETE {one}"]
    assert not absent.changed and absent.requests == ["GET /api/projects"]
    assert not absent_by_id.changed and absent_by_id.requests == [f"DELETE {one}"]


def test_the_alias_of_the_address_converges(play, shop):
    first, again, with_suffix, changed, unmanaged = play(
        """
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username: shop}
          register: made
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username: shop}
        - community.mailtrap.sandbox:
            name: Box
            project: Shop
            email_username: "{{ made.sandbox.email_username }}"
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username: store}
        - community.mailtrap.sandbox: {name: Box, project: Shop}
        """,
        "--diff",
    )
    one = f"/api/sandboxes/{first['sandbox']['id']}"
    alias, _hyphen, suffix = first["sandbox"]["email_username"].partition("-")
    assert alias == "shop" and len(suffix) == 6
    assert first.requests == ["GET /api/projects", "POST /api/projects/77/sandboxes", f"PATCH {one}"]
    assert not again.changed and not with_suffix.changed
    assert changed.changed and changed.requests == ["GET /api/projects", f"PATCH {one}"]
    assert changed.entries[1]["body"] == {"sandbox": {"email_username": "store"}}
    assert changed["sandbox"]["email_username"] == f"store-{suffix}"
    assert changed["diff"]["before"]["email_username"] == f"shop-{suffix}"
    assert changed["diff"]["after"]["email_username"] == f"store-{suffix}"
    assert not unmanaged.changed


def test_the_address_is_turned_over_only_when_it_differs(play, shop):
    on, still_on, off, still_off, both = play(
        """
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username_enabled: true}
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username_enabled: true}
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username_enabled: false}
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username_enabled: false}
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username: x1, email_username_enabled: true}
        """
    )
    one = f"/api/sandboxes/{on['sandbox']['id']}"
    assert on["sandbox"]["email_username_enabled"] is True
    assert on.writes == ["POST /api/projects/77/sandboxes", f"PATCH {one}/toggle_email_username"]
    assert not still_on.changed and still_on.writes == []
    assert off.writes == [f"PATCH {one}/toggle_email_username"]
    assert off["sandbox"]["email_username_enabled"] is False
    assert not still_off.changed and still_off.writes == []
    assert both.writes == [f"PATCH {one}", f"PATCH {one}/toggle_email_username"]


def test_check_mode_predicts_and_writes_nothing(play, shop):
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
    create, update, _absent, absent_by_id, _same, orphan, _no_orphan, none = run
    assert [step.writes for step in run] == [[]] * 8
    assert [step.changed for step in run] == [True, True, True, True, False, True, False, False]
    assert none["sandboxes"] == [] and none["warnings"] == orphan["warnings"]
    assert create["sandbox"] == {"id": None, "project_id": 77, "name": "New", "email_username": "fresh"}
    assert update["diff"]["after"]["email_username"] == "fresh-1a2b3c"
    assert update["sandbox"]["email_username_enabled"] is True
    assert absent_by_id["diff"]["before"]["name"] == "Box"
    assert orphan["warnings"] == [
        "There is no project 'Not yet'; check mode takes it that an earlier task would have made it."
    ]


def test_one_name_in_two_projects(play, shop):
    shop.seed({"sandboxes": [{"id": 5, "name": "Box", "project_id": 77}, {"id": 6, "name": "Box", "project_id": 78}]})
    in_shop, anywhere, listed, all_of_them, of_other, by_id, no_such_id = play(
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
    assert anywhere.msg == "Could not find sandbox 'Box': 2 sandboxes are called 'Box', with the ids 5, 6: give the id"
    assert [box["id"] for box in listed["sandboxes"]] == [5, 6]
    assert listed.requests == ["GET /api/sandboxes"]
    assert [box["id"] for box in all_of_them["sandboxes"]] == [5, 6]
    assert [box["id"] for box in of_other["sandboxes"]] == [6] and of_other.requests == ["GET /api/projects"]
    assert [box["id"] for box in by_id["sandboxes"]] == [6] and by_id.requests == ["GET /api/sandboxes/6"]
    assert no_such_id["sandboxes"] == []


def test_an_unknown_project(play, shop):
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


def test_an_ambiguous_project(play, shop):
    shop.seed({"projects": [{"id": 79, "name": "Shop"}]})
    (step,) = play("[{community.mailtrap.sandbox: {name: Box, project: Shop}, ignore_errors: true}]")
    assert "2 projects are called 'Shop', with the ids 77, 79" in step.msg
    assert step.writes == []


def test_plan_limit(play, shop):
    shop.limits(sandboxes=0)
    (step,) = play("[{community.mailtrap.sandbox: {name: Box, project: Shop}, ignore_errors: true}]")
    assert step.msg.startswith(
        "Could not create sandbox 'Box' in project 'Shop': plan limit: name You've reached the sandboxes limit."
    )


def test_credentials_are_told_when_they_are_asked_for(play, shop):
    shop.seed({"sandboxes": [{"id": 5, "name": "Box", "project_id": 77}]})
    hidden, shown = play(
        """
        - community.mailtrap.sandbox_info: {id: 5}
        - community.mailtrap.sandbox_info: {id: 5, reveal_secrets: true}
        """
    )
    assert not {"username", "password"} & set(hidden["sandboxes"][0])
    assert len(shown["sandboxes"][0]["username"]) == len(shown["sandboxes"][0]["password"]) == 14


def test_the_old_name(play, shop):
    first, again, listed = play(
        """
        - community.mailtrap.inbox: {name: Box, project: Shop}
        - community.mailtrap.inbox: {name: Box, project: Shop}
        - community.mailtrap.inbox_info: {project: Shop}
        """
    )
    assert first.changed and first["sandbox"]["name"] == "Box"
    assert not again.changed
    assert listed["sandboxes"] == [again["sandbox"]]


def test_what_was_made_before_a_failure_is_told(play, shop):
    shop.fault(method="PATCH", path="/api/sandboxes/", status=422, json={"errors": {"email_username": ["is taken"]}})
    failed, again = play(
        """
        - community.mailtrap.sandbox: {name: Box, project: Shop, email_username: shop}
          ignore_errors: true
        - community.mailtrap.sandbox: {name: Box, project: Shop}
        """
    )
    assert failed.failed and failed.changed
    made = failed["sandbox"]
    assert failed.msg == (
        "Could not update sandbox 'Box' in project 'Shop': email_username is taken; the sandbox itself was created, "
        f"with id {made['id']} (HTTP 422 for PATCH /api/sandboxes/{made['id']})"
    )
    assert "password" not in made
    assert not again.changed and again["sandbox"]["id"] == made["id"]


def test_a_setting_that_the_service_ignores_is_told(play, shop):
    shop.seed({"sandboxes": [{"id": 5, "name": "Box", "project_id": 77}]})
    shop.fault(
        method="PATCH", path="toggle", status=200, json={"id": 5, "name": "Box", "email_username_enabled": False}
    )
    (step,) = play("[{community.mailtrap.sandbox: {id: 5, email_username_enabled: true}}]")
    assert step["warnings"] == ["The service accepted email_username_enabled for sandbox 5, but shows False."]


@pytest.mark.parametrize("options", ["name: ''", "name: null", "name: '', state: absent", "name: null, state: absent"])
def test_a_name_that_is_empty(play_in, shop, options):
    (step,) = play_in(
        "in_process", "[{community.mailtrap.sandbox: {%s, project: Shop}, ignore_errors: true}]" % options
    )
    assert (step.failed and "name is empty" in step.msg) or "required: id, name" in step.msg
    assert step.requests == []
