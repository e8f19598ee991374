# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""E-mail campaigns (facts 3.22)."""

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
def make(api):
    def create(**changes):
        answer = api.post(PATH, json=MINIMUM | changes)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]

    return create


@pytest.fixture
def people(api):
    """Three subscribed contacts in a list; the list's id."""
    key = api.post("/api/contacts/lists", json={"name": "Readers"}).json()["id"]
    for name in ("Ann", "Bob", "Cy"):
        fields = {"first_name": name}
        contact = {"email": f"{name.lower()}@example.org", "fields": fields, "list_ids": [key]}
        assert api.post("/api/contacts", json={"contact": contact}).status_code == 201
    return key


@pytest.fixture
def ready(make, people):
    """A campaign that can be sent."""
    return make(contact_list_ids=[people], template_attributes={"subject": "Hi {{first_name}}", "body_html": HTML})


@pytest.fixture
def act(api):
    def post(campaign, action, **body):
        return api.post(f"{PATH}/{campaign['id']}/{action}", **({"json": body} if body else {}))

    return post


@pytest.fixture
def read(api):
    return lambda campaign: api.get(f"{PATH}/{campaign['id']}").json()["data"]


def test_create_a_minimal_draft(api, emulator, make, read):
    campaign = make()
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


def test_create_with_everything(make):
    given = {
        "from_display_name": "Acme",
        "reply_to": {"display_name": "Help", "local_part": "help", "domain": "acme.example"},
        "delivery_mode": "gradual",
        "delivery_options": {"emails_per_hour": 1000},
        "contact_list_ids": [LIST, 56],
        "contact_segment_ids": [12],
    }
    template = {"subject": "S", "body_html": HTML, "body_text": "Hi", "merge_tags": ["first_name"]}
    campaign = make(**given, template_attributes=template)
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
def test_what_cannot_be(api, make, change, errors):
    answer = api.post(PATH, json=MINIMUM | change)
    assert (answer.status_code, answer.json()) == (422, {"errors": errors})
    assert api.get(PATH).json()["data"] == []
    campaign = make()
    key = next(iter(change))
    if change[key] not in (None, []):
        answer = api.patch(f"{PATH}/{campaign['id']}", json=change)
        assert (answer.status_code, answer.json()) == (422, {"errors": errors})


@pytest.mark.parametrize("body", [{}, [], 7, {"email_campaign": MINIMUM}])
def test_an_empty_body_lacks_everything(api, body):
    answer = api.post(PATH, json=body)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["name", "domain_id", "from_local_part", "template.subject"]


def test_a_domain_of_another_account_does_not_exist(api, emulator):
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}],
        verified_domains=[{"id": 940099, "account_id": 77, "domain_name": "else.example"}],
    )
    answer = api.post(PATH, json=MINIMUM | {"domain_id": 940099})
    assert answer.json() == {"errors": {"domain_id": ["must exist"]}}


def test_a_change_is_partial(api, emulator, make):
    campaign = make(contact_list_ids=[1, 2], template_attributes={"subject": "S", "merge_tags": ["a", "b"]})
    emulator.clock(advance=1)
    body = {"contact_list_ids": [3], "template_attributes": {"body_html": "<p>", "merge_tags": ["c"]}, "unknown": 1}
    answer = api.patch(f"{PATH}/{campaign['id']}", json=body)
    assert answer.status_code == 200
    template = campaign["template"] | {"body_html": "<p>", "merge_tags": ["c"]}
    changes = {"contact_list_ids": [3], "template": template, "updated_at": "2026-05-01T12:00:01.000Z"}
    assert answer.json()["data"] == campaign | changes


def test_a_change_that_is_none_leaves_the_time(api, emulator, make):
    campaign = make()
    emulator.clock(advance=1)
    for body in ({}, {"name": campaign["name"]}, {"template_attributes": {}}):
        assert api.patch(f"{PATH}/{campaign['id']}", json=body).json()["data"] == campaign


