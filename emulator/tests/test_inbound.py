# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound folders, inboxes and forward rules (facts 3.21, 11)."""

import re

import pytest

FOLDERS = "/api/inbound/folders"
TAKEN = {"errors": {"name": ["has already been taken"]}}
BLANK = {"errors": {"name": ["can't be blank"]}}
NOT_FOUND = {"error": "Not Found"}
FORBIDDEN = {"errors": "Access forbidden"}
RUBBISH = [None, "", " ", [], {}, ["x"], {"name": "x"}]


@pytest.fixture
def folder(api):
    return api.post(FOLDERS, json={"name": "Support"}).json()


@pytest.fixture
def inboxes(folder):
    return f"{FOLDERS}/{folder['id']}/inboxes"


@pytest.fixture
def inbox(api, inboxes):
    return api.post(inboxes, json={"name": "Tickets"}).json()


@pytest.fixture
def rules(inbox):
    return f"/api/inbound/inboxes/{inbox['id']}/forward_rules"


@pytest.fixture
def domain(emulator):
    (domain,) = [row for row in emulator.dump()["domains"] if row["domain_name"] == "example.com"]
    return domain


@pytest.fixture
def rule():
    return {
        "name": "Billing",
        "conditions": [{"match_type": "sender", "operator": "ends_with", "value": "@billing.example.com"}],
        "destinations": [{"email": "finance@example.org"}],
    }


def test_folders(api):
    answer = api.post(FOLDERS, json={"name": "Support"})
    folder = answer.json()
    assert answer.status_code == 201
    assert list(folder) == ["id", "name"]
    path = f"{FOLDERS}/{folder['id']}"
    other = api.post(FOLDERS, json={"name": "Sales"}).json()
    assert api.get(FOLDERS).json() == [folder, other]
    assert api.get(path).json() == folder
    answer = api.patch(path, json={"name": "Help"})
    assert (answer.status_code, answer.json()) == (200, {"id": folder["id"], "name": "Help"})
    answer = api.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(FOLDERS).json() == [other]
    for method in ("GET", "PATCH", "DELETE"):
        answer = api.request(method, path, json={"name": "x"})
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_the_body_is_flat(api):
    assert api.post(FOLDERS, json={"folder": {"name": "Support"}}).json() == BLANK


def test_folder_names(api, folder):
    path = f"{FOLDERS}/{folder['id']}"
    for name in RUBBISH:
        answer = api.post(FOLDERS, json={"name": name})
        assert (answer.status_code, answer.json()) == (422, BLANK)
    assert api.post(FOLDERS, json={"name": "Support"}).json() == TAKEN
    assert api.post(FOLDERS, json={"name": "support"}).status_code == 201
    assert api.post(FOLDERS, json={"name": "x" * 100}).status_code == 201
    answer = api.post(FOLDERS, json={"name": "x" * 101})
    assert answer.json() == {"errors": {"name": ["is too long (maximum is 100 characters)"]}}
    assert api.post(FOLDERS, json={"name": 7}).json()["name"] == "7"
    assert api.patch(path, json={"name": "support"}).json() == TAKEN
    assert api.patch(path, json={"name": None}).json() == BLANK
    assert api.patch(path, json={"name": "Support"}).status_code == 200
    assert api.patch(path, json={}).json() == folder


def test_an_inbox_on_the_hosted_domain(api, inboxes):
    answer = api.post(inboxes, json={"name": "Größe & Tickets!"})
    inbox = answer.json()
    assert answer.status_code == 201
    assert list(inbox) == ["id", "name", "address", "domain_id"]
    assert re.fullmatch(r"grosse-tickets-[0-9a-f]{8}@inbound-mailtrap\.io", inbox["address"])
    assert inbox["domain_id"] == 1237003
    path = f"{inboxes}/{inbox['id']}"
    assert api.get(inboxes).json() == [inbox]
    assert api.get(path).json() == inbox
    assert api.patch(path, json={"name": "Mail", "domain_id": 7, "address": "x@y.z"}).json() == inbox | {"name": "Mail"}
    assert api.delete(path).status_code == 204
    assert api.get(path).json() == NOT_FOUND
    assert api.get(inboxes).json() == []


