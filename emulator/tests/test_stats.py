# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending statistics (facts 3.19)."""

import pytest

KEYS = [f"{name}_{what}" for name in ("delivery", "bounce", "open", "click", "spam") for what in ("count", "rate")]
GROUPS = {
    "domains": "domain_id",
    "categories": "category",
    "email_service_providers": "email_service_provider",
    "date": "date",
}
YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


@pytest.fixture(autouse=True)
def _no_windows(emulator):
    emulator.limits(rate_limits="off")


@pytest.fixture
def domain_id(emulator):
    return next(row["id"] for row in emulator.dump()["domains"] if row["domain_name"] == "example.com")


@pytest.fixture
def traffic(emulator, domain_id):
    """Ten messages on two days from two domains."""
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
    for to, domain, day, category, kinds in mails:
        stream = "bulk" if domain == 5 else "transactional"
        row = {"to": to, "domain_id": domain, "sent_at": f"{day}T23:59:59Z", "category": category}
        emulator.seed(email_logs=[row | {"sending_stream": stream}])
        for kind in kinds:
            emulator.event(kind, email=to)


def counts(stats):
    return [stats[name] for name in KEYS if name.endswith("count")]


def test_the_total(api, traffic):
    answer = api.get("/api/stats", params=YEAR)
    assert answer.status_code == 200
    assert list(answer.json()) == KEYS
    assert answer.json() == {
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


def test_without_mail_everything_is_zero(api):
    for path in ("/api/stats", *(f"/api/stats/{group}" for group in GROUPS)):
        body = api.get(path, params=YEAR).json()
        assert body == (dict.fromkeys(KEYS, 0) if path == "/api/stats" else [])
    assert '"open_count":0,"open_rate":0.0' in api.get("/api/stats", params=YEAR).text


def test_live_mail_counts(api, mail):
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
    body = api.get(f"/api/stats/{group}", params=YEAR).json()
    word = GROUPS[group]
    assert all(list(row) == [word, "stats"] and list(row["stats"]) == KEYS for row in body)
    shown = [("example.com" if row[word] == domain_id else row[word], counts(row["stats"])) for row in body]
    assert shown == list(expected.items())
    old = api.get(f"/api/accounts/{emulator.account_id}/stats/{group}", params=YEAR).json()
    old_word = "sending_domain_id" if group == "domains" else word
    assert old == [{old_word: row[word], "stats": row["stats"]} for row in body]


def test_the_total_of_the_old_generation_is_the_same(api, emulator, traffic):
    old = api.get(f"/api/accounts/{emulator.account_id}/stats", params=YEAR)
    assert old.text == api.get("/api/stats", params=YEAR).text
    assert api.get(f"/api/accounts/{emulator.account_id + 1}/stats", params=YEAR).status_code == 403


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
def test_filters(api, traffic, domain_id, filters, delivered):
    known = {
        name: [str(domain_id) if one == "DOMAIN" else one for one in value] if isinstance(value, list) else value
        for name, value in filters.items()
    }
    assert api.get("/api/stats", params=YEAR | known).json()["delivery_count"] == delivered


def test_the_old_word_of_the_filter(api, emulator, traffic):
    path = f"/api/accounts/{emulator.account_id}/stats"
    assert api.get(path, params=YEAR | {"sending_domain_ids[]": "5"}).json()["bounce_count"] == 1
    assert api.get(path, params=YEAR | {"domain_ids[]": "5"}).json()["bounce_count"] == 2


@pytest.mark.parametrize("path", ["", *(f"/{group}" for group in GROUPS)])
def test_dates_are_required(api, path):
    for name in YEAR:
        missing = {key: value for key, value in YEAR.items() if key != name}
        for params in (missing, YEAR | {name: ""}):
            answer = api.get(f"/api/stats{path}", params=params)
            assert answer.status_code == 400
            assert answer.json() == {"error": f"Missing required parameter: {name}"}
        for value in ("today", "2026-02-30", "2026-01-01T00:00:00Z", "99999-01-01", "\x00"):
            answer = api.get(f"/api/stats{path}", params=YEAR | {name: value})
            assert answer.status_code == 400
            assert answer.json() == {"error": "Bad Request"}
    assert api.get(f"/api/stats{path}").json() == {"error": "Missing required parameter: start_date"}


def test_there_are_four_groups(api, emulator):
    for group in ("colours", "sending_domains", "x%00"):
        assert api.get(f"/api/stats/{group}", params=YEAR).status_code == 404


def test_a_token_sees_the_figures_of_its_domains(emulator, traffic, client_of):
    for token, kind in (("a" * 32, "domain"), ("b" * 32, "sandbox")):
        grant = {"resource_type": kind, "resource_id": 5, "access_level": 10}
        emulator.seed(api_tokens=[{"name": kind, "token": token, "resources": [grant]}])
    assert counts(client_of(emulator, "a" * 32).get("/api/stats", params=YEAR).json()) == [0, 1, 0, 0, 0]
    answer = client_of(emulator, "b" * 32).get("/api/stats", params=YEAR)
    assert (answer.status_code, answer.json()) == (403, {"errors": "Account access forbidden"})


def test_ten_requests_a_minute_for_all_of_them_together(api, emulator):
    emulator.clock(frozen=True)
    emulator.limits(rate_limits="on")
    paths = ["/api/stats", *(f"/api/stats/{group}" for group in GROUPS)] * 2
    assert [api.get(path, params=YEAR).status_code for path in paths] == [200] * 10
    answer = api.get("/api/stats")
    assert (answer.status_code, answer.json()) == (429, {"errors": "Rate limit exceeded"})
    emulator.clock(advance=60)
    assert api.get("/api/stats", params=YEAR).status_code == 200
