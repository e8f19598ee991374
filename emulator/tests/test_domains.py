# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending domains (docs/service.md#domains)."""

import re

import pytest

from mailtrap_emulator.testing import Emulator, EmulatorError

HOUR = 3600
SHOWN = [
    "domain_name",
    "open_tracking_enabled",
    "click_tracking_enabled",
    "tracking_opt_out_enabled",
    "auto_unsubscribe_link_enabled",
    "custom_domain_tracking_enabled",
    "health_alerts_enabled",
    "critical_alerts_enabled",
    "alert_recipient_email",
    "inbound_enabled",
    "inbound_verified",
    "demo",
    "id",
    "dns_records",
    "dns_verified",
    "dns_verified_at",
    "permissions",
    "compliance_status",
]
DMARC = (
    "v=DMARC1; p=none; rua=mailto:dmarc@smtp-staging.mailtrap.net; "
    "ruf=mailto:dmarc@smtp-staging.mailtrap.net; rf=afrf; pct=100"
)
KEYS = ["verification", "dkim1", "dkim2", "dmarc", "link_verification"]
COMPANY = {
    "name": "Shop Ltd",
    "address": "1 High Street",
    "city": "Riga",
    "country": "LV",
    "zip_code": "1010",
    "website_url": "https://shop.example",
}
FORBIDDEN = {"errors": "Account access forbidden"}
NOT_FOUND = {"error": "Not Found"}
NOT_A_NAME = "Tracking domain name is not a valid domain name"


@pytest.fixture
def create_domain(api):
    """Return a function that creates a domain and returns it."""

    def create(name="shop.example"):
        response = api.post("/api/domains", json={"domain": {"domain_name": name}})
        assert response.status_code == 200, response.text
        return response.json()

    return create


@pytest.fixture
def domain(create_domain):
    return create_domain()


@pytest.fixture
def path(domain):
    """Return the path of the domain."""
    return f"/api/domains/{domain['id']}"


@pytest.fixture
def frozen_clock(emulator):
    """Freeze the clock, so that times are exact."""
    emulator.clock(set="2026-05-01T10:00:00Z", frozen=True)


def statuses(domain):
    return {record["key"]: record["status"] for record in domain["dns_records"]}


def read_errors(response):
    assert response.status_code == 422, response.text
    return response.json()["errors"]


def list_domain_names(api):
    return [row["domain_name"] for row in api.get("/api/domains").json()["data"]]


# Creating, reading, updating and deleting domains.


def test_new_domain_is_bare_with_keys_in_order(domain):
    assert list(domain) == SHOWN
    shown = {name: value for name, value in domain.items() if name not in ("id", "dns_records")}
    assert shown == {
        "domain_name": "shop.example",
        "open_tracking_enabled": True,
        "click_tracking_enabled": False,
        "tracking_opt_out_enabled": False,
        "auto_unsubscribe_link_enabled": False,
        "custom_domain_tracking_enabled": False,
        "health_alerts_enabled": True,
        "critical_alerts_enabled": True,
        "alert_recipient_email": None,
        "inbound_enabled": False,
        "inbound_verified": False,
        "demo": False,
        "dns_verified": False,
        "dns_verified_at": "",
        "permissions": {"can_read": True, "can_update": True, "can_destroy": True},
        "compliance_status": "unverified_dns",
    }
    assert 940_000 <= domain["id"] < 950_000


def test_domain_has_five_dns_records(domain):
    verification = domain["dns_records"][0]["name"]
    assert re.fullmatch(r"mt\d\d", verification)
    assert domain["dns_records"] == [
        {
            "key": key,
            "domain": f"{name}.shop.example",
            "type": kind,
            "value": value,
            "status": "missing",
            "name": name,
        }
        for key, kind, name, value in (
            ("verification", "CNAME", verification, "smtp.mailtrap.live"),
            ("dkim1", "CNAME", "rwmt1._domainkey", "rwmt1.dkim.smtp.mailtrap.live"),
            ("dkim2", "CNAME", "rwmt2._domainkey", "rwmt2.dkim.smtp.mailtrap.live"),
            ("dmarc", "TXT", "_dmarc", DMARC),
            ("link_verification", "CNAME", "mt-link", "t.mailtrap.live"),
        )
    ]
    assert list(domain["dns_records"][0]) == ["key", "domain", "type", "value", "status", "name"]


