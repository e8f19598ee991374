# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contacts and contact events (docs/service.md#contacts)."""

import re
import statistics
import time
from urllib.parse import quote

import pytest

from mailtrap_emulator.testing import EmulatorError

KEYS = ["id", "email", "fields", "list_ids", "status", "created_at", "updated_at"]
NOBODY = "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132"


@pytest.fixture
def directory(emulator):
    """Add the lists 1 to 4 and a field of each data type. List 9 belongs to another account."""
    emulator.seed(
        accounts=[{"id": 2_000_000, "name": "Other"}],
        api_tokens=[{"name": "other", "token": "other", "account_id": 2_000_000}],
        contact_lists=[
            *({"id": number, "name": f"List {number}"} for number in (1, 2, 3, 4)),
            {"id": 9, "name": "Elsewhere", "account_id": 2_000_000},
        ],
        contact_fields=[
            {"name": kind.title(), "data_type": kind, "merge_tag": kind}
            for kind in ("text", "integer", "float", "boolean", "date")
        ],
    )


@pytest.fixture
def create(api):
    """Return a function that creates a contact and returns the response."""

    def create(email="ann@example.com", **more):
        return api.post("/api/contacts", json={"contact": {"email": email} | more})

    return create


@pytest.fixture
def patch(api):
    """Return a function that updates a contact and returns the response."""

    def patch(identifier, **fields):
        return api.patch(f"/api/contacts/{quote(identifier, safe='')}", json={"contact": fields})

    return patch


@pytest.fixture
def ann(create):
    """Return the contact Ann."""
    return create(fields={"first_name": "Ann"}).json()["data"]


def test_create_returns_201(emulator, create, directory):
    emulator.clock(set="2026-03-01T10:00:00.123Z", frozen=True)
    response = create(fields={"first_name": "Ann", "date": "2024-02-29"}, list_ids=[3, 1, "2", 1])
    assert response.status_code == 201
    assert list(response.json()) == ["data"]
    contact = response.json()["data"]
    assert list(contact) == KEYS
    assert re.fullmatch(r"019ca[0-9a-f]{3}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", contact["id"])
    assert int(contact["id"].replace("-", "")[:12], 16) == 1772359200123
    assert contact["email"] == "ann@example.com"
    assert contact["fields"] == {
        "first_name": "Ann",
        "last_name": None,
        "text": None,
        "integer": None,
        "float": None,
        "boolean": None,
        "date": "2024-02-29",
    }
    assert contact["list_ids"] == [1, 2, 3]
    assert contact["status"] == "subscribed"
    assert contact["created_at"] == contact["updated_at"] == 1772359200123


@pytest.mark.parametrize("fraction", ["001", "519", "999"])
def test_timestamps_have_exact_milliseconds(emulator, create, fraction):
    emulator.clock(set=f"2026-04-28T12:40:45.{fraction}Z", frozen=True)
    assert create().json()["data"]["created_at"] == 1777380045000 + int(fraction)


def test_contact_is_found_by_id_and_email_in_any_letter_case(api, create):
    contact = create("Ann.O'Neil+x@Example.com").json()["data"]
    for identifier in (
        contact["id"],
        contact["id"].upper(),
        "Ann.O'Neil+x@Example.com",
        "ann.o'neil+x@example.com",
        quote("ANN.O'NEIL+X@EXAMPLE.COM", safe=""),
    ):
        response = api.get(f"/api/contacts/{identifier}")
        assert response.status_code == 200
        assert response.json() == {"data": contact}


def test_contact_is_the_same_in_both_generations(api, ann):
    new = api.get("/api/contacts/ann@example.com")
    old = api.get(f"/api/accounts/1234567/contacts/{ann['id']}")
    assert new.content == old.content
    changed = api.patch("/api/accounts/1234567/contacts/ann@example.com", json={"contact": {"unsubscribed": True}})
    assert changed.json()["data"] == api.get("/api/contacts/ann@example.com").json()["data"]
    assert api.get("/api/accounts/2000000/contacts/ann@example.com").status_code == 403


