# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage contacts, which are found by their addresses: the values of their fields, and their lists."""

from __future__ import annotations

import pytest
import yaml

ANN = "/api/contacts/ann%40example.com"
ID = "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132"
BY_ID = f"/api/contacts/{ID}"
BOOK = {
    "contact_lists": [{"id": 1, "name": "Customers"}, {"id": 2, "name": "Testers"}, {"id": 3, "name": "Staff"}],
    "contact_fields": [
        {"id": 9001, "name": "Orders", "data_type": "integer", "merge_tag": "orders"},
        {"id": 9002, "name": "Member", "data_type": "boolean", "merge_tag": "member"},
        {"id": 9003, "name": "Zip", "data_type": "text", "merge_tag": "zip"},
        {"id": 9004, "name": "Score", "data_type": "float", "merge_tag": "score"},
        {"id": 9005, "name": "Since", "data_type": "date", "merge_tag": "since"},
    ],
}
TAGS = "first_name, last_name, orders, member, zip, score, since"
NOBODY = "018dd5e3-f6d2-7c00-8f9b-000000000000"
SEEDED = {"id": ID, "email": "Ann@example.com", "fields": {"orders": 2, "first_name": "Ann"}, "list_ids": [1, 2]}


@pytest.fixture
def book(emulator):
    emulator.seed(BOOK)
    return emulator


@pytest.fixture
def ann(book):
    book.seed(contacts=[SEEDED])
    return book


def contact(**options):
    return {"community.mailtrap.contact": options}


def failing_task(**options):
    return dict(contact(**options), ignore_errors=True)


def test_contact_life_cycle(play, book):
    options = {"email": "ann@example.com", "fields": {"orders": 2}, "lists": ["Customers", "Staff"]}
    contact_id = "{{ created.contact.id }}"
    predicted, created, again, found, renamed, deleted, absent, absent_by_email = play(
        [
            dict(contact(**options), check_mode=True),
            dict(contact(**options), register="created"),
            contact(**{**options, "email": "ANN@Example.com"}),
            {"community.mailtrap.contact_info": {"email": "ann@example.com"}},
            contact(id=contact_id, email="ann@example.org"),
            contact(id=contact_id, state="absent"),
            contact(id=contact_id, state="absent"),
            contact(email="ann@example.com", state="absent"),
        ],
        "--diff",
    )
    lists = "GET /api/contacts/lists"
    path = f"/api/contacts/{created['contact']['id']}"
    assert predicted.changed and predicted.writes == [] and predicted["contact"]["list_ids"] == [1, 3]
    assert created.changed and created.requests == [lists, f"GET {ANN}", "GET /api/contacts/fields", f"PATCH {ANN}"]
    assert created["diff"]["before"] == {}
    assert created["diff"]["after"]["fields"]["orders"] == 2 and created["contact"]["list_ids"] == [1, 3]
    assert not again.changed and len(again.requests) == 2 and again["contact"] == created["contact"]
    assert found["contacts"] == [created["contact"]] and found.requests == [f"GET {ANN}"]
    assert renamed.changed and renamed.requests == [f"GET {path}", f"PATCH {path}"]
    assert renamed["contact"]["email"] == "ann@example.org"
    assert deleted.changed and deleted.requests == [f"DELETE {path}"]
    assert not absent.changed and not absent_by_email.changed and absent_by_email.requests == [f"GET {ANN}"]


