# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations on email logs, suppressions and statistics, validated against the official specification."""

import pytest
from deviations import SENDING
from specifications import OperationCaller, assert_all_operations_called, find_operations, requires_specifications

from mailtrap_emulator.model.events import MAIL_EVENT_KINDS

pytestmark = requires_specifications
OPERATION_PATTERN = f"{SENDING} /api/(suppressions|email_logs|stats)"
SUPPRESSIONS, SUPPRESSION = "/api/suppressions", "/api/suppressions/{suppression_id}"
LOGS, LOG = "/api/email_logs", "/api/email_logs/{sending_message_id}"
STATS = [
    "/api/stats",
    *(f"/api/stats/{group}" for group in ("domains", "categories", "email_service_providers", "date")),
]


@pytest.fixture
def call(call, emulator):
    """Return ``call`` without rate limits."""
    emulator.limits(rate_limits="off")
    return call


@pytest.fixture
def message_ids(call, mail):
    """Return the IDs of a mail that was sent to two recipients."""
    body = mail | {"category": "News", "cc": [{"email": "bob@example.org"}]}
    return call.api.post("/api/send", json=body).json()["message_ids"]


@pytest.fixture
def message_ids_with_events(emulator, message_ids):
    """Return the IDs of the mail after all kinds of events for its first recipient."""
    for event_kind in MAIL_EVENT_KINDS:
        emulator.event(event_kind, message_id=message_ids[0])
    return message_ids


def test_answers_follow_the_specification(call, emulator, message_ids_with_events):
    call_email_log_operations(call, message_ids_with_events)
    call_suppression_operations(call, emulator)
    call_stats_operations(call)
    assert_all_operations_called(OPERATION_PATTERN)


def call_email_log_operations(call, message_ids_with_events):
    logs = call(SENDING, "GET", LOGS, 200).json()
    assert len(logs["messages"]) == 2
    for message_id in message_ids_with_events:
        call(SENDING, "GET", LOG, 200, {"sending_message_id": message_id})
    call(SENDING, "GET", LOG, 404, {"sending_message_id": "x"})
    invalid_filters = {"filters[sent_after]": "2026-01-02", "filters[sent_before]": "2026-01-01"}
    call(SENDING, "GET", LOGS, 400, params=invalid_filters)


def call_suppression_operations(call, emulator):
    domain_id = emulator.dump()["domains"][0]["id"]
    body = {"email": "eve@example.org", "domain_id": domain_id, "sending_stream": "bulk"}
    values = {"suppression_id": call(SENDING, "POST", SUPPRESSIONS, 201, json=body).json()["data"]["id"]}
    call(SENDING, "POST", SUPPRESSIONS, 422, json={})
    emulator.seed(suppressions=[{"email": "all@example.org"}])
    assert len(call(SENDING, "GET", SUPPRESSIONS, 200).json()) == 3
    call(SENDING, "GET", SUPPRESSIONS, 400, params={"start_time": "soon"})
    call(SENDING, "DELETE", SUPPRESSION, 200, values)
    call(SENDING, "DELETE", SUPPRESSION, 404, values)


def call_stats_operations(call):
    dates = {"start_date": "2000-01-01", "end_date": "2999-12-31"}
    for path in STATS:
        assert call(SENDING, "GET", path, 200, params=dates).json()
        call(SENDING, "GET", path, 400, params={})
        call(SENDING, "GET", path, 400, params=dates | {"end_date": "x"})


def test_common_errors_follow_the_specification(call, emulator, make_client, message_ids):
    dates = {"start_date": "2000-01-01", "end_date": "2999-12-31"}
    values = {"suppression_id": "x", "sending_message_id": message_ids[0]}
    resource = {"resource_type": "sandbox", "resource_id": 1, "access_level": 100}
    emulator.seed(
        api_tokens=[{"name": "Without access", "token": "d" * 32, "resources": [resource]}],
        suppressions=[{"email": "a@b.cd"}],
    )
    values["suppression_id"] = emulator.dump()["suppressions"][0]["uuid"]
    call_without_access = OperationCaller(make_client(emulator, "d" * 32))
    for document, method, template in find_operations(OPERATION_PATTERN):
        if template not in (LOGS, LOG):
            call_without_access(document, method, template, 403, values, params=dates if template in STATS else None)
    emulator.limits(rate_limits="on", rate_scale=0.001)
    for document, method, template in find_operations(OPERATION_PATTERN):
        emulator.clock(advance=60)
        call.api.request(method, template.format(**values), params=dates)
        call(document, method, template, 429, values, params=dates)
