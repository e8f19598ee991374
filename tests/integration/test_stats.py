# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

OWN = 951_000


@pytest.fixture
def mail(emulator):
    """An emulator with mail of one day in January, and of another one: of two domains, streams and categories."""
    emulator.clock(set="2026-02-03T12:00:00Z")
    emulator.seed(verified_domains=[{"id": OWN, "domain_name": "shop.example"}])
    log = {"domain_id": OWN, "sent_at": "2026-01-05T10:00:00Z", "category": "News"}
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


def delivered(groups):
    """How many messages of each group were delivered, by what they have in common."""
    return {next(iter(group.values())): group["stats"]["delivery_count"] for group in groups}


def test_everything_in_one_task(play, mail):
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
    assert delivered(stats["domains"]) == {OWN: 2}
    assert delivered(stats["categories"]) == {"News": 1, "Orders": 1}
    assert delivered(stats["email_service_providers"]) == {"Google": 1, "Yahoo": 1}
    assert delivered(stats["date"]) == {"2026-01-05": 1, "2026-01-09": 1}
    assert (step["start_date"], step["end_date"], step["rate_limit_wait"]) == ("2026-01-01", "2026-01-31", 0.0)
    assert not step.changed
    assert step.requests == [
        "GET /api/stats",
        "GET /api/stats/domains",
        "GET /api/stats/categories",
        "GET /api/stats/email_service_providers",
        "GET /api/stats/date",
    ]


def test_filters(play_in, mail):
    options = [
        "domain: shop.example",
        "sending_domain: example.com",
        f"domain_id: {OWN}, domains: [example.com]",
        "sending_streams: [bulk]",
        "categories: [News, 'Orders, open']",
        "email_service_providers: [Yahoo]",
    ]
    task = "- community.mailtrap.stats_info: {start_date: 2026-01-01, end_date: 2026-01-31, %s}\n"
    steps = play_in("in_process", "".join(task % one for one in options))
    totals = [step["stats"]["total"] for step in steps]
    assert [total["delivery_count"] for total in totals] == [2, 0, 2, 0, 1, 1]
    assert [total["bounce_count"] for total in totals] == [1, 0, 1, 1, 1, 0]
    assert steps[0].requests == ["GET /api/domains", "GET /api/stats"]
    assert steps[0].entries[1]["query"].endswith(f"domain_ids%5B%5D={OWN}")
    assert steps[4].requests == ["GET /api/stats"]


def test_days_ago(play_in, mail, emulator):
    (step,) = play_in("in_process", "[{community.mailtrap.stats_info: {start_date: 1w, include: []}}]")
    assert step["stats"] == {} and step.requests == []
    assert step["start_date"] < step["end_date"]


def test_old_paths(play_in, mail):
    (step,) = play_in(
        "in_process",
        """
        - community.mailtrap.stats_info:
            {start_date: 2026-01-01, end_date: 2026-01-31, domain: shop.example, include: [total, domains]}
        """,
        environment={"MAILTRAP_ACCOUNT_ID": str(mail.account_id)},
    )
    scoped = f"GET /api/accounts/{mail.account_id}"
    assert step.requests == [f"{scoped}/sending_domains", f"{scoped}/stats", f"{scoped}/stats/domains"]
    assert step["stats"]["total"]["delivery_count"] == 2
    assert delivered(step["stats"]["domains"]) == {OWN: 2}
    assert step["stats"]["domains"][0]["domain_id"] == OWN


def test_more_than_ten_a_minute(play_in, mail):
    mail.fault(path="/api/stats/date", status=429, headers={"Retry-After": "1"}, times=1)
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.stats_info: {start_date: 2026-01-01, end_date: 2026-01-31, include: [total, date]}}]",
    )
    assert step["stats"]["total"]["delivery_count"] == 2 and len(step["stats"]["date"]) == 2
    assert step["rate_limit_wait"] == 1.0
    assert step.requests == ["GET /api/stats", "GET /api/stats/date", "GET /api/stats/date"]


@pytest.mark.parametrize(
    "options, sentence",
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
def test_what_makes_no_sense(play_in, emulator, options, sentence):
    (step,) = play_in("in_process", "[{community.mailtrap.stats_info: {%s}, ignore_errors: true}]" % options)
    assert sentence in step.msg
    assert step.requests == []


def test_a_domain_that_is_not_there(play, emulator):
    task = "[{community.mailtrap.stats_info: {start_date: 1d, domain: none.example}, ignore_errors: true}]"
    (step,) = play(task)
    assert step.msg == "Could not find domain 'none.example': there is no domain 'none.example'"
    (step,) = play(task, "--check")
    assert not step.failed and step["stats"] == {} and step.requests == ["GET /api/domains"]
    assert step["warnings"] == [
        "There is no domain 'none.example'; check mode takes it that an earlier task would have made it."
    ]


@pytest.mark.parametrize("path, answer", [("/api/stats$", []), ("/api/stats/date", {})])
def test_answers_of_another_shape(play_in, emulator, path, answer):
    emulator.fault(path=path, status=200, json=answer)
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.stats_info: {start_date: 1d, include: [total, date]}, ignore_errors: true}]",
    )
    assert "Could not read the statistics: the service's answer holds no statistics" in step.msg
