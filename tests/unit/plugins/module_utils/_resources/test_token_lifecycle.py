# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables for the names, the expiry and the rotation of API tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._account.token_rotation import plan_token
from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._engine.plan import match
from ansible_collections.community.mailtrap.plugins.module_utils._engine.resource import Write
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import API_TOKEN
from ansible_collections.community.mailtrap.plugins.module_utils._resources.token_lifecycle import (
    EXPIRY,
    expires_within,
    find_chain,
    find_newest,
    is_successor,
    parse_rotate_before,
    predict_name,
    validate_expiry,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
FIRST = {"id": 2500001, "name": "deploy"}
SECOND = {"id": 2500009, "name": "deploy 2500009"}
THIRD = {"id": 2500031, "name": "deploy 2500009 2500031"}


def list_ids(tokens):
    return [token["id"] for token in tokens]


@pytest.mark.parametrize(
    "tokens, chain, newest",
    [
        ([FIRST], [2500001], [2500001]),
        ([FIRST, SECOND], [2500001, 2500009], [2500009]),
        ([THIRD, SECOND, FIRST], [2500031, 2500009, 2500001], [2500031]),
        # The predecessors are only listed for a while, and disappear one after the other.
        ([SECOND, THIRD], [2500009, 2500031], [2500031]),
        ([FIRST, THIRD], [2500001, 2500031], [2500031]),
        ([THIRD], [2500031], [2500031]),
        ([], [], []),
        # A token that was created later under the free name belongs to no chain.
        ([SECOND, {"id": 2500040, "name": "deploy"}], [2500009, 2500040], [2500009, 2500040]),
        # A number at the end that is not the id is part of the original name.
        ([FIRST, {"id": 2500050, "name": "deploy 2026"}], [2500001], [2500001]),
        ([FIRST, {"id": 2500050, "name": "deploy 2500009"}], [2500001], [2500001]),
        ([{"id": 2500051, "name": "deploy 2026 2500051"}], [], []),
        ([{"id": 2500051, "name": "deploy 2600000 2500051"}], [], []),
        ([{"id": 2500051, "name": "deploy2500051"}, {"id": 2500052, "name": "deployment 2500052"}], [], []),
        ([{"id": 10000002, "name": "deploy 9999999 10000002"}], [10000002], [10000002]),
        ([{"id": 5}, {"id": 6, "name": None}], [], []),
    ],
)
def test_chain_of_a_name(tokens, chain, newest):
    assert list_ids(find_chain(tokens, "deploy")) == chain
    assert list_ids(find_newest(tokens, "deploy")) == newest


def test_name_that_ends_with_a_number():
    old, new = {"id": 2500001, "name": "deploy 2026"}, {"id": 2500051, "name": "deploy 2026 2500051"}
    assert find_newest([old, new], "deploy 2026") == [new]
    assert is_successor(new, old) and not is_successor(old, new) and not is_successor(old, old)


def test_ambiguous_name_is_refused():
    with pytest.raises(MailtrapError, match="2 API tokens have the name 'deploy', with the ids 2500009, 2500040: give"):
        match(API_TOKEN, [SECOND, {"id": 2500040, "name": "deploy"}], {"name": "deploy"})


@pytest.mark.parametrize(
    "current, is_kept",
    [("deploy 2500009", True), ("deploy", True), ("deployment", False), ("deploy x", False), (None, False)],
)
def test_name_of_a_rotated_token_is_kept(current, is_kept):
    assert predict_name("deploy", current) == (current if is_kept else "deploy")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("never", None),
        ("90d", None),
        ("2027-01-31", None),
        ("2027-01-31T12:00:00+02:00", None),
        ("2027-01-31 12:00:00+00:00", None),
        ("2026-11-25T11:59:59Z", "'2026-11-25T11:59:59Z' is in the past"),
        ("0d", "'0d' is in the past"),
        ("2031-11-25", None),
        ("2032-01-01", "'2032-01-01' is more than five years ahead"),
        ("999999w", "'999999w' is more than five years ahead"),
        (
            "9999-12-31T23:59:59-12:00",
            "'9999-12-31T23:59:59-12:00' is not a time: write 2027-01-31T12:00:00Z, 90d for 9",
        ),
        ("soon", "'soon' is not a time: write 2027-01-31T12:00:00Z, 90d for 90 days from now, or never"),
        ("", "'' is not a time: write"),
    ],
)
def test_validate_expiry(text, expected):
    error = validate_expiry(text, NOW)
    assert (error is None) if expected is None else error.startswith(expected)


