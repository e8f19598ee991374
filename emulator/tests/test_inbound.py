# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound folders, inboxes and forward rules (docs/service.md#inbound)."""

import re

import pytest

FOLDERS = "/api/inbound/folders"
NAME_TAKEN = {"errors": {"name": ["has already been taken"]}}
NAME_BLANK = {"errors": {"name": ["can't be blank"]}}
NOT_FOUND = {"error": "Not Found"}
FORBIDDEN = {"errors": "Access forbidden"}
INVALID_NAMES = [None, "", " ", [], {}, ["x"], {"name": "x"}]


@pytest.fixture
def folder(api):
    return api.post(FOLDERS, json={"name": "Support"}).json()


@pytest.fixture
def inboxes_path(folder):
    return f"{FOLDERS}/{folder['id']}/inboxes"


@pytest.fixture
def inbox(api, inboxes_path):
    return api.post(inboxes_path, json={"name": "Tickets"}).json()


@pytest.fixture
def rules_path(inbox):
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


def test_folder_is_created_listed_updated_and_deleted(api):
    response = api.post(FOLDERS, json={"name": "Support"})
    folder = response.json()
    assert response.status_code == 201
    assert list(folder) == ["id", "name"]
    path = f"{FOLDERS}/{folder['id']}"
    other = api.post(FOLDERS, json={"name": "Sales"}).json()
    assert api.get(FOLDERS).json() == [folder, other]
    assert api.get(path).json() == folder
    response = api.patch(path, json={"name": "Help"})
    assert (response.status_code, response.json()) == (200, {"id": folder["id"], "name": "Help"})
    response = api.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert api.get(FOLDERS).json() == [other]
    for method in ("GET", "PATCH", "DELETE"):
        response = api.request(method, path, json={"name": "x"})
        assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_body_is_flat(api):
    assert api.post(FOLDERS, json={"folder": {"name": "Support"}}).json() == NAME_BLANK


def test_invalid_folder_names_are_refused(api, folder):
    path = f"{FOLDERS}/{folder['id']}"
    for name in INVALID_NAMES:
        response = api.post(FOLDERS, json={"name": name})
        assert (response.status_code, response.json()) == (422, NAME_BLANK)
    assert api.post(FOLDERS, json={"name": "Support"}).json() == NAME_TAKEN
    assert api.post(FOLDERS, json={"name": "support"}).status_code == 201
    assert api.post(FOLDERS, json={"name": "x" * 100}).status_code == 201
    response = api.post(FOLDERS, json={"name": "x" * 101})
    assert response.json() == {"errors": {"name": ["is too long (maximum is 100 characters)"]}}
    assert api.post(FOLDERS, json={"name": 7}).json()["name"] == "7"
    assert api.patch(path, json={"name": "support"}).json() == NAME_TAKEN
    assert api.patch(path, json={"name": None}).json() == NAME_BLANK
    assert api.patch(path, json={"name": "Support"}).status_code == 200
    assert api.patch(path, json={}).json() == folder


def test_inbox_on_the_hosted_domain(api, inboxes_path):
    response = api.post(inboxes_path, json={"name": "Größe & Tickets!"})
    inbox = response.json()
    assert response.status_code == 201
    assert list(inbox) == ["id", "name", "address", "domain_id"]
    assert re.fullmatch(r"grosse-tickets-[0-9a-f]{8}@inbound-mailtrap\.io", inbox["address"])
    assert inbox["domain_id"] == 1237003
    path = f"{inboxes_path}/{inbox['id']}"
    assert api.get(inboxes_path).json() == [inbox]
    assert api.get(path).json() == inbox
    assert api.patch(path, json={"name": "Mail", "domain_id": 7, "address": "x@y.z"}).json() == inbox | {"name": "Mail"}
    assert api.delete(path).status_code == 204
    assert api.get(path).json() == NOT_FOUND
    assert api.get(inboxes_path).json() == []


@pytest.mark.parametrize("name", ["😀", "---", "x" * 100])
def test_every_name_gives_a_valid_address(api, inboxes_path, name):
    local = api.post(inboxes_path, json={"name": name}).json()["address"].partition("@")[0]
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*-[0-9a-f]{8}", local)
    assert len(local) <= 64


def test_inbox_on_an_own_domain_receives_all_mail(api, inboxes_path, domain):
    response = api.post(inboxes_path, json={"name": "All", "domain_id": domain["id"]})
    inbox = response.json()
    assert response.status_code == 201
    assert inbox["address"] == "*@example.com"
    assert inbox["domain_id"] == domain["id"]
    response = api.post(inboxes_path, json={"name": "More", "domain_id": str(domain["id"])})
    assert (response.status_code, response.json()) == (422, {"errors": {"domain_id": ["has already been taken"]}})


