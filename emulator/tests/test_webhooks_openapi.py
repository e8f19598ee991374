# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers about webhooks held against the official specification."""

from deviations import SENDING
from specifications import Checker, needed, operations

pytestmark = needed
ALL, ONE = "/api/webhooks", "/api/webhooks/{webhook_id}"
AREA = f"{SENDING} {ALL}"


def test_every_operation_follows_the_specification(check):
    bodies = [
        {"webhook_type": "email_sending", "sending_stream": "bulk", "event_types": ["open"]},
        {"webhook_type": "campaigns", "event_types": ["click", "spam_complaint"], "payload_format": "jsonlines"},
        {"webhook_type": "audit_log", "active": False},
        {"webhook_type": "inbound_receiving"},
    ]
    for fields in bodies:
        webhook = {"url": "https://example.com/mailtrap/webhooks", **fields}
        data = check(SENDING, "POST", ALL, 200, json={"webhook": webhook}).json()["data"]
        values = {"webhook_id": data["id"]}
        check(SENDING, "GET", ONE, 200, values)
        check(SENDING, "PATCH", ONE, 200, values, json={"webhook": {"active": True}})
        check(SENDING, "PATCH", ONE, 422, values, json={"webhook": {"url": ""}})
    listing = check(SENDING, "GET", ALL, 200).json()["data"]
    assert [row["webhook_type"] for row in listing] == [fields["webhook_type"] for fields in bodies]
    for row in listing:
        values = {"webhook_id": row["id"]}
        check(SENDING, "DELETE", ONE, 200, values)
        for method in ("GET", "PATCH", "DELETE"):
            check(SENDING, method, ONE, 404, values, json={"webhook": {"active": True}})
    check(SENDING, "POST", ALL, 422, json={"webhook": {"url": "", "webhook_type": "email_sending"}})
    check.covers(AREA)


def test_the_refusals_follow_it_too(emulator, client_of):
    resource = {"resource_type": "sandbox", "resource_id": 1, "access_level": 100}
    emulator.seed(
        api_tokens=[{"name": "t", "token": "sandbox", "resources": [resource]}],
        webhooks=[{"id": 3, "url": "https://example.com/"}],
    )
    check = Checker(client_of(emulator, "sandbox"))
    for operation in operations(AREA):
        check(*operation, 403, {"webhook_id": 3}, json={"webhook": {"active": True}})
