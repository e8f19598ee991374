# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact fields (facts 3.16).

Validation answers in E12. Names and merge tags are unique in their account, capitals and all. A merge tag may be any
text: no source says what the service refuses. The fields that every account has do not count against the limit.
"""

from ..http.call import Call
from ..http.responses import Response, json_response, nest_errors, no_content, unprocessable
from ..http.routing import Routes
from ..model.contact_fields import UNIQUE_FIELDS, find_field_errors
from ..model.contacts import insert_contact_field, list_contact_fields, remove_field_values
from ..model.permissions import ADMIN, VIEWER
from ..model.validation import cast_text, is_given
from ..state.store import Row

routes = Routes(window="contacts")


def show(field: Row) -> dict:
    return {name: field[name] for name in ("id", "name", "data_type", "merge_tag")}


def find(call: Call, level: int) -> Row:
    call.require_level(call.access.account, level)
    list_contact_fields(call.world, call.account_id)
    return call.find_row("contact_fields", "field_id")


@routes.get("contacts/fields")
def list_fields(call: Call) -> list:
    """Oldest first, the built-in ones too."""
    call.require_level(call.access.account, VIEWER)
    return [show(row) for row in list_contact_fields(call.world, call.account_id)]


@routes.post("contacts/fields")
def create_field(call: Call) -> Response:
    call.require_level(call.access.account, ADMIN)
    fields = list_contact_fields(call.world, call.account_id)
    limit = call.world.settings["contact_fields"]
    if limit is not None and sum(not row["built_in"] for row in fields) >= limit:
        sentence = "You've reached the contact fields limit. Please upgrade your plan to create the new contact field"
        raise unprocessable(nest_errors({"name": [sentence]}))
    values = {name: cast_text(call.body, name) for name in (*UNIQUE_FIELDS, "data_type")}
    if errors := find_field_errors(values, fields):
        raise unprocessable(nest_errors(errors))
    return json_response(show(insert_contact_field(call.world, call.account_id, **values)), 201)


@routes.get("contacts/fields/{field_id}")
def get_field(call: Call) -> dict:
    return show(find(call, VIEWER))


@routes.patch("contacts/fields/{field_id}")
def update_field(call: Call) -> dict:
    """Name and merge tag; a ``data_type`` is passed over like any key that cannot be written."""
    field = find(call, ADMIN)
    values = {name: cast_text(call.body, name) for name in UNIQUE_FIELDS if is_given(call.body, name)}
    others = [row for row in list_contact_fields(call.world, call.account_id) if row is not field]
    if errors := find_field_errors(values, others):
        raise unprocessable(nest_errors(errors))
    call.world.store["contact_fields"].update(field, **values)
    return show(field)


@routes.delete("contacts/fields/{field_id}")
def delete_field(call: Call) -> Response:
    """The values go with the field. How the removal of a built-in one is refused no source says."""
    field = find(call, ADMIN)
    if field["built_in"]:
        raise unprocessable({"base": ["Default fields cannot be deleted"]})
    if field["usage"]:
        raise unprocessable({"usage": field["usage"]})
    remove_field_values(call.world, field)
    call.world.store["contact_fields"].remove(field)
    return no_content()
