# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ASGI application: one pipeline that every API request goes through.

Host and path, body, journal, faults, rate window, route, token, account, handler, commit, headers. An area never
sees any of it.
"""

import asyncio
import logging
import time
from hashlib import sha256
from uuid import uuid4

from .areas import list_operations
from .control.faults import Fault, Faults
from .control.journal import Entry, Journal
from .http.authentication import presented_token
from .http.call import Call, Request
from .http.rate_limits import RATE_LIMITS
from .http.responses import (
    HttpError,
    Response,
    forbidden,
    incorrect_token,
    json_response,
    not_found,
    payload_too_large,
    send_error,
    too_many_requests,
)
from .http.routing import GENERAL, Router, locate
from .model.permissions import find_valid_token
from .model.validation import ID_PATTERN
from .page.views import is_page_request
from .state.store import Row
from .state.world import World

log = logging.getLogger("mailtrap_emulator")

MAX_BODY = 64 * 1024 * 1024

# Who calls a public operation without a token.
NOBODY: Row = {"account_id": None, "resources": []}

# Facts 1.5. The service's own name is not claimed in Server.
STANDING_HEADERS = [
    (b"x-mailtrap-version", b"v2"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"x-xss-protection", b"1; mode=block"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-download-options", b"noopen"),
    (b"x-permitted-cross-domain-policies", b"none"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"vary", b"Accept"),
]
REVALIDATE = (b"cache-control", b"max-age=0, private, must-revalidate")
NO_CACHE = (b"cache-control", b"no-cache")


class ClientGone(Exception):
    """The client went away before its request was read."""


class App:
    """``control`` and ``pages`` are the ASGI applications of the control plane and of the page for people."""

    def __init__(self, world: World, journal: Journal, faults: Faults, control, pages) -> None:
        self.world = world
        self.journal = journal
        self.faults = faults
        self.control = control
        self.pages = pages
        self.router = Router(list_operations())

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"].startswith("/_emulator"):
            await self.control(scope, receive, send)
            self.world.store.commit()
            return
        if is_page_request(scope["method"], scope["path"]):
            await self.pages(scope, receive, send)
            return
        started = time.perf_counter()
        try:
            request = await read_request(scope, receive)
        except ClientGone:
            return
        host, path = locate(request.headers.get("host", ""), request.path)
        entry = self.journal.open(self.world.clock.now(), host, request)
        fault = self.faults.match(request.method, request.path)
        if fault is None:
            reply, headers = self.answer(host, path, request, started)
        else:
            entry.fault = fault.name
            if fault.before and await self.interrupt(fault, entry, scope, receive):
                return
            if fault.response is not None and fault.before:
                reply, headers = fault.response, []
            else:
                reply, headers = self.answer(host, path, request, started)
                if not fault.before and await self.interrupt(fault, entry, scope, receive):
                    entry.status = reply.status
                    return
                if fault.response is not None:
                    reply, headers = fault.response, []
            headers = headers + fault.headers
        self.journal.close(entry, reply)
        await respond(send, reply, headers, head_only=request.method == "HEAD", cut=bool(fault and fault.truncate))
        if fault and fault.truncate:
            await hang_up(scope, receive)

    async def interrupt(self, fault: Fault, entry: Entry, scope, receive) -> bool:
        """Wait as the fault says; True if it then ends the connection."""
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.drop:
            await hang_up(scope, receive)
        return fault.drop

    def answer(self, host: str, path: str | None, request: Request, started: float) -> tuple[Response, list]:
        """What the service says, with all its headers; the state is safe before this returns."""
        value = presented_token(request.headers)
        remaining = self.count(host, value)
        try:
            if remaining is not None and remaining < 0:
                raise too_many_requests()
            reply = self.handle(host, path, request, value)
        except HttpError as refusal:
            reply = refusal.response
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            reply = json_response({"errors": "Unexpected error"}, 500)
        self.world.store.commit()
        if host == GENERAL:
            return reply, general_headers(reply, self.limit(), remaining, started)
        return reply, []

    def limit(self) -> int:
        return max(1, int(RATE_LIMITS["token"].requests * self.world.settings["rate_scale"]))

    def count(self, host: str, value: str | None) -> int | None:
        """Requests left in the token's window; None on the sending hosts, which have none (facts 1.10)."""
        if host != GENERAL:
            return None
        if not self.world.settings["rate_limits"]:
            return self.limit() - 1
        return self.world.rate_windows.count(
            "token", value, self.world.clock.time(), self.limit(), RATE_LIMITS["token"].seconds
        )

    def handle(self, host: str, path: str | None, request: Request, value: str | None) -> Response:
        """Route, token, account, handler: in the order in which the service looks at them (facts 8.1)."""
        found = self.router.find(host, request.method, path) if path is not None else None
        if found is None:
            raise not_found()
        route, params = found
        operation = route.operation
        try:
            if request.is_too_large:
                raise payload_too_large()
            token = find_valid_token(self.world.store, self.world.clock, value)
            if token is None and not operation.is_public:
                raise incorrect_token() if host == GENERAL else send_error(401, "Unauthorized")
            call = Call(self.world, request, params, route.vocabulary, token or NOBODY, host)
            self.check_account(call, operation.needs_account and not operation.is_public)
            if operation.window:
                self.count_account(call, operation.window)
            result = operation.handler(call)
        except HttpError as refusal:
            if operation.convert_error is None:
                raise
            return operation.convert_error(refusal.response)
        return result if isinstance(result, Response) else json_response(result)

    def check_account(self, call: Call, needed: bool) -> None:
        """403 for another account in the path, and for organization tokens inside accounts (facts 1.2, 8.1)."""
        named = call.params.get("account_id")
        other = named is not None and not (ID_PATTERN.fullmatch(named) and int(named) == call.account_id)
        if other or (needed and call.account_id is None):
            raise forbidden()

    def count_account(self, call: Call, window: str) -> None:
        """429 beyond the account's window for these endpoints."""
        if not self.world.settings["rate_limits"]:
            return
        limit = RATE_LIMITS[window]
        requests = max(1, int(limit.requests * self.world.settings["rate_scale"]))
        if self.world.rate_windows.count(window, call.account_id, self.world.clock.time(), requests, limit.seconds) < 0:
            raise too_many_requests()


