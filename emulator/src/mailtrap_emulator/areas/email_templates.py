# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email templates (docs/service.md#email-templates).

The paths below ``templates`` are the experimental, paginated form of the paths below ``email_templates``. Both work on
the same templates.
"""

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
from ..state.json_codec import JsonObject
from ..state.store import Row

routes = Routes()

SCOPE = "email_template_permission_scope"


def show_template(template: Row) -> JsonObject:
    """Convert a template to its wire form."""
    names = ("id", "uuid", *REQUIRED_TEMPLATE_FIELDS, *TEMPLATE_BODIES, "created_at", "updated_at")
    return {name: template[name] for name in names}


def find_template(call: Call, level: int) -> Row:
    """Return the template in the path.

    :raises HttpError: 404, or 403 if the token does not have ``level`` on templates.
    """
    template = call.find_row("email_templates", "email_template_id")
    call.require_level(call.access.scope(SCOPE), level)
    return template


def select_templates(call: Call) -> list[Row]:
    """Return the templates of the account, newest first.

    :raises HttpError: 403 if the token may not see templates.
    """
    call.require_level(call.access.scope(SCOPE), VIEWER)
    return list(reversed(call.world.store["email_templates"].select("account", call.account_id)))


def validate_and_insert(call: Call, fields: JsonObject) -> Row:
    """Create a template from the fields of a request.

    :raises HttpError: 422 if the fields are invalid or the account has reached its limit.
    """
    limit = call.world.settings["email_templates"]
    if limit is not None and len(call.world.store["email_templates"].ids("account", call.account_id)) >= limit:
        error = "You've reached the email templates limit. Please upgrade your plan to create the new email template"
        raise unprocessable({"name": [error]})
    values = {name: cast_text(fields, name) for name in (*REQUIRED_TEMPLATE_FIELDS, *TEMPLATE_BODIES)}
    check_template(values)
    return insert_template(call.world, call.account_id, **values)


def validate_and_update(call: Call, template: Row, fields: JsonObject) -> Row:
    """Update the given fields of a template.

    :raises HttpError: 422 if they are invalid.
    """
    values = {
        name: cast_text(fields, name)
        for name in (*REQUIRED_TEMPLATE_FIELDS, *TEMPLATE_BODIES)
        if is_given(fields, name)
    }
    check_template(values)
    if any(template[name] != value for name, value in values.items()):
        call.world.store["email_templates"].update(template, **values, updated_at=call.world.clock.stamp())
    return template


@routes.get("email_templates")
def list_templates(call: Call) -> list[JsonObject]:
    return [show_template(row) for row in select_templates(call)]


@routes.post("email_templates")
def create_template(call: Call) -> Response:
    call.require_level(call.access.scope(SCOPE), ADMIN)
    return json_response(show_template(validate_and_insert(call, call.wrapped_fields("email_template"))), 201)


@routes.get("email_templates/{email_template_id}")
def get_template(call: Call) -> JsonObject:
    return show_template(find_template(call, VIEWER))


@routes.patch("email_templates/{email_template_id}")
def update_template(call: Call) -> JsonObject:
    template = find_template(call, ADMIN)
    return show_template(validate_and_update(call, template, call.wrapped_fields("email_template")))


@routes.delete("email_templates/{email_template_id}")
@routes.delete("templates/{email_template_id}")
def delete_template(call: Call) -> Response:
    call.world.store["email_templates"].remove(find_template(call, ADMIN))
    return no_content()


@routes.get("templates")
def list_templates_paginated(call: Call) -> JsonObject:
    return paginate(call, select_templates(call), show_template)


@routes.post("templates")
def create_template_from_flat_body(call: Call) -> Response:
    call.require_level(call.access.scope(SCOPE), ADMIN)
    return json_response({"data": show_template(validate_and_insert(call, call.body))}, 201)


@routes.get("templates/{email_template_id}")
def get_template_in_data(call: Call) -> JsonObject:
    return {"data": show_template(find_template(call, VIEWER))}


@routes.patch("templates/{email_template_id}")
def update_template_from_flat_body(call: Call) -> JsonObject:
    template = find_template(call, ADMIN)
    return {"data": show_template(validate_and_update(call, template, call.body))}


def check_template(values: dict[str, str | None]) -> None:
    """Validate the given values of a template.

    :raises HttpError: 422 with all errors.
    """
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
    errors = {name: texts for name, texts in errors.items() if texts}
    if errors:
        raise unprocessable(errors)