def test_list_is_wrapped_but_a_single_domain_is_not(api, domain, path):
    assert api.get(path).json() == domain
    listed = api.get("/api/domains").json()
    assert list(listed) == ["data"]
    assert [row["domain_name"] for row in listed["data"]] == ["example.com", "demomailtrap.co", "shop.example"]
    assert listed["data"][2] == domain


def test_generations_share_domains_but_have_their_own_wrapper(api, emulator, create_domain):
    old = f"/api/accounts/{emulator.account_id}/sending_domains"
    made = api.post(old, json={"sending_domain": {"domain_name": "old.example"}})
    assert made.status_code == 200
    key = made.json()["id"]
    for base in (old, f"/api/accounts/{emulator.account_id}/domains", "/api/sending_domains", "/api/domains"):
        wrapper = "sending_domain" if "sending" in base else "domain"
        other = "domain" if "sending" in base else "sending_domain"
        assert api.get(f"{base}/{key}").json() == made.json()
        assert made.json() in api.get(base).json()["data"]
        same = api.patch(f"{base}/{key}", json={wrapper: {"open_tracking_enabled": True}})
        assert (same.status_code, same.json()) == (200, made.json())
        for response in (
            api.post(base, json={other: {"domain_name": "x.example"}}),
            api.patch(f"{base}/{key}", json={other: {"open_tracking_enabled": False}}),
        ):
            assert (response.status_code, response.content) == (400, b"")
    assert api.delete(f"{old}/{key}").status_code == 204
    assert api.get(f"/api/domains/{key}").status_code == 404


@pytest.mark.parametrize("flag", [*SHOWN[1:5], "inbound_enabled"])
def test_each_flag_is_set_independently(api, domain, path, flag):
    response = api.patch(path, json={"domain": {flag: not domain[flag]}})
    assert response.status_code == 200
    expected = domain | {flag: not domain[flag]}
    # Click tracking needs the tracking host of the domain.
    expected["custom_domain_tracking_enabled"] = expected["click_tracking_enabled"]
    assert response.json() == expected
    assert api.get(path).json() == expected
    assert api.patch(path, json={"domain": {flag: domain[flag]}}).json() == domain


def test_read_only_fields_are_ignored(api, domain, path):
    fixed = {
        "domain_name": "other.example",
        "custom_domain_tracking_enabled": True,
        "health_alerts_enabled": False,
        "critical_alerts_enabled": False,
        "alert_recipient_email": "x@example.org",
        "inbound_verified": True,
        "demo": True,
        "id": 1,
        "dns_verified": True,
        "compliance_status": "compliant",
    }
    assert api.patch(path, json={"domain": fixed}).json() == domain


@pytest.mark.parametrize(
    ("value", "expected_value"), [("false", False), ("0", False), (0, False), ("true", True), (1, True)]
)
def test_flags_are_cast_to_booleans(api, path, value, expected_value):
    response = api.patch(path, json={"domain": {"open_tracking_enabled": value}})
    assert response.json()["open_tracking_enabled"] is expected_value


@pytest.mark.parametrize("value", [None, ""])
def test_flag_cannot_be_blank(api, domain, path, value):
    body = {"domain": {"open_tracking_enabled": value, "inbound_enabled": True}}
    assert read_errors(api.patch(path, json=body)) == {"open_tracking_enabled": ["is not included in the list"]}
    assert api.get(path).json() == domain


