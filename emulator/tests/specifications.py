# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official specifications, and answers held against them.

Their folder is ``MAILTRAP_OPENAPI_DIR``, by default ``shared/api/openapi`` beside the repository. Where one of them is
known to be wrong about the real service, ``deviations.py`` says so by name.
"""

import os
import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import NamedTuple

import httpx
import jsonschema_rs
import pytest
import yaml
from deviations import DEVIATIONS, NEWER_STATUSES

from mailtrap_emulator.http.routing import BULK, GENERAL, SANDBOX, TRANSACTIONAL, locate

FOLDER = Path(
    os.environ.get("MAILTRAP_OPENAPI_DIR") or Path(__file__).resolve().parents[3] / "shared" / "api" / "openapi"
)
ARE_THERE = FOLDER.is_dir()
MISSING = f"the official specifications are not in {FOLDER} (set MAILTRAP_OPENAPI_DIR)"
needed = pytest.mark.skipif(not ARE_THERE, reason=MISSING)

# Every document with the host that it is about.
DOCUMENTS = {
    "account-management": GENERAL,
    "contacts": GENERAL,
    "email-sending": GENERAL,
    "email-sending-bulk": BULK,
    "email-sending-transactional": TRANSACTIONAL,
    "inbound": GENERAL,
    "sandbox": GENERAL,
    "sandbox-sending": SANDBOX,
    "templates": GENERAL,
}
METHODS = ("get", "post", "put", "patch", "delete")

# Keys that the service leaves out at times: share links for viewers, reports that are not there yet, one of the two
# keys of a batch item, the token of an existing token.
OPTIONAL = {"share_links", "domain", "ip", "report", "data", "msg", "success", "message_ids", "errors", "token"}
# How deep a schema may be inside itself: the tree of resources is account, project, sandbox.
DEPTH = 4


class Operation(NamedTuple):
    """One operation as a specification names it."""

    document: str
    method: str
    template: str

    def __str__(self) -> str:
        return " ".join(self)


@cache
def specification(name: str) -> dict:
    return yaml.load((FOLDER / f"{name}.openapi.yml").read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def documented() -> tuple[Operation, ...]:
    """Every operation of all documents."""
    return tuple(
        Operation(name, method.upper(), template)
        for name in DOCUMENTS
        for template, item in specification(name)["paths"].items()
        for method in item
        if method in METHODS
    )


def operations(area: str) -> list[Operation]:
    """The operations whose document and path begin as this pattern says."""
    return [operation for operation in documented() if re.match(area, f"{operation.document} {operation.template}")]


@cache
def _patterns() -> list[tuple[str, str, re.Pattern, Operation]]:
    # A literal goes before a parameter, as in the router.
    ordered = sorted(documented(), key=lambda operation: operation.template.count("{"))
    return [
        (
            DOCUMENTS[operation.document],
            operation.method,
            re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(operation.template))),
            operation,
        )
        for operation in ordered
    ]


def find(host_header: str, method: str, path: str) -> Operation | None:
    """The documented operation that a request was meant for."""
    host, path = locate(host_header, path)
    for kind, verb, pattern, operation in _patterns():
        if (kind, verb) == (host, method) and pattern.fullmatch(f"/api/{path}"):
            return operation
    return None


def resolved(document: dict, node: object, followed: list | None = None) -> object:
    """Follow a reference of the document, if the node is one; ``followed`` takes note of it."""
    while isinstance(node, dict) and "$ref" in node:
        if followed is not None:
            followed.append(node["$ref"])
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def plain(document: dict, node: object, inside: tuple = ()) -> object:
    """A schema without references, without ``allOf``, and without ``nullable``, a word of OpenAPI 3.0 (facts 6)."""
    followed = list(inside)
    node = resolved(document, node, followed)
    inside = tuple(followed)
    if inside and inside.count(inside[-1]) > DEPTH:
        return False
    if isinstance(node, list):
        return [plain(document, item, inside) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {
        key: plain(document, value, inside)
        for key, value in node.items()
        if key not in ("nullable", "example", "examples", "discriminator")
    }
    if "allOf" in schema:
        parts = schema.pop("allOf")
        schema |= {"type": "object", "properties": {k: v for part in parts for k, v in part["properties"].items()}}
    if node.get("nullable"):
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


def closed(schema: object) -> object:
    """A schema that knows all its properties: what the service would never send must not be there either, and nearly
    everything, which the specifications leave optional, must be."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {
        key: {name: closed(inner) for name, inner in value.items()} if key == "properties" else closed(value)
        for key, value in schema.items()
    }
    if "properties" in schema and "additionalProperties" not in schema:
        schema["additionalProperties"] = False
        schema.setdefault("required", [name for name in schema["properties"] if name not in OPTIONAL])
    return schema


