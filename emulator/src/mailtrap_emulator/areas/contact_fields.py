# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact fields (docs/service.md#contact-fields).

Validation errors have the shape E12 of docs/service.md#error-bodies. Names and merge tags are unique in an account;
upper and lower case differ. A merge tag may be any text, because no source says what the service refuses. The built-in
fields of each account do not count towards the limit.
"""

from ..http.call import Call
from ..http.responses import Response, json_response, nest_errors, no_content, unprocessable
from ..http.routing import Routes
from ..model.contact_fields import UNIQUE_FIELDS, find_field_errors
from ..model.contacts import insert_contact_field, list_contact_fields, remove_field_values
from ..model.permissions import ADMIN, VIEWER
from ..model.validation import cast_text, is_given
from ..state.json_codec import JsonObject
from ..state.store import Row

routes = Routes(window="contacts")


def show_field(field: Row) -> JsonObject:
    """Convert a contact field to its wire form."""
    return {name: field[name] for name in ("id", "name", "data_type", "merge_tag")}


def find_field(call: Call, level: int) -> Row:
    """Return the contact field in the path, if the token has ``level`` on the account.

    :raises HttpError: 403 or 404.
    """
    call.require_level(call.access.account, level)
    # This creates the built-in fields if the account does not have them yet.
    list_contact_fields(call.world, call.account_id)
    return call.find_row("contact_fields", "field_id")


@routes.get("contacts/fields")
def list_fields(call: Call) -> list[JsonObject]:
    """List all fields, oldest first, including the built-in ones."""
    call.require_level(call.access.account, VIEWER)
    return [show_field(row) for row in list_contact_fields(call.world, call.account_id)]


@routes.post("contacts/fields")
def create_field(call: Call) -> Response:
    call.require_level(call.access.account, ADMIN)
    fields = list_contact_fields(call.world, call.account_id)
    limit = call.world.settings["contact_fields"]
    if limit is not None and sum(not row["built_in"] for row in fields) >= limit:
        error = "You've reached the contact fields limit. Please upgrade your plan to create the new contact field"
        raise unprocessable(nest_errors({"name": [error]}))
    values = {name: cast_text(call.body, name) for name in (*UNIQUE_FIELDS, "data_type")}
    if errors := find_field_errors(values, fields):
        raise unprocessable(nest_errors(errors))
    return json_response(show_field(insert_contact_field(call.world, call.account_id, **values)), 201)


@routes.get("contacts/fields/{field_id}")
def get_field(call: Call) -> JsonObject:
    return show_field(find_field(call, VIEWER))


@routes.patch("contacts/fields/{field_id}")
def update_field(call: Call) -> JsonObject:
    """Update name and merge tag. ``data_type`` is create-only and therefore ignored."""
    field = find_field(call, ADMIN)
    values = {name: cast_text(call.body, name) for name in UNIQUE_FIELDS if is_given(call.body, name)}
    others = [row for row in list_contact_fields(call.world, call.account_id) if row is not field]
    if errors := find_field_errors(values, others):
        raise unprocessable(nest_errors(errors))
    call.world.store["contact_fields"].update(field, **values)
    return show_field(field)


@routes.delete("contacts/fields/{field_id}")
def delete_field(call: Call) -> Response:
    """Delete a field and its values in all contacts. The text for a built-in field is not from the service."""
    field = find_field(call, ADMIN)
    if field["built_in"]:
        raise unprocessable({"base": ["Default fields cannot be deleted"]})
    if field["usage"]:
        raise unprocessable({"usage": field["usage"]})
    remove_field_values(call.world, field)
    call.world.store["contact_fields"].remove(field)
    return no_content()
