# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Management of webhooks (docs/service.md#webhooks)."""

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

WEBHOOK_KEYS = ["id", "url", "active", "webhook_type", "payload_format", "sending_stream", "domain_id", "event_types"]
INBOUND_KEYS = [*WEBHOOK_KEYS[:-1], "inbound_inbox_id", WEBHOOK_KEYS[-1]]

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


def create_webhook(api, fields=EMAIL, base="/api", **changes):
    return api.post(f"{base}/webhooks", json={"webhook": fields | changes})


def get_errors(response):
    assert response.status_code == 422, response.text
    return response.json()["errors"]


@pytest.fixture
def webhook(api):
    response = create_webhook(api)
    assert response.status_code == 200, response.text
    return {name: value for name, value in response.json()["data"].items() if name != "signing_secret"}


@pytest.fixture
def domain_id(emulator):
    return next(row["id"] for row in emulator.dump()["domains"] if row["domain_name"] == "example.com")


@pytest.fixture
def inboxes(emulator):
    emulator.seed(
        inbound_folders=[{"id": 7, "name": "Support"}],
        inbound_inboxes=[{"id": inbox_id, "folder_id": 7, "name": f"Inbox {inbox_id}"} for inbox_id in (513, 514)],
    )
    return [513, 514]


def test_create_returns_200_with_the_secret_first(api):
    response = create_webhook(api)
    assert response.status_code == 200
    assert list(response.json()) == ["data"]
    data = response.json()["data"]
    assert list(data) == ["signing_secret", *WEBHOOK_KEYS]
    assert re.fullmatch(r"[0-9a-f]{32}", data["signing_secret"])
    assert {name: data[name] for name in EMAIL} == EMAIL
    assert (data["active"], data["domain_id"]) == (True, None)
    assert isinstance(data["id"], int)


def test_only_the_create_response_contains_the_secret(api, webhook):
    path = f"/api/webhooks/{webhook['id']}"
    assert list(api.get(path).json()["data"]) == WEBHOOK_KEYS
    assert list(api.patch(path, json={"webhook": {"active": True}}).json()["data"]) == WEBHOOK_KEYS
    assert [list(row) for row in api.get("/api/webhooks").json()["data"]] == [WEBHOOK_KEYS]
    assert list(api.delete(path).json()["data"]) == WEBHOOK_KEYS


def test_get_and_list(api, webhook):
    second = create_webhook(api, AUDIT).json()["data"]["id"]
    assert api.get(f"/api/webhooks/{webhook['id']}").json() == {"data": webhook}
    assert [row["id"] for row in api.get("/api/webhooks").json()["data"]] == [webhook["id"], second]


def test_identical_webhooks_are_allowed(api, webhook):
    assert create_webhook(api).json()["data"]["id"] == webhook["id"] + 1


def test_delete_returns_the_webhook(api, webhook):
    path = f"/api/webhooks/{webhook['id']}"
    response = api.delete(path)
    assert response.status_code == 200
    assert response.json() == {"data": webhook}
    for gone in (api.delete(path), api.get(path), api.patch(path, json={"webhook": {"active": False}})):
        assert gone.status_code == 404
        assert gone.json() == {"error": "Not Found"}


def test_recorded_validation_errors(api):
    response = api.post("/api/webhooks", json={"webhook": {"url": "", "webhook_type": "email_sending"}})
    assert response.status_code == 422
    assert response.text == (
        '{"errors":{"url":["can\'t be blank","is invalid"],"event_types":["can\'t be blank"],'
        '"sending_stream":["can\'t be blank"]}}'
    )


@pytest.mark.parametrize("body", [None, {}, {"webhook": {}}, {"webhook": None}, {"webhook": []}, EMAIL])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_missing_or_empty_wrapper_is_an_empty_400(api, webhook, method, body):
    path = "/api/webhooks" if method == "POST" else f"/api/webhooks/{webhook['id']}"
    response = api.request(method, path, json=body)
    assert (response.status_code, response.content) == (400, b"")
    assert response.headers["content-type"] == "text/html; charset=UTF-8"


