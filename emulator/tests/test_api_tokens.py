# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API tokens (facts 3.4, 11)."""

import re

import pytest

SHOWN = ["resources", "id", "name", "last_4_digits", "created_by", "expires_at"]


@pytest.fixture
def grant(emulator):
    return {"resource_type": "account", "resource_id": emulator.account_id, "access_level": 100}


@pytest.fixture
def make(api, grant):
    def create(name="deploy", **more):
        return api.post("/api/api_tokens", json={"name": name, "resources": [grant], **more})

    return create


def test_create_tells_the_value_once(api, emulator, make, grant, client_of):
    answer = make()
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == [*SHOWN, "token"]
    assert body["resources"] == [grant]
    assert body["created_by"] == "Start token"
    assert re.fullmatch(r"[0-9a-f]{32}", body["token"])
    assert body["token"].endswith(body["last_4_digits"])
    later = api.get(f"/api/api_tokens/{body['id']}")
    assert later.json() == {name: body[name] for name in SHOWN}
    assert client_of(emulator, body["token"]).get("/api/projects").status_code == 200


def test_the_list_has_no_values(api, make):
    token = make().json()["token"]
    listed = api.get("/api/api_tokens")
    assert [row["name"] for row in listed.json()] == ["Start token", "deploy"]
    assert token not in listed.text


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"resources": []}, {"resources": None, "name": "x"}, {"api_token": {"name": "x"}}]
)
def test_permissions_are_demanded_before_the_name(api, body):
    answer = api.post("/api/api_tokens", json=body)
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"base": ["No permissions selected. Please choose at least one."]}}


def test_a_blank_or_taken_name(make):
    assert make(name="").json() == {"errors": {"name": ["can't be blank"]}}
    make()
    again = make()
    assert again.status_code == 422
    assert again.json() == {"errors": {"name": ["has already been taken"]}}


def test_ids_and_levels_may_be_written_as_text(api, sandbox, project):
    resources = [
        {"resource_type": "sandbox", "resource_id": str(sandbox["id"]), "access_level": "viewer"},
        {"resource_type": "project", "resource_id": project["id"], "access_level": "100"},
    ]
    answer = api.post("/api/api_tokens", json={"name": "t", "resources": resources})
    assert answer.json()["resources"] == [
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
def test_permissions_that_cannot_be_granted(api, resource):
    answer = api.post("/api/api_tokens", json={"name": "t", "resources": [resource]})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["base"]


def test_delete(api, emulator, make, client_of):
    body = make().json()
    assert api.delete(f"/api/api_tokens/{body['id']}").status_code == 204
    assert api.delete(f"/api/api_tokens/{body['id']}").json() == {"error": "Not Found"}
    assert client_of(emulator, body["token"]).get("/api/accounts").status_code == 401


def test_a_token_may_delete_itself(emulator, make, client_of):
    body = make().json()
    own = client_of(emulator, body["token"])
    assert own.delete(f"/api/api_tokens/{body['id']}").status_code == 204
    assert own.get("/api/accounts").json() == {"error": "Incorrect API token"}


def test_reset_makes_a_new_token_with_a_new_id_and_name(api, emulator, make, client_of):
    old = make().json()
    answer = api.post(f"/api/api_tokens/{old['id']}/reset")
    assert answer.status_code == 200
    new = answer.json()
    assert list(new) == [*SHOWN, "token"]
    assert new["id"] != old["id"]
    assert new["name"] == f"deploy {new['id']}"
    assert new["token"] != old["token"]
    assert new["resources"] == old["resources"]
    for token in (old, new):
        assert client_of(emulator, token["token"]).get("/api/accounts").status_code == 200
    emulator.clock(advance=12 * 3600 + 1)
    assert client_of(emulator, old["token"]).get("/api/accounts").status_code == 401
    assert client_of(emulator, new["token"]).get("/api/accounts").status_code == 200
    assert [row["id"] for row in api.get("/api/api_tokens").json()][1:] == [old["id"], new["id"]]


def test_a_second_reset_of_the_same_token_is_refused(api, make):
    old = make().json()
    api.post(f"/api/api_tokens/{old['id']}/reset")
    again = api.post(f"/api/api_tokens/{old['id']}/reset")
    assert again.status_code == 422
    assert list(again.json()["errors"]) == ["base"]
    assert api.post("/api/api_tokens/1/reset").status_code == 404


def test_an_expired_token_cannot_be_reset(api, emulator, make):
    body = make().json()
    emulator.clock(advance=366 * 86400)
    assert api.post(f"/api/api_tokens/{body['id']}/reset").status_code == 422


def test_a_token_lives_a_year_by_default(emulator, make, client_of):
    emulator.clock(set="2026-05-01T00:00:00Z", frozen=True)
    body = make().json()
    assert body["expires_at"] == "2027-05-01T00:00:00Z"
    emulator.clock(set="2027-05-01T00:00:00Z")
    assert client_of(emulator, body["token"]).get("/api/accounts").status_code == 401
    emulator.limits(token_lifetime_days=None)
    assert make(name="other").json()["expires_at"] is None


def test_expiry_can_be_chosen(api, emulator, make):
    emulator.clock(set="2026-05-01T00:00:00Z", frozen=True)
    assert make(expires_at=None).json()["expires_at"] is None
    body = make(name="b", expires_at="2026-06-01T02:00:00+02:00").json()
    assert body["expires_at"] == "2026-06-01T00:00:00Z"
    answer = api.post(f"/api/api_tokens/{body['id']}/reset", json={"expires_at": "2026-07-01T00:00:00Z"})
    assert answer.json()["expires_at"] == "2026-07-01T00:00:00Z"


@pytest.mark.parametrize("moment", ["2020-01-01T00:00:00Z", "2040-01-01", "soon", "", 7, "0001-01-01T00:00:00+23:59"])
def test_expiry_out_of_reach(api, make, moment):
    answer = make(expires_at=moment)
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"base": ["Expiration date must be in the future"]}}
    body = make(name="other").json()
    again = api.post(f"/api/api_tokens/{body['id']}/reset", json={"expires_at": moment})
    assert again.json() == {"errors": {"base": ["Expiration date must be in the future"]}}
    assert len(api.get("/api/api_tokens").json()) == 2


def test_five_years_ahead_is_the_farthest(emulator, make):
    emulator.clock(set="2028-02-29T12:00:00Z", frozen=True)
    assert make(expires_at="2033-02-28T12:00:00Z").json()["expires_at"] == "2033-02-28T12:00:00Z"
    assert make(name="b", expires_at="2033-02-28T12:00:01Z").status_code == 422


def test_the_last_token_of_a_domain_stays(api, emulator):
    emulator.seed(verified_domains=[{"id": 7, "domain_name": "shop.example"}])
    grant = {"resource_type": "domain", "resource_id": 7, "access_level": 100}
    one, two = (api.post("/api/api_tokens", json={"name": name, "resources": [grant]}).json()["id"] for name in "ab")
    assert api.delete(f"/api/api_tokens/{one}").status_code == 204
    answer = api.delete(f"/api/api_tokens/{two}")
    assert (answer.status_code, answer.json()) == (403, {"errors": "Account access forbidden"})
    (access,) = api.get("/api/account_accesses?domain_ids[]=7").json()
    assert api.delete(f"/api/account_accesses/{access['id']}").status_code == 403
    assert api.delete("/api/domains/7").status_code == 204
    assert api.get(f"/api/api_tokens/{two}").status_code == 404
