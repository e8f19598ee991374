# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound folders, inboxes and forward rules (facts 3.21, 11). Bodies are flat."""

from typing import Any

from ..http.call import Call
from ..http.responses import Response, forbidden, json_response, no_content, not_found, unprocessable
from ..http.routing import Routes
from ..model.inbound_inboxes import NAME_TAKEN, find_name_errors, insert_inbox, insert_rule, parse_id, parse_rule
from ..model.inbound_messages import remove_folder, remove_inbox
from ..model.permissions import ADMIN, VIEWER
from ..model.validation import cast_text, is_given
from ..state.store import Row


def check_inbound_enabled(reply: Response) -> Response:
    """The refusal of inbound has a text of its own (facts 2.1 E3)."""
    return forbidden("Access forbidden").response if reply.status == 403 else reply


routes = Routes(scoped=False, convert_error=check_inbound_enabled)


def require(call: Call, level: int) -> None:
    """403 unless the plan has inbound mail and the token this level on the account (facts 3.21)."""
    if not call.world.settings["inbound"]:
        raise forbidden()
    call.require_level(call.access.account, level)


def find_folder(call: Call, level: int) -> Row:
    require(call, level)
    return call.find_row("inbound_folders", "folder_id")


def find_inbound_inbox(call: Call, level: int) -> Row:
    """The inbox of the path, below its own folder if that names one."""
    require(call, level)
    folder = call.find_row("inbound_folders", "folder_id") if "folder_id" in call.params else None
    inbox = call.find_row("inbound_inboxes", "inbox_id")
    if folder is not None and inbox["folder_id"] != folder["id"]:
        raise not_found()
    return inbox


def find_rule(call: Call, level: int) -> Row:
    inbox = find_inbound_inbox(call, level)
    rule = call.find_row("inbound_forward_rules", "rule_id")
    if rule["inbox_id"] != inbox["id"]:
        raise not_found()
    return rule


def check_limit(call: Call, setting: str, count: int, plural: str, one: str) -> None:
    """The refusal of a plan limit goes before all others, as for sandboxes (facts 2.2)."""
    limit = call.world.settings[setting]
    if limit is not None and count >= limit:
        sentence = f"You've reached the {plural} limit. Please upgrade your plan to create the new {one}"
        raise unprocessable({"name": [sentence]})


def check(*found: dict[str, list[str]]) -> None:
    errors = {name: sentences for part in found for name, sentences in part.items()}
    if errors:
        raise unprocessable(errors)


def rename(call: Call, kind: str, row: Row, group: str, parent: Any) -> None:
    """Set the name if the body has one; nothing else of a folder or an inbox can be changed."""
    table = call.world.store[kind]
    if is_given(call.body, "name"):
        name = cast_text(call.body, "name")
        check(find_name_errors(name, [other for other in table.select(group, parent) if other is not row]))
        table.update(row, name=name)


def show_folder(folder: Row) -> dict:
    return {"id": folder["id"], "name": folder["name"]}


def show_inbox(inbox: Row) -> dict:
    return {name: inbox[name] for name in ("id", "name", "address", "domain_id")}


@routes.get("inbound/folders")
def list_folders(call: Call) -> list:
    require(call, VIEWER)
    return [show_folder(row) for row in call.world.store["inbound_folders"].select("account", call.account_id)]


@routes.post("inbound/folders")
def create_folder(call: Call) -> Response:
    require(call, ADMIN)
    table = call.world.store["inbound_folders"]
    folders = table.select("account", call.account_id)
    check_limit(call, "inbound_folders", len(folders), "inbound folders", "inbound folder")
    name = cast_text(call.body, "name")
    check(find_name_errors(name, folders))
    return json_response(show_folder(table.add({"account_id": call.account_id, "name": name})), 201)


@routes.get("inbound/folders/{folder_id}")
def get_folder(call: Call) -> dict:
    return show_folder(find_folder(call, VIEWER))


@routes.patch("inbound/folders/{folder_id}")
def update_folder(call: Call) -> dict:
    folder = find_folder(call, ADMIN)
    rename(call, "inbound_folders", folder, "account", call.account_id)
    return show_folder(folder)


@routes.delete("inbound/folders/{folder_id}")
def delete_folder(call: Call) -> Response:
    """With its inboxes and their mail."""
    remove_folder(call.world, find_folder(call, ADMIN))
    return no_content()


@routes.get("inbound/folders/{folder_id}/inboxes")
def list_inboxes(call: Call) -> list:
    folder = find_folder(call, VIEWER)
    return [show_inbox(row) for row in call.world.store["inbound_inboxes"].select("folder", folder["id"])]


