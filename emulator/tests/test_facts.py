# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The traps of facts 0.4, and every shape of an error of facts 2.1: for each its test."""

import json
from importlib import import_module

import httpx
import pytest

from mailtrap_emulator.app import MAX_BODY
from mailtrap_emulator.model.events import MAIL_EVENT_KINDS

# Each trap with the tests of it; those that stand alone are below.
TRAPS = {
    1: ["test_sandboxes.test_the_server_appends_the_hash_to_a_written_alias"],
    2: ["test_sandboxes.test_toggle_is_a_toggle"],
    3: [
        "test_projects.test_names_are_not_unique_and_the_list_is_ascending",
        "test_templates.test_the_list_is_newest_first_and_names_may_repeat",
    ],
    4: [
        "test_generations.test_wrapper_key_follows_the_noun",
        "test_generations.test_message_fields_follow_the_noun",
        "test_facts.test_a_filter_of_the_other_generation_filters_nothing",
    ],
    5: ["test_api_tokens.test_create_tells_the_value_once", "test_webhooks.test_the_secret_is_told_once"],
    6: ["test_api_tokens.test_reset_makes_a_new_token_with_a_new_id_and_name"],
    7: ["test_domains.test_a_domain_brings_a_token_that_sends_from_it"],
    8: ["test_domains.test_dns_is_looked_at_every_hour", "test_facts.test_nothing_asks_for_a_look_at_the_dns"],
    9: [
        "test_stats.test_ten_requests_a_minute_for_all_of_them_together",
        "test_suppressions.test_ten_requests_a_minute_for_all_of_them_together",
    ],
    10: ["test_facts.test_shapes_of_errors", "test_facts.test_a_send_that_fails_in_a_batch"],
    11: ["test_suppressions.test_create", "test_domains.test_a_new_domain_comes_bare_with_its_keys_in_order"],
    12: ["test_facts.test_three_vocabularies_for_the_same_events"],
}


@pytest.mark.parametrize("number", range(1, 13))
def test_every_trap_has_its_test(number):
    for name in TRAPS[number]:
        module, _, function = name.partition(".")
        assert callable(getattr(import_module(module), function))


def test_a_filter_of_the_other_generation_filters_nothing(api, emulator):
    emulator.seed(domains=[{"id": 435, "domain_name": "shop.example"}])
    emulator.seed(email_logs=[{"to": "ann@example.org", "domain_id": 435}])
    query = {"operator": "equal", "value": "1"}
    counts = [
        api.get("/api/email_logs", params={f"filters[{word}][{key}]": value for key, value in query.items()}).json()
        for word in ("domain_id", "sending_domain_id")
    ]
    assert [body["total_count"] for body in counts] == [0, 1]


@pytest.mark.parametrize("verb", ["verify", "check", "recheck", "dns"])
def test_nothing_asks_for_a_look_at_the_dns(api, emulator, verb):
    emulator.seed(domains=[{"id": 435, "domain_name": "shop.example"}])
    emulator.domain("shop.example", dns="ok")
    assert api.post(f"/api/domains/435/{verb}").status_code == 404
    assert api.get("/api/domains/435").json()["dns_verified"] is False


# What the API is asked to tell, what a webhook says, and what the log says (facts 3.10).
VOCABULARIES = {
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


def test_three_vocabularies_for_the_same_events(api, emulator, mail):
    assert set(VOCABULARIES) == set(MAIL_EVENT_KINDS)
    for kind, (payload, logged) in VOCABULARIES.items():
        emulator.reset()
        emulator.limits(recipients={"*": "none"})
        webhook = {"url": "https://example.com/", "webhook_type": "email_sending", "sending_stream": "transactional"}
        assert api.post("/api/webhooks", json={"webhook": webhook | {"event_types": [kind]}}).status_code == 200
        (message_id,) = api.post("/api/send", json=mail).json()["message_ids"]
        emulator.event(kind, message_id=message_id)
        emulator.flush_deliveries()
        (batch,) = emulator.deliveries()
        assert [event["event"] for event in json.loads(batch["body"])["events"]] == [payload]
        events = api.get(f"/api/email_logs/{message_id}").json()["events"]
        assert [event["event_type"] for event in events] == [logged]


JSON, HTML, TEXT = "application/json; charset=utf-8", "text/html; charset=UTF-8", "text/plain; charset=utf-8"
CAMPAIGN = "/api/email_campaigns/5"
MESSAGE = "/api/sandboxes/70/messages/700"

# Shape: token, request, and the answer. Without a token it is the start token.
SHAPES = {
    "E1": ("", "GET", "/api/projects/1", None, 404, JSON, {"error": "Not Found"}),
    "E2": ("wrong", "GET", "/api/projects", None, 401, JSON, {"error": "Incorrect API token"}),
    "E3": ("", "GET", "/api/accounts/1/projects", None, 403, JSON, {"errors": "Account access forbidden"}),
    "E3 of organizations": (
        "lesser",
        "GET",
        "/api/organizations/5/sub_accounts",
        None,
        403,
        JSON,
        {"errors": "Access forbidden"},
    ),
    "E4": ("spent", "GET", "/api/projects", None, 429, JSON, {"errors": "Rate limit exceeded"}),
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
    "E16": ("lesser", "POST", "/api/send/70", {}, 403, JSON, {"success": False, "errors": ["Forbidden"]}),
    "E18": ("", "POST", "/api/projects", {"project": {}}, 400, HTML, ""),
    "E19": ("", "GET", f"{MESSAGE}/body.html", None, 409, TEXT, "Conflict"),
    "E20": ("lesser", "GET", f"{MESSAGE}/body.txt", None, 403, TEXT, '{:errors=>"Account access forbidden"}'),
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


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_errors(emulator, client_of, shape):
    token, method, path, body, status, content_type, expected = SHAPES[shape]
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
            {"name": "lesser", "token": "lesser", "resources": []},
            {"name": "spent", "token": "spent", "access_level": 10},
        ],
    )
    # What only the service itself can get wrong is made wrong.
    emulator.fault(
        {"path": "broken@", "status": 500, "json": {"errors": "Unexpected error"}},
        {"path": "^/api/accounts$", "status": 503, "html": "<h1>\N{COLLISION SYMBOL}</h1>"},
    )
    client = client_of(emulator, token or None)
    if token == "spent":
        emulator.clock(frozen=True)
        emulator.limits(rate_scale=0.001)
        assert client.get("/api/projects").status_code == 200
    content = {"content": body} if isinstance(body, bytes) else {"json": body}
    answer = client.request(method, path, **content)
    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)
    assert (answer.json() if content_type == JSON else answer.text) == expected


def test_a_send_that_fails_in_a_batch(api, sandbox, mail):
    """E17: the batch succeeds, whatever becomes of its mails."""
    answer = api.post(f"/api/batch/{sandbox['id']}", json={"requests": [{"to": mail["to"], "text": "x"}, mail]})
    assert answer.status_code == httpx.codes.OK
    body = answer.json()
    assert body["success"] is True
    assert body["responses"][0] == {"success": False, "errors": ["'from' is required", "'subject' is required"]}
    assert body["responses"][1]["success"] is True


def test_every_shape_has_its_test():
    shapes = {shape.partition(" ")[0] for shape in SHAPES} | {"E17"}
    assert shapes == {f"E{number}" for number in range(1, 24)}