def test_clearing(api, make):
    campaign = make(from_display_name="A", reply_to={"local_part": "r"}, contact_list_ids=[1], delivery_options={})
    body = {"from_display_name": None, "reply_to": None, "contact_list_ids": None}
    data = api.patch(f"{PATH}/{campaign['id']}", json=body).json()["data"]
    assert (data["from_display_name"], data["reply_to"], data["contact_list_ids"]) == (None, {}, [])


def test_delete(api, make):
    campaign = make()
    answer = api.delete(f"{PATH}/{campaign['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.delete(f"{PATH}/{campaign['id']}").json() == NOT_FOUND


def test_lists_are_newest_first_without_bodies(api, make):
    ids = [make(name=name, template_attributes={"subject": "S", "body_html": HTML})["id"] for name in "abc"]
    body = api.get(PATH).json()
    assert list(body) == ["data", "pagination"]
    assert [row["id"] for row in body["data"]] == ids[::-1]
    assert list(body["data"][0]) == KEYS
    assert list(body["data"][0]["template"]) == ["id", "subject", "merge_tags"]


def test_pages(api, emulator, make):
    for number in range(5):
        make(name=f"Spring sale {number}")
    make(name="Other")
    url = f"{emulator.api_url}{PATH}?per_page=2&search=spring+SALE&token="
    answers = [api.get(PATH, params={"per_page": 2, "search": "spring SALE", "token": page}) for page in (1, 2, 3, 4)]
    pages = [answer.json() for answer in answers]
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


def test_page_sizes(api, emulator):
    emulator.seed(email_campaigns=[{"name": str(number), "domain_id": DOMAIN} for number in range(101)])
    sizes = {"": 50, "?per_page=100": 100, "?per_page=1000": 100, "?per_page=0": 50, "?per_page=x&token=-1": 50}
    assert {query: len(api.get(PATH + query).json()["data"]) for query in sizes} == sizes
    assert api.get(PATH).json()["pagination"]["current_url"] == f"{emulator.api_url}{PATH}?per_page=50&token=1"
    assert api.get(f"{PATH}?token=999999999999999999").json()["data"] == []


def test_what_it_takes_to_be_sent(api, emulator, make, act, read):
    campaign = make()
    errors = ["Campaign design can't be blank", "Campaign audience can't be blank"]
    for action, body in (("start", {}), ("schedule", {"datetime": "2026-05-02T12:00:00Z"})):
        answer = act(campaign, action, **body)
        assert (answer.status_code, answer.json()) == (422, {"errors": errors})
    body = {"template_attributes": {"body_html": HTML}, "contact_segment_ids": [5]}
    api.patch(f"{PATH}/{campaign['id']}", json=body)
    demo = next(row["id"] for row in emulator.dump()["domains"] if row["demo"])
    api.patch(f"{PATH}/{campaign['id']}", json={"domain_id": demo})
    assert act(campaign, "start").json() == {"errors": ["Campaign domain must be verified"]}
    assert read(campaign)["current_state"] == "draft"


def test_start_sends_to_everybody_in_the_lists(api, emulator, ready, act, read):
    answer = act(ready, "start")
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["current_state"], data["recipient_total_count"]) == ("started", 3)
    assert data["last_started_at"] == "2026-05-01T12:00:00.000Z"
    assert list(data)[8:10] == ["last_started_at", "last_started_at_date"]
    assert data["last_started_at_date"] == "2026-05-01"
    assert emulator.outbox() == []
    emulator.clock(advance=10)
    assert read(ready)["current_state"] == "finished"
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


def test_reply_to(emulator, make, people, act):
    template = {"subject": "S", "body_html": HTML}
    reply_to = {"display_name": "Help", "local_part": "help", "domain": None}
    act(make(contact_list_ids=[people], template_attributes=template, reply_to=reply_to), "start")
    emulator.clock(advance=10)
    assert dict(emulator.outbox()[0]["headers"])["Reply-To"] == '"Help" <help@acme.example>'


