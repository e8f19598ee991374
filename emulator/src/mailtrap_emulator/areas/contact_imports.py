# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact imports (facts 3.17).

A request is judged whole, when it comes: one bad contact and nothing is imported (E13). What was accepted is written
when the import ends. An import that the control plane lets fail writes nothing.
"""

from typing import Any

from .. import contact_book, contact_jobs
from ..access import ADMIN, VIEWER
from ..call import INVALID, Call, text
from ..contact_book import FULL, Book, Wish
from ..replies import Refusal, Reply, bad_request, json_reply
from ..routing import Routes
from ..store import Row, TableSpec
from ..world import World

IMPORTS = TableSpec("contact_imports", 1_100)
TABLES = [IMPORTS]
routes = Routes(window="contacts")

MAX_CONTACTS = 50_000
PERMITTED = ("email", "fields", "list_ids_included", "list_ids_excluded")


def show(world: World, row: Row) -> dict:
    """The counts are there when it has finished."""
    return {"id": row["id"], "status": contact_jobs.status(world, row), **row["counts"]}


@routes.post("contacts/imports")
def create_import(call: Call) -> Reply:
    """400 where there are no contacts at all, as for a missing wrapper (facts 8.1)."""
    call.require(call.access.account, ADMIN)
    items = call.body.get("contacts")
    if not isinstance(items, list) or not items:
        raise bad_request()
    if len(items) > MAX_CONTACTS:
        sentence = f"cannot import more than {MAX_CONTACTS} contacts at once"
        raise refused([about(items[MAX_CONTACTS], {"base": [sentence]})])
    book = Book.of(call.world, call.account_id)
    is_full = contact_book.room(call.world, call.account_id) < 1
    wishes, refusals = [], []
    for item in items:
        wish = read(item, book)
        errors = errors_of(wish)
        if is_full and not errors and contact_book.find(call.world, call.account_id, wish.email) is None:
            errors = {"base": [FULL]}
        if errors:
            refusals.append(about(item, errors))
        wishes.append(as_kept(wish))
    if refusals:
        raise refused(refusals)
    row = contact_jobs.begin(call.world, IMPORTS.kind, account_id=call.account_id, wishes=wishes, counts={})
    return json_reply(show(call.world, row), 201)


@routes.get("contacts/imports/{import_id}")
def get_import(call: Call) -> dict:
    call.require(call.access.account, VIEWER)
    return show(call.world, call.row("contact_imports", "import_id"))


def read(item: Any, book: Book) -> Wish:
    if not isinstance(item, dict):
        return Wish(errors={"base": [INVALID]})
    return Wish.read({"email": None} | {name: item[name] for name in PERMITTED if name in item}, book)


def errors_of(wish: Wish) -> dict[str, list[str]]:
    """Unlike a single contact, an import names all unknown merge tags in one sentence (facts 2.3)."""
    if not wish.unknown:
        return wish.errors
    return wish.errors | {"fields": [f"contains invalid values: {', '.join(wish.unknown)}"]}


def about(item: Any, errors: dict[str, list[str]]) -> dict:
    """One entry of E13; without an e-mail it is about a blank one."""
    return {"email": (text(item, "email") if isinstance(item, dict) else None) or "", "errors": errors}


def refused(refusals: list[dict]) -> Refusal:
    """422 E13."""
    return Refusal(json_reply({"errors": refusals}, 422))


def as_kept(wish: Wish) -> dict:
    """A wish without errors as JSON."""
    return {"email": wish.email, "values": wish.values, "included": wish.included, "excluded": wish.excluded}


def finish(world: World, payload: dict) -> None:
    """Write the contacts, in their order: the later of two with one e-mail updates the earlier. Those for whom there
    is no room are counted and left out. Lists and fields may have gone meanwhile."""
    row = world.store["contact_imports"].get(payload["id"])
    if world.settings["contact_imports_fail"]:
        world.store["contact_imports"].change(row, outcome="failed", wishes=[])
        return
    account_id = row["account_id"]
    book, room = Book.of(world, account_id), contact_book.room(world, account_id)
    keys = {str(field["id"]) for field in book.fields.values()}
    created = updated = over = 0
    for kept in row["wishes"]:
        wish = Wish(**kept)
        wish.values = {key: value for key, value in wish.values.items() if key in keys}
        wish.included = [key for key in wish.included if key in book.list_ids]
        contact = contact_book.find(world, account_id, wish.email)
        if contact is not None:
            # It is who is meant, not what is to be written: the spelling stays.
            wish.email = None
            contact_book.update(world, contact, wish)
            updated += 1
        elif created < room:
            contact_book.create(world, account_id, wish)
            created += 1
        else:
            over += 1
    counts = {
        "created_contacts_count": created,
        "updated_contacts_count": updated,
        "contacts_over_limit_count": over,
    }
    world.store["contact_imports"].change(row, outcome="finished", wishes=[], counts=counts)


JOBS = {IMPORTS.kind: finish}
