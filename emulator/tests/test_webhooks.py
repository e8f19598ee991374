# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhooks: how they are managed (facts 3.10)."""

import re

import pytest

from mailtrap_emulator.testing import EmulatorError

URL = "https://example.com/mailtrap/webhooks"
EMAIL = {
    "url": URL,
    "webhook_type": "email_sending",
    "payload_format": "json",
    "sending_stream": "transactional",
    "event_types": ["delivery", "bounce"],
}
AUDIT = {"url": URL, "webhook_type": "audit_log"}
INBOUND = {"url": URL, "webhook_type": "inbound_receiving"}
CAMPAIGNS = {"url": URL, "webhook_type": "campaigns", "event_types": ["open"]}

KEYS = ["id", "url", "active", "webhook_type", "payload_format", "sending_stream", "domain_id", "event_types"]
INBOUND_KEYS = [*KEYS[:-1], "inbound_inbox_id", KEYS[-1]]

ALL_EVENT_TYPES = [
    "delivery",
    "soft_bounce",
    "bounce",
    "suspension",
    "unsubscribe",
    "open",
    "spam_complaint",
    "click",
    "reject",
]


def create(api, fields=EMAIL, base="/api", **changes):
    return api.post(f"{base}/webhooks", json={"webhook": fields | changes})


def errors(answer):
    assert answer.status_code == 422, answer.text
    return answer.json()["errors"]


@pytest.fixture
def webhook(api):
    answer = create(api)
    assert answer.status_code == 200, answer.text
    return {name: value for name, value in answer.json()["data"].items() if name != "signing_secret"}


@pytest.fixture
def domain_id(emulator):
    return next(row["id"] for row in emulator.dump()["domains"] if row["domain_name"] == "example.com")


@pytest.fixture
def inboxes(emulator):
    emulator.seed(
        inbound_folders=[{"id": 7, "name": "Support"}],
        inbound_inboxes=[{"id": key, "folder_id": 7, "name": f"Inbox {key}"} for key in (513, 514)],
    )
    return [513, 514]


def test_create_answers_200_with_the_secret_first(api):
    answer = create(api)
    assert answer.status_code == 200
    assert list(answer.json()) == ["data"]
    data = answer.json()["data"]
    assert list(data) == ["signing_secret", *KEYS]
    assert re.fullmatch(r"[0-9a-f]{32}", data["signing_secret"])
    assert {name: data[name] for name in EMAIL} == EMAIL
    assert (data["active"], data["domain_id"]) == (True, None)
    assert isinstance(data["id"], int)


def test_the_secret_is_told_once(api, webhook):
    path = f"/api/webhooks/{webhook['id']}"
    assert list(api.get(path).json()["data"]) == KEYS
    assert list(api.patch(path, json={"webhook": {"active": True}}).json()["data"]) == KEYS
    assert [list(row) for row in api.get("/api/webhooks").json()["data"]] == [KEYS]
    assert list(api.delete(path).json()["data"]) == KEYS


def test_get_and_list(api, webhook):
    second = create(api, AUDIT).json()["data"]["id"]
    assert api.get(f"/api/webhooks/{webhook['id']}").json() == {"data": webhook}
    assert [row["id"] for row in api.get("/api/webhooks").json()["data"]] == [webhook["id"], second]


def test_two_may_be_alike(api, webhook):
    assert create(api).json()["data"]["id"] == webhook["id"] + 1


def test_delete_answers_200_with_what_was_deleted(api, webhook):
    path = f"/api/webhooks/{webhook['id']}"
    answer = api.delete(path)
    assert answer.status_code == 200
    assert answer.json() == {"data": webhook}
    for gone in (api.delete(path), api.get(path), api.patch(path, json={"webhook": {"active": False}})):
        assert gone.status_code == 404
        assert gone.json() == {"error": "Not Found"}


def test_the_recorded_refusal(api):
    answer = api.post("/api/webhooks", json={"webhook": {"url": "", "webhook_type": "email_sending"}})
    assert answer.status_code == 422
    assert answer.text == (
        '{"errors":{"url":["can\'t be blank","is invalid"],"event_types":["can\'t be blank"],'
        '"sending_stream":["can\'t be blank"]}}'
    )


