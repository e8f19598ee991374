# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens in an account, told to whoever wants to know: above all what becomes of mail after it was accepted.

An area that listens defines ``LISTENERS = [function(world, event)]``; it is found like the area's tables.

The event of a mail is a dict of ``account_id``, ``kind`` (one of MAIL_KINDS), ``message_id`` (of this one recipient),
``sending_stream`` (``transactional`` or ``bulk``), ``email`` (the recipient), ``domain_id``, ``sending_domain_name``,
``category`` or None, ``custom_variables`` or None, ``timestamp`` (seconds since the epoch by the emulator's clock,
float), ``event_id`` (UUID) and ``details``: as they apply ``reason`` (suspension, reject), ``response``,
``response_code`` and ``bounce_category`` (bounces), ``ip`` and ``user_agent`` (open, click, unsubscribe), ``url``
(click), ``feedback_type`` (spam_complaint).

Other areas emit other kinds, such as ``inbound.message_received`` and ``audit``; they too have ``account_id``,
``kind``, ``timestamp`` and ``event_id``. A listener passes over the kinds that it does not know.
"""

from typing import Any

from ..state.world import World
from .recipients import DEFAULT_DETAILS

# The vocabulary of webhook event_types; payloads and email logs use other words for some (facts 3.10).
MAIL_EVENT_KINDS = tuple(DEFAULT_DETAILS)


def emit_event(world: World, event: dict[str, Any]) -> None:
    """Tell every listener, in the order of the areas' names. Listeners must not change the event."""
    for listener in world.listeners:
        listener(world, event)


def emit_new_event(world: World, account_id: int, kind: str, **fields: Any) -> dict[str, Any]:
    """Make an event that happens now, emit it and return it."""
    event = {
        "account_id": account_id,
        "kind": kind,
        **fields,
        "timestamp": world.clock.time(),
        "event_id": world.uuid4(),
    }
    emit_event(world, event)
    return event