def test_who_has_left_gets_nothing(api, emulator, ready, act):
    leave = {"contact": {"email": "ann@example.org", "unsubscribed": True}}
    assert api.patch("/api/contacts/ann@example.org", json=leave).status_code == 200
    assert act(ready, "start").json()["data"]["recipient_total_count"] == 2
    assert api.delete("/api/contacts/bob@example.org").status_code == 204
    emulator.clock(advance=10)
    assert [one["to"][0]["email"] for one in emulator.outbox()] == ["cy@example.org"]


def test_a_throttled_campaign_rests_between_its_hours(api, emulator, ready, act, read):
    api.patch(f"{PATH}/{ready['id']}", json={"delivery_mode": "gradual", "delivery_options": {"emails_per_hour": 2}})
    act(ready, "start")
    seen = []
    for seconds in (10, 3589, 1, 9, 1):
        emulator.clock(advance=seconds)
        seen.append((read(ready)["current_state"], len(emulator.outbox())))
    assert seen == [("queued", 2), ("queued", 2), ("started", 2), ("started", 2), ("finished", 3)]


def test_a_scheduled_campaign_starts_in_time(emulator, ready, act, read):
    answer = act(ready, "schedule", datetime="2026-05-02T14:00:00+02:00")
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert data["current_state"] == "scheduled"
    assert data["current_state_metadata"] == {"scheduled_at": "2026-05-02T12:00:00.000Z"}
    emulator.clock(set="2026-05-02T11:59:59Z")
    assert read(ready)["current_state"] == "scheduled"
    emulator.clock(set="2026-05-02T12:00:00Z")
    data = read(ready)
    assert (data["current_state"], data["current_state_metadata"]) == ("started", {})
    assert data["last_started_at"] == "2026-05-02T12:00:00.000Z"
    emulator.clock(advance=10)
    assert read(ready)["current_state"] == "finished"


