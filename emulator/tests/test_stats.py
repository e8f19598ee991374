# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending statistics (docs/service.md#stats)."""

import pytest

STATS_KEYS = [
    f"{name}_{what}" for name in ("delivery", "bounce", "open", "click", "spam") for what in ("count", "rate")
]
GROUPS = {
    "domains": "domain_id",
    "categories": "category",
    "email_service_providers": "email_service_provider",
    "date": "date",
}
DATES = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


@pytest.fixture(autouse=True)
def _no_rate_limits(emulator):
    emulator.limits(rate_limits="off")


@pytest.fixture
def domain_id(emulator):
    return next(row["id"] for row in emulator.dump()["domains"] if row["domain_name"] == "example.com")


@pytest.fixture
def traffic(emulator, domain_id):
    """Add ten messages on two days from two domains, with their events."""
    emulator.seed(verified_domains=[{"id": 5, "domain_name": "other.example"}])
    mails = [
        ("a@gmail.com", domain_id, "2026-03-01", "News", ["delivery", "open", "open", "click"]),
        ("b@gmail.com", domain_id, "2026-03-01", "News", ["delivery", "open"]),
        ("c@gmail.com", domain_id, "2026-03-01", None, ["delivery", "bounce", "open"]),
        ("d@yahoo.com", domain_id, "2026-03-02", "Bills", ["delivery", "spam_complaint"]),
        ("e@yahoo.com", domain_id, "2026-03-02", None, ["soft_bounce"]),
        ("f@yahoo.com", domain_id, "2026-03-02", None, ["soft_bounce", "delivery"]),
        ("g@x.example", 5, "2026-03-02", None, ["bounce"]),
        ("h@x.example", 5, "2026-03-02", None, []),
        ("i@x.example", 5, "2026-03-02", None, ["reject"]),
        ("j@x.example", 5, "2026-03-02", None, ["suspension"]),
    ]
    for to, domain, day, category, events in mails:
        stream = "bulk" if domain == 5 else "transactional"
        row = {"to": to, "domain_id": domain, "sent_at": f"{day}T23:59:59Z", "category": category}
        emulator.seed(email_logs=[row | {"sending_stream": stream}])
        for event in events:
            emulator.event(event, email=to)


def get_counts(stats):
    return [stats[name] for name in STATS_KEYS if name.endswith("count")]


def test_total(api, traffic):
    response = api.get("/api/stats", params=DATES)
    assert response.status_code == 200
    assert list(response.json()) == STATS_KEYS
    assert response.json() == {
        "delivery_count": 4,
        "delivery_rate": 0.5,
        "bounce_count": 2,
        "bounce_rate": 0.25,
        "open_count": 2,
        "open_rate": 0.5,
        "click_count": 1,
        "click_rate": 0.25,
        "spam_count": 1,
        "spam_rate": 0.25,
    }


def test_without_mail_all_figures_are_zero(api):
    for path in ("/api/stats", *(f"/api/stats/{group}" for group in GROUPS)):
        body = api.get(path, params=DATES).json()
        assert body == (dict.fromkeys(STATS_KEYS, 0) if path == "/api/stats" else [])
    assert '"open_count":0,"open_rate":0.0' in api.get("/api/stats", params=DATES).text


def test_live_mail_is_counted(api, mail):
    api.post("/api/send", json=mail | {"cc": [{"email": "bob@example.org"}]})
    body = api.get("/api/stats", params={"start_date": "2000-01-01", "end_date": "2999-12-31"}).json()
    assert (body["delivery_count"], body["delivery_rate"]) == (2, 1.0)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("domains", {5: [0, 1, 0, 0, 0], "example.com": [4, 1, 2, 1, 1]}),
        ("categories", {"Bills": [1, 0, 0, 0, 1], "News": [2, 0, 2, 1, 0]}),
        (
            "email_service_providers",
            {"Google": [2, 1, 2, 1, 0], "Other": [0, 1, 0, 0, 0], "Yahoo": [2, 0, 0, 0, 1]},
        ),
        ("date", {"2026-03-01": [2, 1, 2, 1, 0], "2026-03-02": [2, 1, 0, 0, 1]}),
    ],
)
def test_groups_in_both_generations(api, emulator, traffic, domain_id, group, expected):
    body = api.get(f"/api/stats/{group}", params=DATES).json()
    key = GROUPS[group]
    assert all(list(row) == [key, "stats"] and list(row["stats"]) == STATS_KEYS for row in body)
    groups = [("example.com" if row[key] == domain_id else row[key], get_counts(row["stats"])) for row in body]
    assert groups == list(expected.items())
    legacy = api.get(f"/api/accounts/{emulator.account_id}/stats/{group}", params=DATES).json()
    legacy_key = "sending_domain_id" if group == "domains" else key
    assert legacy == [{legacy_key: row[key], "stats": row["stats"]} for row in body]