@pytest.mark.parametrize(
    "wanted, current, differs",
    [
        ("never", None, False),
        ("never", "", False),
        ("90d", "", True),
        ("never", "2027-01-31T12:00:00Z", True),
        ("90d", "2027-01-31T12:00:00Z", False),
        ("90d", None, True),
        ("2027-01-31T12:00:00Z", "2027-01-31T12:00:00.000Z", False),
        ("2027-01-31T14:00:00+02:00", "2027-01-31T12:00:00Z", False),
        ("2027-01-31", "2027-01-31T00:00:00Z", False),
        ("2027-01-31", "2027-01-31T12:00:00Z", True),
        ("2027-01-31", None, True),
    ],
)
def test_comparison_of_expiry(wanted, current, differs):
    assert (EXPIRY.normalize(EXPIRY.expected(wanted, current)) != EXPIRY.normalize(current)) == differs


@pytest.mark.parametrize(
    "expires_at, due",
    [
        ("2026-12-24T12:00:00Z", True),
        ("2026-12-25T12:00:00Z", True),
        ("2026-12-25T12:00:01Z", False),
        (None, False),
        ("", False),
    ],
)
def test_is_due(expires_at, due):
    assert expires_within({"expires_at": expires_at}, timedelta(days=30), NOW) == due


@pytest.mark.parametrize("expires_at", [None, "31d", "2027-01-31"])
def test_valid_rotate_before(expires_at):
    assert parse_rotate_before("30d", expires_at, NOW) == timedelta(days=30)
    assert parse_rotate_before(None, expires_at, NOW) is None


@pytest.mark.parametrize(
    "before, expires_at, message",
    [
        ("30d", "30d", "rotate_before is too long: a new token would be due at once, because expires_at is '30d'"),
        ("30d", "2026-12-24", "because expires_at is '2026-12-24'"),
        ("365d", None, "because Mailtrap lets a token expire after a year"),
        ("30d", "never", "rotate_before needs a token that expires, but expires_at is never"),
        ("", None, "rotate_before '' is not a time span: write 12h, 30d or 4w"),
        ("never", None, "rotate_before 'never' is not a time span: write 12h, 30d or 4w"),
    ],
)
def test_invalid_rotate_before(before, expires_at, message):
    with pytest.raises(MailtrapError, match=message):
        parse_rotate_before(before, expires_at, NOW)


VIEWER = [{"resource_type": "account", "resource_id": 9, "access_level": 10}]
ADMIN = [{"resource_type": "account", "resource_id": 9, "access_level": 100}]
LIVE = {**FIRST, "resources": VIEWER, "expires_at": "2027-01-31T12:00:00Z"}
ENDLESS = {**LIVE, "expires_at": None}
EXPIRED = {**LIVE, "expires_at": "2026-11-25T12:00:00Z"}
DELETE = Write("DELETE", "/api/api_tokens/2500001")
RESET = Write("POST", "/api/api_tokens/2500001/reset", None, verb="rotate")


def reset(expires_at):
    return Write("POST", "/api/api_tokens/2500001/reset", {"expires_at": expires_at}, verb="rotate")


def create(resources, **more):
    return Write("POST", "/api/api_tokens", {"name": "deploy", "resources": resources, **more}, creates=True)