@pytest.mark.parametrize("body", [None, {}, {"webhook": {}}, {"webhook": None}, {"webhook": []}, EMAIL])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_missing_or_empty_wrapper_is_an_empty_400(api, webhook, method, body):
    path = "/api/webhooks" if method == "POST" else f"/api/webhooks/{webhook['id']}"
    answer = api.request(method, path, json=body)
    assert (answer.status_code, answer.content) == (400, b"")
    assert answer.headers["content-type"] == "text/html; charset=UTF-8"


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"url": URL}, {"webhook_type": ["can't be blank"]}),
        (EMAIL | {"webhook_type": "sms"}, {"webhook_type": ["is not included in the list"]}),
        (EMAIL | {"url": None}, {"url": ["can't be blank", "is invalid"]}),
        (EMAIL | {"event_types": []}, {"event_types": ["can't be blank"]}),
        (EMAIL | {"event_types": "delivery"}, {"event_types": ["can't be blank"]}),
        (EMAIL | {"event_types": ["delivery", "spam"]}, {"event_types": ["is invalid"]}),
        (EMAIL | {"event_types": ["soft bounce"]}, {"event_types": ["is invalid"]}),
        (EMAIL | {"event_types": [None]}, {"event_types": ["is invalid"]}),
        (EMAIL | {"sending_stream": ""}, {"sending_stream": ["can't be blank"]}),
        (EMAIL | {"sending_stream": "any"}, {"sending_stream": ["is not included in the list"]}),
        (EMAIL | {"payload_format": "xml"}, {"payload_format": ["is not included in the list"]}),
        (EMAIL | {"active": None}, {"active": ["is not included in the list"]}),
        (EMAIL | {"domain_id": 1}, {"domain_id": ["must exist"]}),
        (EMAIL | {"domain_id": "all"}, {"domain_id": ["must exist"]}),
        (EMAIL | {"inbound_inbox_id": 1}, {"inbound_inbox_id": ["must be blank"]}),
        (CAMPAIGNS | {"event_types": []}, {"event_types": ["can't be blank"]}),
        (CAMPAIGNS | {"inbound_inbox_id": 1}, {"inbound_inbox_id": ["must be blank"]}),
        (AUDIT | {"inbound_inbox_id": 1}, {"inbound_inbox_id": ["must be blank"]}),
        (INBOUND | {"inbound_inbox_id": 1}, {"inbound_inbox_id": ["must exist"]}),
    ],
)
def test_what_is_refused(api, fields, refused):
    assert errors(api.post("/api/webhooks", json={"webhook": fields})) == refused
    assert api.get("/api/webhooks").json() == {"data": []}


@pytest.mark.parametrize(
    "url",
    [
        "example.com/hook",
        "ftp://example.com/",
        "http://",
        "http:///path",
        "https://exa mple.com/",
        "http://127.0.0.1\\@example.com/",
        "http://[::1/",
        "http://example.com:99999/",
        "http://example.com:port/",
        "http://example.com/\n",
        "http://@/",
        "javascript:alert(1)",
        " ",
        17,
    ],
)
def test_urls_that_are_none(api, url):
    assert "is invalid" in errors(create(api, url=url))["url"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "HTTPS://Example.com:8443/a/b?token=x#y",
        "http://user:pass@127.0.0.1:8080/",
        "http://[::1]:80/",
        "https://xn--bcher-kva.example/b%C3%BCcher",
        "http://example.com/" + "x" * 5000,
    ],
)
def test_urls_that_are_some(api, url):
    assert create(api, url=url).json()["data"]["url"] == url


@pytest.mark.parametrize("kind", ["audit_log", "inbound_receiving"])
def test_types_without_stream_domain_and_event_types(api, kind, domain_id):
    answer = create(api, webhook_type=kind, domain_id=domain_id)
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["sending_stream"], data["domain_id"], data["event_types"]) == (None, None, [])


def test_campaigns_have_event_types_and_a_domain_but_no_stream(api, domain_id):
    data = create(api, CAMPAIGNS, sending_stream="bulk", domain_id=domain_id).json()["data"]
    assert (data["sending_stream"], data["domain_id"], data["event_types"]) == (None, domain_id, ["open"])


def test_only_inbound_webhooks_show_their_inbox(api):
    assert list(create(api, INBOUND).json()["data"]) == ["signing_secret", *INBOUND_KEYS]
    inbound, audit = api.get("/api/webhooks").json()["data"][0], create(api, AUDIT).json()["data"]
    assert inbound["inbound_inbox_id"] is None
    assert "inbound_inbox_id" not in audit


@pytest.mark.parametrize("as_given", [int, str])
def test_a_domain_of_the_account(api, domain_id, as_given):
    assert create(api, domain_id=as_given(domain_id)).json()["data"]["domain_id"] == domain_id


