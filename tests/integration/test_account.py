# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the accounts, the billing usage and the permissions of the API token."""

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._account.account_info import (
    ACCOUNTS_PATH,
    PERMISSIONS_PATH,
    USAGE_PATH,
)

TASKS = """
- community.mailtrap.account_info: {}
- community.mailtrap.billing_usage_info: {}
- community.mailtrap.permission_info: {}
"""


@pytest.fixture
def account(emulator):
    """Return an emulator with a project, a sandbox, and an API token for this sandbox only."""
    emulator.seed(
        projects=[{"id": 77, "name": "Shop"}],
        sandboxes=[{"id": 5, "name": "Box", "project_id": 77}],
        api_tokens=[
            {
                "name": "limited",
                "token": "one-sandbox-only",
                "resources": [{"resource_type": "sandbox", "resource_id": 5, "access_level": "admin"}],
            }
        ],
    )
    return emulator


def test_admin_token(play, account):
    accounts, usage, permissions = play(TASKS)
    (own_account,) = accounts["accounts"]
    assert own_account["id"] == account.account_id and own_account["name"] and own_account["access_levels"] == [100]
    assert accounts.requests == ["GET /api/accounts"]
    assert usage["billing_usage"]["sending"]["usage"]["sent_messages_count"] == {"current": 0, "limit": 10_000_000}
    assert usage.requests == ["GET /api/billing/usage"]
    (root,) = permissions["permissions"]
    assert root["type"] == "account" and root["id"] == account.account_id
    project = next(node for node in root["resources"] if node["type"] == "project")
    assert project["resources"] == [{"id": 5, "name": "Box", "type": "sandbox", "access_level": 100, "resources": []}]
    assert permissions["resources"][0]["resource_type"] == "account"
    assert permissions["resources"][-2:] == [
        {"resource_type": "project", "resource_id": 77, "access_level": 100, "name": "Shop"},
        {"resource_type": "sandbox", "resource_id": 5, "access_level": 100, "name": "Box"},
    ]
    assert permissions.requests == ["GET /api/permissions/resources"]
    assert not any(step.changed for step in (accounts, usage, permissions))


def test_token_with_limited_permissions(play_in, account):
    accounts, usage, permissions = play_in(
        "in_process",
        """
        - community.mailtrap.account_info: {}
        - community.mailtrap.billing_usage_info: {}
          ignore_errors: true
        - community.mailtrap.permission_info: {}
        """,
        environment={"MAILTRAP_API_TOKEN": "one-sandbox-only"},
    )
    assert accounts["accounts"][0]["id"] == account.account_id
    assert usage["status"] == 403
    assert usage.msg.startswith("Could not read the billing usage: the API token has no access to this")
    assert permissions["resources"] == [
        {"resource_type": "sandbox", "resource_id": 5, "access_level": 100, "name": "Box"}
    ]


def test_account_scoped_paths_return_the_same_results(play_in, account):
    current_run = play_in("in_process", TASKS)
    scoped_run = play_in("in_process", TASKS, environment={"MAILTRAP_ACCOUNT_ID": str(account.account_id)})
    for current, scoped in zip(current_run, scoped_run, strict=True):
        assert {**current.result, "invocation": None} == {**scoped.result, "invocation": None}
    assert [step.requests for step in scoped_run] == [
        ["GET /api/accounts"],
        [f"GET /api/accounts/{account.account_id}/billing/usage"],
        [f"GET /api/accounts/{account.account_id}/permissions/resources"],
    ]


@pytest.mark.parametrize(
    "path, answer, message",
    [
        (ACCOUNTS_PATH, {}, "Could not read the accounts: the service's answer is not a list of accounts"),
        (ACCOUNTS_PATH, [7], "Could not read the accounts: the service's list of accounts contains an invalid item"),
        (USAGE_PATH, [], "Could not read the billing usage: the service's answer contains no usage"),
        (PERMISSIONS_PATH, {}, "Could not read the permissions of the API token: the service's answer is not a list"),
        (PERMISSIONS_PATH, [{"id": 1, "resources": [3]}], "the service's list of resources contains an invalid item"),
    ],
)
def test_unexpected_answers_are_reported(play_in, emulator, path, answer, message):
    emulator.fault(path=path, status=200, json=answer)
    module = {
        ACCOUNTS_PATH: "account_info",
        USAGE_PATH: "billing_usage_info",
        PERMISSIONS_PATH: "permission_info",
    }[path]
    (step,) = play_in("in_process", [{f"community.mailtrap.{module}": {}, "ignore_errors": True}])
    assert message in step.msg
