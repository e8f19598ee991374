# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sandboxes, called inboxes in older paths (facts 3.8)."""

import re
from typing import Any

from .. import mailbox
from ..access import ADMIN, VIEWER, permissions
from ..call import BLANK, INVALID, Call, is_given, text, text_errors
from ..errors import ControlError
from ..replies import unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..world import World

SANDBOXES = TableSpec(
    "sandboxes",
    4_300_000,
    unique=("username",),
    groups={
        "account": lambda row: row["account_id"],
        "project": lambda row: row["project_id"],
        "address": lambda row: mailbox.email_username(row).lower(),
    },
)
TABLES = [SANDBOXES]
routes = Routes()

STATUSES = ("active", "inactive", "pending")
ALIAS = re.compile(r"[A-Za-z0-9_.-]+")


def create(world: World, account_id: int, project_id: int, name: str, **fields: Any) -> Row:
    """A new sandbox with its own credentials. ``max_size`` and ``max_message_size`` of None are the plan's."""
    defaults = {
        "account_id": account_id,
        "project_id": project_id,
        "name": name,
        "username": world.hex(14),
        "password": world.hex(14),
        "status": "active",
        "alias": world.hex(10),
        "address_hash": world.hex(6),
        "email_username_enabled": False,
        "used": False,
        "sent_messages_count": 0,
        "forwarded_messages_count": 0,
        "last_message_sent_at": None,
        "max_size": None,
        "max_message_size": None,
    }
    return world.store["sandboxes"].add(defaults | fields)


def show(call: Call, sandbox: Row) -> dict:
    """The wire form, in wire order. The SMTP password is for admins."""
    level = call.access.sandbox(sandbox)
    store = call.world.store
    return {
        "id": sandbox["id"],
        "name": sandbox["name"],
        "username": sandbox["username"],
        "status": sandbox["status"],
        "email_username": mailbox.email_username(sandbox),
        "email_username_enabled": sandbox["email_username_enabled"],
        "used": sandbox["used"],
        "forward_from_email_address": f"a{sandbox['account_id']}-i{sandbox['id']}@forward.mailtrap.info",
        "project_id": sandbox["project_id"],
        "password": sandbox["password"] if level >= ADMIN else None,
        "domain": "sandbox.smtp.mailtrap.io",
        "pop3_domain": "pop3.mailtrap.io",
        "email_domain": mailbox.EMAIL_DOMAIN,
        "smtp_ports": [25, 465, 587, 2525],
        "pop3_ports": [1100, 9950],
        "api_domain": "sandbox.api.mailtrap.io",
        "sent_messages_count": sandbox["sent_messages_count"],
        "forwarded_messages_count": sandbox["forwarded_messages_count"],
        "emails_count": len(store["messages"].ids("sandbox", sandbox["id"])),
        "emails_unread_count": len(store["messages"].ids("unread", sandbox["id"])),
        "last_message_sent_at": sandbox["last_message_sent_at"],
        "max_size": mailbox.max_size(call.world, sandbox),
        "max_message_size": mailbox.max_message_size(call.world, sandbox),
        "permissions": permissions(level),
    }


def find(call: Call, level: int) -> Row:
    """The sandbox of the path; 403 if the token may not do with it what needs ``level``."""
    sandbox = call.row("sandboxes", "sandbox_id")
    call.require(call.access.sandbox(sandbox), level)
    return sandbox


def changed(call: Call, **fields: Any) -> dict:
    """Set fields of the sandbox in the path, as its admin, and show it."""
    sandbox = find(call, ADMIN)
    return show(call, call.world.store["sandboxes"].change(sandbox, **fields))


@routes.get("sandboxes")
def list_sandboxes(call: Call) -> list:
    rows = call.world.store["sandboxes"].of("account", call.account_id)
    return [show(call, row) for row in rows if call.access.sandbox(row) >= VIEWER]


