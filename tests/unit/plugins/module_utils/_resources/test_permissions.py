# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Permissions as users write them, grants as the API returns them, and the conversion between both."""

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._resources.account_access import GRANTABLE_TYPES
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import (
    ACCOUNT,
    DOMAIN,
    PROJECT,
    SANDBOX,
)
from ansible_collections.community.mailtrap.plugins.module_utils._resources.permissions import (
    add_account_id,
    describe_grants,
    get_grant_changes,
    get_granted_ids,
    is_owner,
    normalize_grants,
    predict_added_grants,
    predict_replaced_grants,
    to_grants,
    to_permissions,
    validate_permissions,
)

IDS = {(PROJECT, "Shop"): 7, (SANDBOX, "Staging"): 70, (DOMAIN, "example.com"): 3}


def find_id(resource, name):
    return IDS.get((resource, name))


def find_name(resource, object_id):
    names = {(known_resource, known_id): name for (known_resource, name), known_id in IDS.items()}
    return names.get((resource, object_id))


def permission(resource_type, level="admin", resource=None, resource_id=None):
    return {"resource_type": resource_type, "resource": resource, "resource_id": resource_id, "access_level": level}


def grant(resource_type, resource_id, level=100):
    return {"resource_type": resource_type, "resource_id": resource_id, "access_level": level}


SHOP, STAGING, ACCOUNT_WIDE = grant("project", 7), grant("sandbox", 70, 10), grant("account", 9, 10)
OWNER = grant("organization", 5, 1000)


@pytest.mark.parametrize(
    "permissions, error",
    [
        ([], None),
        ([permission("account"), permission("billing")], None),
        ([permission("project", resource="A"), permission("project", resource="B")], None),
        ([permission("account"), permission("account", "viewer")], "contains the account twice"),
        ([permission("project", resource="A")] * 2, "contains the project 'A' twice"),
        ([permission("sandbox", resource_id=1), permission("sandbox", resource_id=1)], "contains the sandbox 1 twice"),
        (
            [permission("billing", resource="x")],
            "contains the resource 'x' for billing, of which an account has only one: leave out resource",
        ),
    ],
)
def test_validate_permissions(permissions, error):
    assert validate_permissions(permissions) == error


def test_to_grants():
    permissions = [
        permission("project", resource="Shop"),
        permission("sandbox", "viewer", resource="Staging"),
        permission("domain", resource="example.com"),
        permission("project", "viewer", resource_id=8),
        permission("account"),
        permission("billing", resource_id=10),
    ]
    assert to_grants(permissions, find_id, GRANTABLE_TYPES) == [
        SHOP,
        STAGING,
        grant("domain", 3),
        grant("project", 8, 10),
        grant("account", None),
        grant("billing", 10),
    ]


def test_resource_named_by_name_and_by_id_is_refused():
    permissions = [permission("project", resource="Shop"), permission("project", "viewer", resource_id=7)]
    with pytest.raises(MailtrapError, match="permissions contains the project 7 twice, by its name and by its id"):
        to_grants(permissions, find_id, GRANTABLE_TYPES)


@pytest.mark.parametrize("current, account_id", [([ACCOUNT_WIDE], 9), ([SHOP, grant("billing", 4)], 4)])
def test_account_id_is_taken_from_current_grants(current, account_id):
    no_directory = None
    assert add_account_id([SHOP, grant("account", None)], current, no_directory, ACCOUNT) == [
        SHOP,
        grant("account", account_id),
    ]


def test_missing_project_in_check_mode_gets_no_id():
    assert add_account_id([grant("project", None)], None, None, ACCOUNT) == [grant("project", None)]


@pytest.mark.parametrize(
    "expected, current, changes",
    [
        ([SHOP], [SHOP], []),
        ([SHOP, STAGING], [STAGING], [{"resource_type": "project", "resource_id": 7, "access_level": "admin"}]),
        (
            [SHOP],
            [{**SHOP, "access_level": 10}],
            [{"resource_type": "project", "resource_id": 7, "access_level": "admin"}],
        ),
        ([SHOP], [SHOP, STAGING], [{"resource_type": "sandbox", "resource_id": 70, "_destroy": True}]),
        ([], None, []),
    ],
)
def test_get_grant_changes(expected, current, changes):
    assert get_grant_changes(expected, current) == changes


def test_grants_that_cannot_be_written_are_kept():
    indirect = grant("account", 9, 1)
    current = [OWNER, indirect, SHOP]
    assert predict_replaced_grants([STAGING], current) == [STAGING, OWNER, indirect]
    assert get_grant_changes(predict_replaced_grants([STAGING], current), current) == [
        {"resource_type": "sandbox", "resource_id": 70, "access_level": "viewer"},
        {"resource_type": "project", "resource_id": 7, "_destroy": True},
    ]
    assert normalize_grants(current) == normalize_grants([SHOP])


def test_add_grants():
    current = [OWNER, SHOP, {**STAGING, "access_level": 100}]
    assert predict_added_grants([STAGING, ACCOUNT_WIDE], current) == [OWNER, SHOP, STAGING, ACCOUNT_WIDE]
    assert predict_added_grants([STAGING], None) == [STAGING]


def test_order_of_grants_is_ignored():
    assert normalize_grants([SHOP, STAGING]) == normalize_grants([STAGING, SHOP]) != normalize_grants([SHOP])
    assert normalize_grants(None) == normalize_grants([]) == frozenset()


def test_describe_grants():
    grants = [SHOP, {**STAGING, "access_level": 50}, ACCOUNT_WIDE, grant("email_campaign_permission_scope", 9), OWNER]
    assert describe_grants(grants) == [
        "account: viewer",
        "email campaign permission scope: admin",
        "organization 5: owner",
        "project 7: admin",
        "sandbox 70: viewer+",
    ]


def test_is_owner():
    assert is_owner([SHOP, OWNER]) and not is_owner([SHOP]) and not is_owner(None)


def test_to_permissions():
    grants = [SHOP, STAGING, grant("project", 8, 10), ACCOUNT_WIDE, OWNER, grant("domain", 3, 50)]
    assert to_permissions(grants, find_name, GRANTABLE_TYPES) == [
        {"resource_type": "project", "resource": "Shop", "access_level": "admin"},
        {"resource_type": "sandbox", "resource": "Staging", "access_level": "viewer"},
        {"resource_type": "project", "resource_id": 8, "access_level": "viewer"},
        {"resource_type": "account", "access_level": "viewer"},
    ]


@pytest.mark.parametrize("invalid", [None, [], ["account"], [{"resource_type": "project"}], [None]])
def test_answer_with_invalid_grants(invalid):
    assert describe_grants(invalid) == []
    assert normalize_grants(invalid) == frozenset()
    assert get_grant_changes([], invalid) == []
    assert not is_owner(invalid)
    assert get_granted_ids(invalid, "project") == []
    assert predict_added_grants([SHOP], invalid) == predict_replaced_grants([SHOP], invalid) == [SHOP]