@pytest.mark.parametrize("name", ["", " ", None, [], {"a": 1}])
def test_blank_name_is_rejected(api, name):
    body = {"domain": {"domain_name": name, "demo": False}}
    assert read_errors(api.post("/api/domains", json=body)) == {
        "base": [f"Validation failed: Domain name can't be blank, {NOT_A_NAME}"]
    }


@pytest.mark.parametrize(
    "name",
    [
        "localhost",
        "shop example.org",
        "shop_1.example",
        "-shop.example",
        ".example",
        "shop.example.",
        "192.0.2.1",
        "https://shop.example",
        "ann@shop.example",
        "bücher.example",
        "a" * 64 + ".example",
        ".".join(["a" * 60] * 4),
        7,
        True,
    ],
)
def test_invalid_names_are_rejected(api, name):
    assert read_errors(api.post("/api/domains", json={"domain": {"domain_name": name}})) == {
        "base": [f"Validation failed: Domain name is not a valid domain name, {NOT_A_NAME}"]
    }
    assert list_domain_names(api) == ["example.com", "demomailtrap.co"]


@pytest.mark.parametrize("name", ["shop.example", "SHOP.example", " shop.example "])
def test_name_is_unique_in_the_account(api, domain, name):
    assert read_errors(api.post("/api/domains", json={"domain": {"domain_name": name}})) == {
        "base": ["Validation failed: Domain name has already been taken"]
    }


def test_names_are_lower_case_and_subdomains_are_separate(create_domain):
    assert create_domain("Mail.Shop.EXAMPLE")["domain_name"] == "mail.shop.example"
    assert create_domain("shop.example")["domain_name"] == "shop.example"


def test_another_account_can_use_the_name(emulator, domain, make_client):
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}], api_tokens=[{"name": "t", "account_id": 77, "token": "theirs"}]
    )
    theirs = make_client(emulator, "theirs")
    response = theirs.post("/api/domains", json={"domain": {"domain_name": "shop.example"}})
    assert response.status_code == 200
    # No account can create the demo domain.
    demo = theirs.post("/api/domains", json={"domain": {"domain_name": "demomailtrap.co"}})
    assert read_errors(demo) == {"base": ["Validation failed: Domain name is reserved"]}
    for method in ("GET", "PATCH", "DELETE"):
        foreign = theirs.request(method, f"/api/domains/{domain['id']}", json={"domain": {"demo": True}})
        assert (foreign.status_code, foreign.json()) == (404, NOT_FOUND)


def test_domain_is_deleted(api, create_domain, domain, path):
    response = api.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert list_domain_names(api) == ["example.com", "demomailtrap.co"]
    again = create_domain()
    assert again["id"] > domain["id"]
    assert again["dns_verified"] is False


@pytest.mark.parametrize("key", ["1", "-1", "0", "does-not-exist", "9" * 30, "%00"])
@pytest.mark.parametrize("rest", ["", "/send_setup_instructions", "/company_info"])
def test_unknown_domain_is_not_found(api, key, rest):
    methods = {"": ("GET", "PATCH", "DELETE"), "/company_info": ("GET", "POST", "PATCH")}.get(rest, ("POST",))
    for method in methods:
        body = {"email": "a@example.org", "domain": {"demo": True}, "company_info": COMPANY}
        response = api.request(method, f"/api/domains/{key}{rest}", json=body)
        assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_demo_domain(api):
    demo = api.get("/api/domains").json()["data"][1]
    assert (demo["demo"], demo["compliance_status"], demo["dns_verified"]) == (True, "demo", True)
    assert demo["dns_records"][0]["domain"] == "demo.demomailtrap.co"
    assert set(statuses(demo).values()) == {"pass"}


# The token and the permissions of a domain.


