# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contacts and their events (docs/service.md#contacts, docs/service.md#contact-jobs).

A path identifies a contact by UUID or by e-mail address, ignoring case. The address is stored as it was written.
"""

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
from ..state.json_codec import JsonObject
from ..state.store import Row

routes = Routes(window="contacts")

CREATE_FIELDS = ("email", "fields", "list_ids")
UPDATE_FIELDS = ("email", "fields", "list_ids_included", "list_ids_excluded", "unsubscribed")


def show_contact(call: Call, contact: Row) -> JsonObject:
    """Convert a contact to its wire form."""
    return describe_contact(contact, list_contact_fields(call.world, call.account_id))


def find_path_contact(call: Call, level: int) -> Row | None:
    """Return the contact in the path, or None.

    :raises HttpError: 403 if the token does not have ``level`` on the account.
    """
    call.require_level(call.access.account, level)
    return find_contact(call.world, call.account_id, call.params["contact_identifier"])


def select_fields(fields: JsonObject, names: tuple[str, ...]) -> JsonObject:
    """Return the fields with these names. Rails ignores all others."""
    return {name: fields[name] for name in names if name in fields}


@routes.post("contacts")
def create_contact(call: Call) -> Response:
    """Create a contact.

    Errors of the e-mail address have the shape E9 and start with "Email", as in the specification. All others have
    the shape E12 (docs/service.md#error-bodies).
    """
    call.require_level(call.access.account, ADMIN)
    fields = {"email": None} | select_fields(call.wrapped_fields("contact"), CREATE_FIELDS)
    request = ContactRequest.read(fields, load_directory(call))
    check_email_free(call, request)
    if errors := find_contact_errors(request):
        email_errors = [f"Email {error}" for error in errors.pop("email", [])]
        raise unprocessable(({"email": email_errors} if email_errors else {}) | nest_errors(errors))
    check_contacts_limit(call)
    contact = insert_contact(call.world, call.account_id, request)
    return json_response({"data": show_contact(call, contact)}, 201)


@routes.get("contacts/{contact_identifier}")
def get_contact(call: Call) -> JsonObject:
    contact = find_path_contact(call, VIEWER)
    if contact is None:
        raise not_found()
    return {"data": show_contact(call, contact)}


@routes.patch("contacts/{contact_identifier}")
def update_contact(call: Call) -> JsonObject:
    """Update a contact, or create it.

    A contact is created with the address in the body, or else the one in the path. A path with an unknown UUID needs
    the address in the body. Subscribing somebody again who opted out works here; whether the service allows it is
    unknown (docs/service.md#contacts).
    """
    contact = find_path_contact(call, ADMIN)
    data = select_fields(call.wrapped_fields("contact"), UPDATE_FIELDS)
    identifier = call.params["contact_identifier"]
    if contact is None and "email" not in data:
        if UUID.fullmatch(identifier):
            raise not_found()
        data["email"] = identifier
    request = ContactRequest.read(data, load_directory(call))
    check_email_free(call, request, contact)
    if errors := find_contact_errors(request):
        raise unprocessable(nest_errors(errors))
    if contact is None:
        check_contacts_limit(call)
        action, contact = "created", insert_contact(call.world, call.account_id, request)
    else:
        action = "updated"
        apply_contact_request(call.world, contact, request)
    return {"action": action, "data": show_contact(call, contact)}


@routes.delete("contacts/{contact_identifier}")
def delete_contact(call: Call) -> Response:
    contact = find_path_contact(call, ADMIN)
    if contact is None:
        raise HttpError(json_response({"errors": "Contact(s) not found"}, 404))
    call.world.store["contacts"].remove(contact)
    return no_content()


@routes.post("contacts/{contact_identifier}/events")
def create_event(call: Call) -> Response:
    """Record an event of a contact. ``params`` is optional. Errors have the shape E9, as recorded."""
    contact = find_path_contact(call, ADMIN)
    if contact is None:
        raise not_found()
    name, params = call.body.get("name"), call.body.get("params")
    params = {} if params is None else params
    errors: dict[str, list[str]] = {"name": find_event_name_errors(name), "params": find_event_params_errors(params)}
    errors = {name: texts for name, texts in errors.items() if texts}
    if errors:
        raise unprocessable(errors)
    event = {"contact_id": contact["id"], "contact_email": contact["email"], "name": name, "params": params}
    call.world.store["contact_events"].add(event | {"created_at": call.world.clock.stamp()})
    return json_response(event, 201)


def load_directory(call: Call) -> ContactDirectory:
    """Load the contact fields and lists of the account."""
    return ContactDirectory.load(call.world, call.account_id)


def check_email_free(call: Call, request: ContactRequest, contact: Row | None = None) -> None:
    """Add an error to the request if a contact other than ``contact`` has its e-mail address."""
    if request.email is not None and "email" not in request.errors:
        other = find_contact(call.world, call.account_id, request.email)
        if other is not None and other is not contact:
            request.errors["email"] = [TAKEN]


def check_contacts_limit(call: Call) -> None:
    """Check that the account may have one more contact.

    :raises HttpError: 422 if it has reached its limit.
    """
    if contact_room(call.world, call.account_id) < 1:
        raise unprocessable({"base": [LIMIT_REACHED]})
