# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API tokens: made, rotated without an outage, replaced only when that is wished for, never the one in use."""

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


def granted(kind, number, level):
    return {"resource_type": kind, "resource_id": number, "access_level": level}


def task(**options):
    return {"community.mailtrap.api_token": options, "ignore_errors": True}


def expires_in(**span):
    return (datetime.now(UTC) + timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def seed(emulator, *tokens):
    """Have tokens, each a dict, with a level on the project 7 where they do not say otherwise."""
    rows = [{"resources": [granted("project", 7, 10)], **token} for token in tokens]
    emulator.seed({"projects": SHOP["projects"], "api_tokens": rows})


def names(emulator):
    return [row["name"] for row in emulator.dump()["api_tokens"]]


def answers(emulator, value):
    """Whether the service takes the value of a token: bool."""
    got = requests.get(emulator.api_url + "/api/accounts", headers={"Api-Token": value}, timeout=10)
    return got.status_code == 200


def test_a_token_is_rotated_without_an_outage(play, emulator, tmp_path):
    emulator.seed(SHOP)
    dest = tmp_path / "deploy.token"
    made = {"name": "deploy", "permissions": [VIEWER], "dest": str(dest)}

    first, again = play([task(**made), task(**made)])
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

    rotated, then, info = play(
        [task(**made, state="rotated"), task(**made), {"community.mailtrap.api_token_info": {"name": "deploy"}}],
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
    assert answers(emulator, old) and answers(emulator, new)
    assert not then.changed and then.requests == [f"GET {TOKENS}"] and then["api_token"] == token
    assert info["api_tokens"] == [token]
    assert old not in rotated.result.__repr__() and new not in rotated.result.__repr__()

    twice, after = play([task(**made, state="rotated"), task(**made)])
    assert twice["api_token"]["name"] == f"{token['name']} {twice['api_token']['id']}"
    assert not after.changed and after["api_token"]["id"] == twice["api_token"]["id"]

    emulator.clock(advance=TWELVE_HOURS.total_seconds() + 60)
    assert not answers(emulator, old) and not answers(emulator, new) and answers(emulator, dest.read_text().strip())
    late, gone, gone_again = play(
        [task(**made), task(name="deploy", state="absent"), task(name="deploy", state="absent")]
    )
    assert not late.changed and late["api_token"]["id"] == twice["api_token"]["id"]
    # Those that it took over from are still listed, and go with it.
    assert gone.changed and len(gone.writes) == 3 and names(emulator) == ["Start token"]
    assert not gone_again.changed and gone_again.requests == [f"GET {TOKENS}"]


def test_without_a_file_the_value_is_in_the_result(play_in, emulator):
    seed(emulator, {"name": "deploy", "token": "0" * 28 + "dead"})
    (step,) = play_in("in_process", [task(name="deploy", state="rotated")])
    assert len(step["api_token"]["token"]) == 32 and answers(emulator, step["api_token"]["token"])


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
def test_rotation_when_it_is_due(play_in, emulator, expires, options, rotates):
    own = {"expires_at": expires_in(**expires)} if expires else {}
    seed(emulator, {"id": 2400000, "name": "nightly", **own})
    first, again = play_in("in_process", [task(name="nightly", **options), task(name="nightly", **options)])
    assert first.changed == rotates and not first.failed
    assert first.writes == ([f"POST {TOKENS}/2400000/reset"] if rotates else [])
    assert not again.changed and again["api_token"]["id"] == first["api_token"]["id"]
    if rotates and "expires_at" in options:
        assert first.entries[1]["body"] == {"expires_at": first["api_token"]["expires_at"]}


def test_what_never_expires_is_never_due(play_in, emulator):
    seed(emulator, {"name": "nightly"})
    first, rotated = play_in(
        "in_process", [task(name="nightly", rotate_before="30d"), task(name="nightly", state="rotated")]
    )
    assert first["warnings"] == [
        "The API token never expires, so rotate_before has no effect: give it an expiry by expires_at."
    ]
    (warning,) = rotated["warnings"]
    assert warning == f"The new API token expires at {rotated['api_token']['expires_at']}; the one before it never did."


def test_an_expiry_is_fixed(play_in, emulator):
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
        "Could not update API token 'nightly': expires_at of an API token cannot be changed: "
        "it is '2030-01-01T00:00:00Z', not '2029-01-01'; recreate allows a new one in its place"
    )
    assert never.failed and "not 'never'" in never.msg
    assert replaced.changed and replaced["api_token"]["expires_at"] is None
    assert replaced.entries[2]["body"]["expires_at"] is None
    assert replaced["api_token"]["resources"] == [granted("project", 7, 10)]


def test_times_as_yaml_reads_them(play_in, emulator):
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
    foretold, made, again, drift, replaced = play(
        [
            task(name="shop", permissions=permissions) | {"check_mode": True},
            task(name="shop", permissions=permissions),
            task(name="shop", permissions=permissions[::-1]),
            task(name="shop", permissions=permissions[1:]),
            task(name="shop", permissions=permissions[1:], recreate=True),
        ],
        "--diff",
    )
    looks = ["GET /api/projects", "GET /api/sandboxes", "GET /api/domains"]
    assert sorted(made.requests[:-2]) == sorted([f"GET {TOKENS}", *looks])
    assert made.requests[-2:] == ["GET /api/accounts", f"POST {TOKENS}"]
    assert made["diff"]["after"]["resources"] == [
        "billing: viewer",
        "domain 5: viewer",
        "project 7: admin",
        "project 8: viewer",
        "sandbox 71: admin",
    ]
    assert foretold.changed and foretold.writes == []
    assert foretold["diff"]["after"]["resources"] == made["diff"]["after"]["resources"]
    assert not again.changed and sorted(again.requests) == sorted([f"GET {TOKENS}", *looks])
    assert drift.failed and drift.writes == [] and "recreate allows a new one in its place" in drift.msg
    one = f"{TOKENS}/{made['api_token']['id']}"
    assert replaced.changed and replaced.writes == [f"DELETE {one}", f"POST {TOKENS}"]
    assert "project 7: admin" in replaced["diff"]["before"]["resources"]
    assert "project 7: admin" not in replaced["diff"]["after"]["resources"]


def test_permissions_that_are_not_given_are_not_looked_at(play_in, emulator):
    seed(emulator, {"name": "deploy"})
    (step,) = play_in("in_process", [task(name="deploy")])
    assert not step.changed and step.requests == [f"GET {TOKENS}"]


def test_on_the_old_paths(play, emulator):
    emulator.seed(SHOP)
    permissions = [
        {"resource_type": "sandbox", "resource_id": 70, "access_level": "admin"},
        {"resource_type": "domain", "resource_id": 5, "access_level": "viewer"},
        VIEWER,
    ]
    options = {"name": "old", "permissions": permissions, "account_id": emulator.account_id}
    made, again, rotated = play([task(**options), task(**options), task(**options, state="rotated")])
    base = f"/api/accounts/{emulator.account_id}/api_tokens"
    assert made.requests == [f"GET {base}", f"POST {base}"]
    assert [one["resource_type"] for one in made.entries[1]["body"]["resources"]] == [
        "inbox",
        "sending_domain",
        "account",
    ]
    assert [one["resource_type"] for one in made["api_token"]["resources"]] == ["sandbox", "domain", "account"]
    assert not again.changed and again.requests == [f"GET {base}"]
    assert rotated.writes == [f"POST {base}/{made['api_token']['id']}/reset"]


@pytest.mark.parametrize(
    "permission, sentence",
    [
        (
            {"resource_type": "sandbox", "resource": "Staging", "access_level": "viewer"},
            "2 sandboxes are called 'Staging', with the ids 70, 80: give the id",
        ),
        ({"resource_type": "project", "resource": "None", "access_level": "viewer"}, "there is no project 'None'"),
    ],
)
def test_a_name_that_leads_nowhere(play_in, emulator, permission, sentence):
    emulator.seed(SHOP)
    (step,) = play_in("in_process", [task(name="x", permissions=[permission])])
    assert step.failed and sentence in step.msg and step.writes == []


def test_which_of_several_accounts_is_not_guessed(play_in, emulator):
    emulator.fault(
        method="GET", path="/api/accounts$", status=200, json=[{"id": 1, "name": "A"}, {"id": 2, "name": "B"}]
    )
    asked, told = play_in(
        "in_process",
        [
            task(name="x", permissions=[VIEWER]),
            task(name="x", permissions=[{**VIEWER, "resource_id": emulator.account_id}]),
        ],
    )
    assert asked.failed and asked.writes == []
    assert asked.msg == "Could not create API token 'x': there are 2 accounts, with the ids 1, 2: give the id"
    assert told.changed and told.requests == [f"GET {TOKENS}", f"POST {TOKENS}"]


def test_check_mode_takes_what_is_named_for_made(play_in, emulator):
    permission = {"resource_type": "project", "resource": "Later", "access_level": "viewer"}
    make, rotate = play_in(
        "in_process", [task(name="x", permissions=[permission]), task(name="x", state="rotated")], "--check"
    )
    assert make.changed and "There is no project 'Later'" in make["warnings"][0]
    assert not rotate.failed and "There is no API token 'x' to rotate" in rotate["warnings"][0]


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"permissions": [VIEWER, VIEWER]}, "Could not manage API token 'x': permissions names the account twice"),
        (
            {"permissions": [{"resource_type": "project", "access_level": "admin"}]},
            "resource_type is project but any of the following are missing: resource, resource_id found in permissions",
        ),
        (
            {"permissions": [{**VIEWER, "resource": "Shop"}]},
            "Could not manage API token 'x': permissions names a account 'Shop': there is only one",
        ),
        ({"expires_at": "2020-01-01"}, "Could not manage API token 'x': expires_at '2020-01-01' is in the past"),
        (
            {"expires_at": "soon"},
            "Could not manage API token 'x': expires_at 'soon' is no time: write 2027-01-31T12:00",
        ),
        ({"rotate_before": "3 days"}, "rotate_before '3 days' is no length of time: write 12h, 30d or 4w"),
        (
            {"rotate_before": "400d"},
            "rotate_before is too long: a new token would be due at once, for the service lets",
        ),
        ({"rotate_before": "30d", "expires_at": "never"}, "rotate_before is for tokens that expire"),
        ({"name": "x\n"}, "Could not manage API token 'x\\n': name 'x\\n' begins or ends with white space"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_asked(play_in, emulator, options, sentence):
    (step,) = play_in("in_process", [task(**{"name": "x", **options})])
    assert step.failed and step.msg.startswith(sentence) and step.requests == []


def test_what_a_new_one_needs(play_in, emulator):
    steps = play_in(
        "in_process", [task(name="x"), task(name="x", permissions=[]), task(name="x", state="rotated"), task(id=4711)]
    )
    assert [step.msg for step in steps] == [
        "Could not create API token 'x': a new API token needs permissions",
        "Could not create API token 'x': a new API token needs permissions",
        "Could not create API token 'x': there is no API token 'x' to rotate",
        "Could not find API token 4711: there is no API token with id 4711",
    ]
    assert [step.writes for step in steps] == [[]] * 4


def test_which_of_two_is_not_guessed(play_in, emulator):
    seed(emulator, {"id": 2400000, "name": "deploy 2400000"}, {"id": 2400009, "name": "deploy"})
    (step,) = play_in("in_process", [task(name="deploy", state="absent")])
    assert step.failed and step.writes == []
    assert "2 API tokens are called 'deploy', with the ids 2400000, 2400009: give the id" in step.msg


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


def test_what_has_expired(play_in, emulator):
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
        assert "and what has expired cannot be rotated; recreate allows a new one in its place" in step.msg
    assert replaced.changed and replaced.writes == [f"DELETE {TOKENS}/2400000", f"POST {TOKENS}"]
    assert replaced.entries[2]["body"] == {"name": "old", "resources": [granted("project", 7, 10)]}
    assert not again.changed


def test_one_that_was_rotated_cannot_be_rotated_by_its_id(play_in, emulator):
    seed(emulator, {"id": 2400000, "name": "deploy"})
    _rotated, by_id, deleted = play_in(
        "in_process",
        [task(name="deploy", state="rotated"), task(id=2400000, state="rotated"), task(id=2400000, state="absent")],
    )
    assert by_id.failed and by_id["status"] == 422
    assert by_id.msg.startswith("Could not rotate API token 2400000: ")
    assert "only a token that has neither expired nor been rotated before can be rotated" in by_id.msg
    assert deleted.changed and deleted.writes == [f"DELETE {TOKENS}/2400000"]
    assert len(names(emulator)) == 2


def test_a_new_one_in_the_place_of_a_rotated_one(play_in, emulator):
    seed(emulator, {"id": 2400000, "name": "deploy"})
    new = {"name": "deploy", "permissions": [VIEWER], "recreate": True}
    rotated, refused, _freed, replaced, again = play_in(
        "in_process",
        [
            task(name="deploy", state="rotated"),
            task(**new),
            task(id=2400000, state="absent"),
            task(**new),
            task(**new),
        ],
    )
    assert refused.failed and refused.writes == []
    assert "a new one cannot be called 'deploy' yet, for API token 2400000, which was rotated" in refused.msg
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
def test_the_token_in_use_is_left_alone(play, emulator, options):
    (step, by_id, forced) = play(
        [
            task(name="Start token", **options),
            task(id=2500000, **options),
            task(name="Start token", **options, force=True) | {"check_mode": True},
        ]
    )
    assert step.failed and step.requests[0] == f"GET {TOKENS}" and step.writes == []
    assert step.msg.endswith(
        "API token 2500000 ends as the one does that this task uses, and is taken for it; force allows it"
    )
    assert by_id.failed and by_id.writes == [] and "force allows it" in by_id.msg
    assert forced.changed


def test_the_token_in_use_is_rotated_when_that_is_wished_for(play_in, emulator, tmp_path):
    dest = tmp_path / "token"
    rotated, after = play_in(
        "in_process",
        [task(name="Start token", state="rotated", force=True, dest=str(dest)), task(name="Start token")],
    )
    assert rotated.changed and answers(emulator, dest.read_text().strip())
    # The task goes on with the old value, which is good for a while.
    assert not after.changed and after["api_token"]["id"] == rotated["api_token"]["id"]
    (deleting,) = play_in("in_process", [task(name="Start token", state="absent")])
    assert deleting.failed and deleting.writes == [] and "force allows it" in deleting.msg


def test_a_token_that_may_not(play_in, emulator):
    seed(emulator, {"name": "poor", "token": "poor-token-abcd", "access_level": 10})
    (step,) = play_in("in_process", [task(name="x", permissions=[VIEWER], api_token="poor-token-abcd")])
    assert step.failed and step["status"] == 403
    assert "API tokens are managed with a token that is an admin of the account" in step.msg


def test_the_last_token_of_a_domain(play_in, emulator):
    emulator.seed(verified_domains=SHOP["verified_domains"])
    seed(emulator, {"name": "mail", "resources": [granted("domain", 5, 100)]})
    (step,) = play_in("in_process", [task(name="mail", state="absent")])
    assert step.failed and step["status"] == 403
    assert "the service does not let go of the last token of a domain either" in step.msg


@pytest.mark.parametrize(
    "errors, sentence",
    [
        ({"name": ["has already been taken"]}, "name has already been taken"),
        ({"base": ["No permissions selected. Please choose at least one."]}, "No permissions selected. Please choose"),
        ({"base": ["Expiration date must be in the future"]}, "Expiration date must be in the future"),
    ],
)
def test_what_the_service_refuses(play_in, emulator, errors, sentence):
    emulator.fault(method="POST", status=422, json={"errors": errors})
    (step,) = play_in("in_process", [task(name="x", permissions=[VIEWER])])
    assert step.msg.startswith(f"Could not create API token 'x': {sentence}") and step["status"] == 422


LOST = [{"drop": True}, {"truncate": True}, {"status": 502}, {"status": 200}]


@pytest.mark.parametrize("fault", LOST)
def test_a_creation_whose_answer_is_lost(play, emulator, fault):
    emulator.seed(SHOP)
    emulator.fault(method="POST", path=TOKENS, when="after", times=1, **fault)
    step, then, rescued = play(
        [
            task(name="deploy", permissions=[VIEWER]),
            task(name="deploy", permissions=[VIEWER]),
            task(name="deploy", state="rotated"),
        ]
    )
    assert step.failed and step.changed and step.writes == [f"POST {TOKENS}"]
    number = step["api_token"]["id"]
    assert f"the API token was made, with id {number}; its token was in the answer that was lost" in step.msg
    assert not then.changed and then["api_token"]["id"] == number
    assert answers(emulator, rescued["api_token"]["token"])


def test_a_replacement_that_comes_half_way(play_in, emulator, tmp_path):
    dest = tmp_path / "deploy.token"
    new = {"permissions": [VIEWER], "recreate": True, "dest": str(dest)}
    seed(
        emulator,
        {"id": 2400000, "name": "refused"},
        {"id": 2400001, "name": "lost"},
        {"id": 2400002, "name": "late 2400002"},
    )
    emulator.fault(method="POST", path=TOKENS, status=422, json={"errors": {"base": ["is odd"]}}, times=1)
    emulator.fault(method="POST", path=TOKENS, when="after", drop=True, times=1)
    refused, lost = play_in("in_process", [task(name="refused", **new), task(name="lost", **new)])
    assert refused.failed and refused.changed and "api_token" not in refused.result
    assert "is odd; the API token that was there before is deleted" in refused.msg
    assert lost.failed and lost.changed and lost["api_token"]["name"] == "lost"
    assert "its token was in the answer that was lost" in lost.msg
    assert lost.msg.count("is deleted") == 1 and not dest.exists()

    emulator.fault(method="DELETE", path=TOKENS, status=500)
    (late,) = play_in("in_process", [task(name="late", **new)])
    assert late.failed and late.changed and late.writes == [f"POST {TOKENS}", f"DELETE {TOKENS}/2400002"]
    assert f"the API token itself was created, with id {late['api_token']['id']}" in late.msg
    assert "token" not in late["api_token"] and answers(emulator, dest.read_text().strip())


@pytest.mark.parametrize("fault", LOST)
def test_a_rotation_whose_answer_is_lost_is_not_made_twice(play, emulator, tmp_path, fault):
    dest = tmp_path / "deploy.token"
    dest.write_text("0" * 28 + "dead\n")
    seed(emulator, {"id": 2400000, "name": "deploy", "token": "0" * 28 + "dead"})
    emulator.fault(method="POST", path="/reset$", when="after", times=1, **fault)
    options = {"name": "deploy", "dest": str(dest)}
    step, then = play([task(**options, state="rotated"), task(**options)])
    assert step.failed and step.changed
    assert step.requests == [f"GET {TOKENS}", f"POST {TOKENS}/2400000/reset", f"GET {TOKENS}"]
    number = step["api_token"]["id"]
    assert step.msg.startswith("Could not rotate API token 'deploy': ")
    assert f"it did: 'deploy {number}' with id {number} has taken over, with a value that nobody knows" in step.msg
    assert "token" not in step["api_token"] and dest.read_text().endswith("dead\n")
    # The file holds the value of the old token, which is soon of no use.
    assert not then.changed and then["warnings"] == [
        f"{dest} holds another token than that of the API token, and the service shows its token only once."
    ]
    rescued, last = play([task(**options, state="rotated"), task(**options)])
    assert rescued.changed and answers(emulator, dest.read_text().strip())
    assert not last.changed and "warnings" not in last.result


def test_a_rotation_that_may_have_failed_is_not_repeated(play_in, emulator):
    seed(emulator, {"id": 2400000, "name": "deploy"})
    emulator.fault(method="POST", path="/reset$", times=1, drop=True)
    (nothing,) = play_in("in_process", [task(name="deploy", state="rotated")])
    emulator.fault(method="POST", path="/reset$", when="after", drop=True)
    emulator.fault(method="GET", path=TOKENS, skip=1, status=500)
    (blind,) = play_in("in_process", [task(name="deploy", state="rotated", retries=0)])
    assert nothing.failed and not nothing.changed
    assert "it was looked for: there is no new token; run again" in nothing.msg
    assert len(nothing.writes) == 1
    assert "whether it did is not known, for looking failed too: the service answered 500" in blind.msg
    assert len(blind.writes) == 1


def test_the_rate_limit_does_not_make_it_rotate_twice(play_in, emulator):
    seed(emulator, {"id": 2400000, "name": "deploy"})
    emulator.fault(method="POST", path="/reset$", times=2, status=429, headers={"Retry-After": "0"})
    (step,) = play_in("in_process", [task(name="deploy", state="rotated")])
    assert step.changed and len(names(emulator)) == 3


def test_a_file_that_cannot_be_written_after_all(play_in, emulator, tmp_path):
    """The folder goes away while the service works: the value is in the failure then, for it is shown only once."""
    seed(emulator, {"id": 2400000, "name": "deploy"})
    folder = tmp_path / "secrets"
    folder.mkdir()
    emulator.fault(method="POST", path="/reset$", when="after", delay=1)

    def spoil():
        while not any(entry["path"].endswith("/reset") for entry in emulator.journal()):
            time.sleep(0.05)
        shutil.rmtree(folder)

    spoiler = threading.Thread(target=spoil, daemon=True)
    spoiler.start()
    (step,) = play_in("in_process", [task(name="deploy", state="rotated", dest=str(folder / "token"))])
    spoiler.join()
    assert step.failed and step.changed
    assert "the API token is there, and its token is in this result" in step.msg
    assert answers(emulator, step["api_token"]["token"])


def test_a_bad_file_is_told_before_the_rotation(play_in, emulator, tmp_path):
    seed(emulator, {"id": 2400000, "name": "deploy"})
    (step,) = play_in("in_process", [task(name="deploy", state="rotated", dest=str(tmp_path / "none" / "token"))])
    assert step.failed and "does not exist" in step.msg and step.requests == []


def test_no_value_is_shown_anywhere(play, emulator, tmp_path):
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


def test_under_its_former_name(play_in, emulator):
    emulator.seed(SHOP)
    made, listed = play_in(
        "in_process",
        [
            {"community.mailtrap.token": {"name": "deploy", "permissions": [VIEWER]}},
            {"community.mailtrap.token_info": {}},
        ],
    )
    assert made.changed and "deploy" in [one["name"] for one in listed["api_tokens"]]
