# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound folders, inboxes and forward rules: validation and seeds (docs/service.md#inbound)."""

import re
import unicodedata
from typing import Any

from ..mail.mime import is_address
from ..state.errors import ControlError
from ..state.json_codec import JsonObject
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .accounts import find_account_id
from .validation import BLANK, INVALID, NOT_IN_LIST, FieldErrors, cast_text, text_errors, too_long

HOSTED_DOMAIN = "inbound-mailtrap.io"
# The domain_id of inboxes on the hosted domain (docs/service.md#inbound). No account has this domain.
HOSTED_DOMAIN_ID = 1_237_003

FOLDERS = TableSpec("inbound_folders", 70, groups={"account": lambda row: row["account_id"]})
INBOXES = TableSpec(
    "inbound_inboxes",
    500,
    groups={
        "account": lambda row: row["account_id"],
        "folder": lambda row: row["folder_id"],
        "address": lambda row: row["address"],
    },
)
RULES = TableSpec("inbound_forward_rules", groups={"inbox": lambda row: row["inbox_id"]})
TABLES = [FOLDERS, INBOXES, RULES]


def find_inbox_by_address(world: World, address: str) -> Row | None:
    """Return the inbox that receives mail for an address, or None.

    This is the hosted inbox with the address, or the catch-all inbox of the domain.
    """
    address = address.lower()
    host = address.rpartition("@")[2]
    name = address if host == HOSTED_DOMAIN else f"*@{host}"
    return next(iter(world.store["inbound_inboxes"].select("address", name)), None)


def is_hosted(inbox: Row) -> bool:
    """Return whether an inbox is on the domain of the service."""
    return inbox["domain_id"] == HOSTED_DOMAIN_ID


MAX_NAME = 100
# Maximum number of conditions and of destinations of a rule.
MAX_PARTS = 5
# The maximum length of a local part, minus the hyphen and the hash.
MAX_SLUG = 64 - 9
NAME_TAKEN = "has already been taken"
MATCH_TYPES = ("sender", "recipient", "header")
OPERATORS = ("equal", "not_equal", "contains", "starts_with", "ends_with", "empty", "not_empty")
WITHOUT_VALUE = ("empty", "not_empty")


def find_name_errors(name: str | None, others: list[Row]) -> FieldErrors:
    """Return the errors of a name, which must differ from the names of ``others``. Letter case matters."""
    errors = text_errors(name, maximum=MAX_NAME)
    if any(row["name"] == name for row in others):
        errors.append(NAME_TAKEN)
    return {"name": errors} if errors else {}


def insert_inbox(world: World, folder: Row, name: str, domain: Row | None, **overrides: Any) -> Row:
    """Add an inbox with its permanent address. Without a domain it is on the hosted domain."""
    if domain is None:
        address, domain_id = f"{make_slug(name)}-{world.random_hex(8)}@{HOSTED_DOMAIN}", HOSTED_DOMAIN_ID
    else:
        address, domain_id = f"*@{domain['domain_name'].lower()}", domain["id"]
    fields = {
        "account_id": folder["account_id"],
        "folder_id": folder["id"],
        "name": name,
        "address": address,
        "domain_id": domain_id,
    }
    return world.store["inbound_inboxes"].add(fields | overrides)


