# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Company info (facts 3.12)."""

import pytest

from mailtrap_emulator.testing import EmulatorError

KEYS = [
    "name",
    "address",
    "city",
    "country",
    "phone",
    "zip_code",
    "privacy_policy_url",
    "terms_of_service_url",
    "website_url",
    "info_level",
]
REQUIRED = {
    "name": "Shop Ltd",
    "address": "1 High Street",
    "city": "Riga",
    "country": "LV",
    "zip_code": "1010",
    "website_url": "https://shop.example",
}
BLANK, INVALID = "can't be blank", "is invalid"


@pytest.fixture
def paths(api):
    """The company info by way of two domains of the account."""
    return [f"/api/domains/{row['id']}/company_info" for row in api.get("/api/domains").json()["data"]]


@pytest.fixture
def path(paths):
    return paths[0]


@pytest.fixture
def give(api, path):
    def post(**changes):
        return api.post(path, json={"company_info": REQUIRED | changes})

    return post


@pytest.fixture
def change(api, path):
    def patch(**changes):
        return api.patch(path, json={"company_info": changes})

    return patch


def refusal(answer):
    assert answer.status_code == 422, answer.text
    return answer.json()["errors"]


def test_before_any_was_given(api, path, change):
    answer = api.get(path)
    assert answer.status_code == 200
    assert list(answer.json()["data"]) == KEYS
    assert answer.json() == {"data": dict.fromkeys(KEYS) | {"info_level": "business"}}
    answer = change(city="Riga")
    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


def test_it_is_the_account_s_whichever_domain_it_is_given_through(api, paths, give):
    answer = give(phone="+371 1")
    assert answer.status_code == 200
    expected = dict.fromkeys(KEYS) | REQUIRED | {"phone": "+371 1", "info_level": "business"}
    assert answer.json() == {"data": expected}
    assert list(answer.json()["data"]) == KEYS
    assert [api.get(path).json() for path in paths] == [{"data": expected}] * 2


def test_all_keys(give):
    every = {
        "phone": "+371 1",
        "privacy_policy_url": "http://shop.example/privacy",
        "terms_of_service_url": "HTTPS://shop.example:8443/terms?x=1#top",
        "info_level": "individual",
    }
    assert give(**every).json()["data"] == REQUIRED | every


def test_other_accounts_have_their_own(api, emulator, path, give, client_of):
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}],
        api_tokens=[{"name": "t", "account_id": 77, "token": "theirs"}],
        domains=[{"id": 5, "account_id": 77, "domain_name": "theirs.example"}],
    )
    give()
    theirs = client_of(emulator, "theirs")
    assert theirs.get("/api/domains/5/company_info").json()["data"]["name"] is None
    assert theirs.get(path).status_code == 404


@pytest.mark.parametrize("name", ["name", "address", "city", "country", "zip_code"])
@pytest.mark.parametrize("value", ["", "  ", None, [], {"a": 1}])
def test_what_is_required(api, path, give, name, value):
    assert refusal(give(**{name: value})) == {name: [BLANK]}
    assert api.get(path).json()["data"]["name"] is None


@pytest.mark.parametrize("value", ["", None])
def test_a_website_is_required_and_must_be_one(api, path, give, value):
    assert refusal(give(website_url=value)) == {"website_url": [BLANK, INVALID]}
    everything = {key: [BLANK] for key in REQUIRED} | {"website_url": [BLANK, INVALID]}
    assert refusal(api.post(path, json={"company_info": {"phone": "1"}})) == everything


@pytest.mark.parametrize("name", ["website_url", "privacy_policy_url", "terms_of_service_url"])
@pytest.mark.parametrize(
    "value", ["shop.example", "ftp://shop.example", "https://", "https:///x", "https://a b", 7, "\x00"]
)
def test_addresses_that_are_none(give, name, value):
    assert refusal(give(**{name: value})) == {name: [INVALID]}


def test_optional_addresses_may_be_blank(give):
    data = give(privacy_policy_url="", terms_of_service_url=None).json()["data"]
    assert (data["privacy_policy_url"], data["terms_of_service_url"]) == (None, None)


def test_levels(give):
    assert refusal(give(info_level="charity")) == {"info_level": ["is not included in the list"]}
    assert give(info_level=None).json()["data"]["info_level"] == "business"


def test_a_second_time_is_refused(api, path, give):
    before = give().json()
    assert refusal(give(city="Tallinn")) == {"base": ["Company info already exists"]}
    assert api.get(path).json() == before


def test_update_is_partial(api, path, give, change):
    before = give(phone="1").json()["data"]
    answer = change(city="Tallinn", phone=None)
    assert answer.status_code == 200
    assert answer.json() == {"data": before | {"city": "Tallinn", "phone": None}}
    assert api.get(path).json() == answer.json()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": ""}, {"name": [BLANK]}),
        ({"city": None, "zip_code": " "}, {"city": [BLANK], "zip_code": [BLANK]}),
        ({"website_url": ""}, {"website_url": [BLANK, INVALID]}),
        ({"website_url": "x"}, {"website_url": [INVALID]}),
        ({"privacy_policy_url": "x", "city": "Oslo"}, {"privacy_policy_url": [INVALID]}),
        ({"info_level": ""}, {"info_level": ["is not included in the list"]}),
    ],
)
def test_an_update_that_is_refused_changes_nothing(api, path, give, change, changes, errors):
    before = give().json()
    assert refusal(change(**changes)) == errors
    assert api.get(path).json() == before


def test_the_level_is_switched_once(api, path, give, change):
    give()
    assert change(info_level="business").status_code == 200
    assert change(info_level="individual").json()["data"]["info_level"] == "individual"
    assert change(info_level="individual", city="Oslo").status_code == 200
    assert refusal(change(info_level="business")) == {"info_level": ["can be changed only once"]}
    data = api.get(path).json()["data"]
    assert (data["info_level"], data["city"]) == ("individual", "Oslo")


def test_both_generations(api, emulator, path, give):
    data = give().json()
    number = path.split("/")[3]
    for prefix in ("", f"accounts/{emulator.account_id}/"):
        for noun in ("domains", "sending_domains"):
            one = f"/api/{prefix}{noun}/{number}/company_info"
            assert api.get(one).json() == data
            assert api.patch(one, json={"company_info": {"city": "Riga"}}).json() == data


@pytest.mark.parametrize("body", [{}, {"company_info": {}}, {"company_info": "x"}, REQUIRED, [], 7, None])
def test_a_missing_wrapper_is_an_empty_400(api, path, give, body):
    assert (api.post(path, json=body).status_code, api.post(path, json=body).content) == (400, b"")
    give()
    assert (api.patch(path, json=body).status_code, api.patch(path, json=body).content) == (400, b"")


@pytest.mark.parametrize("value", ["x" * 100_000, 10**400, True, "😀\x00"])
def test_odd_values_are_text(give, value):
    data = give(name=value).json()["data"]
    assert isinstance(data["name"], str)


def test_seeds(api, emulator, path):
    emulator.seed(company_info=[REQUIRED | {"info_level": "individual"}])
    assert api.get(path).json()["data"] == dict.fromkeys(KEYS) | REQUIRED | {"info_level": "individual"}
    with pytest.raises(EmulatorError, match="company info already"):
        emulator.seed(company_info=[REQUIRED])
    with pytest.raises(EmulatorError, match="info_level must be business or individual"):
        emulator.seed(accounts=[{"id": 77, "name": "Other"}], company_info=[{"account_id": 77, "info_level": "x"}])
