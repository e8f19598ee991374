# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
import yaml

OWN = 951_000
IDS = [f"00000000-0000-1000-8000-{number:012}" for number in range(300)]


@pytest.fixture
def mail(emulator):
    """Mail of four people; each subject is the first letter of who it is to."""
    emulator.seed(verified_domains=[{"id": OWN, "domain_name": "shop.example"}])
    logs = [
        {"to": "ann@gmail.com", "category": "News", "client_ip": "203.0.113.7"},
        {"to": "Bob@gmail.com", "category": "News", "sending_stream": "bulk", "from": "news@shop.example"},
        {"to": "eve@yahoo.com", "category": "Orders, open", "custom_variables": {"order": 4711}},
        {"to": "old@yahoo.com", "domain_id": 940_000, "from": "a@example.com"},
    ]
    emulator.seed(
        email_logs=[
            {
                "domain_id": OWN,
                "subject": log["to"][0],
                "message_id": IDS[number],
                "sent_at": f"2026-01-0{number + 1}T10:00:00Z",
                **log,
            }
            for number, log in enumerate(logs)
        ]
    )
    for kind, address in [
        ("delivery", "ann@gmail.com"),
        ("open", "ann@gmail.com"),
        ("open", "ann@gmail.com"),
        ("click", "ann@gmail.com"),
        ("bounce", "bob@gmail.com"),
        ("delivery", "eve@yahoo.com"),
        ("open", "eve@yahoo.com"),
        ("delivery", "old@yahoo.com"),
        ("spam_complaint", "old@yahoo.com"),
    ]:
        emulator.event(kind, email=address)
    emulator.seed(
        email_logs=[{"domain_id": OWN, "to": "x@gmail.com", "sent_at": "2025-12-01T10:00:00Z", "subject": ""}]
    )
    return emulator


def subjects(step):
    return "".join(message["subject"] or "-" for message in step["email_logs"])


# Each operator of each filter once; what is found, newest first. The message without a subject is the oldest.
FILTERED = [
    ("", "oeBa-"),
    ("to: {value: BOB@gmail.com}", "B"),
    ("to: {operator: ci_not_equal, value: [bob@gmail.com, x@gmail.com]}", "oea"),
    ("to: {operator: ci_contain, value: GMAIL}", "Ba-"),
    ("to: {operator: ci_not_contain, value: gmail}", "oe"),
    ("from: {value: news@shop.example}", "B"),
    ("from: {operator: ci_not_contain, value: shop.example}", "o"),
    ("subject: {value: [A, E]}", "ea"),
    ("subject: {operator: empty}", "-"),
    ("subject: {operator: not_empty}", "oeBa"),
    ("status: {value: delivered}", "ea"),
    ("status: {operator: not_equal, value: [delivered, enqueued]}", "oB"),
    ("events: {value: [bounce, spam]}", "oB"),
    ("events: {operator: not_include_event, value: open}", "oB-"),
    ("opens_count: {value: 0}", "oB-"),
    ("opens_count: {operator: greater_than, value: 1}", "a"),
    ("clicks_count: {operator: less_than, value: 1}", "oeB-"),
    ("client_ip: {value: 203.0.113.7}", "a"),
    ("client_ip: {operator: contain, value: '203.0.113'}", "a"),
    ("client_ip: {operator: not_equal, value: 203.0.113.7}", "oeB-"),
    ("sending_ip: {operator: not_contain, value: 192.0.2.10}", "B-"),
    ("email_service_provider: {value: Google}", "Ba"),
    ("email_service_provider: {operator: not_equal, value: Google}", "oe-"),
    ("email_service_provider_response: {operator: ci_contain, value: DOES NOT EXIST}", "B"),
    ("recipient_mx: {operator: ci_contain, value: yahoodns}", "oe"),
    ("category: {value: ['Orders, open']}", "e"),
    ("category: {operator: not_equal, value: News}", "oe-"),
    (f"domain_id: {{value: {OWN}}}", "eBa-"),
    (f"domain_id: {{operator: not_equal, value: [{OWN}]}}", "o"),
    ("sending_stream: {value: bulk}", "B"),
    ("status: {value: delivered}, opens_count: {value: 1}, to: {operator: ci_contain, value: e}", "e"),
]


