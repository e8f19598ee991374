# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Projects (docs/service.md#projects)."""

from collections.abc import Collection

from ..http.call import Call
from ..http.responses import unprocessable
from ..http.routing import Routes
from ..model.permissions import ADMIN, INDETERMINATE, VIEWER, describe_permissions, remove_grants
from ..model.projects import PROJECT_FIELDS, insert_project
from ..model.sandbox_messages import remove_sandbox
from ..model.validation import cast_text, is_given, text_errors
from ..state.json_codec import JsonObject
from ..state.store import Row
from .sandboxes import show_sandbox

routes = Routes()


def show_project(call: Call, project: Row) -> JsonObject:
    """Convert a project to its wire form, with the sandboxes that the token may see.

    Only admins get the share links.
    """
    level = call.access.project(project)
    sandboxes = [
        row
        for row in call.world.store["sandboxes"].select("project", project["id"])
        if call.access.sandbox(row) >= VIEWER
    ]
    fields: JsonObject = {"id": project["id"]} | {name: project[name] for name in PROJECT_FIELDS}
    if level >= ADMIN:
        base_url = f"https://mailtrap.io/projects/{project['id']}/share/"
        fields["share_links"] = {
            "admin": base_url + project["admin_share"],
            "viewer": base_url + project["viewer_share"],
        }
    fields[call.vocabulary.spell("sandboxes")] = [show_sandbox(call, row) for row in sandboxes]
    fields["permissions"] = describe_permissions(max(level, INDETERMINATE))
    return fields


def is_visible(call: Call, project: Row) -> bool:
    """Return whether the token may see the project or one of its sandboxes."""
    return call.access.project(project) >= VIEWER or any(
        call.access.sandbox(row) >= VIEWER for row in call.world.store["sandboxes"].select("project", project["id"])
    )


def find_project(call: Call, level: int) -> Row:
    """Return the project in the path.

    :raises HttpError: 404, or 403 if the token does not have ``level`` on the project.
    """
    project = call.find_row("projects", "project_id")
    call.require_level(call.access.project(project), level)
    return project


@routes.get("projects")
def list_projects(call: Call) -> list[JsonObject]:
    rows = call.world.store["projects"].select("account", call.account_id)
    return [show_project(call, row) for row in rows if is_visible(call, row)]


@routes.post("projects")
def create_project(call: Call) -> JsonObject:
    call.require_level(call.access.account, ADMIN)
    fields = call.wrapped_fields("project")
    limit = call.world.settings["projects"]
    if limit is not None and len(call.world.store["projects"].ids("account", call.account_id)) >= limit:
        raise unprocessable(
            {"name": ["You've reached the projects limit. Please upgrade your plan to create the new project"]}
        )
    return show_project(call, insert_project(call.world, call.account_id, parse_fields(fields, required=("name",))))


@routes.get("projects/{project_id}")
def get_project(call: Call) -> JsonObject:
    project = call.find_row("projects", "project_id")
    call.require_level(VIEWER if is_visible(call, project) else 0, VIEWER)
    return show_project(call, project)


@routes.patch("projects/{project_id}")
def update_project(call: Call) -> JsonObject:
    project = find_project(call, ADMIN)
    call.world.store["projects"].update(project, **parse_fields(call.wrapped_fields("project")))
    return show_project(call, project)


@routes.delete("projects/{project_id}")
def delete_project(call: Call) -> JsonObject:
    project = find_project(call, ADMIN)
    for sandbox in call.world.store["sandboxes"].select("project", project["id"]):
        remove_sandbox(call.world, sandbox)
    call.world.store["projects"].remove(project)
    remove_grants(call.world.store, project["account_id"], "project", project["id"])
    return {"id": project["id"]}


def parse_fields(fields: JsonObject, required: Collection[str] = ()) -> JsonObject:
    """Return the text fields of a project that a request contains.

    :raises HttpError: 422 if one is empty or has a wrong length.
    """
    values = {name: cast_text(fields, name) for name in PROJECT_FIELDS if name in required or is_given(fields, name)}
    errors = {name: text_errors(value, *PROJECT_FIELDS[name]) for name, value in values.items()}
    errors = {name: messages for name, messages in errors.items() if messages}
    if errors:
        raise unprocessable(errors)
    return values
