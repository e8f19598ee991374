# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.community.mailtrap.plugins.filter.audit_findings import audit_findings

ADMIN = {"resource_type": "account", "resource_id": 1, "access_level": 100}
VIEWER = {"resource_type": "account", "resource_id": 1, "access_level": 10}
EXPIRY = "2027-11-25T12:00:00Z"


def findings_of(**account):
    """Return the findings as tuples."""
    findings = audit_findings(account)
    return [(finding["check"], finding["subject"], finding["id"], finding["text"]) for finding in findings]


def test_tokens_without_expiry_and_with_admin_access_to_the_account():
    tokens = [
        {"id": 1, "name": "plain", "expires_at": EXPIRY, "resources": [VIEWER]},
        {"id": 2, "name": "forever", "expires_at": None, "resources": []},
        {"id": 3, "name": "mighty", "expires_at": EXPIRY, "resources": [VIEWER, ADMIN]},
        {"id": 4, "name": "one", "expires_at": EXPIRY, "resources": [{**ADMIN, "resource_type": "project"}]},
        {"id": 1005, "name": "old", "expires_at": None, "resources": [ADMIN]},
        {"id": 1006, "name": "old 1006", "expires_at": EXPIRY, "resources": [VIEWER]},
    ]
    assert findings_of(api_tokens=tokens) == [
        ("token_without_expiry", "API token forever", 2, "never expires"),
        ("token_admin_of_account", "API token mighty", 3, "has admin access to the whole account"),
    ]


def test_people_without_two_factor_authentication():
    def access(access_id, specifier_type="User", **user):
        specifier = {"email": f"{access_id}@example.com", **user}
        return {"id": access_id, "specifier_type": specifier_type, "specifier": specifier}

    accesses = [
        access(1, two_factor_authentication_enabled=True),
        access(2, two_factor_authentication_enabled=False),
        access(3, "Invite"),
    ]
    assert findings_of(account_accesses=accesses) == [
        ("person_without_2fa", "2@example.com", 2, "has not enabled two-factor authentication")
    ]


def test_unverified_and_noncompliant_domains():
    records = [
        {"key": "dkim1", "status": "pass"},
        {"key": "dkim2", "status": "missing"},
        {"key": "dmarc", "status": "fail"},
    ]
    domains = [
        {"id": 1, "domain_name": "good.example", "dns_verified": True, "compliance_status": "compliant"},
        {"id": 2, "domain_name": "new.example", "dns_verified": False, "dns_records": records},
        {"id": 3, "domain_name": "late.example", "dns_verified": False, "dns_records": records[:1]},
        {"id": 4, "domain_name": "mute.example", "dns_verified": True, "compliance_status": "suspended"},
        {"id": 5, "domain_name": "demo.example", "dns_verified": False, "compliance_status": "demo", "demo": True},
    ]
    assert findings_of(domains=domains) == [
        ("domain_unverified", "domain new.example", 2, "its DNS records are not verified: dkim2 missing, dmarc fail"),
        ("domain_unverified", "domain late.example", 3, "its DNS records are not verified"),
        ("domain_not_compliant", "domain mute.example", 4, "its compliance status is suspended"),
    ]


def test_paused_webhooks():
    webhooks = [
        {"id": 1, "url": "https://a.example", "active": True},
        {"id": 2, "url": "https://b.example", "active": False},
    ]
    assert findings_of(webhooks=webhooks) == [
        ("webhook_paused", "webhook https://b.example", 2, "is paused: it delivers no events")
    ]


def test_suppressions_are_grouped_by_type():
    suppressions = [
        {"type": "spam complaint", "email": "a@x.example"},
        {"type": "hard bounce", "email": "b@x.example"},
        {"type": "hard bounce", "email": "a@x.example"},
        {"type": "hard bounce", "email": "b@x.example"},
    ]
    assert findings_of(suppressions=suppressions) == [
        ("suppressions", "hard bounce: 3", None, "a@x.example, b@x.example"),
        ("suppressions", "spam complaint: 1", None, "a@x.example"),
    ]


def usage(current, limit):
    return {
        "billing": {"cycle_start": "x", "cycle_end": "y"},
        "sending": {"plan": {"name": "Basic"}, "usage": {"sent_messages_count": {"current": current, "limit": limit}}},
    }


@pytest.mark.parametrize(
    "current, limit, usage_percent, is_found",
    [(79, 100, 80, False), (80, 100, 80, True), (9, 100, 5, True), (0, 0, 80, False), (5, None, 80, False)],
)
def test_usage_above_the_threshold(current, limit, usage_percent, is_found):
    findings = audit_findings({"billing_usage": usage(current, limit)}, usage_percent)
    assert [finding["text"] for finding in findings] == [f"{current} of {limit} used ({current}%)"] * is_found
    assert all((finding["check"], finding["subject"]) == ("usage", "sending sent messages") for finding in findings)


def test_areas_that_the_token_cannot_read_are_reported():
    assert findings_of(webhooks=None, domains=[]) == [
        ("not_read", "webhooks", None, "the API token has no permission to read this")
    ]


def test_checks_can_be_skipped():
    tokens = [{"id": 2, "name": "forever", "expires_at": None, "resources": [ADMIN]}]
    (finding,) = audit_findings({"api_tokens": tokens, "webhooks": None}, skip=["token_without_expiry", "not_read"])
    assert finding["check"] == "token_admin_of_account"


@pytest.mark.parametrize(
    "arguments, message",
    [
        (([],), "expects a dictionary with any of the keys api_tokens, account_accesses"),
        (({"tokens": []},), "expects a dictionary with any of the keys api_tokens"),
        (({}, "most"), "usage_percent must be a number, not 'most'"),
        (({}, 80, ["tokens"]), "skip has unknown checks: tokens. The checks are token_without_expiry, "),
    ],
)
def test_invalid_arguments_are_refused(arguments, message):
    with pytest.raises(AnsibleFilterError, match=message):
        audit_findings(*arguments)