@pytest.mark.parametrize("name", ["😀", "---", "x" * 100])
def test_every_name_makes_an_address(api, inboxes, name):
    local = api.post(inboxes, json={"name": name}).json()["address"].partition("@")[0]
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*-[0-9a-f]{8}", local)
    assert len(local) <= 64


def test_an_inbox_of_an_own_domain_catches_all(api, inboxes, domain):
    answer = api.post(inboxes, json={"name": "All", "domain_id": domain["id"]})
    inbox = answer.json()
    assert answer.status_code == 201
    assert inbox["address"] == "*@example.com"
    assert inbox["domain_id"] == domain["id"]
    answer = api.post(inboxes, json={"name": "More", "domain_id": str(domain["id"])})
    assert (answer.status_code, answer.json()) == (422, {"errors": {"domain_id": ["has already been taken"]}})


@pytest.mark.parametrize("domain_id", [1, 1237003, "x", True, -5, 1.5, 10**30])
def test_an_inbox_of_no_domain(api, inboxes, domain_id):
    answer = api.post(inboxes, json={"name": "All", "domain_id": domain_id})
    assert (answer.status_code, answer.json()) == (422, {"errors": {"domain_id": ["must exist"]}})


@pytest.mark.parametrize("domain_id", [None, "", [1], {"id": 1}])
def test_what_is_no_domain_id_is_not_given(api, inboxes, domain_id):
    answer = api.post(inboxes, json={"name": "All", "domain_id": domain_id})
    assert answer.status_code == 201


def test_inbox_names(api, inboxes, inbox):
    for name in RUBBISH:
        assert api.post(inboxes, json={"name": name}).json() == BLANK
    assert api.post(inboxes, json={"name": "Tickets"}).json() == TAKEN
    assert api.post(inboxes, json={"name": "x" * 101}).status_code == 422
    other = api.post(FOLDERS, json={"name": "Sales"}).json()
    assert api.post(f"{FOLDERS}/{other['id']}/inboxes", json={"name": "Tickets"}).status_code == 201


def test_an_inbox_is_found_in_its_own_folder_only(api, inbox):
    other = api.post(FOLDERS, json={"name": "Sales"}).json()
    for method in ("GET", "PATCH", "DELETE"):
        answer = api.request(method, f"{FOLDERS}/{other['id']}/inboxes/{inbox['id']}", json={"name": "x"})
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_a_folder_goes_with_all_that_is_in_it(api, emulator, folder, inbox, rules, rule):
    api.post(rules, json=rule)
    emulator.receive(address=inbox["address"], raw="From: a@example.org\n\nhello\n")
    assert emulator.dump()["inbound_links"] == []
    emulator.receive(address=inbox["address"], raw="From: a@example.org\nMessage-ID: <1@x>\n\nhello\n")
    assert api.delete(f"{FOLDERS}/{folder['id']}").status_code == 204
    tables = emulator.dump()
    assert not any(tables[name] for name in tables if name.startswith(("inbound_", "raw_inbound")))


def test_rules(api, rules, rule):
    answer = api.post(rules, json=rule)
    made = answer.json()["data"]
    assert answer.status_code == 201
    assert list(answer.json()) == ["data"]
    assert list(made) == ["id", "name", "created_at", "updated_at", "conditions", "destinations"]
    assert made["conditions"] == [rule["conditions"][0] | {"header_key": None}]
    assert made["destinations"] == rule["destinations"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made["created_at"])
    path = f"{rules}/{made['id']}"
    assert api.get(rules).json() == {"data": [made]}
    assert api.get(path).json() == {"data": made}
    answer = api.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(path).json() == NOT_FOUND