def test_new_domain_has_a_token_that_can_send(api, emulator, domain, make_client, mail):
    (token,) = [row for row in api.get("/api/api_tokens").json() if row["name"] != "Start token"]
    assert token["name"] == f"shop.example token {token['id']}"
    assert token["resources"] == [{"resource_type": "domain", "resource_id": domain["id"], "access_level": 100}]
    assert (token["created_by"], token["expires_at"]) == ("Start token", None)
    value = next(row["token"] for row in emulator.dump()["api_tokens"] if row["id"] == token["id"])
    emulator.domain("shop.example", dns="ok", check=True, compliance_status="compliant")
    own = make_client(emulator, value)
    assert own.post("/api/send", json=mail | {"from": {"email": "a@shop.example"}}).status_code == 200
    assert own.post("/api/send", json=mail).status_code == 401
    assert [row["domain_name"] for row in own.get("/api/domains").json()["data"]] == ["shop.example"]


def test_deleting_a_domain_removes_its_permissions(api, emulator, domain, path):
    grants = [
        {"resource_type": "domain", "resource_id": domain["id"], "access_level": 100},
        {"resource_type": "account", "resource_id": emulator.account_id, "access_level": 10},
    ]
    emulator.seed(api_tokens=[{"id": 1, "name": "both", "resources": grants}])
    assert api.delete(path).status_code == 204
    tokens = {row["name"]: row["resources"] for row in api.get("/api/api_tokens").json()}
    assert list(tokens) == ["both", "Start token"]
    assert tokens["both"] == grants[1:]


def test_required_access_levels(api, emulator, create_domain, make_client):
    mine, other = create_domain("mine.example"), create_domain("other.example")
    for level, value in ((10, "viewer"), (100, "admin")):
        grant = {"resource_type": "domain", "resource_id": mine["id"], "access_level": level}
        emulator.seed(api_tokens=[{"name": value, "token": value, "resources": [grant]}])
    viewer, admin = make_client(emulator, "viewer"), make_client(emulator, "admin")
    read_only = {"can_read": True, "can_update": False, "can_destroy": False}
    assert viewer.get("/api/domains").json()["data"] == [mine | {"permissions": read_only}]
    assert viewer.get(f"/api/domains/{mine['id']}/company_info").status_code == 200
    path = f"/api/domains/{mine['id']}"
    refused = [
        (viewer, "GET", f"/api/domains/{other['id']}"),
        (viewer, "PATCH", path),
        (viewer, "DELETE", path),
        (viewer, "POST", f"{path}/send_setup_instructions"),
        (viewer, "POST", f"{path}/company_info"),
        (viewer, "PATCH", f"{path}/company_info"),
        (viewer, "POST", "/api/domains"),
        (admin, "POST", "/api/domains"),
        (admin, "DELETE", f"/api/domains/{other['id']}"),
        (admin, "GET", f"/api/domains/{other['id']}/company_info"),
    ]
    for client, method, where in refused:
        response = client.request(method, where, json={"domain": {"domain_name": "n.example"}})
        assert (where, response.status_code, response.json()) == (where, 403, FORBIDDEN)
    changed = admin.patch(path, json={"domain": {"inbound_enabled": True}})
    assert changed.json()["permissions"] == {"can_read": True, "can_update": True, "can_destroy": True}
    assert admin.delete(path).status_code == 204


# Setup instructions.


def test_setup_instructions_are_mailed_every_time(api, emulator, domain, path):
    for number in (1, 2):
        response = api.post(f"{path}/send_setup_instructions", json={"email": "devops@example.org"})
        assert (response.status_code, response.content) == (204, b"")
        assert len(emulator.outbox()) == number
    sent = emulator.outbox()[0]
    assert (sent["stream"], sent["recipients"]) == ("setup_instructions", ["devops@example.org"])
    assert sent["to"] == [{"name": "", "email": "devops@example.org"}]
    assert "shop.example" in sent["subject"]
    for record in domain["dns_records"]:
        assert f"{record['type']} {record['domain']} {record['value']}" in sent["text"]


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("", "can't be blank"),
        (None, "can't be blank"),
        ([], "can't be blank"),
        ("ann", "is invalid"),
        (7, "is invalid"),
    ],
)
def test_setup_instructions_need_a_valid_address(api, emulator, path, email, message):
    assert read_errors(api.post(f"{path}/send_setup_instructions", json={"email": email})) == {"email": [message]}
    assert emulator.outbox() == []


