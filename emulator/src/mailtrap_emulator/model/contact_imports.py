# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact imports: parsing, validation and the job that applies them (facts 3.17)."""

from typing import Any

from ..state.store import TableSpec
from ..state.world import World
from .contacts import (
    ContactDirectory,
    ContactRequest,
    apply_contact_request,
    contact_room,
    find_contact,
    insert_contact,
)
from .validation import INVALID, cast_text

IMPORTS = TableSpec("contact_imports", 1_100)
TABLES = [IMPORTS]

MAX_CONTACTS = 50_000
PERMITTED = ("email", "fields", "list_ids_included", "list_ids_excluded")


def parse_import(item: Any, book: ContactDirectory) -> ContactRequest:
    if not isinstance(item, dict):
        return ContactRequest(errors={"base": [INVALID]})
    return ContactRequest.read({"email": None} | {name: item[name] for name in PERMITTED if name in item}, book)


def find_import_errors(wish: ContactRequest) -> dict[str, list[str]]:
    """Unlike a single contact, an import names all unknown merge tags in one sentence (facts 2.3)."""
    if not wish.unknown:
        return wish.errors
    return wish.errors | {"fields": [f"contains invalid values: {', '.join(wish.unknown)}"]}


def describe_contact(item: Any, errors: dict[str, list[str]]) -> dict:
    """One entry of E13; without an e-mail it is about a blank one."""
    return {"email": (cast_text(item, "email") if isinstance(item, dict) else None) or "", "errors": errors}


def serialize_wish(wish: ContactRequest) -> dict:
    """A wish without errors as JSON."""
    return {"email": wish.email, "values": wish.values, "included": wish.included, "excluded": wish.excluded}


def finish_import(world: World, payload: dict) -> None:
    """Write the contacts, in their order: the later of two with one e-mail updates the earlier. Those for whom there
    is no room are counted and left out. Lists and fields may have gone meanwhile."""
    row = world.store["contact_imports"].get(payload["id"])
    if world.settings["contact_imports_fail"]:
        world.store["contact_imports"].update(row, outcome="failed", wishes=[])
        return
    account_id = row["account_id"]
    book, room = ContactDirectory.load(world, account_id), contact_room(world, account_id)
    keys = {str(field["id"]) for field in book.fields.values()}
    created = updated = over = 0
    for kept in row["wishes"]:
        wish = ContactRequest(**kept)
        wish.values = {key: value for key, value in wish.values.items() if key in keys}
        wish.included = [key for key in wish.included if key in book.list_ids]
        contact = find_contact(world, account_id, wish.email)
        if contact is not None:
            # It is who is meant, not what is to be written: the spelling stays.
            wish.email = None
            apply_contact_request(world, contact, wish)
            updated += 1
        elif created < room:
            insert_contact(world, account_id, wish)
            created += 1
        else:
            over += 1
    counts = {
        "created_contacts_count": created,
        "updated_contacts_count": updated,
        "contacts_over_limit_count": over,
    }
    world.store["contact_imports"].update(row, outcome="finished", wishes=[], counts=counts)


JOBS = {IMPORTS.name: finish_import}