def test_update_sends_only_changed_values(play_in, ann):
    steps = play_in(
        "in_process",
        [
            contact(email="ann@example.com", fields={"orders": 2, "first_name": "Anna"}),
            contact(email="ann@example.com", list_ids=[2, 3]),
            contact(email="ann@example.com", list_ids=[3, 2]),
            contact(email="ann@example.com", list_ids=[2], lists=["Customers"]),
            contact(email="ann@example.com", lists=[]),
            contact(email="ann@example.com", fields={"orders": None}),
            contact(email="ann@example.com", unsubscribed=True),
            contact(email="ann@example.com", unsubscribed=True),
            contact(email="ann@example.com", unsubscribed=False),
        ],
    )
    bodies = [entry["body"]["contact"] for step in steps for entry in step.entries if entry["method"] == "PATCH"]
    address = {"email": "Ann@example.com"}
    assert bodies == [
        {**address, "fields": {"first_name": "Anna"}},
        {**address, "list_ids_included": [3], "list_ids_excluded": [1]},
        {**address, "list_ids_included": [1], "list_ids_excluded": [3]},
        {**address, "list_ids_excluded": [1, 2]},
        {**address, "fields": {"orders": None}},
        {**address, "unsubscribed": True},
        {**address, "unsubscribed": False},
    ]
    assert [step.requests for step in steps[:2]] == [[f"GET {ANN}", f"PATCH {BY_ID}"]] * 2
    assert [step.changed for step in steps] == [True, True, False, True, True, True, True, False, True]


@pytest.mark.parametrize("orders", [2, "2", " 2 ", 2.0])
def test_values_from_templates_are_converted(play_in, ann, orders):
    (step,) = play_in("in_process", [contact(email="ann@example.com", fields={"orders": orders})])
    assert not step.changed and step.requests == [f"GET {ANN}"]


def test_values_of_all_types(play, ann):
    given = {"orders": "7", "member": "yes", "zip": 1010, "score": "4.5", "since": "2026-01-31"}
    expected = {"orders": 7, "member": True, "zip": "1010", "score": 4.5, "since": "2026-01-31"}
    tasks = [contact(email=email, fields=given) for email in ("ann@example.com", "new@example.com")]
    updated, created, updated_again, created_again = play([*tasks, *tasks])
    for step in (updated, created):
        assert {tag: step["contact"]["fields"][tag] for tag in expected} == expected
    assert "GET /api/contacts/fields" in updated.requests and "GET /api/contacts/fields" in created.requests
    assert not updated_again.changed and not created_again.changed and len(updated_again.requests) == 1


def test_fields_are_not_read_for_a_plain_text(play_in, ann):
    (step,) = play_in("in_process", [contact(email="ann@example.com", fields={"last_name": "Lee"})])
    assert step.changed and step.requests == [f"GET {ANN}", f"PATCH {BY_ID}"]


@pytest.mark.parametrize(
    "fields, reason",
    [
        ({"orders": "many"}, "fields.orders: 'many' is not a number"),
        ({"member": "perhaps"}, None),
        ({"cats": 1}, None),
        ({"zip": [1]}, "fields.zip: [1] is not a text of up to 255 characters"),
    ],
)
def test_invalid_values_of_an_existing_contact(play_in, ann, fields, reason):
    (step,) = play_in("in_process", [failing_task(email="ann@example.com", fields=fields)])
    assert step.failed
    if reason:
        assert step.msg == f"Could not update contact 'ann@example.com': {reason}" and step.writes == []
    elif "cats" in fields:
        assert step.msg == (
            f"Could not update contact 'ann@example.com': there is no contact field 'cats' (existing fields: {TAGS})"
        )
        assert step.requests == [f"GET {ANN}"]
    else:
        assert step.msg.startswith("Could not update contact 'ann@example.com': member is invalid")


@pytest.mark.parametrize(
    "fields, reason",
    [
        ({"cats": 1}, f"there is no contact field 'cats' (existing fields: {TAGS})"),
        ({"orders": 1.5}, "fields.orders: 1.5 is not an integer"),
        ({"orders": True}, "fields.orders: True is not an integer"),
        ({"member": "perhaps"}, "fields.member: 'perhaps' is not a boolean, true or false"),
        ({"score": "1e999"}, "fields.score: '1e999' is not a number"),
        ({"since": "31.1.2026"}, "fields.since: '31.1.2026' is not a date, such as 2026-01-31"),
        ({"since": "2026-02-31"}, "fields.since: '2026-02-31' is not a date, such as 2026-01-31"),
    ],
)  # fmt: skip
def test_invalid_values_of_a_new_contact(play_in, book, fields, reason):
    (step,) = play_in("in_process", [failing_task(email="bob@example.com", fields=fields)])
    assert step.msg == f"Could not create contact 'bob@example.com': {reason}" and step.writes == []


