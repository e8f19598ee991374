# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact imports (facts 3.17).

A request is judged whole, when it comes: one bad contact and nothing is imported (E13). What was accepted is written
when the import ends. An import that the control plane lets fail writes nothing.
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
from ..state.store import Row
from ..state.world import World

routes = Routes(window="contacts")


def show(world: World, row: Row) -> dict:
    """The counts are there when it has finished."""
    return {"id": row["id"], "status": contact_job_status(world, row), **row["counts"]}


@routes.post("contacts/imports")
def create_import(call: Call) -> Response:
    """400 where there are no contacts at all, as for a missing wrapper (facts 8.1)."""
    call.require_level(call.access.account, ADMIN)
    items = call.body.get("contacts")
    if not isinstance(items, list) or not items:
        raise bad_request()
    if len(items) > MAX_CONTACTS:
        sentence = f"cannot import more than {MAX_CONTACTS} contacts at once"
        raise refused([describe_contact(items[MAX_CONTACTS], {"base": [sentence]})])
    book = ContactDirectory.load(call.world, call.account_id)
    is_full = contact_room(call.world, call.account_id) < 1
    wishes, refusals = [], []
    for item in items:
        wish = parse_import(item, book)
        errors = find_import_errors(wish)
        if is_full and not errors and find_contact(call.world, call.account_id, wish.email) is None:
            errors = {"base": [LIMIT_REACHED]}
        if errors:
            refusals.append(describe_contact(item, errors))
        wishes.append(serialize_wish(wish))
    if refusals:
        raise refused(refusals)
    row = begin_contact_job(call.world, IMPORTS.name, account_id=call.account_id, wishes=wishes, counts={})
    return json_response(show(call.world, row), 201)


@routes.get("contacts/imports/{import_id}")
def get_import(call: Call) -> dict:
    call.require_level(call.access.account, VIEWER)
    return show(call.world, call.find_row("contact_imports", "import_id"))


def refused(refusals: list[dict]) -> HttpError:
    """422 E13."""
    return HttpError(json_response({"errors": refusals}, 422))
