# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email logs (docs/service.md#email-logs)."""

import re
import uuid
from email import message_from_bytes

import pytest

from mailtrap_emulator.areas import list_operations
from mailtrap_emulator.areas.email_logs import PAGE
from mailtrap_emulator.http.api_generations import CURRENT
from mailtrap_emulator.http.call import Call, Request
from mailtrap_emulator.model import create_world
from mailtrap_emulator.model.email_logs import insert_email_log
from mailtrap_emulator.model.start_state import create_start_state, get_start_row
from mailtrap_emulator.testing import Emulator

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
ENTRY_KEYS = [
    "message_id",
    "status",
    "rfc_message_id",
    "in_reply_to",
    "references",
    "thread_id",
    "subject",
    "from",
    "to",
    "sent_at",
    "client_ip",
    "category",
    "custom_variables",
    "sending_stream",
    "domain_id",
    "template_id",
    "template_variables",
    "opens_count",
    "clicks_count",
]
DETAIL_KEYS = [*ENTRY_KEYS[:-2], "raw_message_url", "events", *ENTRY_KEYS[-2:]]


def to_legacy_names(keys):
    """Return the keys as account-scoped paths name them."""
    return ["sending_domain_id" if key == "domain_id" else key for key in keys]


@pytest.fixture
def domain_id(emulator):
    return next(row["id"] for row in emulator.dump()["domains"] if row["domain_name"] == "example.com")


@pytest.fixture
def find_subjects(api, emulator):
    """A function that returns the subjects of the entries that match a query, newest first, as one text."""
    emulator.limits(rate_limits="off")

    def find(query="", path="/api/email_logs"):
        response = api.get(f"{path}?{query}")
        assert response.status_code == 200, response.text
        body = response.json()
        subjects = [message["subject"] for message in body["messages"]]
        assert body["total_count"] == len(subjects)
        return "".join(subjects)

    return find


def test_entry_of_a_sent_mail(api, emulator, mail, domain_id):
    emulator.clock(set="2026-02-03T04:05:06Z", frozen=True)
    sent = api.post("/api/send", json=mail | {"headers": {"References": "<a@b>  <c@d>", "in-reply-to": "<c@d>"}})
    (message_id,) = sent.json()["message_ids"]
    response = api.get("/api/email_logs")
    assert response.status_code == 200
    body = response.json()
    assert list(body) == ["messages", "total_count", "next_page_cursor"]
    assert (body["total_count"], body["next_page_cursor"]) == (1, None)
    (row,) = body["messages"]
    assert list(row) == ENTRY_KEYS
    assert row == {
        "message_id": message_id,
        "status": "delivered",
        "rfc_message_id": f"<{message_id}@example.com>",
        "in_reply_to": "<c@d>",
        "references": ["<a@b>", "<c@d>"],
        "thread_id": None,
        "subject": "Your order",
        "from": "sales@example.com",
        "to": "ann@example.org",
        "sent_at": "2026-02-03T04:05:06Z",
        "client_ip": "127.0.0.1",
        "category": None,
        "custom_variables": None,
        "sending_stream": "transactional",
        "domain_id": domain_id,
        "template_id": None,
        "template_variables": None,
        "opens_count": 0,
        "clicks_count": 0,
    }


def test_each_recipient_has_an_entry_with_its_message_id(api, mail):
    people = {name: [{"email": f"{name}{number}@example.org"} for number in (1, 2)] for name in ("to", "cc", "bcc")}
    ids = api.post("/api/send", json=mail | people).json()["message_ids"]
    rows = [api.get(f"/api/email_logs/{message_id}").json() for message_id in ids]
    addresses = [person["email"] for group in people.values() for person in group]
    assert [(row["message_id"], row["to"]) for row in rows] == list(zip(ids, addresses, strict=True))
    assert len({row["rfc_message_id"] for row in rows}) == 1
    assert [row["message_id"] for row in api.get("/api/email_logs").json()["messages"]] == ids[::-1]


