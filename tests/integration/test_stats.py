# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read sending statistics."""

from __future__ import annotations

import pytest

DOMAIN_ID = 951_000


@pytest.fixture
def sent_mail(emulator):
    """Return an emulator with messages of two days in January, in both streams and in two categories."""
    emulator.clock(set="2026-02-03T12:00:00Z")
    emulator.seed(verified_domains=[{"id": DOMAIN_ID, "domain_name": "shop.example"}])
    log = {"domain_id": DOMAIN_ID, "sent_at": "2026-01-05T10:00:00Z", "category": "News"}
    emulator.seed(
        email_logs=[
            log | {"to": "ann@gmail.com", "message_id": "00000000-0000-1000-8000-000000000001"},
            log | {"to": "bob@gmail.com", "sending_stream": "bulk"},
            log | {"to": "eve@yahoo.com", "sent_at": "2026-01-09T10:00:00Z", "category": "Orders"},
            log | {"to": "old@yahoo.com", "sent_at": "2025-12-31T23:59:59Z"},
        ]
    )
    for address in ("ann@gmail.com", "bob@gmail.com", "eve@yahoo.com", "old@yahoo.com"):
        emulator.event("bounce" if address.startswith("bob") else "delivery", email=address)
    return emulator


def delivery_counts(groups):
    """Return the number of delivered messages of each group, by its domain, category, provider or date."""
    return {next(iter(group.values())): group["stats"]["delivery_count"] for group in groups}


def test_all_groups_in_one_task(play, sent_mail):
    (step,) = play(
        """
        - community.mailtrap.stats_info:
            start_date: 2026-01-01
            end_date: "2026-01-31"
            include: [total, domains, categories, email_service_providers, date]
        """
    )
    stats = step["stats"]
    assert stats["total"]["delivery_count"] == 2 and stats["total"]["bounce_count"] == 1
    assert stats["total"]["delivery_rate"] == 0.67
    assert delivery_counts(stats["domains"]) == {DOMAIN_ID: 2}
    assert delivery_counts(stats["categories"]) == {"News": 1, "Orders": 1}
    assert delivery_counts(stats["email_service_providers"]) == {"Google": 1, "Yahoo": 1}
    assert delivery_counts(stats["date"]) == {"2026-01-05": 1, "2026-01-09": 1}
    assert (step["start_date"], step["end_date"], step["rate_limit_wait"]) == ("2026-01-01", "2026-01-31", 0.0)
    assert not step.changed
    assert step.requests == [
        "GET /api/stats",
        "GET /api/stats/domains",
        "GET /api/stats/categories",
        "GET /api/stats/email_service_providers",
        "GET /api/stats/date",
    ]


def test_each_filter(play_in, sent_mail):
    filters = [
        "domain: shop.example",
        "sending_domain: example.com",
        f"domain_id: {DOMAIN_ID}, domains: [example.com]",
        "sending_streams: [bulk]",
        "categories: [News, 'Orders, open']",
        "email_service_providers: [Yahoo]",
    ]
    task = "- community.mailtrap.stats_info: {start_date: 2026-01-01, end_date: 2026-01-31, %s}\n"
    steps = play_in("in_process", "".join(task % item for item in filters))
    totals = [step["stats"]["total"] for step in steps]
    assert [total["delivery_count"] for total in totals] == [2, 0, 2, 0, 1, 1]
    assert [total["bounce_count"] for total in totals] == [1, 0, 1, 1, 1, 0]
    assert steps[0].requests == ["GET /api/domains", "GET /api/stats"]
    assert steps[0].entries[1]["query"].endswith(f"domain_ids%5B%5D={DOMAIN_ID}")
    assert steps[4].requests == ["GET /api/stats"]


def test_empty_include_sends_no_request(play_in, sent_mail):
    (step,) = play_in("in_process", "[{community.mailtrap.stats_info: {start_date: 1w, include: []}}]")
    assert step["stats"] == {} and step.requests == []
    assert step["start_date"] < step["end_date"]


def test_account_scoped_paths(play_in, sent_mail):
    (step,) = play_in(
        "in_process",
        """
        - community.mailtrap.stats_info:
            {start_date: 2026-01-01, end_date: 2026-01-31, domain: shop.example, include: [total, domains]}
        """,
        environment={"MAILTRAP_ACCOUNT_ID": str(sent_mail.account_id)},
    )
    scoped = f"GET /api/accounts/{sent_mail.account_id}"
    assert step.requests == [f"{scoped}/sending_domains", f"{scoped}/stats", f"{scoped}/stats/domains"]
    assert step["stats"]["total"]["delivery_count"] == 2
    assert delivery_counts(step["stats"]["domains"]) == {DOMAIN_ID: 2}
    assert step["stats"]["domains"][0]["domain_id"] == DOMAIN_ID


def test_rate_limit_is_waited_for(play_in, sent_mail):
    sent_mail.fault(path="/api/stats/date", status=429, headers={"Retry-After": "1"}, times=1)
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.stats_info: {start_date: 2026-01-01, end_date: 2026-01-31, include: [total, date]}}]",
    )
    assert step["stats"]["total"]["delivery_count"] == 2 and len(step["stats"]["date"]) == 2
    assert step["rate_limit_wait"] == 1.0
    assert step.requests == ["GET /api/stats", "GET /api/stats/date", "GET /api/stats/date"]


@pytest.mark.parametrize(
    "options, message",
    [
        ("start_date: 2026-02-01, end_date: 2026-01-31", "start_date 2026-02-01 is after end_date 2026-01-31"),
        ("start_date: '2026-02-30'", "start_date '2026-02-30' is not a valid date: use YYYY-MM-DD, such as 2026-01-31"),
        ("start_date: yesterday", "start_date 'yesterday' is not a valid date"),
        ("start_date: 5h", "start_date '5h' is not a valid date"),
        ("start_date: 999999d", "start_date '999999d' is not a valid date"),
        ("start_date: 1d, end_date: ''", "end_date '' is not a valid date"),
        ("start_date: 1d, sending_streams: [marketing]", "value of sending_streams must be one or more of"),
        ("start_date: 1d, domain: ''", "domain_name is empty"),
        ("end_date: 1d", "missing required arguments: start_date"),
    ],
)
def test_invalid_options_are_refused_before_any_request(play_in, emulator, options, message):
    (step,) = play_in("in_process", "[{community.mailtrap.stats_info: {%s}, ignore_errors: true}]" % options)
    assert message in step.msg
    assert step.requests == []


def test_domain_that_does_not_exist(play, emulator):
    task = "[{community.mailtrap.stats_info: {start_date: 1d, domain: none.example}, ignore_errors: true}]"
    (step,) = play(task)
    assert step.msg == "Could not find domain 'none.example': there is no domain 'none.example'"
    (step,) = play(task, "--check")
    assert not step.failed and step["stats"] == {} and step.requests == ["GET /api/domains"]
    assert step["warnings"] == [
        "There is no domain 'none.example'; check mode assumes that an earlier task would create it."
    ]


@pytest.mark.parametrize("path, answer", [("/api/stats$", []), ("/api/stats/date", {})])
def test_unexpected_answers_are_reported(play_in, emulator, path, answer):
    emulator.fault(path=path, status=200, json=answer)
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.stats_info: {start_date: 1d, include: [total, date]}, ignore_errors: true}]",
    )
    assert "Could not read the statistics: the service's answer contains no statistics" in step.msg
