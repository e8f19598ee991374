# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._mail.delivery import parse_delivery_status


def event(event_type, **details):
    return {"event_type": event_type, "details": details}


@pytest.mark.parametrize(
    "message, expected",
    [
        ({"status": "enqueued", "events": []}, ("pending", "the delivery is in progress")),
        ({"status": "delivered"}, ("delivered", None)),
        ({"status": "opted_out", "events": [event("delivery"), event("spam")]}, ("delivered", None)),
        (
            {"status": "not_delivered", "events": [event("bounce", email_service_provider_response="550 no")]},
            ("bounced", "550 no"),
        ),
        ({"status": "not_delivered", "events": [event("soft_bounce")]}, ("bounced", "soft_bounce")),
        (
            {"status": "not_delivered", "events": [event("soft_bounce"), event("reject", reject_reason="r")]},
            ("rejected", "r"),
        ),
        (
            {"status": "not_delivered", "events": [{"event_type": "suspension", "details": None}]},
            ("rejected", "suspension"),
        ),
        ({"status": "not_delivered", "events": None}, ("rejected", "not_delivered")),
        ({"id": 7, "subject": "in a sandbox"}, ("delivered", None)),
    ],
)
def test_delivery_status_is_parsed(message, expected):
    assert parse_delivery_status(message) == expected