# DNS checks and compliance, by the clock.


def test_dns_is_checked_every_hour(api, emulator, frozen_clock, domain, path):
    emulator.domain("shop.example", dns="ok")
    assert api.get(path).json() == domain
    emulator.clock(advance=HOUR - 1)
    assert api.get(path).json() == domain
    emulator.clock(advance=1)
    verified = api.get(path).json()
    assert statuses(verified) == dict.fromkeys(KEYS, "pass")
    assert (verified["dns_verified"], verified["dns_verified_at"]) == (True, "2026-05-01T11:00:00.000Z")
    assert verified["compliance_status"] == "missing_company_info"
    assert api.get("/api/domains").json()["data"][2] == verified


def test_missed_check_has_the_time_when_it_was_due(api, emulator, frozen_clock, domain, path):
    api.post(f"{path}/company_info", json={"company_info": COMPANY})
    emulator.domain(domain["id"], dns="ok")
    emulator.clock(advance=HOUR + 119)
    assert api.get(path).json()["compliance_status"] == "under_review"
    emulator.clock(advance=1)
    body = api.get(path).json()
    assert (body["compliance_status"], body["dns_verified_at"]) == ("compliant", "2026-05-01T11:00:00.000Z")
    emulator.clock(advance=100 * 86400)
    assert api.get(path).json() == body


def test_unread_domains_are_checked_too(emulator, domain):
    emulator.domain("shop.example", dns="ok")
    emulator.clock(advance=HOUR)
    assert next(row for row in emulator.dump()["domains"] if row["id"] == domain["id"])["dns_verified"] is True


def test_verification_of_a_domain_until_it_can_send(api, emulator, domain, path, mail):
    """The compliance status is unverified_dns, missing_company_info, under_review and then compliant."""
    own = mail | {"from": {"email": "sales@shop.example"}}

    def state():
        response = api.post("/api/send", json=own)
        assert response.status_code in (200, 401)
        return api.get(path).json()["compliance_status"], response.status_code

    assert state() == ("unverified_dns", 401)
    emulator.domain("shop.example", dns="ok")
    emulator.clock(advance=HOUR)
    assert state() == ("missing_company_info", 401)
    api.post(f"{path}/company_info", json={"company_info": COMPANY})
    assert state() == ("under_review", 401)
    emulator.clock(advance=120)
    assert state() == ("compliant", 200)


def test_existing_company_info_starts_the_review_at_once(api, emulator, create_domain, domain, path):
    api.post(f"{path}/company_info", json={"company_info": COMPANY})
    create_domain("second.example")
    assert emulator.domain("second.example", dns="ok", check=True)["compliance_status"] == "under_review"


def test_all_records_must_pass(api, emulator, path):
    for key in KEYS:
        emulator.domain("shop.example", dns="ok")
        body = emulator.domain("shop.example", dns={key: "softfail"}, check=True)
        assert statuses(body) == dict.fromkeys(KEYS, "pass") | {key: "softfail"}
        assert (body["dns_verified"], body["dns_verified_at"]) == (False, "")
        assert api.get(path).json() == body


def test_missing_records_end_the_verification(api, emulator, path, mail):
    emulator.seed(verified_domains=[{"domain_name": "gone.example"}])
    before = emulator.domain("gone.example")
    assert (before["dns_verified"], before["compliance_status"]) == (True, "compliant")
    # A DNS server that does not answer changes nothing.
    silent = emulator.domain("gone.example", dns="network_error", check=True)
    assert (silent["dns_verified"], silent["compliance_status"]) == (True, "compliant")
    gone = emulator.domain("gone.example", dns={"dkim1": "missing"}, check=True)
    assert (gone["dns_verified"], gone["compliance_status"]) == (False, "unverified_dns")
    assert gone["dns_verified_at"] == before["dns_verified_at"]
    response = api.post("/api/send", json=mail | {"from": {"email": "a@gone.example"}})
    assert response.status_code == 401


