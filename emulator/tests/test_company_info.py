# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Company info (docs/service.md#company-info)."""

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
    """Return the paths of the company info through two domains of the account."""
    return [f"/api/domains/{row['id']}/company_info" for row in api.get("/api/domains").json()["data"]]


@pytest.fixture
def path(paths):
    return paths[0]


@pytest.fixture
def create_info(api, path):
    def post(**changes):
        return api.post(path, json={"company_info": REQUIRED | changes})

    return post


@pytest.fixture
def update_info(api, path):
    def patch(**changes):
        return api.patch(path, json={"company_info": changes})

    return patch


def read_errors(response):
    assert response.status_code == 422, response.text
    return response.json()["errors"]


def test_company_info_before_creation(api, path, update_info):
    response = api.get(path)
    assert response.status_code == 200
    assert list(response.json()["data"]) == KEYS
    assert response.json() == {"data": dict.fromkeys(KEYS) | {"info_level": "business"}}
    response = update_info(city="Riga")
    assert (response.status_code, response.json()) == (404, {"error": "Not Found"})


def test_all_domains_of_the_account_share_the_company_info(api, paths, create_info):
    response = create_info(phone="+371 1")
    assert response.status_code == 200
    expected = dict.fromkeys(KEYS) | REQUIRED | {"phone": "+371 1", "info_level": "business"}
    assert response.json() == {"data": expected}
    assert list(response.json()["data"]) == KEYS
    assert [api.get(path).json() for path in paths] == [{"data": expected}] * 2


def test_all_fields_are_stored(create_info):
    every = {
        "phone": "+371 1",
        "privacy_policy_url": "http://shop.example/privacy",
        "terms_of_service_url": "HTTPS://shop.example:8443/terms?x=1#top",
        "info_level": "individual",
    }
    assert create_info(**every).json()["data"] == REQUIRED | every


def test_company_info_is_separate_per_account(api, emulator, path, create_info, make_client):
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}],
        api_tokens=[{"name": "t", "account_id": 77, "token": "theirs"}],
        domains=[{"id": 5, "account_id": 77, "domain_name": "theirs.example"}],
    )
    create_info()
    theirs = make_client(emulator, "theirs")
    assert theirs.get("/api/domains/5/company_info").json()["data"]["name"] is None
    assert theirs.get(path).status_code == 404


@pytest.mark.parametrize("name", ["name", "address", "city", "country", "zip_code"])
@pytest.mark.parametrize("value", ["", "  ", None, [], {"a": 1}])
def test_required_fields_cannot_be_blank(api, path, create_info, name, value):
    assert read_errors(create_info(**{name: value})) == {name: [BLANK]}
    assert api.get(path).json()["data"]["name"] is None


@pytest.mark.parametrize("value", ["", None])
def test_website_must_be_a_url(api, path, create_info, value):
    assert read_errors(create_info(website_url=value)) == {"website_url": [BLANK, INVALID]}
    everything = {key: [BLANK] for key in REQUIRED} | {"website_url": [BLANK, INVALID]}
    assert read_errors(api.post(path, json={"company_info": {"phone": "1"}})) == everything


@pytest.mark.parametrize("name", ["website_url", "privacy_policy_url", "terms_of_service_url"])
@pytest.mark.parametrize(
    "value", ["shop.example", "ftp://shop.example", "https://", "https:///x", "https://a b", 7, "\x00"]
)
def test_invalid_urls_are_rejected(create_info, name, value):
    assert read_errors(create_info(**{name: value})) == {name: [INVALID]}


def test_optional_urls_can_be_blank(create_info):
    data = create_info(privacy_policy_url="", terms_of_service_url=None).json()["data"]
    assert (data["privacy_policy_url"], data["terms_of_service_url"]) == (None, None)


def test_info_level_is_validated(create_info):
    assert read_errors(create_info(info_level="charity")) == {"info_level": ["is not included in the list"]}
    assert create_info(info_level=None).json()["data"]["info_level"] == "business"


def test_creating_company_info_twice_is_rejected(api, path, create_info):
    before = create_info().json()
    assert read_errors(create_info(city="Tallinn")) == {"base": ["Company info already exists"]}
    assert api.get(path).json() == before


def test_update_changes_only_the_given_fields(api, path, create_info, update_info):
    before = create_info(phone="1").json()["data"]
    response = update_info(city="Tallinn", phone=None)
    assert response.status_code == 200
    assert response.json() == {"data": before | {"city": "Tallinn", "phone": None}}
    assert api.get(path).json() == response.json()


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
def test_rejected_update_changes_nothing(api, path, create_info, update_info, changes, errors):
    before = create_info().json()
    assert read_errors(update_info(**changes)) == errors
    assert api.get(path).json() == before


def test_info_level_can_be_switched_once(api, path, create_info, update_info):
    create_info()
    assert update_info(info_level="business").status_code == 200
    assert update_info(info_level="individual").json()["data"]["info_level"] == "individual"
    assert update_info(info_level="individual", city="Oslo").status_code == 200
    assert read_errors(update_info(info_level="business")) == {"info_level": ["can be changed only once"]}
    data = api.get(path).json()["data"]
    assert (data["info_level"], data["city"]) == ("individual", "Oslo")


def test_company_info_exists_in_both_generations(api, emulator, path, create_info):
    data = create_info().json()
    number = path.split("/")[3]
    for prefix in ("", f"accounts/{emulator.account_id}/"):
        for noun in ("domains", "sending_domains"):
            one = f"/api/{prefix}{noun}/{number}/company_info"
            assert api.get(one).json() == data
            assert api.patch(one, json={"company_info": {"city": "Riga"}}).json() == data


@pytest.mark.parametrize("body", [{}, {"company_info": {}}, {"company_info": "x"}, REQUIRED, [], 7, None])
def test_missing_wrapper_returns_an_empty_400(api, path, create_info, body):
    assert (api.post(path, json=body).status_code, api.post(path, json=body).content) == (400, b"")
    create_info()
    assert (api.patch(path, json=body).status_code, api.patch(path, json=body).content) == (400, b"")


@pytest.mark.parametrize("value", ["x" * 100_000, 10**400, True, "😀\x00"])
def test_scalar_values_are_cast_to_text(create_info, value):
    data = create_info(name=value).json()["data"]
    assert isinstance(data["name"], str)


def test_seeding_company_info(api, emulator, path):
    emulator.seed(company_info=[REQUIRED | {"info_level": "individual"}])
    assert api.get(path).json()["data"] == dict.fromkeys(KEYS) | REQUIRED | {"info_level": "individual"}
    with pytest.raises(EmulatorError, match="company info already"):
        emulator.seed(company_info=[REQUIRED])
    with pytest.raises(EmulatorError, match="info_level must be business or individual"):
        emulator.seed(accounts=[{"id": 77, "name": "Other"}], company_info=[{"account_id": 77, "info_level": "x"}])