def etag(body: bytes) -> str:
    """The weak validator of the service: the first half of the body's SHA-256 (facts 0.3)."""
    return f'W/"{sha256(body).hexdigest()[:32]}"'


def general_headers(reply: Response, limit: int, remaining: int, started: float) -> list[tuple[bytes, bytes]]:
    """The headers of the general host (facts 1.5)."""
    runtime = (b"x-runtime", b"%.6f" % (time.perf_counter() - started))
    request_id = (b"x-request-id", str(uuid4()).encode())
    if reply.is_bare:
        return [runtime, request_id]
    headers = [
        *STANDING_HEADERS,
        (b"x-ratelimit-limit", b"%d" % limit),
        (b"x-ratelimit-remaining", b"%d" % max(0, remaining)),
        request_id,
        runtime,
    ]
    if reply.status < 300 and reply.body and not reply.without_etag:
        headers += [REVALIDATE, (b"etag", etag(reply.body).encode())]
    else:
        headers.append(NO_CACHE)
    return headers


async def read_request(scope, receive) -> Request:
    """The whole request. A body beyond the limit is read to its end, so that the answer arrives, but not kept."""
    parts, size = [], 0
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientGone
        size += len(event["body"])
        if size <= MAX_BODY:
            parts.append(event["body"])
        more = event["more_body"]
    client = scope["client"]
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=b"".join(parts),
        is_too_large=size > MAX_BODY,
        client_ip=client[0] if client else "",
        scheme=scope.get("scheme", "http"),
    )


async def respond(send, reply: Response, headers: list, *, head_only: bool, cut: bool) -> None:
    """Send a reply; ``cut`` sends half of the body under the full Content-Length."""
    headers = headers + [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    if reply.content_type is not None and all(name != b"content-type" for name, _ in headers):
        headers.append((b"content-type", reply.content_type.encode("latin-1")))
    if reply.status != 204:
        headers.append((b"content-length", b"%d" % len(reply.body)))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    body = b"" if head_only else reply.body
    if cut:
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    else:
        await send({"type": "http.response.body", "body": body})


async def hang_up(scope, receive) -> None:
    """End the TCP connection without another word, and wait until the server has noticed."""
    scope["state"]["transport"].close()
    while (await receive())["type"] != "http.disconnect":
        pass
