# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Events on their way to webhooks: collected, sent in batches, tried again, given up (facts 3.10).

Each batch is a row, which is also the log that the control plane shows.
"""

from typing import Any

from ..state.schedule import Scheduler, cancel_jobs, schedule_after
from ..state.store import Row, TableSpec
from ..state.world import World
from .loopback_hosts import is_loopback
from .webhook_payloads import INBOUND_RECEIVING, build_payload, delivery_headers, encode_batch, is_subscribed

COLLECTED = TableSpec("webhook_events", groups={"webhook": lambda row: row["webhook_id"]})
DELIVERIES = TableSpec("webhook_deliveries", groups={"webhook": lambda row: row["webhook_id"]})
TABLES = [COLLECTED, DELIVERIES]

SEND, ATTEMPT = "webhooks.send", "webhooks.attempt"

COLLECT_SECONDS = 30
MAX_EVENTS = 500
RETRIES, RETRY_SECONDS = 40, 300
# The documentation says exponential and at most ten attempts in a day; with these the last comes after 21 hours.
INBOUND_ATTEMPTS, INBOUND_FIRST_SECONDS = 10, 150

# "failed" is what all attempts could not deliver, "undelivered" what could not be tried, or no longer.
PENDING, DELIVERED, FAILED, UNDELIVERED = "pending", "delivered", "failed", "undelivered"

# Beyond this the oldest deliveries are forgotten.
MAX_LOG = 10_000


def collect_event(world: World, event: dict[str, Any]) -> None:
    """Collect an event for every webhook that it concerns. A batch goes out 30 s after its first event."""
    telling = build_payload(event)
    if telling is None:
        return
    table = world.store[COLLECTED.name]
    for webhook in world.store["webhooks"].select("account", event["account_id"]):
        if webhook["active"] and is_subscribed(webhook, event):
            if not table.ids("webhook", webhook["id"]):
                schedule_after(world, COLLECT_SECONDS, SEND, webhook_id=webhook["id"])
            table.add({"webhook_id": webhook["id"], "payload": telling})


def send_batch(world: World, job: dict[str, Any]) -> None:
    """Make batches of what was collected for a webhook. A paused one is told nothing of the time of its pause."""
    webhook = world.store["webhooks"].get(job["webhook_id"])
    collected = take_events(world, job["webhook_id"])
    if webhook is None or not webhook["active"]:
        return
    for first in range(0, len(collected), MAX_EVENTS):
        events = collected[first : first + MAX_EVENTS]
        message = encode_batch(webhook["payload_format"], events)
        row = world.store[DELIVERIES.name].add(
            {
                "account_id": webhook["account_id"],
                "webhook_id": webhook["id"],
                "url": webhook["url"],
                "created_at": world.clock.stamp(),
                "events": len(events),
                "headers": delivery_headers(webhook["payload_format"], webhook["signing_secret"], message),
                "body": message.decode(),
                "state": PENDING,
                "reason": None,
                "attempts": [],
            }
        )
        schedule_after(world, 0, ATTEMPT, delivery_id=row["id"])
    trim_log(world)


def take_events(world: World, webhook_id: int) -> list[dict[str, Any]]:
    """Remove and return what was collected for a webhook."""
    table = world.store[COLLECTED.name]
    rows = table.select("webhook", webhook_id)
    for row in rows:
        table.remove(row)
    return [row["payload"] for row in rows]


def trim_log(world: World) -> None:
    table = world.store[DELIVERIES.name]
    while len(table) > MAX_LOG:
        table.remove(next(iter(table)))


async def attempt(world: World, job: dict[str, Any]) -> None:
    """Try to deliver a batch once. After the last attempt the webhook is paused."""
    table = world.store[DELIVERIES.name]
    delivery = table.get(job["delivery_id"])
    if delivery is None or delivery["state"] != PENDING:
        return
    webhook = world.store["webhooks"].get(delivery["webhook_id"])
    reason = find_delivery_obstacle(webhook, world.deliver_anywhere)
    if reason is not None:
        table.update(delivery, state=UNDELIVERED, reason=reason)
        return
    url, at = webhook["url"], world.clock.stamp()
    timeout = world.settings["webhook_timeout_seconds"]
    status, error = await post(url, delivery["headers"], delivery["body"].encode(), timeout)
    # While this waited, the log may have been cleared, and the webhook deleted.
    if table.get(delivery["id"]) is not delivery:
        return
    attempts = [*delivery["attempts"], {"at": at, "url": url, "status": status, "error": error}]
    table.update(delivery, url=url, attempts=attempts)
    if status == 200:
        table.update(delivery, state=DELIVERED, reason=None)
    elif delivery["state"] == PENDING:
        schedule_retry(world, webhook, delivery)


def schedule_retry(world: World, webhook: Row, delivery: Row) -> None:
    """Let a failed batch be tried again, or give up and pause its webhook."""
    seconds = retry_seconds(webhook["webhook_type"], len(delivery["attempts"]))
    if seconds is not None:
        schedule_after(world, seconds, ATTEMPT, delivery_id=delivery["id"])
        return
    world.store[DELIVERIES.name].update(delivery, state=FAILED, reason="No attempt was answered with 200.")
    world.store["webhooks"].update(webhook, active=False)


def retry_seconds(webhook_type: str, attempts: int) -> float | None:
    """How long after so many failed attempts the next one is made; None if that was the last."""
    if webhook_type == INBOUND_RECEIVING:
        return INBOUND_FIRST_SECONDS * 2 ** (attempts - 1) if attempts < INBOUND_ATTEMPTS else None
    return RETRY_SECONDS if attempts <= RETRIES else None


def find_delivery_obstacle(webhook: Row, anywhere: bool) -> str | None:
    """Why a batch is not even tried."""
    # Imported late: it costs every start a fifth of a second that few runs need.
    from yarl import URL

    if not webhook["active"]:
        return "The webhook is paused."
    try:
        host = URL(webhook["url"]).host
    except ValueError as error:
        return f"The URL cannot be used: {error}."
    if not (anywhere or is_loopback(host or "")):
        return f"{host} is not this machine, and the emulator was started without --deliver-anywhere."
    return None


async def post(url: str, headers: dict[str, str], message: bytes, seconds: float) -> tuple[int | None, str | None]:
    """The status of the answer, or None and why there is none. A redirect is an answer; it is never followed."""
    import aiohttp

    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as session,
            session.post(url, data=message, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status, None
    except TimeoutError:
        return None, f"No answer within {seconds:g} seconds."
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return None, str(error) or type(error).__name__


def abandon_deliveries(world: World, webhook_id: int, reason: str) -> None:
    """Drop what was collected for a webhook and what has not been delivered to it."""
    take_events(world, webhook_id)
    cancel_jobs(world, SEND, webhook_id=webhook_id)
    table = world.store[DELIVERIES.name]
    for delivery in table.select("webhook", webhook_id):
        if delivery["state"] == PENDING:
            cancel_jobs(world, ATTEMPT, delivery_id=delivery["id"])
            table.update(delivery, state=UNDELIVERED, reason=reason)


async def flush_deliveries(world: World, scheduler: Scheduler) -> list[Row]:
    """Send what was collected and try every batch that waits once, now. Those batches, by id."""
    await scheduler.run_pending(SEND)
    waiting = [row for row in world.store[DELIVERIES.name] if row["state"] == PENDING]
    await scheduler.run_pending(ATTEMPT)
    return waiting


LISTENERS = [collect_event]
JOBS = {SEND: send_batch, ATTEMPT: attempt}