def test_unknown_contact_is_not_found(api, ann, emulator, directory, make_client):
    other = make_client(emulator, "other")
    theirs = other.post("/api/contacts", json={"contact": {"email": "theirs@example.com"}}).json()["data"]
    for identifier in (NOBODY, "nobody@example.com", "1", "%00", "😀", "%FF", "a b", theirs["id"], theirs["email"]):
        response = api.get(f"/api/contacts/{identifier}")
        assert (response.status_code, response.json()) == (404, {"error": "Not Found"})
        response = api.delete(f"/api/contacts/{identifier}")
        assert (response.status_code, response.json()) == (404, {"errors": "Contact(s) not found"})
        response = api.post(f"/api/contacts/{identifier}/events", json={"name": "UserLogin"})
        assert (response.status_code, response.json()) == (404, {"error": "Not Found"})
    assert other.get(f"/api/contacts/{theirs['id']}").status_code == 200


def test_contacts_are_separate_per_account(emulator, api, ann, directory, make_client):
    response = make_client(emulator, "other").post("/api/contacts", json={"contact": {"email": "ann@example.com"}})
    assert response.status_code == 201
    assert response.json()["data"]["id"] != ann["id"]


@pytest.mark.parametrize("again", ["ann@example.com", "ANN@Example.com"])
def test_email_is_unique_in_any_letter_case(create, ann, again):
    response = create(again)
    assert response.status_code == 422
    assert response.json() == {"errors": {"email": ["Email has already been taken"]}}


EMAILS = [
    (None, "can't be blank"),
    ("", "can't be blank"),
    (" ", "can't be blank"),
    ([], "can't be blank"),
    (5, "is invalid"),
    (True, "is invalid"),
    ("ann", "is invalid"),
    ("ann@example", "is invalid"),
    ("a b@example.com", "is invalid"),
    ("ann@@example.com", "is invalid"),
    ("ann@example..com", "is invalid"),
    ("ann@-x.com", "is invalid"),
    ("<ann@example.com>", "is invalid"),
    ("ann@example.com\n", "is invalid"),
    ("ann\0@example.com", "is invalid"),
    ("x" * 65 + "@example.com", "is invalid"),
    ("ann@" + "example." * 32 + "com", "is invalid"),
    ("ann@example.c", "top level domain is too short"),
]


@pytest.mark.parametrize(("email", "message"), EMAILS)
def test_invalid_email_is_rejected(api, create, patch, ann, email, message):
    response = create(email)
    assert response.status_code == 422
    assert response.json() == {"errors": {"email": [f"Email {message}"]}}
    response = patch(ann["id"], email=email)
    assert response.status_code == 422
    assert response.json() == {"errors": {"email": [[message]]}}
    assert api.get(f"/api/contacts/{ann['id']}").json()["data"] == ann


@pytest.mark.parametrize(
    "email", ["ü@example.com", "ann@bücher.example", "a@xn--bcher-kva.example", "x" * 64 + "@a.bc"]
)
def test_valid_email_is_accepted(create, patch, email):
    assert create(email).json()["data"]["email"] == email
    assert patch(email).status_code == 400
    assert patch(email, unsubscribed=True).json()["action"] == "updated"


def test_create_requires_an_email(api):
    assert api.post("/api/contacts", json={"contact": {"fields": {}}}).json() == {
        "errors": {"email": ["Email can't be blank"]}
    }


