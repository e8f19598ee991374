# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._account.account_info import ACCOUNTS, RESOURCES, USAGE

TASKS = """
- community.mailtrap.account_info: {}
- community.mailtrap.billing_usage_info: {}
- community.mailtrap.permission_info: {}
"""


@pytest.fixture
def things(emulator):
    emulator.seed(
        projects=[{"id": 77, "name": "Shop"}],
        sandboxes=[{"id": 5, "name": "Box", "project_id": 77}],
        api_tokens=[
            {
                "name": "one",
                "token": "one-sandbox-only",
                "resources": [{"resource_type": "sandbox", "resource_id": 5, "access_level": "admin"}],
            }
        ],
    )
    return emulator


def test_the_account(play, things):
    account, usage, permissions = play(TASKS)
    (own,) = account["accounts"]
    assert own["id"] == things.account_id and own["name"] and own["access_levels"] == [100]
    assert account.requests == ["GET /api/accounts"]
    assert usage["billing_usage"]["sending"]["usage"]["sent_messages_count"] == {"current": 0, "limit": 10_000_000}
    assert usage.requests == ["GET /api/billing/usage"]
    (root,) = permissions["permissions"]
    assert root["type"] == "account" and root["id"] == things.account_id
    project = next(node for node in root["resources"] if node["type"] == "project")
    assert project["resources"] == [{"id": 5, "name": "Box", "type": "sandbox", "access_level": 100, "resources": []}]
    assert permissions["resources"][0]["resource_type"] == "account"
    assert permissions["resources"][-2:] == [
        {"resource_type": "project", "resource_id": 77, "access_level": 100, "name": "Shop"},
        {"resource_type": "sandbox", "resource_id": 5, "access_level": 100, "name": "Box"},
    ]
    assert permissions.requests == ["GET /api/permissions/resources"]
    assert not any(step.changed for step in (account, usage, permissions))


def test_what_a_small_token_sees(play_in, things):
    account, usage, permissions = play_in(
        "in_process",
        """
        - community.mailtrap.account_info: {}
        - community.mailtrap.billing_usage_info: {}
          ignore_errors: true
        - community.mailtrap.permission_info: {}
        """,
        environment={"MAILTRAP_API_TOKEN": "one-sandbox-only"},
    )
    assert account["accounts"][0]["id"] == things.account_id
    assert usage["status"] == 403
    assert usage.msg.startswith("Could not read the usage of the plans: the API token has no access to this")
    assert permissions["resources"] == [
        {"resource_type": "sandbox", "resource_id": 5, "access_level": 100, "name": "Box"}
    ]


def test_old_paths_and_words(play_in, things):
    now = play_in("in_process", TASKS)
    old = play_in("in_process", TASKS, environment={"MAILTRAP_ACCOUNT_ID": str(things.account_id)})
    for current, former in zip(now, old, strict=True):
        assert {**current.result, "invocation": None} == {**former.result, "invocation": None}
    assert [step.requests for step in old] == [
        ["GET /api/accounts"],
        [f"GET /api/accounts/{things.account_id}/billing/usage"],
        [f"GET /api/accounts/{things.account_id}/permissions/resources"],
    ]


@pytest.mark.parametrize(
    "path, answer, sentence",
    [
        (ACCOUNTS, {}, "Could not read the accounts: the service's answer is not a list of accounts"),
        (ACCOUNTS, [7], "Could not read the accounts: the service's list of accounts contains an invalid item"),
        (USAGE, [], "Could not read the usage of the plans: the service's answer holds no usage"),
        (RESOURCES, {}, "Could not read the permissions of the API token: the service's answer is not a list"),
        (RESOURCES, [{"id": 1, "resources": [3]}], "the service's list of resources contains an invalid item"),
    ],
)
def test_answers_of_another_shape(play_in, emulator, path, answer, sentence):
    emulator.fault(path=path, status=200, json=answer)
    module = {ACCOUNTS: "account_info", USAGE: "billing_usage_info", RESOURCES: "permission_info"}[path]
    (step,) = play_in("in_process", [{f"community.mailtrap.{module}": {}, "ignore_errors": True}])
    assert sentence in step.msg
