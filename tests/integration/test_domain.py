# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage domains: their names, the flags that need a second request, the company info, and the demo domain."""

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


def failing_task(**options):
    return dict(task(**options), ignore_errors=True)


@pytest.fixture
def shop(emulator):
    emulator.seed(domains=[{"id": 435, "domain_name": "shop.example"}])


@pytest.fixture
def play_once(play_in):
    return functools.partial(play_in, "in_process")


def test_creation_returns_dns_records_and_creates_a_token(play, emulator):
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
    # Flags that a new domain already has need no second request.
    assert bare.writes == flags.writes == ["POST /api/domains"]
    assert both.writes == ["POST /api/domains", f"PATCH /api/domains/{both['domain']['id']}"]
    assert both.entries[2]["body"] == {"domain": {"open_tracking_enabled": False, "click_tracking_enabled": True}}
    assert both["diff"]["after"]["open_tracking_enabled"] is False
    assert len(emulator.dump()["api_tokens"]) == tokens + 3


def test_names_are_compared_in_ascii_and_without_case(play_once, emulator, shop):
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
def test_invalid_name_fails_before_any_request(play_once, emulator, name):
    (step,) = play_once([failing_task(domain_name=name)])
    message = f"domain_name {name!r} is not a domain name, such as shop.example"
    assert step.msg == f"Could not manage domain {name!r}: {message}" and step.requests == []


def test_empty_name_fails_before_any_request(play_once, emulator):
    (step,) = play_once([failing_task(domain_name="")])
    assert step.msg.startswith("Could not manage domain '': domain_name is empty") and step.requests == []


def test_validation_error_of_the_service(play_once, emulator):
    message = "Validation failed: Domain name has already been taken"
    emulator.fault(method="POST", path="/api/domains", status=422, json={"errors": {"base": [message]}})
    (step,) = play_once([failing_task(domain_name="taken.example")])
    assert step.msg == f"Could not create domain 'taken.example': {message} (HTTP 422 for POST /api/domains)"


def test_domain_cannot_be_renamed(play_once, shop):
    (step,) = play_once([failing_task(id=435, domain_name="other.example")])
    assert step.msg == (
        "Could not update domain 435: domain_name of a domain cannot be changed from 'shop.example' to 'other.example'"
    )
    assert step.writes == []


def test_demo_domain_cannot_be_changed(play, emulator):
    (demo,) = [domain for domain in emulator.dump()["domains"] if domain["demo"]]
    change, delete, delete_by_id, same = play(
        [
            failing_task(domain_name=demo["domain_name"], open_tracking_enabled=False),
            failing_task(domain_name=demo["domain_name"], state="absent"),
            failing_task(id=demo["id"], state="absent"),
            task(domain_name=demo["domain_name"], open_tracking_enabled=True),
        ]
    )
    for step in (change, delete, delete_by_id):
        assert step.failed and step.writes == []
        assert step.msg.endswith("it is the demo domain of the account, which cannot be changed or deleted")
    assert not same.changed


def test_failed_flags_after_the_creation_report_the_id(play, emulator):
    emulator.fault(method="PATCH", path="/api/domains", status=403, json={"errors": "Access forbidden"})
    step, again = play(
        [
            failing_task(domain_name="mail.example", click_tracking_enabled=True),
            failing_task(domain_name="mail.example", click_tracking_enabled=True),
        ]
    )
    domain_id = step["domain"]["id"]
    assert step.failed and step.changed and f"the domain had already been created, with id {domain_id}" in step.msg
    assert step.msg.startswith("Could not update domain 'mail.example': the API token has no access to this")
    assert again.writes == [f"PATCH /api/domains/{domain_id}"]


def test_ignored_flag_causes_a_warning(play_once, emulator, shop):
    answer = {"id": 435, "domain_name": "shop.example", "click_tracking_enabled": False}
    emulator.fault(method="PATCH", path="/api/domains", status=200, json=answer)
    (step,) = play_once([task(domain_name="shop.example", click_tracking_enabled=True)])
    assert step["warnings"] == [
        "The service accepted click_tracking_enabled for domain 'shop.example', but returns False."
    ]


