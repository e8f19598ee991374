# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sandboxes, which legacy paths call inboxes (docs/service.md#sandboxes)."""

from typing import Any

from ..http.call import Call
from ..http.responses import unprocessable
from ..http.routing import Routes
from ..model.permissions import ADMIN, VIEWER, describe_permissions
from ..model.sandbox_messages import remove_all_messages, remove_sandbox
from ..model.sandboxes import (
    EMAIL_DOMAIN,
    find_alias_errors,
    insert_sandbox,
    max_message_size,
    max_messages,
    sandbox_email_username,
)
from ..model.validation import cast_text, is_given, text_errors
from ..state.json_codec import JsonObject
from ..state.store import Row

routes = Routes()


def show_sandbox(call: Call, sandbox: Row) -> JsonObject:
    """Convert a sandbox to its wire form, with keys in wire order. Only admins get the SMTP password."""
    level = call.access.sandbox(sandbox)
    store = call.world.store
    return {
        "id": sandbox["id"],
        "name": sandbox["name"],
        "username": sandbox["username"],
        "status": sandbox["status"],
        "email_username": sandbox_email_username(sandbox),
        "email_username_enabled": sandbox["email_username_enabled"],
        "used": sandbox["used"],
        "forward_from_email_address": f"a{sandbox['account_id']}-i{sandbox['id']}@forward.mailtrap.info",
        "project_id": sandbox["project_id"],
        "password": sandbox["password"] if level >= ADMIN else None,
        "domain": "sandbox.smtp.mailtrap.io",
        "pop3_domain": "pop3.mailtrap.io",
        "email_domain": EMAIL_DOMAIN,
        "smtp_ports": [25, 465, 587, 2525],
        "pop3_ports": [1100, 9950],
        "api_domain": "sandbox.api.mailtrap.io",
        "sent_messages_count": sandbox["sent_messages_count"],
        "forwarded_messages_count": sandbox["forwarded_messages_count"],
        "emails_count": len(store["messages"].ids("sandbox", sandbox["id"])),
        "emails_unread_count": len(store["messages"].ids("unread", sandbox["id"])),
        "last_message_sent_at": sandbox["last_message_sent_at"],
        "max_size": max_messages(call.world, sandbox),
        "max_message_size": max_message_size(call.world, sandbox),
        "permissions": describe_permissions(level),
    }


def find_sandbox(call: Call, level: int) -> Row:
    """Return the sandbox in the path.

    :raises HttpError: 404, or 403 if the token does not have ``level`` on the sandbox.
    """
    sandbox = call.find_row("sandboxes", "sandbox_id")
    call.require_level(call.access.sandbox(sandbox), level)
    return sandbox


def update_and_show(call: Call, sandbox: Row, **fields: Any) -> JsonObject:
    """Set fields of a sandbox and return its wire form."""
    return show_sandbox(call, call.world.store["sandboxes"].update(sandbox, **fields))


@routes.get("sandboxes")
def list_sandboxes(call: Call) -> list[JsonObject]:
    rows = call.world.store["sandboxes"].select("account", call.account_id)
    return [show_sandbox(call, row) for row in rows if call.access.sandbox(row) >= VIEWER]


@routes.post("projects/{project_id}/sandboxes")
def create_sandbox(call: Call) -> JsonObject:
    """Create a sandbox. The plan limit is checked before the name (docs/service.md#status-codes)."""
    project = call.find_row("projects", "project_id")
    call.require_level(call.access.project(project), ADMIN)
    fields = call.wrapped_fields("sandbox")
    limit = call.world.settings["sandboxes"]
    if limit is not None and len(call.world.store["sandboxes"].ids("account", call.account_id)) >= limit:
        raise unprocessable(
            {"name": ["You've reached the sandboxes limit. Please upgrade your plan to create the new sandbox"]}
        )
    name = cast_text(fields, "name")
    errors = text_errors(name, 2, 100)
    if errors or name is None:
        raise unprocessable({"name": errors})
    return show_sandbox(call, insert_sandbox(call.world, call.account_id, project["id"], name))


@routes.get("sandboxes/{sandbox_id}")
def get_sandbox(call: Call) -> JsonObject:
    return show_sandbox(call, find_sandbox(call, VIEWER))


@routes.patch("sandboxes/{sandbox_id}")
def update_sandbox(call: Call) -> JsonObject:
    """Update the name and the alias of the address.

    ``email_username`` is written as the alias alone; answers add the hash (docs/service.md#sandboxes).
    """
    sandbox = find_sandbox(call, ADMIN)
    fields = call.wrapped_fields("sandbox")
    errors = {}
    if is_given(fields, "name"):
        errors["name"] = text_errors(cast_text(fields, "name"), 2, 100)
    if is_given(fields, "email_username"):
        errors["email_username"] = find_alias_errors(cast_text(fields, "email_username"))
    if any(errors.values()):
        raise unprocessable({name: texts for name, texts in errors.items() if texts})
    changes = {}
    if "name" in errors:
        changes["name"] = cast_text(fields, "name")
    if "email_username" in errors:
        changes["alias"] = cast_text(fields, "email_username")
    return update_and_show(call, sandbox, **changes)


@routes.delete("sandboxes/{sandbox_id}")
def delete_sandbox(call: Call) -> JsonObject:
    sandbox = find_sandbox(call, ADMIN)
    response = show_sandbox(call, sandbox)
    remove_sandbox(call.world, sandbox)
    return response


@routes.patch("sandboxes/{sandbox_id}/clean")
def clean_sandbox(call: Call) -> JsonObject:
    """Delete all messages of a sandbox."""
    sandbox = find_sandbox(call, ADMIN)
    remove_all_messages(call.world, sandbox)
    return show_sandbox(call, sandbox)


@routes.patch("sandboxes/{sandbox_id}/all_read")
def mark_all_read(call: Call) -> JsonObject:
    sandbox = find_sandbox(call, ADMIN)
    messages = call.world.store["messages"]
    for message in messages.select("unread", sandbox["id"]):
        messages.update(message, is_read=True, updated_at=call.world.clock.stamp())
    return show_sandbox(call, sandbox)


@routes.patch("sandboxes/{sandbox_id}/reset_credentials")
def reset_credentials(call: Call) -> JsonObject:
    sandbox = find_sandbox(call, ADMIN)
    return update_and_show(call, sandbox, username=call.world.random_hex(14), password=call.world.random_hex(14))


@routes.patch("sandboxes/{sandbox_id}/toggle_email_username")
def toggle_email_username(call: Call) -> JsonObject:
    sandbox = find_sandbox(call, ADMIN)
    return update_and_show(call, sandbox, email_username_enabled=not sandbox["email_username_enabled"])


@routes.patch("sandboxes/{sandbox_id}/reset_email_username")
def reset_email_username(call: Call) -> JsonObject:
    """Replace the alias by a random one. The hash never changes (docs/service.md#sandboxes)."""
    return update_and_show(call, find_sandbox(call, ADMIN), alias=call.world.random_hex(10))
