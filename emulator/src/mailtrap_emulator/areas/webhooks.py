# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations on webhooks (facts 3.10)."""

from ..http.call import Call
from ..http.responses import unprocessable
from ..http.routing import Routes
from ..model.permissions import ADMIN, VIEWER
from ..model.webhook_deliveries import abandon_deliveries
from ..model.webhook_payloads import INBOUND_RECEIVING
from ..model.webhooks import WEBHOOK_DEFAULTS, clear_inapplicable, find_webhook_errors, insert_webhook, parse_webhook
from ..state.store import Row

routes = Routes()

UPDATABLE = ("url", "active", "payload_format", "inbound_inbox_id", "event_types")


def show_webhook(webhook: Row) -> dict:
    """The wire form. Only webhooks for inbound mail carry ``inbound_inbox_id`` (facts 3.10)."""
    names = [
        name for name in WEBHOOK_DEFAULTS if name != "inbound_inbox_id" or webhook["webhook_type"] == INBOUND_RECEIVING
    ]
    return {name: webhook[name] for name in ("id", *names)}


def find(call: Call, level: int) -> Row:
    webhook = call.find_row("webhooks", "webhook_id")
    call.require_level(call.access.account, level)
    return webhook


@routes.get("webhooks")
def list_webhooks(call: Call) -> dict:
    call.require_level(call.access.account, VIEWER)
    return {"data": [show_webhook(row) for row in call.world.store["webhooks"].select("account", call.account_id)]}


@routes.post("webhooks")
def create_webhook(call: Call) -> dict:
    """The secret is told here and never again. Nothing is known against two webhooks that are alike (facts 10)."""
    call.require_level(call.access.account, ADMIN)
    values = clear_inapplicable(WEBHOOK_DEFAULTS | parse_webhook(call.wrapped_fields("webhook")))
    if errors := find_webhook_errors(call.world, call.account_id, values):
        raise unprocessable(errors)
    webhook = insert_webhook(call.world, call.account_id, values)
    return {"data": {"signing_secret": webhook["signing_secret"], **show_webhook(webhook)}}


@routes.get("webhooks/{webhook_id}")
def get_webhook(call: Call) -> dict:
    return {"data": show_webhook(find(call, VIEWER))}


@routes.patch("webhooks/{webhook_id}")
def update_webhook(call: Call) -> dict:
    """Type, stream and domain are fixed at creation: to name them here changes nothing, as with any field that Rails
    does not permit. What a request does not touch is not looked at: the domain may be gone by now."""
    webhook = find(call, ADMIN)
    changes = {
        name: value for name, value in parse_webhook(call.wrapped_fields("webhook")).items() if name in UPDATABLE
    }
    values = clear_inapplicable({name: webhook[name] for name in WEBHOOK_DEFAULTS} | changes)
    errors = find_webhook_errors(call.world, call.account_id, values)
    if errors := {name: sentences for name, sentences in errors.items() if name in changes}:
        raise unprocessable(errors)
    call.world.store["webhooks"].update(webhook, **values)
    return {"data": show_webhook(webhook)}


@routes.delete("webhooks/{webhook_id}")
def delete_webhook(call: Call) -> dict:
    webhook = find(call, ADMIN)
    call.world.store["webhooks"].remove(webhook)
    abandon_deliveries(call.world, webhook["id"], "The webhook was deleted.")
    return {"data": show_webhook(webhook)}