def test_entry_shows_template_category_variables_and_stream(api, emulator, mail):
    emulator.seed(email_templates=[{"id": 8, "name": "T", "subject": "Hi {{name}}", "body_text": "x"}])
    uuid = emulator.dump()["email_templates"][0]["uuid"]
    fields = {"from": mail["from"], "to": mail["to"], "template_uuid": uuid, "template_variables": {"name": "Ann"}}
    (by_template,) = api.post("/api/send", json=fields).json()["message_ids"]
    body = mail | {"category": "News", "custom_variables": {"order": {"id": 7}}}
    (plain,) = api.post("/bulk/api/send", json=body).json()["message_ids"]
    row = api.get(f"/api/email_logs/{by_template}").json()
    assert (row["subject"], row["template_id"], row["template_variables"]) == ("Hi Ann", 8, {"name": "Ann"})
    row = api.get(f"/api/email_logs/{plain}").json()
    assert (row["category"], row["custom_variables"], row["sending_stream"]) == ("News", {"order": {"id": 7}}, "bulk")


def test_refused_mail_and_sandbox_mail_are_not_logged(api, mail, sandbox):
    api.post("/api/send", json=mail | {"subject": ""})
    api.post("/api/send", json=mail | {"from": {"email": "x@unverified.example"}})
    assert api.post(f"/api/send/{sandbox['id']}", json=mail).status_code == 200
    assert api.get("/api/email_logs").json() == {"messages": [], "total_count": 0, "next_page_cursor": None}


def test_names_of_both_generations(api, emulator, mail, domain_id):
    (message_id,) = api.post("/api/send", json=mail).json()["message_ids"]
    legacy_path = f"/api/accounts/{emulator.account_id}/email_logs"
    (row,) = api.get(legacy_path).json()["messages"]
    assert list(row) == to_legacy_names(ENTRY_KEYS)
    assert row["sending_domain_id"] == domain_id
    detail = api.get(f"{legacy_path}/{message_id}").json()
    assert list(detail) == to_legacy_names(DETAIL_KEYS)
    assert list(api.get(f"/api/email_logs/{message_id}").json()) == DETAIL_KEYS
    assert api.get(f"/api/accounts/{emulator.account_id + 1}/email_logs").status_code == 403


def test_unknown_entries_are_not_found(api, emulator):
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}],
        verified_domains=[{"id": 5, "account_id": 77, "domain_name": "other.example"}],
        email_logs=[{"account_id": 77, "domain_id": 5, "to": "a@example.org", "message_id": "abc"}],
    )
    for message_id in ("abc", "x", "-1", "%ff%00", "11111111-1111-1111-8111-111111111111"):
        response = api.get(f"/api/email_logs/{message_id}")
        assert response.status_code == 404
        assert response.json() == {"error": "Not Found"}
    assert api.get("/api/email_logs").json()["total_count"] == 0


def test_raw_message_needs_its_signed_url_but_no_token(api, emulator, mail, make_client):
    (message_id,) = api.post("/api/send", json=mail | {"text": "Grüße"}).json()["message_ids"]
    assert re.fullmatch(UUID, message_id)
    url = api.get(f"/api/email_logs/{message_id}").json()["raw_message_url"]
    assert url.startswith(emulator.api_url)
    anonymous = make_client(emulator, "")
    response = anonymous.get(url)
    assert response.status_code == 200
    assert response.headers["content-type"] == "message/rfc822"
    message = message_from_bytes(response.content)
    assert (message["Subject"], message["Message-ID"]) == ("Your order", f"<{message_id}@example.com>")
    assert anonymous.get(f"/api/email_logs/{message_id}").status_code == 401
    plain = url.partition("?")[0]
    assert anonymous.get(plain).status_code == 404
    for forged in (
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        f"{plain}?expires=9999999999&signature=é",
        url + "&expires=9",
    ):
        assert anonymous.get(forged).status_code == 403
    emulator.clock(advance=3601)
    assert anonymous.get(url).status_code == 403


@pytest.fixture
def six_messages(emulator, domain_id):
    """Six messages in the order of their times. Their subjects are a, b, c, d, e and an empty text."""
    emulator.seed(verified_domains=[{"id": 5, "domain_name": "other.example"}])
    emulator.limits(recipients={"bounce@*": "bounce", "none@*": "none", "open@*": "open", "click@*": "click"})
    common = {"domain_id": domain_id}
    rows = [
        {"subject": "a", "to": "Ann@gmail.com", "category": "News", "client_ip": "203.0.113.7"},
        {"subject": "b", "to": "ann@example.org", "sending_stream": "bulk", "from": "Sales@example.com"},
        {"subject": "c", "to": "bob@example.org", "domain_id": 5, "category": "Bills"},
        {"subject": "d", "to": "joann@gmail.com", "client_ip": "203.0.114.7"},
        {"subject": "e", "to": "eve@yahoo.com"},
        {"subject": "", "to": "nobody@example.org"},
    ]
    for hour, row in enumerate(rows):
        emulator.seed(email_logs=[common | {"sent_at": f"2026-01-01T{hour:02}:00:00Z"} | row])
    for event, email in [
        ("delivery", "ann@gmail.com"),
        ("open", "ann@gmail.com"),
        ("open", "ann@gmail.com"),
        ("click", "ann@gmail.com"),
        ("delivery", "ann@example.org"),
        ("open", "ann@example.org"),
        ("bounce", "bob@example.org"),
        ("soft_bounce", "joann@gmail.com"),
        ("spam_complaint", "eve@yahoo.com"),
    ]:
        emulator.event(event, email=email)


