# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tracking opt-outs (docs/service.md#tracking-opt-outs)."""

import re

import pytest

from mailtrap_emulator.testing import EmulatorError

PATH = "/api/tracking_opt_outs"


@pytest.fixture
def fields(emulator):
    emulator.limits(rate_limits="off")
    domain_id = next(row["id"] for row in emulator.dump()["domains"] if row["domain_name"] == "example.com")
    return {"email": "Ann@example.org", "domain_id": domain_id}


def test_create_list_and_delete(api, fields):
    response = api.post(PATH, json=fields)
    assert response.status_code == 201
    assert list(response.json()) == ["data"]
    data = response.json()["data"]
    assert list(data) == ["id", "email", "created_at", "domain_name"]
    assert isinstance(data["id"], str)
    assert (data["email"], data["domain_name"]) == ("Ann@example.org", "example.com")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", data["created_at"])
    assert api.get(PATH).json() == {"data": [data], "last_id": None}
    response = api.delete(f"{PATH}/{data['id']}")
    assert (response.status_code, response.json()) == (200, data)
    for path in (data["id"], "x", "%00", "1"):
        response = api.delete(f"{PATH}/{path}")
        assert (response.status_code, response.json()) == (404, {"error": "Not Found"})


def test_account_scoped_path_does_not_exist(api, emulator):
    assert api.get(f"/api/accounts/{emulator.account_id}/tracking_opt_outs").status_code == 404


def test_invalid_values_are_refused(api, fields):
    response = api.post(PATH, json={})
    assert response.status_code == 422
    assert response.json() == {"errors": {"email": ["can't be blank"], "domain": ["can't be blank"]}}
    assert api.post(PATH, json=fields | {"email": "x"}).json() == {"errors": {"email": ["is invalid"]}}
    for domain_id in (1, None, "x", 2**80, [], True):
        response = api.post(PATH, json=fields | {"domain_id": domain_id})
        assert (response.status_code, response.json()) == (422, {"errors": {"domain": ["can't be blank"]}})
    assert api.post(PATH, json=fields).status_code == 201
    again = api.post(PATH, json=fields | {"email": "ANN@example.org"})
    assert (again.status_code, again.json()) == (422, {"errors": {"email": ["has already been taken"]}})


def test_filters_by_email_and_time(api, emulator):
    days = ["2026-03-02", "2026-03-01", "2026-03-03"]
    emulator.seed(tracking_opt_outs=[{"email": f"{day}@x.yz", "created_at": f"{day}T12:00:00Z"} for day in days])

    def find_dates(**params):
        return [row["email"][:10] for row in api.get(PATH, params=params).json()["data"]]

    assert find_dates() == ["2026-03-03", "2026-03-02", "2026-03-01"]
    assert find_dates(email="2026-03-02@X.yz") == ["2026-03-02"]
    assert find_dates(start_time="2026-03-02T12:00:00Z") == ["2026-03-03", "2026-03-02"]
    assert find_dates(end_time="2026-03-02T12:00:00Z") == ["2026-03-02", "2026-03-01"]
    response = api.get(PATH, params={"start_time": "soon"})
    assert (response.status_code, response.json()) == (400, {"error": "Bad Request"})
    assert {row["domain_name"] for row in api.get(PATH).json()["data"]} == {None}


def test_page_has_a_thousand_rows(api, emulator):
    emulator.seed(tracking_opt_outs=[{"email": f"{number}@x.yz"} for number in range(1001)])
    first = api.get(PATH).json()
    assert (len(first["data"]), first["last_id"]) == (1000, first["data"][-1]["id"])
    rest = api.get(PATH, params={"last_id": first["last_id"]}).json()
    assert ([row["email"] for row in rest["data"]], rest["last_id"]) == (["0@x.yz"], None)
    assert api.get(PATH, params={"last_id": "x"}).json() == {"data": [], "last_id": None}


def test_needed_access_levels(api, emulator, fields, make_client):
    data = api.post(PATH, json=fields).json()["data"]
    grants = {
        "a" * 32: ("account", emulator.account_id, 10),
        "b" * 32: ("domain", fields["domain_id"], 100),
        "c" * 32: ("sandbox", 1, 100),
    }
    for token, grant in grants.items():
        resource = dict(zip(("resource_type", "resource_id", "access_level"), grant, strict=True))
        emulator.seed(api_tokens=[{"name": token, "token": token, "resources": [resource]}])
    viewer, sender, outsider = (make_client(emulator, token) for token in grants)
    assert viewer.get(PATH).json()["data"] == sender.get(PATH).json()["data"] == [data]
    for response in (viewer.post(PATH, json=fields), viewer.delete(f"{PATH}/{data['id']}"), outsider.get(PATH)):
        assert (response.status_code, response.json()) == (403, {"errors": "Account access forbidden"})
    assert sender.delete(f"{PATH}/{data['id']}").status_code == 200


def test_opens_and_clicks_are_not_tracked_after_an_opt_out(api, emulator, fields, mail):
    api.post("/api/send", json=mail)
    emulator.event("open", email="ann@example.org")
    data = api.post(PATH, json=fields).json()["data"]
    for event in ("open", "click"):
        with pytest.raises(EmulatorError, match="has opted out of tracking"):
            emulator.event(event, email="ann@example.org")
    emulator.event("unsubscribe", email="ann@example.org")
    api.delete(f"{PATH}/{data['id']}")
    emulator.event("click", email="ann@example.org")
    (row,) = api.get("/api/email_logs").json()["messages"]
    assert (row["opens_count"], row["clicks_count"]) == (1, 1)


def test_automatic_opens_are_not_tracked_after_an_opt_out(api, emulator, fields, mail):
    emulator.limits(recipients={"*": "open"})
    api.post(PATH, json=fields)
    api.post("/api/send", json=mail)
    (row,) = api.get("/api/email_logs").json()["messages"]
    assert (row["status"], row["opens_count"]) == ("delivered", 0)