def test_a_rule_changes_in_parts(api, emulator, rules, rule):
    emulator.clock(frozen=True)
    made = api.post(rules, json=rule).json()["data"]
    path = f"{rules}/{made['id']}"
    emulator.clock(advance=60)
    two = [{"email": "a@example.org"}, {"email": "b@example.org"}]
    changed = api.patch(path, json={"destinations": two}).json()["data"]
    assert changed["updated_at"] > made["updated_at"]
    assert changed == made | {"destinations": two, "updated_at": changed["updated_at"]}
    assert api.patch(path, json={"conditions": []}).json()["data"]["conditions"] == []
    assert api.patch(path, json={"name": "All"}).json()["data"]["name"] == "All"
    before = api.get(path).json()
    emulator.clock(advance=60)
    for nothing in ({}, {"conditions": None}, {"destinations": "x"}, {"name": ["x"]}, {"name": "All"}):
        assert api.patch(path, json=nothing).json() == before


def test_rule_names(api, rules, rule):
    first = api.post(rules, json=rule).json()["data"]
    assert api.post(rules, json=rule).json() == TAKEN
    assert api.post(rules, json=rule | {"name": ""}).json() == BLANK
    assert api.post(rules, json=rule | {"name": "x" * 101}).status_code == 422
    api.post(rules, json=rule | {"name": "Other"})
    assert api.patch(f"{rules}/{first['id']}", json={"name": "Other"}).json() == TAKEN
    assert api.patch(f"{rules}/{first['id']}", json={"name": "Billing"}).status_code == 200


@pytest.mark.parametrize(
    ("condition", "field", "sentence"),
    [
        ({"match_type": "body"}, "match_type", "is not included in the list"),
        ({"match_type": None}, "match_type", "is not included in the list"),
        ({"operator": "like"}, "operator", "is not included in the list"),
        ({"operator": "empty"}, "operator", "is not included in the list"),
        ({"value": ""}, "value", "can't be blank"),
        ({"value": [1]}, "value", "can't be blank"),
        ({"match_type": "header"}, "header_key", "can't be blank"),
    ],
)
def test_bad_conditions(api, rules, rule, condition, field, sentence):
    rule["conditions"][0] |= condition
    answer = api.post(rules, json=rule)
    assert (answer.status_code, answer.json()) == (422, {"errors": {f"conditions.{field}": [sentence]}})


@pytest.mark.parametrize(
    ("destinations", "errors"),
    [
        ([], {"destinations": ["can't be blank"]}),
        (None, {"destinations": ["can't be blank"]}),
        ("a@example.org", {"destinations": ["can't be blank"]}),
        ([{}], {"destinations.email": ["can't be blank"]}),
        ([7], {"destinations.email": ["can't be blank"]}),
        ([{"email": "x"}], {"destinations.email": ["is invalid"]}),
        ([{"email": "a@b.c"}, {"email": "A@b.c"}], {"destinations.email": ["has already been taken"]}),
        (
            [{"email": f"{number}@example.org"} for number in range(6)],
            {"destinations": ["is too long (maximum is 5 characters)"]},
        ),
    ],
)
def test_bad_destinations(api, rules, rule, destinations, errors):
    answer = api.post(rules, json=rule | {"destinations": destinations})
    assert (answer.status_code, answer.json()) == (422, {"errors": errors})


def test_limits(api, emulator, inboxes, rules, rule):
    emulator.limits(inbound_folders=1, inbound_inboxes=1)
    answer = api.post(FOLDERS, json={"name": ""})
    sentence = "You've reached the inbound folders limit. Please upgrade your plan to create the new inbound folder"
    assert (answer.status_code, answer.json()) == (422, {"errors": {"name": [sentence]}})
    sentence = "You've reached the inbound inboxes limit. Please upgrade your plan to create the new inbound inbox"
    assert api.post(inboxes, json={"name": "x"}).json() == {"errors": {"name": [sentence]}}
    for number in range(5):
        assert api.post(rules, json=rule | {"name": str(number)}).status_code == 201
    sentence = "You've reached the forward rules limit. Please upgrade your plan to create the new forward rule"
    assert api.post(rules, json=rule).json() == {"errors": {"name": [sentence]}}
    emulator.limits(inbound_folders=None, inbound_inboxes=None, inbound_forward_rules=None)
    assert api.post(rules, json=rule).status_code == 201
    assert api.post(FOLDERS, json={"name": "x"}).status_code == 201