def query(name, operator, *values):
    parts = [f"filters[{name}][operator]={operator}"]
    many = "[]" if len(values) > 1 else ""
    return "&".join([*parts, *(f"filters[{name}][value]{many}={value}" for value in values)])


ALL = "edcba"


@pytest.mark.parametrize(
    ("name", "operator", "values", "subjects"),
    [
        ("to", "ci_equal", ["ANN@GMAIL.COM"], "a"),
        ("to", "ci_equal", ["ann@gmail.com", "eve@yahoo.com", "x@example.org"], "ea"),
        ("to", "ci_not_equal", ["ann@gmail.com", "eve@yahoo.com"], "dcb"),
        ("to", "ci_contain", ["ANN@"], "dba"),
        ("to", "ci_not_contain", ["ann@"], "ec"),
        ("from", "ci_equal", ["sales@EXAMPLE.com"], "b"),
        ("from", "ci_not_contain", ["sales"], "edca"),
        ("subject", "ci_equal", ["A"], "a"),
        ("subject", "ci_not_equal", ["A", "b"], "edc"),
        ("subject", "empty", [], ""),
        ("subject", "not_empty", [], ALL),
        ("status", "equal", ["delivered"], "ba"),
        ("status", "equal", ["opted_out", "not_delivered"], "edc"),
        ("status", "not_equal", ["enqueued"], ALL),
        ("events", "include_event", ["open"], "ba"),
        ("events", "include_event", ["bounce", "soft_bounce", "spam"], "edc"),
        ("events", "not_include_event", ["open", "spam"], "dc"),
        ("clicks_count", "greater_than", ["0"], "a"),
        ("opens_count", "equal", ["1"], "b"),
        ("opens_count", "less_than", ["2"], "edcb"),
        ("client_ip", "equal", ["203.0.113.7"], "a"),
        ("client_ip", "not_equal", ["203.0.113.7"], "edcb"),
        ("client_ip", "contain", ["203.0.11"], "da"),
        ("client_ip", "not_contain", ["113"], "edcb"),
        ("sending_ip", "equal", ["192.0.2.20"], "b"),
        ("sending_ip", "contain", ["192.0.2.1"], "dca"),
        ("email_service_provider_response", "ci_contain", ["OVER ITS QUOTA"], "d"),
        ("email_service_provider_response", "ci_not_contain", ["quota"], "ecba"),
        ("email_service_provider", "equal", ["Google"], "da"),
        ("email_service_provider", "not_equal", ["Google", "Other"], "e"),
        ("recipient_mx", "ci_equal", ["GMAIL-smtp-in.l.google.com"], "da"),
        ("recipient_mx", "ci_contain", ["mx.example"], "cb"),
        ("category", "equal", ["News", "Bills"], "ca"),
        ("category", "equal", ["news"], ""),
        ("category", "not_equal", ["News"], "edcb"),
        ("domain_id", "equal", ["5"], "c"),
        ("domain_id", "not_equal", ["5"], "edba"),
        ("sending_stream", "equal", ["bulk"], "b"),
        ("sending_stream", "not_equal", ["bulk"], "edca"),
    ],
)
def test_filters_select_entries(find_subjects, six_messages, name, operator, values, subjects):
    assert find_subjects(query(name, operator, *values)) == subjects


@pytest.mark.parametrize(
    "query_string",
    [
        query("colour", "equal", "red"),
        query("to", "equal", "ann@gmail.com"),
        query("to", "", "ann@gmail.com"),
        query("to", "ci_equal"),
        query("to", "ci_equal", ""),
        query("status", "equal", "lost"),
        query("events", "include_event", "spam_complaint"),
        query("sending_stream", "equal", "any"),
        query("domain_id", "equal", "x"),
        query("opens_count", "greater_than", "many"),
        query("opens_count", "greater_than", "-1"),
        query("sending_domain_id", "equal", "5"),
        "filters[sent_after]=soon",
        "filters[to]=ann@gmail.com",
        "filters[to][colour]=red",
        "filters=x",
        "filters[]=x&filters[to][operator][]=ci_equal",
        "search_after=",
    ],
)
def test_unknown_and_invalid_filters_are_ignored(find_subjects, six_messages, query_string):
    assert find_subjects(query_string) == ALL


