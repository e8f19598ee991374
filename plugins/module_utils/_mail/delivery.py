# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Follow mail that the service has accepted until it is with its recipients, or it is known that it will not be."""

from __future__ import annotations

from urllib.parse import quote

from .._api.errors import MailtrapError
from .._engine.polling import Polling
from .._engine.progress import Progress
from .batch import grouped

DELIVERED, BOUNCED, REJECTED, PENDING = "delivered", "bounced", "rejected", "pending"

# The events of the log that say that it was not delivered (facts 3.10), and the detail that says why (facts 3.20).
_ENDS = {
    "bounce": (BOUNCED, "email_service_provider_response"),
    "soft_bounce": (BOUNCED, "email_service_provider_response"),
    "reject": (REJECTED, "reject_reason"),
    "suspension": (REJECTED, "reject_reason"),
}

LONGEST_WAIT = 3600  # seconds


def follow(client, path, responses, wait):
    """Wait until it is known what became of the mail that was accepted.

    :param path: str, where the service tells of a mail by its id: the e-mail log, or a sandbox.
    :param responses: list of dict, what became of each message when it was sent.
    :param wait: int, seconds to wait at most.
    :returns: list of dict, with message_id, recipient, status and reason.
    :raises MailtrapError: when a message was not delivered, or not in time; the data holds that list as deliveries.
    """
    deliveries = [
        {"message_id": message_id, "recipient": recipient, "status": PENDING, "reason": None}
        for response in responses
        for message_id, recipient in _addressed(response)
    ]
    try:
        if not all(response["message_ids"] for response in responses):
            raise MailtrapError("the service gave no id by which the mail could be followed")
        patience, progress = Polling(wait), Progress("notify waits for deliveries", len(deliveries))
        pending = deliveries
        for _look in patience.looks():
            pending = _looked_up(client, path, pending, patience)
            progress.reached(len(deliveries) - len(pending))
            if not pending:
                break
        lost = [delivery for delivery in deliveries if delivery["status"] != DELIVERED]
        if lost:
            raise MailtrapError(*grouped((_name(delivery), _fate(delivery, wait)) for delivery in lost))
    except MailtrapError as error:
        error.data = {"deliveries": deliveries}
        raise
    return deliveries


def verdict(message):
    """Return what became of a message: pair of its status and the reason, None where there is none to tell.

    :param message: dict, an entry of the e-mail log, or a message in a sandbox, which is where it was to go.
    """
    status = message.get("status")
    if status == "enqueued":
        return PENDING, "it is on its way"
    if status in (None, "delivered", "opted_out"):  # who opts out has got it
        return DELIVERED, None
    for event in reversed(message.get("events") or ()):
        kind = event.get("event_type")
        if kind in _ENDS:
            fate, why = _ENDS[kind]
            return fate, (event.get("details") or {}).get(why) or kind
    return REJECTED, status


def _addressed(response):
    """Return pairs of an id and its recipient, None for one that is there for several: list of pairs of str."""
    message_ids, recipients = response["message_ids"], response["recipients"]
    if len(message_ids) != len(recipients):
        recipients = [None] * len(message_ids)
    return list(zip(message_ids, recipients))


def _looked_up(client, path, deliveries, patience):
    """Look at deliveries, the first of them at least, and return those that are still pending: list of dict."""
    for delivery in deliveries:
        _look_at(client, path, delivery)
        if patience.is_over:
            break
    return [delivery for delivery in deliveries if delivery["status"] == PENDING]


def _look_at(client, path, delivery):
    where = f"{path}/{quote(delivery['message_id'], safe='')}"
    message = client.get_if_found(where)
    if message is None:  # what was accepted is not there at once
        delivery["reason"] = "the service does not show it yet"
        return
    if not isinstance(message, dict):
        raise MailtrapError("the service's answer holds no message", method="GET", path=where)
    delivery["status"], delivery["reason"] = verdict(message)
    delivery["recipient"] = message.get("to") or delivery["recipient"]


def _name(delivery):
    return delivery["recipient"] or f"message {delivery['message_id']}"


def _fate(delivery, wait):
    if delivery["status"] == PENDING:
        return f"not delivered within {wait} s, {delivery['reason']}"
    return f"{delivery['status']}, {delivery['reason']}"