def test_check_mode_assumes_that_lists_and_fields_exist(play_in, ann):
    (step,) = play_in(
        "in_process", [contact(email="ann@example.com", fields={"cats": 1}, lists=["Customers", "New"])], "--check"
    )
    assert step.changed and step.writes == []
    assumption = "check mode assumes that an earlier task would create it."
    assert step["warnings"] == [
        f"There is no contact list 'New'; {assumption}",
        f"There is no contact field 'cats' (existing fields: {TAGS}); {assumption}",
    ]


def test_invalid_options_fail(play, ann):
    steps = play(
        [
            failing_task(),
            failing_task(email=""),
            failing_task(id="", state="absent"),
            failing_task(email="ann@example.com", lists=["None"]),
            failing_task(email="a b"),
            failing_task(email="new@example.com", id=NOBODY),
            failing_task(email="ann@example.com", list_ids=[99]),
            dict({"community.mailtrap.contact_info": {}}, ignore_errors=True),
            dict({"community.mailtrap.contact_info": {"email": ""}}, ignore_errors=True),
        ]
    )
    invalid_lists = "list_id_included contains invalid data"
    assert [step.msg for step in steps] == [
        "one of the following is required: id, email",
        "Could not manage contact '': email is empty",
        "Could not delete contact : '' is not the id of a contact",
        "Could not find contact 'ann@example.com': there is no contact list 'None'",
        "Could not create contact 'a b': email is invalid (HTTP 422 for PATCH /api/contacts/a%20b)",
        f"Could not find contact {NOBODY}: there is no contact with id {NOBODY}",
        f"Could not update contact 'ann@example.com': {invalid_lists} (HTTP 422 for PATCH {BY_ID})",
        "one of the following is required: id, email",
        "Could not read contact '': '' is not the id of a contact",
    ]
    assert [len(step.requests) for step in steps] == [0, 0, 0, 1, 2, 1, 2, 0, 0]


def test_address_of_another_contact_is_refused(play_in, ann):
    ann.seed(contacts=[{"email": "bob@example.com"}])
    (step,) = play_in("in_process", [failing_task(id=ID, email="bob@example.com")])
    assert step.msg == f"Could not update contact {ID}: email has already been taken (HTTP 422 for PATCH {BY_ID})"


def test_plan_limit_is_reported(play_in, ann):
    ann.limits(contacts=1)
    (step,) = play_in("in_process", [failing_task(email="bob@example.com")])
    assert "plan limit: contacts limit reached" in step.msg


def test_creation_with_a_lost_answer_is_repeated(play, book):
    book.fault({"method": "PATCH", "path": "/contacts/", "when": "after", "drop": True, "times": 1})
    created, again = play(
        [contact(email="ann@example.com", list_ids=[1]), contact(email="ann@example.com", list_ids=[1])]
    )
    assert created.changed and created.writes == [f"PATCH {ANN}"] * 2 and created["contact"]["list_ids"] == [1]
    assert not again.changed and len(book.dump()["contacts"]) == 1


def test_only_a_404_means_absent(play, ann):
    ann.fault({"method": "GET", "path": "/contacts/", "status": 500})
    steps = play([failing_task(email="ann@example.com", state=state) for state in ("present", "absent")])
    for step in steps:
        assert step.failed and step.writes == []


def test_paths_of_the_older_api(play_in, ann):
    tasks = yaml.safe_load(
        """
        - community.mailtrap.contact: {email: ann@example.com, lists: [Staff], fields: {orders: 3}}
        - community.mailtrap.contact: {email: ann@example.com, lists: [Staff], fields: {orders: 3}}
        """
    )
    first, again = play_in("in_process", tasks, environment={"MAILTRAP_ACCOUNT_ID": str(ann.account_id)})
    assert first.changed and not again.changed
    assert first.requests[0] == f"GET /api/accounts/{ann.account_id}/contacts/lists"