GOOD_VALUES = [
    ("text", ""),
    ("text", "ü" * 255),
    ("integer", 2**63 - 1),
    ("integer", -(2**63)),
    ("float", 0.5),
    ("float", 3),
    ("boolean", False),
    ("date", "2024-02-29"),
]
BAD_VALUES = [
    ("text", "x" * 256),
    ("text", 5),
    ("text", True),
    ("text", ["x"]),
    ("text", {}),
    ("integer", "5"),
    ("integer", 5.5),
    ("integer", True),
    ("integer", 2**63),
    ("integer", 10**4000),
    ("float", "0.5"),
    ("float", False),
    ("float", 10**400),
    ("boolean", "true"),
    ("boolean", 1),
    ("date", ""),
    ("date", "2023-02-29"),
    ("date", "20240229"),
    ("date", "2024-02-29T00:00:00Z"),
    ("date", "٢٠٢٤-02-29"),
    ("date", 20240229),
    ("nonsense", "x"),
    ("nonsense", None),
    ("", ""),
]


@pytest.mark.parametrize(("merge_tag", "value"), GOOD_VALUES)
def test_valid_field_values_are_stored(api, directory, create, patch, merge_tag, value):
    assert create(fields={merge_tag: value}).json()["data"]["fields"][merge_tag] == value
    assert type(api.get("/api/contacts/ann@example.com").json()["data"]["fields"][merge_tag]) is (
        float if merge_tag == "float" else type(value)
    )
    assert patch("ann@example.com", fields={merge_tag: None}).json()["data"]["fields"][merge_tag] is None


@pytest.mark.parametrize(("merge_tag", "value"), BAD_VALUES)
def test_invalid_field_values_and_unknown_merge_tags_are_rejected(api, directory, ann, create, patch, merge_tag, value):
    expected = {"errors": {merge_tag: [["is invalid"]]}}
    for response in (create("new@example.com", fields={merge_tag: value}), patch(ann["id"], fields={merge_tag: value})):
        assert response.status_code == 422
        assert response.json() == expected
    assert api.get("/api/contacts/new@example.com").status_code == 404


@pytest.mark.parametrize("fields", [[], "x", 5, True])
def test_fields_must_be_an_object(create, patch, ann, fields):
    for response in (create("new@example.com", fields=fields), patch(ann["id"], fields=fields)):
        assert response.status_code == 422
        assert response.json() == {"errors": {"fields": [["is invalid"]]}}


BAD_IDS = [[5], [9], [0], [-1], [1, None], ["x"], [[1]], [{}], [True], [1.0], [10**30], "1", 1, {"1": 1}]


@pytest.mark.parametrize("ids", BAD_IDS, ids=str)
def test_invalid_list_ids_are_rejected(directory, ann, create, patch, ids):
    response = create("new@example.com", list_ids=ids)
    assert response.status_code == 422
    assert response.json() == {"errors": {"list_ids": [["contains invalid data"]]}}
    for side in ("included", "excluded"):
        response = patch(ann["id"], **{f"list_ids_{side}": ids})
        assert response.status_code == 422
        assert response.json() == {"errors": {f"list_id_{side}": [["contains invalid data"]]}}


def test_update_adds_and_removes_list_memberships(directory, create, patch):
    create(list_ids=[1, 2])
    response = patch("ann@example.com", list_ids_included=[2, 3], list_ids_excluded=[1, 4])
    assert response.json()["data"]["list_ids"] == [2, 3]
    assert patch("ann@example.com", list_ids=[4], unsubscribed=False).json()["data"]["list_ids"] == [2, 3]
    assert patch("ann@example.com", list_ids_included=None).json()["data"]["list_ids"] == [2, 3]


@pytest.mark.parametrize(("both", "words"), [([1], "1"), ([2, 1], "1 and 2"), ([1, 2, 3], "1, 2 and 3")])
def test_list_cannot_be_both_included_and_excluded(directory, ann, patch, both, words):
    response = patch(ann["id"], list_ids_included=both, list_ids_excluded=[*both, 4])
    assert response.status_code == 422
    message = f"same list_ids {words} are specified both as included and excluded"
    assert response.json() == {"errors": {"base": [[message]]}}


