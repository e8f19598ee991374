# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Python SDK: email logs, statistics, suppressions and tracking opt-outs."""

import urllib.request
from ssl import create_default_context

import mailtrap as mt
import pytest
from mailtrap.api.resources.email_logs import EmailLogsApi
from mailtrap.api.resources.stats import StatsApi
from mailtrap.api.resources.suppressions import SuppressionsApi
from mailtrap.api.resources.tracking_opt_outs import TrackingOptOutsApi
from mailtrap.models.email_logs import (
    filter_ci_equal,
    filter_empty,
    filter_events_include,
    filter_numeric,
    filter_sending_domain_id_equal,
)
from python_sdk import MAIL, covers

from mailtrap_emulator.model.events import MAIL_EVENT_KINDS


@pytest.fixture
def message_id(client):
    """Return the ID of a sent mail."""
    return client().send(mt.Mail(**MAIL, category="News"))["message_ids"][0]


@covers(EmailLogsApi)
def test_email_logs(client, emulator, message_id, domain_id):
    for kind in MAIL_EVENT_KINDS:
        emulator.event(kind, message_id=message_id)
    logs = client().email_logs_api.email_logs
    message = logs.get_by_id(message_id)
    assert (message.subject, message.sending_domain_id, message.opens_count) == (MAIL["subject"], domain_id, 1)
    assert len(message.events) == 1 + len(MAIL_EVENT_KINDS)
    context = create_default_context(cafile=emulator.ca_file)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with opener.open(message.raw_message_url) as answer:
        assert b"Message-ID: <" + message_id.encode() in answer.read()

    def count_logs(**filters):
        page = logs.get_list(mt.EmailLogsListFilters(**filters))
        assert page.next_page_cursor is None
        return page.total_count

    assert count_logs(to=filter_ci_equal(["ANN@example.org", "x@example.org"])) == 1
    assert count_logs(events=filter_events_include(["spam", "click"]), clicks_count=filter_numeric("equal", 1)) == 1
    assert count_logs(sending_domain_id=filter_sending_domain_id_equal([domain_id])) == 1
    assert count_logs(sending_domain_id=filter_sending_domain_id_equal(1)) == 0
    assert count_logs(subject=filter_empty()) == 0
    assert count_logs(sent_after="2000-01-01T00:00:00Z", sent_before="2000-01-02T00:00:00Z") == 0
    assert logs.get_list(search_after=message_id).messages == []
    with pytest.raises(mt.APIError, match="Not Found"):
        logs.get_by_id("11111111-1111-1111-8111-111111111111")


@covers(StatsApi)
def test_stats(client, emulator, message_id, domain_id):
    stats, account_id = client().stats_api, emulator.account_id
    params = mt.StatsFilterParams(start_date="2000-01-01", end_date="2999-12-31", sending_domain_ids=[domain_id])
    assert stats.get(account_id, params).delivery_count == 1
    groups = [
        group(account_id, params)
        for group in (stats.by_domain, stats.by_category, stats.by_email_service_provider, stats.by_date)
    ]
    assert [[row.stats.delivery_rate for row in rows] for rows in groups] == [[1.0]] * 4
    assert [rows[0].value for rows in groups[:3]] == [domain_id, "News", "Other"]
    with pytest.raises(mt.APIError, match="start_date"):
        stats.get(account_id, mt.StatsFilterParams(end_date="2999-12-31"))


@covers(SuppressionsApi)
def test_suppressions(client, emulator, message_id, domain_id):
    emulator.event("bounce", message_id=message_id)
    api = client().suppressions_api.suppressions
    (bounced,) = api.get_list("ANN@example.org")
    assert (bounced.type, bounced.message_subject) == ("hard bounce", MAIL["subject"])
    created = api.create(mt.CreateSuppressionParams("bob@example.org", domain_id, "bulk", "unsubscription"))
    assert api.get_list() == [created, bounced]
    assert api.delete(created.id) == created
    for invalid_stream in ("transit", ""):
        with pytest.raises(mt.APIError, match="is invalid"):
            api.create(mt.CreateSuppressionParams("bob@example.org", domain_id, invalid_stream))


@covers(TrackingOptOutsApi)
def test_tracking_opt_outs(client, domain_id):
    api = client().tracking_opt_outs_api.tracking_opt_outs
    created = api.create(mt.CreateTrackingOptOutParams("bob@example.org", domain_id))
    assert created.domain_name == "example.com"
    page = api.get_list(mt.TrackingOptOutsListParams(email="BOB@example.org"))
    assert (page.data, page.last_id) == ([created], None)
    assert api.delete(created.id) == created
    with pytest.raises(mt.APIError, match="Not Found"):
        api.delete(created.id)
