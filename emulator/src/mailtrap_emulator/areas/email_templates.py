# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email templates (facts 3.13), and the same in the form that is still an experiment of the service (facts 11)."""

from typing import Any

from ..http.call import Call
from ..http.pagination import paginate
from ..http.responses import Response, json_response, no_content, unprocessable
from ..http.routing import Routes
from ..model.email_templates import (
    MAX_TEMPLATE_BODY,
    MAX_TEMPLATE_TEXT,
    REQUIRED_TEMPLATE_FIELDS,
    TEMPLATE_BODIES,
    insert_template,
)
from ..model.permissions import ADMIN, VIEWER
from ..model.validation import cast_text, is_given, text_errors, too_long
from ..state.store import Row

routes = Routes()

SCOPE = "email_template_permission_scope"


def show_template(template: Row) -> dict:
    names = ("id", "uuid", *REQUIRED_TEMPLATE_FIELDS, *TEMPLATE_BODIES, "created_at", "updated_at")
    return {name: template[name] for name in names}


def find(call: Call, level: int) -> Row:
    template = call.find_row("email_templates", "email_template_id")
    call.require_level(call.access.scope(SCOPE), level)
    return template


def listed(call: Call) -> list[Row]:
    """Newest first."""
    call.require_level(call.access.scope(SCOPE), VIEWER)
    return list(reversed(call.world.store["email_templates"].select("account", call.account_id)))


def add(call: Call, fields: dict[str, Any]) -> Row:
    limit = call.world.settings["email_templates"]
    if limit is not None and len(call.world.store["email_templates"].ids("account", call.account_id)) >= limit:
        sentence = "You've reached the email templates limit. Please upgrade your plan to create the new email template"
        raise unprocessable({"name": [sentence]})
    values = {name: cast_text(fields, name) for name in (*REQUIRED_TEMPLATE_FIELDS, *TEMPLATE_BODIES)}
    check(values)
    return insert_template(call.world, call.account_id, **values)


def change(call: Call, template: Row, fields: dict[str, Any]) -> Row:
    """Partial: only what is given is looked at (facts 3.13)."""
    values = {
        name: cast_text(fields, name)
        for name in (*REQUIRED_TEMPLATE_FIELDS, *TEMPLATE_BODIES)
        if is_given(fields, name)
    }
    check(values)
    if any(template[name] != value for name, value in values.items()):
        call.world.store["email_templates"].update(template, **values, updated_at=call.world.clock.stamp())
    return template


@routes.get("email_templates")
def list_templates(call: Call) -> list:
    return [show_template(row) for row in listed(call)]


@routes.post("email_templates")
def create_template(call: Call) -> Response:
    call.require_level(call.access.scope(SCOPE), ADMIN)
    return json_response(show_template(add(call, call.wrapped_fields("email_template"))), 201)


@routes.get("email_templates/{email_template_id}")
def get_template(call: Call) -> dict:
    return show_template(find(call, VIEWER))


@routes.patch("email_templates/{email_template_id}")
def update_template(call: Call) -> dict:
    template = find(call, ADMIN)
    return show_template(change(call, template, call.wrapped_fields("email_template")))


@routes.delete("email_templates/{email_template_id}")
@routes.delete("templates/{email_template_id}")
def delete_template(call: Call) -> Response:
    call.world.store["email_templates"].remove(find(call, ADMIN))
    return no_content()


@routes.get("templates")
def list_templates_in_pages(call: Call) -> dict:
    return paginate(call, listed(call), show_template)


@routes.post("templates")
def create_template_flat(call: Call) -> Response:
    call.require_level(call.access.scope(SCOPE), ADMIN)
    return json_response({"data": show_template(add(call, call.body))}, 201)


@routes.get("templates/{email_template_id}")
def get_template_in_data(call: Call) -> dict:
    return {"data": show_template(find(call, VIEWER))}


@routes.patch("templates/{email_template_id}")
def update_template_flat(call: Call) -> dict:
    template = find(call, ADMIN)
    return {"data": show_template(change(call, template, call.body))}


def check(values: dict[str, str | None]) -> None:
    errors = {
        name: text_errors(values[name], maximum=MAX_TEMPLATE_TEXT)
        for name in REQUIRED_TEMPLATE_FIELDS
        if name in values
    }
    errors |= {
        name: [too_long(MAX_TEMPLATE_BODY)]
        for name in TEMPLATE_BODIES
        if len(values.get(name) or "") > MAX_TEMPLATE_BODY
    }
    errors = {name: sentences for name, sentences in errors.items() if sentences}
    if errors:
        raise unprocessable(errors)
