# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Suppressions (docs/service.md#suppressions)."""

import re

import pytest

SUPPRESSION_KEYS = [
    "id",
    "type",
    "created_at",
    "email",
    "sending_stream",
    "domain_name",
    "message_bounce_category",
    "message_category",
    "message_client_ip",
    "message_created_at",
    "message_esp_response",
    "message_esp_server_type",
    "message_outgoing_ip",
    "message_recipient_mx_name",
    "message_sender_email",
    "message_subject",
]


@pytest.fixture
def domain_id(emulator):
    return next(row["id"] for row in emulator.dump()["domains"] if row["domain_name"] == "example.com")


@pytest.fixture
def fields(emulator, domain_id):
    emulator.limits(rate_limits="off")
    return {"email": "Ann@Example.org", "domain_id": domain_id, "sending_stream": "transactional"}


@pytest.fixture
def create_token(emulator):
    """A function that creates a token with these permissions and returns its value."""

    def make(*grants):
        value = f"{len(emulator.dump()['api_tokens']):032x}"
        resources = [
            {"resource_type": resource_type, "resource_id": resource_id, "access_level": level}
            for resource_type, resource_id, level in grants
        ]
        emulator.seed(api_tokens=[{"name": value, "token": value, "resources": resources}])
        return value

    return make


def get_errors(response):
    assert response.status_code == 422, response.text
    return response.json()["errors"]


def test_create_returns_201(api, fields):
    response = api.post("/api/suppressions", json=fields)
    assert response.status_code == 201
    assert list(response.json()) == ["data"]
    data = response.json()["data"]
    assert list(data) == SUPPRESSION_KEYS
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", data["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", data["created_at"])
    assert (data["type"], data["email"], data["sending_stream"]) == ("manual import", fields["email"], "transactional")
    assert data["domain_name"] == "example.com"
    assert {data[name] for name in SUPPRESSION_KEYS if name.startswith("message_")} == {""}
    assert api.get("/api/suppressions").json() == [data]


def test_account_scoped_path_works_on_the_same_data(api, emulator, fields):
    legacy_path = f"/api/accounts/{emulator.account_id}/suppressions"
    data = api.post(legacy_path, json=fields | {"type": "spam complaint"}).json()["data"]
    assert data["type"] == "spam complaint"
    assert api.get(legacy_path).json() == api.get("/api/suppressions").json() == [data]
    assert api.delete(f"{legacy_path}/{data['id']}").json() == data
    other = f"/api/accounts/{emulator.account_id + 1}/suppressions"
    assert api.get(other).json() == {"errors": "Account access forbidden"}


def test_invalid_values_are_refused(api, fields):
    assert get_errors(api.post("/api/suppressions", json={})) == {
        "email": ["can't be blank"],
        "domain": ["can't be blank"],
        "sending_stream": ["is invalid. Allowed values: transactional, bulk."],
    }
    assert get_errors(api.post("/api/suppressions", json=fields | {"email": "x"})) == {"email": ["is invalid"]}
    for stream in ("any", None, "", 7, ["bulk"]):
        errors = get_errors(api.post("/api/suppressions", json=fields | {"sending_stream": stream}))
        assert errors == {"sending_stream": ["is invalid. Allowed values: transactional, bulk."]}
    errors = get_errors(api.post("/api/suppressions", json=fields | {"type": "hunch"}))
    types = "hard bounce, unsubscription, spam complaint, manual import"
    assert errors == {"type": [f"is invalid. Allowed values: {types}."]}
    for domain_id in (1, "x", -1, 2**70, 1.5, True, [1], "9" * 30):
        errors = get_errors(api.post("/api/suppressions", json=fields | {"domain_id": domain_id}))
        assert errors == {"domain": ["can't be blank"]}
    assert api.post("/api/suppressions", json=fields | {"domain_id": str(fields["domain_id"])}).status_code == 201


def test_duplicate_is_refused(api, fields):
    assert api.post("/api/suppressions", json=fields).status_code == 201
    again = fields | {"email": fields["email"].upper(), "type": "unsubscription"}
    assert get_errors(api.post("/api/suppressions", json=again)) == {"email": ["has already been taken"]}
    assert api.post("/api/suppressions", json=fields | {"sending_stream": "bulk"}).status_code == 201


