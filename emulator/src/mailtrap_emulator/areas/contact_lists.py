# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact lists (docs/service.md#contact-lists).

Names are unique in an account; upper and lower case differ, as in Rails by default. The specification has no 422 for
contact lists.
"""

from ..http.call import Call
from ..http.responses import Response, no_content, unprocessable
from ..http.routing import Routes
from ..model.contact_lists import find_list_name_errors, insert_contact_list
from ..model.contacts import remove_list_members
from ..model.permissions import ADMIN, VIEWER
from ..model.validation import cast_text, is_given
from ..state.json_codec import JsonObject
from ..state.store import Row

routes = Routes(window="contacts")


def show_list(contact_list: Row) -> JsonObject:
    """Convert a contact list to its wire form."""
    return {"id": contact_list["id"], "name": contact_list["name"]}


def find_list(call: Call, level: int) -> Row:
    """Return the contact list in the path, if the token has ``level`` on the account.

    :raises HttpError: 403 or 404.
    """
    call.require_level(call.access.account, level)
    return call.find_row("contact_lists", "list_id")


@routes.get("contacts/lists")
def list_lists(call: Call) -> list[JsonObject]:
    """List all lists, oldest first, or those whose name starts with ``search``, ignoring case."""
    call.require_level(call.access.account, VIEWER)
    prefix = (call.query("search") or "").lower()
    rows = call.world.store["contact_lists"].select("account", call.account_id)
    return [show_list(row) for row in rows if row["name"].lower().startswith(prefix)]


@routes.post("contacts/lists")
def create_list(call: Call) -> JsonObject:
    call.require_level(call.access.account, ADMIN)
    limit = call.world.settings["contact_lists"]
    if limit is not None and len(call.world.store["contact_lists"].ids("account", call.account_id)) >= limit:
        error = "You've reached the contact lists limit. Please upgrade your plan to create the new contact list"
        raise unprocessable({"name": [error]})
    name = cast_text(call.body, "name")
    errors = find_list_name_errors(call.world, call.account_id, name)
    if errors or name is None:
        raise unprocessable({"name": errors})
    return show_list(insert_contact_list(call.world, call.account_id, name))


@routes.get("contacts/lists/{list_id}")
def get_list(call: Call) -> JsonObject:
    return show_list(find_list(call, VIEWER))


@routes.patch("contacts/lists/{list_id}")
def update_list(call: Call) -> JsonObject:
    contact_list = find_list(call, ADMIN)
    if is_given(call.body, "name"):
        name = cast_text(call.body, "name")
        if errors := find_list_name_errors(call.world, call.account_id, name, contact_list):
            raise unprocessable({"name": errors})
        call.world.store["contact_lists"].update(contact_list, name=name)
    return show_list(contact_list)


@routes.delete("contacts/lists/{list_id}")
def delete_list(call: Call) -> Response:
    """Delete a list. Its contacts stay and lose their membership."""
    contact_list = find_list(call, ADMIN)
    remove_list_members(call.world, contact_list)
    call.world.store["contact_lists"].remove(contact_list)
    return no_content()
