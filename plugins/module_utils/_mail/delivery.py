# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting until accepted messages are delivered to their recipients."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional, Sequence, Tuple, TypedDict
from urllib.parse import quote

from .._api.errors import MailtrapError, unexpected_answer
from .._engine.polling import Polling
from .._engine.progress import Progress
from .batch import group_by_reason

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import JsonObject
    from .batch import MessageResponse

DELIVERED, BOUNCED, REJECTED, PENDING = "delivered", "bounced", "rejected", "pending"

# The delivery status for each event that ends a delivery without success (docs/service.md#webhooks), and the detail
# of the event that holds the reason (docs/service.md#email-logs).
_FAILURE_EVENTS = {
    "bounce": (BOUNCED, "email_service_provider_response"),
    "soft_bounce": (BOUNCED, "email_service_provider_response"),
    "reject": (REJECTED, "reject_reason"),
    "suspension": (REJECTED, "reject_reason"),
}

MAX_WAIT = 3600  # seconds


class Delivery(TypedDict):
    """The delivery of a message to one recipient: an entry of ``deliveries`` in the module's result."""

    message_id: str
    recipient: Optional[str]
    status: str
    reason: Optional[str]


def wait_for_deliveries(client: Client, path: str, responses: Sequence[MessageResponse], wait: int) -> List[Delivery]:
    """Wait until all accepted messages are delivered.

    :param path: the path below which the service shows each message by its ID: the email logs, or a sandbox.
    :param wait: the maximum time in seconds.
    :raises MailtrapError: if a message is not delivered in time, or cannot be looked up. The data of the error holds
        the deliveries.
    """
    deliveries: List[Delivery] = [
        {"message_id": message_id, "recipient": recipient, "status": PENDING, "reason": None}
        for response in responses
        for message_id, recipient in _pair_ids_with_recipients(response)
    ]
    try:
        if not all(response["message_ids"] for response in responses):
            raise MailtrapError("the service returned no message ID, so the delivery cannot be checked")
        polling = Polling(wait)
        progress = Progress("Deliveries completed by notify", len(deliveries))
        pending = deliveries
        for _look in polling.attempts():
            pending = _update_deliveries(client, path, pending, polling)
            progress.report(len(deliveries) - len(pending))
            if not pending:
                break
        failed = [delivery for delivery in deliveries if delivery["status"] != DELIVERED]
        if failed:
            raise MailtrapError(
                *group_by_reason((_label(delivery), _describe_failure(delivery, wait)) for delivery in failed)
            )
    except MailtrapError as error:
        error.data = {"deliveries": deliveries}
        raise
    return deliveries


def parse_delivery_status(message: JsonObject) -> Tuple[str, Optional[str]]:
    """Return the delivery status of a message, and the reason if it is not delivered.

    :param message: an entry of the email logs, or a sandbox message. Every message in a sandbox is delivered.
    """
    status = message.get("status")
    if status == "enqueued":
        return PENDING, "the delivery is in progress"
    if status in (None, "delivered", "opted_out"):  # only a recipient who received the message can opt out
        return DELIVERED, None
    for event in reversed(message.get("events") or ()):
        event_type = event.get("event_type")
        if event_type in _FAILURE_EVENTS:
            failure_status, reason_field = _FAILURE_EVENTS[event_type]
            return failure_status, (event.get("details") or {}).get(reason_field) or event_type
    return REJECTED, status


def _pair_ids_with_recipients(response: MessageResponse) -> List[Tuple[str, Optional[str]]]:
    """Return each message ID with its recipient, or with None if the IDs do not match the recipients.

    A sandbox returns a single ID for all recipients (docs/service.md#sending-answers).
    """
    message_ids: List[str] = response["message_ids"]
    recipients: Sequence[Optional[str]] = response["recipients"]
    if len(message_ids) != len(recipients):
        recipients = [None] * len(message_ids)
    return list(zip(message_ids, recipients))


def _update_deliveries(client: Client, path: str, deliveries: Sequence[Delivery], polling: Polling) -> List[Delivery]:
    """Look up deliveries until the time is over, but at least the first, and return those that are still pending."""
    for delivery in deliveries:
        _update_delivery(client, path, delivery)
        if polling.is_over:
            break
    return [delivery for delivery in deliveries if delivery["status"] == PENDING]


def _update_delivery(client: Client, path: str, delivery: Delivery) -> None:
    """Look up the message of a delivery and update the delivery."""
    message_path = f"{path}/{quote(delivery['message_id'], safe='')}"
    message = client.get_if_found(message_path)
    if message is None:  # an accepted message appears with a delay
        delivery["reason"] = "the service does not show the message yet"
        return
    if not isinstance(message, dict):
        raise unexpected_answer("message", "GET", message_path)
    delivery["status"], delivery["reason"] = parse_delivery_status(message)
    delivery["recipient"] = message.get("to") or delivery["recipient"]


def _label(delivery: Delivery) -> str:
    return delivery["recipient"] or f"message {delivery['message_id']}"


def _describe_failure(delivery: Delivery, wait: int) -> str:
    """Describe why a message was not delivered, such as ``bounced (550 5.1.1 Unknown recipient)``."""
    if delivery["status"] == PENDING:
        return f"not delivered within {wait} s ({delivery['reason']})"
    return f"{delivery['status']} ({delivery['reason']})"
