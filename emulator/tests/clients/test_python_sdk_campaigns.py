# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Python SDK: campaigns."""

import pytest
from mailtrap import (
    APIError,
    CreateEmailCampaignParams,
    CreateEmailCampaignTemplateAttributes,
    EmailCampaignListParams,
    EmailCampaignStatsParams,
    EmailCampaignTemplateAttributes,
    ScheduleEmailCampaignParams,
    UpdateEmailCampaignParams,
)
from mailtrap.api.resources.email_campaigns import EmailCampaignsApi
from python_sdk import covers


@covers(EmailCampaignsApi)
def test_campaigns(client, emulator):
    emulator.seed(verified_domains=[{"id": 7, "domain_name": "shop.example"}])
    api = client().email_campaigns_api.email_campaigns
    template = CreateEmailCampaignTemplateAttributes(subject="Spring")
    draft = api.create(
        CreateEmailCampaignParams(
            name="Spring Sale", domain_id=7, from_local_part="news", template_attributes=template, contact_list_ids=[1]
        )
    )
    assert (draft.current_state, draft.domain_name, draft.template.body_html) == ("draft", "shop.example", None)
    assert api.get_by_id(draft.id) == draft
    with pytest.raises(APIError, match="Campaign design can't be blank"):
        api.start(draft.id)
    body = EmailCampaignTemplateAttributes(body_html="<p>Hi</p>")
    assert api.update(draft.id, UpdateEmailCampaignParams(template_attributes=body)).template.body_html == "<p>Hi</p>"
    listed = api.get_list(EmailCampaignListParams(search="spring", per_page=1))
    assert ([item.id for item in listed.data], listed.pagination.next_token) == ([draft.id], None)
    emulator.clock(set="2026-05-01T00:00:00Z")
    scheduled = api.schedule(draft.id, ScheduleEmailCampaignParams(datetime="2026-05-02T00:00:00Z"))
    assert scheduled.current_state_metadata.scheduled_at == "2026-05-02T00:00:00.000Z"
    assert api.cancel(draft.id).current_state == "draft"
    with pytest.raises(APIError, match="Campaign is not scheduled"):
        api.reset(draft.id)
    assert api.start(draft.id).current_state == "started"
    assert api.terminate(draft.id).current_state == "terminating"
    with pytest.raises(APIError, match="Cannot transition from 'terminating' to 'started'"):
        api.start(draft.id)
    with pytest.raises(APIError, match="Only draft campaigns can be updated"):
        api.update(draft.id, UpdateEmailCampaignParams(name="x"))
    stats = api.get_stats(draft.id, EmailCampaignStatsParams(start_date="2026-05-01", end_date="2026-05-31"))
    assert (stats.sent_count, stats.open_rate) == (0, 0)
    with pytest.raises(APIError, match="Only draft campaigns can be deleted"):
        api.delete(draft.id)
    second = api.create(
        CreateEmailCampaignParams(
            name="Second", domain_id=7, from_local_part="news", template_attributes=template, contact_list_ids=[1]
        )
    )
    api.update(second.id, UpdateEmailCampaignParams(template_attributes=body))
    api.schedule(second.id, ScheduleEmailCampaignParams(datetime="2026-05-02T00:00:00Z"))
    assert api.reset(second.id).current_state == "draft"
    api.delete(second.id)
    with pytest.raises(APIError, match="Not Found"):
        api.get_by_id(second.id)
