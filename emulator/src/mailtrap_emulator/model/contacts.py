# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contacts: contact requests, validation and changes (docs/service.md#contacts).

A contact keeps its field values by field id, so that the merge tag of a field can change.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..state.errors import ControlError
from ..state.json_codec import JsonObject
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .accounts import find_account_id
from .validation import BLANK, ID_PATTERN, INVALID, FieldErrors, cast_text

MAX_EMAIL, MAX_VALUE = 254, 255
# The fields that every account has: name by merge tag.
BUILT_IN = {"first_name": "First name", "last_name": "Last name"}
TAKEN = "has already been taken"
LIMIT_REACHED = "contacts limit reached"

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
LABEL = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
EMAIL = re.compile(rf"[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]{{1,64}}@(?:{LABEL}\.)+{LABEL}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# The attribute of ContactRequest that a field with list ids sets. ``list_ids`` is for new contacts.
LIST_ATTRIBUTES = {"list_ids": "included", "list_ids_included": "included", "list_ids_excluded": "excluded"}


def is_integer(value: Any) -> bool:
    """Return whether a JSON value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Return whether a JSON value is a number."""
    return is_integer(value) or isinstance(value, float)


def is_date(value: Any) -> bool:
    """Return whether a JSON value is an existing date in the form ``yyyy-mm-dd``."""
    if not isinstance(value, str) or not DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


# The checks of values by data type (docs/service.md#contact-fields). Values are not converted.
DATA_TYPES: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str) and len(value) <= MAX_VALUE,
    "integer": lambda value: is_integer(value) and -(2**63) <= value < 2**63,
    "float": lambda value: is_number(value) and abs(value) <= sys.float_info.max,
    "boolean": lambda value: isinstance(value, bool),
    "date": is_date,
}


def list_contact_fields(world: World, account_id: int) -> list[Row]:
    """Return the contact fields of an account by ascending id. The first call creates the built-in fields."""
    table = world.store["contact_fields"]
    fields = table.select("account", account_id)
    if not any(row["built_in"] for row in fields):
        for merge_tag, name in BUILT_IN.items():
            insert_contact_field(world, account_id, name=name, data_type="text", merge_tag=merge_tag, built_in=True)
        fields = table.select("account", account_id)
    return fields


def insert_contact_field(world: World, account_id: int, **fields: Any) -> Row:
    """Add a contact field. ``usage`` contains the errors that prevent its deletion."""
    defaults = {"account_id": account_id, "built_in": False, "usage": []}
    return world.store["contact_fields"].add(defaults | fields)


@dataclass(frozen=True)
class ContactDirectory:
    """The objects of an account that a contact request can name: contact fields by merge tag, and lists."""

    fields: dict[str, Row]
    list_ids: frozenset[int]

    @classmethod
    def load(cls, world: World, account_id: int) -> "ContactDirectory":
        """Read the directory of an account."""
        fields = {row["merge_tag"]: row for row in list_contact_fields(world, account_id)}
        return cls(fields, frozenset(world.store["contact_lists"].ids("account", account_id)))


@dataclass
class ContactRequest:
    """The requested state of a contact.

    ``email`` and ``unsubscribed`` are None if the request does not contain them. ``values`` are by field id, as text.
    ``included`` and ``excluded`` are list ids. ``errors`` are by field name. ``unknown`` are the merge tags that no
    field has.
    """

    email: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    included: list[int] = field(default_factory=list)
    excluded: list[int] = field(default_factory=list)
    unsubscribed: bool | None = None
    errors: FieldErrors = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, data: JsonObject, directory: ContactDirectory) -> "ContactRequest":
        """Parse and check the fields of a contact.

        As in Rails, ``unsubscribed`` and list ids may be texts.
        """
        request = cls()
        if "email" in data:
            request.email = cast_text(data, "email")
            request._add_errors("email", *find_email_errors(request.email))
        values = data.get("fields")
        if isinstance(values, dict):
            request._read_values(values, directory)
        elif values is not None:
            request._add_errors("fields", INVALID)
        for name, attribute in LIST_ATTRIBUTES.items():
            ids = parse_list_ids(data.get(name), directory.list_ids)
            if ids is None:
                request._add_errors(name.replace("list_ids_", "list_id_"), "contains invalid data")
            elif ids:
                setattr(request, attribute, ids)
        if conflicts := sorted(set(request.included) & set(request.excluded)):
            request._add_errors(
                "base", f"same list_ids {join_with_and(conflicts)} are specified both as included and excluded"
            )
        if data.get("unsubscribed") is not None:
            request.unsubscribed = {"true": True, "false": False}.get(str(data["unsubscribed"]).lower())
            if request.unsubscribed is None:
                request._add_errors("unsubscribed", INVALID)
        return request

    def _read_values(self, values: JsonObject, directory: ContactDirectory) -> None:
        for merge_tag, value in values.items():
            contact_field = directory.fields.get(merge_tag)
            if contact_field is None:
                self.unknown.append(merge_tag)
            elif value is not None and not DATA_TYPES[contact_field["data_type"]](value):
                self._add_errors(merge_tag, INVALID)
            else:
                is_float = contact_field["data_type"] == "float" and value is not None
                self.values[str(contact_field["id"])] = float(value) if is_float else value

    def _add_errors(self, name: str, *messages: str) -> None:
        if messages:
            self.errors.setdefault(name, []).extend(messages)


