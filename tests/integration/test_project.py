# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

NAMED = "community.mailtrap.project: {name: Shop}"


def test_life_of_a_project(play):
    first, again, found, renamed, same, gone, absent = play(
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
    shop = first["project"]
    one = f"/api/projects/{shop['id']}"

    assert first.changed
    assert first.requests == ["GET /api/projects", "POST /api/projects"]
    assert shop["name"] == "Shop" and shop["sandboxes"] == []

    assert not again.changed
    assert again.requests == ["GET /api/projects"]
    assert again["project"] == shop

    assert found["projects"] == [shop]
    assert found.requests == ["GET /api/projects"]

    assert renamed.changed
    assert renamed.requests == [f"GET {one}", f"PATCH {one}"]
    assert renamed["project"]["name"] == "Web shop"

    assert not same.changed
    assert same.requests == [f"GET {one}"]

    assert gone.changed and gone["project"] is None
    assert gone.requests == ["GET /api/projects", f"DELETE {one}"]

    assert not absent.changed and absent["project"] is None
    assert absent.requests == ["GET /api/projects"]


def test_absent_by_id_takes_one_request(play, emulator):
    emulator.seed({"projects": [{"id": 77, "name": "Old"}]})
    gone, absent = play(
        """
        - community.mailtrap.project: {id: 77, state: absent}
        - community.mailtrap.project: {id: 77, state: absent}
        """
    )
    assert gone.changed and gone.requests == ["DELETE /api/projects/77"]
    assert not absent.changed and absent.requests == ["DELETE /api/projects/77"]


def test_check_mode_predicts_and_writes_nothing(play, emulator):
    emulator.seed({"projects": [{"id": 77, "name": "Old"}]})
    run = play(
        """
        - community.mailtrap.project: {name: Shop}
        - community.mailtrap.project: {name: Old}
        - community.mailtrap.project: {id: 77, name: New}
        - community.mailtrap.project: {id: 77, state: absent}
        - community.mailtrap.project: {name: Old, state: absent}
        - community.mailtrap.project: {name: None such, state: absent}
        """,
        "--check",
        "--diff",
    )
    assert [step.writes for step in run] == [[]] * 6
    assert [step.changed for step in run] == [True, False, True, True, True, False]
    create, same, rename, absent_by_id, absent_by_name, absent = run
    assert create["project"] == {"id": None, "name": "Shop"}
    assert create["diff"] == {"before": {}, "after": {"id": None, "name": "Shop"}}
    assert same["diff"] == {"before": {"id": 77, "name": "Old"}, "after": {"id": 77, "name": "Old"}}
    assert rename["diff"] == {"before": {"id": 77, "name": "Old"}, "after": {"id": 77, "name": "New"}}
    assert absent_by_id["diff"] == {"before": {"id": 77, "name": "Old"}, "after": {}}
    assert absent_by_name["diff"] == {"before": {"id": 77, "name": "Old"}, "after": {}}
    assert absent["diff"] == {"before": {}, "after": {}}


def test_the_diff_is_returned_in_diff_mode_alone(play):
    (plain,) = play("[{community.mailtrap.project: {name: Shop}}]")
    assert "diff" not in plain.result
    (shown,) = play("[{community.mailtrap.project: {name: Other}}]", "--diff")
    assert shown["diff"]["before"] == {}
    assert shown["diff"]["after"]["name"] == "Other"


def test_two_projects_of_one_name(play, emulator):
    emulator.seed({"projects": [{"id": 77, "name": "Twin"}, {"id": 78, "name": "Twin"}]})
    by_name, removal, listed, by_id = play(
        """
        - community.mailtrap.project: {name: Twin}
          ignore_errors: true
        - community.mailtrap.project: {name: Twin, state: absent}
          ignore_errors: true
        - community.mailtrap.project_info: {name: Twin}
        - community.mailtrap.project: {id: 78, name: Twin}
        """
    )
    for step in (by_name, removal):
        assert step.failed and step.writes == []
        assert (
            step.msg == "Could not find project 'Twin': 2 projects are called 'Twin', with the ids 77, 78: give the id"
        )
    assert [project["id"] for project in listed["projects"]] == [77, 78]
    assert not by_id.changed


def test_secrets_are_told_when_they_are_asked_for(play, emulator):
    emulator.seed({"projects": [{"id": 77, "name": "Shop"}], "sandboxes": [{"id": 5, "name": "Box", "project_id": 77}]})
    hidden, shown, listed = play(
        """
        - community.mailtrap.project: {name: Shop}
        - community.mailtrap.project: {name: Shop, reveal_secrets: true}
        - community.mailtrap.project_info: {reveal_secrets: true}
        """
    )
    assert "share_links" not in hidden["project"]
    assert not {"username", "password"} & set(hidden["project"]["sandboxes"][0])
    assert shown["project"]["share_links"]["admin"].startswith("https://")
    assert shown["project"]["sandboxes"][0]["password"]
    assert shown["project"] in listed["projects"]


def test_what_the_service_would_refuse_is_told_before_any_write(play):
    short, nothing, unknown_id = play(
        """
        - community.mailtrap.project: {name: x}
          ignore_errors: true
        - community.mailtrap.project: {state: absent}
          ignore_errors: true
        - community.mailtrap.project: {id: 4711, name: Shop}
          ignore_errors: true
        """
    )
    assert short.msg == "Could not manage project 'x': name 'x' has 1 characters; the service takes 2 to 100"
    assert nothing.msg == "one of the following is required: id, name"
    assert unknown_id.msg == "Could not find project 4711: there is no project with id 4711"
    assert short.writes == nothing.writes == unknown_id.writes == []


def test_plan_limit(play, emulator):
    emulator.limits(projects=0)
    (step,) = play("[{community.mailtrap.project: {name: Shop}, ignore_errors: true}]")
    assert step.failed and step["status"] == 422
    assert step.msg.startswith("Could not create project 'Shop': plan limit: name You've reached the projects limit.")


def test_account_scoped_paths(play, emulator):
    run = play(
        """
        - community.mailtrap.project: {name: Shop}
        - community.mailtrap.sandbox: {name: Box, project: Shop}
        - community.mailtrap.sandbox: {name: Box, project: Shop}
        """,
        environment={"MAILTRAP_ACCOUNT_ID": str(emulator.account_id)},
    )
    scope = f"/api/accounts/{emulator.account_id}/projects"
    project, sandbox, again = run
    assert project.requests == [f"GET {scope}", f"POST {scope}"]
    assert "sandboxes" in project["project"] and "inboxes" not in project["project"]
    assert sandbox.requests == [f"GET {scope}", f"POST {scope}/{project['project']['id']}/inboxes"]
    assert not again.changed and again.requests == [f"GET {scope}"]
