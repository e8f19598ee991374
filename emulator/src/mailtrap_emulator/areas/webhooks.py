# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhooks (docs/service.md#webhooks)."""

from ..http.call import Call
from ..http.responses import unprocessable
from ..http.routing import Routes
from ..model.permissions import ADMIN, VIEWER
from ..model.webhook_deliveries import abandon_deliveries
from ..model.webhook_payloads import INBOUND_RECEIVING
from ..model.webhooks import WEBHOOK_DEFAULTS, clear_inapplicable, find_webhook_errors, insert_webhook, parse_webhook
from ..state.json_codec import JsonObject
from ..state.store import Row

routes = Routes()

UPDATABLE_FIELDS = ("url", "active", "payload_format", "inbound_inbox_id", "event_types")


def show_webhook(webhook: Row) -> JsonObject:
    """Convert a webhook to its wire form. Only webhooks for inbound mail have ``inbound_inbox_id``."""
    names = [
        name for name in WEBHOOK_DEFAULTS if name != "inbound_inbox_id" or webhook["webhook_type"] == INBOUND_RECEIVING
    ]
    return {name: webhook[name] for name in ("id", *names)}


def find_webhook(call: Call, level: int) -> Row:
    """Return the webhook in the path.

    :raises HttpError: 404, or 403 if the token does not have ``level`` on the account.
    """
    webhook = call.find_row("webhooks", "webhook_id")
    call.require_level(call.access.account, level)
    return webhook


@routes.get("webhooks")
def list_webhooks(call: Call) -> JsonObject:
    call.require_level(call.access.account, VIEWER)
    return {"data": [show_webhook(row) for row in call.world.store["webhooks"].select("account", call.account_id)]}


@routes.post("webhooks")
def create_webhook(call: Call) -> JsonObject:
    """Create a webhook. Only this answer contains the signing secret.

    Identical webhooks are allowed; whether the service refuses them is unknown (docs/service.md#unknowns).
    """
    call.require_level(call.access.account, ADMIN)
    values = clear_inapplicable(WEBHOOK_DEFAULTS | parse_webhook(call.wrapped_fields("webhook")))
    if errors := find_webhook_errors(call.world, call.account_id, values):
        raise unprocessable(errors)
    webhook = insert_webhook(call.world, call.account_id, values)
    return {"data": {"signing_secret": webhook["signing_secret"], **show_webhook(webhook)}}


@routes.get("webhooks/{webhook_id}")
def get_webhook(call: Call) -> JsonObject:
    return {"data": show_webhook(find_webhook(call, VIEWER))}


@routes.patch("webhooks/{webhook_id}")
def update_webhook(call: Call) -> JsonObject:
    """Update a webhook. Type, stream and domain are create-only and therefore ignored.

    Only the given fields are validated, because the domain of the webhook may have been deleted.
    """
    webhook = find_webhook(call, ADMIN)
    fields = parse_webhook(call.wrapped_fields("webhook"))
    changes = {name: value for name, value in fields.items() if name in UPDATABLE_FIELDS}
    values = clear_inapplicable({name: webhook[name] for name in WEBHOOK_DEFAULTS} | changes)
    errors = find_webhook_errors(call.world, call.account_id, values)
    if errors := {name: texts for name, texts in errors.items() if name in changes}:
        raise unprocessable(errors)
    call.world.store["webhooks"].update(webhook, **values)
    return {"data": show_webhook(webhook)}


@routes.delete("webhooks/{webhook_id}")
def delete_webhook(call: Call) -> JsonObject:
    webhook = find_webhook(call, ADMIN)
    call.world.store["webhooks"].remove(webhook)
    abandon_deliveries(call.world, webhook["id"], "The webhook was deleted.")
    return {"data": show_webhook(webhook)}