def test_all_errors_are_returned_together(directory, ann, patch):
    response = patch(
        ann["id"],
        email="x",
        fields={"date": "x", "y": 1},
        list_ids_included=[1],
        list_ids_excluded=[1],
        unsubscribed="x",
    )
    assert set(response.json()["errors"]) == {"email", "date", "y", "base", "unsubscribed"}


def test_update_returns_the_action(api, emulator, ann, patch):
    emulator.clock(advance=60)
    response = patch("Ann@example.com", fields={"last_name": "Lee"})
    assert response.status_code == 200
    assert list(response.json()) == ["action", "data"]
    assert response.json()["action"] == "updated"
    contact = response.json()["data"]
    assert list(contact) == KEYS
    assert contact["updated_at"] >= ann["updated_at"] + 60_000
    assert contact == ann | {
        "fields": {"first_name": "Ann", "last_name": "Lee"},
        "updated_at": contact["updated_at"],
    }
    emulator.clock(advance=60)
    assert patch("ann@example.com", fields={"last_name": "Lee"}).json()["data"] == contact
    assert api.get("/api/contacts/ann@example.com").json()["data"] == contact


def test_update_creates_a_missing_contact(api, patch):
    response = patch("new@example.com", fields={"first_name": "New"}, unsubscribed=True)
    assert response.status_code == 200
    assert response.json()["action"] == "created"
    contact = response.json()["data"]
    assert (contact["email"], contact["status"], contact["fields"]["first_name"]) == (
        "new@example.com",
        "unsubscribed",
        "New",
    )
    assert patch("new@example.com", email="new@example.com").json() == {"action": "updated", "data": contact}
    assert patch(NOBODY, email="by-id@example.com").json()["action"] == "created"
    assert api.get(f"/api/contacts/{NOBODY}").status_code == 404
    assert patch(NOBODY, unsubscribed=False).json() == {"error": "Not Found"}
    assert patch("no email", unsubscribed=False).json() == {"errors": {"email": [["is invalid"]]}}
    assert patch("fresh@example.com", email="new@example.com").json() == {
        "errors": {"email": [["has already been taken"]]}
    }


def test_email_can_be_changed(api, create, patch, ann):
    create("bob@example.com")
    assert patch(ann["id"], email="BOB@example.com").json() == {"errors": {"email": [["has already been taken"]]}}
    moved = patch("ann@example.com", email="Ann.Lee@example.com").json()["data"]
    assert (moved["id"], moved["email"]) == (ann["id"], "Ann.Lee@example.com")
    assert api.get("/api/contacts/ann@example.com").status_code == 404
    assert api.get("/api/contacts/ann.lee@example.com").json()["data"] == moved
    assert create("ann@example.com").status_code == 201


@pytest.mark.parametrize(
    ("value", "status"), [(True, "unsubscribed"), ("true", "unsubscribed"), (False, "subscribed"), (None, "subscribed")]
)
def test_unsubscribed_sets_the_status(ann, patch, value, status):
    assert patch(ann["id"], unsubscribed=value).json()["data"]["status"] == status
    assert patch(ann["id"], unsubscribed=False).json()["data"]["status"] == "subscribed"


@pytest.mark.parametrize("value", [1, "", "yes", [], {}])
def test_unsubscribed_must_be_a_boolean(ann, patch, value):
    response = patch(ann["id"], unsubscribed=value)
    assert (response.status_code, response.json()) == (422, {"errors": {"unsubscribed": [["is invalid"]]}})


def test_contact_is_deleted(api, ann, create):
    response = api.delete(f"/api/contacts/{quote('ANN@example.com', safe='')}")
    assert (response.status_code, response.content) == (204, b"")
    assert api.delete(f"/api/contacts/{ann['id']}").json() == {"errors": "Contact(s) not found"}
    assert create().json()["data"]["id"] != ann["id"]