@routes.post("projects/{project_id}/sandboxes")
def create_sandbox(call: Call) -> dict:
    """The plan limit is told before the name is looked at (facts 2.2)."""
    project = call.row("projects", "project_id")
    call.require(call.access.project(project), ADMIN)
    fields = call.wrapped("sandbox")
    limit = call.world.settings["sandboxes"]
    if limit is not None and len(call.world.store["sandboxes"].ids("account", call.account_id)) >= limit:
        raise unprocessable(
            {"name": ["You've reached the sandboxes limit. Please upgrade your plan to create the new sandbox"]}
        )
    name = text(fields, "name")
    if errors := text_errors(name, 2, 100):
        raise unprocessable({"name": errors})
    return show(call, create(call.world, call.account_id, project["id"], name))


@routes.get("sandboxes/{sandbox_id}")
def get_sandbox(call: Call) -> dict:
    return show(call, find(call, VIEWER))


@routes.patch("sandboxes/{sandbox_id}")
def update_sandbox(call: Call) -> dict:
    """Name and alias. What is written as the alias is taken whole: the server adds the hash (facts 0.4)."""
    sandbox = find(call, ADMIN)
    fields = call.wrapped("sandbox")
    errors = {}
    if is_given(fields, "name"):
        errors["name"] = text_errors(text(fields, "name"), 2, 100)
    if is_given(fields, "email_username"):
        errors["email_username"] = alias_errors(text(fields, "email_username"))
    if any(errors.values()):
        raise unprocessable({name: sentences for name, sentences in errors.items() if sentences})
    changes = {}
    if "name" in errors:
        changes["name"] = text(fields, "name")
    if "email_username" in errors:
        changes["alias"] = text(fields, "email_username")
    return show(call, call.world.store["sandboxes"].change(sandbox, **changes))


@routes.delete("sandboxes/{sandbox_id}")
def delete_sandbox(call: Call) -> dict:
    sandbox = find(call, ADMIN)
    answer = show(call, sandbox)
    mailbox.remove_sandbox(call.world, sandbox)
    return answer


@routes.patch("sandboxes/{sandbox_id}/clean")
def clean(call: Call) -> dict:
    sandbox = find(call, ADMIN)
    mailbox.clean(call.world, sandbox)
    return show(call, sandbox)


@routes.patch("sandboxes/{sandbox_id}/all_read")
def mark_all_read(call: Call) -> dict:
    sandbox = find(call, ADMIN)
    messages = call.world.store["messages"]
    for message in messages.of("unread", sandbox["id"]):
        messages.change(message, is_read=True, updated_at=call.world.clock.stamp())
    return show(call, sandbox)


@routes.patch("sandboxes/{sandbox_id}/reset_credentials")
def reset_credentials(call: Call) -> dict:
    return changed(call, username=call.world.hex(14), password=call.world.hex(14))


@routes.patch("sandboxes/{sandbox_id}/toggle_email_username")
def toggle_email_username(call: Call) -> dict:
    sandbox = find(call, ADMIN)
    return changed(call, email_username_enabled=not sandbox["email_username_enabled"])


@routes.patch("sandboxes/{sandbox_id}/reset_email_username")
def reset_email_username(call: Call) -> dict:
    """A fresh alias; the hash is the sandbox's for life (facts 3.8)."""
    return changed(call, alias=call.world.hex(10))


def alias_errors(alias: str | None) -> list[str]:
    if not alias or not alias.strip():
        return [BLANK]
    return [] if ALIAS.fullmatch(alias) else [INVALID]


def plant(world: World, item: Item) -> None:
    project = item.parent(world, "projects", "project_id")
    fields = {
        "username": item.get("username", str),
        "password": item.get("password", str),
        "status": item.get("status", str),
        "alias": item.get("alias", str),
        "address_hash": item.get("address_hash", str),
        "email_username_enabled": item.get("email_username_enabled", bool),
        "max_size": item.get("max_size", int),
        "max_message_size": item.get("max_message_size", int),
    }
    given = {name: value for name, value in fields.items() if value is not None}
    if given.get("status", "active") not in STATUSES:
        raise ControlError(f"{item.where}: status must be one of {', '.join(STATUSES)}.")
    identity = item.identity(world, "sandboxes")
    create(world, project["account_id"], project["id"], item.need("name", str), **identity, **given)


SEEDS = [Seed("sandboxes", plant, after=("projects",))]