@routes.post("inbound/folders/{folder_id}/inboxes")
def create_inbox(call: Call) -> Response:
    """On the hosted domain, or with ``domain_id`` for all addresses of an own domain.

    A domain has one such inbox: mail could go to one only. That a domain must be ready to receive is not asked for;
    facts are silent about all three.
    """
    folder = find_folder(call, ADMIN)
    table = call.world.store["inbound_inboxes"]
    count = len(table.ids("account", call.account_id))
    check_limit(call, "inbound_inboxes", count, "inbound inboxes", "inbound inbox")
    name, domain_id = cast_text(call.body, "name"), parse_id(call.body.get("domain_id"))
    errors = find_name_errors(name, table.select("folder", folder["id"]))
    domain = None
    if domain_id is not None:
        domain = call.world.store["domains"].get(domain_id)
        if domain is None or domain["account_id"] != call.account_id:
            errors["domain_id"] = ["must exist"]
        elif any(row["domain_id"] == domain_id for row in table.select("account", call.account_id)):
            errors["domain_id"] = [NAME_TAKEN]
    check(errors)
    return json_response(show_inbox(insert_inbox(call.world, folder, name, domain)), 201)


@routes.get("inbound/folders/{folder_id}/inboxes/{inbox_id}")
def get_inbox(call: Call) -> dict:
    return show_inbox(find_inbound_inbox(call, VIEWER))


@routes.patch("inbound/folders/{folder_id}/inboxes/{inbox_id}")
def update_inbox(call: Call) -> dict:
    """The name alone; the address stays what it was made of (facts 3.21)."""
    inbox = find_inbound_inbox(call, ADMIN)
    rename(call, "inbound_inboxes", inbox, "folder", inbox["folder_id"])
    return show_inbox(inbox)


@routes.delete("inbound/folders/{folder_id}/inboxes/{inbox_id}")
def delete_inbox(call: Call) -> Response:
    remove_inbox(call.world, find_inbound_inbox(call, ADMIN))
    return no_content()


def show_rule(rule: Row) -> dict:
    names = ("id", "name", "created_at", "updated_at", "conditions", "destinations")
    return {"data": {name: rule[name] for name in names}}


def rules_of(call: Call, inbox: Row) -> list[Row]:
    return call.world.store["inbound_forward_rules"].select("inbox", inbox["id"])


@routes.get("inbound/inboxes/{inbox_id}/forward_rules")
def list_rules(call: Call) -> dict:
    return {"data": [show_rule(rule)["data"] for rule in rules_of(call, find_inbound_inbox(call, VIEWER))]}


@routes.post("inbound/inboxes/{inbox_id}/forward_rules")
def create_rule(call: Call) -> Response:
    """Without conditions a rule meets every mail; without destinations there is none."""
    inbox = find_inbound_inbox(call, ADMIN)
    others = rules_of(call, inbox)
    check_limit(call, "inbound_forward_rules", len(others), "forward rules", "forward rule")
    given = call.body if isinstance(call.body.get("destinations"), list) else call.body | {"destinations": []}
    fields, errors = parse_rule(given)
    check(find_name_errors(cast_text(call.body, "name"), others), errors)
    return json_response(show_rule(insert_rule(call.world, inbox, cast_text(call.body, "name"), **fields)), 201)


@routes.get("inbound/inboxes/{inbox_id}/forward_rules/{rule_id}")
def get_rule(call: Call) -> dict:
    return show_rule(find_rule(call, VIEWER))


@routes.patch("inbound/inboxes/{inbox_id}/forward_rules/{rule_id}")
def update_rule(call: Call) -> dict:
    """Partial; a list that is given replaces the old one."""
    rule = find_rule(call, ADMIN)
    others = [other for other in rules_of(call, find_inbound_inbox(call, ADMIN)) if other is not rule]
    fields, errors = parse_rule(call.body)
    if is_given(call.body, "name"):
        fields["name"] = cast_text(call.body, "name")
        errors = find_name_errors(fields["name"], others) | errors
    check(errors)
    if any(rule[name] != value for name, value in fields.items()):
        call.world.store["inbound_forward_rules"].update(rule, **fields, updated_at=call.world.clock.stamp())
    return show_rule(rule)


@routes.delete("inbound/inboxes/{inbox_id}/forward_rules/{rule_id}")
def delete_rule(call: Call) -> Response:
    call.world.store["inbound_forward_rules"].remove(find_rule(call, ADMIN))
    return no_content()