@cache
def content(operation: Operation, status: int) -> dict | None:
    """Media types and schemas of an answer; None if there is no such answer, nothing in it if it has no body."""
    document = specification(operation.document)
    responses = document["paths"][operation.template][operation.method.lower()]["responses"]
    if str(status) not in responses:
        return None
    found = resolved(document, responses[str(status)]).get("content", {})
    return {media_type: plain(document, item.get("schema", {})) for media_type, item in found.items()}


@cache
def validator(operation: Operation, status: int, *, mended: bool = False) -> jsonschema_rs.Draft202012Validator:
    schema = content(operation, status)["application/json"]
    if mended:
        schema = deepcopy(schema)
        DEVIATIONS[(*operation, status)](schema)
    return jsonschema_rs.Draft202012Validator(closed(schema), validate_formats=True)


# What answers were seen in this test, and what of deviations.py they needed.
seen: set[tuple] = set()
used: set[object] = set()


def check(answer: httpx.Response) -> None:
    """Hold an answer against its specification. Operations that have none, and answers that a fault gave in place of
    the emulator, are let pass."""
    request = answer.request
    operation = find(request.headers["host"], request.method, request.url.raw_path.partition(b"?")[0].decode())
    if operation is None or (DOCUMENTS[operation.document] == GENERAL and "x-request-id" not in answer.headers):
        return
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    body = answer.json() if media_type == "application/json" else answer.text
    check_answer(operation, answer.status_code, media_type, body)


def check_answer(operation: Operation, status: int, media_type: str, body: object) -> None:
    """``body`` is data if it came as JSON, otherwise text."""
    where = f"{operation} {status}"
    assert status < 500, (where, body)
    seen.add((operation, status))
    expected = content(operation, status)
    if expected is None or (expected and media_type not in expected):
        check_newer(where, media_type, body)
    elif not expected:
        assert body == "", where
    elif media_type == "application/json":
        check_json(operation, status, body)


def check_newer(where: str, media_type: str, body: object) -> None:
    """An answer that the specification does not have must be named, and look as is said there."""
    rules = [rule for rule in NEWER_STATUSES if rule.media_type == media_type and re.fullmatch(rule.where, where)]
    assert rules, f"not documented: {where} {media_type} {body}"
    (named,) = rules
    used.add(named)
    if media_type == "application/json":
        jsonschema_rs.validate(named.schema, body)
    else:
        assert body == named.schema, where


def check_json(operation: Operation, status: int, data: object) -> None:
    official = validator(operation, status)
    key = (*operation, status)
    if key not in DEVIATIONS:
        official.validate(data)
    elif not official.is_valid(data):
        validator(operation, status, mended=True).validate(data)
        used.add(key)


class Client(httpx.Client):
    """A client whose answers are held against the specifications; streams, which are read piecemeal, are not."""

    def request(self, *arguments: object, **options: object) -> httpx.Response:
        answer = super().request(*arguments, **options)
        if ARE_THERE:
            check(answer)
        return answer


class Checker:
    """Calls the emulator by the operations of the specifications."""

    def __init__(self, api: httpx.Client) -> None:
        self.api = api

    def __call__(
        self, name: str, method: str, template: str, status: int, values: dict | None = None, **request: object
    ) -> httpx.Response:
        operation = Operation(name, method, template)
        assert operation in documented()
        path = re.sub(r"\{(\w+)\}", lambda hit: str((values or {})[hit[1]]), template)
        prefix = "/bulk" if DOCUMENTS[name] == BULK else ""
        answer = self.api.request(method, prefix + path, **request)
        assert answer.status_code == status, (operation, answer.text)
        return answer

    def covers(self, area: str) -> None:
        """Every operation of an area has been called well, and every deviation that is named for it was needed."""
        wanted = set(operations(area))
        left_out = wanted - {operation for operation, status in seen if status < 300}
        idle = {key for key in DEVIATIONS if Operation(*key[:3]) in wanted} - used
        assert wanted
        assert not left_out
        assert not idle