@pytest.mark.parametrize(
    "body", [None, {}, [], "x", {"contact": None}, {"contact": {}}, {"contact": "x"}, {"email": "a"}]
)
def test_missing_wrapper_returns_an_empty_400(api, ann, body):
    for response in (api.post("/api/contacts", json=body), api.patch("/api/contacts/ann@example.com", json=body)):
        assert (response.status_code, response.content) == (400, b"")


def test_creation_fails_at_the_contact_limit(api, emulator, ann, create, patch):
    emulator.limits(contacts=1)
    response = create("new@example.com")
    assert (response.status_code, response.json()) == (422, {"errors": {"base": ["contacts limit reached"]}})
    assert patch("new@example.com", unsubscribed=True).json() == response.json()
    assert patch(ann["id"], unsubscribed=True).status_code == 200
    emulator.limits(contacts=2)
    assert create("new@example.com").status_code == 201


def test_viewer_can_only_read(api, emulator, ann, make_client):
    viewer = [{"resource_type": "account", "resource_id": 1234567, "access_level": 10}]
    billing = [{"resource_type": "billing", "resource_id": 1234567, "access_level": 100}]
    emulator.seed(
        api_tokens=[
            {"name": "viewer", "token": "viewer", "resources": viewer},
            {"name": "billing", "token": "billing", "resources": billing},
        ]
    )
    contact = {"contact": {"email": "x@example.com"}}
    reads = [f"contacts/{ann['id']}", "contacts/lists", "contacts/fields"]
    writes = [
        ("POST", "contacts", contact),
        ("PATCH", f"contacts/{NOBODY}", contact),
        ("DELETE", f"contacts/{NOBODY}", None),
        ("POST", f"contacts/{NOBODY}/events", {}),
        ("POST", "contacts/lists", {}),
        ("PATCH", "contacts/lists/1", {}),
        ("DELETE", "contacts/lists/1", None),
        ("POST", "contacts/fields", {}),
        ("PATCH", "contacts/fields/1", {}),
        ("DELETE", "contacts/fields/1", None),
        ("POST", "contacts/imports", {}),
        ("POST", "contacts/exports", {}),
    ]
    forbidden = (403, {"errors": "Account access forbidden"})
    for name in ("viewer", "billing"):
        client = make_client(emulator, name)
        for method, path, body in writes:
            response = client.request(method, f"/api/{path}", json=body)
            assert (response.status_code, response.json()) == forbidden, (method, path)
        for path in [*reads, "contacts/imports/1", "contacts/exports/1"] if name == "billing" else reads:
            response = client.get(f"/api/{path}")
            assert response.status_code == (200 if name == "viewer" else 403), path
    assert make_client(emulator, "").get("/api/contacts/lists").json() == {"error": "Incorrect API token"}


def test_rate_limit_is_200_requests_per_minute_and_account(api, emulator, make_client):
    emulator.seed(api_tokens=[{"name": "second", "token": "second"}])
    second = make_client(emulator, "second")
    emulator.clock(frozen=True)
    for client in (api, second):
        assert {client.get("/api/contacts/lists").status_code for _ in range(100)} == {200}
    for path in ("contacts/x", "contacts/fields", "contacts/imports/1", "contacts/exports/1", "contacts/lists"):
        response = second.get(f"/api/{path}")
        assert (response.status_code, response.json()) == (429, {"errors": "Rate limit exceeded"})
    assert api.get("/api/projects").status_code == 200
    emulator.clock(advance=60)
    assert api.get("/api/contacts/lists").status_code == 200


def test_contact_event_is_created(api, emulator, ann):
    params = {"user_id": 101, "user_name": "John Smith", "is_active": True, "last_seen": None, "score": 0.5}
    for identifier in ("Ann@example.com", ann["id"]):
        response = api.post(f"/api/contacts/{identifier}/events", json={"name": "UserLogin", "params": params})
        assert response.status_code == 201
        expected = {"contact_id": ann["id"], "contact_email": "ann@example.com", "name": "UserLogin", "params": params}
        assert response.json() == expected
        assert list(response.json()) == list(expected)
    assert api.post(f"/api/contacts/{ann['id']}/events", json={"name": "é" * 255}).json()["params"] == {}
    assert [event["name"] for event in emulator.dump()["contact_events"]] == ["UserLogin", "UserLogin", "é" * 255]


