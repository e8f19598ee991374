# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.community.mailtrap.plugins.filter.audit_findings import audit_findings

ADMIN = {"resource_type": "account", "resource_id": 1, "access_level": 100}
VIEWER = {"resource_type": "account", "resource_id": 1, "access_level": 10}
SOMEDAY = "2027-11-25T12:00:00Z"


def told(**read):
    return [(one["check"], one["subject"], one["id"], one["text"]) for one in audit_findings(read)]


def test_tokens():
    tokens = [
        {"id": 1, "name": "plain", "expires_at": SOMEDAY, "resources": [VIEWER]},
        {"id": 2, "name": "forever", "expires_at": None, "resources": []},
        {"id": 3, "name": "mighty", "expires_at": SOMEDAY, "resources": [VIEWER, ADMIN]},
        {"id": 4, "name": "one", "expires_at": SOMEDAY, "resources": [{**ADMIN, "resource_type": "project"}]},
        {"id": 1005, "name": "old", "expires_at": None, "resources": [ADMIN]},
        {"id": 1006, "name": "old 1006", "expires_at": SOMEDAY, "resources": [VIEWER]},
    ]
    assert told(api_tokens=tokens) == [
        ("token_without_expiry", "API token forever", 2, "never expires"),
        ("token_admin_of_account", "API token mighty", 3, "may do everything in the whole account"),
    ]


def test_people():
    def access(number, kind="User", **person):
        return {"id": number, "specifier_type": kind, "specifier": {"email": f"{number}@example.com", **person}}

    accesses = [
        access(1, two_factor_authentication_enabled=True),
        access(2, two_factor_authentication_enabled=False),
        access(3, "Invite"),
    ]
    assert told(account_accesses=accesses) == [
        ("person_without_2fa", "2@example.com", 2, "has no two-factor authentication")
    ]


def test_domains():
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
    assert told(domains=domains) == [
        ("domain_unverified", "domain new.example", 2, "its DNS is not verified: dkim2 missing, dmarc fail"),
        ("domain_unverified", "domain late.example", 3, "its DNS is not verified"),
        ("domain_not_compliant", "domain mute.example", 4, "its compliance status is suspended"),
    ]


def test_webhooks():
    webhooks = [
        {"id": 1, "url": "https://a.example", "active": True},
        {"id": 2, "url": "https://b.example", "active": False},
    ]
    assert told(webhooks=webhooks) == [
        ("webhook_paused", "webhook https://b.example", 2, "is switched off: it tells nobody anything")
    ]


def test_suppressions():
    suppressions = [
        {"type": "spam complaint", "email": "a@x.example"},
        {"type": "hard bounce", "email": "b@x.example"},
        {"type": "hard bounce", "email": "a@x.example"},
        {"type": "hard bounce", "email": "b@x.example"},
    ]
    assert told(suppressions=suppressions) == [
        ("suppressions", "hard bounce: 3", None, "a@x.example, b@x.example"),
        ("suppressions", "spam complaint: 1", None, "a@x.example"),
    ]


def usage(current, limit):
    return {
        "billing": {"cycle_start": "x", "cycle_end": "y"},
        "sending": {"plan": {"name": "Basic"}, "usage": {"sent_messages_count": {"current": current, "limit": limit}}},
    }


@pytest.mark.parametrize(
    "current, limit, percent, found",
    [(79, 100, 80, False), (80, 100, 80, True), (9, 100, 5, True), (0, 0, 80, False), (5, None, 80, False)],
)
def test_usage(current, limit, percent, found):
    findings = audit_findings({"billing_usage": usage(current, limit)}, percent)
    assert [one["text"] for one in findings] == [f"{current} of {limit} are used ({current} %)"] * found
    assert all((one["check"], one["subject"]) == ("usage", "sending sent messages") for one in findings)


def test_what_could_not_be_read():
    assert told(webhooks=None, domains=[]) == [("not_read", "webhooks", None, "the token in use may not read it")]


def test_checks_are_left_out():
    tokens = [{"id": 2, "name": "forever", "expires_at": None, "resources": [ADMIN]}]
    (finding,) = audit_findings({"api_tokens": tokens, "webhooks": None}, skip=["token_without_expiry", "not_read"])
    assert finding["check"] == "token_admin_of_account"


@pytest.mark.parametrize(
    "arguments, words",
    [
        (([],), "takes a dictionary with api_tokens, account_accesses"),
        (({"tokens": []},), "takes a dictionary with api_tokens"),
        (({}, "most"), "usage_percent 'most' is no number"),
        (({}, 80, ["tokens"]), "knows no check tokens; it knows token_without_expiry, "),
    ],
)
def test_what_it_does_not_take(arguments, words):
    with pytest.raises(AnsibleFilterError, match=words):
        audit_findings(*arguments)
