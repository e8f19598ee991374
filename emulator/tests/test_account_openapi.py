# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers about accesses, permissions, billing and organizations held against the official specification.

There is none for campaigns (facts 3.22).
"""

import pytest
from test_openapi import ACCOUNT, UNDOCUMENTED, Checker, closed, jsonschema, pytestmark, specification

__all__ = ["pytestmark"]

ACCESSES, ONE = "/api/account_accesses", "/api/account_accesses/{account_access_id}"
BULK = f"{ONE}/permissions/bulk"
SUB_ACCOUNTS = "/api/organizations/{organization_id}/sub_accounts"

# Row 19: the specification says JSON, the service sends an empty page; the other two are as for any wrong body.
UNDOCUMENTED |= {
    (ACCOUNT, "POST", SUB_ACCOUNTS, 400),
    (ACCOUNT, "PUT", BULK, 400),
    (ACCOUNT, "PUT", BULK, 422),
}


@pytest.fixture
def check(api):
    return Checker(api)


@pytest.fixture
def lesser(emulator, client_of):
    """A checker whose token may do next to nothing."""
    grant = {"resource_type": "project", "resource_id": 1, "access_level": 10}
    emulator.seed(api_tokens=[{"name": "lesser", "token": "1" * 32, "resources": [grant]}])
    return Checker(client_of(emulator, "1" * 32))


def test_accesses(check, lesser, emulator, project):
    on_project = {"resource_type": "project", "resource_id": project["id"], "access_level": 100}
    emulator.seed(
        account_accesses=[
            {"id": 10, "email": "ann@example.com", "name": "Ann"},
            {"id": 11, "email": "new@example.com", "resources": [on_project]},
        ],
        api_tokens=[{"name": "t", "access_id": 12, "resources": [on_project], "expires_at": "2040-01-01T00:00:00Z"}],
    )
    assert len(check(ACCOUNT, "GET", ACCESSES, 200).json()) == 3
    filtered = check(ACCOUNT, "GET", ACCESSES, 200, params={"project_ids[]": project["id"]})
    assert {row["specifier_type"] for row in filtered.json()} == {"Invite", "ApiToken"}
    for access_id in (10, 11, 12):
        values = {"account_access_id": access_id}
        good = {"resource_id": str(project["id"]), "resource_type": "project", "access_level": "viewer"}
        check(ACCOUNT, "PUT", BULK, 200, values, json={"permissions": [good]})
        check(ACCOUNT, "PUT", BULK, 422, values, json={"permissions": [good | {"access_level": "x"}]})
        check(ACCOUNT, "PUT", BULK, 404, values, json={"permissions": [good | {"resource_id": "1"}]})
        check(ACCOUNT, "PUT", BULK, 400, values, json={})
        lesser(ACCOUNT, "PUT", BULK, 403, values, json={"permissions": [good]})
        lesser(ACCOUNT, "DELETE", ONE, 403, values)
        check(ACCOUNT, "DELETE", ONE, 200, values)
        check(ACCOUNT, "DELETE", ONE, 404, values)
        check(ACCOUNT, "PUT", BULK, 404, values, json={"permissions": [good]})
    lesser(ACCOUNT, "GET", ACCESSES, 403)


def test_resources_and_billing(check, lesser, sandbox, mail):
    # The schema of a node names itself; here each node is looked at alone.
    node_schema = specification(ACCOUNT)["components"]["schemas"]["PermissionResourceNode"]
    below = {"resources": {"type": "array", "items": {"type": "object"}}}
    schema = closed(node_schema | {"properties": node_schema["properties"] | below})
    assert check.api.post("/api/send", json=mail).status_code == 200
    assert lesser.api.get("/api/permissions/resources").json() == []
    nodes = check.api.get("/api/permissions/resources").json()
    while nodes:
        node = nodes.pop()
        jsonschema.Draft202012Validator(schema).validate(node)
        nodes += node["resources"]
    check(ACCOUNT, "GET", "/api/billing/usage", 200)
    lesser(ACCOUNT, "GET", "/api/billing/usage", 403)


def test_organizations(check, emulator, client_of):
    values = {"organization_id": 5}
    emulator.seed(api_tokens=[{"name": "o", "organization_id": 5, "token": "5" * 32}])
    organization = Checker(client_of(emulator, "5" * 32))
    organization(ACCOUNT, "POST", SUB_ACCOUNTS, 200, values, json={"account": {"name": "Team"}})
    organization(ACCOUNT, "POST", SUB_ACCOUNTS, 422, values, json={"account": {"name": ""}})
    organization(ACCOUNT, "POST", SUB_ACCOUNTS, 400, values, json={"account": {}})
    assert len(organization(ACCOUNT, "GET", SUB_ACCOUNTS, 200, values).json()) == 1
    assert len(organization(ACCOUNT, "GET", "/api/accounts", 200).json()) == 1
    for method in ("GET", "POST"):
        check(ACCOUNT, method, SUB_ACCOUNTS, 403, values)


def test_every_operation_is_there_and_needs_a_token(emulator, client_of):
    stranger = Checker(client_of(emulator, "wrong"))
    values = {"id": 1, "account_access_id": 1, "organization_id": 1}
    operations = [
        (method.upper(), template)
        for template, item in specification(ACCOUNT)["paths"].items()
        for method in item
        if method in ("get", "post", "put", "patch", "delete")
    ]
    assert len(operations) == 13
    for method, template in operations:
        stranger(ACCOUNT, method, template, 401, values)
