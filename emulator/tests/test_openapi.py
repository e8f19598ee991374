# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract with the official specifications, in both directions."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from deviations import NEWER_STATUSES, ROUTES, SANDBOX, SANDBOX_SENDING
from specifications import DOCUMENTS, Checker, documented, needed, operations, used

from mailtrap_emulator.app import MAX_BODY
from mailtrap_emulator.areas import list_operations
from mailtrap_emulator.http.routing import Router, spellings

pytestmark = needed
# The older generations of paths (facts 1.3).
OLDER = {"inboxes": "sandboxes", "sending_domains": "domains"}


def newest(template):
    """A path in words of today, without an account."""
    template = template.removeprefix("accounts/{account_id}/")
    if template.startswith("inbound/"):
        return template
    return "/".join(OLDER.get(segment, segment) for segment in template.split("/"))


def test_every_documented_operation_has_a_route_and_every_route_is_documented_or_named():
    router = Router(list_operations())
    routes = {(host, each.method, each.template) for each in list_operations() for host in each.hosts}
    met = set()
    for operation in documented():
        host = DOCUMENTS[operation.document]
        path = re.sub(r"\{\w+\}", "1", operation.template.removeprefix("/api/"))
        found = router.find(host, operation.method, path)
        assert found, operation
        met.add((host, operation.method, found[0].operation.template))
    named = [line for lines in ROUTES.values() for line in lines]
    assert sorted(named) == sorted(f"{method} {template}" for _, method, template in routes - met)


def test_every_older_spelling_is_one_of_a_route_of_today():
    for operation in list_operations():
        for template, _ in spellings(operation):
            assert newest(template) == operation.template


def test_there_are_as_many_operations_as_there_should_be():
    assert len(documented()) == 110


def test_every_operation_is_in_the_walk_of_one_file():
    walks = [import_module(file.stem).AREA for file in Path(__file__).parent.glob("test_*_openapi.py")]
    walked = [operation for area in walks for operation in operations(area)]
    assert sorted(walked) == sorted(documented())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_without_a_token_everything_is_401(emulator, client_of, name):
    stranger = Checker(client_of(emulator, "wrong"))
    for operation in operations(f"{name} "):
        stranger(*operation, 401, dict.fromkeys(re.findall(r"\{(\w+)\}", operation.template), 1))


def test_every_newer_status_is_needed(check, emulator, client_of, project, sandbox, mail):
    resource = {"resource_type": "project", "resource_id": 1, "access_level": 10}
    emulator.seed(
        api_tokens=[
            {"name": "lesser", "token": "lesser", "resources": [resource]},
            {"name": "organization", "token": "organization", "organization_id": 5},
        ]
    )
    lesser, organization = (Checker(client_of(emulator, token)) for token in ("lesser", "organization"))
    values = {"sandbox_id": sandbox["id"], "project_id": project["id"], "account_access_id": 3}
    emulator.seed(account_accesses=[{"id": 3, "email": "ann@example.com"}])
    check(SANDBOX, "POST", "/api/projects", 400, json={})
    check(SANDBOX, "POST", "/api/projects", 422, json={"project": {"name": ""}})
    check(SANDBOX, "POST", "/api/projects", 413, content=b" " * (MAX_BODY + 1))
    permission = {"resource_id": 1, "resource_type": "project", "access_level": "x"}
    bulk = "/api/account_accesses/{account_access_id}/permissions/bulk"
    check("account-management", "PUT", bulk, 422, values, json={"permissions": [permission]})
    check("contacts", "POST", "/api/contacts/lists", 422, json={"name": ""})
    organization("account-management", "GET", "/api/api_tokens", 403)
    check(SANDBOX, "GET", "/api/sandboxes/{sandbox_id}/messages", 404, {"sandbox_id": 1})
    send = "/api/send/{sandbox_id}"
    check(SANDBOX_SENDING, "POST", send, 404, {"sandbox_id": 1}, json=mail)
    lesser(SANDBOX_SENDING, "POST", send, 403, values, json=mail)
    emulator.limits(max_message_size=1000)
    check(SANDBOX_SENDING, "POST", send, 413, values, json=mail | {"text": "x" * 1000})
    emulator.clock(frozen=True)
    emulator.limits(rate_scale=0.001)
    check(SANDBOX, "GET", "/api/projects", 200)
    check(SANDBOX, "GET", "/api/projects", 429)
    assert set(NEWER_STATUSES) - used == set()
