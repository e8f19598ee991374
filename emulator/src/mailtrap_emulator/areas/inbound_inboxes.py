# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound folders, inboxes and forward rules (docs/service.md#inbound). Request bodies are flat."""

from ..http.call import Call
from ..http.responses import Response, forbidden, json_response, no_content, not_found, unprocessable
from ..http.routing import Routes
from ..model.inbound_inboxes import NAME_TAKEN, find_name_errors, insert_inbox, insert_rule, parse_id, parse_rule
from ..model.inbound_messages import remove_folder, remove_inbox
from ..model.permissions import ADMIN, VIEWER
from ..model.validation import cast_text, is_given
from ..state.json_codec import JsonObject
from ..state.store import Row


def convert_inbound_error(response: Response) -> Response:
    """Replace the body of a 403 error by that of inbound (E3 in docs/service.md#error-bodies)."""
    return forbidden("Access forbidden").response if response.status == 403 else response


routes = Routes(scoped=False, convert_error=convert_inbound_error)


def check_inbound_allowed(call: Call, level: int) -> None:
    """Check that the plan includes inbound mail and the token has ``level`` on the account.

    :raises HttpError: 403 if not.
    """
    if not call.world.settings["inbound"]:
        raise forbidden()
    call.require_level(call.access.account, level)


def find_folder(call: Call, level: int) -> Row:
    """Return the folder in the path.

    :raises HttpError: 403 or 404.
    """
    check_inbound_allowed(call, level)
    return call.find_row("inbound_folders", "folder_id")


def find_inbound_inbox(call: Call, level: int) -> Row:
    """Return the inbox in the path. If the path also has a folder, the inbox must be in it.

    :raises HttpError: 403 or 404.
    """
    check_inbound_allowed(call, level)
    folder = call.find_row("inbound_folders", "folder_id") if "folder_id" in call.params else None
    inbox = call.find_row("inbound_inboxes", "inbox_id")
    if folder is not None and inbox["folder_id"] != folder["id"]:
        raise not_found()
    return inbox


def find_rule(call: Call, level: int) -> Row:
    """Return the forward rule in the path.

    :raises HttpError: 403, or 404 if the inbox in the path has no such rule.
    """
    inbox = find_inbound_inbox(call, level)
    rule = call.find_row("inbound_forward_rules", "rule_id")
    if rule["inbox_id"] != inbox["id"]:
        raise not_found()
    return rule


def check_limit(limit: int | None, count: int, label: str, plural: str) -> None:
    """Check that an account or inbox with ``count`` objects may have one more.

    The plan limit is checked before everything else, as for sandboxes (docs/service.md#status-codes).

    :raises HttpError: 422 if the limit is reached. The text contains ``label`` and ``plural``.
    """
    if limit is not None and count >= limit:
        error = f"You've reached the {plural} limit. Please upgrade your plan to create the new {label}"
        raise unprocessable({"name": [error]})


def raise_errors(errors: dict[str, list[str]]) -> None:
    """Raise the errors of fields, if there are any.

    :raises HttpError: 422.
    """
    if errors:
        raise unprocessable(errors)


def update_name(call: Call, table_name: str, row: Row, group: str, parent_id: int) -> None:
    """Update the name of a folder or inbox if the body contains one. All other fields are create-only.

    The name must be unique among the rows that ``group`` lists under ``parent_id``.

    :raises HttpError: 422 if the name is invalid.
    """
    table = call.world.store[table_name]
    if is_given(call.body, "name"):
        name = cast_text(call.body, "name")
        raise_errors(find_name_errors(name, [other for other in table.select(group, parent_id) if other is not row]))
        table.update(row, name=name)


def show_folder(folder: Row) -> JsonObject:
    """Convert a folder to its wire form."""
    return {"id": folder["id"], "name": folder["name"]}


def show_inbox(inbox: Row) -> JsonObject:
    """Convert an inbox to its wire form."""
    return {name: inbox[name] for name in ("id", "name", "address", "domain_id")}


@routes.get("inbound/folders")
def list_folders(call: Call) -> list[JsonObject]:
    check_inbound_allowed(call, VIEWER)
    return [show_folder(row) for row in call.world.store["inbound_folders"].select("account", call.account_id)]


@routes.post("inbound/folders")
def create_folder(call: Call) -> Response:
    check_inbound_allowed(call, ADMIN)
    table = call.world.store["inbound_folders"]
    folders = table.select("account", call.account_id)
    check_limit(call.world.settings["inbound_folders"], len(folders), "inbound folder", "inbound folders")
    name = cast_text(call.body, "name")
    raise_errors(find_name_errors(name, folders))
    return json_response(show_folder(table.add({"account_id": call.account_id, "name": name})), 201)


@routes.get("inbound/folders/{folder_id}")
def get_folder(call: Call) -> JsonObject:
    return show_folder(find_folder(call, VIEWER))


@routes.patch("inbound/folders/{folder_id}")
def update_folder(call: Call) -> JsonObject:
    folder = find_folder(call, ADMIN)
    update_name(call, "inbound_folders", folder, "account", call.account_id)
    return show_folder(folder)