def test_a_domain_of_another_account(api, emulator):
    emulator.seed(
        accounts=[{"id": 7, "name": "Other"}],
        verified_domains=[{"id": 70, "account_id": 7, "domain_name": "other.example"}],
    )
    assert errors(create(api, domain_id=70)) == {"domain_id": ["must exist"]}


def test_every_event_type_and_their_order(api):
    assert create(api, event_types=ALL_EVENT_TYPES).json()["data"]["event_types"] == ALL_EVENT_TYPES
    assert create(api, event_types=ALL_EVENT_TYPES[::-1]).json()["data"]["event_types"] == ALL_EVENT_TYPES[::-1]


@pytest.mark.parametrize(("given", "active"), [(False, False), ("false", False), (0, False), (True, True), ("1", True)])
def test_active(api, given, active):
    assert create(api, active=given).json()["data"]["active"] is active


def test_jsonlines(api):
    assert create(api, payload_format="jsonlines").json()["data"]["payload_format"] == "jsonlines"


def test_update_changes_what_is_given(api, webhook):
    path = f"/api/webhooks/{webhook['id']}"
    changes = {"active": False, "event_types": ["delivery", "bounce", "unsubscribe"]}
    answer = api.patch(path, json={"webhook": changes})
    assert answer.status_code == 200
    assert answer.json() == {"data": webhook | changes}
    changes |= {"url": "http://localhost:1/", "payload_format": "jsonlines", "event_types": ["open"]}
    api.patch(path, json={"webhook": changes})
    assert api.get(path).json() == {"data": webhook | changes}


def test_type_stream_and_domain_are_fixed(api, webhook, domain_id):
    changes = {
        "webhook_type": "audit_log",
        "sending_stream": "bulk",
        "domain_id": domain_id,
        "id": 1,
        "signing_secret": "x",
    }
    answer = api.patch(f"/api/webhooks/{webhook['id']}", json={"webhook": changes})
    assert (answer.status_code, answer.json()) == (200, {"data": webhook})


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"url": ""}, {"url": ["can't be blank", "is invalid"]}),
        ({"event_types": []}, {"event_types": ["can't be blank"]}),
        ({"payload_format": None}, {"payload_format": ["is not included in the list"]}),
        ({"inbound_inbox_id": 1}, {"inbound_inbox_id": ["must be blank"]}),
    ],
)
def test_updates_that_are_refused_change_nothing(api, webhook, changes, refused):
    path = f"/api/webhooks/{webhook['id']}"
    assert errors(api.patch(path, json={"webhook": changes | {"active": False}})) == refused
    assert api.get(path).json() == {"data": webhook}


def test_event_types_of_an_audit_webhook_stay_empty(api):
    path = f"/api/webhooks/{create(api, AUDIT).json()['data']['id']}"
    answer = api.patch(path, json={"webhook": {"event_types": ["open"]}})
    assert (answer.status_code, answer.json()["data"]["event_types"]) == (200, [])


def test_the_inbox_of_an_inbound_webhook(api, inboxes):
    data = create(api, INBOUND, inbound_inbox_id=inboxes[0]).json()["data"]
    assert data["inbound_inbox_id"] == inboxes[0]
    path = f"/api/webhooks/{data['id']}"
    for given, stored in ((inboxes[1], inboxes[1]), (str(inboxes[0]), inboxes[0]), (None, None)):
        answer = api.patch(path, json={"webhook": {"inbound_inbox_id": given}})
        assert (answer.status_code, answer.json()["data"]["inbound_inbox_id"]) == (200, stored)
    assert errors(api.patch(path, json={"webhook": {"inbound_inbox_id": 1}})) == {"inbound_inbox_id": ["must exist"]}


def test_what_is_gone_does_not_hinder_a_change(api, domain_id, inboxes):
    email = create(api, domain_id=domain_id).json()["data"]["id"]
    inbound = create(api, INBOUND, inbound_inbox_id=inboxes[0]).json()["data"]["id"]
    assert api.delete(f"/api/domains/{domain_id}").status_code == 204
    assert api.delete(f"/api/inbound/folders/7/inboxes/{inboxes[0]}").status_code == 204
    for key in (email, inbound):
        answer = api.patch(f"/api/webhooks/{key}", json={"webhook": {"active": False}})
        assert (answer.status_code, answer.json()["data"]["active"]) == (200, False)