def test_company_info(play, emulator, shop):
    """Read the company info only if the option is given, create the first one, and later send only differences."""
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
    unmanaged, read, predicted, created, again, update_predicted, changed, cleared, clear, other = steps
    list_domains = ["GET /api/domains"]
    reads = [*list_domains, f"GET {PATH}"]
    assert unmanaged.requests == list_domains and "company_info" not in unmanaged["domain"]
    assert read.requests == reads and not read.changed and read["domain"]["company_info"]["name"] is None
    assert predicted.requests == reads and predicted["domain"]["company_info"]["name"] == "Shop Ltd"
    assert created.requests == [*reads, f"POST {PATH}"] and created["domain"]["company_info"]["phone"] is None
    assert created.entries[2]["body"] == {"company_info": INFO}
    assert created["diff"]["before"]["company_info"]["city"] is None
    assert created["diff"]["after"]["company_info"]["city"] == "Riga"
    assert not again.changed and again.requests == reads and again["domain"]["company_info"]["country"] == "LV"
    assert update_predicted.changed and update_predicted.writes == []
    assert changed.writes == [f"PATCH {PATH}"]
    assert changed.entries[2]["body"] == {"company_info": {"phone": "+371 1"}}
    assert changed["domain"]["company_info"]["phone"] == "+371 1"
    assert cleared.entries[2]["body"] == {"company_info": {"phone": ""}}
    assert not clear.changed
    # The company info belongs to the account: another domain has the same.
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
def test_absent_company_info_is_created(play_once, emulator, shop, answer):
    emulator.fault(method="GET", path="company_info", **answer)
    (step,) = play_once([task(domain_name="shop.example", company_info=INFO)])
    assert step.changed and step.writes == [f"POST {PATH}"]


def test_company_info_that_cannot_be_read_is_not_absent(play_once, emulator, shop):
    emulator.fault(method="GET", path="company_info", times=1, status=500)
    emulator.fault(method="GET", path="company_info", times=1, status=200, json={"data": ["x"]})
    failed, invalid = play_once([failing_task(domain_name="shop.example", company_info=INFO) for _ in range(2)])
    assert "the service answered 500 Internal Server Error without saying why" in failed.msg
    assert "the service's answer contains no company info" in invalid.msg
    assert failed.writes == invalid.writes == []


def test_requirements_of_the_first_company_info(play_once, emulator, shop):
    incomplete, new_domain, invalid = play_once(
        [
            failing_task(domain_name="shop.example", company_info={"name": "Shop Ltd", "city": "Riga"}),
            failing_task(domain_name="new.example", company_info={"name": "Shop Ltd"}),
            failing_task(domain_name="shop.example", company_info={**INFO, "website_url": "nowhere"}),
        ]
    )
    assert incomplete.msg == (
        "Could not update domain 'shop.example': the account has no company_info yet, and a new one needs address and "
        "country and zip_code and website_url"
    )
    assert incomplete.writes == []
    assert new_domain.writes == ["POST /api/domains"]
    assert f"had already been created, with id {new_domain['domain']['id']}" in new_domain.msg
    assert invalid.msg.startswith("Could not update domain 'shop.example': website_url is invalid (HTTP 422 for POST")


def test_info_level_can_be_changed_only_once(play_once, emulator, shop):
    emulator.seed(company_info=[INFO])
    levels = ["individual", "business"]
    first, second = play_once([failing_task(id=435, company_info={"info_level": level}) for level in levels])
    assert first.changed and second.failed
    assert second.msg.startswith("Could not update domain 435: info_level can be changed only once (HTTP 422")


def test_legacy_names_and_older_paths(play_in, emulator, shop):
    for execution in ("in_process", "module"):
        updated, listed = play_in(
            execution,
            """
            - community.mailtrap.sending_domain: {name: shop.example, click_tracking_enabled: true, company_info: {}}
            - community.mailtrap.sending_domain_info: {name: shop.example}
            """,
            environment={"MAILTRAP_ACCOUNT_ID": str(emulator.account_id)},
        )
        older_path = f"/api/accounts/{emulator.account_id}/sending_domains"
        assert updated.requests[:2] == [f"GET {older_path}", f"GET {PATH}"]
        assert updated["domain"]["click_tracking_enabled"] is True
        assert [domain["id"] for domain in listed["domains"]] == [435]
