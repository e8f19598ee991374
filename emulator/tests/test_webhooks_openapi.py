# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers about webhooks held against the official specification."""

import pytest
from test_openapi import DEVIATIONS, Checker, pytestmark, specification

__all__ = ["pytestmark"]

EMAIL_SENDING = "email-sending"
ALL, ONE = "/api/webhooks", "/api/webhooks/{webhook_id}"


def inbox_is_only_of_inbound(webhook):
    """Row 21: the specification has ``inbound_inbox_id`` always, the service not for e-mail webhooks."""
    webhook["required"] = [name for name in webhook["properties"] if name != "inbound_inbox_id"]


def shown(schema):
    inbox_is_only_of_inbound(schema["properties"]["data"])


def listed(schema):
    inbox_is_only_of_inbound(schema["properties"]["data"]["items"])


def created(schema):
    """No deviation but row 21: the two parts of the answer are put into one, so that it can be closed."""
    webhook, secret = schema["properties"]["data"].pop("allOf")
    webhook["properties"] |= secret["properties"]
    schema["properties"]["data"] = webhook
    inbox_is_only_of_inbound(webhook)


DEVIATIONS.update(
    {
        (EMAIL_SENDING, "POST", ALL, 200): created,
        (EMAIL_SENDING, "GET", ALL, 200): listed,
        (EMAIL_SENDING, "GET", ONE, 200): shown,
        (EMAIL_SENDING, "PATCH", ONE, 200): shown,
        (EMAIL_SENDING, "DELETE", ONE, 200): shown,
    }
)


@pytest.fixture
def check(api):
    return Checker(api)


def operations():
    for template in (ALL, ONE):
        for method in specification(EMAIL_SENDING)["paths"][template]:
            if method in ("get", "post", "patch", "delete"):
                yield EMAIL_SENDING, method.upper(), template


def test_every_operation_follows_the_specification(check):
    bodies = [
        {"webhook_type": "email_sending", "sending_stream": "bulk", "event_types": ["open"]},
        {"webhook_type": "campaigns", "event_types": ["click", "spam_complaint"], "payload_format": "jsonlines"},
        {"webhook_type": "audit_log", "active": False},
        {"webhook_type": "inbound_receiving"},
    ]
    for fields in bodies:
        webhook = {"url": "https://example.com/mailtrap/webhooks", **fields}
        data = check(EMAIL_SENDING, "POST", ALL, 200, json={"webhook": webhook}).json()["data"]
        values = {"webhook_id": data["id"]}
        check(EMAIL_SENDING, "GET", ONE, 200, values)
        check(EMAIL_SENDING, "PATCH", ONE, 200, values, json={"webhook": {"active": True}})
        check(EMAIL_SENDING, "PATCH", ONE, 422, values, json={"webhook": {"url": ""}})
    listing = check(EMAIL_SENDING, "GET", ALL, 200).json()["data"]
    assert [row["webhook_type"] for row in listing] == [fields["webhook_type"] for fields in bodies]
    for row in listing:
        values = {"webhook_id": row["id"]}
        check(EMAIL_SENDING, "DELETE", ONE, 200, values)
        for method in ("GET", "PATCH", "DELETE"):
            check(EMAIL_SENDING, method, ONE, 404, values, json={"webhook": {"active": True}})
    check(EMAIL_SENDING, "POST", ALL, 422, json={"webhook": {"url": "", "webhook_type": "email_sending"}})
    assert check.seen == set(operations())


def test_the_refusals_follow_it_too(emulator, client_of):
    resource = {"resource_type": "sandbox", "resource_id": 1, "access_level": 100}
    emulator.seed(
        api_tokens=[{"name": "t", "token": "sandbox", "resources": [resource]}],
        webhooks=[{"id": 3, "url": "https://example.com/"}],
    )
    for token, status in (("wrong", 401), ("sandbox", 403)):
        check = Checker(client_of(emulator, token))
        for operation in operations():
            check(*operation, status, {"webhook_id": 3}, json={"webhook": {"active": True}})