def test_both_generations_speak_alike(api, emulator, webhook):
    base = f"/api/accounts/{emulator.account_id}"
    path = f"/webhooks/{webhook['id']}"
    assert api.get(base + path).json() == api.get("/api" + path).json() == {"data": webhook}
    assert api.get(base + "/webhooks").json() == {"data": [webhook]}
    created = create(api, base=base).json()["data"]
    assert list(created) == ["signing_secret", *KEYS]
    changed = api.patch(base + path, json={"webhook": {"active": False}})
    assert changed.json() == {"data": webhook | {"active": False}}
    assert api.delete(base + path).status_code == 200
    assert api.get(f"/api/accounts/{emulator.account_id + 1}/webhooks").status_code == 403


@pytest.mark.parametrize("key", ["1", "0", "-1", "x", "9" * 30, "%00", "3000.0"])
def test_unknown_ids(api, webhook, key):
    for method in ("GET", "PATCH", "DELETE"):
        answer = api.request(method, f"/api/webhooks/{key}", json={"webhook": {"active": False}})
        assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


def test_other_accounts_webhooks_are_not_there(api, emulator):
    emulator.seed(accounts=[{"id": 7, "name": "Other"}], webhooks=[{"id": 70, "account_id": 7, "url": URL}])
    assert api.get("/api/webhooks/70").status_code == 404
    assert api.get("/api/webhooks").json() == {"data": []}


def test_levels(api, emulator, client_of, webhook):
    path = f"/api/webhooks/{webhook['id']}"
    changes = [("POST", "/api/webhooks", {"webhook": EMAIL}), ("PATCH", path, {"webhook": {"active": False}})]
    for kind, key, level, may_read in (("account", emulator.account_id, 10, True), ("sandbox", 1, 100, False)):
        resource = {"resource_type": kind, "resource_id": key, "access_level": level}
        emulator.seed(api_tokens=[{"name": kind, "token": kind, "resources": [resource]}])
        client = client_of(emulator, kind)
        for answer in (client.get("/api/webhooks"), client.get(path)):
            assert answer.status_code == (200 if may_read else 403)
        for method, where, body in [*changes, ("DELETE", path, None)]:
            answer = client.request(method, where, json=body)
            assert (answer.status_code, answer.json()) == (403, {"errors": "Account access forbidden"})
    assert api.get(path).json() == {"data": webhook}


RUBBISH = [None, True, 0, -1, 1.5, 10**40, "", " ", "x" * 100_000, "\x00", "😀", [], [[]], [None], {}, {"a": 1}]


@pytest.mark.parametrize("name", [*EMAIL, "active", "domain_id", "inbound_inbox_id"])
def test_rubbish_in_each_field(api, emulator, webhook, name):
    emulator.limits(rate_limits="off")
    for value in RUBBISH:
        for fields in (EMAIL, INBOUND):
            assert create(api, fields, **{name: value}).status_code in (200, 422), value
        answer = api.patch(f"/api/webhooks/{webhook['id']}", json={"webhook": {name: value, "x": 1}})
        assert answer.status_code in (200, 422), value
    assert api.get("/api/webhooks").status_code == 200


def test_seeds(api, emulator, domain_id):
    emulator.seed(
        webhooks=[
            {"id": 9, "url": URL, "signing_secret": "s3cret", "active": False, "domain_id": domain_id},
            INBOUND,
        ]
    )
    first, second = api.get("/api/webhooks").json()["data"]
    assert (first["id"], first["active"], first["domain_id"]) == (9, False, domain_id)
    assert (first["sending_stream"], sorted(first["event_types"])) == ("transactional", sorted(ALL_EVENT_TYPES))
    assert list(second) == INBOUND_KEYS
    secrets = [row["signing_secret"] for row in emulator.dump()["webhooks"]]
    assert secrets[0] == "s3cret"
    assert len(secrets[1]) == 32


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        ({}, "webhooks[0]: url is required."),
        ({"url": "x"}, "webhooks[0]: url is invalid."),
        ({"url": URL, "event_types": [7]}, "webhooks[0]: event_types is invalid."),
        ({"url": URL, "event_types": [{}]}, "webhooks[0]: event_types is invalid."),
        ({"url": URL, "domain_id": 5}, "webhooks[0]: domain_id must exist."),
        ({"url": URL, "color": "red"}, "webhooks[0]: unknown field color."),
    ],
)
def test_seeds_that_are_refused(emulator, item, sentence):
    with pytest.raises(EmulatorError) as error:
        emulator.seed(webhooks=[item])
    assert str(error.value) == sentence
