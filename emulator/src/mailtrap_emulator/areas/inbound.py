# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound folders, inboxes and forward rules (facts 3.21, 11). Bodies are flat."""

import re
import unicodedata
from typing import Any

from .. import inbound
from ..access import ADMIN, VIEWER
from ..call import BLANK, INVALID, Call, is_given, text, text_errors, too_long
from ..errors import ControlError
from ..inbound import HOSTED_DOMAIN, HOSTED_DOMAIN_ID, TABLES
from ..mail import is_address
from ..replies import Reply, forbidden, json_reply, no_content, not_found, unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row
from ..world import World
from . import accounts

__all__ = ["SEEDS", "TABLES", "routes"]

MAX_NAME = 100
# What a rule may have of conditions and of destinations.
MAX_PARTS = 5
# Longest local part of an address, less the hyphen and the hash.
MAX_SLUG = 64 - 9
TAKEN = "has already been taken"
MATCH_TYPES = ("sender", "recipient", "header")
OPERATORS = ("equal", "not_equal", "contains", "starts_with", "ends_with", "empty", "not_empty")
WITHOUT_VALUE = ("empty", "not_empty")


def gate(reply: Reply) -> Reply:
    """The refusal of inbound has a text of its own (facts 2.1 E3)."""
    return forbidden("Access forbidden").reply if reply.status == 403 else reply


routes = Routes(scoped=False, refuse=gate)


def require(call: Call, level: int) -> None:
    """403 unless the plan has inbound mail and the token this level on the account (facts 3.21)."""
    if not call.world.settings["inbound"]:
        raise forbidden()
    call.require(call.access.account, level)


def find_folder(call: Call, level: int) -> Row:
    require(call, level)
    return call.row("inbound_folders", "folder_id")


def find_inbox(call: Call, level: int) -> Row:
    """The inbox of the path, below its own folder if that names one."""
    require(call, level)
    folder = call.row("inbound_folders", "folder_id") if "folder_id" in call.params else None
    inbox = call.row("inbound_inboxes", "inbox_id")
    if folder is not None and inbox["folder_id"] != folder["id"]:
        raise not_found()
    return inbox


def find_rule(call: Call, level: int) -> Row:
    inbox = find_inbox(call, level)
    rule = call.row("inbound_forward_rules", "rule_id")
    if rule["inbox_id"] != inbox["id"]:
        raise not_found()
    return rule


def check_limit(call: Call, setting: str, count: int, plural: str, one: str) -> None:
    """The refusal of a plan limit goes before all others, as for sandboxes (facts 2.2)."""
    limit = call.world.settings[setting]
    if limit is not None and count >= limit:
        sentence = f"You've reached the {plural} limit. Please upgrade your plan to create the new {one}"
        raise unprocessable({"name": [sentence]})


def name_errors(name: str | None, others: list[Row]) -> dict[str, list[str]]:
    """What is wrong with a name among ``others`` of its kind; case counts, as it does for Rails."""
    errors = text_errors(name, maximum=MAX_NAME)
    if any(row["name"] == name for row in others):
        errors.append(TAKEN)
    return {"name": errors} if errors else {}


def check(*found: dict[str, list[str]]) -> None:
    errors = {name: sentences for part in found for name, sentences in part.items()}
    if errors:
        raise unprocessable(errors)


def rename(call: Call, kind: str, row: Row, group: str, parent: Any) -> None:
    """Set the name if the body has one; nothing else of a folder or an inbox can be changed."""
    table = call.world.store[kind]
    if is_given(call.body, "name"):
        name = text(call.body, "name")
        check(name_errors(name, [other for other in table.of(group, parent) if other is not row]))
        table.change(row, name=name)


def show_folder(folder: Row) -> dict:
    return {"id": folder["id"], "name": folder["name"]}


def show_inbox(inbox: Row) -> dict:
    return {name: inbox[name] for name in ("id", "name", "address", "domain_id")}