def test_total_is_the_same_below_an_account(api, emulator, traffic):
    legacy = api.get(f"/api/accounts/{emulator.account_id}/stats", params=DATES)
    assert legacy.text == api.get("/api/stats", params=DATES).text
    assert api.get(f"/api/accounts/{emulator.account_id + 1}/stats", params=DATES).status_code == 403


@pytest.mark.parametrize(
    ("filters", "delivered"),
    [
        ({"domain_ids[]": "5"}, 0),
        ({"domain_ids": "5"}, 0),
        ({"domain_ids[]": ["5", "DOMAIN"]}, 4),
        ({"domain_ids[]": "x"}, 0),
        ({"sending_domain_ids[]": "5"}, 4),
        ({"sending_streams[]": "transactional"}, 4),
        ({"sending_streams[]": ["bulk"]}, 0),
        ({"categories[]": ["News", "Bills"]}, 3),
        ({"categories[]": ["News"], "email_service_providers[]": "Yahoo"}, 0),
        ({"email_service_providers[]": "Google"}, 2),
        ({"start_date": "2026-03-02"}, 2),
        ({"end_date": "2026-03-01"}, 2),
        ({"start_date": "2026-03-02", "end_date": "2026-03-01"}, 0),
        ({"colours[]": "red"}, 4),
    ],
)
def test_filters_select_mail(api, traffic, domain_id, filters, delivered):
    parameters = {
        name: [str(domain_id) if item == "DOMAIN" else item for item in value] if isinstance(value, list) else value
        for name, value in filters.items()
    }
    assert api.get("/api/stats", params=DATES | parameters).json()["delivery_count"] == delivered


def test_legacy_name_of_the_domain_filter(api, emulator, traffic):
    path = f"/api/accounts/{emulator.account_id}/stats"
    assert api.get(path, params=DATES | {"sending_domain_ids[]": "5"}).json()["bounce_count"] == 1
    assert api.get(path, params=DATES | {"domain_ids[]": "5"}).json()["bounce_count"] == 2


@pytest.mark.parametrize("path", ["", *(f"/{group}" for group in GROUPS)])
def test_dates_are_required_and_validated(api, path):
    for name in DATES:
        missing = {key: value for key, value in DATES.items() if key != name}
        for params in (missing, DATES | {name: ""}):
            response = api.get(f"/api/stats{path}", params=params)
            assert response.status_code == 400
            assert response.json() == {"error": f"Missing required parameter: {name}"}
        for value in ("today", "2026-02-30", "2026-01-01T00:00:00Z", "99999-01-01", "\x00"):
            response = api.get(f"/api/stats{path}", params=DATES | {name: value})
            assert response.status_code == 400
            assert response.json() == {"error": "Bad Request"}
    assert api.get(f"/api/stats{path}").json() == {"error": "Missing required parameter: start_date"}


def test_unknown_groups_are_not_found(api, emulator):
    for group in ("colours", "sending_domains", "x%00"):
        assert api.get(f"/api/stats/{group}", params=DATES).status_code == 404


def test_token_sees_only_the_mail_of_its_domains(emulator, traffic, make_client):
    for token, resource_type in (("a" * 32, "domain"), ("b" * 32, "sandbox")):
        grant = {"resource_type": resource_type, "resource_id": 5, "access_level": 10}
        emulator.seed(api_tokens=[{"name": resource_type, "token": token, "resources": [grant]}])
    assert get_counts(make_client(emulator, "a" * 32).get("/api/stats", params=DATES).json()) == [0, 1, 0, 0, 0]
    response = make_client(emulator, "b" * 32).get("/api/stats", params=DATES)
    assert (response.status_code, response.json()) == (403, {"errors": "Account access forbidden"})


def test_all_operations_share_ten_requests_a_minute(api, emulator):
    emulator.clock(frozen=True)
    emulator.limits(rate_limits="on")
    paths = ["/api/stats", *(f"/api/stats/{group}" for group in GROUPS)] * 2
    assert [api.get(path, params=DATES).status_code for path in paths] == [200] * 10
    response = api.get("/api/stats")
    assert (response.status_code, response.json()) == (429, {"errors": "Rate limit exceeded"})
    emulator.clock(advance=60)
    assert api.get("/api/stats", params=DATES).status_code == 200
