# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create, rotate, replace and delete API tokens; the token in use is protected."""

from __future__ import annotations

import json
import shutil
import stat
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import requests

TOKENS = "/api/api_tokens"
SHOP = {
    "projects": [{"id": 7, "name": "Shop"}, {"id": 8, "name": "Blog"}],
    "sandboxes": [
        {"id": 70, "project_id": 7, "name": "Staging"},
        {"id": 71, "project_id": 7, "name": "Live"},
        {"id": 80, "project_id": 8, "name": "Staging"},
    ],
    "verified_domains": [{"id": 5, "domain_name": "shop.example"}],
}
VIEWER = {"resource_type": "account", "access_level": "viewer"}
TWELVE_HOURS = timedelta(hours=12)


def grant(resource_type, resource_id, level):
    return {"resource_type": resource_type, "resource_id": resource_id, "access_level": level}


def task(**options):
    return {"community.mailtrap.api_token": options, "ignore_errors": True}


def expires_in(**span):
    return (datetime.now(UTC) + timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def seed(emulator, *tokens):
    """Store tokens, with viewer access to project 7 unless they give other resources."""
    rows = [{"resources": [grant("project", 7, 10)], **token} for token in tokens]
    emulator.seed({"projects": SHOP["projects"], "api_tokens": rows})


def list_names(emulator):
    return [row["name"] for row in emulator.dump()["api_tokens"]]


def is_valid(emulator, value):
    """Return whether the service accepts the value of a token."""
    response = requests.get(emulator.api_url + "/api/accounts", headers={"Api-Token": value}, timeout=10)
    return response.status_code == 200


def test_token_is_rotated_without_downtime(play, emulator, tmp_path):
    emulator.seed(SHOP)
    dest = tmp_path / "deploy.token"
    options = {"name": "deploy", "permissions": [VIEWER], "dest": str(dest)}

    first, again = play([task(**options), task(**options)])
    assert first.changed
    assert first.requests == [f"GET {TOKENS}", "GET /api/accounts", f"POST {TOKENS}"]
    assert first.entries[2]["body"] == {
        "name": "deploy",
        "resources": [{"resource_type": "account", "resource_id": emulator.account_id, "access_level": 10}],
    }
    assert "token" not in first["api_token"]
    old = dest.read_text().strip()
    assert stat.S_IMODE(dest.stat().st_mode) == 0o600 and old[-4:] == first["api_token"]["last_4_digits"]
    assert not again.changed and again.requests == [f"GET {TOKENS}"] and again["api_token"] == first["api_token"]

    rotated, unchanged, info = play(
        [task(**options, state="rotated"), task(**options), {"community.mailtrap.api_token_info": {"name": "deploy"}}],
        "--diff",
    )
    token = rotated["api_token"]
    assert rotated.changed
    assert rotated.requests == [f"GET {TOKENS}", f"POST {TOKENS}/{first['api_token']['id']}/reset"]
    assert rotated.entries[1]["body"] is None
    assert token["id"] != first["api_token"]["id"] and token["name"] == f"deploy {token['id']}"
    assert rotated["diff"]["before"]["resources"] == rotated["diff"]["after"]["resources"] == ["account: viewer"]
    new = dest.read_text().strip()
    assert new != old and new[-4:] == token["last_4_digits"] and "token" not in token
    assert is_valid(emulator, old) and is_valid(emulator, new)
    assert not unchanged.changed and unchanged.requests == [f"GET {TOKENS}"] and unchanged["api_token"] == token
    assert info["api_tokens"] == [token]
    assert old not in rotated.result.__repr__() and new not in rotated.result.__repr__()

    twice, after = play([task(**options, state="rotated"), task(**options)])
    assert twice["api_token"]["name"] == f"{token['name']} {twice['api_token']['id']}"
    assert not after.changed and after["api_token"]["id"] == twice["api_token"]["id"]

    emulator.clock(advance=TWELVE_HOURS.total_seconds() + 60)
    assert not is_valid(emulator, old) and not is_valid(emulator, new) and is_valid(emulator, dest.read_text().strip())
    late, deleted, deleted_again = play(
        [task(**options), task(name="deploy", state="absent"), task(name="deploy", state="absent")]
    )
    assert not late.changed and late["api_token"]["id"] == twice["api_token"]["id"]
    # The tokens that it replaced are still listed, and are deleted with it.
    assert deleted.changed and len(deleted.writes) == 3 and list_names(emulator) == ["Start token"]
    assert not deleted_again.changed and deleted_again.requests == [f"GET {TOKENS}"]


def test_result_contains_the_value_without_dest(play_in, emulator):
    seed(emulator, {"name": "deploy", "token": "0" * 28 + "dead"})
    (step,) = play_in("in_process", [task(name="deploy", state="rotated")])
    assert len(step["api_token"]["token"]) == 32 and is_valid(emulator, step["api_token"]["token"])


@pytest.mark.parametrize(
    "expires, options, rotates",
    [
        ({"days": 20}, {"rotate_before": "30d"}, True),
        ({"days": 40}, {"rotate_before": "30d"}, False),
        ({"days": 40}, {"rotate_before": "30d", "expires_at": "90d"}, False),
        ({"hours": 5}, {"rotate_before": "6h", "expires_at": "1d"}, True),
        ({"days": 40}, {"rotate_before": "30d", "expires_at": "2029-01-01"}, True),
        ({"days": 40}, {"expires_at": "90d"}, False),
        (None, {"rotate_before": "30d"}, False),
        (None, {"rotate_before": "30d", "expires_at": "90d"}, True),
    ],
)
def test_token_is_rotated_if_it_is_due(play_in, emulator, expires, options, rotates):
    expiry = {"expires_at": expires_in(**expires)} if expires else {}
    seed(emulator, {"id": 2400000, "name": "nightly", **expiry})
    first, again = play_in("in_process", [task(name="nightly", **options), task(name="nightly", **options)])
    assert first.changed == rotates and not first.failed
    assert first.writes == ([f"POST {TOKENS}/2400000/reset"] if rotates else [])
    assert not again.changed and again["api_token"]["id"] == first["api_token"]["id"]
    if rotates and "expires_at" in options:
        assert first.entries[1]["body"] == {"expires_at": first["api_token"]["expires_at"]}


def test_token_without_expiry_is_never_due(play_in, emulator):
    seed(emulator, {"name": "nightly"})
    first, rotated = play_in(
        "in_process", [task(name="nightly", rotate_before="30d"), task(name="nightly", state="rotated")]
    )
    assert first["warnings"] == ["The API token never expires, so rotate_before has no effect. Set expires_at."]
    (warning,) = rotated["warnings"]
    expires_at = rotated["api_token"]["expires_at"]
    assert warning == f"The new API token expires at {expires_at}; the previous token never expired."


def test_expiry_cannot_be_changed(play_in, emulator):
    seed(emulator, {"name": "nightly", "expires_at": "2030-01-01T00:00:00Z"})
    same, other, never, replaced = play_in(
        "in_process",
        [
            task(name="nightly", expires_at="2030-01-01T01:00:00+01:00"),
            task(name="nightly", expires_at="2029-01-01"),
            task(name="nightly", expires_at="never"),
            task(name="nightly", expires_at="never", recreate=True),
        ],
    )
    assert not same.changed and not same.failed
    assert other.failed and other.writes == []
    assert other.msg == (
        "Could not update API token 'nightly': expires_at of an API token cannot be changed "
        "from '2030-01-01T00:00:00Z' to '2029-01-01'; set recreate to replace the object"
    )
    assert never.failed and "from '2030-01-01T00:00:00Z' to 'never'" in never.msg
    assert replaced.changed and replaced["api_token"]["expires_at"] is None
    assert replaced.entries[2]["body"]["expires_at"] is None
    assert replaced["api_token"]["resources"] == [grant("project", 7, 10)]


def test_unquoted_yaml_timestamps_are_accepted(play_in, emulator):
    emulator.seed(SHOP)
    tasks = """
        - community.mailtrap.api_token: &a
            {name: a, permissions: [{resource_type: account, access_level: viewer}], expires_at: 2030-01-01}
        - community.mailtrap.api_token: *a
        - community.mailtrap.api_token: &b
            {name: b, permissions: [{resource_type: account, access_level: viewer}], expires_at: 2030-01-01T12:30:00Z}
        - community.mailtrap.api_token: *b
        """
    a, a_again, b, b_again = play_in("in_process", tasks)
    assert a["api_token"]["expires_at"] == "2030-01-01T00:00:00Z" and not a_again.changed
    assert b["api_token"]["expires_at"] == "2030-01-01T12:30:00Z" and not b_again.changed


def test_permissions_by_name(play, emulator):
    emulator.seed(SHOP)
    permissions = [
        {"resource_type": "project", "resource": "Shop", "access_level": "admin"},
        {"resource_type": "project", "resource_id": 8, "access_level": "viewer"},
        {"resource_type": "sandbox", "resource": "Live", "access_level": "admin"},
        {"resource_type": "domain", "resource": "SHOP.example", "access_level": "viewer"},
        {"resource_type": "billing", "access_level": "viewer"},
    ]
    predicted, created, again, drift, replaced = play(
        [
            task(name="shop", permissions=permissions) | {"check_mode": True},
            task(name="shop", permissions=permissions),
            task(name="shop", permissions=permissions[::-1]),
            task(name="shop", permissions=permissions[1:]),
            task(name="shop", permissions=permissions[1:], recreate=True),
        ],
        "--diff",
    )
    lists = ["GET /api/projects", "GET /api/sandboxes", "GET /api/domains"]
    assert sorted(created.requests[:-2]) == sorted([f"GET {TOKENS}", *lists])
    assert created.requests[-2:] == ["GET /api/accounts", f"POST {TOKENS}"]
    assert created["diff"]["after"]["resources"] == [
        "billing: viewer",
        "domain 5: viewer",
        "project 7: admin",
        "project 8: viewer",
        "sandbox 71: admin",
    ]
    assert predicted.changed and predicted.writes == []
    assert predicted["diff"]["after"]["resources"] == created["diff"]["after"]["resources"]
    assert not again.changed and sorted(again.requests) == sorted([f"GET {TOKENS}", *lists])
    assert drift.failed and drift.writes == [] and "set recreate to replace the object" in drift.msg
    token_path = f"{TOKENS}/{created['api_token']['id']}"
    assert replaced.changed and replaced.writes == [f"DELETE {token_path}", f"POST {TOKENS}"]
    assert "project 7: admin" in replaced["diff"]["before"]["resources"]
    assert "project 7: admin" not in replaced["diff"]["after"]["resources"]


def test_permissions_that_are_not_given_are_unmanaged(play_in, emulator):
    seed(emulator, {"name": "deploy"})
    (step,) = play_in("in_process", [task(name="deploy")])
    assert not step.changed and step.requests == [f"GET {TOKENS}"]


def test_paths_of_the_older_api(play, emulator):
    emulator.seed(SHOP)
    permissions = [
        {"resource_type": "sandbox", "resource_id": 70, "access_level": "admin"},
        {"resource_type": "domain", "resource_id": 5, "access_level": "viewer"},
        VIEWER,
    ]
    options = {"name": "old", "permissions": permissions, "account_id": emulator.account_id}
    created, again, rotated = play([task(**options), task(**options), task(**options, state="rotated")])
    base = f"/api/accounts/{emulator.account_id}/api_tokens"
    assert created.requests == [f"GET {base}", f"POST {base}"]
    assert [resource["resource_type"] for resource in created.entries[1]["body"]["resources"]] == [
        "inbox",
        "sending_domain",
        "account",
    ]
    assert [resource["resource_type"] for resource in created["api_token"]["resources"]] == [
        "sandbox",
        "domain",
        "account",
    ]
    assert not again.changed and again.requests == [f"GET {base}"]
    assert rotated.writes == [f"POST {base}/{created['api_token']['id']}/reset"]


@pytest.mark.parametrize(
    "permission, message",
    [
        (
            {"resource_type": "sandbox", "resource": "Staging", "access_level": "viewer"},
            "2 sandboxes have the name 'Staging', with the ids 70, 80: give the id",
        ),
        ({"resource_type": "project", "resource": "None", "access_level": "viewer"}, "there is no project 'None'"),
    ],
)
def test_permission_name_must_be_unique(play_in, emulator, permission, message):
    emulator.seed(SHOP)
    (step,) = play_in("in_process", [task(name="x", permissions=[permission])])
    assert step.failed and message in step.msg and step.writes == []


def test_ambiguous_account_is_refused(play_in, emulator):
    emulator.fault(
        method="GET", path="/api/accounts$", status=200, json=[{"id": 1, "name": "A"}, {"id": 2, "name": "B"}]
    )
    without_id, with_id = play_in(
        "in_process",
        [
            task(name="x", permissions=[VIEWER]),
            task(name="x", permissions=[{**VIEWER, "resource_id": emulator.account_id}]),
        ],
    )
    assert without_id.failed and without_id.writes == []
    assert without_id.msg == "Could not create API token 'x': there are 2 accounts, with the ids 1, 2: set account_id"
    assert with_id.changed and with_id.requests == [f"GET {TOKENS}", f"POST {TOKENS}"]


def test_check_mode_assumes_that_named_objects_exist(play_in, emulator):
    permission = {"resource_type": "project", "resource": "Later", "access_level": "viewer"}
    create, rotate = play_in(
        "in_process", [task(name="x", permissions=[permission]), task(name="x", state="rotated")], "--check"
    )
    assert create.changed and "There is no project 'Later'" in create["warnings"][0]
    assert not rotate.failed and "There is no API token 'x'; check mode" in rotate["warnings"][0]


@pytest.mark.parametrize(
    "options, message",
    [
        ({"permissions": [VIEWER, VIEWER]}, "Could not manage API token 'x': permissions contains the account twice"),
        (
            {"permissions": [{"resource_type": "project", "access_level": "admin"}]},
            "resource_type is project but any of the following are missing: resource, resource_id found in permissions",
        ),
        (
            {"permissions": [{**VIEWER, "resource": "Shop"}]},
            "Could not manage API token 'x': permissions contains the resource 'Shop' for account, of which an account",
        ),
        ({"expires_at": "2020-01-01"}, "Could not manage API token 'x': expires_at '2020-01-01' is in the past"),
        (
            {"expires_at": "soon"},
            "Could not manage API token 'x': expires_at 'soon' is not a time: write 2027-01-31T12:00",
        ),
        ({"rotate_before": "3 days"}, "rotate_before '3 days' is not a time span: write 12h, 30d or 4w"),
        (
            {"rotate_before": "400d"},
            "rotate_before is too long: a new token would be due at once, because Mailtrap lets",
        ),
        ({"rotate_before": "30d", "expires_at": "never"}, "rotate_before needs a token that expires"),
        ({"name": "x\n"}, "Could not manage API token 'x\\n': name 'x\\n' begins or ends with white space"),
    ],
)
def test_invalid_options_fail_before_any_request(play_in, emulator, options, message):
    (step,) = play_in("in_process", [task(**{"name": "x", **options})])
    assert step.failed and step.msg.startswith(message) and step.requests == []


def test_creation_requirements(play_in, emulator):
    steps = play_in(
        "in_process", [task(name="x"), task(name="x", permissions=[]), task(name="x", state="rotated"), task(id=4711)]
    )
    assert [step.msg for step in steps] == [
        "Could not create API token 'x': a new API token needs permissions",
        "Could not create API token 'x': a new API token needs permissions",
        "Could not rotate API token 'x': there is no API token 'x'",
        "Could not find API token 4711: there is no API token with id 4711",
    ]
    assert [step.writes for step in steps] == [[]] * 4


def test_ambiguous_name_is_refused(play_in, emulator):
    seed(emulator, {"id": 2400000, "name": "deploy 2400000"}, {"id": 2400009, "name": "deploy"})
    (step,) = play_in("in_process", [task(name="deploy", state="absent")])
    assert step.failed and step.writes == []
    assert "2 API tokens have the name 'deploy', with the ids 2400000, 2400009: give the id" in step.msg


def test_check_mode(play_in, emulator):
    seed(emulator, {"id": 2400000, "name": "deploy", "expires_at": expires_in(days=3)})
    before = emulator.dump()["api_tokens"]
    steps = play_in(
        "in_process",
        [
            task(name="new", permissions=[VIEWER]),
            task(name="deploy", state="rotated"),
            task(name="deploy", rotate_before="7d"),
            task(name="deploy", permissions=[VIEWER], recreate=True),
            task(name="deploy", state="absent"),
            task(id=2400000, state="absent"),
        ],
        "--check",
        "--diff",
    )
    for step in steps:
        assert step.changed and step.writes == []
        assert "last_4_digits" not in (step["api_token"] or {}) and "token" not in (step["api_token"] or {})
    assert [step["api_token"]["id"] for step in steps.steps[:4]] == [None] * 4
    assert [step["api_token"] for step in steps.steps[4:]] == [None] * 2
    assert emulator.dump()["api_tokens"] == before


def test_expired_token_can_only_be_replaced(play_in, emulator):
    seed(emulator, {"id": 2400000, "name": "old", "expires_at": expires_in(days=-1)})
    present, rotated, due, replaced, again = play_in(
        "in_process",
        [
            task(name="old"),
            task(name="old", state="rotated"),
            task(name="old", rotate_before="30d"),
            task(name="old", rotate_before="30d", recreate=True),
            task(name="old", rotate_before="30d"),
        ],
    )
    for step in (present, rotated, due):
        assert step.failed and step.requests == [f"GET {TOKENS}"]
        assert "and an expired token cannot be rotated; set recreate to replace it with a new token" in step.msg
    assert replaced.changed and replaced.writes == [f"DELETE {TOKENS}/2400000", f"POST {TOKENS}"]
    assert replaced.entries[2]["body"] == {"name": "old", "resources": [grant("project", 7, 10)]}
    assert not again.changed


def test_rotated_token_cannot_be_rotated_again_by_id(play_in, emulator):
    seed(emulator, {"id": 2400000, "name": "deploy"})
    _rotated, by_id, deleted = play_in(
        "in_process",
        [task(name="deploy", state="rotated"), task(id=2400000, state="rotated"), task(id=2400000, state="absent")],
    )
    assert by_id.failed and by_id["status"] == 422
    assert by_id.msg.startswith("Could not rotate API token 2400000: ")
    assert "a token that has expired or was rotated before cannot be rotated" in by_id.msg
    assert deleted.changed and deleted.writes == [f"DELETE {TOKENS}/2400000"]
    assert len(list_names(emulator)) == 2


def test_replacement_of_a_rotated_token(play_in, emulator):
    seed(emulator, {"id": 2400000, "name": "deploy"})
    options = {"name": "deploy", "permissions": [VIEWER], "recreate": True}
    rotated, refused, _deleted, replaced, again = play_in(
        "in_process",
        [
            task(name="deploy", state="rotated"),
            task(**options),
            task(id=2400000, state="absent"),
            task(**options),
            task(**options),
        ],
    )
    assert refused.failed and refused.writes == []
    assert "a new token cannot have the name 'deploy' yet: API token 2400000, which was rotated" in refused.msg
    assert replaced.changed
    assert replaced.writes == [f"POST {TOKENS}", f"DELETE {TOKENS}/{rotated['api_token']['id']}"]
    assert replaced["api_token"]["name"] == "deploy" and replaced["api_token"]["token"]
    assert not again.changed


@pytest.mark.parametrize(
    "options",
    [
        {"state": "absent"},
        {"state": "rotated"},
        {"permissions": [VIEWER], "recreate": True},
    ],
)
def test_token_in_use_is_protected(play, emulator, options):
    (step, by_id, forced) = play(
        [
            task(name="Start token", **options),
            task(id=2500000, **options),
            task(name="Start token", **options, force=True) | {"check_mode": True},
        ]
    )
    assert step.failed and step.requests[0] == f"GET {TOKENS}" and step.writes == []
    assert step.msg.endswith(
        "API token 2500000 ends with the same characters as the API token in use; set force to do it anyway"
    )
    assert by_id.failed and by_id.writes == [] and "set force to do it anyway" in by_id.msg
    assert forced.changed


def test_token_in_use_is_rotated_with_force(play_in, emulator, tmp_path):
    dest = tmp_path / "token"
    rotated, after = play_in(
        "in_process",
        [task(name="Start token", state="rotated", force=True, dest=str(dest)), task(name="Start token")],
    )
    assert rotated.changed and is_valid(emulator, dest.read_text().strip())
    # The next task still uses the old value, which remains valid for a while.
    assert not after.changed and after["api_token"]["id"] == rotated["api_token"]["id"]
    (deleting,) = play_in("in_process", [task(name="Start token", state="absent")])
    assert deleting.failed and deleting.writes == [] and "set force to do it anyway" in deleting.msg


def test_token_without_admin_access_is_refused(play_in, emulator):
    seed(emulator, {"name": "poor", "token": "poor-token-abcd", "access_level": 10})
    (step,) = play_in("in_process", [task(name="x", permissions=[VIEWER], api_token="poor-token-abcd")])
    assert step.failed and step["status"] == 403
    assert "API tokens can only be managed with an API token that has admin access to the account" in step.msg


def test_last_token_of_a_domain_is_kept(play_in, emulator):
    emulator.seed(verified_domains=SHOP["verified_domains"])
    seed(emulator, {"name": "mail", "resources": [grant("domain", 5, 100)]})
    (step,) = play_in("in_process", [task(name="mail", state="absent")])
    assert step.failed and step["status"] == 403
    assert "Mailtrap also refuses to delete the last API token of a domain" in step.msg


@pytest.mark.parametrize(
    "errors, message",
    [
        ({"name": ["has already been taken"]}, "name has already been taken"),
        ({"base": ["No permissions selected. Please choose at least one."]}, "No permissions selected. Please choose"),
        ({"base": ["Expiration date must be in the future"]}, "Expiration date must be in the future"),
    ],
)
def test_validation_errors_of_the_service(play_in, emulator, errors, message):
    emulator.fault(method="POST", status=422, json={"errors": errors})
    (step,) = play_in("in_process", [task(name="x", permissions=[VIEWER])])
    assert step.msg.startswith(f"Could not create API token 'x': {message}") and step["status"] == 422


LOST = [{"drop": True}, {"truncate": True}, {"status": 502}, {"status": 200}]


@pytest.mark.parametrize("fault", LOST)
def test_creation_with_a_lost_answer(play, emulator, fault):
    emulator.seed(SHOP)
    emulator.fault(method="POST", path=TOKENS, when="after", times=1, **fault)
    step, unchanged, rescued = play(
        [
            task(name="deploy", permissions=[VIEWER]),
            task(name="deploy", permissions=[VIEWER]),
            task(name="deploy", state="rotated"),
        ]
    )
    assert step.failed and step.changed and step.writes == [f"POST {TOKENS}"]
    token_id = step["api_token"]["id"]
    assert f"the API token was created with id {token_id}, but its token was in the lost answer" in step.msg
    assert not unchanged.changed and unchanged["api_token"]["id"] == token_id
    assert is_valid(emulator, rescued["api_token"]["token"])


def test_interrupted_replacement(play_in, emulator, tmp_path):
    dest = tmp_path / "deploy.token"
    options = {"permissions": [VIEWER], "recreate": True, "dest": str(dest)}
    seed(
        emulator,
        {"id": 2400000, "name": "refused"},
        {"id": 2400001, "name": "lost"},
        {"id": 2400002, "name": "late 2400002"},
    )
    emulator.fault(method="POST", path=TOKENS, status=422, json={"errors": {"base": ["is odd"]}}, times=1)
    emulator.fault(method="POST", path=TOKENS, when="after", drop=True, times=1)
    refused, lost = play_in("in_process", [task(name="refused", **options), task(name="lost", **options)])
    assert refused.failed and refused.changed and "api_token" not in refused.result
    assert "is odd; the existing API token had already been deleted" in refused.msg
    assert lost.failed and lost.changed and lost["api_token"]["name"] == "lost"
    assert "its token was in the lost answer" in lost.msg
    assert lost.msg.count("been deleted") == 1 and not dest.exists()

    emulator.fault(method="DELETE", path=TOKENS, status=500)
    (late,) = play_in("in_process", [task(name="late", **options)])
    assert late.failed and late.changed and late.writes == [f"POST {TOKENS}", f"DELETE {TOKENS}/2400002"]
    assert f"the API token had already been created, with id {late['api_token']['id']}" in late.msg
    assert "token" not in late["api_token"] and is_valid(emulator, dest.read_text().strip())


@pytest.mark.parametrize("fault", LOST)
def test_rotation_with_a_lost_answer_is_not_repeated(play, emulator, tmp_path, fault):
    dest = tmp_path / "deploy.token"
    dest.write_text("0" * 28 + "dead\n")
    seed(emulator, {"id": 2400000, "name": "deploy", "token": "0" * 28 + "dead"})
    emulator.fault(method="POST", path="/reset$", when="after", times=1, **fault)
    options = {"name": "deploy", "dest": str(dest)}
    step, unchanged = play([task(**options, state="rotated"), task(**options)])
    assert step.failed and step.changed
    assert step.requests == [f"GET {TOKENS}", f"POST {TOKENS}/2400000/reset", f"GET {TOKENS}"]
    token_id = step["api_token"]["id"]
    assert step.msg.startswith("Could not rotate API token 'deploy': ")
    assert f"the token was rotated: 'deploy {token_id}' with id {token_id} took over" in step.msg
    assert "but its value was in the lost answer" in step.msg
    assert "token" not in step["api_token"] and dest.read_text().endswith("dead\n")
    # The file contains the value of the old token, which expires soon.
    assert not unchanged.changed and unchanged["warnings"] == [
        f"{dest} does not contain the token of the API token, and Mailtrap does not return it again."
    ]
    rescued, last = play([task(**options, state="rotated"), task(**options)])
    assert rescued.changed and is_valid(emulator, dest.read_text().strip())
    assert not last.changed and "warnings" not in last.result


def test_rotation_with_an_unknown_outcome_is_not_repeated(play_in, emulator):
    seed(emulator, {"id": 2400000, "name": "deploy"})
    emulator.fault(method="POST", path="/reset$", times=1, drop=True)
    (not_rotated,) = play_in("in_process", [task(name="deploy", state="rotated")])
    emulator.fault(method="POST", path="/reset$", when="after", drop=True)
    emulator.fault(method="GET", path=TOKENS, skip=1, status=500)
    (unknown,) = play_in("in_process", [task(name="deploy", state="rotated", retries=0)])
    assert not_rotated.failed and not not_rotated.changed
    assert "the token was not rotated: run the task again" in not_rotated.msg
    assert len(not_rotated.writes) == 1
    assert (
        "whether the token was rotated is unknown, because reading the tokens failed: the service answered 500"
        in unknown.msg
    )
    assert len(unknown.writes) == 1


def test_rate_limit_does_not_cause_a_second_rotation(play_in, emulator):
    seed(emulator, {"id": 2400000, "name": "deploy"})
    emulator.fault(method="POST", path="/reset$", times=2, status=429, headers={"Retry-After": "0"})
    (step,) = play_in("in_process", [task(name="deploy", state="rotated")])
    assert step.changed and len(list_names(emulator)) == 3


def test_failure_contains_the_value_if_dest_cannot_be_written(play_in, emulator, tmp_path):
    """Remove the folder during the rotation: the failure contains the value, which is returned only once."""
    seed(emulator, {"id": 2400000, "name": "deploy"})
    folder = tmp_path / "secrets"
    folder.mkdir()
    emulator.fault(method="POST", path="/reset$", when="after", delay=1)

    def remove_folder():
        while not any(entry["path"].endswith("/reset") for entry in emulator.journal()):
            time.sleep(0.05)
        shutil.rmtree(folder)

    thread = threading.Thread(target=remove_folder, daemon=True)
    thread.start()
    (step,) = play_in("in_process", [task(name="deploy", state="rotated", dest=str(folder / "token"))])
    thread.join()
    assert step.failed and step.changed
    assert "the API token exists, and this result contains its token" in step.msg
    assert is_valid(emulator, step["api_token"]["token"])


def test_invalid_dest_fails_before_the_rotation(play_in, emulator, tmp_path):
    seed(emulator, {"id": 2400000, "name": "deploy"})
    (step,) = play_in("in_process", [task(name="deploy", state="rotated", dest=str(tmp_path / "none" / "token"))])
    assert step.failed and "does not exist" in step.msg and step.requests == []


def test_token_values_are_never_shown(play, emulator, tmp_path):
    dest = tmp_path / "deploy.token"
    seed(emulator, {"name": "other"})
    options = {"permissions": [VIEWER], "dest": str(dest)}
    run = play(
        [task(name="deploy", **options), task(name="deploy", **options, state="rotated"), task(name="other")],
        "--diff",
        "-vvv",
    )
    values = [row["token"] for row in emulator.dump()["api_tokens"]]
    assert len(values) == 4
    for value in values:
        assert value not in run.output and value not in json.dumps([step.result for step in run])


def test_legacy_module_name(play_in, emulator):
    emulator.seed(SHOP)
    created, listed = play_in(
        "in_process",
        [
            {"community.mailtrap.token": {"name": "deploy", "permissions": [VIEWER]}},
            {"community.mailtrap.token_info": {}},
        ],
    )
    assert created.changed and "deploy" in [token["name"] for token in listed["api_tokens"]]
