# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of surprising behaviour of the service, and of all shapes of errors (docs/service.md#error-bodies)."""

import json
from importlib import import_module

import httpx
import pytest

from mailtrap_emulator.app import MAX_BODY
from mailtrap_emulator.model.events import MAIL_EVENT_KINDS

# Surprising behaviour with the tests that cover it
SURPRISES = {
    "sandbox addresses get a hash (docs/service.md#sandboxes)": [
        "test_sandboxes.test_hash_is_appended_to_a_written_alias"
    ],
    "the address of a sandbox is toggled (docs/service.md#sandboxes)": [
        "test_sandboxes.test_toggle_email_username_inverts_the_flag"
    ],
    "names repeat (docs/service.md#identity)": [
        "test_projects.test_names_may_repeat_and_the_list_is_in_order_of_ids",
        "test_templates.test_list_is_newest_first_and_names_may_repeat",
    ],
    "names depend on the path (docs/service.md#api-generations)": [
        "test_generations.test_wrapper_key_follows_the_noun_in_the_path",
        "test_generations.test_message_fields_follow_the_noun_in_the_path",
        "test_service_facts.test_a_filter_with_a_name_of_another_generation_is_ignored",
    ],
    "secrets are shown once (docs/service.md#api-tokens, docs/service.md#webhooks)": [
        "test_api_tokens.test_only_the_create_response_contains_the_value",
        "test_webhooks.test_only_the_create_response_contains_the_secret",
    ],
    "a reset creates a new token (docs/service.md#api-tokens)": [
        "test_api_tokens.test_reset_creates_a_token_with_a_new_id_and_name"
    ],
    "a new domain has a token (docs/service.md#domains)": ["test_domains.test_new_domain_has_a_token_that_can_send"],
    "DNS records are checked once an hour (docs/service.md#domains)": [
        "test_domains.test_dns_is_checked_every_hour",
        "test_service_facts.test_no_request_starts_a_dns_check",
    ],
    "some endpoints allow 10 requests a minute (docs/service.md#rate-limits)": [
        "test_stats.test_all_operations_share_ten_requests_a_minute",
        "test_suppressions.test_all_operations_share_ten_requests_a_minute",
    ],
    "errors have many shapes (docs/service.md#error-bodies)": [
        "test_service_facts.test_shapes_of_errors",
        "test_service_facts.test_a_batch_with_an_invalid_message",
    ],
    "envelopes differ (docs/service.md#envelopes)": [
        "test_suppressions.test_create_returns_201",
        "test_domains.test_new_domain_is_bare_with_keys_in_order",
    ],
    "events have three names (docs/service.md#webhooks)": [
        "test_service_facts.test_event_names_differ_between_api_payloads_and_logs"
    ],
}


@pytest.mark.parametrize("topic", SURPRISES)
def test_each_surprise_has_a_test(topic):
    for name in SURPRISES[topic]:
        module, _, function = name.partition(".")
        assert callable(getattr(import_module(module), function))


def test_a_filter_with_a_name_of_another_generation_is_ignored(api, emulator):
    emulator.seed(domains=[{"id": 435, "domain_name": "shop.example"}])
    emulator.seed(email_logs=[{"to": "ann@example.org", "domain_id": 435}])
    query = {"operator": "equal", "value": "1"}
    pages = [
        api.get("/api/email_logs", params={f"filters[{name}][{key}]": value for key, value in query.items()}).json()
        for name in ("domain_id", "sending_domain_id")
    ]
    assert [page["total_count"] for page in pages] == [0, 1]


@pytest.mark.parametrize("action", ["verify", "check", "recheck", "dns"])
def test_no_request_starts_a_dns_check(api, emulator, action):
    emulator.seed(domains=[{"id": 435, "domain_name": "shop.example"}])
    emulator.domain("shop.example", dns="ok")
    assert api.post(f"/api/domains/435/{action}").status_code == 404
    assert api.get("/api/domains/435").json()["dns_verified"] is False


