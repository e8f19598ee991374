# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact imports: parsing, validation and the job that applies them (docs/service.md#contact-jobs)."""

from typing import Any

from ..state.json_codec import JsonObject
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
from .validation import INVALID, FieldErrors, cast_text

IMPORTS = TableSpec("contact_imports", 1_100)
TABLES = [IMPORTS]

MAX_CONTACTS = 50_000
PERMITTED = ("email", "fields", "list_ids_included", "list_ids_excluded")


def parse_import(contact: Any, directory: ContactDirectory) -> ContactRequest:
    """Parse one contact of an import."""
    if not isinstance(contact, dict):
        return ContactRequest(errors={"base": [INVALID]})
    return ContactRequest.read(
        {"email": None} | {name: contact[name] for name in PERMITTED if name in contact}, directory
    )


def find_import_errors(request: ContactRequest) -> FieldErrors:
    """Return the errors of one contact. A single message names all unknown merge tags.

    See docs/service.md#validation-messages.
    """
    if not request.unknown:
        return request.errors
    return request.errors | {"fields": [f"contains invalid values: {', '.join(request.unknown)}"]}


def describe_contact(contact: Any, errors: FieldErrors) -> JsonObject:
    """Return the entry for an invalid contact in the error body E13 (docs/service.md#error-bodies)."""
    return {"email": (cast_text(contact, "email") if isinstance(contact, dict) else None) or "", "errors": errors}


def serialize_wish(request: ContactRequest) -> JsonObject:
    """Return the JSON form of a request without errors, for the row of its import."""
    return {
        "email": request.email,
        "values": request.values,
        "included": request.included,
        "excluded": request.excluded,
    }


def finish_import(world: World, payload: JsonObject) -> None:
    """Create or update the contacts of an import, in their order.

    If an e-mail address occurs twice, the second contact updates the first. Contacts beyond the limit of the account
    are counted and left out. Lists and fields that were deleted since the import began are ignored.
    """
    table = world.store["contact_imports"]
    row = table[payload["id"]]
    if world.settings["contact_imports_fail"]:
        table.update(row, outcome="failed", wishes=[])
        return
    account_id = row["account_id"]
    directory, room = ContactDirectory.load(world, account_id), contact_room(world, account_id)
    field_ids = {str(field["id"]) for field in directory.fields.values()}
    created = updated = over_limit = 0
    for saved_request in row["wishes"]:
        request = ContactRequest(**saved_request)
        request.values = {key: value for key, value in request.values.items() if key in field_ids}
        request.included = [key for key in request.included if key in directory.list_ids]
        contact = find_contact(world, account_id, request.email or "")
        if contact is not None:
            # The e-mail address only identifies the contact. Its letter case stays as it is.
            request.email = None
            apply_contact_request(world, contact, request)
            updated += 1
        elif created < room:
            insert_contact(world, account_id, request)
            created += 1
        else:
            over_limit += 1
    counts = {
        "created_contacts_count": created,
        "updated_contacts_count": updated,
        "contacts_over_limit_count": over_limit,
    }
    table.update(row, outcome="finished", wishes=[], counts=counts)


JOBS = {IMPORTS.name: finish_import}