def test_filter_name_of_the_other_generation_is_ignored(find_subjects, six_messages, emulator):
    legacy_path = f"/api/accounts/{emulator.account_id}/email_logs"
    assert find_subjects(query("sending_domain_id", "equal", "5"), legacy_path) == "c"
    assert find_subjects(query("domain_id", "equal", "5"), legacy_path) == ALL


def test_filters_combine_and_values_may_be_numbered(find_subjects, six_messages):
    combined = query("to", "ci_contain", "gmail") + "&" + query("opens_count", "equal", "0")
    assert find_subjects(combined) == "d"
    numbered = "filters[category][operator]=equal&filters[category][value][0]=News&filters[category][value][1]=Bills"
    assert find_subjects(numbered) == "ca"
    assert find_subjects(query("to", "ci_equal", "ann@gmail.com") + "&filters[sent_after]=2026-01-02") == ""


def test_filter_by_time_range(api, find_subjects, six_messages):
    assert find_subjects("filters[sent_after]=2026-01-01T03:00:00Z") == "ed"
    assert find_subjects("filters[sent_before]=2026-01-01T01:00:00Z") == "ba"
    assert (
        find_subjects("filters[sent_after]=2026-01-01T02:00:00%2B01:00&filters[sent_before]=2026-01-01T02:30:00Z")
        == "cb"
    )
    assert (
        find_subjects("filters[sent_after]=2026-01-01T02:00:00+01:00&filters[sent_before]=2026-01-01T02:30:00Z") == "cb"
    )
    response = api.get("/api/email_logs?filters[sent_after]=2026-01-02&filters[sent_before]=2026-01-01")
    assert response.status_code == 400
    assert response.json() == {"error": "Bad Request"}


def test_pages_follow_the_cursor(api, emulator, domain_id):
    row = {"domain_id": domain_id, "to": "ann@example.org"}
    emulator.seed(
        email_logs=[
            row | {"subject": str(number % 2), "message_id": str(uuid.UUID(int=number))} for number in range(250)
        ]
    )
    for filters, total in (("", 250), (query("subject", "ci_equal", "0"), 125)):
        ids, cursor = [], ""
        while cursor is not None:
            body = api.get(f"/api/email_logs?{filters}&search_after={cursor}").json()
            assert body["total_count"] == total
            assert len(body["messages"]) <= PAGE
            ids += [message["message_id"] for message in body["messages"]]
            assert body["next_page_cursor"] in (None, ids[-1])
            cursor = body["next_page_cursor"]
        assert ids == [str(uuid.UUID(int=number)) for number in range(249, -1, -1) if total == 250 or number % 2 == 0]
    for cursor in (ids[-1], "nothing", "\x00"):
        body = api.get("/api/email_logs", params={"search_after": cursor}).json()
        assert (body["messages"], body["total_count"], body["next_page_cursor"]) == ([], 250, None)


def test_token_sees_only_the_mail_of_its_domains(api, emulator, six_messages, make_client):
    grants = {
        "a" * 32: [{"resource_type": "domain", "resource_id": 5, "access_level": 10}],
        "b" * 32: [{"resource_type": "sandbox", "resource_id": 5, "access_level": 100}],
    }
    emulator.seed(api_tokens=[{"name": token, "token": token, "resources": rows} for token, rows in grants.items()])
    domain_client, sandbox_client = (make_client(emulator, token) for token in grants)
    (row,) = domain_client.get("/api/email_logs").json()["messages"]
    assert row["subject"] == "c"
    assert domain_client.get(f"/api/email_logs/{row['message_id']}").status_code == 200
    other = api.get("/api/email_logs").json()["messages"][0]["message_id"]
    assert domain_client.get(f"/api/email_logs/{other}").status_code == 404
    assert sandbox_client.get("/api/email_logs").json()["total_count"] == 0
    assert sandbox_client.get(f"/api/email_logs/{row['message_id']}").status_code == 404


