# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhook operations, validated against the official specification."""

from deviations import SENDING
from specifications import OperationCaller, assert_all_operations_called, find_operations, requires_specifications

pytestmark = requires_specifications
WEBHOOKS, WEBHOOK = "/api/webhooks", "/api/webhooks/{webhook_id}"
OPERATION_PATTERN = f"{SENDING} {WEBHOOKS}"


def test_answers_follow_the_specification(call):
    webhooks = [
        {"webhook_type": "email_sending", "sending_stream": "bulk", "event_types": ["open"]},
        {"webhook_type": "campaigns", "event_types": ["click", "spam_complaint"], "payload_format": "jsonlines"},
        {"webhook_type": "audit_log", "active": False},
        {"webhook_type": "inbound_receiving"},
    ]
    for fields in webhooks:
        webhook = {"url": "https://example.com/mailtrap/webhooks", **fields}
        data = call(SENDING, "POST", WEBHOOKS, 200, json={"webhook": webhook}).json()["data"]
        values = {"webhook_id": data["id"]}
        call(SENDING, "GET", WEBHOOK, 200, values)
        call(SENDING, "PATCH", WEBHOOK, 200, values, json={"webhook": {"active": True}})
        call(SENDING, "PATCH", WEBHOOK, 422, values, json={"webhook": {"url": ""}})
    rows = call(SENDING, "GET", WEBHOOKS, 200).json()["data"]
    assert [row["webhook_type"] for row in rows] == [fields["webhook_type"] for fields in webhooks]
    for row in rows:
        values = {"webhook_id": row["id"]}
        call(SENDING, "DELETE", WEBHOOK, 200, values)
        for method in ("GET", "PATCH", "DELETE"):
            call(SENDING, method, WEBHOOK, 404, values, json={"webhook": {"active": True}})
    call(SENDING, "POST", WEBHOOKS, 422, json={"webhook": {"url": "", "webhook_type": "email_sending"}})
    assert_all_operations_called(OPERATION_PATTERN)


def test_forbidden_answers_follow_the_specification(emulator, make_client):
    resource = {"resource_type": "sandbox", "resource_id": 1, "access_level": 100}
    emulator.seed(
        api_tokens=[{"name": "t", "token": "sandbox", "resources": [resource]}],
        webhooks=[{"id": 3, "url": "https://example.com/"}],
    )
    call_without_access = OperationCaller(make_client(emulator, "sandbox"))
    for operation in find_operations(OPERATION_PATTERN):
        call_without_access(*operation, 403, {"webhook_id": 3}, json={"webhook": {"active": True}})