@pytest.mark.parametrize(
    "status",
    [
        "demo",
        "demo_exhausted",
        "unverified_dns",
        "missing_company_info",
        "under_review",
        "awaiting_questionnaire",
        "awaiting_card_verification",
        "non_compliant",
        "suspended",
    ],
)
def test_only_compliant_domains_can_send(api, emulator, mail, status):
    assert api.post("/api/send", json=mail).status_code == 200
    assert emulator.domain("example.com", compliance_status=status)["compliance_status"] == status
    response = api.post("/api/send", json=mail)
    assert (response.status_code, response.json()) == (401, {"errors": ["Unauthorized"]})
    emulator.limits(unverified_domain_status=403)
    response = api.post("/api/send", json=mail)
    assert (response.status_code, response.json()) == (403, {"success": False, "errors": ["Forbidden"]})
    emulator.clock(advance=2 * HOUR)
    # Only a review ends on its own.
    later = next(row for row in api.get("/api/domains").json()["data"] if row["domain_name"] == "example.com")
    assert later["compliance_status"] == ("compliant" if status == "under_review" else status)
    emulator.domain("example.com", compliance_status="compliant")
    assert api.post("/api/send", json=mail).status_code == 200


def test_exhausted_demo_domain_cannot_send(api, emulator, mail):
    demo = mail | {"from": {"email": "a@demomailtrap.co"}, "to": [{"email": "owner@example.com"}]}
    assert api.post("/api/send", json=demo).status_code == 200
    emulator.domain("demomailtrap.co", compliance_status="demo_exhausted")
    assert api.post("/api/send", json=demo).status_code == 401


def test_setting_the_clock_back_does_not_block_checks(api, emulator, domain, path):
    emulator.domain("shop.example", dns="ok")
    emulator.clock(set="2020-01-01T00:00:00Z")
    assert api.get(path).json()["dns_verified_at"].startswith("2020-01-01T00:00:0")


# The control plane and seeds.


def test_control_plane_sets_service_fields(api, emulator, path):
    change = {
        "health_alerts_enabled": False,
        "critical_alerts_enabled": False,
        "alert_recipient_email": "ops@example.org",
        "inbound_verified": True,
    }
    shown_domain = emulator.domain("shop.example", **change)
    assert shown_domain.items() >= change.items()
    assert api.get(path).json() == shown_domain


def test_dns_statuses_can_be_returned_to_the_server(emulator, domain):
    assert emulator.domain("shop.example", dns="ok", check=True)["dns_verified"] is True
    body = emulator.domain("shop.example", dns="server", check=True)
    assert statuses(body) == dict.fromkeys(KEYS, "missing")


@pytest.mark.parametrize(
    ("key", "change", "message"),
    [
        ("nowhere.example", {"dns": "ok"}, "There is no domain nowhere.example."),
        ("1", {}, "There is no domain 1."),
        ("example.com", {"dns": {"spf": "pass"}}, "unknown DNS record spf"),
        ("example.com", {"dns": {"dkim1": 7}}, "the status of a DNS record must be one of pass, fail"),
        ("example.com", {"dns": {"dkim1": []}}, "the status of a DNS record must be one of pass, fail"),
        ("example.com", {"dns": "good"}, "the status of a DNS record must be one of pass, fail"),
        ("example.com", {"dns": 7}, "dns must be a text or an object"),
        ("example.com", {"compliance_status": "exhausted"}, "compliance_status must be one of demo, "),
        ("example.com", {"check": 1}, "check must be true or false"),
        ("example.com", {"verified": True}, "unknown field verified"),
    ],
)
def test_rejected_control_requests_change_nothing(emulator, key, change, message):
    before = emulator.dump()["domains"]
    with pytest.raises(EmulatorError, match=re.escape(message)):
        emulator.domain(key, **change)
    assert emulator.dump()["domains"] == before