@routes.get("inbound/folders")
def list_folders(call: Call) -> list:
    require(call, VIEWER)
    return [show_folder(row) for row in call.world.store["inbound_folders"].of("account", call.account_id)]


@routes.post("inbound/folders")
def create_folder(call: Call) -> Reply:
    require(call, ADMIN)
    table = call.world.store["inbound_folders"]
    folders = table.of("account", call.account_id)
    check_limit(call, "inbound_folders", len(folders), "inbound folders", "inbound folder")
    name = text(call.body, "name")
    check(name_errors(name, folders))
    return json_reply(show_folder(table.add({"account_id": call.account_id, "name": name})), 201)


@routes.get("inbound/folders/{folder_id}")
def get_folder(call: Call) -> dict:
    return show_folder(find_folder(call, VIEWER))


@routes.patch("inbound/folders/{folder_id}")
def update_folder(call: Call) -> dict:
    folder = find_folder(call, ADMIN)
    rename(call, "inbound_folders", folder, "account", call.account_id)
    return show_folder(folder)


@routes.delete("inbound/folders/{folder_id}")
def delete_folder(call: Call) -> Reply:
    """With its inboxes and their mail."""
    inbound.remove_folder(call.world, find_folder(call, ADMIN))
    return no_content()


@routes.get("inbound/folders/{folder_id}/inboxes")
def list_inboxes(call: Call) -> list:
    folder = find_folder(call, VIEWER)
    return [show_inbox(row) for row in call.world.store["inbound_inboxes"].of("folder", folder["id"])]


@routes.post("inbound/folders/{folder_id}/inboxes")
def create_inbox(call: Call) -> Reply:
    """On the hosted domain, or with ``domain_id`` for all addresses of an own domain.

    A domain has one such inbox: mail could go to one only. That a domain must be ready to receive is not asked for;
    facts are silent about all three.
    """
    folder = find_folder(call, ADMIN)
    table = call.world.store["inbound_inboxes"]
    count = len(table.ids("account", call.account_id))
    check_limit(call, "inbound_inboxes", count, "inbound inboxes", "inbound inbox")
    name, domain_id = text(call.body, "name"), read_id(call.body.get("domain_id"))
    errors = name_errors(name, table.of("folder", folder["id"]))
    domain = None
    if domain_id is not None:
        domain = call.world.store["domains"].get(domain_id)
        if domain is None or domain["account_id"] != call.account_id:
            errors["domain_id"] = ["must exist"]
        elif any(row["domain_id"] == domain_id for row in table.of("account", call.account_id)):
            errors["domain_id"] = [TAKEN]
    check(errors)
    return json_reply(show_inbox(create(call.world, folder, name, domain)), 201)


@routes.get("inbound/folders/{folder_id}/inboxes/{inbox_id}")
def get_inbox(call: Call) -> dict:
    return show_inbox(find_inbox(call, VIEWER))


@routes.patch("inbound/folders/{folder_id}/inboxes/{inbox_id}")
def update_inbox(call: Call) -> dict:
    """The name alone; the address stays what it was made of (facts 3.21)."""
    inbox = find_inbox(call, ADMIN)
    rename(call, "inbound_inboxes", inbox, "folder", inbox["folder_id"])
    return show_inbox(inbox)


@routes.delete("inbound/folders/{folder_id}/inboxes/{inbox_id}")
def delete_inbox(call: Call) -> Reply:
    inbound.remove_inbox(call.world, find_inbox(call, ADMIN))
    return no_content()


def create(world: World, folder: Row, name: str, domain: Row | None, **given: Any) -> Row:
    """A new inbox, with the address that it has for life."""
    if domain is None:
        address, domain_id = f"{slug(name)}-{world.hex(8)}@{HOSTED_DOMAIN}", HOSTED_DOMAIN_ID
    else:
        address, domain_id = f"*@{domain['domain_name'].lower()}", domain["id"]
    fields = {
        "account_id": folder["account_id"],
        "folder_id": folder["id"],
        "name": name,
        "address": address,
        "domain_id": domain_id,
    }
    return world.store["inbound_inboxes"].add(fields | given)


