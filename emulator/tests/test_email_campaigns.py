# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email campaigns (docs/service.md#email-campaigns)."""

import pytest
from test_bad_input import VALUES

from mailtrap_emulator.testing import EmulatorError

PATH = "/api/email_campaigns"
DOMAIN, LIST = 940077, 55
KEYS = [
    "id",
    "name",
    "from_local_part",
    "from_display_name",
    "reply_to",
    "current_state",
    "created_at",
    "updated_at",
    "last_started_at",
    "recipient_total_count",
    "delivery_mode",
    "delivery_options",
    "template",
    "domain_id",
    "domain_name",
    "current_state_metadata",
    "contact_list_ids",
    "contact_segment_ids",
]
STATISTICS = [
    "delivery_count",
    "open_count",
    "click_count",
    "bounce_count",
    "unsubscription_count",
    "sent_count",
    "spam_count",
    "delivery_rate",
    "open_rate",
    "click_rate",
    "bounce_rate",
    "spam_rate",
    "unsubscription_rate",
]
MINIMUM = {
    "name": "Spring Sale",
    "domain_id": DOMAIN,
    "from_local_part": "news",
    "template_attributes": {"subject": "Spring is here \N{EN DASH} 30% off"},
}
HTML = '<p>Hi {{first_name}}!</p><a href="__unsubscribe_url__">Leave</a>'
NOT_FOUND = {"error": "Not Found"}


@pytest.fixture(autouse=True)
def world(emulator):
    emulator.clock(set="2026-05-01T12:00:00Z", frozen=True)
    emulator.seed(verified_domains=[{"id": DOMAIN, "domain_name": "acme.example"}])


@pytest.fixture
def create_campaign(api):
    """Return a function that creates a campaign and returns it."""

    def create(**changes):
        response = api.post(PATH, json=MINIMUM | changes)
        assert response.status_code == 201, response.text
        return response.json()["data"]

    return create


@pytest.fixture
def list_id(api):
    """Add three subscribed contacts in a list and return the id of the list."""
    key = api.post("/api/contacts/lists", json={"name": "Readers"}).json()["id"]
    for name in ("Ann", "Bob", "Cy"):
        fields = {"first_name": name}
        contact = {"email": f"{name.lower()}@example.org", "fields": fields, "list_ids": [key]}
        assert api.post("/api/contacts", json={"contact": contact}).status_code == 201
    return key


@pytest.fixture
def sendable_campaign(create_campaign, list_id):
    """Return a campaign that can be sent."""
    return create_campaign(
        contact_list_ids=[list_id], template_attributes={"subject": "Hi {{first_name}}", "body_html": HTML}
    )


@pytest.fixture
def act(api):
    """Return a function that performs an action of a campaign and returns the response."""

    def post(campaign, action, **body):
        return api.post(f"{PATH}/{campaign['id']}/{action}", **({"json": body} if body else {}))

    return post


@pytest.fixture
def read(api):
    """Return a function that reads a campaign."""
    return lambda campaign: api.get(f"{PATH}/{campaign['id']}").json()["data"]


def test_create_a_minimal_draft(api, emulator, create_campaign, read):
    campaign = create_campaign()
    assert list(campaign) == KEYS
    template = campaign.pop("template")
    assert list(template) == ["id", "subject", "merge_tags", "body_html", "body_text"]
    assert template == MINIMUM["template_attributes"] | {
        "id": template["id"],
        "merge_tags": [],
        "body_html": None,
        "body_text": None,
    }
    assert campaign == {
        "id": campaign["id"],
        "name": "Spring Sale",
        "from_local_part": "news",
        "from_display_name": None,
        "reply_to": {},
        "current_state": "draft",
        "created_at": "2026-05-01T12:00:00.000Z",
        "updated_at": "2026-05-01T12:00:00.000Z",
        "last_started_at": None,
        "recipient_total_count": None,
        "delivery_mode": "rapid",
        "delivery_options": {},
        "domain_id": DOMAIN,
        "domain_name": "acme.example",
        "current_state_metadata": {},
        "contact_list_ids": [],
        "contact_segment_ids": [],
    }
    assert read(campaign) == campaign | {"template": template}