def test_delete_returns_the_suppression(api, fields):
    data = api.post("/api/suppressions", json=fields).json()["data"]
    response = api.delete(f"/api/suppressions/{data['id'].upper()}")
    assert response.status_code == 200
    assert response.json() == data
    for path in (data["id"], "1", "x", "%00"):
        response = api.delete(f"/api/suppressions/{path}")
        assert response.status_code == 404
        assert response.json() == {"error": "Not Found"}


def test_suppression_of_another_account_is_not_found(api, emulator):
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}],
        suppressions=[{"account_id": 77, "email": "x@example.org", "id": "11111111-1111-4111-8111-111111111111"}],
    )
    assert api.delete("/api/suppressions/11111111-1111-4111-8111-111111111111").status_code == 404
    assert api.get("/api/suppressions").json() == []


def test_email_filter_is_exact_and_ignores_case(api, emulator):
    addresses = ["ann@example.org", "joann@example.org", "ann@example.org.uk"]
    emulator.seed(suppressions=[{"email": address} for address in addresses])
    for value in ("ann@example.org", "ANN@Example.ORG"):
        response = api.get("/api/suppressions", params={"email": value})
        assert [row["email"] for row in response.json()] == ["ann@example.org"]
    assert api.get("/api/suppressions", params={"email": "ann@"}).json() == []


def test_list_is_newest_first_and_filtered_by_time(api, emulator):
    emulator.limits(rate_limits="off")
    days = ["2026-03-02", "2026-03-01", "2026-03-03"]
    emulator.seed(suppressions=[{"email": f"{day}@example.org", "created_at": f"{day}T12:00:00Z"} for day in days])

    def find_dates(**params):
        return [row["email"][:10] for row in api.get("/api/suppressions", params=params).json()]

    assert find_dates() == ["2026-03-03", "2026-03-02", "2026-03-01"]
    assert find_dates(start_time="2026-03-02T12:00:00Z") == ["2026-03-03", "2026-03-02"]
    assert find_dates(start_time="2026-03-02T12:00:01Z") == ["2026-03-03"]
    assert find_dates(end_time="2026-03-02T12:00:00Z") == ["2026-03-02", "2026-03-01"]
    assert find_dates(end_time="2026-03-02T13:59:59+02:00") == ["2026-03-01"]
    assert find_dates(start_time="2026-03-03T00:00:00Z", end_time="2026-03-01T00:00:00Z") == []
    unencoded = api.get("/api/suppressions?start_time=2026-03-03T12:00:00+00:00")
    assert len(unencoded.json()) == 1


@pytest.mark.parametrize("value", ["soon", "2026-13-01", "0001-01-01T00:00:00+14:00", "\x00"])
def test_invalid_time_is_refused(api, value):
    for name in ("start_time", "end_time"):
        response = api.get("/api/suppressions", params={name: value})
        assert response.status_code == 400
        assert response.json() == {"error": "Bad Request"}


def test_page_has_a_thousand_rows(api, emulator):
    emulator.limits(rate_limits="off")
    emulator.seed(suppressions=[{"email": f"{number}@example.org"} for number in range(1001)])
    first = api.get("/api/suppressions").json()
    assert [row["email"] for row in first] == [f"{number}@example.org" for number in range(1000, 0, -1)]
    rest = api.get("/api/suppressions", params={"last_id": first[-1]["id"]}).json()
    assert [row["email"] for row in rest] == ["0@example.org"]
    for last_id in (rest[0]["id"], "x", "11111111-1111-4111-8111-111111111111"):
        assert api.get("/api/suppressions", params={"last_id": last_id}).json() == []


def test_all_operations_share_ten_requests_a_minute(api, emulator, domain_id):
    emulator.clock(set="2026-01-01T00:00:00Z", frozen=True)
    body = {"email": "ann@example.org", "domain_id": domain_id, "sending_stream": "bulk"}
    responses = [api.post("/api/suppressions", json=body), *(api.get("/api/suppressions") for _ in range(8))]
    responses.append(api.delete("/api/suppressions/x"))
    assert [response.status_code for response in responses] == [201, *[200] * 8, 404]
    for response in (api.get("/api/suppressions"), api.delete("/api/suppressions/x")):
        assert response.status_code == 429
        assert response.json() == {"errors": "Rate limit exceeded"}
    emulator.clock(advance=60)
    assert api.get("/api/suppressions").status_code == 200


