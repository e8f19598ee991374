# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Live mail after a send request was accepted: suppression, delivery and the events that follow."""

from typing import Any

from ..state.errors import ControlError
from ..state.json_codec import JsonObject
from ..state.seeding import FieldReader
from ..state.store import Row
from ..state.world import World
from .email_logs import insert_email_log
from .events import MAIL_EVENT_KINDS, emit_new_event
from .outbox import record_sent_mail, store_raw_message
from .recipients import DEFAULT_DETAILS, simulate_events
from .suppressions import find_suppression
from .tracking_opt_outs import is_opted_out


def accept_mail(
    world: World,
    log: JsonObject,
    recipients: list[tuple[str, str]],
    raw: bytes,
    **envelope: Any,
) -> None:
    """Send a message to its recipients, which are (message id, address) pairs, and log it.

    ``log`` contains the email log fields that all recipients share, ``envelope`` further fields of the outbox. All
    events happen at once, as the setting ``recipients`` says.
    """
    account_id, stream = log["account_id"], log["sending_stream"]
    reasons = {
        message_id: suppression["type"]
        for message_id, email in recipients
        if (suppression := find_suppression(world, account_id, email, log["domain_id"], stream))
    }
    sent = [(message_id, email) for message_id, email in recipients if message_id not in reasons]
    if sent:
        ids, addresses = map(list, zip(*sent, strict=True))
        raw_id = record_sent_mail(world, account_id, stream, raw, addresses, message_ids=ids, **envelope)["id"]
    else:
        raw_id = store_raw_message(world, raw)
    for message_id, email in recipients:
        row = insert_email_log(world, **log, message_id=message_id, to=email, raw_id=raw_id)
        deliver_logged(world, row, reasons.get(message_id))


def deliver_logged(world: World, row: Row, suppressed: str | None) -> None:
    """Emit the events of a logged message.

    ``suppressed`` is the type of the suppression that rejects it. If it is None, the setting ``recipients`` decides.
    """
    if suppressed is not None:
        fire_event(world, row, "reject", reason=f"Recipient in suppression list. Reason: {suppressed}")
        return
    for kind in simulate_events(world.settings["recipients"], row["to"]):
        if not is_untracked(world, row, kind):
            fire_event(world, row, kind)


def is_untracked(world: World, row: Row, kind: str) -> bool:
    """Return whether the recipient of a message opted out of tracking this kind of event.

    See docs/service.md#tracking-opt-outs.
    """
    scope = (row["account_id"], row["to"], row["domain_id"])
    return kind in ("open", "click") and is_opted_out(world, *scope)


def fire_event(world: World, row: Row, kind: str, **details: Any) -> JsonObject:
    """Emit an event of a logged message and return it. ``details`` override the default details."""
    return emit_new_event(
        world,
        row["account_id"],
        kind,
        message_id=row["message_id"],
        sending_stream=row["sending_stream"],
        email=row["to"],
        domain_id=row["domain_id"],
        sending_domain_name=row["domain_name"],
        category=row["category"],
        custom_variables=row["custom_variables"],
        details=DEFAULT_DETAILS[kind] | details,
        **({"email_campaign_id": row["email_campaign_id"]} if "email_campaign_id" in row else {}),
    )


def apply_event_control(world: World, item: FieldReader) -> JsonObject:
    """Emit the event that a control request describes and return it.

    The message has this ``message_id``, or is the last one to ``email``.

    :raises ControlError: if the request is invalid, there is no such message, or its recipient opted out of tracking.
    """
    kind, message_id, email = item.require("kind", str), item.get("message_id", str), item.get("email", str)
    details = item.get("details", dict, {})
    item.reject_unknown()
    if kind not in MAIL_EVENT_KINDS:
        raise ControlError(f"Unknown kind {kind}; known are {', '.join(MAIL_EVENT_KINDS)}.")
    check_details(kind, details)
    row = find_logged_mail(world, message_id, email)
    if is_untracked(world, row, kind):
        raise ControlError(f"{row['to']} has opted out of tracking.")
    return fire_event(world, row, kind, **details)


def check_details(kind: str, details: JsonObject) -> None:
    """Check the details of an event: their names and types.

    :raises ControlError: if a detail is invalid.
    """
    defaults = DEFAULT_DETAILS[kind]
    for name, value in details.items():
        if name not in defaults:
            raise ControlError(f"Unknown detail {name}; {kind} has {', '.join(defaults) or 'none'}.")
        if type(value) is not type(defaults[name]):
            expected = "a number" if isinstance(defaults[name], int) else "a text"
            raise ControlError(f"The detail {name} must be {expected}.")


def find_logged_mail(world: World, message_id: str | None, email: str | None) -> Row:
    """Return the log of the message with this id, or of the last message to an address.

    :raises ControlError: if there is none.
    """
    tables = (world.store["email_logs"], world.store["campaign_messages"])
    row = None
    if message_id is not None:
        row = next((row for table in tables if (row := table.find("message_id", message_id.lower()))), None)
    elif email is not None:
        row = next((table.get(ids[-1]) for table in tables if (ids := table.ids("recipient", email.lower()))), None)
    else:
        raise ControlError("An event needs message_id or email.")
    if row is None:
        raise ControlError(f"No mail was sent as {message_id}." if message_id else f"No mail was sent to {email}.")
    return row