def test_create_with_all_fields(create_campaign):
    given = {
        "from_display_name": "Acme",
        "reply_to": {"display_name": "Help", "local_part": "help", "domain": "acme.example"},
        "delivery_mode": "gradual",
        "delivery_options": {"emails_per_hour": 1000},
        "contact_list_ids": [LIST, 56],
        "contact_segment_ids": [12],
    }
    template = {"subject": "S", "body_html": HTML, "body_text": "Hi", "merge_tags": ["first_name"]}
    campaign = create_campaign(**given, template_attributes=template)
    assert {name: campaign[name] for name in given} == given
    assert campaign["template"] == template | {"id": campaign["template"]["id"]}


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"name": ""}, {"name": ["can't be blank"]}),
        ({"name": "x" * 256}, {"name": ["is too long (maximum is 255 characters)"]}),
        ({"domain_id": 1}, {"domain_id": ["must exist"]}),
        ({"domain_id": None}, {"domain_id": ["must exist"]}),
        ({"domain_id": "x"}, {"domain_id": ["must exist"]}),
        ({"domain_id": 10**30}, {"domain_id": ["must exist"]}),
        ({"from_local_part": None}, {"from_local_part": ["can't be blank"]}),
        ({"from_local_part": "a b"}, {"from_local_part": ["is invalid"]}),
        ({"template_attributes": None}, {"template.subject": ["can't be blank"]}),
        ({"template_attributes": []}, {"template.subject": ["can't be blank"]}),
        (
            {"template_attributes": {"subject": "x" * 256}},
            {"template.subject": ["is too long (maximum is 255 characters)"]},
        ),
        ({"delivery_mode": "slow"}, {"delivery_mode": ["is not included in the list"]}),
        (
            {"delivery_options": {"emails_per_hour": 0}},
            {"delivery_options.emails_per_hour": ["must be greater than 0"]},
        ),
        ({"delivery_options": {"emails_per_hour": "x"}}, {"delivery_options.emails_per_hour": ["is not a number"]}),
        (
            {"delivery_options": {"emails_per_hour": 150_001}},
            {"delivery_options.emails_per_hour": ["must be less than or equal to 150000"]},
        ),
        ({"reply_to": {"local_part": "@"}}, {"reply_to.local_part": ["is invalid"]}),
        ({"contact_list_ids": ["x"]}, {"contact_list_ids": ["is invalid"]}),
        ({"contact_segment_ids": [None]}, {"contact_segment_ids": ["is invalid"]}),
    ],
)
def test_invalid_values_are_rejected(api, create_campaign, change, errors):
    response = api.post(PATH, json=MINIMUM | change)
    assert (response.status_code, response.json()) == (422, {"errors": errors})
    assert api.get(PATH).json()["data"] == []
    campaign = create_campaign()
    key = next(iter(change))
    if change[key] not in (None, []):
        response = api.patch(f"{PATH}/{campaign['id']}", json=change)
        assert (response.status_code, response.json()) == (422, {"errors": errors})


@pytest.mark.parametrize("body", [{}, [], 7, {"email_campaign": MINIMUM}])
def test_empty_body_reports_all_required_fields(api, body):
    response = api.post(PATH, json=body)
    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["name", "domain_id", "from_local_part", "template.subject"]


def test_domain_of_another_account_is_not_found(api, emulator):
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}],
        verified_domains=[{"id": 940099, "account_id": 77, "domain_name": "else.example"}],
    )
    response = api.post(PATH, json=MINIMUM | {"domain_id": 940099})
    assert response.json() == {"errors": {"domain_id": ["must exist"]}}


def test_update_changes_only_the_given_fields(api, emulator, create_campaign):
    campaign = create_campaign(contact_list_ids=[1, 2], template_attributes={"subject": "S", "merge_tags": ["a", "b"]})
    emulator.clock(advance=1)
    body = {"contact_list_ids": [3], "template_attributes": {"body_html": "<p>", "merge_tags": ["c"]}, "unknown": 1}
    response = api.patch(f"{PATH}/{campaign['id']}", json=body)
    assert response.status_code == 200
    template = campaign["template"] | {"body_html": "<p>", "merge_tags": ["c"]}
    changes = {"contact_list_ids": [3], "template": template, "updated_at": "2026-05-01T12:00:01.000Z"}
    assert response.json()["data"] == campaign | changes