def find_email_errors(email: str | None) -> list[str]:
    """Return the errors of the e-mail address of a contact."""
    if not email or not email.strip():
        return [BLANK]
    if len(email) > MAX_EMAIL or not EMAIL.fullmatch(email):
        return [INVALID]
    return [] if len(email.rpartition(".")[2]) > 1 else ["top level domain is too short"]


def parse_list_ids(value: Any, known: frozenset[int]) -> list[int] | None:
    """Return the distinct ids of a list, ascending, or None if an item is not a known id."""
    if value is None:
        return []
    if not isinstance(value, list):
        return None
    ids = [int(item) if isinstance(item, str) and ID_PATTERN.fullmatch(item) else item for item in value]
    return sorted(set(ids)) if all(is_integer(item) and item in known for item in ids) else None


def join_with_and(items: list[int]) -> str:
    """Join numbers as in ``1``, ``1 and 2`` or ``1, 2 and 3``."""
    *first, last = map(str, items)
    return f"{', '.join(first)} and {last}" if first else last


def email_key(account_id: int, email: str) -> str:
    """Return the key that identifies an e-mail address in an account, regardless of letter case."""
    return f"{account_id}:{email.lower()}"


def find_contact(world: World, account_id: int, identifier: str) -> Row | None:
    """Return the contact with this UUID or e-mail address, regardless of letter case, or None."""
    table = world.store["contacts"]
    if not UUID.fullmatch(identifier):
        return table.find("email_key", email_key(account_id, identifier))
    row = table.get(identifier.lower())
    return row if row and row["account_id"] == account_id else None


def contact_room(world: World, account_id: int) -> float:
    """Return how many contacts can still be added to an account."""
    limit = world.settings["contacts"]
    return float("inf") if limit is None else limit - len(world.store["contacts"].ids("account", account_id))


def current_milliseconds(world: World) -> int:
    """Return the current time in milliseconds since the epoch."""
    return round(world.clock.time() * 1_000_000) // 1000


def insert_contact(world: World, account_id: int, request: ContactRequest, **fields: Any) -> Row:
    """Add a contact. The request must have an e-mail address and no errors."""
    now = current_milliseconds(world)
    row = {
        "id": world.uuid7(now),
        "account_id": account_id,
        "email": request.email,
        "email_key": email_key(account_id, request.email or ""),
        "fields": {key: value for key, value in request.values.items() if value is not None},
        "list_ids": request.included,
        "unsubscribed": bool(request.unsubscribed),
        "created_at": now,
        "updated_at": now,
    }
    return world.store["contacts"].add(row | fields)


def apply_contact_request(world: World, contact: Row, request: ContactRequest) -> None:
    """Update a contact. ``updated_at`` changes only if another value does, which is an assumption.

    See docs/service.md#unknowns.
    """
    email = contact["email"] if request.email is None else request.email
    values = contact["fields"] | request.values
    changes = {
        "email": email,
        "email_key": email_key(contact["account_id"], email),
        "fields": {key: value for key, value in values.items() if value is not None},
        "list_ids": sorted({*contact["list_ids"], *request.included} - {*request.excluded}),
        "unsubscribed": contact["unsubscribed"] if request.unsubscribed is None else request.unsubscribed,
    }
    if any(contact[name] != value for name, value in changes.items()):
        world.store["contacts"].update(contact, **changes, updated_at=current_milliseconds(world))


