# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Comparison of the emulator's routes with the official specifications, in both directions."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from deviations import ACCOUNT, CONTACTS, SANDBOX, SANDBOX_SENDING, UNDOCUMENTED_ANSWERS, UNDOCUMENTED_ROUTES
from specifications import (
    DOCUMENT_HOSTS,
    OperationCaller,
    find_operations,
    list_documented_operations,
    requires_specifications,
    used_deviations,
)

from mailtrap_emulator.app import MAX_BODY
from mailtrap_emulator.areas import list_operations
from mailtrap_emulator.http.routing import Router, spellings

pytestmark = requires_specifications
# Older names in paths: docs/service.md#api-generations
CURRENT_NAMES = {"inboxes": "sandboxes", "sending_domains": "domains"}


def to_current_template(template):
    """Return the current form of the template of a path."""
    template = template.removeprefix("accounts/{account_id}/")
    if template.startswith("inbound/"):
        return template
    return "/".join(CURRENT_NAMES.get(segment, segment) for segment in template.split("/"))


def test_routes_are_those_of_the_specifications_and_the_listed_ones():
    router = Router(list_operations())
    routes = {(host, route.method, route.template) for route in list_operations() for host in route.hosts}
    documented_routes = set()
    for operation in list_documented_operations():
        host = DOCUMENT_HOSTS[operation.document]
        path = re.sub(r"\{\w+\}", "1", operation.template.removeprefix("/api/"))
        match = router.find(host, operation.method, path)
        assert match, operation
        documented_routes.add((host, operation.method, match[0].operation.template))
    listed = [route for source_routes in UNDOCUMENTED_ROUTES.values() for route in source_routes]
    undocumented = [f"{method} {template}" for _, method, template in routes - documented_routes]
    assert sorted(listed) == sorted(undocumented)


def test_older_paths_correspond_to_a_current_route():
    for operation in list_operations():
        for template, _ in spellings(operation):
            assert to_current_template(template) == operation.template


def test_number_of_documented_operations():
    assert len(list_documented_operations()) == 110


def test_each_operation_is_tested_in_one_module():
    modules = [import_module(file.stem) for file in Path(__file__).parent.glob("test_*_openapi.py")]
    tested = [operation for module in modules for operation in find_operations(module.OPERATION_PATTERN)]
    assert sorted(tested) == sorted(list_documented_operations())


@pytest.mark.parametrize("document", DOCUMENT_HOSTS)
def test_all_operations_answer_401_to_an_invalid_token(emulator, make_client, document):
    call_with_invalid_token = OperationCaller(make_client(emulator, "wrong"))
    for operation in find_operations(f"{document} "):
        call_with_invalid_token(*operation, 401, dict.fromkeys(re.findall(r"\{(\w+)\}", operation.template), 1))


def test_undocumented_answers_occur(call, emulator, make_client, project, sandbox, mail):
    resource = {"resource_type": "project", "resource_id": 1, "access_level": 10}
    emulator.seed(
        api_tokens=[
            {"name": "No access", "token": "no-access", "resources": [resource]},
            {"name": "organization", "token": "organization", "organization_id": 5},
        ]
    )
    call_without_access, call_as_organization = (
        OperationCaller(make_client(emulator, token)) for token in ("no-access", "organization")
    )
    values = {"sandbox_id": sandbox["id"], "project_id": project["id"], "account_access_id": 3}
    emulator.seed(account_accesses=[{"id": 3, "email": "ann@example.com"}])
    call(SANDBOX, "POST", "/api/projects", 400, json={})
    call(SANDBOX, "POST", "/api/projects", 422, json={"project": {"name": ""}})
    call(SANDBOX, "POST", "/api/projects", 413, content=b" " * (MAX_BODY + 1))
    permission = {"resource_id": 1, "resource_type": "project", "access_level": "x"}
    bulk_permissions = "/api/account_accesses/{account_access_id}/permissions/bulk"
    call(ACCOUNT, "PUT", bulk_permissions, 422, values, json={"permissions": [permission]})
    call(CONTACTS, "POST", "/api/contacts/lists", 422, json={"name": ""})
    call_as_organization(ACCOUNT, "GET", "/api/api_tokens", 403)
    call(SANDBOX, "GET", "/api/sandboxes/{sandbox_id}/messages", 404, {"sandbox_id": 1})
    send = "/api/send/{sandbox_id}"
    call(SANDBOX_SENDING, "POST", send, 404, {"sandbox_id": 1}, json=mail)
    call_without_access(SANDBOX_SENDING, "POST", send, 403, values, json=mail)
    emulator.limits(max_message_size=1000)
    call(SANDBOX_SENDING, "POST", send, 413, values, json=mail | {"text": "x" * 1000})
    emulator.clock(frozen=True)
    emulator.limits(rate_scale=0.001)
    call(SANDBOX, "GET", "/api/projects", 200)
    call(SANDBOX, "GET", "/api/projects", 429)
    assert set(UNDOCUMENTED_ANSWERS) - used_deviations == set()
