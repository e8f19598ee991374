# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Billing usage (docs/service.md#billing)."""

import pytest

from mailtrap_emulator.testing import EmulatorError

PATH = "/api/billing/usage"


@pytest.fixture
def current(api):
    """Return a function that reads the current usage counts."""

    def read():
        body = api.get(PATH).json()
        testing = body["testing"]["usage"]
        return {
            "caught": testing["sent_messages_count"]["current"],
            "forwarded": testing["forwarded_messages_count"]["current"],
            "sent": body["sending"]["usage"]["sent_messages_count"]["current"],
            "campaigns": body["marketing"]["usage"]["sent_messages_count"]["current"],
        }

    return read


def test_usage_has_the_documented_keys_in_order(api, emulator):
    emulator.clock(set="2026-02-17T10:11:12.345Z", frozen=True)
    emulator.limits(plan_name="Team", caught_per_month=50, forwarded_per_month=5, sent_per_month=7)
    body = api.get(PATH).json()
    assert list(body) == ["billing", "testing", "sending", "marketing"]
    assert body["billing"] == {"cycle_start": "2026-02-01T00:00:00.000Z", "cycle_end": "2026-03-01T00:00:00.000Z"}
    assert body["testing"] == {
        "plan": {"name": "Team"},
        "usage": {
            "sent_messages_count": {"current": 0, "limit": 50},
            "forwarded_messages_count": {"current": 0, "limit": 5},
        },
    }
    assert body["sending"] == {"plan": {"name": "Team"}, "usage": {"sent_messages_count": {"current": 0, "limit": 7}}}
    assert api.get("/api/accounts/1234567/billing/usage").json() == body


def test_sent_mail_is_counted(api, sandbox, deliver, mail, current):
    message_id = deliver()
    deliver()
    assert current() == {"caught": 2, "forwarded": 0, "sent": 0, "campaigns": 0}
    forward = {"email": "owner@example.com"}
    api.post(f"/api/sandboxes/{sandbox['id']}/messages/{message_id}/forward", json=forward)
    assert current()["forwarded"] == 1
    three = mail | {"cc": [{"email": "b@example.org"}], "bcc": [{"email": "c@example.org"}]}
    assert api.post("/api/send", json=three).status_code == 200
    assert api.post("/bulk/api/send", json=mail).status_code == 200
    assert current() == {"caught": 2, "forwarded": 1, "sent": 4, "campaigns": 0}


def test_usage_remains_until_the_next_cycle(api, emulator, sandbox, deliver, current):
    emulator.clock(set="2026-01-31T23:59:00Z", frozen=True)
    deliver()
    api.patch(f"/api/sandboxes/{sandbox['id']}/clean")
    api.delete(f"/api/sandboxes/{sandbox['id']}")
    assert current()["caught"] == 1
    emulator.clock(advance=120)
    assert current()["caught"] == 0


def test_sandboxes_refuse_mail_when_the_plan_is_used_up(api, emulator, sandbox, mail, deliver):
    emulator.limits(caught_per_month=1)
    deliver()
    response = api.post(f"/api/send/{sandbox['id']}", json=mail)
    assert (response.status_code, response.json()) == (429, {"success": False, "errors": ["Rate limit exceeded"]})


def test_usage_needs_a_billing_permission(api, emulator, make_client, project):
    grants = {
        "a": {"resource_type": "billing", "resource_id": emulator.account_id, "access_level": 10},
        "b": {"resource_type": "account", "resource_id": emulator.account_id, "access_level": 10},
        "c": {"resource_type": "project", "resource_id": project["id"], "access_level": 100},
    }
    emulator.seed(api_tokens=[{"name": name, "token": name * 32, "resources": [one]} for name, one in grants.items()])
    statuses = {name: make_client(emulator, name * 32).get(PATH).status_code for name in grants}
    assert statuses == {"a": 200, "b": 200, "c": 403}
    assert make_client(emulator, "c" * 32).get(PATH).json() == {"errors": "Account access forbidden"}


def test_usage_is_counted_per_account(emulator, deliver, make_client):
    deliver()
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}], api_tokens=[{"name": "t", "account_id": 77, "token": "d" * 32}]
    )
    body = make_client(emulator, "d" * 32).get(PATH).json()
    assert body["testing"]["usage"]["sent_messages_count"]["current"] == 0


@pytest.mark.parametrize("change", [{"plan_name": 7}, {"sent_per_month": None}, {"caught_per_month": -1}])
def test_invalid_limits_are_rejected(emulator, change):
    with pytest.raises(EmulatorError):
        emulator.limits(**change)
