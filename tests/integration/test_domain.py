# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is peculiar to domains: names, flags in a second request, the account's company info, the demo domain."""

from __future__ import annotations

import functools

import pytest

INFO = {
    "name": "Shop Ltd",
    "address": "1 High Street",
    "city": "Riga",
    "country": "LV",
    "zip_code": "1010",
    "website_url": "https://shop.example",
}
ALL_NULL = dict.fromkeys((*INFO, "phone", "privacy_policy_url", "terms_of_service_url", "info_level"))
PATH = "/api/domains/435/company_info"


def task(**options):
    return {"community.mailtrap.domain": options}


def refused(**options):
    return dict(task(**options), ignore_errors=True)


@pytest.fixture
def shop(emulator):
    emulator.seed(domains=[{"id": 435, "domain_name": "shop.example"}])


@pytest.fixture
def play_once(play_in):
    return functools.partial(play_in, "in_process")


def test_a_new_domain_comes_with_its_records_and_a_token(play, emulator):
    tokens = len(emulator.dump()["api_tokens"])
    bare, flags, both = play(
        [
            task(domain_name="bare.example"),
            task(domain_name="flags.example", open_tracking_enabled=True, click_tracking_enabled=False),
            task(domain_name="both.example", open_tracking_enabled=False, click_tracking_enabled=True),
        ],
        "--diff",
    )
    for record in bare["domain"]["dns_records"]:
        assert set(record) == {"key", "domain", "type", "value", "status", "name"} and all(record.values())
    assert len(bare["domain"]["dns_records"]) == 5
    # What a new domain is like already needs no second request.
    assert bare.writes == flags.writes == ["POST /api/domains"]
    assert both.writes == ["POST /api/domains", f"PATCH /api/domains/{both['domain']['id']}"]
    assert both.entries[2]["body"] == {"domain": {"open_tracking_enabled": False, "click_tracking_enabled": True}}
    assert both["diff"]["after"]["open_tracking_enabled"] is False
    assert len(emulator.dump()["api_tokens"]) == tokens + 3


def test_names_have_no_case_and_an_ascii_form(play_once, emulator, shop):
    upper, other, again, listed, absent = play_once(
        [
            task(domain_name="SHOP.Example"),
            task(name="Bücher.example"),
            task(domain_name="xn--bcher-kva.example"),
            {"community.mailtrap.domain_info": {"name": "BÜCHER.example"}},
            task(domain_name="BÜCHER.EXAMPLE", state="absent"),
        ]
    )
    assert not upper.changed and upper["domain"]["id"] == 435
    assert other.changed and other["domain"]["domain_name"] == "xn--bcher-kva.example"
    assert not again.changed and listed["domains"] == [again["domain"]] and absent.changed


@pytest.mark.parametrize(
    "name", ["https://shop.example", "shop", "shop.example.", "a b.example", "@shop.example", "-.x"]
)
def test_a_name_that_is_none(play_once, emulator, name):
    (step,) = play_once([refused(domain_name=name)])
    sentence = f"domain_name {name!r} is not the name of a domain, such as shop.example"
    assert step.msg == f"Could not manage domain {name!r}: {sentence}" and step.requests == []


def test_a_blank_name(play_once, emulator):
    (step,) = play_once([refused(domain_name="")])
    assert step.msg.startswith("Could not manage domain '': domain_name is empty") and step.requests == []


def test_a_name_that_the_service_refuses(play_once, emulator):
    message = "Validation failed: Domain name has already been taken"
    emulator.fault(method="POST", path="/api/domains", status=422, json={"errors": {"base": [message]}})
    (step,) = play_once([refused(domain_name="taken.example")])
    assert step.msg == f"Could not create domain 'taken.example': {message} (HTTP 422 for POST /api/domains)"


