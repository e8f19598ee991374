# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ASGI application, a pipeline for all API requests.

Its steps: host and path, body, journal, faults, rate limit, route, token, account, operation, commit, headers. The
areas only contain operations.
"""

import asyncio
import logging
import time

from starlette.types import ASGIApp, Receive, Scope, Send

from .areas import list_operations
from .control.faults import Fault, Faults
from .control.journal import Journal
from .http.asgi import ClientGoneError, close_connection, read_request, send_response
from .http.authentication import extract_token
from .http.call import Call, Request
from .http.rate_limits import RATE_LIMITS, RateLimit
from .http.response_headers import Headers, make_headers
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

# Stands in for the token in calls of public operations.
NO_TOKEN: Row = {"account_id": None, "resources": []}


class App:
    """The ASGI application. ``control`` and ``pages`` serve the control plane and the web page."""

    def __init__(
        self, world: World, journal: Journal, faults: Faults, control: ASGIApp | None, pages: ASGIApp | None
    ) -> None:
        self.world = world
        self.journal = journal
        self.faults = faults
        self.control = control
        self.pages = pages
        self.router = Router(list_operations())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if self.control is not None and scope["path"].startswith("/_emulator"):
            await self.control(scope, receive, send)
            self.world.store.commit()
        elif self.pages is not None and is_page_request(scope["method"], scope["path"]):
            await self.pages(scope, receive, send)
        else:
            await self.serve_api(scope, receive, send)

    async def serve_api(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve an API request, with the fault that matches it."""
        started = time.perf_counter()
        try:
            request = await read_request(scope, receive, MAX_BODY)
        except ClientGoneError:
            return
        host, path = locate(request.headers.get("host", ""), request.path)
        entry = self.journal.open(self.world.clock.now(), host, request)
        fault = self.faults.match(request.method, request.path)
        if fault is None:
            response, headers = self.answer(host, path, request, started)
        else:
            entry.fault = fault.name
            if fault.before and await self.delay_or_drop(fault, scope, receive):
                return
            if fault.response is not None and fault.before:
                response, headers = fault.response, []
            else:
                response, headers = self.answer(host, path, request, started)
                if not fault.before and await self.delay_or_drop(fault, scope, receive):
                    entry.status = response.status
                    return
                if fault.response is not None:
                    response, headers = fault.response, []
            headers = headers + fault.headers
        self.journal.close(entry, response)
        truncate = fault is not None and fault.truncate
        await send_response(send, response, headers, head_only=request.method == "HEAD", truncate=truncate)
        if truncate:
            await close_connection(scope, receive)

    async def delay_or_drop(self, fault: Fault, scope: Scope, receive: Receive) -> bool:
        """Wait as the fault demands. Return whether it closed the connection."""
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.drop:
            await close_connection(scope, receive)
        return fault.drop

    def answer(self, host: str, path: str | None, request: Request, started: float) -> tuple[Response, Headers]:
        """Answer a request. The state is committed before this returns."""
        token = extract_token(request.headers)
        remaining = self.count_request(token) if host == GENERAL else None
        try:
            if remaining is not None and remaining < 0:
                raise too_many_requests()
            response = self.handle(host, path, request, token)
        except HttpError as error:
            response = error.response
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            response = json_response({"errors": "Unexpected error"}, 500)
        self.world.store.commit()
        if remaining is None:
            return response, []
        limit = self.scale_limit("token").requests
        return response, make_headers(response, limit, remaining, time.perf_counter() - started)

    def scale_limit(self, name: str) -> RateLimit:
        """Return a rate limit, multiplied by the setting ``rate_scale``."""
        return RATE_LIMITS[name].scale(self.world.settings["rate_scale"])

    def count_request(self, token: str | None) -> int:
        """Count a request of the general host and return how many remain, or -1 if the token has used up its limit.

        The sending hosts have no such limit (docs/service.md#rate-limits).
        """
        limit = self.scale_limit("token")
        if not self.world.settings["rate_limits"]:
            return limit.requests - 1
        now = self.world.clock.time()
        return self.world.rate_windows.count("token", token, now, limit.requests, limit.seconds)

    def handle(self, host: str, path: str | None, request: Request, value: str | None) -> Response:
        """Check route, token and account in the order of the service, and run the operation. ``value`` is the token.

        :raises HttpError: if a check fails or the operation refuses the call.
        """
        match = self.router.find(host, request.method, path) if path is not None else None
        if match is None:
            raise not_found()
        route, params = match
        operation = route.operation
        try:
            if request.is_too_large:
                raise payload_too_large()
            token = find_valid_token(self.world.store, self.world.clock, value)
            if token is None and not operation.is_public:
                raise incorrect_token() if host == GENERAL else send_error(401, "Unauthorized")
            call = Call(self.world, request, params, route.vocabulary, token or NO_TOKEN, host)
            self.check_account(call, operation.needs_account and not operation.is_public)
            if operation.window:
                self.check_account_limit(call, operation.window)
            result = operation.handler(call)
        except HttpError as error:
            if operation.convert_error is None:
                raise
            return operation.convert_error(error.response)
        return result if isinstance(result, Response) else json_response(result)

    def check_account(self, call: Call, needs_account: bool) -> None:
        """Check the account in the path, and that the token has an account if it needs one.

        :raises HttpError: 403 for another account and for tokens of organizations
            (docs/service.md#authentication).
        """
        account_id = call.access.account_id
        named = call.params.get("account_id")
        is_other = named is not None and not (ID_PATTERN.fullmatch(named) and int(named) == account_id)
        if is_other or (needs_account and account_id is None):
            raise forbidden()

    def check_account_limit(self, call: Call, name: str) -> None:
        """Count a call against a rate limit of the account.

        :raises HttpError: 429 if the limit is used up.
        """
        if not self.world.settings["rate_limits"]:
            return
        limit = self.scale_limit(name)
        now = self.world.clock.time()
        if self.world.rate_windows.count(name, call.account_id, now, limit.requests, limit.seconds) < 0:
            raise too_many_requests()
