# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deliveries to webhooks: events are collected, sent in batches and retried (docs/service.md#webhooks).

Each batch is a row. These rows are the log that the control plane shows.
"""

from ..state.json_codec import JsonObject
from ..state.schedule import Scheduler, cancel_jobs, schedule_after
from ..state.store import Row, TableSpec
from ..state.world import World
from .loopback_hosts import is_loopback
from .webhook_payloads import INBOUND_RECEIVING, build_payload, delivery_headers, encode_batch, is_subscribed

COLLECTED_EVENTS = TableSpec("webhook_events", groups={"webhook": lambda row: row["webhook_id"]})
DELIVERIES = TableSpec("webhook_deliveries", groups={"webhook": lambda row: row["webhook_id"]})
TABLES = [COLLECTED_EVENTS, DELIVERIES]

SEND_JOB, ATTEMPT_JOB = "webhooks.send", "webhooks.attempt"

COLLECT_SECONDS = 30
MAX_EVENTS = 500
RETRIES, RETRY_SECONDS = 40, 300
# The documentation says exponential backoff and at most ten attempts a day. With these values the last attempt is
# made after 21 hours.
INBOUND_ATTEMPTS, INBOUND_FIRST_SECONDS = 10, 150

# The states of a batch. It is "failed" after all attempts failed, and "undelivered" if it could not be sent at all or
# is no longer sent.
PENDING, DELIVERED, FAILED, UNDELIVERED = "pending", "delivered", "failed", "undelivered"

# Maximum number of batches in the log; the oldest ones are removed.
MAX_LOG = 10_000


def collect_event(world: World, event: JsonObject) -> None:
    """Collect an event for every webhook that subscribes to it. A batch is sent 30 seconds after its first event."""
    payload = build_payload(event)
    if payload is None:
        return
    table = world.store[COLLECTED_EVENTS.name]
    for webhook in world.store["webhooks"].select("account", event["account_id"]):
        if webhook["active"] and is_subscribed(webhook, event):
            if not table.ids("webhook", webhook["id"]):
                schedule_after(world, COLLECT_SECONDS, SEND_JOB, webhook_id=webhook["id"])
            table.add({"webhook_id": webhook["id"], "payload": payload})


def send_batch(world: World, job: JsonObject) -> None:
    """Create the batches of a webhook from its collected events. A webhook that was paused loses them."""
    webhook = world.store["webhooks"].get(job["webhook_id"])
    collected = take_events(world, job["webhook_id"])
    if webhook is None or not webhook["active"]:
        return
    for start in range(0, len(collected), MAX_EVENTS):
        events = collected[start : start + MAX_EVENTS]
        body = encode_batch(webhook["payload_format"], events)
        row = world.store[DELIVERIES.name].add(
            {
                "account_id": webhook["account_id"],
                "webhook_id": webhook["id"],
                "url": webhook["url"],
                "created_at": world.clock.stamp(),
                "events": len(events),
                "headers": delivery_headers(webhook["payload_format"], webhook["signing_secret"], body),
                "body": body.decode(),
                "state": PENDING,
                "reason": None,
                "attempts": [],
            }
        )
        schedule_after(world, 0, ATTEMPT_JOB, delivery_id=row["id"])
    trim_log(world)


def take_events(world: World, webhook_id: int) -> list[JsonObject]:
    """Remove the collected events of a webhook and return their payloads."""
    table = world.store[COLLECTED_EVENTS.name]
    rows = table.select("webhook", webhook_id)
    for row in rows:
        table.remove(row)
    return [row["payload"] for row in rows]


def trim_log(world: World) -> None:
    """Remove the oldest batches beyond the maximum."""
    table = world.store[DELIVERIES.name]
    while len(table) > MAX_LOG:
        table.remove(next(iter(table)))


async def attempt_delivery(world: World, job: JsonObject) -> None:
    """Try to deliver a batch once. If it was the last attempt and it failed, pause the webhook."""
    table = world.store[DELIVERIES.name]
    delivery = table.get(job["delivery_id"])
    if delivery is None or delivery["state"] != PENDING:
        return
    webhook = world.store["webhooks"][delivery["webhook_id"]]
    reason = find_delivery_obstacle(webhook, world.deliver_anywhere)
    if reason is not None:
        table.update(delivery, state=UNDELIVERED, reason=reason)
        return
    url, attempted_at = webhook["url"], world.clock.stamp()
    timeout = world.settings["webhook_timeout_seconds"]
    status, error = await post_batch(url, delivery["headers"], delivery["body"].encode(), timeout)
    # Meanwhile the log may have been cleared and the webhook deleted.
    if table.get(delivery["id"]) is not delivery:
        return
    attempts = [*delivery["attempts"], {"at": attempted_at, "url": url, "status": status, "error": error}]
    table.update(delivery, url=url, attempts=attempts)
    if status == 200:
        table.update(delivery, state=DELIVERED, reason=None)
    elif delivery["state"] == PENDING:
        schedule_retry(world, webhook, delivery)


def schedule_retry(world: World, webhook: Row, delivery: Row) -> None:
    """Schedule the next attempt of a failed batch, or pause its webhook if there is none."""
    seconds = retry_seconds(webhook["webhook_type"], len(delivery["attempts"]))
    if seconds is not None:
        schedule_after(world, seconds, ATTEMPT_JOB, delivery_id=delivery["id"])
        return
    world.store[DELIVERIES.name].update(delivery, state=FAILED, reason="No attempt was answered with 200.")
    world.store["webhooks"].update(webhook, active=False)


def retry_seconds(webhook_type: str, attempts: int) -> float | None:
    """Return the seconds until the next attempt after this many failed ones, or None if there is no further attempt."""
    if webhook_type == INBOUND_RECEIVING:
        return INBOUND_FIRST_SECONDS * 2 ** (attempts - 1) if attempts < INBOUND_ATTEMPTS else None
    return RETRY_SECONDS if attempts <= RETRIES else None


def find_delivery_obstacle(webhook: Row, anywhere: bool) -> str | None:
    """Return why a batch cannot be sent at all, or None. ``anywhere`` allows webhooks on other machines."""
    # Imported here because it takes a fifth of a second, which few runs need to spend.
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


async def post_batch(url: str, headers: dict[str, str], body: bytes, timeout: float) -> tuple[int | None, str | None]:
    """Send a POST request and return the status of the response, or None and the error. Redirects are not followed."""
    import aiohttp

    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout)) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as response,
        ):
            return response.status, None
    except TimeoutError:
        return None, f"No answer within {timeout:g} seconds."
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return None, str(error) or type(error).__name__


def abandon_deliveries(world: World, webhook_id: int, reason: str) -> None:
    """Remove the collected events of a webhook and give up its pending batches."""
    take_events(world, webhook_id)
    cancel_jobs(world, SEND_JOB, webhook_id=webhook_id)
    table = world.store[DELIVERIES.name]
    for delivery in table.select("webhook", webhook_id):
        if delivery["state"] == PENDING:
            cancel_jobs(world, ATTEMPT_JOB, delivery_id=delivery["id"])
            table.update(delivery, state=UNDELIVERED, reason=reason)


async def flush_deliveries(world: World, scheduler: Scheduler) -> list[Row]:
    """Send all collected events now, attempt every pending batch once, and return these batches by ascending id."""
    await scheduler.run_pending(SEND_JOB)
    pending = [row for row in world.store[DELIVERIES.name] if row["state"] == PENDING]
    await scheduler.run_pending(ATTEMPT_JOB)
    return pending


LISTENERS = [collect_event]
JOBS = {SEND_JOB: send_batch, ATTEMPT_JOB: attempt_delivery}
