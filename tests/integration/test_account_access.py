# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage the permissions of people, invitations and API tokens: only differences are written."""

from __future__ import annotations

import pytest

ACCESSES = "/api/account_accesses"


def grant(resource_type, resource_id, level):
    return {"resource_type": resource_type, "resource_id": resource_id, "access_level": level}


ACCOUNT = {
    "projects": [{"id": 7, "name": "Shop"}, {"id": 8, "name": "Blog"}],
    "sandboxes": [{"id": 70, "project_id": 7, "name": "Staging"}, {"id": 80, "project_id": 8, "name": "Comments"}],
    "verified_domains": [{"id": 5, "domain_name": "shop.example"}],
    "account_accesses": [
        {"id": 10, "email": "Ann@example.com", "name": "Ann", "resources": [grant("project", 7, 10)]},
        {"id": 11, "email": "new@example.com", "resources": [grant("project", 8, 100)]},
    ],
    "api_tokens": [
        {"id": 2400000, "access_id": 12, "name": "ci", "resources": [grant("sandbox", 70, 10)]},
        {"id": 2400001, "access_id": 13, "name": "whole", "access_level": 10},
    ],
}
SHOP = {"resource_type": "project", "resource": "Shop", "access_level": "admin"}
STAGING = {"resource_type": "sandbox", "resource_id": 70, "access_level": "viewer"}
BILLS = {"resource_type": "billing", "access_level": "viewer"}


@pytest.fixture
def people(emulator):
    emulator.seed(ACCOUNT)
    return emulator


def task(**options):
    return {"community.mailtrap.account_access": options, "ignore_errors": True}


def get_grants(emulator, **identity):
    """Return the grants of a person, an invitation or a token as a set of (type, id, level)."""
    tables = emulator.dump()
    rows = [*tables["account_accesses"], *tables["api_tokens"]]
    (row,) = [row for row in rows if all(row.get(name) == value for name, value in identity.items())]
    return {(grant["resource_type"], grant["resource_id"], grant["access_level"]) for grant in row["resources"]}


def test_permissions_of_a_person_are_replaced(play, people):
    wanted = {"email": "ann@EXAMPLE.com", "permissions": [SHOP, STAGING, BILLS]}
    predicted, changed, again = play(
        [
            task(**wanted) | {"check_mode": True},
            task(**wanted),
            task(**{**wanted, "permissions": [BILLS, STAGING, SHOP]}),
        ],
        "--diff",
    )
    assert predicted.changed and predicted.writes == []
    assert changed.changed
    assert sorted(changed.requests[:-1]) == sorted([f"GET {ACCESSES}", "GET /api/projects", "GET /api/accounts"])
    assert changed.requests[-1] == f"PUT {ACCESSES}/10/permissions/bulk"
    assert changed.entries[-1]["body"] == {
        "permissions": [
            {"resource_type": "project", "resource_id": 7, "access_level": "admin"},
            {"resource_type": "sandbox", "resource_id": 70, "access_level": "viewer"},
            {"resource_type": "billing", "resource_id": people.account_id, "access_level": "viewer"},
        ]
    }
    assert changed["diff"]["before"]["resources"] == ["project 7: viewer"]
    assert changed["diff"]["after"]["resources"] == ["billing: viewer", "project 7: admin", "sandbox 70: viewer"]
    assert predicted["diff"] == changed["diff"] and predicted["account_access"] == changed["account_access"]
    expected = {("project", 7, 100), ("sandbox", 70, 10), ("billing", people.account_id, 10)}
    assert get_grants(people, email="Ann@example.com") == expected
    # The existing permission on the billing contains the account's id.
    assert not again.changed and sorted(again.requests) == sorted([f"GET {ACCESSES}", "GET /api/projects"])


def test_purge_decides_about_other_permissions(play_in, people):
    added, again, exact, empty = play_in(
        "in_process",
        [
            task(email="new@example.com", permissions=[STAGING], purge=False),
            task(email="new@example.com", permissions=[STAGING], purge=False),
            task(email="new@example.com", permissions=[STAGING]),
            task(email="new@example.com", permissions=[]),
        ],
    )
    assert added.entries[-1]["body"] == {
        "permissions": [{"resource_type": "sandbox", "resource_id": 70, "access_level": "viewer"}]
    }
    assert added["account_access"]["resources"] == [grant("project", 8, 100), grant("sandbox", 70, 10)]
    assert not again.changed and again.requests == [f"GET {ACCESSES}"]
    assert exact.entries[-1]["body"] == {
        "permissions": [{"resource_type": "project", "resource_id": 8, "_destroy": True}]
    }
    assert empty.changed and empty["account_access"]["resources"] == []
    assert get_grants(people, email="new@example.com") == set()


def test_permissions_that_are_not_given_are_unmanaged(play_in, people):
    by_email, by_id = play_in("in_process", [task(email="ann@example.com"), task(id=10)])
    for step in (by_email, by_id):
        assert not step.changed and step.requests == [f"GET {ACCESSES}"] and step["account_access"]["id"] == 10


