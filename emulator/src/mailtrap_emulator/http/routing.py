# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a path to the function that answers it, for every generation of paths (facts 1.3).

An area writes each operation once, in current words and without an account: ``routes.get("projects/{project_id}")``.
The router makes the other spellings of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from ..model.legacy_names import LEGACY_NAMES
from .api_generations import CURRENT, LEGACY, PATH_NOUNS, Vocabulary

GENERAL, TRANSACTIONAL, BULK, SANDBOX = "general", "transactional", "bulk", "sandbox"

HOSTS = {
    "mailtrap.io": GENERAL,
    "send.api.mailtrap.io": TRANSACTIONAL,
    "bulk.api.mailtrap.io": BULK,
    "sandbox.api.mailtrap.io": SANDBOX,
}


@dataclass(frozen=True)
class Operation:
    """One operation as an area registers it.

    ``hosts``: the kinds of host that serve it. ``scoped``: it also exists below ``accounts/{account_id}``.
    ``needs_account``: it works inside the token's own account, so that organization tokens are refused.
    ``is_public``: no token is asked for; whoever has the link is served. ``window``: the per-account rate window that
    it counts in. ``refuse``: turns a refusal into this operation's own shape of it.
    """

    method: str
    template: str
    handler: Callable
    hosts: tuple[str, ...] = (GENERAL,)
    scoped: bool = True
    needs_account: bool = True
    is_public: bool = False
    window: str | None = None
    convert_error: Callable | None = None


@dataclass(frozen=True)
class Route:
    """One spelling of an operation."""

    operation: Operation
    names: tuple[str, ...]
    vocabulary: Vocabulary


class Routes:
    """The table of one area. ``defaults`` are options of :class:`Operation` for all its operations."""

    def __init__(self, **defaults: object) -> None:
        self._defaults = defaults
        self.operations: list[Operation] = []

    def add(self, method: str, template: str, **options: object) -> Callable:
        def register(handler: Callable) -> Callable:
            self.operations.append(Operation(method, template, handler, **(self._defaults | options)))
            return handler

        return register

    def get(self, template: str, **options: object) -> Callable:
        return self.add("GET", template, **options)

    def post(self, template: str, **options: object) -> Callable:
        return self.add("POST", template, **options)

    def put(self, template: str, **options: object) -> Callable:
        return self.add("PUT", template, **options)

    def patch(self, template: str, **options: object) -> Callable:
        return self.add("PATCH", template, **options)

    def delete(self, template: str, **options: object) -> Callable:
        return self.add("DELETE", template, **options)


def spellings(operation: Operation) -> Iterable[tuple[str, Vocabulary]]:
    """Every path template of an operation with the vocabulary spoken there.

    The noun decides; where a path has none, the account-scoped form speaks the old words (facts 8.1).
    """
    template = operation.template
    segments = template.split("/")
    if operation.scoped and any(noun in segments for noun in PATH_NOUNS):
        old = "/".join(LEGACY_NAMES[part] if part in PATH_NOUNS else part for part in segments)
        for prefix in ("", "accounts/{account_id}/"):
            yield prefix + template, CURRENT
            yield prefix + old, LEGACY
    else:
        yield template, CURRENT
        if operation.scoped:
            yield "accounts/{account_id}/" + template, LEGACY


class _Node:
    __slots__ = ("below", "methods", "parameter")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.methods: dict[str, Route] = {}


class Router:
    """All operations of all areas. A path is found segment by segment; a literal goes before a parameter."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._roots: dict[str, _Node] = {kind: _Node() for kind in HOSTS.values()}
        for operation in operations:
            for template, words in spellings(operation):
                for host in operation.hosts:
                    self._add(host, template, Route(operation, (), words))

    def _add(self, host: str, template: str, route: Route) -> None:
        node, names = self._roots[host], []
        for part in template.split("/"):
            if part.startswith("{"):
                names.append(part[1:-1])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.below.setdefault(part, _Node())
        if route.operation.method in node.methods:
            raise ValueError(f"Two operations for {route.operation.method} {template}")
        node.methods[route.operation.method] = Route(route.operation, tuple(names), route.vocabulary)

    def find(self, host: str, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a path below ``/api`` (percent-encoded, as it came) and the values of its parameters."""
        if method == "HEAD":
            method = "GET"
        segments = [part for part in path.split("/") if part]
        found = _walk(self._roots[host], segments, 0, method)
        if found is None:
            return None
        route, values = found
        return route, dict(zip(route.names, map(unquote, reversed(values)), strict=True))


def _walk(node: _Node, segments: list[str], depth: int, method: str) -> tuple[Route, list[str]] | None:
    """The route and its parameter values, last first."""
    if depth == len(segments):
        route = node.methods.get(method)
        return (route, []) if route else None
    literal = node.below.get(segments[depth])
    if literal is not None and (found := _walk(literal, segments, depth + 1, method)):
        return found
    if node.parameter is not None and (found := _walk(node.parameter, segments, depth + 1, method)):
        found[1].append(segments[depth])
        return found
    return None


def locate(host_header: str, path: str) -> tuple[str, str | None]:
    """The kind of host that a request is meant for, and its path below ``/api`` (None: outside it).

    One port serves all hosts: a real host name decides; otherwise the path does (facts 8.1). ``/bulk/api/...`` is the
    bulk host for clients that have only a base URL to set.
    """
    kind = HOSTS.get(host_header.rsplit(":", 1)[0].lower())
    if kind is None:
        if path.startswith("/bulk/api/"):
            kind, path = BULK, path.removeprefix("/bulk")
        elif path.startswith(("/api/send/", "/api/batch/")):
            # A trailing slash alone names no sandbox.
            kind = SANDBOX if path.rstrip("/").count("/") > 2 else TRANSACTIONAL
        elif path in ("/api/send", "/api/batch"):
            kind = TRANSACTIONAL
        else:
            kind = GENERAL
    return kind, path.removeprefix("/api/") if path.startswith("/api/") else None
