# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Projects (facts 3.7)."""

from typing import Any

from .. import mailbox
from ..access import ADMIN, INDETERMINATE, VIEWER, forget, permissions
from ..call import Call, is_given, text, text_errors
from ..replies import unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..world import World
from . import accounts, sandboxes

PROJECTS = TableSpec("projects", 2_500_000, groups={"account": lambda row: row["account_id"]})
TABLES = [PROJECTS]
routes = Routes()


def create(world: World, account_id: int, name: str, **fields: Any) -> Row:
    return world.store["projects"].add(
        fields | {"account_id": account_id, "name": name, "admin_share": world.hex(64), "viewer_share": world.hex(64)}
    )


def show(call: Call, project: Row) -> dict:
    """A project with those of its sandboxes that the token sees; viewers get no share links."""
    level = call.access.project(project)
    inside = [
        row for row in call.world.store["sandboxes"].of("project", project["id"]) if call.access.sandbox(row) >= VIEWER
    ]
    answer = {"id": project["id"], "name": project["name"]}
    if level >= ADMIN:
        base = f"https://mailtrap.io/projects/{project['id']}/share/"
        answer["share_links"] = {"admin": base + project["admin_share"], "viewer": base + project["viewer_share"]}
    answer[call.words("sandboxes")] = [sandboxes.show(call, row) for row in inside]
    answer["permissions"] = permissions(max(level, INDETERMINATE))
    return answer


def is_visible(call: Call, project: Row) -> bool:
    """Whether the token has a level on the project or on something in it."""
    return call.access.project(project) >= VIEWER or any(
        call.access.sandbox(row) >= VIEWER for row in call.world.store["sandboxes"].of("project", project["id"])
    )


def find(call: Call, level: int) -> Row:
    """The project of the path; 403 if the token may not do with it what needs ``level``."""
    project = call.row("projects", "project_id")
    call.require(call.access.project(project), level)
    return project


@routes.get("projects")
def list_projects(call: Call) -> list:
    rows = call.world.store["projects"].of("account", call.account_id)
    return [show(call, row) for row in rows if is_visible(call, row)]


@routes.post("projects")
def create_project(call: Call) -> dict:
    call.require(call.access.account, ADMIN)
    fields = call.wrapped("project")
    limit = call.world.settings["projects"]
    if limit is not None and len(call.world.store["projects"].ids("account", call.account_id)) >= limit:
        raise unprocessable(
            {"name": ["You've reached the projects limit. Please upgrade your plan to create the new project"]}
        )
    name = text(fields, "name")
    check_name(name)
    return show(call, create(call.world, call.account_id, name))


@routes.get("projects/{project_id}")
def get_project(call: Call) -> dict:
    project = call.row("projects", "project_id")
    call.require(VIEWER if is_visible(call, project) else 0, VIEWER)
    return show(call, project)


@routes.patch("projects/{project_id}")
def update_project(call: Call) -> dict:
    project = find(call, ADMIN)
    fields = call.wrapped("project")
    if is_given(fields, "name"):
        check_name(text(fields, "name"))
        call.world.store["projects"].change(project, name=text(fields, "name"))
    return show(call, project)


@routes.delete("projects/{project_id}")
def delete_project(call: Call) -> dict:
    project = find(call, ADMIN)
    for sandbox in call.world.store["sandboxes"].of("project", project["id"]):
        mailbox.remove_sandbox(call.world, sandbox)
    call.world.store["projects"].remove(project)
    forget(call.world.store, project["account_id"], "project", project["id"])
    return {"id": project["id"]}


def check_name(name: str | None) -> None:
    """2 to 100 characters (facts 1.11, 2.3)."""
    if errors := text_errors(name, 2, 100):
        raise unprocessable({"name": errors})


def plant(world: World, item: Item) -> None:
    create(world, accounts.of_item(world, item), item.need("name", str), **item.identity(world, "projects"))


SEEDS = [Seed("projects", plant, after=("accounts",))]