def test_filters(play_in, mail):
    tasks = [{"community.mailtrap.email_log_info": {"filters": yaml.safe_load(f"{{{one}}}")}} for one, _ in FILTERED]
    steps = play_in("in_process", tasks)
    found = [(one, subjects(step)) for (one, _), step in zip(FILTERED, steps, strict=True)]
    assert found == FILTERED
    assert all(step.requests == ["GET /api/email_logs"] for step in steps)
    assert all(step["total_count"] == len(step["email_logs"]) for step in steps)


def test_domains_and_times(play, mail):
    by_name, by_id, between, unquoted, recent = play(
        """
        - community.mailtrap.email_log_info: {domain: shop.example, filters: {subject: {operator: not_empty}}}
        - community.mailtrap.email_log_info: {domain_id: 940000}
        - community.mailtrap.email_log_info:
            {sent_after: "2026-01-02T12:00:00+02:00", sent_before: "2026-01-03T10:00:00"}
        - community.mailtrap.email_log_info: {sent_after: 2026-01-04T10:00:00Z}
        - community.mailtrap.email_log_info: {sent_after: 15m}
        """
    )
    assert subjects(by_name) == "eBa" and by_name.requests == ["GET /api/domains", "GET /api/email_logs"]
    assert subjects(by_id) == "o" and by_id.requests == ["GET /api/email_logs"]
    assert subjects(between) == "eB"
    assert subjects(unquoted) == "o"
    assert recent["email_logs"] == []


def test_one_with_its_events(play, mail):
    one, revealed, none = play(
        f"""
        - community.mailtrap.email_log_info: {{id: {IDS[1].upper()}}}
        - community.mailtrap.email_log_info: {{id: {IDS[1]}, reveal_secrets: true}}
        - community.mailtrap.email_log_info: {{id: {IDS[9]}}}
        """
    )
    (message,) = one["email_logs"]
    assert one.requests == [f"GET /api/email_logs/{IDS[1]}"]
    assert message["status"] == "not_delivered" and message["events"][0]["event_type"] == "bounce"
    assert message["events"][0]["details"]["email_service_provider_response"].startswith("550")
    assert "raw_message_url" not in message
    assert revealed["email_logs"][0]["raw_message_url"].startswith("http")
    assert (none["email_logs"], none["total_count"]) == ([], 0) and not none.failed


def test_old_paths(play_in, mail):
    by_name, by_filter, one = play_in(
        "in_process",
        f"""
        - community.mailtrap.email_log_info: {{sending_domain: example.com}}
        - community.mailtrap.email_log_info: {{filters: {{domain_id: {{value: [940000, 1]}}}}}}
        - community.mailtrap.email_log_info: {{id: {IDS[3]}}}
        """,
        environment={"MAILTRAP_ACCOUNT_ID": str(mail.account_id)},
    )
    scoped = f"GET /api/accounts/{mail.account_id}"
    assert by_name.requests == [f"{scoped}/sending_domains", f"{scoped}/email_logs"]
    assert [subjects(step) for step in (by_name, by_filter, one)] == ["o"] * 3
    assert by_name["email_logs"][0]["domain_id"] == one["email_logs"][0]["domain_id"] == 940_000


@pytest.mark.parametrize(
    "count, limit, found, requests",
    [
        (0, "", 0, 1),
        (100, "", 100, 1),
        (101, "", 101, 2),
        (250, "", 250, 3),
        (250, "limit: 1", 1, 1),
        (250, "limit: 100", 100, 1),
        (250, "limit: 101", 101, 2),
        (3, "limit: 9", 3, 1),
    ],
)
def test_all_pages(play_in, emulator, count, limit, found, requests):
    logs = [{"domain_id": 940_000, "to": "a@b.example", "message_id": one, "category": "n"} for one in IDS[:count]]
    emulator.seed(email_logs=logs)
    (step,) = play_in(
        "in_process", "[{community.mailtrap.email_log_info: {filters: {category: {value: n}}, %s}}]" % limit
    )
    assert [message["message_id"] for message in step["email_logs"]] == IDS[:count][::-1][:found]
    assert step["total_count"] == count
    assert step.requests == ["GET /api/email_logs"] * requests