def test_ambiguous_name_requires_the_id(emulator):
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}], domains=[{"domain_name": "example.com", "account_id": 77, "id": 5}]
    )
    with pytest.raises(EmulatorError, match="several domains"):
        emulator.domain("example.com", dns="ok")
    assert emulator.domain(5, dns="ok", check=True)["dns_verified"] is True


def test_seeding_domains(api, emulator):
    emulator.seed(
        domains=[
            {
                "id": 5,
                "domain_name": "New.example",
                "click_tracking_enabled": True,
                "verification_name": "ve6wza2rbpe60x7z",
            },
            {"id": 6, "domain_name": "half.example", "dns": {"dkim1": "pass", "dkim2": "fail"}},
            {"id": 7, "domain_name": "whole.example", "dns": "ok", "alert_recipient_email": "ops@example.org"},
            {"id": 8, "domain_name": "held.example", "dns": "ok", "compliance_status": "suspended"},
        ]
    )
    new, half, whole, held = (api.get(f"/api/domains/{key}").json() for key in (5, 6, 7, 8))
    assert (new["domain_name"], new["custom_domain_tracking_enabled"]) == ("New.example", True)
    assert new["dns_records"][0]["domain"] == "ve6wza2rbpe60x7z.New.example"
    assert statuses(half) == dict.fromkeys(KEYS, "missing") | {"dkim1": "pass", "dkim2": "fail"}
    assert (half["dns_verified"], half["compliance_status"]) == (False, "unverified_dns")
    assert (whole["dns_verified"], whole["compliance_status"]) == (True, "compliant")
    assert whole["alert_recipient_email"] == "ops@example.org"
    assert (held["dns_verified"], held["compliance_status"]) == (True, "suspended")
    with pytest.raises(EmulatorError, match=r"has a domain half\.example already"):
        emulator.seed(domains=[{"domain_name": "half.example"}])


def test_restart_keeps_domains(tmp_path, make_client):
    options = ("--state", str(tmp_path / "state"))
    with Emulator(*options) as emulator:
        api = make_client(emulator)
        made = api.post("/api/domains", json={"domain": {"domain_name": "shop.example"}}).json()
        api.post(f"/api/domains/{made['id']}/company_info", json={"company_info": COMPANY})
        emulator.domain("shop.example", dns="ok")
        emulator.kill()
    with Emulator(*options) as emulator:
        emulator.clock(advance=HOUR + 120)
        again = make_client(emulator).get(f"/api/domains/{made['id']}").json()
        assert (again["dns_verified"], again["compliance_status"]) == (True, "compliant")


# Invalid values.


@pytest.mark.parametrize(
    "body", [{}, {"domain": {}}, {"domain": None}, {"domain": "x"}, {"domain": []}, [], "x", 7, None]
)
def test_missing_wrapper_returns_an_empty_400(api, path, body):
    for response in (api.post("/api/domains", json=body), api.patch(path, json=body)):
        assert (response.status_code, response.content) == (400, b"")


@pytest.mark.parametrize("value", [[], {}, [None], {"a": 1}])
def test_flags_that_are_not_scalars_are_ignored(api, domain, path, value):
    assert api.patch(path, json={"domain": {"open_tracking_enabled": value}}).json() == domain


@pytest.mark.parametrize("value", ["x" * 100_000, 10**400, 1.5, "\x00", "😀"])
def test_huge_and_invalid_values(api, path, value):
    assert api.patch(path, json={"domain": {"inbound_enabled": value}}).status_code == 200
    assert api.post("/api/domains", json={"domain": {"domain_name": value}}).status_code == 422
    assert api.post(f"{path}/send_setup_instructions", json={"email": value}).status_code == 422
