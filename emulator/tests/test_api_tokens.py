# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API tokens (docs/service.md#api-tokens)."""

import re

import pytest

TOKEN_KEYS = ["resources", "id", "name", "last_4_digits", "created_by", "expires_at"]


@pytest.fixture
def grant(emulator):
    return {"resource_type": "account", "resource_id": emulator.account_id, "access_level": 100}


@pytest.fixture
def create_token(api, grant):
    def create(name="deploy", **more):
        return api.post("/api/api_tokens", json={"name": name, "resources": [grant], **more})

    return create


def test_only_the_create_response_contains_the_value(api, emulator, create_token, grant, make_client):
    response = create_token()
    assert response.status_code == 200
    body = response.json()
    assert list(body) == [*TOKEN_KEYS, "token"]
    assert body["resources"] == [grant]
    assert body["created_by"] == "Start token"
    assert re.fullmatch(r"[0-9a-f]{32}", body["token"])
    assert body["token"].endswith(body["last_4_digits"])
    shown = api.get(f"/api/api_tokens/{body['id']}")
    assert shown.json() == {name: body[name] for name in TOKEN_KEYS}
    assert make_client(emulator, body["token"]).get("/api/projects").status_code == 200


def test_list_contains_no_values(api, create_token):
    token = create_token().json()["token"]
    listed = api.get("/api/api_tokens")
    assert [row["name"] for row in listed.json()] == ["Start token", "deploy"]
    assert token not in listed.text


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"resources": []}, {"resources": None, "name": "x"}, {"api_token": {"name": "x"}}]
)
def test_missing_permissions_are_reported_before_a_missing_name(api, body):
    response = api.post("/api/api_tokens", json=body)
    assert response.status_code == 422
    assert response.json() == {"errors": {"base": ["No permissions selected. Please choose at least one."]}}


def test_blank_or_taken_name_is_refused(create_token):
    assert create_token(name="").json() == {"errors": {"name": ["can't be blank"]}}
    create_token()
    again = create_token()
    assert again.status_code == 422
    assert again.json() == {"errors": {"name": ["has already been taken"]}}


def test_ids_and_levels_may_be_text(api, sandbox, project):
    resources = [
        {"resource_type": "sandbox", "resource_id": str(sandbox["id"]), "access_level": "viewer"},
        {"resource_type": "project", "resource_id": project["id"], "access_level": "100"},
    ]
    response = api.post("/api/api_tokens", json={"name": "t", "resources": resources})
    assert response.json()["resources"] == [
        {"resource_type": "sandbox", "resource_id": sandbox["id"], "access_level": 10},
        {"resource_type": "project", "resource_id": project["id"], "access_level": 100},
    ]


@pytest.mark.parametrize(
    "resource",
    [
        {"resource_type": "project", "resource_id": 1, "access_level": 100},
        {"resource_type": "nonsense", "resource_id": 1234567, "access_level": 100},
        {"resource_type": "account", "resource_id": 1, "access_level": 100},
        {"resource_type": "account", "resource_id": 1234567, "access_level": 1000},
        {"resource_type": "account", "resource_id": 1234567, "access_level": [100]},
        {"resource_type": "account", "resource_id": "9" * 5000, "access_level": 100},
        {"resource_type": ["account"], "resource_id": 1234567, "access_level": 100},
        {},
        "account",
        None,
    ],
)
def test_invalid_permissions_are_refused(api, resource):
    response = api.post("/api/api_tokens", json={"name": "t", "resources": [resource]})
    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["base"]


def test_deleted_token_is_not_found_and_no_longer_valid(api, emulator, create_token, make_client):
    body = create_token().json()
    assert api.delete(f"/api/api_tokens/{body['id']}").status_code == 204
    assert api.delete(f"/api/api_tokens/{body['id']}").json() == {"error": "Not Found"}
    assert make_client(emulator, body["token"]).get("/api/accounts").status_code == 401


def test_token_can_delete_itself(emulator, create_token, make_client):
    body = create_token().json()
    own_client = make_client(emulator, body["token"])
    assert own_client.delete(f"/api/api_tokens/{body['id']}").status_code == 204
    assert own_client.get("/api/accounts").json() == {"error": "Incorrect API token"}