@pytest.mark.parametrize(
    "current, wanted, state, recreate, before, writes",
    [
        (LIVE, {"name": "deploy", "resources": VIEWER}, "present", False, None, []),
        (LIVE, {"resources": VIEWER}, "rotated", False, None, [RESET]),
        (LIVE, {"expires_at": "never"}, "rotated", False, None, [reset(None)]),
        (LIVE, {"expires_at": "2028-01-31"}, "rotated", False, None, [reset("2028-01-31T00:00:00Z")]),
        (LIVE, {}, "present", False, 30, []),
        (LIVE, {}, "present", False, 70, [RESET]),
        (LIVE, {"expires_at": "2028-01-31"}, "present", False, 30, [reset("2028-01-31T00:00:00Z")]),
        (ENDLESS, {}, "present", False, 30, []),
        (ENDLESS, {"expires_at": "2028-01-31"}, "present", False, 30, [reset("2028-01-31T00:00:00Z")]),
        (LIVE, {"resources": ADMIN}, "present", True, None, [DELETE, create(ADMIN, expires_at=LIVE["expires_at"])]),
        (LIVE, {"resources": ADMIN}, "rotated", True, None, [DELETE, create(ADMIN, expires_at=LIVE["expires_at"])]),
        (EXPIRED, {}, "present", True, 30, [DELETE, create(VIEWER)]),
        (EXPIRED, {"expires_at": "never"}, "rotated", True, None, [DELETE, create(VIEWER, expires_at=None)]),
        (LIVE, {}, "absent", False, None, [DELETE]),
        (EXPIRED, {}, "absent", False, 30, [DELETE]),
        (None, {"name": "deploy"}, "absent", False, None, []),
    ],
)
def test_planned_writes(current, wanted, state, recreate, before, writes):
    before = before and timedelta(days=before)
    chain = [current] if current else []
    assert list(plan_token(API_TOKEN, chain, current, wanted, state, recreate, before, NOW).writes) == writes


@pytest.mark.parametrize(
    "current, wanted, state, message",
    [
        (
            LIVE,
            {"resources": ADMIN},
            "present",
            "cannot be changed from ['account: viewer'] to ['account: admin']; set recreate",
        ),
        (
            LIVE,
            {"resources": ADMIN},
            "rotated",
            "cannot be changed from ['account: viewer'] to ['account: admin']; set recreate",
        ),
        (
            LIVE,
            {"expires_at": "never"},
            "present",
            "cannot be changed from '2027-01-31T12:00:00Z' to 'never'; set recreate",
        ),
        (
            EXPIRED,
            {},
            "present",
            "it expired at 2026-11-25T12:00:00Z, and an expired token cannot be rotated; set recreate",
        ),
        (
            EXPIRED,
            {},
            "rotated",
            "it expired at 2026-11-25T12:00:00Z, and an expired token cannot be rotated; set recreate",
        ),
    ],
)
def test_refused_changes(current, wanted, state, message):
    with pytest.raises(MailtrapError) as error:
        plan_token(API_TOKEN, [current], current, wanted, state, False, None, NOW)
    assert message in str(error.value)


def test_deletion_includes_the_whole_chain():
    tokens = [THIRD, SECOND, FIRST]
    todo = plan_token(API_TOKEN, tokens, THIRD, {"name": "deploy"}, "absent", False, None, NOW)
    assert [write.path.rsplit("/", 1)[1] for write in todo.writes] == ["2500009", "2500001", "2500031"]


def test_replacement_of_a_rotated_token():
    current = {**SECOND, "resources": VIEWER, "expires_at": None}
    wanted = {"name": "deploy", "resources": ADMIN}
    todo = plan_token(API_TOKEN, [current], current, wanted, "present", True, None, NOW)
    # The name is free, so the new token is created first: a refusal loses nothing.
    assert list(todo.writes) == [create(ADMIN), Write("DELETE", "/api/api_tokens/2500009")]
    with pytest.raises(MailtrapError, match="API token 2500001, which was rotated, has it until 2027-01-31"):
        plan_token(API_TOKEN, [LIVE, current], current, wanted, "present", True, None, NOW)
