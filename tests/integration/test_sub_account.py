# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts of an organization, which can be made and read, and no more."""

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
    given = {"api_token": TOKEN, "organization_id": 5, **options}
    return {"community.mailtrap.sub_account": given, "ignore_errors": True}


def info(**options):
    return {"community.mailtrap.sub_account_info": {"api_token": TOKEN, "organization_id": 5, **options}}


def test_a_life(play, organization):
    foretold, made, again, adopted, by_id, listed, one, all_of_them = play(
        [
            task(name="Marketing") | {"check_mode": True},
            task(name="Marketing") | {"register": "made"},
            task(name="Marketing"),
            task(name="Headquarters"),
            task(id="{{ made.sub_account.id }}"),
            info(name="Marketing"),
            info(id=77),
            info(),
        ],
        "--diff",
    )
    assert foretold.changed and foretold.requests == [f"GET {PATH}"] and foretold["sub_account"]["id"] is None
    assert made.changed and made.requests == [f"GET {PATH}", f"POST {PATH}"]
    assert made.entries[1]["body"] == {"account": {"name": "Marketing"}}
    assert made["diff"]["after"]["name"] == "Marketing"
    assert not again.changed and again.requests == [f"GET {PATH}"] and again["sub_account"] == made["sub_account"]
    assert not adopted.changed and adopted["sub_account"]["id"] == 77
    assert not by_id.changed and by_id.requests == [f"GET {PATH}"] and by_id["sub_account"] == made["sub_account"]
    assert listed["sub_accounts"] == [made["sub_account"]] and one["sub_accounts"] == [
        {"id": 77, "name": "Headquarters"}
    ]
    assert len(all_of_them["sub_accounts"]) == 2 and all_of_them.requests == [f"GET {PATH}"]


def test_what_the_api_cannot_do(play_in, organization):
    renamed, gone, nobody = play_in(
        "in_process", [task(id=77, name="Main"), task(id=77, state="absent"), task(id=78, name="x")]
    )
    assert renamed.msg == (
        "Could not update sub account 77: name of a sub account cannot be changed: it is 'Headquarters', not 'Main'"
    )
    assert gone.msg == "value of state must be one of: present, got: absent"
    assert nobody.msg == "Could not find sub account 78: there is no sub account with id 78"
    assert [step.writes for step in (renamed, gone, nobody)] == [[]] * 3


def test_which_of_two_is_not_guessed(play_in, organization):
    organization.seed(accounts=[{"id": number, "name": "Twin", "organization_id": 5} for number in (78, 79)])
    (step,) = play_in("in_process", [task(name="Twin")])
    assert step.failed and "2 sub accounts are called 'Twin', with the ids 78, 79: give the id" in step.msg


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"name": ""}, "name is empty"),
        ({}, "one of the following is required: id, name"),
        ({"name": "x", "organization_id": None}, "organization_id"),
    ],
)
def test_what_is_missing(play_in, organization, options, sentence):
    (step,) = play_in("in_process", [task(**options)])
    assert step.failed and sentence in step.msg and step.requests == []


@pytest.mark.parametrize("number", [5, 6])
def test_the_token_of_an_account_will_not_do(play_in, organization, number):
    steps = play_in(
        "in_process",
        [
            task(name="x", api_token=organization.token, organization_id=number),
            info(api_token=organization.token, organization_id=number) | {"ignore_errors": True},
        ],
    )
    for step in steps:
        assert step.failed and step["status"] == 403 and len(step.requests) == 1
        assert (
            "the API token has no access to this: Access forbidden; sub accounts need the API token of their "
            "organization; that of an account will not do" in step.msg
        )


def test_a_refusal(play_in, organization):
    organization.fault(method="POST", status=422, json={"errors": {"name": ["has already been taken"]}})
    (step,) = play_in("in_process", [task(name="Marketing")])
    assert step.msg.startswith(
        "Could not create sub account 'Marketing' in organization 5: name has already been taken"
    )


def test_a_creation_whose_answer_is_lost_is_found(play_in, organization):
    organization.fault(method="POST", when="after", times=1, drop=True)
    (step,) = play_in("in_process", [task(name="Marketing")])
    assert step.changed and not step.failed and step.requests == [f"GET {PATH}", f"POST {PATH}", f"GET {PATH}"]