@pytest.mark.parametrize("domain_id", [1, 1237003, "x", True, -5, 1.5, 10**30])
def test_unknown_domain_is_refused(api, inboxes_path, domain_id):
    response = api.post(inboxes_path, json={"name": "All", "domain_id": domain_id})
    assert (response.status_code, response.json()) == (422, {"errors": {"domain_id": ["must exist"]}})


@pytest.mark.parametrize("domain_id", [None, "", [1], {"id": 1}])
def test_domain_id_of_a_wrong_type_is_ignored(api, inboxes_path, domain_id):
    response = api.post(inboxes_path, json={"name": "All", "domain_id": domain_id})
    assert response.status_code == 201


def test_invalid_inbox_names_are_refused(api, inboxes_path, inbox):
    for name in INVALID_NAMES:
        assert api.post(inboxes_path, json={"name": name}).json() == NAME_BLANK
    assert api.post(inboxes_path, json={"name": "Tickets"}).json() == NAME_TAKEN
    assert api.post(inboxes_path, json={"name": "x" * 101}).status_code == 422
    other = api.post(FOLDERS, json={"name": "Sales"}).json()
    assert api.post(f"{FOLDERS}/{other['id']}/inboxes", json={"name": "Tickets"}).status_code == 201


def test_inbox_is_found_only_in_its_folder(api, inbox):
    other = api.post(FOLDERS, json={"name": "Sales"}).json()
    for method in ("GET", "PATCH", "DELETE"):
        response = api.request(method, f"{FOLDERS}/{other['id']}/inboxes/{inbox['id']}", json={"name": "x"})
        assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_deleting_a_folder_deletes_all_its_contents(api, emulator, folder, inbox, rules_path, rule):
    api.post(rules_path, json=rule)
    emulator.receive(address=inbox["address"], raw="From: a@example.org\n\nhello\n")
    assert emulator.dump()["inbound_links"] == []
    emulator.receive(address=inbox["address"], raw="From: a@example.org\nMessage-ID: <1@x>\n\nhello\n")
    assert api.delete(f"{FOLDERS}/{folder['id']}").status_code == 204
    tables = emulator.dump()
    assert not any(tables[name] for name in tables if name.startswith(("inbound_", "raw_inbound")))