def test_update_without_a_change_keeps_updated_at(api, emulator, create_campaign):
    campaign = create_campaign()
    emulator.clock(advance=1)
    for body in ({}, {"name": campaign["name"]}, {"template_attributes": {}}):
        assert api.patch(f"{PATH}/{campaign['id']}", json=body).json()["data"] == campaign


def test_fields_can_be_cleared(api, create_campaign):
    campaign = create_campaign(
        from_display_name="A", reply_to={"local_part": "r"}, contact_list_ids=[1], delivery_options={}
    )
    body = {"from_display_name": None, "reply_to": None, "contact_list_ids": None}
    data = api.patch(f"{PATH}/{campaign['id']}", json=body).json()["data"]
    assert (data["from_display_name"], data["reply_to"], data["contact_list_ids"]) == (None, {}, [])


def test_campaign_is_deleted(api, create_campaign):
    campaign = create_campaign()
    response = api.delete(f"{PATH}/{campaign['id']}")
    assert (response.status_code, response.content) == (204, b"")
    assert api.delete(f"{PATH}/{campaign['id']}").json() == NOT_FOUND


def test_list_is_newest_first_without_bodies(api, create_campaign):
    ids = [create_campaign(name=name, template_attributes={"subject": "S", "body_html": HTML})["id"] for name in "abc"]
    body = api.get(PATH).json()
    assert list(body) == ["data", "pagination"]
    assert [row["id"] for row in body["data"]] == ids[::-1]
    assert list(body["data"][0]) == KEYS
    assert list(body["data"][0]["template"]) == ["id", "subject", "merge_tags"]


def test_list_is_paginated(api, emulator, create_campaign):
    for number in range(5):
        create_campaign(name=f"Spring sale {number}")
    create_campaign(name="Other")
    url = f"{emulator.api_url}{PATH}?per_page=2&search=spring+SALE&token="
    responses = [api.get(PATH, params={"per_page": 2, "search": "spring SALE", "token": page}) for page in (1, 2, 3, 4)]
    pages = [response.json() for response in responses]
    assert [[row["name"][-1] for row in page["data"]] for page in pages] == [["4", "3"], ["2", "1"], ["0"], []]
    assert pages[0]["pagination"] == {
        "token": 1,
        "prev_token": None,
        "next_token": 2,
        "first_url": f"{url}1",
        "prev_url": None,
        "current_url": f"{url}1",
        "next_url": f"{url}2",
    }
    assert list(pages[0]["pagination"]) == [
        "token",
        "prev_token",
        "next_token",
        "first_url",
        "prev_url",
        "current_url",
        "next_url",
    ]
    assert pages[1]["pagination"] | {"current_url": None} == {
        "token": 2,
        "prev_token": 1,
        "next_token": 3,
        "first_url": f"{url}1",
        "prev_url": f"{url}1",
        "current_url": None,
        "next_url": f"{url}3",
    }
    assert [page["pagination"]["next_token"] for page in pages] == [2, 3, None, None]
    assert api.get(pages[0]["pagination"]["next_url"]).json() == pages[1]


def test_page_size_is_limited(api, emulator):
    emulator.seed(email_campaigns=[{"name": str(number), "domain_id": DOMAIN} for number in range(101)])
    sizes = {"": 50, "?per_page=100": 100, "?per_page=1000": 100, "?per_page=0": 50, "?per_page=x&token=-1": 50}
    assert {query: len(api.get(PATH + query).json()["data"]) for query in sizes} == sizes
    assert api.get(PATH).json()["pagination"]["current_url"] == f"{emulator.api_url}{PATH}?per_page=50&token=1"
    assert api.get(f"{PATH}?token=999999999999999999").json()["data"] == []


def test_start_requires_design_audience_and_domain(api, emulator, create_campaign, act, read):
    campaign = create_campaign()
    errors = ["Campaign design can't be blank", "Campaign audience can't be blank"]
    for action, body in (("start", {}), ("schedule", {"datetime": "2026-05-02T12:00:00Z"})):
        response = act(campaign, action, **body)
        assert (response.status_code, response.json()) == (422, {"errors": errors})
    body = {"template_attributes": {"body_html": HTML}, "contact_segment_ids": [5]}
    api.patch(f"{PATH}/{campaign['id']}", json=body)
    demo = next(row["id"] for row in emulator.dump()["domains"] if row["demo"])
    api.patch(f"{PATH}/{campaign['id']}", json={"domain_id": demo})
    assert act(campaign, "start").json() == {"errors": ["Campaign domain must be verified"]}
    assert read(campaign)["current_state"] == "draft"


