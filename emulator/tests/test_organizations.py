# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations and their sub accounts (facts 3.6)."""

import pytest

PATH = "/api/organizations/5/sub_accounts"
FORBIDDEN = {"errors": "Access forbidden"}


@pytest.fixture
def organization(emulator, client_of):
    emulator.seed(
        accounts=[
            {"id": 77, "name": "First", "organization_id": 5, "owner_name": "Olga", "owner_email": "olga@example.org"},
            {"id": 78, "name": "Second", "organization_id": 5},
            {"id": 79, "name": "Foreign", "organization_id": 6},
        ],
        api_tokens=[{"name": "organization", "organization_id": 5, "token": "e" * 32}],
    )
    return client_of(emulator, "e" * 32)


def test_the_list(organization):
    assert organization.get(PATH).json() == [{"id": 77, "name": "First"}, {"id": 78, "name": "Second"}]


def test_create(emulator, organization, client_of):
    answer = organization.post(PATH, json={"account": {"name": "Team ü"}})
    assert answer.status_code == 200
    assert list(answer.json()) == ["id", "name"]
    assert answer.json()["name"] == "Team ü"
    assert answer.json() in organization.get(PATH).json()
    accounts = {account["id"]: account for account in organization.get("/api/accounts").json()}
    assert accounts[answer.json()["id"]] == answer.json() | {"access_levels": [100]}
    emulator.seed(api_tokens=[{"name": "t", "account_id": answer.json()["id"], "token": "f" * 32}])
    inside = client_of(emulator, "f" * 32)
    assert inside.get("/api/projects").json() == []
    (owner,) = inside.get("/api/account_accesses").json()
    assert owner["specifier"]["email"] == "olga@example.org"
    assert owner["resources"] == [{"resource_type": "organization", "resource_id": 5, "access_level": 1000}]


def test_names_may_repeat(organization):
    made = [organization.post(PATH, json={"account": {"name": "Twin"}}).json()["id"] for _ in range(2)]
    assert len(set(made)) == 2


@pytest.mark.parametrize("body", [{}, {"account": {}}, {"account": None}, {"account": "x"}, [], {"name": "x"}])
def test_an_empty_wrapper_is_an_empty_400(organization, body):
    answer = organization.post(PATH, json=body)
    assert (answer.status_code, answer.content) == (400, b"")
    assert answer.headers["content-type"] == "text/html; charset=UTF-8"
    assert "x-mailtrap-version" not in answer.headers
    assert len(organization.get(PATH).json()) == 2


@pytest.mark.parametrize("name", ["", "  ", None, [], {}])
def test_a_blank_name(organization, name):
    answer = organization.post(PATH, json={"account": {"name": name}})
    assert (answer.status_code, answer.json()) == (422, {"errors": {"name": ["can't be blank"]}})


def test_others_are_refused(api, emulator, organization, client_of):
    emulator.seed(api_tokens=[{"name": "v", "organization_id": 5, "token": "9" * 32, "access_level": "viewer"}])
    viewer = client_of(emulator, "9" * 32)
    for client, path in (
        (api, PATH),
        (api, "/api/organizations/1234567/sub_accounts"),
        (viewer, PATH),
        (organization, "/api/organizations/6/sub_accounts"),
        (organization, "/api/organizations/999/sub_accounts"),
    ):
        for answer in (
            client.get(path),
            client.post(path, json={"account": {"name": "x"}}),
            client.post(path, json={}),
        ):
            assert (answer.status_code, answer.json()) == (403, FORBIDDEN)
    assert client_of(emulator, "wrong").get(PATH).status_code == 401
    assert organization.get("/api/organizations/x/sub_accounts").json() == {"error": "Not Found"}
    assert organization.get(f"/api/accounts/77{PATH.removeprefix('/api')}").status_code == 404


def test_they_cannot_be_read_changed_or_removed_one_by_one(organization):
    for method in ("GET", "PATCH", "DELETE"):
        assert organization.request(method, f"{PATH}/77").status_code == 404
