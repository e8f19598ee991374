# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an account knows about its contacts, and what a request says about one of them (facts 3.14).

Contacts keep field values under the field's id, so that a merge tag can be renamed; ``unsubscribed`` is theirs alone.
"""

import re
import sys
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..state.errors import ControlError
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .accounts import find_account_id
from .validation import BLANK, ID_PATTERN, INVALID, cast_text

MAX_EMAIL, MAX_VALUE = 254, 255
BUILT_IN = {"first_name": "First name", "last_name": "Last name"}
TAKEN = "has already been taken"
LIMIT_REACHED = "contacts limit reached"

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
LABEL = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
EMAIL = re.compile(rf"[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]{{1,64}}@(?:{LABEL}\.)+{LABEL}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# Which side of a membership change the ids of a request are on. A contact is born with list_ids (facts 3.14).
SIDES = {"list_ids": "included", "list_ids_included": "included", "list_ids_excluded": "excluded"}


def is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    return is_integer(value) or isinstance(value, float)


def is_date(value: Any) -> bool:
    """``yyyy-mm-dd``, and a day that there is."""
    if not isinstance(value, str) or not DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


# The data types of facts 3.16 and what a value of each must be. Nothing is converted: a number is no text.
DATA_TYPES = {
    "text": lambda value: isinstance(value, str) and len(value) <= MAX_VALUE,
    "integer": lambda value: is_integer(value) and -(2**63) <= value < 2**63,
    "float": lambda value: is_number(value) and abs(value) <= sys.float_info.max,
    "boolean": lambda value: isinstance(value, bool),
    "date": is_date,
}


def list_contact_fields(world: World, account_id: int) -> list[Row]:
    """The contact fields of an account by ascending id. The built-in ones are there from the first look on."""
    table = world.store["contact_fields"]
    fields = table.select("account", account_id)
    if not any(row["built_in"] for row in fields):
        for merge_tag, name in BUILT_IN.items():
            insert_contact_field(world, account_id, name=name, data_type="text", merge_tag=merge_tag, built_in=True)
        fields = table.select("account", account_id)
    return fields


def insert_contact_field(world: World, account_id: int, **fields: Any) -> Row:
    """``name``, ``data_type`` and ``merge_tag``. ``usage``: the sentences that refuse its removal."""
    defaults = {"account_id": account_id, "built_in": False, "usage": []}
    return world.store["contact_fields"].add(defaults | fields)


@dataclass(frozen=True)
class ContactDirectory:
    """What a request about contacts of one account may name: fields by merge tag, and lists."""

    fields: dict[str, Row]
    list_ids: frozenset[int]

    @classmethod
    def load(cls, world: World, account_id: int) -> "ContactDirectory":
        fields = {row["merge_tag"]: row for row in list_contact_fields(world, account_id)}
        return cls(fields, frozenset(world.store["contact_lists"].ids("account", account_id)))


@dataclass
class ContactRequest:
    """What a request wants a contact to be.

    ``email`` and ``unsubscribed`` are None where it says nothing, ``values`` are by field id as text. ``errors`` are
    sentences by name; ``unknown`` are the merge tags that no field has.
    """

    email: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    included: list[int] = field(default_factory=list)
    excluded: list[int] = field(default_factory=list)
    unsubscribed: bool | None = None
    errors: dict[str, list[str]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, data: dict[str, Any], book: ContactDirectory) -> "ContactRequest":
        """Judge the fields of a contact, as far as they are given.

        A list that the account does not have is ``contains invalid data``, on either side. ``unsubscribed`` and ids
        may be written as text, as Rails reads them.
        """
        wish = cls()
        if "email" in data:
            wish.email = cast_text(data, "email")
            wish._note("email", *email_errors(wish.email))
        values = data.get("fields")
        if isinstance(values, dict):
            wish._read_values(values, book)
        elif values is not None:
            wish._note("fields", INVALID)
        for name, side in SIDES.items():
            ids = read_ids(data.get(name), book.list_ids)
            if ids is None:
                wish._note(name.replace("list_ids_", "list_id_"), "contains invalid data")
            elif ids:
                setattr(wish, side, ids)
        if both := sorted(set(wish.included) & set(wish.excluded)):
            wish._note("base", f"same list_ids {in_words(both)} are specified both as included and excluded")
        if data.get("unsubscribed") is not None:
            wish.unsubscribed = {"true": True, "false": False}.get(str(data["unsubscribed"]).lower())
            if wish.unsubscribed is None:
                wish._note("unsubscribed", INVALID)
        return wish

    def _read_values(self, values: dict[str, Any], book: ContactDirectory) -> None:
        for merge_tag, value in values.items():
            known = book.fields.get(merge_tag)
            if known is None:
                self.unknown.append(merge_tag)
            elif value is not None and not DATA_TYPES[known["data_type"]](value):
                self._note(merge_tag, INVALID)
            else:
                is_float = known["data_type"] == "float" and value is not None
                self.values[str(known["id"])] = float(value) if is_float else value

    def _note(self, name: str, *sentences: str) -> None:
        if sentences:
            self.errors.setdefault(name, []).extend(sentences)


def email_errors(email: str | None) -> list[str]:
    if not email or not email.strip():
        return [BLANK]
    if len(email) > MAX_EMAIL or not EMAIL.fullmatch(email):
        return [INVALID]
    return [] if len(email.rpartition(".")[2]) > 1 else ["top level domain is too short"]


def read_ids(value: Any, known: frozenset[int]) -> list[int] | None:
    """The ids of a list of ids, ascending; None if anything in it is no id of ``known``."""
    if value is None:
        return []
    if not isinstance(value, list):
        return None
    ids = [int(item) if isinstance(item, str) and ID_PATTERN.fullmatch(item) else item for item in value]
    return sorted(set(ids)) if all(is_integer(item) and item in known for item in ids) else None


def in_words(items: list[int]) -> str:
    """``1``, ``1 and 2``, ``1, 2 and 3``."""
    *first, last = map(str, items)
    return f"{', '.join(first)} and {last}" if first else last


def email_key(account_id: int, email: str) -> str:
    """Under which an e-mail is found, and found taken, in its account."""
    return f"{account_id}:{email.lower()}"


def find_contact(world: World, account_id: int, identifier: str) -> Row | None:
    """The contact with this UUID or e-mail, in any case of letters."""
    table = world.store["contacts"]
    if not UUID.fullmatch(identifier):
        return table.find("email_key", email_key(account_id, identifier))
    row = table.get(identifier.lower())
    return row if row and row["account_id"] == account_id else None


def contact_room(world: World, account_id: int) -> float:
    """How many contacts may be added."""
    limit = world.settings["contacts"]
    return float("inf") if limit is None else limit - len(world.store["contacts"].ids("account", account_id))


def milliseconds(world: World) -> int:
    """The time in milliseconds since the epoch, the same that :func:`clock.iso_ms` writes."""
    return round(world.clock.time() * 1_000_000) // 1000


def insert_contact(world: World, account_id: int, wish: ContactRequest, **more: Any) -> Row:
    now = milliseconds(world)
    row = {
        "id": world.uuid7(now),
        "account_id": account_id,
        "email": wish.email,
        "email_key": email_key(account_id, wish.email),
        "fields": {key: value for key, value in wish.values.items() if value is not None},
        "list_ids": wish.included,
        "unsubscribed": bool(wish.unsubscribed),
        "created_at": now,
        "updated_at": now,
    }
    return world.store["contacts"].add(row | more)


def apply_contact_request(world: World, contact: Row, wish: ContactRequest) -> None:
    """Let a contact be as wished. ``updated_at`` moves only if anything changes: whether it does for a repeated
    request is unknown (facts 3.14)."""
    email = contact["email"] if wish.email is None else wish.email
    values = contact["fields"] | wish.values
    wanted = {
        "email": email,
        "email_key": email_key(contact["account_id"], email),
        "fields": {key: value for key, value in values.items() if value is not None},
        "list_ids": sorted({*contact["list_ids"], *wish.included} - {*wish.excluded}),
        "unsubscribed": contact["unsubscribed"] if wish.unsubscribed is None else wish.unsubscribed,
    }
    if any(contact[name] != value for name, value in wanted.items()):
        world.store["contacts"].update(contact, **wanted, updated_at=milliseconds(world))


def remove_list_members(world: World, contact_list: Row) -> None:
    """Take everybody out of a list; the contacts stay (facts 3.15)."""
    table, key = world.store["contacts"], contact_list["id"]
    for contact in table.select("account", contact_list["account_id"]):
        if key in contact["list_ids"]:
            table.update(contact, list_ids=[other for other in contact["list_ids"] if other != key])


def remove_field_values(world: World, contact_field: Row) -> None:
    """Take the values of a field away."""
    table, key = world.store["contacts"], str(contact_field["id"])
    for contact in table.select("account", contact_field["account_id"]):
        if key in contact["fields"]:
            table.update(contact, fields={other: value for other, value in contact["fields"].items() if other != key})


def contact_status(contact: Row) -> str:
    return "unsubscribed" if contact["unsubscribed"] else "subscribed"


def contact_values(contact: Row, fields: list[Row]) -> dict[str, Any]:
    """The values by merge tag; null for what is not set (facts 3.14)."""
    return {row["merge_tag"]: contact["fields"].get(str(row["id"])) for row in fields}


def describe_contact(contact: Row, fields: list[Row]) -> dict[str, Any]:
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


def find_contact_errors(wish: ContactRequest) -> dict[str, list[str]]:
    """All that is wrong with one contact; an unknown merge tag is no better than an ill-typed value."""
    return wish.errors | {merge_tag: [INVALID] for merge_tag in wish.unknown}


def find_event_name_errors(name: Any) -> list[str]:
    if not isinstance(name, str):
        return ["must be a string"] if name else [BLANK, "must be a string"]
    if not name.strip():
        return [BLANK]
    return ["is too long"] if len(name) > MAX_EVENT_TEXT else []


def find_event_params_errors(params: Any) -> list[str]:
    """Keys and texts have a length, and values are scalar. The sentence for a list or an object is not known."""
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
    """``fields`` go by merge tag; ``unsubscribed`` is off."""
    account_id = find_account_id(world, item)
    identity, data = item.get("id", str), {"email": item.require("email", str)}
    data |= {"fields": item.get("fields", dict), "list_ids": item.get("list_ids", list)}
    wish = ContactRequest.read(
        data | {"unsubscribed": item.get("unsubscribed", bool)}, ContactDirectory.load(world, account_id)
    )
    for name, sentences in find_contact_errors(wish).items():
        raise ControlError(f"{item.location}: {name} {sentences[0]}.")
    if identity is not None and (not UUID.fullmatch(identity) or world.store["contacts"].get(identity.lower())):
        raise ControlError(f"{item.location}: id must be a UUID that no other contact has.")
    insert_contact(world, account_id, wish, **({"id": identity.lower()} if identity else {}))


SEEDS = [Seed("contacts", seed_contact, after=("accounts", "contact_fields", "contact_lists"))]
