# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control plane at ``/_emulator/``: tests set up, change and inspect the world with it."""

import base64
import json
from operator import itemgetter
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..areas.domains import show_domain
from ..areas.inbound_messages import show_message
from ..model import list_seeds
from ..model.domain_verification import settle_domains
from ..model.domains import apply_domain_control
from ..model.inbound_messages import seed_inbound_message
from ..model.live_mail import apply_event_control
from ..model.outbox import show_sent_mail
from ..model.permissions import OWNER
from ..model.start_state import describe_start, reset_state
from ..model.webhook_deliveries import DELIVERIES, flush_deliveries
from ..state.clock import parse_iso
from ..state.errors import ControlError
from ..state.json_codec import parse_json
from ..state.schedule import Scheduler
from ..state.seeding import FieldReader, seed_document
from ..state.store import DuplicateValueError
from ..state.world import World
from .faults import Faults, parse_fault
from .journal import Journal
from .limits import parse_limits


class ControlPlane:
    """The handlers. Each returns JSON; an invalid request returns 400 with one sentence."""

    def __init__(self, world: World, journal: Journal, faults: Faults, scheduler: Scheduler) -> None:
        self.world = world
        self.journal = journal
        self.faults = faults
        self.scheduler = scheduler

    def app(self) -> Starlette:
        """Return the ASGI application."""
        routes = [
            Route("/_emulator/reset", self.reset, methods=["POST"]),
            Route("/_emulator/seed", self.seed, methods=["POST"]),
            Route("/_emulator/dump", self.dump, methods=["GET"]),
            Route("/_emulator/clock", self.clock, methods=["GET", "POST"]),
            Route("/_emulator/journal", self.list_journal, methods=["GET"]),
            Route("/_emulator/journal", self.clear_journal, methods=["DELETE"]),
            Route("/_emulator/faults", self.add_faults, methods=["POST"]),
            Route("/_emulator/faults", self.clear_faults, methods=["DELETE"]),
            Route("/_emulator/outbox", self.list_outbox, methods=["GET"]),
            Route("/_emulator/events", self.create_event, methods=["POST"]),
            Route("/_emulator/deliveries", self.list_deliveries, methods=["GET"]),
            Route("/_emulator/deliveries/flush", self.flush_deliveries, methods=["POST"]),
            Route("/_emulator/inbound", self.receive_inbound, methods=["POST"]),
            Route("/_emulator/limits", self.limits, methods=["GET", "POST"]),
            Route("/_emulator/domains/{domain}", self.update_domain, methods=["POST"]),
        ]
        return Starlette(
            routes=routes, exception_handlers={ControlError: answer_error, DuplicateValueError: answer_duplicate}
        )

    async def reset(self, request: Request) -> Response:
        """Return to the start state. A ``random_seed`` makes the following random values repeatable."""
        item = FieldReader("reset", await read_json(request) if await request.body() else {})
        random_seed = item.get("random_seed", int)
        item.reject_unknown()
        self.scheduler.cancel_running()
        reset_state(self.world, random_seed)
        self.journal.clear()
        self.faults.clear()
        self.world.store.commit()
        return JSONResponse(describe_start(self.world))

    async def seed(self, request: Request) -> Response:
        """Add the objects of a seed document, and change the settings in its ``limits``."""
        document = await read_json(request)
        if isinstance(document, dict) and "limits" in document:
            self.world.settings |= parse_limits(document.pop("limits"))
            self.world.save_settings()
        seed_document(self.world, list_seeds(), document)
        self.world.store.commit()
        return JSONResponse({"planted": {key: len(items) for key, items in document.items()}})

    async def dump(self, request: Request) -> Response:
        """Return all rows by table, sorted by id."""
        tables = {name: sorted(table, key=itemgetter("id")) for name, table in self.world.store.tables.items()}
        return Response(json.dumps(tables, ensure_ascii=False, default=encode_base64), media_type="application/json")

    async def clock(self, request: Request) -> Response:
        """Return the clock, after setting, advancing or freezing it."""
        clock = self.world.clock
        if request.method == "POST":
            item = FieldReader("clock", await read_json(request))
            target, seconds, frozen = item.get("set", str), item.get("advance", int | float), item.get("frozen", bool)
            item.reject_unknown()
            try:
                if target is not None:
                    await self.scheduler.move_clock(parse_iso(target).timestamp())
                if seconds is not None:
                    await self.scheduler.advance_clock(seconds)
            except (ValueError, OverflowError):
                raise ControlError(
                    "The clock takes set: an ISO-8601 time, and advance: seconds, within 9999 years."
                ) from None
            if frozen is not None:
                clock.freeze() if frozen else clock.unfreeze()
            settle_domains(self.world, self.world.store["domains"])
            self.world.save_settings()
            self.world.store.commit()
        return JSONResponse({"now": clock.stamp(), "time": clock.time(), "frozen": clock.frozen_at is not None})

    async def list_journal(self, request: Request) -> Response:
        """Return the API requests after ``since``."""
        return JSONResponse(self.journal.since(parse_since(request)))

    async def clear_journal(self, request: Request) -> Response:
        """Clear the journal."""
        self.journal.clear()
        return Response(status_code=204)

    async def add_faults(self, request: Request) -> Response:
        """Add one fault or a list of faults."""
        body = await read_json(request)
        rules = body if isinstance(body, list) else [body]
        self.faults.add([parse_fault(FieldReader(f"faults[{number}]", rule)) for number, rule in enumerate(rules)])
        return JSONResponse({"active": len(self.faults)})

    async def clear_faults(self, request: Request) -> Response:
        """Remove all faults."""
        self.faults.clear()
        return Response(status_code=204)

    async def list_outbox(self, request: Request) -> Response:
        """Return the sent mail after ``since``."""
        since = parse_since(request)
        return JSONResponse(
            [show_sent_mail(self.world, row) for row in self.world.store["outbox"] if row["id"] > since]
        )

    async def create_event(self, request: Request) -> Response:
        """Create an event for a sent mail, and return it."""
        event = apply_event_control(self.world, FieldReader("event", await read_json(request)))
        self.world.store.commit()
        return JSONResponse(event)

    async def list_deliveries(self, request: Request) -> Response:
        """Return the webhook deliveries after ``since``."""
        since = parse_since(request)
        return JSONResponse([row for row in self.world.store[DELIVERIES.name] if row["id"] > since])

    async def flush_deliveries(self, request: Request) -> Response:
        """Send the collected webhook events now, retry failed deliveries, and return these deliveries."""
        return JSONResponse(await flush_deliveries(self.world, self.scheduler))

    async def receive_inbound(self, request: Request) -> Response:
        """Deliver a mail to an inbound inbox, and return the message."""
        message = seed_inbound_message(self.world, FieldReader("inbound", await read_json(request)))
        self.world.store.commit()
        return JSONResponse(show_message(message))

    async def limits(self, request: Request) -> Response:
        """Return the settings, after changing the ones in the body."""
        if request.method == "POST":
            self.world.settings |= parse_limits(await read_json(request))
            self.world.rate_windows.clear()
            self.world.save_settings()
            self.world.store.commit()
        return JSONResponse(self.world.settings)

    async def update_domain(self, request: Request) -> Response:
        """Change DNS, compliance or service settings of a domain, and return the domain."""
        item = FieldReader("domain", await read_json(request))
        domain = apply_domain_control(self.world, request.path_params["domain"], item)
        self.world.store.commit()
        return JSONResponse(show_domain(domain, OWNER))


def parse_since(request: Request) -> int:
    """Return the number after which a list begins.

    :raises ControlError: if it is not a number.
    """
    value = request.query_params.get("since", "0")
    if not value.isascii() or not value.isdecimal() or len(value) > 18:
        raise ControlError("since must be a number.")
    return int(value)


async def read_json(request: Request) -> Any:
    """Return the JSON body of a request.

    :raises ControlError: if it is not JSON.
    """
    try:
        return parse_json(await request.body())
    except ValueError:
        raise ControlError("The body must be JSON.") from None


async def answer_error(request: Request, error: Exception) -> Response:
    """Return the response to a :class:`ControlError`."""
    return JSONResponse({"error": str(error)}, 400)


async def answer_duplicate(request: Request, error: Exception) -> Response:
    """Return the response to a :class:`DuplicateValueError`."""
    return JSONResponse({"error": f"Another object already has {error}."}, 400)


def encode_base64(value: object) -> str:
    """Encode the raw bytes of a row for the dump."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value))