@pytest.mark.parametrize(
    ("fields", "errors"),
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
def test_invalid_values_are_refused(api, fields, errors):
    assert get_errors(api.post("/api/webhooks", json={"webhook": fields})) == errors
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
def test_invalid_urls_are_refused(api, url):
    assert "is invalid" in get_errors(create_webhook(api, url=url))["url"]


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
def test_valid_urls_are_accepted(api, url):
    assert create_webhook(api, url=url).json()["data"]["url"] == url


@pytest.mark.parametrize("webhook_type", ["audit_log", "inbound_receiving"])
def test_types_without_stream_domain_and_event_types(api, webhook_type, domain_id):
    response = create_webhook(api, webhook_type=webhook_type, domain_id=domain_id)
    assert response.status_code == 200
    data = response.json()["data"]
    assert (data["sending_stream"], data["domain_id"], data["event_types"]) == (None, None, [])


def test_campaigns_have_event_types_and_a_domain_but_no_stream(api, domain_id):
    data = create_webhook(api, CAMPAIGNS, sending_stream="bulk", domain_id=domain_id).json()["data"]
    assert (data["sending_stream"], data["domain_id"], data["event_types"]) == (None, domain_id, ["open"])


def test_only_inbound_webhooks_show_an_inbox(api):
    assert list(create_webhook(api, INBOUND).json()["data"]) == ["signing_secret", *INBOUND_KEYS]
    inbound, audit = api.get("/api/webhooks").json()["data"][0], create_webhook(api, AUDIT).json()["data"]
    assert inbound["inbound_inbox_id"] is None
    assert "inbound_inbox_id" not in audit


@pytest.mark.parametrize("convert", [int, str])
def test_domain_id_may_be_a_number_or_text(api, domain_id, convert):
    assert create_webhook(api, domain_id=convert(domain_id)).json()["data"]["domain_id"] == domain_id


def test_domain_of_another_account_is_refused(api, emulator):
    emulator.seed(
        accounts=[{"id": 7, "name": "Other"}],
        verified_domains=[{"id": 70, "account_id": 7, "domain_name": "other.example"}],
    )
    assert get_errors(create_webhook(api, domain_id=70)) == {"domain_id": ["must exist"]}


def test_all_event_types_are_accepted_in_any_order(api):
    assert create_webhook(api, event_types=ALL_EVENT_TYPES).json()["data"]["event_types"] == ALL_EVENT_TYPES
    assert create_webhook(api, event_types=ALL_EVENT_TYPES[::-1]).json()["data"]["event_types"] == ALL_EVENT_TYPES[::-1]


@pytest.mark.parametrize(("given", "active"), [(False, False), ("false", False), (0, False), (True, True), ("1", True)])
def test_active_is_converted_to_a_boolean(api, given, active):
    assert create_webhook(api, active=given).json()["data"]["active"] is active


def test_payload_format_jsonlines(api):
    assert create_webhook(api, payload_format="jsonlines").json()["data"]["payload_format"] == "jsonlines"


def test_update_is_partial(api, webhook):
    path = f"/api/webhooks/{webhook['id']}"
    changes = {"active": False, "event_types": ["delivery", "bounce", "unsubscribe"]}
    response = api.patch(path, json={"webhook": changes})
    assert response.status_code == 200
    assert response.json() == {"data": webhook | changes}
    changes |= {"url": "http://localhost:1/", "payload_format": "jsonlines", "event_types": ["open"]}
    api.patch(path, json={"webhook": changes})
    assert api.get(path).json() == {"data": webhook | changes}


def test_type_stream_and_domain_cannot_be_updated(api, webhook, domain_id):
    changes = {
        "webhook_type": "audit_log",
        "sending_stream": "bulk",
        "domain_id": domain_id,
        "id": 1,
        "signing_secret": "x",
    }
    response = api.patch(f"/api/webhooks/{webhook['id']}", json={"webhook": changes})
    assert (response.status_code, response.json()) == (200, {"data": webhook})


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"url": ""}, {"url": ["can't be blank", "is invalid"]}),
        ({"event_types": []}, {"event_types": ["can't be blank"]}),
        ({"payload_format": None}, {"payload_format": ["is not included in the list"]}),
        ({"inbound_inbox_id": 1}, {"inbound_inbox_id": ["must be blank"]}),
    ],
)
def test_refused_updates_change_nothing(api, webhook, changes, errors):
    path = f"/api/webhooks/{webhook['id']}"
    assert get_errors(api.patch(path, json={"webhook": changes | {"active": False}})) == errors
    assert api.get(path).json() == {"data": webhook}


def test_event_types_of_an_audit_webhook_stay_empty(api):
    path = f"/api/webhooks/{create_webhook(api, AUDIT).json()['data']['id']}"
    response = api.patch(path, json={"webhook": {"event_types": ["open"]}})
    assert (response.status_code, response.json()["data"]["event_types"]) == (200, [])


def test_inbox_of_an_inbound_webhook_can_be_updated(api, inboxes):
    data = create_webhook(api, INBOUND, inbound_inbox_id=inboxes[0]).json()["data"]
    assert data["inbound_inbox_id"] == inboxes[0]
    path = f"/api/webhooks/{data['id']}"
    for given, stored in ((inboxes[1], inboxes[1]), (str(inboxes[0]), inboxes[0]), (None, None)):
        response = api.patch(path, json={"webhook": {"inbound_inbox_id": given}})
        assert (response.status_code, response.json()["data"]["inbound_inbox_id"]) == (200, stored)
    assert get_errors(api.patch(path, json={"webhook": {"inbound_inbox_id": 1}})) == {
        "inbound_inbox_id": ["must exist"]
    }


