# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email templates (facts 3.13), and the same in the form that is still an experiment of the service (facts 11)."""

from typing import Any

from ..access import ADMIN, VIEWER
from ..call import Call, is_given, text, text_errors, too_long
from ..paging import paged
from ..replies import Reply, json_reply, no_content, unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..world import World
from . import accounts

TEMPLATES = TableSpec("email_templates", 40_000, unique=("uuid",), groups={"account": lambda row: row["account_id"]})
TABLES = [TEMPLATES]
routes = Routes()

REQUIRED = ("name", "category", "subject")
BODIES = ("body_html", "body_text")
MAX_TEXT, MAX_BODY = 255, 10_000_000
SCOPE = "email_template_permission_scope"


def create(world: World, account_id: int, **fields: Any) -> Row:
    now = world.clock.stamp()
    defaults = {"account_id": account_id, "uuid": world.uuid4(), "created_at": now, "updated_at": now}
    return world.store["email_templates"].add(defaults | fields)


def show(template: Row) -> dict:
    names = ("id", "uuid", *REQUIRED, *BODIES, "created_at", "updated_at")
    return {name: template[name] for name in names}


def find(call: Call, level: int) -> Row:
    template = call.row("email_templates", "email_template_id")
    call.require(call.access.scope(SCOPE), level)
    return template


def listed(call: Call) -> list[Row]:
    """Newest first."""
    call.require(call.access.scope(SCOPE), VIEWER)
    return list(reversed(call.world.store["email_templates"].of("account", call.account_id)))


def add(call: Call, fields: dict[str, Any]) -> Row:
    limit = call.world.settings["email_templates"]
    if limit is not None and len(call.world.store["email_templates"].ids("account", call.account_id)) >= limit:
        sentence = "You've reached the email templates limit. Please upgrade your plan to create the new email template"
        raise unprocessable({"name": [sentence]})
    values = {name: text(fields, name) for name in (*REQUIRED, *BODIES)}
    check(values)
    return create(call.world, call.account_id, **values)


def change(call: Call, template: Row, fields: dict[str, Any]) -> Row:
    """Partial: only what is given is looked at (facts 3.13)."""
    values = {name: text(fields, name) for name in (*REQUIRED, *BODIES) if is_given(fields, name)}
    check(values)
    if any(template[name] != value for name, value in values.items()):
        call.world.store["email_templates"].change(template, **values, updated_at=call.world.clock.stamp())
    return template


@routes.get("email_templates")
def list_templates(call: Call) -> list:
    return [show(row) for row in listed(call)]


@routes.post("email_templates")
def create_template(call: Call) -> Reply:
    call.require(call.access.scope(SCOPE), ADMIN)
    return json_reply(show(add(call, call.wrapped("email_template"))), 201)


@routes.get("email_templates/{email_template_id}")
def get_template(call: Call) -> dict:
    return show(find(call, VIEWER))


@routes.patch("email_templates/{email_template_id}")
def update_template(call: Call) -> dict:
    template = find(call, ADMIN)
    return show(change(call, template, call.wrapped("email_template")))


@routes.delete("email_templates/{email_template_id}")
@routes.delete("templates/{email_template_id}")
def delete_template(call: Call) -> Reply:
    call.world.store["email_templates"].remove(find(call, ADMIN))
    return no_content()


@routes.get("templates")
def list_templates_in_pages(call: Call) -> dict:
    return paged(call, listed(call), show)


@routes.post("templates")
def create_template_flat(call: Call) -> Reply:
    call.require(call.access.scope(SCOPE), ADMIN)
    return json_reply({"data": show(add(call, call.body))}, 201)


@routes.get("templates/{email_template_id}")
def get_template_in_data(call: Call) -> dict:
    return {"data": show(find(call, VIEWER))}


@routes.patch("templates/{email_template_id}")
def update_template_flat(call: Call) -> dict:
    template = find(call, ADMIN)
    return {"data": show(change(call, template, call.body))}


def check(values: dict[str, str | None]) -> None:
    errors = {name: text_errors(values[name], maximum=MAX_TEXT) for name in REQUIRED if name in values}
    errors |= {name: [too_long(MAX_BODY)] for name in BODIES if len(values.get(name) or "") > MAX_BODY}
    errors = {name: sentences for name, sentences in errors.items() if sentences}
    if errors:
        raise unprocessable(errors)


def plant(world: World, item: Item) -> None:
    given = {"uuid": item.get("uuid", str)}
    texts = {name: item.get(name, str) for name in BODIES}
    defaults = {"name": item.need("name", str), "category": item.get("category", str, "Seeded")}
    create(
        world,
        accounts.of_item(world, item),
        **item.identity(world, "email_templates"),
        **{name: value for name, value in given.items() if value is not None},
        **defaults,
        subject=item.get("subject", str, defaults["name"]),
        **texts,
    )


SEEDS = [Seed("email_templates", plant, after=("accounts",))]
