# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validation of answers against the official OpenAPI specifications.

The specifications are read from the folder ``MAILTRAP_OPENAPI_DIR``, by default ``shared/api/openapi`` beside the
repository. Known differences between the service and its specifications are listed in ``deviations.py``.
"""

import os
import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import jsonschema_rs
import pytest
import yaml
from deviations import SCHEMA_DEVIATIONS, UNDOCUMENTED_ANSWERS

from mailtrap_emulator.http.routing import BULK, GENERAL, SANDBOX, TRANSACTIONAL, locate

FOLDER = Path(
    os.environ.get("MAILTRAP_OPENAPI_DIR") or Path(__file__).resolve().parents[3] / "shared" / "api" / "openapi"
)
ARE_AVAILABLE = FOLDER.is_dir()
MISSING_REASON = f"the official specifications are not in {FOLDER} (set MAILTRAP_OPENAPI_DIR)"
requires_specifications = pytest.mark.skipif(not ARE_AVAILABLE, reason=MISSING_REASON)

# The host that each document describes
DOCUMENT_HOSTS = {
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

# Properties that some answers do not have: share links for viewers, reports of new messages, message IDs or errors of a
# batch item, the value of an existing token
OPTIONAL_PROPERTIES = {
    "share_links",
    "domain",
    "ip",
    "report",
    "data",
    "msg",
    "success",
    "message_ids",
    "errors",
    "token",
}
# How often a schema may contain itself. The tree of resources has three levels: account, project, sandbox
MAX_RECURSION = 4


class Operation(NamedTuple):
    """An operation of a specification."""

    document: str
    method: str
    template: str

    def __str__(self) -> str:
        return " ".join(self)


@cache
def load_document(name: str) -> dict[str, Any]:
    """Load a specification."""
    return yaml.load((FOLDER / f"{name}.openapi.yml").read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def list_documented_operations() -> tuple[Operation, ...]:
    """List the operations of all specifications."""
    return tuple(
        Operation(name, method.upper(), template)
        for name in DOCUMENT_HOSTS
        for template, path_item in load_document(name)["paths"].items()
        for method in path_item
        if method in METHODS
    )


def find_operations(pattern: str) -> list[Operation]:
    """Find the operations with a prefix that matches a pattern. They are matched as "document /path"."""
    return [
        operation
        for operation in list_documented_operations()
        if re.match(pattern, f"{operation.document} {operation.template}")
    ]


@cache
def _compile_routes() -> list[tuple[str, str, re.Pattern[str], Operation]]:
    """Return host, method, pattern of the path and operation of each documented operation."""
    # Literal segments take precedence over parameters, as in the router.
    operations = sorted(list_documented_operations(), key=lambda operation: operation.template.count("{"))
    return [
        (
            DOCUMENT_HOSTS[operation.document],
            operation.method,
            re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(operation.template))),
            operation,
        )
        for operation in operations
    ]


def match_operation(host_header: str, method: str, path: str) -> Operation | None:
    """Return the documented operation that a request calls."""
    host, path = locate(host_header, path)
    for operation_host, operation_method, pattern, operation in _compile_routes():
        if (operation_host, operation_method) == (host, method) and pattern.fullmatch(f"/api/{path}"):
            return operation
    return None


def resolve_reference(document: dict[str, Any], node: object, references: list[str] | None = None) -> object:
    """Return the target of a node that is a reference, otherwise the node.

    The references that were followed are appended to ``references``.
    """
    while isinstance(node, dict) and "$ref" in node:
        if references is not None:
            references.append(node["$ref"])
        target: Any = document
        for segment in node["$ref"].removeprefix("#/").split("/"):
            target = target[segment.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def to_json_schema(document: dict[str, Any], node: object, enclosing_references: tuple[str, ...] = ()) -> Any:
    """Convert a schema of OpenAPI 3.0 to JSON Schema, without references, ``allOf`` and ``nullable``."""
    references = list(enclosing_references)
    node = resolve_reference(document, node, references)
    enclosing_references = tuple(references)
    if enclosing_references and enclosing_references.count(enclosing_references[-1]) > MAX_RECURSION:
        return False
    if isinstance(node, list):
        return [to_json_schema(document, item, enclosing_references) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {
        key: to_json_schema(document, value, enclosing_references)
        for key, value in node.items()
        if key not in ("nullable", "example", "examples", "discriminator")
    }
    if "allOf" in schema:
        parts = schema.pop("allOf")
        properties = {name: value for part in parts for name, value in part["properties"].items()}
        schema |= {"type": "object", "properties": properties}
    if node.get("nullable"):
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


def make_strict(schema: Any) -> Any:
    """Return a schema that forbids unknown properties and requires nearly all known ones.

    The specifications leave most properties optional, but the service always returns them.
    """
    if isinstance(schema, list):
        return [make_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {
        key: {name: make_strict(inner) for name, inner in value.items()} if key == "properties" else make_strict(value)
        for key, value in schema.items()
    }
    if "properties" in schema and "additionalProperties" not in schema:
        schema["additionalProperties"] = False
        schema.setdefault("required", [name for name in schema["properties"] if name not in OPTIONAL_PROPERTIES])
    return schema


@cache
def get_answer_schemas(operation: Operation, status: int) -> dict[str, Any] | None:
    """Return the schemas of an answer by media type. They are empty for an answer without a body.

    Return None if the status is not documented.
    """
    document = load_document(operation.document)
    responses = document["paths"][operation.template][operation.method.lower()]["responses"]
    if str(status) not in responses:
        return None
    content = resolve_reference(document, responses[str(status)]).get("content", {})
    return {media_type: to_json_schema(document, item.get("schema", {})) for media_type, item in content.items()}


@cache
def get_validator(operation: Operation, status: int, *, deviating: bool = False) -> jsonschema_rs.Draft202012Validator:
    """Return the validator of a JSON answer, with the known deviation of the service if ``deviating`` is set."""
    schema = get_answer_schemas(operation, status)["application/json"]
    if deviating:
        schema = deepcopy(schema)
        SCHEMA_DEVIATIONS[(*operation, status)](schema)
    return jsonschema_rs.Draft202012Validator(make_strict(schema), validate_formats=True)


# The operations and statuses that the present test received, and the entries of deviations.py that it needed
received_answers: set[tuple[Operation, int]] = set()
used_deviations: set[object] = set()


def check_response(response: httpx.Response) -> None:
    """Validate a response.

    Responses to undocumented operations and responses that an injected fault replaced are not validated.
    """
    request = response.request
    path = request.url.raw_path.partition(b"?")[0].decode()
    operation = match_operation(request.headers["host"], request.method, path)
    if operation is None:
        return
    if DOCUMENT_HOSTS[operation.document] == GENERAL and "x-request-id" not in response.headers:
        return
    media_type = response.headers.get("content-type", "").partition(";")[0]
    body = response.json() if media_type == "application/json" else response.text
    check_answer(operation, response.status_code, media_type, body)


def check_answer(operation: Operation, status: int, media_type: str, body: object) -> None:
    """Validate an answer. ``body`` is the decoded JSON, or text for other media types."""
    label = f"{operation} {status}"
    assert status < 500, (label, body)
    received_answers.add((operation, status))
    schemas = get_answer_schemas(operation, status)
    if schemas is None or (schemas and media_type not in schemas):
        _check_undocumented_answer(label, media_type, body)
    elif not schemas:
        assert body == "", label
    elif media_type == "application/json":
        _check_json(operation, status, body)


def _check_undocumented_answer(label: str, media_type: str, body: object) -> None:
    """Validate an answer with a status or media type that is not documented but listed in deviations.py."""
    rules = [
        rule for rule in UNDOCUMENTED_ANSWERS if rule.media_type == media_type and re.fullmatch(rule.pattern, label)
    ]
    assert rules, f"not documented: {label} {media_type} {body}"
    (rule,) = rules
    used_deviations.add(rule)
    if media_type == "application/json":
        jsonschema_rs.validate(rule.body, body)
    else:
        assert body == rule.body, label


def _check_json(operation: Operation, status: int, data: object) -> None:
    """Validate a documented JSON answer."""
    validator = get_validator(operation, status)
    key = (*operation, status)
    if key not in SCHEMA_DEVIATIONS:
        validator.validate(data)
    elif not validator.is_valid(data):
        get_validator(operation, status, deviating=True).validate(data)
        used_deviations.add(key)


class ValidatingClient(httpx.Client):
    """An HTTP client that validates all responses except streamed ones."""

    def request(self, *arguments: Any, **options: Any) -> httpx.Response:
        response = super().request(*arguments, **options)
        if ARE_AVAILABLE:
            check_response(response)
        return response


class OperationCaller:
    """A function that calls documented operations and checks the status of the answer."""

    def __init__(self, api: httpx.Client) -> None:
        self.api = api

    def __call__(
        self,
        document: str,
        method: str,
        template: str,
        expected_status: int,
        path_values: dict[str, Any] | None = None,
        **request: Any,
    ) -> httpx.Response:
        """Call an operation. ``request`` has further arguments of the HTTP client."""
        operation = Operation(document, method, template)
        assert operation in list_documented_operations()
        path = re.sub(r"\{(\w+)\}", lambda match: str((path_values or {})[match[1]]), template)
        prefix = "/bulk" if DOCUMENT_HOSTS[document] == BULK else ""
        response = self.api.request(method, prefix + path, **request)
        assert response.status_code == expected_status, (operation, response.text)
        return response


def assert_all_operations_called(pattern: str) -> None:
    """Assert that the test called all operations that match a pattern with success.

    It must also have needed each schema deviation of these operations.
    """
    operations = set(find_operations(pattern))
    missing = operations - {operation for operation, status in received_answers if status < 300}
    unused = {key for key in SCHEMA_DEVIATIONS if Operation(*key[:3]) in operations} - used_deviations
    assert operations
    assert not missing
    assert not unused
