# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contacts and their events (facts 3.14, 3.17).

A path names a contact by UUID or by e-mail, in any case of letters. The e-mail is kept as it was written.
"""

from typing import Any

from .. import contact_book
from ..access import ADMIN, VIEWER
from ..call import BLANK, INVALID, Call
from ..contact_book import FULL, TAKEN, UUID, Book, Wish
from ..errors import ControlError
from ..replies import Refusal, Reply, json_reply, nested, no_content, not_found, unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..world import World
from . import accounts

CONTACTS = TableSpec("contacts", unique=("email_key",), groups={"account": lambda row: row["account_id"]})
EVENTS = TableSpec("contact_events", groups={"contact": lambda row: row["contact_id"]})
TABLES = [CONTACTS, EVENTS]
routes = Routes(window="contacts")

ON_CREATE = ("email", "fields", "list_ids")
ON_UPDATE = ("email", "fields", "list_ids_included", "list_ids_excluded", "unsubscribed")
MAX_EVENT_TEXT = 255


def show(call: Call, contact: Row) -> dict:
    return contact_book.show(contact, contact_book.fields_of(call.world, call.account_id))


def find(call: Call, level: int) -> Row | None:
    """The contact of the path, if there is one; 403 if the token may not do what needs ``level``."""
    call.require(call.access.account, level)
    return contact_book.find(call.world, call.account_id, call.params["contact_identifier"])


def permitted(fields: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}


def errors_of(wish: Wish) -> dict[str, list[str]]:
    """All that is wrong with one contact; an unknown merge tag is no better than an ill-typed value."""
    return wish.errors | {merge_tag: [INVALID] for merge_tag in wish.unknown}


@routes.post("contacts")
def create_contact(call: Call) -> Reply:
    """The sentences about the e-mail name it and are E9, all others are E12: the specification shows the one, facts
    3.14 say the other."""
    call.require(call.access.account, ADMIN)
    wish = Wish.read({"email": None} | permitted(call.wrapped("contact"), ON_CREATE), call_book(call))
    check_taken(call, wish)
    if errors := errors_of(wish):
        about_email = [f"Email {sentence}" for sentence in errors.pop("email", [])]
        raise unprocessable(({"email": about_email} if about_email else {}) | nested(errors))
    check_room(call)
    return json_reply({"data": show(call, contact_book.create(call.world, call.account_id, wish))}, 201)


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
    data = permitted(call.wrapped("contact"), ON_UPDATE)
    identifier = call.params["contact_identifier"]
    if contact is None and "email" not in data:
        if UUID.fullmatch(identifier):
            raise not_found()
        data["email"] = identifier
    wish = Wish.read(data, call_book(call))
    check_taken(call, wish, contact)
    if errors := errors_of(wish):
        raise unprocessable(nested(errors))
    if contact is None:
        check_room(call)
        action, contact = "created", contact_book.create(call.world, call.account_id, wish)
    else:
        action = "updated"
        contact_book.update(call.world, contact, wish)
    return {"action": action, "data": show(call, contact)}


@routes.delete("contacts/{contact_identifier}")
def delete_contact(call: Call) -> Reply:
    contact = find(call, ADMIN)
    if contact is None:
        raise Refusal(json_reply({"errors": "Contact(s) not found"}, 404))
    call.world.store["contacts"].remove(contact)
    return no_content()


@routes.post("contacts/{contact_identifier}/events")
def create_event(call: Call) -> Reply:
    """E9, as recorded; parameters that are left out are none (facts 2.3, 3.17)."""
    contact = find(call, ADMIN)
    if contact is None:
        raise not_found()
    name, params = call.body.get("name"), call.body.get("params")
    params = {} if params is None else params
    errors = {"name": event_name_errors(name), "params": event_params_errors(params)}
    errors = {key: sentences for key, sentences in errors.items() if sentences}
    if errors:
        raise unprocessable(errors)
    event = {"contact_id": contact["id"], "contact_email": contact["email"], "name": name, "params": params}
    call.world.store["contact_events"].add(event | {"created_at": call.world.clock.stamp()})
    return json_reply(event, 201)


def event_name_errors(name: Any) -> list[str]:
    if not isinstance(name, str):
        return ["must be a string"] if name else [BLANK, "must be a string"]
    if not name.strip():
        return [BLANK]
    return ["is too long"] if len(name) > MAX_EVENT_TEXT else []


def event_params_errors(params: Any) -> list[str]:
    """Keys and texts have a length, and values are scalar. The sentence for a list or an object is not known."""
    if not isinstance(params, dict):
        return ["must be a hash"]
    errors = [f"key '{key}' is too long" for key in params if len(key) > MAX_EVENT_TEXT]
    for key, value in params.items():
        if isinstance(value, list | dict):
            errors.append(f"value for '{key}' is invalid")
        elif isinstance(value, str) and len(value) > MAX_EVENT_TEXT:
            errors.append(f"value for '{key}' is too long")
    return errors


def call_book(call: Call) -> Book:
    return Book.of(call.world, call.account_id)


def check_taken(call: Call, wish: Wish, contact: Row | None = None) -> None:
    """Note an e-mail that another contact of the account has."""
    if wish.email is not None and "email" not in wish.errors:
        other = contact_book.find(call.world, call.account_id, wish.email)
        if other is not None and other is not contact:
            wish.errors["email"] = [TAKEN]


def check_room(call: Call) -> None:
    if contact_book.room(call.world, call.account_id) < 1:
        raise unprocessable({"base": [FULL]})


def plant(world: World, item: Item) -> None:
    """``fields`` go by merge tag; ``unsubscribed`` is off."""
    account_id = accounts.of_item(world, item)
    identity, data = item.get("id", str), {"email": item.need("email", str)}
    data |= {"fields": item.get("fields", dict), "list_ids": item.get("list_ids", list)}
    wish = Wish.read(data | {"unsubscribed": item.get("unsubscribed", bool)}, Book.of(world, account_id))
    for name, sentences in errors_of(wish).items():
        raise ControlError(f"{item.where}: {name} {sentences[0]}.")
    if identity is not None and (not UUID.fullmatch(identity) or world.store["contacts"].get(identity.lower())):
        raise ControlError(f"{item.where}: id must be a UUID that no other contact has.")
    contact_book.create(world, account_id, wish, **({"id": identity.lower()} if identity else {}))


SEEDS = [Seed("contacts", plant, after=("accounts", "contact_fields", "contact_lists"))]