def test_pages_that_do_not_go_on(play_in, emulator):
    page = {"messages": [{"message_id": IDS[0]}], "total_count": 9, "next_page_cursor": IDS[0]}
    emulator.fault(path="/email_logs", status=200, json=page)
    (step,) = play_in("in_process", "[{community.mailtrap.email_log_info: {}, ignore_errors: true}]")
    assert "the service's list of email logs repeats a page" in step.msg
    assert len(step.requests) == 2


@pytest.mark.parametrize(
    "answer, sentence",
    [
        ({}, "answer is not a list of email logs"),
        ([7], "list of email logs contains an invalid item"),
        ({"messages": None}, "answer is not a list of email logs"),
        ({"messages": [7]}, "list of email logs contains an invalid item"),
        ({"messages": [{"id": 1}]}, "list of email logs contains an invalid item"),
    ],
)
def test_answers_of_another_shape(play_in, emulator, answer, sentence):
    emulator.fault(path="/email_logs", status=200, json=answer)
    (step,) = play_in("in_process", "[{community.mailtrap.email_log_info: {}, ignore_errors: true}]")
    assert f"Could not read the email logs: the service's {sentence}" in step.msg


@pytest.mark.parametrize(
    "options, sentence",
    [
        ("limit: 0", "limit must be 1 or more; it is 0"),
        ("id: ../domains", "id '../domains' is not the id of a sent message"),
        ("id: x, limit: 1", "parameters are mutually exclusive: id|limit"),
        ("domain: a.example, domain_id: 1", "parameters are mutually exclusive: domain|domain_id"),
        ("domain: ''", "domain_name is empty"),
        (
            "sent_after: yesterday",
            "sent_after 'yesterday' is not a valid time: use ISO 8601, such as 2026-01-31T12:00:00Z",
        ),
        ("sent_after: 1h, sent_before: 2h", "sent_after must not be later than sent_before"),
        ("domain_id: 1, filters: {domain_id: {value: 2}}", "the domain is given twice: leave out filters.domain_id"),
        ("filters: {who: {value: x}}", "Unsupported parameters for"),
        ("filters: {to: {operator: equal, value: x}}", "value of operator must be one of: ci_equal, ci_not_equal"),
        ("filters: {to: {operator: empty}}", "value of operator must be one of: ci_equal, ci_not_equal"),
        ("filters: {status: {value: gone}}", "value of value must be one or more of: delivered, not_delivered"),
        ("filters: {opens_count: {value: many}}", "'many'"),
        ("filters: {opens_count: {value: [1, 2]}}", "filters.opens_count: equal takes one value, and has 2: [1, 2]"),
        (
            "filters: {subject: {operator: ci_contain, value: 'a, b'}}",
            "filters.subject: ci_contain takes one value, and has 2: ['a', ' b']",
        ),
        ("filters: {subject: {operator: empty, value: x}}", "filters.subject: empty takes no value, and has 1: ['x']"),
        ("filters: {to: {}}", "filters.to: ci_equal takes a value, and has 0: []"),
        ("filters: {to: {value: ['']}}", "filters.to: the value is empty"),
    ],
)
def test_what_makes_no_sense(play_in, emulator, options, sentence):
    (step,) = play_in("in_process", "[{community.mailtrap.email_log_info: {%s}, ignore_errors: true}]" % options)
    assert sentence in step.msg
    assert step.requests == []


def test_a_domain_that_is_not_there(play, emulator):
    task = "[{community.mailtrap.email_log_info: {domain: none.example}, ignore_errors: true}]"
    (step,) = play(task)
    assert step.msg == "Could not find domain 'none.example': there is no domain 'none.example'"
    (step,) = play(task, "--check")
    assert not step.failed and step["email_logs"] == [] and len(step["warnings"]) == 1