# Names of events in payloads of webhooks and in email logs, by event type: docs/service.md#webhooks
EVENT_NAMES = {
    "delivery": ("delivery", "delivery"),
    "soft_bounce": ("soft bounce", "soft_bounce"),
    "bounce": ("bounce", "bounce"),
    "spam_complaint": ("spam", "spam"),
    "open": ("open", "open"),
    "click": ("click", "click"),
    "unsubscribe": ("unsubscribe", "unsubscribe"),
    "suspension": ("suspension", "suspension"),
    "reject": ("reject", "reject"),
}


def test_event_names_differ_between_api_payloads_and_logs(api, emulator, mail):
    assert set(EVENT_NAMES) == set(MAIL_EVENT_KINDS)
    for event_type, (payload_name, log_name) in EVENT_NAMES.items():
        emulator.reset()
        emulator.limits(recipients={"*": "none"})
        webhook = {"url": "https://example.com/", "webhook_type": "email_sending", "sending_stream": "transactional"}
        assert api.post("/api/webhooks", json={"webhook": webhook | {"event_types": [event_type]}}).status_code == 200
        (message_id,) = api.post("/api/send", json=mail).json()["message_ids"]
        emulator.event(event_type, message_id=message_id)
        emulator.flush_deliveries()
        (batch,) = emulator.deliveries()
        assert [event["event"] for event in json.loads(batch["body"])["events"]] == [payload_name]
        events = api.get(f"/api/email_logs/{message_id}").json()["events"]
        assert [event["event_type"] for event in events] == [log_name]


JSON, HTML, TEXT = "application/json; charset=utf-8", "text/html; charset=UTF-8", "text/plain; charset=utf-8"
CAMPAIGN = "/api/email_campaigns/5"
MESSAGE = "/api/sandboxes/70/messages/700"

# Token, method, path and body of a request, and status, content type and body of its answer, by shape of the error.
# "" means the start token.
ERROR_SHAPES = {
    "E1": ("", "GET", "/api/projects/1", None, 404, JSON, {"error": "Not Found"}),
    "E2": ("wrong", "GET", "/api/projects", None, 401, JSON, {"error": "Incorrect API token"}),
    "E3": ("", "GET", "/api/accounts/1/projects", None, 403, JSON, {"errors": "Account access forbidden"}),
    "E3 of organizations": (
        "no-access",
        "GET",
        "/api/organizations/5/sub_accounts",
        None,
        403,
        JSON,
        {"errors": "Access forbidden"},
    ),
    "E4": ("rate-limited", "GET", "/api/projects", None, 429, JSON, {"errors": "Rate limit exceeded"}),
    "E5": ("", "DELETE", "/api/contacts/x@y.zz", None, 404, JSON, {"errors": "Contact(s) not found"}),
    "E6": ("", "GET", "/api/contacts/broken@y.zz", None, 500, JSON, {"errors": "Unexpected error"}),
    "E7": ("", "PATCH", CAMPAIGN, {"name": "x"}, 422, JSON, {"errors": "Only draft campaigns can be updated"}),
    "E8": (
        "",
        "POST",
        "/api/email_campaigns/6/start",
        None,
        422,
        JSON,
        {"errors": ["Campaign design can't be blank", "Campaign audience can't be blank"]},
    ),
    "E9": (
        "",
        "POST",
        "/api/projects",
        {"project": {"name": ""}},
        422,
        JSON,
        {"errors": {"name": ["can't be blank", "is too short (minimum is 2 characters)"]}},
    ),
    "E10": (
        "",
        "POST",
        "/api/api_tokens",
        {"name": "t", "resources": []},
        422,
        JSON,
        {"errors": {"base": ["No permissions selected. Please choose at least one."]}},
    ),
    "E11": ("", "POST", "/api/contacts/exports", {"filters": "x"}, 422, JSON, {"errors": {"filters": "invalid"}}),
    "E12": (
        "",
        "PATCH",
        "/api/contacts/ann@example.com",
        {"contact": {"email": "ann@example.com", "fields": {"y": 1}}},
        422,
        JSON,
        {"errors": {"y": [["is invalid"]]}},
    ),
    "E13": (
        "",
        "POST",
        "/api/contacts/imports",
        {"contacts": [{"email": "x"}]},
        422,
        JSON,
        {"errors": [{"email": "x", "errors": {"email": ["is invalid"]}}]},
    ),
    "E14": (
        "",
        "POST",
        "/api/send/70",
        {"from": {"email": "a@b.cd"}, "to": [{"email": "a@b.cd"}]},
        400,
        JSON,
        {"errors": ["'subject' is required", "must specify either text or html body"]},
    ),
    "E15": ("wrong", "POST", "/api/send", {}, 401, JSON, {"errors": ["Unauthorized"]}),
    "E16": ("no-access", "POST", "/api/send/70", {}, 403, JSON, {"success": False, "errors": ["Forbidden"]}),
    "E18": ("", "POST", "/api/projects", {"project": {}}, 400, HTML, ""),
    "E19": ("", "GET", f"{MESSAGE}/body.html", None, 409, TEXT, "Conflict"),
    "E20": ("no-access", "GET", f"{MESSAGE}/body.txt", None, 403, TEXT, '{:errors=>"Account access forbidden"}'),
    "E21": ("", "POST", "/api/send", b" " * (MAX_BODY + 1), 413, TEXT, "message too large"),
    "E22": ("", "GET", "/api/accounts?broken", None, 503, "text/html; charset=utf-8", "<h1>\N{COLLISION SYMBOL}</h1>"),
    "E23": (
        "",
        "GET",
        "/api/stats?end_date=2026-01-01",
        None,
        400,
        JSON,
        {"error": "Missing required parameter: start_date"},
    ),
}