def test_access_is_removed(play, people):
    predicted, deleted, again, by_id, by_id_again = play(
        [
            task(email="ann@example.com", state="absent") | {"check_mode": True},
            task(email="ann@example.com", state="absent"),
            task(email="ann@example.com", state="absent"),
            task(id=11, state="absent"),
            task(id=11, state="absent"),
        ]
    )
    assert predicted.changed and predicted.writes == []
    assert deleted.changed and deleted.requests == [f"GET {ACCESSES}", f"DELETE {ACCESSES}/10"]
    assert deleted["account_access"] is None
    assert not again.changed and again.requests == [f"GET {ACCESSES}"]
    assert by_id.changed and by_id.requests == [f"GET {ACCESSES}", f"DELETE {ACCESSES}/11"]
    assert not by_id_again.changed and by_id_again.writes == []


@pytest.mark.parametrize("option", ["email", "id"])
def test_access_of_the_owner_cannot_be_changed(play_in, people, option):
    (owner,) = [row for row in people.dump()["account_accesses"] if row["is_owner"]]
    steps = play_in(
        "in_process",
        [
            task(**{option: owner[option]}, state="absent", force=True),
            task(**{option: owner[option]}, permissions=[SHOP], force=True),
            task(**{option: owner[option]}),
        ],
    )
    for step in steps.steps[:2]:
        assert step.failed and step.writes == []
        assert step.msg.endswith("the access of the account's owner cannot be changed")
    assert not steps[2].failed and not steps[2].changed


def test_access_cannot_be_created(play_in, people):
    by_email, by_id, by_token = play_in(
        "in_process",
        [
            task(email="who@example.com", permissions=[STAGING]),
            task(id=4711, permissions=[STAGING]),
            task(token_name="none", permissions=[STAGING]),
        ],
    )
    assert by_email.msg == (
        "Could not create account access 'who@example.com': there is no such account access, and the API cannot create "
        "one: people are invited on the website of Mailtrap"
    )
    assert by_id.msg == "Could not find account access 4711: there is no account access with id 4711"
    assert by_token.msg == "Could not find the API token: there is no API token 'none'"
    assert [step.writes for step in (by_email, by_id, by_token)] == [[]] * 3


def test_permissions_of_a_token(play, people):
    by_name, again, by_id, exact = play(
        [
            task(token_name="ci", permissions=[SHOP], purge=False),
            task(token_name="ci", permissions=[SHOP], purge=False),
            task(token_id=2400000, permissions=[{**STAGING, "access_level": "admin"}, SHOP]),
            task(token_id=2400000, permissions=[{**STAGING, "access_level": "admin"}]),
        ]
    )
    reads = ["GET /api/api_tokens", f"GET {ACCESSES}", "GET /api/projects"]
    assert by_name.changed and sorted(by_name.requests[:-1]) == sorted(reads)
    assert by_name.requests[-1] == f"PUT {ACCESSES}/12/permissions/bulk"
    (listing,) = [entry for entry in by_name.entries if entry["path"] == ACCESSES]
    assert listing["query"] == "sandbox_ids%5B%5D=70"
    assert not again.changed and by_id.changed and exact.changed
    assert "GET /api/api_tokens/2400000" in by_id.requests
    assert exact.entries[-1]["body"] == {
        "permissions": [{"resource_type": "project", "resource_id": 7, "_destroy": True}]
    }
    assert get_grants(people, name="ci") == {("sandbox", 70, 100)}


def test_token_is_found_by_name_after_rotation(play_in, people):
    rotated, changed = play_in(
        "in_process",
        [
            {"community.mailtrap.api_token": {"name": "ci", "state": "rotated"}},
            task(token_name="ci", permissions=[SHOP], purge=False),
        ],
    )
    token_id = rotated["api_token"]["id"]
    assert changed["account_access"]["specifier"]["id"] == token_id
    assert get_grants(people, id=token_id) == {("sandbox", 70, 10), ("project", 7, 100)}


def test_permissions_of_a_token_in_the_older_api(play_in, people):
    people.seed(api_tokens=[{"name": "mail", "access_id": 14, "resources": [grant("domain", 5, 10)]}])
    options = {"account_id": people.account_id, "purge": False}
    domain = {"resource_type": "domain", "resource_id": 5, "access_level": "admin"}
    ci, again, mail = play_in(
        "in_process",
        [
            task(token_name="ci", permissions=[{**STAGING, "access_level": "admin"}, domain], **options),
            task(token_name="ci", permissions=[{**STAGING, "access_level": "admin"}, domain], **options),
            task(token_name="mail", permissions=[domain], **options),
        ],
    )
    assert ci.entries[1]["query"] == "inbox_ids%5B%5D=70"
    assert ci.entries[2]["body"] == {
        "permissions": [
            {"resource_type": "inbox", "resource_id": 70, "access_level": "admin"},
            {"resource_type": "sending_domain", "resource_id": 5, "access_level": "admin"},
        ]
    }
    assert not again.changed
    assert mail.changed and mail["account_access"]["resources"] == [grant("domain", 5, 100)]