PLACES = [
    ("GET", FOLDERS),
    ("POST", FOLDERS),
    ("GET", FOLDERS + "/{folder}"),
    ("PATCH", FOLDERS + "/{folder}"),
    ("DELETE", FOLDERS + "/{folder}"),
    ("GET", FOLDERS + "/{folder}/inboxes"),
    ("POST", FOLDERS + "/{folder}/inboxes"),
    ("GET", FOLDERS + "/{folder}/inboxes/{inbox}"),
    ("PATCH", FOLDERS + "/{folder}/inboxes/{inbox}"),
    ("DELETE", FOLDERS + "/{folder}/inboxes/{inbox}"),
    ("GET", "/api/inbound/inboxes/{inbox}/forward_rules"),
    ("POST", "/api/inbound/inboxes/{inbox}/forward_rules"),
    ("GET", "/api/inbound/inboxes/{inbox}/forward_rules/{rule}"),
    ("PATCH", "/api/inbound/inboxes/{inbox}/forward_rules/{rule}"),
    ("DELETE", "/api/inbound/inboxes/{inbox}/forward_rules/{rule}"),
    ("GET", "/api/inbound/inboxes/{inbox}/messages"),
    ("GET", "/api/inbound/inboxes/{inbox}/messages/{message}"),
    ("DELETE", "/api/inbound/inboxes/{inbox}/messages/{message}"),
    ("POST", "/api/inbound/inboxes/{inbox}/messages/{message}/reply"),
    ("POST", "/api/inbound/inboxes/{inbox}/messages/{message}/reply_all"),
    ("POST", "/api/inbound/inboxes/{inbox}/messages/{message}/forward"),
    ("GET", "/api/inbound/inboxes/{inbox}/threads"),
    ("GET", "/api/inbound/inboxes/{inbox}/threads/{thread}"),
    ("DELETE", "/api/inbound/inboxes/{inbox}/threads/{thread}"),
]


@pytest.fixture
def ids(api, emulator, folder, inbox, rules, rule):
    """Of one thing of each kind."""
    message = emulator.receive(address=inbox["address"], raw="From: a@example.org\nMessage-ID: <1@x>\n\nhello\n")
    rule_id = api.post(rules, json=rule).json()["data"]["id"]
    values = {"folder": folder["id"], "inbox": inbox["id"], "rule": rule_id}
    return values | {"message": message["id"], "thread": message["thread_id"]}


def token(api, resource_type, resource_id, level):
    resources = [{"resource_type": resource_type, "resource_id": resource_id, "access_level": level}]
    return api.post("/api/api_tokens", json={"name": resource_type, "resources": resources}).json()["token"]


def test_who_may_what(api, emulator, client_of, project, ids):
    """An account-level token is needed, to change things one of an administrator (facts 3.21)."""
    viewer = client_of(emulator, token(api, "account", emulator.account_id, 10))
    stranger = client_of(emulator, token(api, "project", project["id"], 100))
    nobody = client_of(emulator, "wrong")
    for method, place in PLACES:
        path = place.format(**ids)
        answer = viewer.request(method, path)
        assert answer.status_code == (200 if method == "GET" else 403), path
        assert method == "GET" or answer.json() == FORBIDDEN
        answer = stranger.request(method, path)
        assert (answer.status_code, answer.json()) == (403, FORBIDDEN)
        answer = nobody.request(method, path)
        assert (answer.status_code, answer.json()) == (401, {"error": "Incorrect API token"})


def test_the_plan_may_not_have_it(api, emulator, ids):
    emulator.limits(inbound="off")
    for method, place in PLACES:
        answer = api.request(method, place.format(**ids))
        assert (answer.status_code, answer.json()) == (403, FORBIDDEN)


