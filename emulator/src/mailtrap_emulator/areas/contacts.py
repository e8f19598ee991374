# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contacts and their events (facts 3.14, 3.17).

A path names a contact by UUID or by e-mail, in any case of letters. The e-mail is kept as it was written.
"""

from typing import Any

from ..http.call import Call
from ..http.responses import HttpError, Response, json_response, nest_errors, no_content, not_found, unprocessable
from ..http.routing import Routes
from ..model.contacts import (
    LIMIT_REACHED,
    TAKEN,
    UUID,
    ContactDirectory,
    ContactRequest,
    apply_contact_request,
    contact_room,
    describe_contact,
    find_contact,
    find_contact_errors,
    find_event_name_errors,
    find_event_params_errors,
    insert_contact,
    list_contact_fields,
)
from ..model.permissions import ADMIN, VIEWER
from ..state.store import Row

routes = Routes(window="contacts")

ON_CREATE = ("email", "fields", "list_ids")
ON_UPDATE = ("email", "fields", "list_ids_included", "list_ids_excluded", "unsubscribed")


def show(call: Call, contact: Row) -> dict:
    return describe_contact(contact, list_contact_fields(call.world, call.account_id))


def find(call: Call, level: int) -> Row | None:
    """The contact of the path, if there is one; 403 if the token may not do what needs ``level``."""
    call.require_level(call.access.account, level)
    return find_contact(call.world, call.account_id, call.params["contact_identifier"])


def permitted(fields: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}


@routes.post("contacts")
def create_contact(call: Call) -> Response:
    """The sentences about the e-mail name it and are E9, all others are E12: the specification shows the one, facts
    3.14 say the other."""
    call.require_level(call.access.account, ADMIN)
    wish = ContactRequest.read({"email": None} | permitted(call.wrapped_fields("contact"), ON_CREATE), call_book(call))
    check_taken(call, wish)
    if errors := find_contact_errors(wish):
        about_email = [f"Email {sentence}" for sentence in errors.pop("email", [])]
        raise unprocessable(({"email": about_email} if about_email else {}) | nest_errors(errors))
    check_room(call)
    return json_response({"data": show(call, insert_contact(call.world, call.account_id, wish))}, 201)


@routes.get("contacts/{contact_identifier}")
def get_contact(call: Call) -> dict:
    contact = find(call, VIEWER)
    if contact is None:
        raise not_found()
    return {"data": show(call, contact)}


@routes.patch("contacts/{contact_identifier}")
def update_contact(call: Call) -> dict:
    """Update, or create what is not there. An e-mail in the path stands in for one in the body; by an unknown UUID
    alone nothing can be created. Whether someone who opted out can be subscribed again is unknown (facts 3.14): here
    it works."""
    contact = find(call, ADMIN)
    data = permitted(call.wrapped_fields("contact"), ON_UPDATE)
    identifier = call.params["contact_identifier"]
    if contact is None and "email" not in data:
        if UUID.fullmatch(identifier):
            raise not_found()
        data["email"] = identifier
    wish = ContactRequest.read(data, call_book(call))
    check_taken(call, wish, contact)
    if errors := find_contact_errors(wish):
        raise unprocessable(nest_errors(errors))
    if contact is None:
        check_room(call)
        action, contact = "created", insert_contact(call.world, call.account_id, wish)
    else:
        action = "updated"
        apply_contact_request(call.world, contact, wish)
    return {"action": action, "data": show(call, contact)}


@routes.delete("contacts/{contact_identifier}")
def delete_contact(call: Call) -> Response:
    contact = find(call, ADMIN)
    if contact is None:
        raise HttpError(json_response({"errors": "Contact(s) not found"}, 404))
    call.world.store["contacts"].remove(contact)
    return no_content()


@routes.post("contacts/{contact_identifier}/events")
def create_event(call: Call) -> Response:
    """E9, as recorded; parameters that are left out are none (facts 2.3, 3.17)."""
    contact = find(call, ADMIN)
    if contact is None:
        raise not_found()
    name, params = call.body.get("name"), call.body.get("params")
    params = {} if params is None else params
    errors = {"name": find_event_name_errors(name), "params": find_event_params_errors(params)}
    errors = {key: sentences for key, sentences in errors.items() if sentences}
    if errors:
        raise unprocessable(errors)
    event = {"contact_id": contact["id"], "contact_email": contact["email"], "name": name, "params": params}
    call.world.store["contact_events"].add(event | {"created_at": call.world.clock.stamp()})
    return json_response(event, 201)


def call_book(call: Call) -> ContactDirectory:
    return ContactDirectory.load(call.world, call.account_id)


def check_taken(call: Call, wish: ContactRequest, contact: Row | None = None) -> None:
    """Note an e-mail that another contact of the account has."""
    if wish.email is not None and "email" not in wish.errors:
        other = find_contact(call.world, call.account_id, wish.email)
        if other is not None and other is not contact:
            wish.errors["email"] = [TAKEN]


def check_room(call: Call) -> None:
    if contact_room(call.world, call.account_id) < 1:
        raise unprocessable({"base": [LIMIT_REACHED]})