def make_slug(name: str) -> str:
    """Convert a name to the first part of an address, as ``parameterize`` of Rails does."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-")[:MAX_SLUG].rstrip("-") or "inbox"


def parse_id(value: Any) -> int | None:
    """Cast a reference to an id as Rails does: a blank value is None, and a text that is not a number is 0."""
    if value is None or value == "" or isinstance(value, list | dict):
        return None
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"[0-9]{1,18}", value) else 0
    return int(value)


def insert_rule(world: World, inbox: Row, name: str, **fields: Any) -> Row:
    """Add a forward rule."""
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


def parse_rule(body: JsonObject) -> tuple[dict[str, list[JsonObject]], FieldErrors]:
    """Return the lists of a rule in a request, and their errors by the names of Rails for nested fields.

    A list of a wrong type is left out, as in Rails.
    """
    fields: dict[str, list[JsonObject]] = {}
    errors: FieldErrors = {}
    for name, parse in (("conditions", parse_condition), ("destinations", parse_destination)):
        if not isinstance(body.get(name), list):
            continue
        fields[name] = []
        for item in body[name]:
            part, part_errors = parse(item if isinstance(item, dict) else {})
            fields[name].append(part)
            errors |= {f"{name}.{key}": messages for key, messages in part_errors.items()}
        if len(fields[name]) > MAX_PARTS:
            errors[name] = [too_long(MAX_PARTS)]
    if fields.get("destinations") == []:
        errors["destinations"] = [BLANK]
    addresses = [part["email"].lower() for part in fields.get("destinations", [])]
    if len(addresses) > len(set(addresses)):
        errors.setdefault("destinations.email", [NAME_TAKEN])
    return fields, errors


def parse_condition(condition: JsonObject) -> tuple[JsonObject, FieldErrors]:
    """Return a condition of a rule and its errors.

    Only header conditions have a ``header_key`` and may use ``empty`` and ``not_empty``, which have no value.
    """
    match_type, operator = cast_text(condition, "match_type"), cast_text(condition, "operator")
    errors: FieldErrors = {}
    if match_type not in MATCH_TYPES:
        errors["match_type"] = [NOT_IN_LIST]
    if operator not in OPERATORS or (operator in WITHOUT_VALUE and match_type != "header"):
        errors["operator"] = [NOT_IN_LIST]
    value = None if operator in WITHOUT_VALUE else cast_text(condition, "value") or ""
    if value is not None and not value.strip():
        errors["value"] = [BLANK]
    header_key = cast_text(condition, "header_key") or "" if match_type == "header" else None
    if header_key is not None and not header_key.strip():
        errors["header_key"] = [BLANK]
    return {"match_type": match_type, "operator": operator, "value": value, "header_key": header_key}, errors


def parse_destination(destination: JsonObject) -> tuple[JsonObject, FieldErrors]:
    """Return a destination of a rule and its errors."""
    email = (cast_text(destination, "email") or "").strip()
    errors = [] if is_address(email) else [INVALID if email else BLANK]
    return {"email": email}, {"email": errors} if errors else {}


def seed_folder(world: World, item: FieldReader) -> None:
    """Add a folder."""
    account_id = find_account_id(world, item)
    identity_fields = item.identity_fields(world, "inbound_folders")
    world.store["inbound_folders"].add({"account_id": account_id, "name": item.require("name", str), **identity_fields})


def seed_inbox(world: World, item: FieldReader) -> None:
    """Add an inbox. ``address`` sets the address of a hosted inbox; ``domain_id`` puts the inbox on that domain."""
    folder = item.find_parent(world, "inbound_folders", "folder_id")
    domain = item.find_parent(world, "domains", "domain_id") if item.get("domain_id", int) else None
    if domain is not None and domain["account_id"] != folder["account_id"]:
        raise ControlError(f"{item.location}: the domain belongs to another account.")
    address = item.get("address", str, "").lower()
    overrides: Row = {**item.identity_fields(world, "inbound_inboxes")}
    if address:
        if domain is not None or not is_address(address) or not address.endswith(f"@{HOSTED_DOMAIN}"):
            raise ControlError(
                f"{item.location}: address must be at {HOSTED_DOMAIN} and cannot be combined with domain_id."
            )
        overrides["address"] = address
    inbox = insert_inbox(world, folder, item.require("name", str), domain, **overrides)
    if len(world.store["inbound_inboxes"].ids("address", inbox["address"])) > 1:
        world.store["inbound_inboxes"].remove(inbox)
        raise ControlError(f"{item.location}: there is an inbox for {inbox['address']} already.")


def seed_rule(world: World, item: FieldReader) -> None:
    """Add a forward rule."""
    inbox = item.find_parent(world, "inbound_inboxes", "inbox_id")
    identity_fields = item.identity_fields(world, "inbound_forward_rules")
    lists = {name: item.get(name, list, []) for name in ("conditions", "destinations")}
    fields, errors = parse_rule(lists)
    for name, messages in errors.items():
        raise ControlError(f"{item.location}: {name} {messages[0]}.")
    insert_rule(world, inbox, item.require("name", str), **fields, **identity_fields)


SEEDS = [
    Seed("inbound_folders", seed_folder, after=("accounts",)),
    Seed("inbound_inboxes", seed_inbox, after=("inbound_folders", "domains", "verified_domains")),
    Seed("inbound_forward_rules", seed_rule, after=("inbound_inboxes",)),
]