@pytest.mark.parametrize("shape", ERROR_SHAPES)
def test_shapes_of_errors(emulator, make_client, shape):
    token, method, path, body, status, content_type, expected = ERROR_SHAPES[shape]
    emulator.seed(
        projects=[{"id": 7, "name": "Shop"}],
        sandboxes=[{"id": 70, "project_id": 7, "name": "QA"}],
        messages=[{"id": 700, "sandbox_id": 70, "raw": "Subject: s\n\nt\n"}],
        contacts=[{"email": "ann@example.com"}],
        domains=[{"id": 435, "domain_name": "shop.example"}],
        email_campaigns=[
            {"id": 5, "name": "Spring", "domain_id": 435, "current_state": "started"},
            {"id": 6, "name": "Summer", "domain_id": 940000},
        ],
        api_tokens=[
            {"name": "no-access", "token": "no-access", "resources": []},
            {"name": "rate-limited", "token": "rate-limited", "access_level": 10},
        ],
    )
    # Injected faults imitate errors that the emulator does not have itself.
    emulator.fault(
        {"path": "broken@", "status": 500, "json": {"errors": "Unexpected error"}},
        {"path": "^/api/accounts$", "status": 503, "html": "<h1>\N{COLLISION SYMBOL}</h1>"},
    )
    client = make_client(emulator, token or None)
    if token == "rate-limited":
        emulator.clock(frozen=True)
        emulator.limits(rate_scale=0.001)
        assert client.get("/api/projects").status_code == 200
    content = {"content": body} if isinstance(body, bytes) else {"json": body}
    response = client.request(method, path, **content)
    assert (response.status_code, response.headers["content-type"]) == (status, content_type)
    assert (response.json() if content_type == JSON else response.text) == expected


def test_a_batch_with_an_invalid_message(api, sandbox, mail):
    """A batch succeeds even if its messages are invalid (E17)."""
    response = api.post(f"/api/batch/{sandbox['id']}", json={"requests": [{"to": mail["to"], "text": "x"}, mail]})
    assert response.status_code == httpx.codes.OK
    body = response.json()
    assert body["success"] is True
    assert body["responses"][0] == {"success": False, "errors": ["'from' is required", "'subject' is required"]}
    assert body["responses"][1]["success"] is True


def test_all_shapes_are_tested():
    shapes = {shape.partition(" ")[0] for shape in ERROR_SHAPES} | {"E17"}
    assert shapes == {f"E{number}" for number in range(1, 24)}
