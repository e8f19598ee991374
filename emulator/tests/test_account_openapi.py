# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers about accounts, tokens, accesses, permissions, billing and organizations held against the official
specification."""

import pytest
from deviations import ACCOUNT
from specifications import Checker, needed

pytestmark = needed
AREA = f"{ACCOUNT} "
ACCESSES, ONE = "/api/account_accesses", "/api/account_accesses/{account_access_id}"
BULK = f"{ONE}/permissions/bulk"
SUB_ACCOUNTS = "/api/organizations/{organization_id}/sub_accounts"


@pytest.fixture
def lesser(emulator, client_of):
    """A checker whose token may do next to nothing."""
    grant = {"resource_type": "project", "resource_id": 1, "access_level": 10}
    emulator.seed(api_tokens=[{"name": "lesser", "token": "1" * 32, "resources": [grant]}])
    return Checker(client_of(emulator, "1" * 32))


def test_every_operation_follows_the_specification(check, lesser, emulator, client_of, project, sandbox, mail):
    walk_accesses(check, lesser, emulator, project)
    walk_resources_and_billing(check, lesser, sandbox, mail)
    walk_organizations(check, emulator, client_of)
    walk_accounts_and_tokens(check, emulator)
    check.covers(AREA)


def walk_accesses(check, lesser, emulator, project):
    on_project = {"resource_type": "project", "resource_id": project["id"], "access_level": 100}
    emulator.seed(
        account_accesses=[
            {"id": 10, "email": "ann@example.com", "name": "Ann"},
            {"id": 11, "email": "new@example.com", "resources": [on_project]},
        ],
        api_tokens=[{"name": "t", "access_id": 12, "resources": [on_project], "expires_at": "2040-01-01T00:00:00Z"}],
    )
    emulator.seed(api_tokens=[{"name": "endless", "resources": [on_project]}])
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


def walk_resources_and_billing(check, lesser, sandbox, mail):
    assert lesser(ACCOUNT, "GET", "/api/permissions/resources", 200).json() == []
    (account,) = check(ACCOUNT, "GET", "/api/permissions/resources", 200).json()
    assert sandbox["id"] in {node["id"] for project in account["resources"] for node in project["resources"]}
    check(ACCOUNT, "GET", "/api/billing/usage", 200)
    lesser(ACCOUNT, "GET", "/api/billing/usage", 403)


def walk_organizations(check, emulator, client_of):
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


def walk_accounts_and_tokens(check, emulator):
    base = "/api/api_tokens"
    resources = [{"resource_type": "account", "resource_id": emulator.account_id, "access_level": 100}]
    check(ACCOUNT, "GET", "/api/accounts", 200)
    created = check(ACCOUNT, "POST", base, 200, json={"name": "t", "resources": resources}).json()
    assert len(created["token"]) == 32
    check(ACCOUNT, "POST", base, 422, json={"name": "t", "resources": []})
    check(ACCOUNT, "GET", base, 200)
    values = {"id": created["id"]}
    check(ACCOUNT, "GET", base + "/{id}", 200, values)
    reset = check(ACCOUNT, "POST", base + "/{id}/reset", 200, values).json()
    assert len(reset["token"]) == 32
    check(ACCOUNT, "POST", base + "/{id}/reset", 422, values)
    check(ACCOUNT, "DELETE", base + "/{id}", 204, values)
    for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/reset")):
        check(ACCOUNT, method, base + "/{id}" + rest, 404, values)
