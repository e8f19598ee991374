# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Permissions as users write them, as the service has them, and the way from one to the other."""

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._resources.account_access import GRANTED
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import (
    ACCOUNT,
    DOMAIN,
    PROJECT,
    SANDBOX,
)
from ansible_collections.community.mailtrap.plugins.module_utils._resources.permissions import (
    add_account_id,
    add_grants,
    describe_grants,
    get_grant_changes,
    get_granted_ids,
    is_owner,
    normalize_grants,
    replace_grants,
    to_grants,
    to_permissions,
    validate_permissions,
)

IDS = {(PROJECT, "Shop"): 7, (SANDBOX, "Staging"): 70, (DOMAIN, "example.com"): 3}


def id_of(resource, name):
    return IDS.get((resource, name))


def name_of(resource, number):
    return next((name for (kind, name), known in IDS.items() if (kind, known) == (resource, number)), None)


def permission(kind, level="admin", resource=None, resource_id=None):
    return {"resource_type": kind, "resource": resource, "resource_id": resource_id, "access_level": level}


def grant(kind, number, level=100):
    return {"resource_type": kind, "resource_id": number, "access_level": level}


SHOP, STAGING, ACCOUNT_WIDE = grant("project", 7), grant("sandbox", 70, 10), grant("account", 9, 10)
OWNER = grant("organization", 5, 1000)


@pytest.mark.parametrize(
    "permissions, told",
    [
        ([], None),
        ([permission("account"), permission("billing")], None),
        ([permission("project", resource="A"), permission("project", resource="B")], None),
        ([permission("account"), permission("account", "viewer")], "names the account twice"),
        ([permission("project", resource="A")] * 2, "names the project 'A' twice"),
        ([permission("sandbox", resource_id=1), permission("sandbox", resource_id=1)], "names the sandbox 1 twice"),
        ([permission("billing", resource="x")], "names the billing 'x', but there is only one"),
    ],
)
def test_what_is_wrong_with_them(permissions, told):
    assert validate_permissions(permissions) == told


def test_names_become_ids():
    permissions = [
        permission("project", resource="Shop"),
        permission("sandbox", "viewer", resource="Staging"),
        permission("domain", resource="example.com"),
        permission("project", "viewer", resource_id=8),
        permission("account"),
        permission("billing", resource_id=10),
    ]
    assert to_grants(permissions, id_of, GRANTED) == [
        SHOP,
        STAGING,
        grant("domain", 3),
        grant("project", 8, 10),
        grant("account", None),
        grant("billing", 10),
    ]


def test_one_resource_by_its_name_and_by_its_id():
    permissions = [permission("project", resource="Shop"), permission("project", "viewer", resource_id=7)]
    with pytest.raises(MailtrapError, match="permissions names the project 7 twice, by its name and by its id"):
        to_grants(permissions, id_of, GRANTED)


@pytest.mark.parametrize("now, number", [([ACCOUNT_WIDE], 9), ([SHOP, grant("billing", 4)], 4)])
def test_what_is_there_tells_the_id_of_the_account(now, number):
    nobody_to_ask = None
    assert add_account_id([SHOP, grant("account", None)], now, nobody_to_ask, ACCOUNT) == [
        SHOP,
        grant("account", number),
    ]


def test_what_check_mode_takes_for_made_stays_without_an_id():
    assert add_account_id([grant("project", None)], None, None, ACCOUNT) == [grant("project", None)]


@pytest.mark.parametrize(
    "stored, now, written",
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
def test_only_differences_are_written(stored, now, written):
    assert get_grant_changes(stored, now) == written


def test_what_cannot_be_written_is_left_alone():
    further_down = grant("account", 9, 1)
    now = [OWNER, further_down, SHOP]
    assert replace_grants([STAGING], now) == [STAGING, OWNER, further_down]
    assert get_grant_changes(replace_grants([STAGING], now), now) == [
        {"resource_type": "sandbox", "resource_id": 70, "access_level": "viewer"},
        {"resource_type": "project", "resource_id": 7, "_destroy": True},
    ]
    assert normalize_grants(now) == normalize_grants([SHOP])


def test_added_to_what_is_there():
    now = [OWNER, SHOP, {**STAGING, "access_level": 100}]
    assert add_grants([STAGING, ACCOUNT_WIDE], now) == [OWNER, SHOP, STAGING, ACCOUNT_WIDE]
    assert add_grants([STAGING], None) == [STAGING]


def test_their_order_makes_no_difference():
    assert normalize_grants([SHOP, STAGING]) == normalize_grants([STAGING, SHOP]) != normalize_grants([SHOP])
    assert normalize_grants(None) == normalize_grants([]) == frozenset()


def test_in_words():
    grants = [SHOP, {**STAGING, "access_level": 50}, ACCOUNT_WIDE, grant("email_campaign_permission_scope", 9), OWNER]
    assert describe_grants(grants) == [
        "account: viewer",
        "email campaign permission scope: admin",
        "organization 5: owner",
        "project 7: admin",
        "sandbox 70: viewer+",
    ]


def test_who_owns():
    assert is_owner([SHOP, OWNER]) and not is_owner([SHOP]) and not is_owner(None)


def test_back_to_permissions():
    grants = [SHOP, STAGING, grant("project", 8, 10), ACCOUNT_WIDE, OWNER, grant("domain", 3, 50)]
    assert to_permissions(grants, name_of, GRANTED) == [
        {"resource_type": "project", "resource": "Shop", "access_level": "admin"},
        {"resource_type": "sandbox", "resource": "Staging", "access_level": "viewer"},
        {"resource_type": "project", "resource_id": 8, "access_level": "viewer"},
        {"resource_type": "account", "access_level": "viewer"},
    ]


@pytest.mark.parametrize("odd", [None, [], ["account"], [{"resource_type": "project"}], [None]])
def test_an_answer_that_holds_something_else(odd):
    assert (
        describe_grants(odd) == []
        and normalize_grants(odd) == frozenset()
        and get_grant_changes([], odd) == []
        and not is_owner(odd)
    )
    assert get_granted_ids(odd, "project") == [] and add_grants([SHOP], odd) == replace_grants([SHOP], odd) == [SHOP]