def remove_list_members(world: World, contact_list: Row) -> None:
    """Remove all contacts from a list (docs/service.md#contact-lists)."""
    table, list_id = world.store["contacts"], contact_list["id"]
    for contact in table.select("account", contact_list["account_id"]):
        if list_id in contact["list_ids"]:
            table.update(contact, list_ids=[other_id for other_id in contact["list_ids"] if other_id != list_id])


def remove_field_values(world: World, contact_field: Row) -> None:
    """Remove the values of a field from all contacts."""
    table, field_id = world.store["contacts"], str(contact_field["id"])
    for contact in table.select("account", contact_field["account_id"]):
        if field_id in contact["fields"]:
            remaining = {other_id: value for other_id, value in contact["fields"].items() if other_id != field_id}
            table.update(contact, fields=remaining)


def contact_status(contact: Row) -> str:
    """Return the ``status`` of a contact."""
    return "unsubscribed" if contact["unsubscribed"] else "subscribed"


def contact_values(contact: Row, fields: list[Row]) -> JsonObject:
    """Return the field values of a contact by merge tag; a field without a value is null."""
    return {row["merge_tag"]: contact["fields"].get(str(row["id"])) for row in fields}


def describe_contact(contact: Row, fields: list[Row]) -> JsonObject:
    """Return a contact as the API shows it."""
    return {
        "id": contact["id"],
        "email": contact["email"],
        "fields": contact_values(contact, fields),
        "list_ids": contact["list_ids"],
        "status": contact_status(contact),
        "created_at": contact["created_at"],
        "updated_at": contact["updated_at"],
    }


CONTACTS = TableSpec("contacts", unique=("email_key",), groups={"account": lambda row: row["account_id"]})
EVENTS = TableSpec("contact_events", groups={"contact": lambda row: row["contact_id"]})
TABLES = [CONTACTS, EVENTS]

MAX_EVENT_TEXT = 255


def find_contact_errors(request: ContactRequest) -> FieldErrors:
    """Return all errors of a request. An unknown merge tag gets the same message as an invalid value."""
    return request.errors | {merge_tag: [INVALID] for merge_tag in request.unknown}


def find_event_name_errors(name: Any) -> list[str]:
    """Return the errors of the name of a contact event."""
    if not isinstance(name, str):
        return ["must be a string"] if name else [BLANK, "must be a string"]
    if not name.strip():
        return [BLANK]
    return ["is too long"] if len(name) > MAX_EVENT_TEXT else []


def find_event_params_errors(params: Any) -> list[str]:
    """Return the errors of the parameters of a contact event.

    Values must be scalars. The service's message for a list or an object is unknown.
    """
    if not isinstance(params, dict):
        return ["must be a hash"]
    errors = [f"key '{key}' is too long" for key in params if len(key) > MAX_EVENT_TEXT]
    for key, value in params.items():
        if isinstance(value, list | dict):
            errors.append(f"value for '{key}' is invalid")
        elif isinstance(value, str) and len(value) > MAX_EVENT_TEXT:
            errors.append(f"value for '{key}' is too long")
    return errors


def seed_contact(world: World, item: FieldReader) -> None:
    """Add a contact. ``fields`` are by merge tag; ``unsubscribed`` is false by default."""
    account_id = find_account_id(world, item)
    contact_id = item.get("id", str)
    data = {
        "email": item.require("email", str),
        "fields": item.get("fields", dict),
        "list_ids": item.get("list_ids", list),
        "unsubscribed": item.get("unsubscribed", bool),
    }
    request = ContactRequest.read(data, ContactDirectory.load(world, account_id))
    for name, messages in find_contact_errors(request).items():
        raise ControlError(f"{item.location}: {name} {messages[0]}.")
    if contact_id is not None and (not UUID.fullmatch(contact_id) or world.store["contacts"].get(contact_id.lower())):
        raise ControlError(f"{item.location}: id must be a UUID that no other contact has.")
    insert_contact(world, account_id, request, **({"id": contact_id.lower()} if contact_id else {}))


SEEDS = [Seed("contacts", seed_contact, after=("accounts", "contact_fields", "contact_lists"))]
