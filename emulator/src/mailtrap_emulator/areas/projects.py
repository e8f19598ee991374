# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Projects (facts 3.7)."""

from ..http.call import Call
from ..http.responses import unprocessable
from ..http.routing import Routes
from ..model.permissions import ADMIN, INDETERMINATE, VIEWER, describe_permissions, remove_grants
from ..model.projects import insert_project
from ..model.sandbox_messages import remove_sandbox
from ..model.validation import cast_text, is_given, text_errors
from ..state.store import Row
from .sandboxes import show_sandbox

routes = Routes()


def show_project(call: Call, project: Row) -> dict:
    """A project with those of its sandboxes that the token sees; viewers get no share links."""
    level = call.access.project(project)
    inside = [
        row
        for row in call.world.store["sandboxes"].select("project", project["id"])
        if call.access.sandbox(row) >= VIEWER
    ]
    answer = {"id": project["id"], "name": project["name"]}
    if level >= ADMIN:
        base = f"https://mailtrap.io/projects/{project['id']}/share/"
        answer["share_links"] = {"admin": base + project["admin_share"], "viewer": base + project["viewer_share"]}
    answer[call.vocabulary.spell("sandboxes")] = [show_sandbox(call, row) for row in inside]
    answer["permissions"] = describe_permissions(max(level, INDETERMINATE))
    return answer


def is_visible(call: Call, project: Row) -> bool:
    """Whether the token has a level on the project or on something in it."""
    return call.access.project(project) >= VIEWER or any(
        call.access.sandbox(row) >= VIEWER for row in call.world.store["sandboxes"].select("project", project["id"])
    )


def find_project(call: Call, level: int) -> Row:
    """The project of the path; 403 if the token may not do with it what needs ``level``."""
    project = call.find_row("projects", "project_id")
    call.require_level(call.access.project(project), level)
    return project


@routes.get("projects")
def list_projects(call: Call) -> list:
    rows = call.world.store["projects"].select("account", call.account_id)
    return [show_project(call, row) for row in rows if is_visible(call, row)]


@routes.post("projects")
def create_project(call: Call) -> dict:
    call.require_level(call.access.account, ADMIN)
    fields = call.wrapped_fields("project")
    limit = call.world.settings["projects"]
    if limit is not None and len(call.world.store["projects"].ids("account", call.account_id)) >= limit:
        raise unprocessable(
            {"name": ["You've reached the projects limit. Please upgrade your plan to create the new project"]}
        )
    name = cast_text(fields, "name")
    check_name(name)
    return show_project(call, insert_project(call.world, call.account_id, name))


@routes.get("projects/{project_id}")
def get_project(call: Call) -> dict:
    project = call.find_row("projects", "project_id")
    call.require_level(VIEWER if is_visible(call, project) else 0, VIEWER)
    return show_project(call, project)


@routes.patch("projects/{project_id}")
def update_project(call: Call) -> dict:
    project = find_project(call, ADMIN)
    fields = call.wrapped_fields("project")
    if is_given(fields, "name"):
        check_name(cast_text(fields, "name"))
        call.world.store["projects"].update(project, name=cast_text(fields, "name"))
    return show_project(call, project)


@routes.delete("projects/{project_id}")
def delete_project(call: Call) -> dict:
    project = find_project(call, ADMIN)
    for sandbox in call.world.store["sandboxes"].select("project", project["id"]):
        remove_sandbox(call.world, sandbox)
    call.world.store["projects"].remove(project)
    remove_grants(call.world.store, project["account_id"], "project", project["id"])
    return {"id": project["id"]}


def check_name(name: str | None) -> None:
    """2 to 100 characters (facts 1.11, 2.3)."""
    if errors := text_errors(name, 2, 100):
        raise unprocessable({"name": errors})