def test_there_is_no_renaming(play_once, shop):
    (step,) = play_once([refused(id=435, domain_name="other.example")])
    assert step.msg == (
        "Could not update domain 435: domain_name of a domain cannot be changed: it is 'shop.example', "
        "not 'other.example'"
    )
    assert step.writes == []


def test_the_demo_domain_stays_as_it_is(play, emulator):
    (demo,) = [one for one in emulator.dump()["domains"] if one["demo"]]
    change, delete, delete_by_id, same = play(
        [
            refused(domain_name=demo["domain_name"], open_tracking_enabled=False),
            refused(domain_name=demo["domain_name"], state="absent"),
            refused(id=demo["id"], state="absent"),
            task(domain_name=demo["domain_name"], open_tracking_enabled=True),
        ]
    )
    for step in (change, delete, delete_by_id):
        assert step.failed and step.writes == []
        assert step.msg.endswith("it is the demo domain, which comes with the account and stays as it is")
    assert not same.changed


def test_flags_that_fail_after_the_creation_tell_the_id(play, emulator):
    emulator.fault(method="PATCH", path="/api/domains", status=403, json={"errors": "Access forbidden"})
    step, again = play(
        [
            refused(domain_name="mail.example", click_tracking_enabled=True),
            refused(domain_name="mail.example", click_tracking_enabled=True),
        ]
    )
    made = step["domain"]["id"]
    assert step.failed and step.changed and f"the domain itself was created, with id {made}" in step.msg
    assert step.msg.startswith("Could not update domain 'mail.example': the API token has no access to this")
    assert again.writes == [f"PATCH /api/domains/{made}"]


def test_a_flag_that_the_service_ignores(play_once, emulator, shop):
    shown = {"id": 435, "domain_name": "shop.example", "click_tracking_enabled": False}
    emulator.fault(method="PATCH", path="/api/domains", status=200, json=shown)
    (step,) = play_once([task(domain_name="shop.example", click_tracking_enabled=True)])
    assert step["warnings"] == [
        "The service accepted click_tracking_enabled for domain 'shop.example', but shows False."
    ]


def test_company_info(play, emulator, shop):
    """Nothing is asked for unless it is needed, the first one is posted, and later only differences are sent."""
    steps = play(
        [
            task(domain_name="shop.example"),
            task(domain_name="shop.example", company_info={}),
            dict(task(domain_name="shop.example", company_info=INFO), check_mode=True),
            task(domain_name="shop.example", company_info=INFO),
            task(domain_name="shop.example", company_info=INFO),
            dict(task(domain_name="shop.example", company_info={"phone": "+371 1"}), check_mode=True),
            task(domain_name="shop.example", company_info={"phone": "+371 1", "city": "Riga"}),
            task(domain_name="shop.example", company_info={"phone": ""}),
            task(domain_name="shop.example", company_info={"phone": ""}),
            task(domain_name="example.com", company_info=INFO),
        ],
        "--diff",
    )
    none, read, foretold, given, again, change_foretold, changed, cleared, clear, other = steps
    find = ["GET /api/domains"]
    look = [*find, f"GET {PATH}"]
    assert none.requests == find and "company_info" not in none["domain"]
    assert read.requests == look and not read.changed and read["domain"]["company_info"]["name"] is None
    assert foretold.requests == look and foretold["domain"]["company_info"]["name"] == "Shop Ltd"
    assert given.requests == [*look, f"POST {PATH}"] and given["domain"]["company_info"]["phone"] is None
    assert given.entries[2]["body"] == {"company_info": INFO}
    assert given["diff"]["before"]["company_info"]["city"] is None
    assert given["diff"]["after"]["company_info"]["city"] == "Riga"
    assert not again.changed and again.requests == look and again["domain"]["company_info"]["country"] == "LV"
    assert change_foretold.changed and change_foretold.writes == []
    assert changed.writes == [f"PATCH {PATH}"]
    assert changed.entries[2]["body"] == {"company_info": {"phone": "+371 1"}}
    assert changed["domain"]["company_info"]["phone"] == "+371 1"
    assert cleared.entries[2]["body"] == {"company_info": {"phone": ""}}
    assert not clear.changed
    # It is the account's: another domain shows the same.
    assert not other.changed


