# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers about what became of live mail held against the official specification."""

import pytest
from deviations import SENDING
from specifications import Checker, needed, operations

from mailtrap_emulator.model.events import MAIL_EVENT_KINDS

pytestmark = needed
AREA = f"{SENDING} /api/(suppressions|email_logs|stats)"
SUPPRESSIONS, SUPPRESSION = "/api/suppressions", "/api/suppressions/{suppression_id}"
LOGS, LOG = "/api/email_logs", "/api/email_logs/{sending_message_id}"
STATS = [
    "/api/stats",
    *(f"/api/stats/{group}" for group in ("domains", "categories", "email_service_providers", "date")),
]


@pytest.fixture
def check(check, emulator):
    emulator.limits(rate_limits="off")
    return check


@pytest.fixture
def sent(check, mail):
    """One mail that everything has happened to, and one of which nothing is told but its recipient."""
    return check.api.post("/api/send", json=mail | {"category": "News", "cc": [{"email": "bob@example.org"}]}).json()[
        "message_ids"
    ]


@pytest.fixture
def eventful(emulator, sent):
    for kind in MAIL_EVENT_KINDS:
        emulator.event(kind, message_id=sent[0])
    return sent


def test_every_operation_follows_the_specification(check, emulator, eventful):
    walk_email_logs(check, eventful)
    walk_suppressions(check, emulator)
    walk_stats(check)
    check.covers(AREA)


def walk_email_logs(check, eventful):
    listed = check(SENDING, "GET", LOGS, 200).json()
    assert len(listed["messages"]) == 2
    for message_id in eventful:
        check(SENDING, "GET", LOG, 200, {"sending_message_id": message_id})
    check(SENDING, "GET", LOG, 404, {"sending_message_id": "x"})
    wrong = {"filters[sent_after]": "2026-01-02", "filters[sent_before]": "2026-01-01"}
    check(SENDING, "GET", LOGS, 400, params=wrong)


def walk_suppressions(check, emulator):
    domain_id = emulator.dump()["domains"][0]["id"]
    body = {"email": "eve@example.org", "domain_id": domain_id, "sending_stream": "bulk"}
    values = {"suppression_id": check(SENDING, "POST", SUPPRESSIONS, 201, json=body).json()["data"]["id"]}
    check(SENDING, "POST", SUPPRESSIONS, 422, json={})
    emulator.seed(suppressions=[{"email": "all@example.org"}])
    assert len(check(SENDING, "GET", SUPPRESSIONS, 200).json()) == 3
    check(SENDING, "GET", SUPPRESSIONS, 400, params={"start_time": "soon"})
    check(SENDING, "DELETE", SUPPRESSION, 200, values)
    check(SENDING, "DELETE", SUPPRESSION, 404, values)


def walk_stats(check):
    dates = {"start_date": "2000-01-01", "end_date": "2999-12-31"}
    for path in STATS:
        assert check(SENDING, "GET", path, 200, params=dates).json()
        check(SENDING, "GET", path, 400, params={})
        check(SENDING, "GET", path, 400, params=dates | {"end_date": "x"})


def test_the_general_refusals(check, emulator, client_of, sent):
    dates = {"start_date": "2000-01-01", "end_date": "2999-12-31"}
    values = {"suppression_id": "x", "sending_message_id": sent[0]}
    resource = {"resource_type": "sandbox", "resource_id": 1, "access_level": 100}
    emulator.seed(
        api_tokens=[{"name": "Stranger", "token": "d" * 32, "resources": [resource]}],
        suppressions=[{"email": "a@b.cd"}],
    )
    values["suppression_id"] = emulator.dump()["suppressions"][0]["uuid"]
    stranger = Checker(client_of(emulator, "d" * 32))
    for name, method, template in operations(AREA):
        if template not in (LOGS, LOG):
            stranger(name, method, template, 403, values, params=dates if template in STATS else None)
    emulator.limits(rate_limits="on", rate_scale=0.001)
    for name, method, template in operations(AREA):
        emulator.clock(advance=60)
        check.api.request(method, template.format(**values), params=dates)
        check(name, method, template, 429, values, params=dates)