LONG = "x" * 256


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"name": ["can't be blank", "must be a string"]}),
        ({"name": None}, {"name": ["can't be blank", "must be a string"]}),
        ({"name": ""}, {"name": ["can't be blank"]}),
        ({"name": 5}, {"name": ["must be a string"]}),
        ({"name": ["x"]}, {"name": ["must be a string"]}),
        ({"name": LONG}, {"name": ["is too long"]}),
        ({"name": "x", "params": []}, {"params": ["must be a hash"]}),
        ({"name": "x", "params": "x"}, {"params": ["must be a hash"]}),
        ({"name": "x", "params": {LONG: 1}}, {"params": [f"key '{LONG}' is too long"]}),
        ({"name": "x", "params": {"bar": LONG}}, {"params": ["value for 'bar' is too long"]}),
        ({"name": "x", "params": {"bar": {}}}, {"params": ["value for 'bar' is invalid"]}),
        ([], {"name": ["can't be blank", "must be a string"]}),
    ],
)
def test_invalid_events_are_rejected(api, emulator, ann, body, errors):
    response = api.post(f"/api/contacts/{ann['id']}/events", json=body)
    assert (response.status_code, response.json()) == (422, {"errors": errors})
    assert emulator.dump()["contact_events"] == []


def test_seeding_contacts(api, emulator, directory):
    fields = {"first_name": "Ann", "integer": 7}
    seed = {"id": NOBODY.upper(), "email": "ann@example.com", "fields": fields, "list_ids": [2], "unsubscribed": True}
    emulator.seed(contacts=[seed])
    contact = api.get(f"/api/contacts/{NOBODY}").json()["data"]
    assert contact["fields"]["integer"] == 7
    assert (contact["id"], contact["list_ids"], contact["status"]) == (NOBODY, [2], "unsubscribed")


@pytest.mark.parametrize(
    ("contact", "message"),
    [
        ({"email": "x"}, "contacts[0]: email is invalid."),
        ({"email": "a@b.co", "fields": {"x": 1}}, "contacts[0]: x is invalid."),
        ({"email": "a@b.co", "list_ids": [77]}, "contacts[0]: list_ids contains invalid data."),
        ({"email": "a@b.co", "id": "x"}, "contacts[0]: id must be a UUID that no other contact has."),
        ({"email": "ANN@example.com"}, "Another object already has email_key 1234567:ann@example.com."),
    ],
)
def test_invalid_seeds_are_rejected(emulator, ann, contact, message):
    with pytest.raises(EmulatorError, match=f"^{re.escape(message)}$"):
        emulator.seed(contacts=[contact])


def test_one_contact_is_as_fast_among_50000(api, emulator, ann, patch):
    """Reading and changing one contact takes as long among 50,000 contacts as alone."""
    emulator.limits(rate_limits="off")

    def seconds() -> float:
        durations = []
        for number in range(15):
            started = time.perf_counter()
            assert api.get("/api/contacts/ann@example.com").status_code == 200
            assert patch(ann["id"], fields={"last_name": f"N{number}"}).status_code == 200
            assert patch(f"new{number}@example.com", unsubscribed=True).status_code == 200
            durations.append(time.perf_counter() - started)
        return statistics.median(durations)

    alone = seconds()
    items = [{"email": f"u{number}@example.com", "fields": {"first_name": "U"}} for number in range(50_000)]
    started = time.perf_counter()
    assert api.post("/api/contacts/imports", json={"contacts": items}).status_code == 201
    emulator.clock(advance=1)
    assert api.get("/api/contacts/u49999@example.com").status_code == 200
    assert time.perf_counter() - started < 15
    assert seconds() < 5 * alone + 0.02