def test_start_sends_to_all_contacts_in_the_lists(api, emulator, sendable_campaign, act, read):
    response = act(sendable_campaign, "start")
    assert response.status_code == 200
    data = response.json()["data"]
    assert (data["current_state"], data["recipient_total_count"]) == ("started", 3)
    assert data["last_started_at"] == "2026-05-01T12:00:00.000Z"
    assert list(data)[8:10] == ["last_started_at", "last_started_at_date"]
    assert data["last_started_at_date"] == "2026-05-01"
    assert emulator.outbox() == []
    emulator.clock(advance=10)
    assert read(sendable_campaign)["current_state"] == "finished"
    mails = emulator.outbox()
    assert [(one["stream"], one["to"][0]["email"], one["subject"]) for one in mails] == [
        ("campaign", "ann@example.org", "Hi Ann"),
        ("campaign", "bob@example.org", "Hi Bob"),
        ("campaign", "cy@example.org", "Hi Cy"),
    ]
    assert mails[0]["from"]["email"] == "news@acme.example"
    assert mails[0]["html"].startswith("<p>Hi Ann!</p>")
    assert "__unsubscribe_url__" not in mails[0]["html"]
    assert api.get("/api/billing/usage").json()["marketing"]["usage"]["sent_messages_count"]["current"] == 3


def test_reply_to(emulator, create_campaign, list_id, act):
    template = {"subject": "S", "body_html": HTML}
    reply_to = {"display_name": "Help", "local_part": "help", "domain": None}
    act(create_campaign(contact_list_ids=[list_id], template_attributes=template, reply_to=reply_to), "start")
    emulator.clock(advance=10)
    assert dict(emulator.outbox()[0]["headers"])["Reply-To"] == '"Help" <help@acme.example>'


def test_unsubscribed_and_deleted_contacts_get_nothing(api, emulator, sendable_campaign, act):
    leave = {"contact": {"email": "ann@example.org", "unsubscribed": True}}
    assert api.patch("/api/contacts/ann@example.org", json=leave).status_code == 200
    assert act(sendable_campaign, "start").json()["data"]["recipient_total_count"] == 2
    assert api.delete("/api/contacts/bob@example.org").status_code == 204
    emulator.clock(advance=10)
    assert [one["to"][0]["email"] for one in emulator.outbox()] == ["cy@example.org"]


def test_gradual_campaign_pauses_between_hourly_batches(api, emulator, sendable_campaign, act, read):
    api.patch(
        f"{PATH}/{sendable_campaign['id']}",
        json={"delivery_mode": "gradual", "delivery_options": {"emails_per_hour": 2}},
    )
    act(sendable_campaign, "start")
    seen = []
    for seconds in (10, 3589, 1, 9, 1):
        emulator.clock(advance=seconds)
        seen.append((read(sendable_campaign)["current_state"], len(emulator.outbox())))
    assert seen == [("queued", 2), ("queued", 2), ("started", 2), ("started", 2), ("finished", 3)]


def test_scheduled_campaign_starts_on_time(emulator, sendable_campaign, act, read):
    response = act(sendable_campaign, "schedule", datetime="2026-05-02T14:00:00+02:00")
    assert response.status_code == 200
    data = response.json()["data"]
    assert data["current_state"] == "scheduled"
    assert data["current_state_metadata"] == {"scheduled_at": "2026-05-02T12:00:00.000Z"}
    emulator.clock(set="2026-05-02T11:59:59Z")
    assert read(sendable_campaign)["current_state"] == "scheduled"
    emulator.clock(set="2026-05-02T12:00:00Z")
    data = read(sendable_campaign)
    assert (data["current_state"], data["current_state_metadata"]) == ("started", {})
    assert data["last_started_at"] == "2026-05-02T12:00:00.000Z"
    emulator.clock(advance=10)
    assert read(sendable_campaign)["current_state"] == "finished"