def test_reset_creates_a_token_with_a_new_id_and_name(api, emulator, create_token, make_client):
    old = create_token().json()
    response = api.post(f"/api/api_tokens/{old['id']}/reset")
    assert response.status_code == 200
    new = response.json()
    assert list(new) == [*TOKEN_KEYS, "token"]
    assert new["id"] != old["id"]
    assert new["name"] == f"deploy {new['id']}"
    assert new["token"] != old["token"]
    assert new["resources"] == old["resources"]
    for token in (old, new):
        assert make_client(emulator, token["token"]).get("/api/accounts").status_code == 200
    emulator.clock(advance=12 * 3600 + 1)
    assert make_client(emulator, old["token"]).get("/api/accounts").status_code == 401
    assert make_client(emulator, new["token"]).get("/api/accounts").status_code == 200
    assert [row["id"] for row in api.get("/api/api_tokens").json()][1:] == [old["id"], new["id"]]


def test_second_reset_of_a_token_is_refused(api, create_token):
    old = create_token().json()
    api.post(f"/api/api_tokens/{old['id']}/reset")
    again = api.post(f"/api/api_tokens/{old['id']}/reset")
    assert again.status_code == 422
    assert list(again.json()["errors"]) == ["base"]
    assert api.post("/api/api_tokens/1/reset").status_code == 404


def test_expired_token_cannot_be_reset(api, emulator, create_token):
    body = create_token().json()
    emulator.clock(advance=366 * 86400)
    assert api.post(f"/api/api_tokens/{body['id']}/reset").status_code == 422


def test_token_expires_after_a_year_by_default(emulator, create_token, make_client):
    emulator.clock(set="2026-05-01T00:00:00Z", frozen=True)
    body = create_token().json()
    assert body["expires_at"] == "2027-05-01T00:00:00Z"
    emulator.clock(set="2027-05-01T00:00:00Z")
    assert make_client(emulator, body["token"]).get("/api/accounts").status_code == 401
    emulator.limits(token_lifetime_days=None)
    assert create_token(name="other").json()["expires_at"] is None


def test_expiry_can_be_set(api, emulator, create_token):
    emulator.clock(set="2026-05-01T00:00:00Z", frozen=True)
    assert create_token(expires_at=None).json()["expires_at"] is None
    body = create_token(name="b", expires_at="2026-06-01T02:00:00+02:00").json()
    assert body["expires_at"] == "2026-06-01T00:00:00Z"
    response = api.post(f"/api/api_tokens/{body['id']}/reset", json={"expires_at": "2026-07-01T00:00:00Z"})
    assert response.json()["expires_at"] == "2026-07-01T00:00:00Z"


@pytest.mark.parametrize(
    "expires_at", ["2020-01-01T00:00:00Z", "2040-01-01", "soon", "", 7, "0001-01-01T00:00:00+23:59"]
)
def test_invalid_expiry_is_refused(api, create_token, expires_at):
    response = create_token(expires_at=expires_at)
    assert response.status_code == 422
    assert response.json() == {"errors": {"base": ["Expiration date must be in the future"]}}
    body = create_token(name="other").json()
    again = api.post(f"/api/api_tokens/{body['id']}/reset", json={"expires_at": expires_at})
    assert again.json() == {"errors": {"base": ["Expiration date must be in the future"]}}
    assert len(api.get("/api/api_tokens").json()) == 2


def test_expiry_is_at_most_five_years_ahead(emulator, create_token):
    emulator.clock(set="2028-02-29T12:00:00Z", frozen=True)
    assert create_token(expires_at="2033-02-28T12:00:00Z").json()["expires_at"] == "2033-02-28T12:00:00Z"
    assert create_token(name="b", expires_at="2033-02-28T12:00:01Z").status_code == 422


def test_last_token_of_a_domain_cannot_be_deleted(api, emulator):
    emulator.seed(verified_domains=[{"id": 7, "domain_name": "shop.example"}])
    grant = {"resource_type": "domain", "resource_id": 7, "access_level": 100}
    first, second = (
        api.post("/api/api_tokens", json={"name": name, "resources": [grant]}).json()["id"] for name in "ab"
    )
    assert api.delete(f"/api/api_tokens/{first}").status_code == 204
    response = api.delete(f"/api/api_tokens/{second}")
    assert (response.status_code, response.json()) == (403, {"errors": "Account access forbidden"})
    (access,) = api.get("/api/account_accesses?domain_ids[]=7").json()
    assert api.delete(f"/api/account_accesses/{access['id']}").status_code == 403
    assert api.delete("/api/domains/7").status_code == 204
    assert api.get(f"/api/api_tokens/{second}").status_code == 404
