# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact lists (facts 3.15).

A name is unique in its account as Rails compares by default, capitals and all. The specification knows no 422 here.
"""

from ..http.call import Call
from ..http.responses import Response, no_content, unprocessable
from ..http.routing import Routes
from ..model.contact_lists import find_list_name_errors, insert_contact_list
from ..model.contacts import remove_list_members
from ..model.permissions import ADMIN, VIEWER
from ..model.validation import cast_text, is_given
from ..state.store import Row

routes = Routes(window="contacts")


def show(contact_list: Row) -> dict:
    return {"id": contact_list["id"], "name": contact_list["name"]}


def find(call: Call, level: int) -> Row:
    call.require_level(call.access.account, level)
    return call.find_row("contact_lists", "list_id")


@routes.get("contacts/lists")
def list_lists(call: Call) -> list:
    """Oldest first. ``search`` is the beginning of a name, in any case of letters."""
    call.require_level(call.access.account, VIEWER)
    start = (call.query("search") or "").lower()
    rows = call.world.store["contact_lists"].select("account", call.account_id)
    return [show(row) for row in rows if row["name"].lower().startswith(start)]


@routes.post("contacts/lists")
def create_list(call: Call) -> dict:
    call.require_level(call.access.account, ADMIN)
    limit = call.world.settings["contact_lists"]
    if limit is not None and len(call.world.store["contact_lists"].ids("account", call.account_id)) >= limit:
        sentence = "You've reached the contact lists limit. Please upgrade your plan to create the new contact list"
        raise unprocessable({"name": [sentence]})
    name = cast_text(call.body, "name")
    if errors := find_list_name_errors(call.world, call.account_id, name):
        raise unprocessable({"name": errors})
    return show(insert_contact_list(call.world, call.account_id, name))


@routes.get("contacts/lists/{list_id}")
def get_list(call: Call) -> dict:
    return show(find(call, VIEWER))


@routes.patch("contacts/lists/{list_id}")
def update_list(call: Call) -> dict:
    contact_list = find(call, ADMIN)
    if is_given(call.body, "name"):
        name = cast_text(call.body, "name")
        if errors := find_list_name_errors(call.world, call.account_id, name, contact_list):
            raise unprocessable({"name": errors})
        call.world.store["contact_lists"].update(contact_list, name=name)
    return show(contact_list)


@routes.delete("contacts/lists/{list_id}")
def delete_list(call: Call) -> Response:
    """The contacts stay; only their membership goes."""
    contact_list = find(call, ADMIN)
    remove_list_members(call.world, contact_list)
    call.world.store["contact_lists"].remove(contact_list)
    return no_content()
