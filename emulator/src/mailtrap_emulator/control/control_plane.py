# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control plane at ``/_emulator/``: what a test does to the world behind the API's back (facts 8.4)."""

import base64
import json
from operator import itemgetter

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
    """The handlers; each answers with JSON, and with 400 and one sentence for what it cannot do."""

    def __init__(self, world: World, journal: Journal, faults: Faults, scheduler: Scheduler) -> None:
        self.world = world
        self.journal = journal
        self.faults = faults
        self.scheduler = scheduler

    def app(self) -> Starlette:
        routes = [
            Route("/_emulator/reset", self.reset, methods=["POST"]),
            Route("/_emulator/seed", self.seed, methods=["POST"]),
            Route("/_emulator/dump", self.dump, methods=["GET"]),
            Route("/_emulator/clock", self.clock, methods=["GET", "POST"]),
            Route("/_emulator/journal", self.read_journal, methods=["GET"]),
            Route("/_emulator/journal", self.clear_journal, methods=["DELETE"]),
            Route("/_emulator/faults", self.add_faults, methods=["POST"]),
            Route("/_emulator/faults", self.clear_faults, methods=["DELETE"]),
            Route("/_emulator/outbox", self.outbox, methods=["GET"]),
            Route("/_emulator/events", self.event, methods=["POST"]),
            Route("/_emulator/deliveries", self.deliveries, methods=["GET"]),
            Route("/_emulator/deliveries/flush", self.flush_deliveries, methods=["POST"]),
            Route("/_emulator/inbound", self.inbound, methods=["POST"]),
            Route("/_emulator/limits", self.limits, methods=["GET", "POST"]),
            Route("/_emulator/domains/{domain}", self.domain, methods=["POST"]),
        ]
        return Starlette(routes=routes, exception_handlers={ControlError: refuse, DuplicateValueError: refuse_taken})

    async def reset(self, request: Request) -> Response:
        item = FieldReader("reset", await read_body(request) if await request.body() else {})
        random_seed = item.get("random_seed", int)
        item.reject_unknown()
        self.scheduler.cancel_running()
        reset_state(self.world, random_seed)
        self.journal.clear()
        self.faults.clear()
        self.world.store.commit()
        return JSONResponse(describe_start(self.world))

    async def seed(self, request: Request) -> Response:
        document = await read_body(request)
        if isinstance(document, dict) and "limits" in document:
            self.world.settings |= parse_limits(document.pop("limits"))
            self.world.save_settings()
        seed_document(self.world, list_seeds(), document)
        self.world.store.commit()
        return JSONResponse({"planted": {key: len(items) for key, items in document.items()}})

    async def dump(self, request: Request) -> Response:
        tables = {kind: sorted(table, key=itemgetter("id")) for kind, table in self.world.store.tables.items()}
        return Response(json.dumps(tables, ensure_ascii=False, default=as_base64), media_type="application/json")

    async def clock(self, request: Request) -> Response:
        clock = self.world.clock
        if request.method == "POST":
            item = FieldReader("clock", await read_body(request))
            moment, seconds, frozen = item.get("set", str), item.get("advance", int | float), item.get("frozen", bool)
            item.reject_unknown()
            try:
                if moment is not None:
                    await self.scheduler.move_clock(parse_iso(moment).timestamp())
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

    async def read_journal(self, request: Request) -> Response:
        return JSONResponse(self.journal.since(since(request)))

    async def clear_journal(self, request: Request) -> Response:
        self.journal.clear()
        return Response(status_code=204)

    async def add_faults(self, request: Request) -> Response:
        body = await read_body(request)
        rules = body if isinstance(body, list) else [body]
        self.faults.add([parse_fault(FieldReader(f"faults[{number}]", rule)) for number, rule in enumerate(rules)])
        return JSONResponse({"active": len(self.faults)})

    async def clear_faults(self, request: Request) -> Response:
        self.faults.clear()
        return Response(status_code=204)

    async def outbox(self, request: Request) -> Response:
        rows = self.world.store["outbox"]
        return JSONResponse([show_sent_mail(self.world, row) for row in rows if row["id"] > since(request)])

    async def event(self, request: Request) -> Response:
        """Something happens to a mail that was sent."""
        event = apply_event_control(self.world, FieldReader("event", await read_body(request)))
        self.world.store.commit()
        return JSONResponse(event)

    async def deliveries(self, request: Request) -> Response:
        rows = self.world.store[DELIVERIES.name]
        return JSONResponse([row for row in rows if row["id"] > since(request)])

    async def flush_deliveries(self, request: Request) -> Response:
        return JSONResponse(await flush_deliveries(self.world, self.scheduler))

    async def inbound(self, request: Request) -> Response:
        """Let a mail arrive at an inbound inbox."""
        message = seed_inbound_message(self.world, FieldReader("inbound", await read_body(request)))
        self.world.store.commit()
        return JSONResponse(show_message(message))

    async def limits(self, request: Request) -> Response:
        if request.method == "POST":
            self.world.settings |= parse_limits(await read_body(request))
            self.world.rate_windows.clear()
            self.world.save_settings()
            self.world.store.commit()
        return JSONResponse(self.world.settings)

    async def domain(self, request: Request) -> Response:
        item = FieldReader("domain", await read_body(request))
        domain = apply_domain_control(self.world, request.path_params["domain"], item)
        self.world.store.commit()
        return JSONResponse(show_domain(domain, OWNER))


def since(request: Request) -> int:
    """The number after which a list begins."""
    value = request.query_params.get("since", "0")
    if not value.isascii() or not value.isdecimal() or len(value) > 18:
        raise ControlError("since must be a number.")
    return int(value)


async def read_body(request: Request) -> object:
    try:
        return parse_json(await request.body())
    except ValueError:
        raise ControlError("The body must be JSON.") from None


async def refuse(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def refuse_taken(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": f"There is something with {error} already."}, 400)


def as_base64(value: object) -> str:
    """Raw messages in a dump."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value))
