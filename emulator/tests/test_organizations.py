# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sub-accounts of organizations (docs/service.md#sub-accounts)."""

import pytest

PATH = "/api/organizations/5/sub_accounts"
FORBIDDEN = {"errors": "Access forbidden"}


@pytest.fixture
def organization(emulator, make_client):
    emulator.seed(
        accounts=[
            {"id": 77, "name": "First", "organization_id": 5, "owner_name": "Olga", "owner_email": "olga@example.org"},
            {"id": 78, "name": "Second", "organization_id": 5},
            {"id": 79, "name": "Foreign", "organization_id": 6},
        ],
        api_tokens=[{"name": "organization", "organization_id": 5, "token": "e" * 32}],
    )
    return make_client(emulator, "e" * 32)


def test_list_shows_the_accounts_of_the_organization(organization):
    assert organization.get(PATH).json() == [{"id": 77, "name": "First"}, {"id": 78, "name": "Second"}]


def test_create_returns_a_usable_account_of_the_same_owner(emulator, organization, make_client):
    response = organization.post(PATH, json={"account": {"name": "Team ü"}})
    assert response.status_code == 200
    assert list(response.json()) == ["id", "name"]
    assert response.json()["name"] == "Team ü"
    assert response.json() in organization.get(PATH).json()
    accounts = {account["id"]: account for account in organization.get("/api/accounts").json()}
    assert accounts[response.json()["id"]] == response.json() | {"access_levels": [100]}
    emulator.seed(api_tokens=[{"name": "t", "account_id": response.json()["id"], "token": "f" * 32}])
    account_client = make_client(emulator, "f" * 32)
    assert account_client.get("/api/projects").json() == []
    (owner,) = account_client.get("/api/account_accesses").json()
    assert owner["specifier"]["email"] == "olga@example.org"
    assert owner["resources"] == [{"resource_type": "organization", "resource_id": 5, "access_level": 1000}]


def test_names_may_repeat(organization):
    ids = [organization.post(PATH, json={"account": {"name": "Twin"}}).json()["id"] for _ in range(2)]
    assert len(set(ids)) == 2


@pytest.mark.parametrize("body", [{}, {"account": {}}, {"account": None}, {"account": "x"}, [], {"name": "x"}])
def test_empty_wrapper_is_an_empty_400(organization, body):
    response = organization.post(PATH, json=body)
    assert (response.status_code, response.content) == (400, b"")
    assert response.headers["content-type"] == "text/html; charset=UTF-8"
    assert "x-mailtrap-version" not in response.headers
    assert len(organization.get(PATH).json()) == 2


@pytest.mark.parametrize("name", ["", "  ", None, [], {}])
def test_blank_name_is_refused(organization, name):
    response = organization.post(PATH, json={"account": {"name": name}})
    assert (response.status_code, response.json()) == (422, {"errors": {"name": ["can't be blank"]}})


def test_other_tokens_and_organizations_are_refused(api, emulator, organization, make_client):
    emulator.seed(api_tokens=[{"name": "v", "organization_id": 5, "token": "9" * 32, "access_level": "viewer"}])
    viewer = make_client(emulator, "9" * 32)
    for client, path in (
        (api, PATH),
        (api, "/api/organizations/1234567/sub_accounts"),
        (viewer, PATH),
        (organization, "/api/organizations/6/sub_accounts"),
        (organization, "/api/organizations/999/sub_accounts"),
    ):
        for response in (
            client.get(path),
            client.post(path, json={"account": {"name": "x"}}),
            client.post(path, json={}),
        ):
            assert (response.status_code, response.json()) == (403, FORBIDDEN)
    assert make_client(emulator, "wrong").get(PATH).status_code == 401
    assert organization.get("/api/organizations/x/sub_accounts").json() == {"error": "Not Found"}
    assert organization.get(f"/api/accounts/77{PATH.removeprefix('/api')}").status_code == 404


def test_single_sub_accounts_have_no_operations(organization):
    for method in ("GET", "PATCH", "DELETE"):
        assert organization.request(method, f"{PATH}/77").status_code == 404