@pytest.mark.parametrize(
    ("scheduled_at", "error"),
    [
        ("2026-05-01T12:00:00Z", "Datetime must be in the future"),
        ("2026-06-01T12:00:01Z", "Datetime must be no more than 1 month ahead"),
        ("soon", "Datetime is invalid"),
        ("", "Datetime is invalid"),
        (7, "Datetime is invalid"),
        (None, "Datetime is invalid"),
        (["2026-05-02"], "Datetime is invalid"),
        ("0001-01-01T00:00:00+23:59", "Datetime is invalid"),
    ],
)
def test_invalid_schedules_are_rejected(sendable_campaign, act, read, scheduled_at, error):
    response = act(sendable_campaign, "schedule", datetime=scheduled_at)
    assert (response.status_code, response.json()) == (422, {"errors": [error]})
    assert read(sendable_campaign) == sendable_campaign


def test_schedule_can_be_a_month_ahead(sendable_campaign, act):
    assert act(sendable_campaign, "schedule", datetime="2026-06-01T12:00:00Z").status_code == 200


@pytest.mark.parametrize("action", ["cancel", "reset"])
def test_campaign_returns_to_draft(emulator, sendable_campaign, act, read, action):
    refused = act(sendable_campaign, action)
    assert (refused.status_code, refused.json()) == (422, {"errors": "Campaign is not scheduled"})
    act(sendable_campaign, "schedule", datetime="2026-05-01T13:00:00Z")
    response = act(sendable_campaign, action)
    assert response.json()["data"] == sendable_campaign
    emulator.clock(advance=7200)
    assert read(sendable_campaign)["current_state"] == "draft"
    assert emulator.outbox() == []


def test_campaign_is_terminated(emulator, sendable_campaign, act, read):
    assert act(sendable_campaign, "terminate").json() == {"errors": "Cannot transition from 'draft' to 'terminating'"}
    act(sendable_campaign, "start")
    assert act(sendable_campaign, "terminate").json()["data"]["current_state"] == "terminating"
    assert act(sendable_campaign, "terminate").json() == {
        "errors": "Cannot transition from 'terminating' to 'terminating'"
    }
    emulator.clock(advance=10)
    assert read(sendable_campaign)["current_state"] == "finished"
    emulator.clock(advance=7200)
    assert emulator.outbox() == []


@pytest.mark.parametrize(
    "state",
    [
        "scheduled",
        "started",
        "queued",
        "paused",
        "terminating",
        "under_review",
        "finished",
        "failed",
        "failed_immediately",
    ],
)
def test_actions_allowed_in_each_state(api, emulator, act, state):
    campaign = {"id": 5, "name": "C", "domain_id": DOMAIN, "current_state": state, "body_html": HTML}
    if state == "scheduled":
        campaign["scheduled_at"] = "2026-05-02T00:00:00Z"
    emulator.seed(email_campaigns=[campaign])
    assert api.get(f"{PATH}/5").json()["data"]["current_state"] == state
    responses = {
        "update": api.patch(f"{PATH}/5", json={"name": "x"}),
        "delete": api.delete(f"{PATH}/5"),
        "start": act(campaign, "start"),
        "schedule": act(campaign, "schedule", datetime="2026-05-02T00:00:00Z"),
        "terminate": act(campaign, "terminate"),
    }
    assert responses["update"].json() == {"errors": "Only draft campaigns can be updated"}
    assert responses["delete"].json() == {"errors": "Only draft campaigns can be deleted"}
    assert responses["start"].json() == {"errors": f"Cannot transition from '{state}' to 'started'"}
    assert responses["schedule"].json() == {"errors": f"Cannot transition from '{state}' to 'scheduled'"}
    assert responses["terminate"].status_code == (200 if state in ("started", "queued", "paused") else 422)
    assert {responses[name].status_code for name in ("update", "delete", "start", "schedule")} == {422}
    for action in ("cancel", "reset"):
        expected = 200 if state == "scheduled" and action == "cancel" else 422
        assert act(campaign, action).status_code == expected


def test_scheduled_campaign_fails_if_it_can_no_longer_be_sent(emulator, act, read):
    campaign = {"id": 5, "name": "C", "domain_id": DOMAIN, "body_html": HTML}
    emulator.seed(
        email_campaigns=[campaign | {"current_state": "scheduled", "scheduled_at": "2026-05-01T13:00:00+00:00"}]
    )
    emulator.clock(advance=3600)
    data = read(campaign)
    assert data["current_state"] == "failed_immediately"
    assert data["current_state_metadata"] == {"error": "Campaign audience can't be blank"}