def test_needed_access_levels(api, emulator, fields, create_token, make_client):
    emulator.seed(verified_domains=[{"id": 5, "domain_name": "other.example"}])
    mine = api.post("/api/suppressions", json=fields).json()["data"]
    other = api.post("/api/suppressions", json=fields | {"domain_id": 5}).json()["data"]
    emulator.seed(suppressions=[{"email": "all@example.org", "id": "22222222-2222-4222-8222-222222222222"}])

    viewer = make_client(emulator, create_token(("account", emulator.account_id, 10)))
    assert len(viewer.get("/api/suppressions").json()) == 3
    refused = [
        viewer.post("/api/suppressions", json=fields),
        viewer.post("/api/suppressions", json={}),
        viewer.delete(f"/api/suppressions/{mine['id']}"),
    ]
    sender = make_client(emulator, create_token(("domain", fields["domain_id"], 100)))
    assert sender.get("/api/suppressions").json() == [mine]
    refused += [
        sender.post("/api/suppressions", json=fields | {"domain_id": 5}),
        sender.delete(f"/api/suppressions/{other['id']}"),
        sender.delete("/api/suppressions/22222222-2222-4222-8222-222222222222"),
    ]
    outsider = make_client(emulator, create_token(("sandbox", 1, 100)))
    refused.append(outsider.get("/api/suppressions"))
    assert {response.status_code for response in refused} == {403}
    assert {response.text for response in refused} == {'{"errors":"Account access forbidden"}'}
    assert sender.delete(f"/api/suppressions/{mine['id']}").json() == mine


@pytest.mark.parametrize(
    ("event", "suppression_type", "category", "response"),
    [
        ("bounce", "hard bounce", "Bad recipient", "550 5.1.1 The recipient does not exist here"),
        ("spam_complaint", "spam complaint", "", ""),
        ("unsubscribe", "unsubscription", "", ""),
    ],
)
def test_events_that_suppress_an_address(api, emulator, mail, event, suppression_type, category, response):
    emulator.clock(set="2026-05-06T07:08:09Z", frozen=True)
    api.post("/bulk/api/send", json=mail | {"category": "News"})
    emulator.clock(advance=60)
    for _ in range(2):
        emulator.event(event, email="ann@example.org")
    (row,) = api.get("/api/suppressions").json()
    assert row == {
        "id": row["id"],
        "type": suppression_type,
        "created_at": "2026-05-06T07:09:09Z",
        "email": "ann@example.org",
        "sending_stream": "bulk",
        "domain_name": "example.com",
        "message_bounce_category": category,
        "message_category": "News",
        "message_client_ip": "127.0.0.1",
        "message_created_at": "2026-05-06T07:08:09Z",
        "message_esp_response": response,
        "message_esp_server_type": "Other",
        "message_outgoing_ip": "192.0.2.20",
        "message_recipient_mx_name": "mx.example.org",
        "message_sender_email": "sales@example.com",
        "message_subject": "Your order",
    }


@pytest.mark.parametrize("event", ["soft_bounce", "open", "click", "delivery", "suspension", "reject"])
def test_events_that_do_not_suppress_an_address(api, emulator, mail, event):
    api.post("/api/send", json=mail)
    emulator.event(event, email="ann@example.org")
    assert api.get("/api/suppressions").json() == []


def test_mail_is_delivered_again_after_the_suppression_is_deleted(api, emulator, fields, mail):
    data = api.post("/api/suppressions", json=fields).json()["data"]
    other = {"verified_domains": [{"domain_name": "other.example"}]}
    emulator.seed(other)

    def status(**changes):
        message_id = api.post("/api/send", json=mail | changes).json()["message_ids"][0]
        return api.get(f"/api/email_logs/{message_id}").json()["status"]

    assert status() == "not_delivered"
    assert status(**{"from": {"email": "x@other.example"}}) == "delivered"
    api.delete(f"/api/suppressions/{data['id']}")
    assert status() == "delivered"