@pytest.mark.parametrize(
    ("moment", "error"),
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
def test_times_that_cannot_be(ready, act, read, moment, error):
    answer = act(ready, "schedule", datetime=moment)
    assert (answer.status_code, answer.json()) == (422, {"errors": [error]})
    assert read(ready) == ready


def test_a_month_ahead_is_not_too_far(ready, act):
    assert act(ready, "schedule", datetime="2026-06-01T12:00:00Z").status_code == 200


@pytest.mark.parametrize("action", ["cancel", "reset"])
def test_back_to_draft(emulator, ready, act, read, action):
    refused = act(ready, action)
    assert (refused.status_code, refused.json()) == (422, {"errors": "Campaign is not scheduled"})
    act(ready, "schedule", datetime="2026-05-01T13:00:00Z")
    answer = act(ready, action)
    assert answer.json()["data"] == ready
    emulator.clock(advance=7200)
    assert read(ready)["current_state"] == "draft"
    assert emulator.outbox() == []


def test_terminate(emulator, ready, act, read):
    assert act(ready, "terminate").json() == {"errors": "Cannot transition from 'draft' to 'terminating'"}
    act(ready, "start")
    assert act(ready, "terminate").json()["data"]["current_state"] == "terminating"
    assert act(ready, "terminate").json() == {"errors": "Cannot transition from 'terminating' to 'terminating'"}
    emulator.clock(advance=10)
    assert read(ready)["current_state"] == "finished"
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
def test_what_each_state_allows(api, emulator, act, state):
    campaign = {"id": 5, "name": "C", "domain_id": DOMAIN, "current_state": state, "body_html": HTML}
    if state == "scheduled":
        campaign["scheduled_at"] = "2026-05-02T00:00:00Z"
    emulator.seed(email_campaigns=[campaign])
    assert api.get(f"{PATH}/5").json()["data"]["current_state"] == state
    answers = {
        "update": api.patch(f"{PATH}/5", json={"name": "x"}),
        "delete": api.delete(f"{PATH}/5"),
        "start": act(campaign, "start"),
        "schedule": act(campaign, "schedule", datetime="2026-05-02T00:00:00Z"),
        "terminate": act(campaign, "terminate"),
    }
    assert answers["update"].json() == {"errors": "Only draft campaigns can be updated"}
    assert answers["delete"].json() == {"errors": "Only draft campaigns can be deleted"}
    assert answers["start"].json() == {"errors": f"Cannot transition from '{state}' to 'started'"}
    assert answers["schedule"].json() == {"errors": f"Cannot transition from '{state}' to 'scheduled'"}
    assert answers["terminate"].status_code == (200 if state in ("started", "queued", "paused") else 422)
    assert {answers[name].status_code for name in ("update", "delete", "start", "schedule")} == {422}
    for action in ("cancel", "reset"):
        expected = 200 if state == "scheduled" and action == "cancel" else 422
        assert act(campaign, action).status_code == expected


def test_a_scheduled_campaign_that_cannot_be_sent_any_more_fails(emulator, act, read):
    campaign = {"id": 5, "name": "C", "domain_id": DOMAIN, "body_html": HTML}
    emulator.seed(
        email_campaigns=[campaign | {"current_state": "scheduled", "scheduled_at": "2026-05-01T13:00:00+00:00"}]
    )
    emulator.clock(advance=3600)
    data = read(campaign)
    assert data["current_state"] == "failed_immediately"
    assert data["current_state_metadata"] == {"error": "Campaign audience can't be blank"}


def test_a_template_that_nobody_can_read_fails(api, emulator, ready, act, read):
    api.patch(f"{PATH}/{ready['id']}", json={"template_attributes": {"body_html": "{{#if}}"}})
    act(ready, "start")
    emulator.clock(advance=10)
    data = read(ready)
    assert data["current_state"] == "failed"
    metadata = data["current_state_metadata"]
    assert [error["rcpt_index"] for error in metadata["errors"]] == [0, 1, 2]
    assert metadata["error"] == metadata["errors"][-1]["message"]
    assert emulator.outbox() == []


def test_statistics_before_the_start_are_whole_zeros(api, make):
    data = api.get(f"{PATH}/{make()['id']}/stats").json()["data"]
    assert list(data) == STATISTICS
    assert {(type(value), value) for value in data.values()} == {(int, 0)}


def test_statistics(api, emulator, ready, act):
    emulator.limits(recipients={"ann@*": "open", "bob@*": "bounce"})
    act(ready, "start")
    emulator.clock(advance=10)
    emulator.event("click", email="cy@example.org", details={"url": "https://example.com/"})
    emulator.clock(advance=86400)
    emulator.event("unsubscribe", email="cy@example.org")
    emulator.event("unsubscribe", email="cy@example.org")
    path = f"{PATH}/{ready['id']}/stats"
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
        answer = api.get(f"{path}?{query}")
        assert (answer.status_code, answer.json()) == (400, {"error": "Bad Request"})


def test_suppressed_recipients_are_rejected(api, emulator, ready, act):
    body = {"email": "ann@example.org", "domain_id": DOMAIN, "sending_stream": "bulk"}
    assert api.post("/api/suppressions", json=body).status_code == 201
    act(ready, "start")
    emulator.clock(advance=10)
    assert len(emulator.outbox()) == 2
    assert api.get(f"{PATH}/{ready['id']}/stats").json()["data"]["sent_count"] == 2


def test_campaigns_are_neither_in_the_logs_nor_in_the_statistics_of_sending(api, emulator, ready, act):
    act(ready, "start")
    emulator.clock(advance=10)
    assert api.get("/api/email_logs").json()["total_count"] == 0
    figures = api.get("/api/stats?start_date=2026-05-01&end_date=2026-05-02").json()
    assert figures["delivery_count"] == 0


def test_webhooks_for_campaigns_hear_of_them(api, emulator, ready, act):
    webhook = {"url": "http://127.0.0.1:9/hook", "webhook_type": "campaigns", "event_types": ["delivery"]}
    assert api.post("/api/webhooks", json={"webhook": webhook}).status_code == 200
    act(ready, "start")
    emulator.clock(advance=10)
    assert len(emulator.dump()["webhook_events"]) == 3


@pytest.mark.parametrize("key", ["1", "-1", "x", "9" * 30])
def test_unknown_campaigns(api, key):
    for method, rest in [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        *(("POST", f"/{action}") for action in ("start", "schedule", "cancel", "terminate", "reset")),
        ("GET", "/stats"),
    ]:
        answer = api.request(method, f"{PATH}/{key}{rest}")
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_who_may(emulator, make, client_of, ready):
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
    viewer, admin, nobody, other = (client_of(emulator, letter * 32) for letter in "vano")
    one = f"{PATH}/{ready['id']}"
    writes = [("POST", PATH), ("PATCH", one), ("POST", f"{one}/start"), ("POST", f"{one}/reset"), ("DELETE", one)]
    for method, path in writes:
        assert viewer.request(method, path, json=MINIMUM).json() == {"errors": "Account access forbidden"}
    for path in (PATH, one, f"{one}/stats"):
        assert viewer.get(path).status_code == 200
        assert nobody.get(path).status_code == 403
    assert other.get(one).json() == NOT_FOUND
    assert other.get(PATH).json()["data"] == []
    assert admin.delete(one).status_code == 204
    assert client_of(emulator, "wrong").get(PATH).status_code == 401


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
def test_seeds_that_cannot_be(emulator, change, error):
    with pytest.raises(EmulatorError, match=error):
        emulator.seed(email_campaigns=[{"name": "C", "domain_id": DOMAIN} | change])


FIELDS = ("name", "domain_id", "from_local_part", "from_display_name", "delivery_mode", "contact_list_ids")
NESTED = {
    "reply_to": ("display_name", "local_part", "domain"),
    "delivery_options": ("emails_per_hour",),
    "template_attributes": ("subject", "body_html", "body_text", "merge_tags"),
}


def test_rubbish_in_every_field(api, emulator, ready, act):
    """Refused or kept; and what was kept can be read, started and sent."""
    emulator.limits(rate_limits="off")
    bodies = [{name: value} for name in (*FIELDS, *NESTED) for value in VALUES]
    bodies += [{name: {inner: value}} for name, inners in NESTED.items() for inner in inners for value in VALUES]
    bodies += [{"contact_list_ids": [value]} for value in VALUES]
    sendable = {"subject": "S", "body_html": "x"}
    good = MINIMUM | {"contact_list_ids": ready["contact_list_ids"], "template_attributes": sendable}
    for body in bodies:
        if isinstance(body.get("template_attributes"), dict):
            body = {"template_attributes": sendable | body["template_attributes"]}
        for answer in (api.post(PATH, json=good | body), api.patch(f"{PATH}/{ready['id']}", json=body)):
            assert answer.status_code in (200, 201, 422), (body, answer.text)
            if answer.status_code == 201:
                campaign = answer.json()["data"]
                assert act(campaign, "start").status_code in (200, 422), body
    for value in VALUES:
        assert act(ready, "schedule", datetime=value).status_code == 422, value
    emulator.clock(advance=10)
    states = {row["current_state"] for row in emulator.dump()["email_campaigns"]}
    assert states <= {"draft", "finished", "failed"}
    assert len(api.get(f"{PATH}?per_page=100").json()["data"]) > 50


def test_whoever_has_opted_out_is_not_tracked(api, emulator, ready, act):
    emulator.limits(recipients={"*": "open"})
    assert api.post("/api/tracking_opt_outs", json={"email": "ann@example.org", "domain_id": DOMAIN}).status_code < 300
    act(ready, "start")
    emulator.clock(advance=10)
    assert api.get(f"{PATH}/{ready['id']}/stats").json()["data"]["open_count"] == 2