@routes.delete("inbound/folders/{folder_id}")
def delete_folder(call: Call) -> Response:
    """Delete a folder with its inboxes and their mail."""
    remove_folder(call.world, find_folder(call, ADMIN))
    return no_content()


@routes.get("inbound/folders/{folder_id}/inboxes")
def list_inboxes(call: Call) -> list[JsonObject]:
    folder = find_folder(call, VIEWER)
    return [show_inbox(row) for row in call.world.store["inbound_inboxes"].select("folder", folder["id"])]


@routes.post("inbound/folders/{folder_id}/inboxes")
def create_inbox(call: Call) -> Response:
    """Create an inbox on the hosted domain, or with ``domain_id`` for all addresses of a domain of the account.

    A domain can have a single inbox. The emulator does not require that the domain can receive mail.
    """
    folder = find_folder(call, ADMIN)
    table = call.world.store["inbound_inboxes"]
    count = len(table.ids("account", call.account_id))
    check_limit(call.world.settings["inbound_inboxes"], count, "inbound inbox", "inbound inboxes")
    name, domain_id = cast_text(call.body, "name"), parse_id(call.body.get("domain_id"))
    errors = find_name_errors(name, table.select("folder", folder["id"]))
    domain = None
    if domain_id is not None:
        domain = call.world.store["domains"].get(domain_id)
        if domain is None or domain["account_id"] != call.account_id:
            errors["domain_id"] = ["must exist"]
        elif any(row["domain_id"] == domain_id for row in table.select("account", call.account_id)):
            errors["domain_id"] = [NAME_TAKEN]
    raise_errors(errors)
    return json_response(show_inbox(insert_inbox(call.world, folder, name or "", domain)), 201)


@routes.get("inbound/folders/{folder_id}/inboxes/{inbox_id}")
def get_inbox(call: Call) -> JsonObject:
    return show_inbox(find_inbound_inbox(call, VIEWER))


@routes.patch("inbound/folders/{folder_id}/inboxes/{inbox_id}")
def update_inbox(call: Call) -> JsonObject:
    """Update the name of an inbox. Its address does not change."""
    inbox = find_inbound_inbox(call, ADMIN)
    update_name(call, "inbound_inboxes", inbox, "folder", inbox["folder_id"])
    return show_inbox(inbox)


@routes.delete("inbound/folders/{folder_id}/inboxes/{inbox_id}")
def delete_inbox(call: Call) -> Response:
    remove_inbox(call.world, find_inbound_inbox(call, ADMIN))
    return no_content()


def show_rule(rule: Row) -> JsonObject:
    """Convert a forward rule to its wire form."""
    names = ("id", "name", "created_at", "updated_at", "conditions", "destinations")
    return {name: rule[name] for name in names}


def select_rules(call: Call, inbox: Row) -> list[Row]:
    """Return the forward rules of an inbox, oldest first."""
    return call.world.store["inbound_forward_rules"].select("inbox", inbox["id"])


@routes.get("inbound/inboxes/{inbox_id}/forward_rules")
def list_rules(call: Call) -> JsonObject:
    return {"data": [show_rule(rule) for rule in select_rules(call, find_inbound_inbox(call, VIEWER))]}


@routes.post("inbound/inboxes/{inbox_id}/forward_rules")
def create_rule(call: Call) -> Response:
    """Create a forward rule. Without conditions it matches all mail; destinations are required."""
    inbox = find_inbound_inbox(call, ADMIN)
    rules = select_rules(call, inbox)
    check_limit(call.world.settings["inbound_forward_rules"], len(rules), "forward rule", "forward rules")
    body = call.body if isinstance(call.body.get("destinations"), list) else call.body | {"destinations": []}
    fields, errors = parse_rule(body)
    name = cast_text(call.body, "name")
    raise_errors(find_name_errors(name, rules) | errors)
    return json_response({"data": show_rule(insert_rule(call.world, inbox, name or "", **fields))}, 201)


@routes.get("inbound/inboxes/{inbox_id}/forward_rules/{rule_id}")
def get_rule(call: Call) -> JsonObject:
    return {"data": show_rule(find_rule(call, VIEWER))}


@routes.patch("inbound/inboxes/{inbox_id}/forward_rules/{rule_id}")
def update_rule(call: Call) -> JsonObject:
    """Update the given fields of a forward rule. A given list replaces the old one."""
    rule = find_rule(call, ADMIN)
    others = [other for other in select_rules(call, find_inbound_inbox(call, ADMIN)) if other is not rule]
    lists, errors = parse_rule(call.body)
    changes: JsonObject = {**lists}
    if is_given(call.body, "name"):
        name = cast_text(call.body, "name")
        changes["name"] = name
        errors = find_name_errors(name, others) | errors
    raise_errors(errors)
    if any(rule[field] != value for field, value in changes.items()):
        call.world.store["inbound_forward_rules"].update(rule, **changes, updated_at=call.world.clock.stamp())
    return {"data": show_rule(rule)}


@routes.delete("inbound/inboxes/{inbox_id}/forward_rules/{rule_id}")
def delete_rule(call: Call) -> Response:
    call.world.store["inbound_forward_rules"].remove(find_rule(call, ADMIN))
    return no_content()
