# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations on accounts, access, billing and organizations, validated against the official specification."""

import pytest
from deviations import ACCOUNT
from specifications import OperationCaller, assert_all_operations_called, requires_specifications

pytestmark = requires_specifications
OPERATION_PATTERN = f"{ACCOUNT} "
ACCESSES, ACCESS = "/api/account_accesses", "/api/account_accesses/{account_access_id}"
BULK_PERMISSIONS = f"{ACCESS}/permissions/bulk"
SUB_ACCOUNTS = "/api/organizations/{organization_id}/sub_accounts"


@pytest.fixture
def call_without_access(emulator, make_client):
    """Return a function that calls operations with a token that has no access to the account."""
    grant = {"resource_type": "project", "resource_id": 1, "access_level": 10}
    emulator.seed(api_tokens=[{"name": "Without access", "token": "1" * 32, "resources": [grant]}])
    return OperationCaller(make_client(emulator, "1" * 32))


def test_answers_follow_the_specification(call, call_without_access, emulator, make_client, project, sandbox, mail):
    call_access_operations(call, call_without_access, emulator, project)
    call_resource_and_billing_operations(call, call_without_access, sandbox, mail)
    call_organization_operations(call, emulator, make_client)
    call_account_and_token_operations(call, emulator)
    assert_all_operations_called(OPERATION_PATTERN)


def call_access_operations(call, call_without_access, emulator, project):
    project_permission = {"resource_type": "project", "resource_id": project["id"], "access_level": 100}
    emulator.seed(
        account_accesses=[
            {"id": 10, "email": "ann@example.com", "name": "Ann"},
            {"id": 11, "email": "new@example.com", "resources": [project_permission]},
        ],
        api_tokens=[
            {"name": "t", "access_id": 12, "resources": [project_permission], "expires_at": "2040-01-01T00:00:00Z"}
        ],
    )
    emulator.seed(api_tokens=[{"name": "without expiry", "resources": [project_permission]}])
    assert len(call(ACCOUNT, "GET", ACCESSES, 200).json()) == 3
    filtered = call(ACCOUNT, "GET", ACCESSES, 200, params={"project_ids[]": project["id"]})
    assert {row["specifier_type"] for row in filtered.json()} == {"Invite", "ApiToken"}
    for access_id in (10, 11, 12):
        values = {"account_access_id": access_id}
        permission = {"resource_id": str(project["id"]), "resource_type": "project", "access_level": "viewer"}
        call(ACCOUNT, "PUT", BULK_PERMISSIONS, 200, values, json={"permissions": [permission]})
        call(ACCOUNT, "PUT", BULK_PERMISSIONS, 422, values, json={"permissions": [permission | {"access_level": "x"}]})
        call(ACCOUNT, "PUT", BULK_PERMISSIONS, 404, values, json={"permissions": [permission | {"resource_id": "1"}]})
        call(ACCOUNT, "PUT", BULK_PERMISSIONS, 400, values, json={})
        call_without_access(ACCOUNT, "PUT", BULK_PERMISSIONS, 403, values, json={"permissions": [permission]})
        call_without_access(ACCOUNT, "DELETE", ACCESS, 403, values)
        call(ACCOUNT, "DELETE", ACCESS, 200, values)
        call(ACCOUNT, "DELETE", ACCESS, 404, values)
        call(ACCOUNT, "PUT", BULK_PERMISSIONS, 404, values, json={"permissions": [permission]})
    call_without_access(ACCOUNT, "GET", ACCESSES, 403)


def call_resource_and_billing_operations(call, call_without_access, sandbox, mail):
    assert call_without_access(ACCOUNT, "GET", "/api/permissions/resources", 200).json() == []
    (account,) = call(ACCOUNT, "GET", "/api/permissions/resources", 200).json()
    assert sandbox["id"] in {node["id"] for project in account["resources"] for node in project["resources"]}
    call(ACCOUNT, "GET", "/api/billing/usage", 200)
    call_without_access(ACCOUNT, "GET", "/api/billing/usage", 403)


def call_organization_operations(call, emulator, make_client):
    values = {"organization_id": 5}
    emulator.seed(api_tokens=[{"name": "o", "organization_id": 5, "token": "5" * 32}])
    call_as_organization = OperationCaller(make_client(emulator, "5" * 32))
    call_as_organization(ACCOUNT, "POST", SUB_ACCOUNTS, 200, values, json={"account": {"name": "Team"}})
    call_as_organization(ACCOUNT, "POST", SUB_ACCOUNTS, 422, values, json={"account": {"name": ""}})
    call_as_organization(ACCOUNT, "POST", SUB_ACCOUNTS, 400, values, json={"account": {}})
    assert len(call_as_organization(ACCOUNT, "GET", SUB_ACCOUNTS, 200, values).json()) == 1
    assert len(call_as_organization(ACCOUNT, "GET", "/api/accounts", 200).json()) == 1
    for method in ("GET", "POST"):
        call(ACCOUNT, method, SUB_ACCOUNTS, 403, values)


def call_account_and_token_operations(call, emulator):
    tokens = "/api/api_tokens"
    token = tokens + "/{id}"
    resources = [{"resource_type": "account", "resource_id": emulator.account_id, "access_level": 100}]
    call(ACCOUNT, "GET", "/api/accounts", 200)
    created = call(ACCOUNT, "POST", tokens, 200, json={"name": "t", "resources": resources}).json()
    assert len(created["token"]) == 32
    call(ACCOUNT, "POST", tokens, 422, json={"name": "t", "resources": []})
    call(ACCOUNT, "GET", tokens, 200)
    values = {"id": created["id"]}
    call(ACCOUNT, "GET", token, 200, values)
    reset = call(ACCOUNT, "POST", token + "/reset", 200, values).json()
    assert len(reset["token"]) == 32
    call(ACCOUNT, "POST", token + "/reset", 422, values)
    call(ACCOUNT, "DELETE", token, 204, values)
    for method, suffix in (("GET", ""), ("DELETE", ""), ("POST", "/reset")):
        call(ACCOUNT, method, token + suffix, 404, values)