def test_invalid_template_fails_the_campaign(api, emulator, sendable_campaign, act, read):
    api.patch(f"{PATH}/{sendable_campaign['id']}", json={"template_attributes": {"body_html": "{{#if}}"}})
    act(sendable_campaign, "start")
    emulator.clock(advance=10)
    data = read(sendable_campaign)
    assert data["current_state"] == "failed"
    metadata = data["current_state_metadata"]
    assert [error["rcpt_index"] for error in metadata["errors"]] == [0, 1, 2]
    assert metadata["error"] == metadata["errors"][-1]["message"]
    assert emulator.outbox() == []


def test_statistics_before_the_start_are_integer_zeros(api, create_campaign):
    data = api.get(f"{PATH}/{create_campaign()['id']}/stats").json()["data"]
    assert list(data) == STATISTICS
    assert {(type(value), value) for value in data.values()} == {(int, 0)}


def test_statistics(api, emulator, sendable_campaign, act):
    emulator.limits(recipients={"ann@*": "open", "bob@*": "bounce"})
    act(sendable_campaign, "start")
    emulator.clock(advance=10)
    emulator.event("click", email="cy@example.org", details={"url": "https://example.com/"})
    emulator.clock(advance=86400)
    emulator.event("unsubscribe", email="cy@example.org")
    emulator.event("unsubscribe", email="cy@example.org")
    path = f"{PATH}/{sendable_campaign['id']}/stats"
    data = api.get(path).json()["data"]
    assert data == {
        "delivery_count": 2,
        "open_count": 1,
        "click_count": 1,
        "bounce_count": 1,
        "unsubscription_count": 1,
        "sent_count": 3,
        "spam_count": 0,
        "delivery_rate": 0.6667,
        "open_rate": 0.5,
        "click_rate": 0.5,
        "bounce_rate": 0.3333,
        "spam_rate": 0,
        "unsubscription_rate": 0.5,
    }
    first = api.get(path, params={"end_date": "2026-05-01"}).json()["data"]
    assert (first["sent_count"], first["unsubscription_count"]) == (3, 0)
    later = api.get(path, params={"start_date": "2026-05-02"}).json()["data"]
    assert (later["sent_count"], later["unsubscription_count"], later["delivery_rate"]) == (0, 1, 0)
    for query in ("start_date=x", "end_date=2026-02-30"):
        response = api.get(f"{path}?{query}")
        assert (response.status_code, response.json()) == (400, {"error": "Bad Request"})


def test_suppressed_recipients_are_rejected(api, emulator, sendable_campaign, act):
    body = {"email": "ann@example.org", "domain_id": DOMAIN, "sending_stream": "bulk"}
    assert api.post("/api/suppressions", json=body).status_code == 201
    act(sendable_campaign, "start")
    emulator.clock(advance=10)
    assert len(emulator.outbox()) == 2
    assert api.get(f"{PATH}/{sendable_campaign['id']}/stats").json()["data"]["sent_count"] == 2


def test_campaigns_are_not_in_email_logs_or_sending_statistics(api, emulator, sendable_campaign, act):
    act(sendable_campaign, "start")
    emulator.clock(advance=10)
    assert api.get("/api/email_logs").json()["total_count"] == 0
    figures = api.get("/api/stats?start_date=2026-05-01&end_date=2026-05-02").json()
    assert figures["delivery_count"] == 0


def test_campaign_webhooks_receive_events(api, emulator, sendable_campaign, act):
    webhook = {"url": "http://127.0.0.1:9/hook", "webhook_type": "campaigns", "event_types": ["delivery"]}
    assert api.post("/api/webhooks", json={"webhook": webhook}).status_code == 200
    act(sendable_campaign, "start")
    emulator.clock(advance=10)
    assert len(emulator.dump()["webhook_events"]) == 3


