# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact imports (docs/service.md#contact-jobs).

The whole request is validated at once. A single invalid contact refuses the import (E13 in
docs/service.md#error-bodies). The contacts are written when the import ends. An import that fails, because of the
setting ``contact_imports_fail``, writes nothing.
"""

from ..http.call import Call
from ..http.responses import HttpError, Response, bad_request, json_response
from ..http.routing import Routes
from ..model.contact_imports import (
    IMPORTS,
    MAX_CONTACTS,
    describe_contact,
    find_import_errors,
    parse_import,
    serialize_wish,
)
from ..model.contact_jobs import begin_contact_job, contact_job_status
from ..model.contacts import LIMIT_REACHED, ContactDirectory, contact_room, find_contact
from ..model.permissions import ADMIN, VIEWER
from ..state.json_codec import JsonObject
from ..state.store import Row
from ..state.world import World

routes = Routes(window="contacts")


def show_import(world: World, row: Row) -> JsonObject:
    """Convert an import to its wire form. Only a finished import has counts."""
    return {"id": row["id"], "status": contact_job_status(world, row), **row["counts"]}


@routes.post("contacts/imports")
def create_import(call: Call) -> Response:
    """Start an import. A request without contacts is 400, like a missing wrapper."""
    call.require_level(call.access.account, ADMIN)
    items = call.body.get("contacts")
    if not isinstance(items, list) or not items:
        raise bad_request()
    if len(items) > MAX_CONTACTS:
        error = f"cannot import more than {MAX_CONTACTS} contacts at once"
        raise import_error([describe_contact(items[MAX_CONTACTS], {"base": [error]})])
    directory = ContactDirectory.load(call.world, call.account_id)
    is_full = contact_room(call.world, call.account_id) < 1
    requests, invalid_contacts = [], []
    for item in items:
        request = parse_import(item, directory)
        errors = find_import_errors(request)
        if is_full and not errors and find_contact(call.world, call.account_id, request.email or "") is None:
            errors = {"base": [LIMIT_REACHED]}
        if errors:
            invalid_contacts.append(describe_contact(item, errors))
        requests.append(serialize_wish(request))
    if invalid_contacts:
        raise import_error(invalid_contacts)
    row = begin_contact_job(call.world, IMPORTS.name, account_id=call.account_id, wishes=requests, counts={})
    return json_response(show_import(call.world, row), 201)


@routes.get("contacts/imports/{import_id}")
def get_import(call: Call) -> JsonObject:
    call.require_level(call.access.account, VIEWER)
    return show_import(call.world, call.find_row("contact_imports", "import_id"))


def import_error(invalid_contacts: list[JsonObject]) -> HttpError:
    """Make the 422 error of an import: an object with its errors for each invalid contact (E13)."""
    return HttpError(json_response({"errors": invalid_contacts}, 422))