def test_another_account_sees_nothing(emulator, client_of, ids):
    emulator.seed(
        accounts=[{"id": 99, "name": "Other"}],
        api_tokens=[
            {
                "name": "Other",
                "account_id": 99,
                "token": "f" * 32,
                "resources": [{"resource_type": "account", "resource_id": 99, "access_level": 100}],
            }
        ],
    )
    other = client_of(emulator, "f" * 32)
    assert other.get(FOLDERS).json() == []
    for method, place in PLACES[2:]:
        answer = other.request(method, place.format(**ids))
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("wrong", ["0", "-1", "does-not-exist", "9" * 25, "1871574677877796928", "%F0%9F%98%80"])
def test_unknown_ids(api, ids, wrong):
    for method, place in PLACES[2:]:
        for name in re.findall(r"\{(\w+)\}", place):
            answer = api.request(method, place.format(**(ids | {name: wrong})), json={"name": "x", "text": "x"})
            assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_never_below_an_account(api, emulator):
    assert api.get(f"/api/accounts/{emulator.account_id}/inbound/folders").status_code == 404


def test_seeds(api, emulator, domain):
    emulator.seed(
        inbound_folders=[{"id": 77, "name": "Support"}],
        inbound_inboxes=[
            {"id": 513, "folder_id": 77, "name": "Tickets", "address": "tickets-1a2b3c4d@inbound-mailtrap.io"},
            {"folder_id": 77, "name": "All", "domain_id": domain["id"]},
        ],
        inbound_forward_rules=[{"id": 5, "inbox_id": 513, "name": "All", "destinations": [{"email": "a@b.c"}]}],
        inbound_messages=[
            {
                "id": "1871574677877796928",
                "inbox_id": 513,
                "received_at": "2026-07-24T05:58:21.528Z",
                "raw": "From: a@example.org\n\nhello\n",
            }
        ],
    )
    first = api.get(f"{FOLDERS}/77/inboxes/513").json()
    assert first["address"] == "tickets-1a2b3c4d@inbound-mailtrap.io"
    assert [inbox["address"] for inbox in api.get(f"{FOLDERS}/77/inboxes").json()] == [
        first["address"],
        "*@example.com",
    ]
    assert api.get("/api/inbound/inboxes/513/forward_rules/5").json()["data"]["name"] == "All"
    message = api.get("/api/inbound/inboxes/513/messages/1871574677877796928").json()
    assert message["received_at"] == "2026-07-24T05:58:21.528Z"
    assert message["forwards"][0]["rule_id"] == 5


@pytest.mark.parametrize(
    "document",
    [
        {"inbound_inboxes": [{"folder_id": 1, "name": "x"}]},
        {"inbound_folders": [{"id": 7}]},
        {"inbound_folders": [{"id": 7, "name": "a"}, {"id": 7, "name": "b"}]},
        {
            "inbound_folders": [{"id": 7, "name": "a"}],
            "inbound_inboxes": [{"folder_id": 7, "name": "x", "address": "x@example.org"}],
        },
        {
            "inbound_folders": [{"id": 7, "name": "a"}],
            "inbound_inboxes": [{"folder_id": 7, "name": name, "address": "x@inbound-mailtrap.io"} for name in "ab"],
        },
        {
            "inbound_folders": [{"id": 7, "name": "a"}],
            "inbound_inboxes": [{"id": 8, "folder_id": 7, "name": "x"}],
            "inbound_forward_rules": [{"inbox_id": 8, "name": "x", "destinations": []}],
        },
        {"inbound_messages": [{"inbox_id": 1, "raw": "x"}]},
        {"inbound_messages": [{"address": "x@inbound-mailtrap.io", "raw": "x"}]},
    ],
)
def test_bad_seeds_are_told(emulator, document):
    with pytest.raises(Exception, match=r"inbound_\w+\[\d\]: "):
        emulator.seed(document)
