# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Events: what happens in an account after a request, above all to mail that was accepted.

A module that defines ``LISTENERS = [function(world, event)]`` receives all events.

The event of a mail has these fields: ``account_id``, ``kind`` (see MAIL_EVENT_KINDS), ``message_id`` (of this
recipient), ``sending_stream`` (``transactional`` or ``bulk``), ``email`` (the recipient), ``domain_id``,
``sending_domain_name``, ``category`` or None, ``custom_variables`` or None, ``timestamp`` (seconds since the epoch by
the emulator's clock), ``event_id`` (a UUID) and ``details``.

Details depend on the kind: ``reason`` (suspension, reject), ``response``, ``response_code`` and ``bounce_category``
(bounces), ``ip`` and ``user_agent`` (open, click, unsubscribe), ``url`` (click), ``feedback_type`` (spam_complaint).

Events of other kinds, such as ``inbound.message_received`` and ``audit``, have at least ``account_id``, ``kind``,
``timestamp`` and ``event_id``. A listener ignores kinds that it does not know.
"""

from typing import Any

from ..state.json_codec import JsonObject
from ..state.world import World
from .recipients import DEFAULT_DETAILS

# The event_types of webhooks. Webhook payloads and email logs use other names for some (docs/service.md#webhooks).
MAIL_EVENT_KINDS = tuple(DEFAULT_DETAILS)


def emit_event(world: World, event: JsonObject) -> None:
    """Pass an event to every listener, in the order of the module names. Listeners must not change it."""
    for listener in world.listeners:
        listener(world, event)


def emit_new_event(world: World, account_id: int, kind: str, **fields: Any) -> JsonObject:
    """Emit an event that happens now and return it."""
    event = {
        "account_id": account_id,
        "kind": kind,
        **fields,
        "timestamp": world.clock.time(),
        "event_id": world.uuid4(),
    }
    emit_event(world, event)
    return event