def test_rule_is_created_listed_and_deleted(api, rules_path, rule):
    response = api.post(rules_path, json=rule)
    created = response.json()["data"]
    assert response.status_code == 201
    assert list(response.json()) == ["data"]
    assert list(created) == ["id", "name", "created_at", "updated_at", "conditions", "destinations"]
    assert created["conditions"] == [rule["conditions"][0] | {"header_key": None}]
    assert created["destinations"] == rule["destinations"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", created["created_at"])
    path = f"{rules_path}/{created['id']}"
    assert api.get(rules_path).json() == {"data": [created]}
    assert api.get(path).json() == {"data": created}
    response = api.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert api.get(path).json() == NOT_FOUND


def test_update_of_a_rule_is_partial(api, emulator, rules_path, rule):
    emulator.clock(frozen=True)
    created = api.post(rules_path, json=rule).json()["data"]
    path = f"{rules_path}/{created['id']}"
    emulator.clock(advance=60)
    destinations = [{"email": "a@example.org"}, {"email": "b@example.org"}]
    changed = api.patch(path, json={"destinations": destinations}).json()["data"]
    assert changed["updated_at"] > created["updated_at"]
    assert changed == created | {"destinations": destinations, "updated_at": changed["updated_at"]}
    assert api.patch(path, json={"conditions": []}).json()["data"]["conditions"] == []
    assert api.patch(path, json={"name": "All"}).json()["data"]["name"] == "All"
    before = api.get(path).json()
    emulator.clock(advance=60)
    for changes in ({}, {"conditions": None}, {"destinations": "x"}, {"name": ["x"]}, {"name": "All"}):
        assert api.patch(path, json=changes).json() == before


def test_invalid_rule_names_are_refused(api, rules_path, rule):
    first = api.post(rules_path, json=rule).json()["data"]
    assert api.post(rules_path, json=rule).json() == NAME_TAKEN
    assert api.post(rules_path, json=rule | {"name": ""}).json() == NAME_BLANK
    assert api.post(rules_path, json=rule | {"name": "x" * 101}).status_code == 422
    api.post(rules_path, json=rule | {"name": "Other"})
    assert api.patch(f"{rules_path}/{first['id']}", json={"name": "Other"}).json() == NAME_TAKEN
    assert api.patch(f"{rules_path}/{first['id']}", json={"name": "Billing"}).status_code == 200


@pytest.mark.parametrize(
    ("condition", "field", "error"),
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
def test_invalid_conditions_are_refused(api, rules_path, rule, condition, field, error):
    rule["conditions"][0] |= condition
    response = api.post(rules_path, json=rule)
    assert (response.status_code, response.json()) == (422, {"errors": {f"conditions.{field}": [error]}})


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
def test_invalid_destinations_are_refused(api, rules_path, rule, destinations, errors):
    response = api.post(rules_path, json=rule | {"destinations": destinations})
    assert (response.status_code, response.json()) == (422, {"errors": errors})


def test_limits_of_folders_inboxes_and_rules(api, emulator, inboxes_path, rules_path, rule):
    emulator.limits(inbound_folders=1, inbound_inboxes=1)
    response = api.post(FOLDERS, json={"name": ""})
    error = "You've reached the inbound folders limit. Please upgrade your plan to create the new inbound folder"
    assert (response.status_code, response.json()) == (422, {"errors": {"name": [error]}})
    error = "You've reached the inbound inboxes limit. Please upgrade your plan to create the new inbound inbox"
    assert api.post(inboxes_path, json={"name": "x"}).json() == {"errors": {"name": [error]}}
    for number in range(5):
        assert api.post(rules_path, json=rule | {"name": str(number)}).status_code == 201
    error = "You've reached the forward rules limit. Please upgrade your plan to create the new forward rule"
    assert api.post(rules_path, json=rule).json() == {"errors": {"name": [error]}}
    emulator.limits(inbound_folders=None, inbound_inboxes=None, inbound_forward_rules=None)
    assert api.post(rules_path, json=rule).status_code == 201
    assert api.post(FOLDERS, json={"name": "x"}).status_code == 201


OPERATIONS = [
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
def ids(api, emulator, folder, inbox, rules_path, rule):
    """The id of one object of each type, by its name in the paths."""
    message = emulator.receive(address=inbox["address"], raw="From: a@example.org\nMessage-ID: <1@x>\n\nhello\n")
    rule_id = api.post(rules_path, json=rule).json()["data"]["id"]
    values = {"folder": folder["id"], "inbox": inbox["id"], "rule": rule_id}
    return values | {"message": message["id"], "thread": message["thread_id"]}


def create_token(api, resource_type, resource_id, level):
    resources = [{"resource_type": resource_type, "resource_id": resource_id, "access_level": level}]
    return api.post("/api/api_tokens", json={"name": resource_type, "resources": resources}).json()["token"]


def test_needed_access_levels(api, emulator, make_client, project, ids):
    """Reading needs a permission on the account, writing needs an admin (docs/service.md#inbound)."""
    viewer = make_client(emulator, create_token(api, "account", emulator.account_id, 10))
    project_admin = make_client(emulator, create_token(api, "project", project["id"], 100))
    invalid_client = make_client(emulator, "wrong")
    for method, template in OPERATIONS:
        path = template.format(**ids)
        response = viewer.request(method, path)
        assert response.status_code == (200 if method == "GET" else 403), path
        assert method == "GET" or response.json() == FORBIDDEN
        response = project_admin.request(method, path)
        assert (response.status_code, response.json()) == (403, FORBIDDEN)
        response = invalid_client.request(method, path)
        assert (response.status_code, response.json()) == (401, {"error": "Incorrect API token"})


def test_plan_without_inbound_is_refused(api, emulator, ids):
    emulator.limits(inbound="off")
    for method, template in OPERATIONS:
        response = api.request(method, template.format(**ids))
        assert (response.status_code, response.json()) == (403, FORBIDDEN)


def test_objects_of_another_account_are_not_found(emulator, make_client, ids):
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
    other = make_client(emulator, "f" * 32)
    assert other.get(FOLDERS).json() == []
    for method, template in OPERATIONS[2:]:
        response = other.request(method, template.format(**ids))
        assert (response.status_code, response.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("unknown_id", ["0", "-1", "does-not-exist", "9" * 25, "1871574677877796928", "%F0%9F%98%80"])
def test_unknown_ids_are_not_found(api, ids, unknown_id):
    for method, template in OPERATIONS[2:]:
        for name in re.findall(r"\{(\w+)\}", template):
            response = api.request(
                method, template.format(**(ids | {name: unknown_id})), json={"name": "x", "text": "x"}
            )
            assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_account_scoped_path_does_not_exist(api, emulator):
    assert api.get(f"/api/accounts/{emulator.account_id}/inbound/folders").status_code == 404


def test_seeds_create_folders_inboxes_rules_and_messages(api, emulator, domain):
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
def test_invalid_seeds_are_refused(emulator, document):
    with pytest.raises(Exception, match=r"inbound_\w+\[\d\]: "):
        emulator.seed(document)
