# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create and read the sub-accounts of an organization; the API can neither rename nor delete them."""

from __future__ import annotations

import pytest

TOKEN = "0123456789abcdef0123456789abcdef"
PATH = "/api/organizations/5/sub_accounts"


@pytest.fixture
def organization(emulator):
    emulator.seed(
        accounts=[{"id": 77, "name": "Headquarters", "organization_id": 5}],
        api_tokens=[{"name": "organization", "token": TOKEN, "organization_id": 5}],
    )
    return emulator


def task(**options):
    options = {"api_token": TOKEN, "organization_id": 5, **options}
    return {"community.mailtrap.sub_account": options, "ignore_errors": True}


def info(**options):
    return {"community.mailtrap.sub_account_info": {"api_token": TOKEN, "organization_id": 5, **options}}


def test_sub_account_life_cycle(play, organization):
    predicted, created, again, adopted, by_id, listed_by_name, listed_by_id, listed = play(
        [
            task(name="Marketing") | {"check_mode": True},
            task(name="Marketing") | {"register": "created"},
            task(name="Marketing"),
            task(name="Headquarters"),
            task(id="{{ created.sub_account.id }}"),
            info(name="Marketing"),
            info(id=77),
            info(),
        ],
        "--diff",
    )
    assert predicted.changed and predicted.requests == [f"GET {PATH}"] and predicted["sub_account"]["id"] is None
    sub_account = created["sub_account"]
    assert created.changed and created.requests == [f"GET {PATH}", f"POST {PATH}"]
    assert created.entries[1]["body"] == {"account": {"name": "Marketing"}}
    assert created["diff"]["after"]["name"] == "Marketing"
    assert not again.changed and again.requests == [f"GET {PATH}"] and again["sub_account"] == sub_account
    assert not adopted.changed and adopted["sub_account"]["id"] == 77
    assert not by_id.changed and by_id.requests == [f"GET {PATH}"] and by_id["sub_account"] == sub_account
    assert listed_by_name["sub_accounts"] == [sub_account]
    assert listed_by_id["sub_accounts"] == [{"id": 77, "name": "Headquarters"}]
    assert len(listed["sub_accounts"]) == 2 and listed.requests == [f"GET {PATH}"]


def test_unsupported_changes_are_refused(play_in, organization):
    renamed, deleted, unknown_id = play_in(
        "in_process", [task(id=77, name="Main"), task(id=77, state="absent"), task(id=78, name="x")]
    )
    assert renamed.msg == (
        "Could not update sub account 77: name of a sub account cannot be changed from 'Headquarters' to 'Main'"
    )
    assert deleted.msg == "value of state must be one of: present, got: absent"
    assert unknown_id.msg == "Could not find sub account 78: there is no sub account with id 78"
    assert [step.writes for step in (renamed, deleted, unknown_id)] == [[]] * 3


def test_ambiguous_name_is_refused(play_in, organization):
    organization.seed(accounts=[{"id": account_id, "name": "Twin", "organization_id": 5} for account_id in (78, 79)])
    (step,) = play_in("in_process", [task(name="Twin")])
    assert step.failed and "2 sub accounts have the name 'Twin', with the ids 78, 79: give the id" in step.msg


@pytest.mark.parametrize(
    "options, message",
    [
        ({"name": ""}, "name is empty"),
        ({}, "one of the following is required: id, name"),
        ({"name": "x", "organization_id": None}, "organization_id"),
    ],
)
def test_missing_options_fail_before_any_request(play_in, organization, options, message):
    (step,) = play_in("in_process", [task(**options)])
    assert step.failed and message in step.msg and step.requests == []


@pytest.mark.parametrize("organization_id", [5, 6])
def test_token_of_an_account_is_refused(play_in, organization, organization_id):
    steps = play_in(
        "in_process",
        [
            task(name="x", api_token=organization.token, organization_id=organization_id),
            info(api_token=organization.token, organization_id=organization_id) | {"ignore_errors": True},
        ],
    )
    for step in steps:
        assert step.failed and step["status"] == 403 and len(step.requests) == 1
        assert (
            "the API token has no access to this: Access forbidden; sub-accounts can only be managed with an API "
            "token of the organization, not of an account" in step.msg
        )


def test_validation_error_of_the_service(play_in, organization):
    organization.fault(method="POST", status=422, json={"errors": {"name": ["has already been taken"]}})
    (step,) = play_in("in_process", [task(name="Marketing")])
    assert step.msg.startswith(
        "Could not create sub account 'Marketing' in organization 5: name has already been taken"
    )


def test_created_sub_account_is_found_after_a_lost_answer(play_in, organization):
    organization.fault(method="POST", when="after", times=1, drop=True)
    (step,) = play_in("in_process", [task(name="Marketing")])
    assert step.changed and not step.failed and step.requests == [f"GET {PATH}", f"POST {PATH}", f"GET {PATH}"]
