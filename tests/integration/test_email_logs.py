# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the log of sent messages."""

from __future__ import annotations

import pytest
import yaml

DOMAIN_ID = 951_000
MESSAGE_IDS = [f"00000000-0000-1000-8000-{number:012}" for number in range(300)]


@pytest.fixture
def sent_mail(emulator):
    """Return an emulator with messages to five people. Each subject but one is the first letter of the recipient."""
    emulator.seed(verified_domains=[{"id": DOMAIN_ID, "domain_name": "shop.example"}])
    logs = [
        {"to": "ann@gmail.com", "category": "News", "client_ip": "203.0.113.7"},
        {"to": "Bob@gmail.com", "category": "News", "sending_stream": "bulk", "from": "news@shop.example"},
        {"to": "eve@yahoo.com", "category": "Orders, open", "custom_variables": {"order": 4711}},
        {"to": "old@yahoo.com", "domain_id": 940_000, "from": "a@example.com"},
    ]
    emulator.seed(
        email_logs=[
            {
                "domain_id": DOMAIN_ID,
                "subject": log["to"][0],
                "message_id": MESSAGE_IDS[number],
                "sent_at": f"2026-01-0{number + 1}T10:00:00Z",
                **log,
            }
            for number, log in enumerate(logs)
        ]
    )
    for event, address in [
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
        emulator.event(event, email=address)
    emulator.seed(
        email_logs=[{"domain_id": DOMAIN_ID, "to": "x@gmail.com", "sent_at": "2025-12-01T10:00:00Z", "subject": ""}]
    )
    return emulator


def subjects(step):
    """Return the subjects of the messages in one string, with a hyphen for an empty subject."""
    return "".join(message["subject"] or "-" for message in step["email_logs"])


# Filters, and the subjects of the matching messages, newest first. Each operator of each filter occurs once.
FILTERS = [
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
    (f"domain_id: {{value: {DOMAIN_ID}}}", "eBa-"),
    (f"domain_id: {{operator: not_equal, value: [{DOMAIN_ID}]}}", "o"),
    ("sending_stream: {value: bulk}", "B"),
    ("status: {value: delivered}, opens_count: {value: 1}, to: {operator: ci_contain, value: e}", "e"),
]


def test_each_filter(play_in, sent_mail):
    tasks = [{"community.mailtrap.email_log_info": {"filters": yaml.safe_load(f"{{{text}}}")}} for text, _ in FILTERS]
    steps = play_in("in_process", tasks)
    found = [(text, subjects(step)) for (text, _), step in zip(FILTERS, steps, strict=True)]
    assert found == FILTERS
    assert all(step.requests == ["GET /api/email_logs"] for step in steps)
    assert all(step["total_count"] == len(step["email_logs"]) for step in steps)


def test_domain_and_period(play, sent_mail):
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


def test_single_message_with_its_events(play, sent_mail):
    single, revealed, missing = play(
        f"""
        - community.mailtrap.email_log_info: {{id: {MESSAGE_IDS[1].upper()}}}
        - community.mailtrap.email_log_info: {{id: {MESSAGE_IDS[1]}, reveal_secrets: true}}
        - community.mailtrap.email_log_info: {{id: {MESSAGE_IDS[9]}}}
        """
    )
    (message,) = single["email_logs"]
    assert single.requests == [f"GET /api/email_logs/{MESSAGE_IDS[1]}"]
    assert message["status"] == "not_delivered" and message["events"][0]["event_type"] == "bounce"
    assert message["events"][0]["details"]["email_service_provider_response"].startswith("550")
    assert "raw_message_url" not in message
    assert revealed["email_logs"][0]["raw_message_url"].startswith("http")
    assert (missing["email_logs"], missing["total_count"]) == ([], 0) and not missing.failed


def test_account_scoped_paths(play_in, sent_mail):
    by_name, by_filter, single = play_in(
        "in_process",
        f"""
        - community.mailtrap.email_log_info: {{sending_domain: example.com}}
        - community.mailtrap.email_log_info: {{filters: {{domain_id: {{value: [940000, 1]}}}}}}
        - community.mailtrap.email_log_info: {{id: {MESSAGE_IDS[3]}}}
        """,
        environment={"MAILTRAP_ACCOUNT_ID": str(sent_mail.account_id)},
    )
    scoped = f"GET /api/accounts/{sent_mail.account_id}"
    assert by_name.requests == [f"{scoped}/sending_domains", f"{scoped}/email_logs"]
    assert [subjects(step) for step in (by_name, by_filter, single)] == ["o"] * 3
    assert by_name["email_logs"][0]["domain_id"] == single["email_logs"][0]["domain_id"] == 940_000


@pytest.mark.parametrize(
    "count, limit, found, request_count",
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
def test_pages_are_read_up_to_the_limit(play_in, emulator, count, limit, found, request_count):
    log = {"domain_id": 940_000, "to": "a@b.example", "category": "n"}
    emulator.seed(email_logs=[{**log, "message_id": message_id} for message_id in MESSAGE_IDS[:count]])
    (step,) = play_in(
        "in_process", "[{community.mailtrap.email_log_info: {filters: {category: {value: n}}, %s}}]" % limit
    )
    assert [message["message_id"] for message in step["email_logs"]] == MESSAGE_IDS[:count][::-1][:found]
    assert step["total_count"] == count
    assert step.requests == ["GET /api/email_logs"] * request_count


def test_cursor_that_repeats_is_reported(play_in, emulator):
    page = {"messages": [{"message_id": MESSAGE_IDS[0]}], "total_count": 9, "next_page_cursor": MESSAGE_IDS[0]}
    emulator.fault(path="/email_logs", status=200, json=page)
    (step,) = play_in("in_process", "[{community.mailtrap.email_log_info: {}, ignore_errors: true}]")
    assert "the service's list of email logs repeats a page" in step.msg
    assert len(step.requests) == 2


@pytest.mark.parametrize(
    "answer, message",
    [
        ({}, "answer is not a list of email logs"),
        ([7], "list of email logs contains an invalid item"),
        ({"messages": None}, "answer is not a list of email logs"),
        ({"messages": [7]}, "list of email logs contains an invalid item"),
        ({"messages": [{"id": 1}]}, "list of email logs contains an invalid item"),
    ],
)
def test_unexpected_answers_are_reported(play_in, emulator, answer, message):
    emulator.fault(path="/email_logs", status=200, json=answer)
    (step,) = play_in("in_process", "[{community.mailtrap.email_log_info: {}, ignore_errors: true}]")
    assert f"Could not read the email logs: the service's {message}" in step.msg


@pytest.mark.parametrize(
    "options, message",
    [
        ("limit: 0", "limit must be at least 1, not 0"),
        ("id: ../domains", "id '../domains' is not a message id such as "),
        ("id: x, limit: 1", "parameters are mutually exclusive: id|limit"),
        ("domain: a.example, domain_id: 1", "parameters are mutually exclusive: domain|domain_id"),
        ("domain: ''", "domain_name is empty"),
        (
            "sent_after: yesterday",
            "sent_after 'yesterday' is not a valid time: use ISO 8601, such as 2026-01-31T12:00:00Z",
        ),
        ("sent_after: 1h, sent_before: 2h", "sent_after must not be later than sent_before"),
        ("domain_id: 1, filters: {domain_id: {value: 2}}", "the domain is set twice: omit filters.domain_id"),
        ("filters: {who: {value: x}}", "Unsupported parameters for"),
        ("filters: {to: {operator: equal, value: x}}", "value of operator must be one of: ci_equal, ci_not_equal"),
        ("filters: {to: {operator: empty}}", "value of operator must be one of: ci_equal, ci_not_equal"),
        ("filters: {status: {value: gone}}", "value of value must be one or more of: delivered, not_delivered"),
        ("filters: {opens_count: {value: many}}", "'many'"),
        (
            "filters: {opens_count: {value: [1, 2]}}",
            "filters.opens_count: the operator equal takes exactly one value, not 2: [1, 2]",
        ),
        (
            "filters: {subject: {operator: ci_contain, value: 'a, b'}}",
            "filters.subject: the operator ci_contain takes exactly one value, not 2: ['a', ' b']",
        ),
        (
            "filters: {subject: {operator: empty, value: x}}",
            "filters.subject: the operator empty takes no value, not 1: ['x']",
        ),
        ("filters: {to: {}}", "filters.to: the operator ci_equal takes at least one value, not 0: []"),
        ("filters: {to: {value: ['']}}", "filters.to: a value must not be empty"),
    ],
)
def test_invalid_options_are_refused_before_any_request(play_in, emulator, options, message):
    (step,) = play_in("in_process", "[{community.mailtrap.email_log_info: {%s}, ignore_errors: true}]" % options)
    assert message in step.msg
    assert step.requests == []


def test_domain_that_does_not_exist(play, emulator):
    task = "[{community.mailtrap.email_log_info: {domain: none.example}, ignore_errors: true}]"
    (step,) = play(task)
    assert step.msg == "Could not find domain 'none.example': there is no domain 'none.example'"
    (step,) = play(task, "--check")
    assert not step.failed and step["email_logs"] == [] and len(step["warnings"]) == 1