@pytest.mark.parametrize("key", ["1", "-1", "x", "9" * 30])
def test_unknown_campaign_is_not_found(api, key):
    for method, rest in [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        *(("POST", f"/{action}") for action in ("start", "schedule", "cancel", "terminate", "reset")),
        ("GET", "/stats"),
    ]:
        response = api.request(method, f"{PATH}/{key}{rest}")
        assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_required_access_levels(emulator, create_campaign, make_client, sendable_campaign):
    scope = {"resource_type": "email_campaign_permission_scope", "resource_id": emulator.account_id}
    emulator.seed(
        accounts=[{"id": 9_000_000, "name": "Other"}],
        api_tokens=[
            {"name": "v", "token": "v" * 32, "resources": [scope | {"access_level": 10}]},
            {"name": "a", "token": "a" * 32, "resources": [scope | {"access_level": 100}]},
            {"name": "n", "token": "n" * 32, "resources": [scope | {"resource_type": "billing", "access_level": 100}]},
            {"name": "o", "token": "o" * 32, "account_id": 9_000_000},
        ],
    )
    viewer, admin, nobody, other = (make_client(emulator, letter * 32) for letter in "vano")
    one = f"{PATH}/{sendable_campaign['id']}"
    writes = [("POST", PATH), ("PATCH", one), ("POST", f"{one}/start"), ("POST", f"{one}/reset"), ("DELETE", one)]
    for method, path in writes:
        assert viewer.request(method, path, json=MINIMUM).json() == {"errors": "Account access forbidden"}
    for path in (PATH, one, f"{one}/stats"):
        assert viewer.get(path).status_code == 200
        assert nobody.get(path).status_code == 403
    assert other.get(one).json() == NOT_FOUND
    assert other.get(PATH).json()["data"] == []
    assert admin.delete(one).status_code == 204
    assert make_client(emulator, "wrong").get(PATH).status_code == 401


def test_campaigns_are_never_account_scoped(api, emulator):
    assert api.get(f"/api/accounts/{emulator.account_id}/email_campaigns").status_code == 404


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"current_state": "x"}, "current_state must be one of"),
        ({"current_state": "scheduled"}, "scheduled_at is required"),
        ({"current_state": "scheduled", "scheduled_at": "x"}, "scheduled_at must be an ISO-8601 time"),
        ({"domain_id": 1}, "there is no row 1 in domains"),
    ],
)
def test_invalid_seeds_are_rejected(emulator, change, error):
    with pytest.raises(EmulatorError, match=error):
        emulator.seed(email_campaigns=[{"name": "C", "domain_id": DOMAIN} | change])


FIELDS = ("name", "domain_id", "from_local_part", "from_display_name", "delivery_mode", "contact_list_ids")
NESTED = {
    "reply_to": ("display_name", "local_part", "domain"),
    "delivery_options": ("emails_per_hour",),
    "template_attributes": ("subject", "body_html", "body_text", "merge_tags"),
}


def test_invalid_values_in_every_field_cause_no_failure(api, emulator, sendable_campaign, act):
    """An invalid value is rejected or stored. A stored campaign can be read, started and sent."""
    emulator.limits(rate_limits="off")
    bodies = [{name: value} for name in (*FIELDS, *NESTED) for value in VALUES]
    bodies += [{name: {inner: value}} for name, inners in NESTED.items() for inner in inners for value in VALUES]
    bodies += [{"contact_list_ids": [value]} for value in VALUES]
    sendable = {"subject": "S", "body_html": "x"}
    good = MINIMUM | {"contact_list_ids": sendable_campaign["contact_list_ids"], "template_attributes": sendable}
    for body in bodies:
        if isinstance(body.get("template_attributes"), dict):
            body = {"template_attributes": sendable | body["template_attributes"]}
        for response in (api.post(PATH, json=good | body), api.patch(f"{PATH}/{sendable_campaign['id']}", json=body)):
            assert response.status_code in (200, 201, 422), (body, response.text)
            if response.status_code == 201:
                campaign = response.json()["data"]
                assert act(campaign, "start").status_code in (200, 422), body
    for value in VALUES:
        assert act(sendable_campaign, "schedule", datetime=value).status_code == 422, value
    emulator.clock(advance=10)
    states = {row["current_state"] for row in emulator.dump()["email_campaigns"]}
    assert states <= {"draft", "finished", "failed"}
    assert len(api.get(f"{PATH}?per_page=100").json()["data"]) > 50


def test_opted_out_contacts_are_not_tracked(api, emulator, sendable_campaign, act):
    emulator.limits(recipients={"*": "open"})
    assert api.post("/api/tracking_opt_outs", json={"email": "ann@example.org", "domain_id": DOMAIN}).status_code < 300
    act(sendable_campaign, "start")
    emulator.clock(advance=10)
    assert api.get(f"{PATH}/{sendable_campaign['id']}/stats").json()["data"]["open_count"] == 2
