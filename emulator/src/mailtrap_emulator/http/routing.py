# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Routing: from host, method and path to the operation that answers (docs/service.md#api-generations).

An area registers each operation once, with current names and without an account in the path:
``@routes.get("projects/{project_id}")``. The router adds the other paths of the operation.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypedDict, TypeVar, Unpack
from urllib.parse import unquote

from ..model.legacy_names import LEGACY_NAMES
from .api_generations import CURRENT, LEGACY, PATH_NOUNS, Vocabulary
from .call import Call
from .responses import Response

# The kinds of host.
GENERAL, TRANSACTIONAL, BULK, SANDBOX = "general", "transactional", "bulk", "sandbox"

HOSTS = {
    "mailtrap.io": GENERAL,
    "send.api.mailtrap.io": TRANSACTIONAL,
    "bulk.api.mailtrap.io": BULK,
    "sandbox.api.mailtrap.io": SANDBOX,
}

# Returns a Response, or data for a JSON body.
Handler = Callable[[Call], Any]
AnyHandler = TypeVar("AnyHandler", bound=Handler)


class OperationOptions(TypedDict, total=False):
    """The optional fields of :class:`Operation`."""

    hosts: tuple[str, ...]
    scoped: bool
    needs_account: bool
    is_public: bool
    window: str | None
    convert_error: Callable[[Response], Response] | None


@dataclass(frozen=True)
class Operation:
    """An operation of the API.

    * ``hosts``: the kinds of host that offer it.
    * ``scoped``: it also exists under ``accounts/{account_id}``.
    * ``needs_account``: tokens of organizations are refused, because they belong to no account.
    * ``is_public``: it needs no token; the URL itself is the secret.
    * ``window``: the rate limit of the account that it counts against, see rate_limits.py.
    * ``convert_error``: replaces error responses by the operation's own.
    """

    method: str
    template: str
    handler: Handler
    hosts: tuple[str, ...] = (GENERAL,)
    scoped: bool = True
    needs_account: bool = True
    is_public: bool = False
    window: str | None = None
    convert_error: Callable[[Response], Response] | None = None


@dataclass(frozen=True)
class Route:
    """One path of an operation, with the names of its parameters and the vocabulary of its generation."""

    operation: Operation
    parameters: tuple[str, ...]
    vocabulary: Vocabulary


class Routes:
    """The operations of one area. ``defaults`` apply to all of them."""

    def __init__(self, **defaults: Unpack[OperationOptions]) -> None:
        self._defaults = defaults
        self.operations: list[Operation] = []

    def add(
        self, method: str, template: str, **options: Unpack[OperationOptions]
    ) -> Callable[[AnyHandler], AnyHandler]:
        """Return a decorator that registers a handler."""
        merged: OperationOptions = {**self._defaults, **options}

        def register(handler: AnyHandler) -> AnyHandler:
            self.operations.append(Operation(method, template, handler, **merged))
            return handler

        return register

    def get(self, template: str, **options: Unpack[OperationOptions]) -> Callable[[AnyHandler], AnyHandler]:
        """Return a decorator that registers a GET handler."""
        return self.add("GET", template, **options)

    def post(self, template: str, **options: Unpack[OperationOptions]) -> Callable[[AnyHandler], AnyHandler]:
        """Return a decorator that registers a POST handler."""
        return self.add("POST", template, **options)

    def put(self, template: str, **options: Unpack[OperationOptions]) -> Callable[[AnyHandler], AnyHandler]:
        """Return a decorator that registers a PUT handler."""
        return self.add("PUT", template, **options)

    def patch(self, template: str, **options: Unpack[OperationOptions]) -> Callable[[AnyHandler], AnyHandler]:
        """Return a decorator that registers a PATCH handler."""
        return self.add("PATCH", template, **options)

    def delete(self, template: str, **options: Unpack[OperationOptions]) -> Callable[[AnyHandler], AnyHandler]:
        """Return a decorator that registers a DELETE handler."""
        return self.add("DELETE", template, **options)


def spellings(operation: Operation) -> Iterable[tuple[str, Vocabulary]]:
    """Yield every path template of an operation, with its vocabulary.

    The noun in the path decides. In a path without a noun, the account-scoped form uses the legacy names.
    """
    template = operation.template
    segments = template.split("/")
    if operation.scoped and any(noun in segments for noun in PATH_NOUNS):
        legacy = "/".join(LEGACY_NAMES[part] if part in PATH_NOUNS else part for part in segments)
        for prefix in ("", "accounts/{account_id}/"):
            yield prefix + template, CURRENT
            yield prefix + legacy, LEGACY
    else:
        yield template, CURRENT
        if operation.scoped:
            yield "accounts/{account_id}/" + template, LEGACY


class _Node:
    """A node of the tree of path segments."""

    __slots__ = ("children", "parameter", "routes")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        # By method.
        self.routes: dict[str, Route] = {}


class Router:
    """Finds the operation for a path, segment by segment. A literal segment wins over a parameter.

    :raises ValueError: if two operations have the same method and path.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._roots: dict[str, _Node] = {host: _Node() for host in HOSTS.values()}
        for operation in operations:
            for template, vocabulary in spellings(operation):
                for host in operation.hosts:
                    self._add(host, template, operation, vocabulary)

    def _add(self, host: str, template: str, operation: Operation, vocabulary: Vocabulary) -> None:
        node = self._roots[host]
        parameters = []
        for part in template.split("/"):
            if part.startswith("{"):
                parameters.append(part[1:-1])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.children.setdefault(part, _Node())
        if operation.method in node.routes:
            raise ValueError(f"Two operations for {operation.method} {template}")
        node.routes[operation.method] = Route(operation, tuple(parameters), vocabulary)

    def find(self, host: str, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route of a percent-encoded path below ``/api`` and its path parameters, or None."""
        if method == "HEAD":
            method = "GET"
        segments = [part for part in path.split("/") if part]
        match = _find_route(self._roots[host], segments, 0, method)
        if match is None:
            return None
        route, values = match
        return route, dict(zip(route.parameters, map(unquote, reversed(values)), strict=True))


def _find_route(node: _Node, segments: list[str], depth: int, method: str) -> tuple[Route, list[str]] | None:
    """Return the route below a node and its parameter values in reverse order, or None."""
    if depth == len(segments):
        route = node.routes.get(method)
        return (route, []) if route else None
    literal = node.children.get(segments[depth])
    if literal is not None and (match := _find_route(literal, segments, depth + 1, method)):
        return match
    if node.parameter is not None and (match := _find_route(node.parameter, segments, depth + 1, method)):
        match[1].append(segments[depth])
        return match
    return None


def locate(host_header: str, path: str) -> tuple[str, str | None]:
    """Return the kind of host that a request is for, and its path below ``/api``, or None if it is outside.

    One port serves all hosts. A host name of the service decides; without one the path decides. ``/bulk/api/...`` is
    the bulk host, for clients that can only set a base URL.
    """
    host = HOSTS.get(host_header.rsplit(":", 1)[0].lower())
    if host is None:
        if path.startswith("/bulk/api/"):
            host, path = BULK, path.removeprefix("/bulk")
        elif path.startswith(("/api/send/", "/api/batch/")):
            # A trailing slash alone does not name a sandbox.
            host = SANDBOX if path.rstrip("/").count("/") > 2 else TRANSACTIONAL
        elif path in ("/api/send", "/api/batch"):
            host = TRANSACTIONAL
        else:
            host = GENERAL
    return host, path.removeprefix("/api/") if path.startswith("/api/") else None