def slug(name: str) -> str:
    """What of a name can be part of an address, as Rails' ``parameterize`` does it."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-")[:MAX_SLUG].rstrip("-") or "inbox"


def read_id(value: Any) -> int | None:
    """A reference as Rails casts it: blank is none, and what is no number refers to nothing."""
    if value is None or value == "" or isinstance(value, list | dict):
        return None
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"[0-9]{1,18}", value) else 0
    return int(value)


def show_rule(rule: Row) -> dict:
    names = ("id", "name", "created_at", "updated_at", "conditions", "destinations")
    return {"data": {name: rule[name] for name in names}}


def rules_of(call: Call, inbox: Row) -> list[Row]:
    return call.world.store["inbound_forward_rules"].of("inbox", inbox["id"])


@routes.get("inbound/inboxes/{inbox_id}/forward_rules")
def list_rules(call: Call) -> dict:
    return {"data": [show_rule(rule)["data"] for rule in rules_of(call, find_inbox(call, VIEWER))]}


@routes.post("inbound/inboxes/{inbox_id}/forward_rules")
def create_rule(call: Call) -> Reply:
    """Without conditions a rule meets every mail; without destinations there is none."""
    inbox = find_inbox(call, ADMIN)
    others = rules_of(call, inbox)
    check_limit(call, "inbound_forward_rules", len(others), "forward rules", "forward rule")
    given = call.body if isinstance(call.body.get("destinations"), list) else call.body | {"destinations": []}
    fields, errors = read_rule(given)
    check(name_errors(text(call.body, "name"), others), errors)
    return json_reply(show_rule(add_rule(call.world, inbox, text(call.body, "name"), **fields)), 201)


@routes.get("inbound/inboxes/{inbox_id}/forward_rules/{rule_id}")
def get_rule(call: Call) -> dict:
    return show_rule(find_rule(call, VIEWER))


@routes.patch("inbound/inboxes/{inbox_id}/forward_rules/{rule_id}")
def update_rule(call: Call) -> dict:
    """Partial; a list that is given replaces the old one."""
    rule = find_rule(call, ADMIN)
    others = [other for other in rules_of(call, find_inbox(call, ADMIN)) if other is not rule]
    fields, errors = read_rule(call.body)
    if is_given(call.body, "name"):
        fields["name"] = text(call.body, "name")
        errors = name_errors(fields["name"], others) | errors
    check(errors)
    if any(rule[name] != value for name, value in fields.items()):
        call.world.store["inbound_forward_rules"].change(rule, **fields, updated_at=call.world.clock.stamp())
    return show_rule(rule)


@routes.delete("inbound/inboxes/{inbox_id}/forward_rules/{rule_id}")
def delete_rule(call: Call) -> Reply:
    call.world.store["inbound_forward_rules"].remove(find_rule(call, ADMIN))
    return no_content()


def add_rule(world: World, inbox: Row, name: str, **fields: Any) -> Row:
    now = world.clock.stamp()
    row = {
        "account_id": inbox["account_id"],
        "inbox_id": inbox["id"],
        "name": name,
        "created_at": now,
        "updated_at": now,
        "conditions": [],
    }
    return world.store["inbound_forward_rules"].add(row | fields)


def read_rule(body: dict[str, Any]) -> tuple[dict[str, list[dict]], dict[str, list[str]]]:
    """The lists of a rule that the body gives, and what is wrong in them under the names that Rails has for the fields
    of nested objects. What is no list is not permitted, and so not given."""
    fields: dict[str, list[dict]] = {}
    errors: dict[str, list[str]] = {}
    for name, read in (("conditions", read_condition), ("destinations", read_destination)):
        if not isinstance(body.get(name), list):
            continue
        fields[name] = []
        for item in body[name]:
            part, found = read(item if isinstance(item, dict) else {})
            fields[name].append(part)
            errors |= {f"{name}.{key}": sentences for key, sentences in found.items()}
        if len(fields[name]) > MAX_PARTS:
            errors[name] = [too_long(MAX_PARTS)]
    if fields.get("destinations") == []:
        errors["destinations"] = [BLANK]
    addresses = [part["email"].lower() for part in fields.get("destinations", [])]
    if len(addresses) > len(set(addresses)):
        errors.setdefault("destinations.email", [TAKEN])
    return fields, errors


def read_condition(item: dict[str, Any]) -> tuple[dict, dict[str, list[str]]]:
    """A header has a name; ``empty`` and ``not_empty`` are for headers and have no value."""
    match_type, operator = text(item, "match_type"), text(item, "operator")
    errors = {}
    if match_type not in MATCH_TYPES:
        errors["match_type"] = ["is not included in the list"]
    if operator not in OPERATORS or (operator in WITHOUT_VALUE and match_type != "header"):
        errors["operator"] = ["is not included in the list"]
    value = None if operator in WITHOUT_VALUE else text(item, "value") or ""
    if value is not None and not value.strip():
        errors["value"] = [BLANK]
    header_key = text(item, "header_key") or "" if match_type == "header" else None
    if header_key is not None and not header_key.strip():
        errors["header_key"] = [BLANK]
    return {"match_type": match_type, "operator": operator, "value": value, "header_key": header_key}, errors


def read_destination(item: dict[str, Any]) -> tuple[dict, dict[str, list[str]]]:
    email = (text(item, "email") or "").strip()
    errors = [] if is_address(email) else [INVALID if email else BLANK]
    return {"email": email}, {"email": errors} if errors else {}


def plant_folder(world: World, item: Item) -> None:
    account_id = accounts.of_item(world, item)
    identity = item.identity(world, "inbound_folders")
    world.store["inbound_folders"].add({"account_id": account_id, "name": item.need("name", str), **identity})


def plant_inbox(world: World, item: Item) -> None:
    """``address`` fixes the hash of a hosted inbox; ``domain_id`` makes it one of an own domain."""
    folder = item.parent(world, "inbound_folders", "folder_id")
    domain = item.parent(world, "domains", "domain_id") if item.get("domain_id", int) else None
    if domain is not None and domain["account_id"] != folder["account_id"]:
        raise ControlError(f"{item.where}: the domain belongs to another account.")
    address = item.get("address", str, "").lower()
    given = item.identity(world, "inbound_inboxes")
    if address:
        if domain is not None or not is_address(address) or not address.endswith(f"@{HOSTED_DOMAIN}"):
            raise ControlError(f"{item.where}: address must be one at {HOSTED_DOMAIN}, and goes without a domain_id.")
        given["address"] = address
    inbox = create(world, folder, item.need("name", str), domain, **given)
    if len(world.store["inbound_inboxes"].ids("address", inbox["address"])) > 1:
        world.store["inbound_inboxes"].remove(inbox)
        raise ControlError(f"{item.where}: there is an inbox for {inbox['address']} already.")


def plant_rule(world: World, item: Item) -> None:
    inbox = item.parent(world, "inbound_inboxes", "inbox_id")
    given = item.identity(world, "inbound_forward_rules")
    lists = {name: item.get(name, list, []) for name in ("conditions", "destinations")}
    fields, errors = read_rule(lists)
    for name, sentences in errors.items():
        raise ControlError(f"{item.where}: {name} {sentences[0]}.")
    add_rule(world, inbox, item.need("name", str), **fields, **given)


SEEDS = [
    Seed("inbound_folders", plant_folder, after=("accounts",)),
    Seed("inbound_inboxes", plant_inbox, after=("inbound_folders", "domains", "verified_domains")),
    Seed("inbound_forward_rules", plant_rule, after=("inbound_inboxes",)),
]