def test_rate_limit_of_the_list(api, emulator):
    emulator.clock(frozen=True)
    emulator.limits(rate_scale=0.1)
    assert [api.get("/api/email_logs").status_code for _ in range(7)] == [200] * 6 + [429]
    assert api.get("/api/email_logs").json() == {"errors": "Rate limit exceeded"}
    assert api.get("/api/email_logs/x").status_code == 404
    emulator.clock(advance=60)
    assert api.get("/api/email_logs").status_code == 200


def test_rate_limit_of_single_messages_counts_per_account(api, emulator, make_client):
    """Use two tokens, because the rate limit of a single token is reached first."""
    grant = {"resource_type": "account", "resource_id": emulator.account_id, "access_level": 10}
    emulator.seed(api_tokens=[{"name": "Second", "token": "c" * 32, "resources": [grant]}])
    second = make_client(emulator, "c" * 32)
    emulator.clock(frozen=True)
    emulator.limits(rate_scale=0.01)
    statuses = []
    for _ in range(6):
        statuses += [client.get("/api/email_logs/x").status_code for client in (api, second)]
        emulator.clock(advance=10)
    assert statuses == [404] * 10 + [429] * 2


def test_logs_and_statistics_survive_a_killed_process(tmp_path, mail, make_client):
    options = ("--state", str(tmp_path / "state"))
    pages = [
        "/api/email_logs?" + query("to", "ci_equal", "ann@example.org"),
        "/api/stats?start_date=2000-01-01&end_date=2999-12-31",
        "/api/suppressions",
    ]
    with Emulator(*options) as first:
        client = make_client(first)
        client.post("/api/send", json=mail | {"cc": [{"email": "bob@example.org"}]})
        first.event("spam_complaint", email="bob@example.org")
        before = [client.get(page).text for page in pages]
        assert first.kill() != 0
    with Emulator(*options) as second:
        client = make_client(second)
        assert [client.get(page).text for page in pages] == before
        client.post("/api/send", json=mail | {"to": [{"email": "bob@example.org"}]})
        newest = client.get("/api/email_logs").json()["messages"][0]
        assert (newest["to"], newest["status"]) == ("bob@example.org", "not_delivered")


def test_invalid_seeds_are_refused(emulator, domain_id):
    valid = {"domain_id": domain_id, "to": "a@example.org"}
    for invalid in (
        {"status": "lost"},
        {"sending_stream": "any"},
        {"sent_at": "soon"},
        {"domain_id": 1},
        {"colour": 1},
    ):
        with pytest.raises(Exception, match=r"email_logs\[0\]"):
            emulator.seed(email_logs=[valid | invalid])


class CountedRows(dict):
    """The rows of a table, which count how often a row is read."""

    reads = 0

    def __getitem__(self, key):
        self.reads += 1
        return super().__getitem__(key)

    def values(self):
        self.reads += len(self)
        return super().values()


def test_first_page_of_many_entries_reads_few_rows():
    world = create_world()
    create_start_state(world, None)
    domain = next(iter(world.store["domains"]))
    for number in range(20_000):
        insert_email_log(
            world,
            account_id=domain["account_id"],
            message_id=f"m{number}",
            rfc_message_id="<x@example.com>",
            to=f"p{number}@example.org",
            sending_stream="bulk",
            domain_id=domain["id"],
            domain_name="example.com",
            raw_id=1,
            **{"from": "a@example.com"},
        )
    table = world.store["email_logs"]
    table.rows = CountedRows(table.rows)
    token = world.store["api_tokens"].get(get_start_row(world)["token_id"])
    handlers = {operation.template: operation.handler for operation in list_operations()}

    def call_operation(template, query_string):
        table.rows.reads = 0
        request = Request("GET", "/", query_string, {}, b"", "")
        body = handlers[template](Call(world, request, {}, CURRENT, token, "general"))
        return body, table.rows.reads

    body, reads = call_operation("email_logs", "")
    assert (len(body["messages"]), body["total_count"], reads) == (100, 20_000, 100)
    body, reads = call_operation("email_logs", "search_after=m5000&filters[sent_after]=2020-01-01")
    assert (body["messages"][0]["message_id"], body["total_count"]) == ("m4999", 20_000)
    assert reads < 110
    body, reads = call_operation("email_logs", query("to", "ci_equal", "p7@example.org"))
    assert body["total_count"] == 1
    assert reads < 10
    body, reads = call_operation("stats", "start_date=2000-01-01&end_date=2100-01-01")
    assert (list(body.values()), reads) == ([0] * 10, 0)