def test_token_is_deleted(play_in, people):
    deleted, again = play_in(
        "in_process", [task(token_name="ci", state="absent"), task(token_name="ci", state="absent")]
    )
    assert deleted.changed and deleted.writes == [f"DELETE {ACCESSES}/12"]
    assert not again.changed and again.requests == ["GET /api/api_tokens"]
    assert "ci" not in [row["name"] for row in people.dump()["api_tokens"]]


@pytest.mark.parametrize("state, advice", [("present", ""), ("absent", "; delete the token itself instead")])
def test_token_without_listed_permissions_is_refused(play_in, people, state, advice):
    (step,) = play_in("in_process", [task(token_name="whole", permissions=[STAGING], state=state)])
    assert step.failed and step.requests == ["GET /api/api_tokens"]
    assert step.msg == (
        "API token 2400001 has no permission on a project, sandbox or domain, "
        f"and the API only lists the access of tokens that have one{advice}"
    )


@pytest.mark.parametrize("state", ["present", "absent"])
def test_token_that_the_api_does_not_list(play_in, people, state):
    people.fault(method="GET", path=ACCESSES, status=200, json=[])
    (step,) = play_in("in_process", [task(token_name="ci", permissions=[SHOP], state=state)])
    assert step.failed and "the API does not list the access of API token 2400000" in step.msg


@pytest.mark.parametrize("options", [{"state": "absent"}, {"permissions": [STAGING]}])
def test_token_in_use_is_protected(play_in, people, options):
    people.seed(
        api_tokens=[
            {
                "id": 2400009,
                "name": "mine",
                "token": "mine-and-only-mine",
                "resources": [grant("account", people.account_id, 100), grant("project", 7, 100)],
            }
        ]
    )
    mine = {"token_name": "mine", "api_token": "mine-and-only-mine", **options}
    refused, forced = play_in("in_process", [task(**mine), task(**mine, force=True)])
    assert refused.failed and refused.writes == []
    assert refused.msg.endswith(
        "API token 2400009 ends with the same characters as the API token in use; set force to do it anyway"
    )
    assert not forced.failed and forced.changed


def test_info(play, people):
    everybody, ann, by_id, of_shop, of_staging, nobody, missing = play(
        [
            {"community.mailtrap.account_access_info": {}},
            {"community.mailtrap.account_access_info": {"email": "ann@example.com"}},
            {"community.mailtrap.account_access_info": {"id": 11}},
            {"community.mailtrap.account_access_info": {"projects": ["Shop", "Blog"]}},
            {"community.mailtrap.account_access_info": {"inbox_ids": [70]}},
            {"community.mailtrap.account_access_info": {"domains": ["shop.example"], "email": "ann@example.com"}},
            {"community.mailtrap.account_access_info": {"projects": ["None"]}, "ignore_errors": True},
        ]
    )

    def list_ids(step):
        return [access["id"] for access in step["account_accesses"]]

    assert list_ids(everybody)[:2] == [10, 11] and everybody.requests == [f"GET {ACCESSES}"]
    assert list_ids(ann) == [10] and list_ids(by_id) == [11]
    assert list_ids(of_shop) == [10, 11] and of_shop.requests == ["GET /api/projects", f"GET {ACCESSES}"]
    assert of_shop.entries[1]["query"] == "project_ids%5B%5D=7&project_ids%5B%5D=8"
    assert list_ids(of_staging) == [12] and of_staging["account_accesses"][0]["specifier_type"] == "ApiToken"
    assert list_ids(nobody) == []
    assert missing.failed and "there is no project 'None'" in missing.msg


@pytest.mark.parametrize(
    "options, message",
    [
        ({}, "one of the following is required: id, email, token_id, token_name"),
        ({"email": "a@example.com", "id": 1}, "parameters are mutually exclusive: id|email|token_id|token_name"),
        ({"email": "a@example.com", "permissions": [BILLS, BILLS]}, "permissions contains the billing twice"),
    ],
)
def test_invalid_options_fail_before_any_request(play_in, people, options, message):
    (step,) = play_in("in_process", [task(**options)])
    assert step.failed and message in step.msg and step.requests == []


def test_token_without_admin_access_is_refused(play_in, people):
    people.seed(api_tokens=[{"name": "poor", "token": "poor-token-abcd", "access_level": 10}])
    (step,) = play_in("in_process", [task(email="ann@example.com", state="absent", api_token="poor-token-abcd")])
    assert step.failed and step["status"] == 403 and step.writes == []
    assert "the access of others can only be managed with an API token that has admin access to the account" in step.msg


def test_write_with_a_lost_answer_is_repeated(play_in, people):
    """Repeat the bulk update: it is idempotent."""
    people.fault(method="PUT", when="after", times=1, drop=True)
    (step,) = play_in("in_process", [task(email="ann@example.com", permissions=[STAGING])])
    assert step.changed and not step.failed and len(step.writes) == 2
    assert get_grants(people, email="Ann@example.com") == {("sandbox", 70, 10)}