def test_flags_and_company_info_of_one_domain(play_once, emulator, shop):
    emulator.seed(company_info=[INFO])
    both, flag = play_once(
        [
            task(domain_name="shop.example", click_tracking_enabled=True, company_info={"phone": "1"}),
            task(domain_name="shop.example", click_tracking_enabled=False, company_info={"phone": "1"}),
        ]
    )
    assert both.writes == ["PATCH /api/domains/435", f"PATCH {PATH}"]
    assert both["domain"]["click_tracking_enabled"] is True and both["domain"]["company_info"]["phone"] == "1"
    assert flag.writes == ["PATCH /api/domains/435"] and flag["domain"]["company_info"]["phone"] == "1"
    assert "warnings" not in flag.result


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "json": {"error": "Not Found"}},
        {"status": 200, "json": {"data": None}},
        {"status": 200, "json": {"data": ALL_NULL}},
        {"status": 200, "json": {"data": dict.fromkeys(ALL_NULL, "")}},
    ],
)
def test_all_that_can_mean_that_there_is_none(play_once, emulator, shop, answer):
    emulator.fault(method="GET", path="company_info", **answer)
    (step,) = play_once([task(domain_name="shop.example", company_info=INFO)])
    assert step.changed and step.writes == [f"POST {PATH}"]


def test_company_info_that_cannot_be_read_is_not_absent(play_once, emulator, shop):
    emulator.fault(method="GET", path="company_info", times=1, status=500)
    emulator.fault(method="GET", path="company_info", times=1, status=200, json={"data": ["x"]})
    failed, odd = play_once([refused(domain_name="shop.example", company_info=INFO) for _ in range(2)])
    assert "the service answered 500 Internal Server Error without saying why" in failed.msg
    assert "the service's answer contains no company info" in odd.msg
    assert failed.writes == odd.writes == []


def test_what_the_first_company_info_needs(play_once, emulator, shop):
    part, new, after = play_once(
        [
            refused(domain_name="shop.example", company_info={"name": "Shop Ltd", "city": "Riga"}),
            refused(domain_name="new.example", company_info={"name": "Shop Ltd"}),
            refused(domain_name="shop.example", company_info={**INFO, "website_url": "nowhere"}),
        ]
    )
    assert part.msg == (
        "Could not update domain 'shop.example': the account has no company_info yet, and a new one needs address and "
        "country and zip_code and website_url"
    )
    assert part.writes == []
    assert new.writes == ["POST /api/domains"] and f"was created, with id {new['domain']['id']}" in new.msg
    assert after.msg.startswith("Could not update domain 'shop.example': website_url is invalid (HTTP 422 for POST")


def test_a_second_switch_of_the_level(play_once, emulator, shop):
    emulator.seed(company_info=[INFO])
    levels = ["individual", "business"]
    first, second = play_once([refused(id=435, company_info={"info_level": level}) for level in levels])
    assert first.changed and second.failed
    assert second.msg.startswith("Could not update domain 435: info_level can be changed only once (HTTP 422")


def test_former_names_and_paths(play_in, emulator, shop):
    for way in ("in_process", "module"):
        made, listed = play_in(
            way,
            """
            - community.mailtrap.sending_domain: {name: shop.example, click_tracking_enabled: true, company_info: {}}
            - community.mailtrap.sending_domain_info: {name: shop.example}
            """,
            environment={"MAILTRAP_ACCOUNT_ID": str(emulator.account_id)},
        )
        old = f"/api/accounts/{emulator.account_id}/sending_domains"
        assert made.requests[:2] == [f"GET {old}", f"GET {PATH}"]
        assert made["domain"]["click_tracking_enabled"] is True
        assert [domain["id"] for domain in listed["domains"]] == [435]
