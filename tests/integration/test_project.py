# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create, update, list, and delete projects."""

from __future__ import annotations


def test_project_life_cycle(play):
    created, unchanged, listed, renamed, unchanged_name, deleted, absent = play(
        """
        - community.mailtrap.project: {name: Shop}
          register: shop
        - community.mailtrap.project: {name: Shop}
        - community.mailtrap.project_info: {name: Shop}
        - community.mailtrap.project: {id: "{{ shop.project.id }}", name: Web shop}
        - community.mailtrap.project: {id: "{{ shop.project.id }}", name: Web shop}
        - community.mailtrap.project: {name: Web shop, state: absent}
        - community.mailtrap.project: {name: Web shop, state: absent}
        """
    )
    shop = created["project"]
    path = f"/api/projects/{shop['id']}"

    assert created.changed
    assert created.requests == ["GET /api/projects", "POST /api/projects"]
    assert shop["name"] == "Shop" and shop["sandboxes"] == []

    assert not unchanged.changed
    assert unchanged.requests == ["GET /api/projects"]
    assert unchanged["project"] == shop

    assert listed["projects"] == [shop]
    assert listed.requests == ["GET /api/projects"]

    assert renamed.changed
    assert renamed.requests == [f"GET {path}", f"PATCH {path}"]
    assert renamed["project"]["name"] == "Web shop"

    assert not unchanged_name.changed
    assert unchanged_name.requests == [f"GET {path}"]

    assert deleted.changed and deleted["project"] is None
    assert deleted.requests == ["GET /api/projects", f"DELETE {path}"]

    assert not absent.changed and absent["project"] is None
    assert absent.requests == ["GET /api/projects"]


def test_deleting_by_id_takes_one_request(play, emulator):
    emulator.seed({"projects": [{"id": 77, "name": "Old"}]})
    deleted, absent = play(
        """
        - community.mailtrap.project: {id: 77, state: absent}
        - community.mailtrap.project: {id: 77, state: absent}
        """
    )
    assert deleted.changed and deleted.requests == ["DELETE /api/projects/77"]
    assert not absent.changed and absent.requests == ["DELETE /api/projects/77"]


def test_check_mode_predicts_changes_without_writing(play, emulator):
    emulator.seed({"projects": [{"id": 77, "name": "Old"}]})
    run = play(
        """
        - community.mailtrap.project: {name: Shop}
        - community.mailtrap.project: {name: Old}
        - community.mailtrap.project: {id: 77, name: New}
        - community.mailtrap.project: {id: 77, state: absent}
        - community.mailtrap.project: {name: Old, state: absent}
        - community.mailtrap.project: {name: Unknown, state: absent}
        """,
        "--check",
        "--diff",
    )
    assert [step.writes for step in run] == [[]] * 6
    assert [step.changed for step in run] == [True, False, True, True, True, False]
    create, unchanged, rename, delete_by_id, delete_by_name, absent = run
    assert create["project"] == {"id": None, "name": "Shop"}
    assert create["diff"] == {"before": {}, "after": {"id": None, "name": "Shop"}}
    assert unchanged["diff"] == {"before": {"id": 77, "name": "Old"}, "after": {"id": 77, "name": "Old"}}
    assert rename["diff"] == {"before": {"id": 77, "name": "Old"}, "after": {"id": 77, "name": "New"}}
    assert delete_by_id["diff"] == {"before": {"id": 77, "name": "Old"}, "after": {}}
    assert delete_by_name["diff"] == {"before": {"id": 77, "name": "Old"}, "after": {}}
    assert absent["diff"] == {"before": {}, "after": {}}


def test_diff_is_returned_only_in_diff_mode(play):
    (without_diff,) = play("[{community.mailtrap.project: {name: Shop}}]")
    assert "diff" not in without_diff.result
    (with_diff,) = play("[{community.mailtrap.project: {name: Other}}]", "--diff")
    assert with_diff["diff"]["before"] == {}
    assert with_diff["diff"]["after"]["name"] == "Other"


def test_ambiguous_name_fails(play, emulator):
    emulator.seed({"projects": [{"id": 77, "name": "Twin"}, {"id": 78, "name": "Twin"}]})
    by_name, deletion, listed, by_id = play(
        """
        - community.mailtrap.project: {name: Twin}
          ignore_errors: true
        - community.mailtrap.project: {name: Twin, state: absent}
          ignore_errors: true
        - community.mailtrap.project_info: {name: Twin}
        - community.mailtrap.project: {id: 78, name: Twin}
        """
    )
    for step in (by_name, deletion):
        assert step.failed and step.writes == []
        message = "Could not find project 'Twin': 2 projects have the name 'Twin', with the ids 77, 78: give the id"
        assert step.msg == message
    assert [project["id"] for project in listed["projects"]] == [77, 78]
    assert not by_id.changed


def test_secrets_are_returned_only_on_request(play, emulator):
    emulator.seed({"projects": [{"id": 77, "name": "Shop"}], "sandboxes": [{"id": 5, "name": "Box", "project_id": 77}]})
    without_secrets, with_secrets, listed = play(
        """
        - community.mailtrap.project: {name: Shop}
        - community.mailtrap.project: {name: Shop, reveal_secrets: true}
        - community.mailtrap.project_info: {reveal_secrets: true}
        """
    )
    assert "share_links" not in without_secrets["project"]
    assert not {"username", "password"} & set(without_secrets["project"]["sandboxes"][0])
    assert with_secrets["project"]["share_links"]["admin"].startswith("https://")
    assert with_secrets["project"]["sandboxes"][0]["password"]
    assert with_secrets["project"] in listed["projects"]


def test_invalid_options_fail_before_any_write(play):
    too_short, no_identity, unknown_id = play(
        """
        - community.mailtrap.project: {name: x}
          ignore_errors: true
        - community.mailtrap.project: {state: absent}
          ignore_errors: true
        - community.mailtrap.project: {id: 4711, name: Shop}
          ignore_errors: true
        """
    )
    assert too_short.msg == "Could not manage project 'x': name 'x' has 1 characters; the service accepts 2 to 100"
    assert no_identity.msg == "one of the following is required: id, name"
    assert unknown_id.msg == "Could not find project 4711: there is no project with id 4711"
    assert too_short.writes == no_identity.writes == unknown_id.writes == []


def test_plan_limit_is_reported(play, emulator):
    emulator.limits(projects=0)
    (step,) = play("[{community.mailtrap.project: {name: Shop}, ignore_errors: true}]")
    assert step.failed and step["status"] == 422
    assert step.msg.startswith("Could not create project 'Shop': plan limit: name You've reached the projects limit.")


def test_account_id_selects_account_scoped_paths(play, emulator):
    project, sandbox, unchanged_sandbox = play(
        """
        - community.mailtrap.project: {name: Shop}
        - community.mailtrap.sandbox: {name: Box, project: Shop}
        - community.mailtrap.sandbox: {name: Box, project: Shop}
        """,
        environment={"MAILTRAP_ACCOUNT_ID": str(emulator.account_id)},
    )
    scope = f"/api/accounts/{emulator.account_id}/projects"
    assert project.requests == [f"GET {scope}", f"POST {scope}"]
    assert "sandboxes" in project["project"] and "inboxes" not in project["project"]
    assert sandbox.requests == [f"GET {scope}", f"POST {scope}/{project['project']['id']}/inboxes"]
    assert not unchanged_sandbox.changed and unchanged_sandbox.requests == [f"GET {scope}"]