def test_deleted_domain_or_inbox_does_not_prevent_an_update(api, domain_id, inboxes):
    email = create_webhook(api, domain_id=domain_id).json()["data"]["id"]
    inbound = create_webhook(api, INBOUND, inbound_inbox_id=inboxes[0]).json()["data"]["id"]
    assert api.delete(f"/api/domains/{domain_id}").status_code == 204
    assert api.delete(f"/api/inbound/folders/7/inboxes/{inboxes[0]}").status_code == 204
    for webhook_id in (email, inbound):
        response = api.patch(f"/api/webhooks/{webhook_id}", json={"webhook": {"active": False}})
        assert (response.status_code, response.json()["data"]["active"]) == (200, False)


def test_account_scoped_paths_use_the_same_names(api, emulator, webhook):
    base = f"/api/accounts/{emulator.account_id}"
    path = f"/webhooks/{webhook['id']}"
    assert api.get(base + path).json() == api.get("/api" + path).json() == {"data": webhook}
    assert api.get(base + "/webhooks").json() == {"data": [webhook]}
    created = create_webhook(api, base=base).json()["data"]
    assert list(created) == ["signing_secret", *WEBHOOK_KEYS]
    changed = api.patch(base + path, json={"webhook": {"active": False}})
    assert changed.json() == {"data": webhook | {"active": False}}
    assert api.delete(base + path).status_code == 200
    assert api.get(f"/api/accounts/{emulator.account_id + 1}/webhooks").status_code == 403


@pytest.mark.parametrize("webhook_id", ["1", "0", "-1", "x", "9" * 30, "%00", "3000.0"])
def test_unknown_ids_are_not_found(api, webhook, webhook_id):
    for method in ("GET", "PATCH", "DELETE"):
        response = api.request(method, f"/api/webhooks/{webhook_id}", json={"webhook": {"active": False}})
        assert (response.status_code, response.json()) == (404, {"error": "Not Found"})


def test_webhooks_of_another_account_are_not_found(api, emulator):
    emulator.seed(accounts=[{"id": 7, "name": "Other"}], webhooks=[{"id": 70, "account_id": 7, "url": URL}])
    assert api.get("/api/webhooks/70").status_code == 404
    assert api.get("/api/webhooks").json() == {"data": []}


def test_needed_access_levels(api, emulator, make_client, webhook):
    path = f"/api/webhooks/{webhook['id']}"
    changes = [("POST", "/api/webhooks", {"webhook": EMAIL}), ("PATCH", path, {"webhook": {"active": False}})]
    for resource_type, resource_id, level, may_read in (
        ("account", emulator.account_id, 10, True),
        ("sandbox", 1, 100, False),
    ):
        resource = {"resource_type": resource_type, "resource_id": resource_id, "access_level": level}
        emulator.seed(api_tokens=[{"name": resource_type, "token": resource_type, "resources": [resource]}])
        client = make_client(emulator, resource_type)
        for response in (client.get("/api/webhooks"), client.get(path)):
            assert response.status_code == (200 if may_read else 403)
        for method, request_path, body in [*changes, ("DELETE", path, None)]:
            response = client.request(method, request_path, json=body)
            assert (response.status_code, response.json()) == (403, {"errors": "Account access forbidden"})
    assert api.get(path).json() == {"data": webhook}


INVALID_VALUES = [None, True, 0, -1, 1.5, 10**40, "", " ", "x" * 100_000, "\x00", "😀", [], [[]], [None], {}, {"a": 1}]


@pytest.mark.parametrize("name", [*EMAIL, "active", "domain_id", "inbound_inbox_id"])
def test_invalid_values_in_each_field(api, emulator, webhook, name):
    emulator.limits(rate_limits="off")
    for value in INVALID_VALUES:
        for fields in (EMAIL, INBOUND):
            assert create_webhook(api, fields, **{name: value}).status_code in (200, 422), value
        response = api.patch(f"/api/webhooks/{webhook['id']}", json={"webhook": {name: value, "x": 1}})
        assert response.status_code in (200, 422), value
    assert api.get("/api/webhooks").status_code == 200


def test_seeds_set_ids_and_secrets(api, emulator, domain_id):
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
    ("item", "error"),
    [
        ({}, "webhooks[0]: url is required."),
        ({"url": "x"}, "webhooks[0]: url is invalid."),
        ({"url": URL, "event_types": [7]}, "webhooks[0]: event_types is invalid."),
        ({"url": URL, "event_types": [{}]}, "webhooks[0]: event_types is invalid."),
        ({"url": URL, "domain_id": 5}, "webhooks[0]: domain_id must exist."),
        ({"url": URL, "color": "red"}, "webhooks[0]: unknown field color."),
    ],
)
def test_invalid_seeds_are_refused(emulator, item, error):
    with pytest.raises(EmulatorError) as raised:
        emulator.seed(webhooks=[item])
    assert str(raised.value) == error
