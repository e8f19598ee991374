# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contacts: values, membership of lists, and what is found by an address rather than in a list."""

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


def tried(**options):
    return dict(contact(**options), ignore_errors=True)


def test_life(play, book):
    options = {"email": "ann@example.com", "fields": {"orders": 2}, "lists": ["Customers", "Staff"]}
    made = "{{ made.contact.id }}"
    foretold, first, again, found, renamed, gone, absent, absent_by_key = play(
        [
            dict(contact(**options), check_mode=True),
            dict(contact(**options), register="made"),
            contact(**{**options, "email": "ANN@Example.com"}),
            {"community.mailtrap.contact_info": {"email": "ann@example.com"}},
            contact(id=made, email="ann@example.org"),
            contact(id=made, state="absent"),
            contact(id=made, state="absent"),
            contact(email="ann@example.com", state="absent"),
        ],
        "--diff",
    )
    lists = "GET /api/contacts/lists"
    path = f"/api/contacts/{first['contact']['id']}"
    assert foretold.changed and foretold.writes == [] and foretold["contact"]["list_ids"] == [1, 3]
    assert first.changed and first.requests == [lists, f"GET {ANN}", "GET /api/contacts/fields", f"PATCH {ANN}"]
    assert first["diff"]["before"] == {}
    assert first["diff"]["after"]["fields"]["orders"] == 2 and first["contact"]["list_ids"] == [1, 3]
    assert not again.changed and len(again.requests) == 2 and again["contact"] == first["contact"]
    assert found["contacts"] == [first["contact"]] and found.requests == [f"GET {ANN}"]
    assert renamed.changed and renamed.requests == [f"GET {path}", f"PATCH {path}"]
    assert renamed["contact"]["email"] == "ann@example.org"
    assert gone.changed and gone.requests == [f"DELETE {path}"]
    assert not absent.changed and not absent_by_key.changed and absent_by_key.requests == [f"GET {ANN}"]


def test_only_what_differs_is_sent(play_in, ann):
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
    sent = [entry["body"]["contact"] for step in steps for entry in step.entries if entry["method"] == "PATCH"]
    address = {"email": "Ann@example.com"}
    assert sent == [
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
def test_a_value_as_a_template_writes_it(play_in, ann, orders):
    (step,) = play_in("in_process", [contact(email="ann@example.com", fields={"orders": orders})])
    assert not step.changed and step.requests == [f"GET {ANN}"]


def test_values_of_all_types(play, ann):
    written = {"orders": "7", "member": "yes", "zip": 1010, "score": "4.5", "since": "2026-01-31"}
    held = {"orders": 7, "member": True, "zip": "1010", "score": 4.5, "since": "2026-01-31"}
    tasks = [contact(email=email, fields=written) for email in ("ann@example.com", "new@example.com")]
    old, new, again, same = play([*tasks, *tasks])
    for step in (old, new):
        assert {tag: step["contact"]["fields"][tag] for tag in held} == held
    assert "GET /api/contacts/fields" in old.requests and "GET /api/contacts/fields" in new.requests
    assert not again.changed and not same.changed and len(again.requests) == 1


def test_a_plain_text_needs_no_look_at_the_fields(play_in, ann):
    (step,) = play_in("in_process", [contact(email="ann@example.com", fields={"last_name": "Lee"})])
    assert step.changed and step.requests == [f"GET {ANN}", f"PATCH {BY_ID}"]


@pytest.mark.parametrize(
    "fields, reason",
    [
        ({"orders": "many"}, "fields.orders: 'many' is no number"),
        ({"member": "perhaps"}, None),
        ({"cats": 1}, None),
        ({"zip": [1]}, "fields.zip: [1] is no text of up to 255 characters"),
    ],
)
def test_values_that_do_not_fit_an_old_contact(play_in, ann, fields, reason):
    (step,) = play_in("in_process", [tried(email="ann@example.com", fields=fields)])
    assert step.failed
    if reason:
        assert step.msg == f"Could not update contact 'ann@example.com': {reason}" and step.writes == []
    elif "cats" in fields:
        assert step.msg == (
            f"Could not update contact 'ann@example.com': there is no contact field 'cats' (there are {TAGS})"
        )
        assert step.requests == [f"GET {ANN}"]
    else:
        assert step.msg.startswith("Could not update contact 'ann@example.com': member is invalid")


@pytest.mark.parametrize(
    "fields, reason",
    [
        ({"cats": 1}, f"there is no contact field 'cats' (there are {TAGS})"),
        ({"orders": 1.5}, "fields.orders: 1.5 is no integer"),
        ({"orders": True}, "fields.orders: True is no integer"),
        ({"member": "perhaps"}, "fields.member: 'perhaps' is no boolean, true or false"),
        ({"score": "1e999"}, "fields.score: '1e999' is no number"),
        ({"since": "31.1.2026"}, "fields.since: '31.1.2026' is no date, such as 2026-01-31"),
        ({"since": "2026-02-31"}, "fields.since: '2026-02-31' is no date, such as 2026-01-31"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_a_new_contact(play_in, book, fields, reason):
    (step,) = play_in("in_process", [tried(email="bob@example.com", fields=fields)])
    assert step.msg == f"Could not create contact 'bob@example.com': {reason}" and step.writes == []


def test_check_mode_takes_it_that_earlier_tasks_would_have_made_what_is_missing(play_in, ann):
    (step,) = play_in(
        "in_process", [contact(email="ann@example.com", fields={"cats": 1}, lists=["Customers", "New"])], "--check"
    )
    assert step.changed and step.writes == []
    taken = "check mode takes it that an earlier task would have made it."
    assert step["warnings"] == [
        f"There is no contact list 'New'; {taken}",
        f"There is no contact field 'cats' (there are {TAGS}); {taken}",
    ]


def test_what_cannot_be(play, ann):
    steps = play(
        [
            tried(),
            tried(email=""),
            tried(id="", state="absent"),
            tried(email="ann@example.com", lists=["None"]),
            tried(email="a b"),
            tried(email="new@example.com", id=NOBODY),
            tried(email="ann@example.com", list_ids=[99]),
            dict({"community.mailtrap.contact_info": {}}, ignore_errors=True),
            dict({"community.mailtrap.contact_info": {"email": ""}}, ignore_errors=True),
        ]
    )
    wrong_lists = "list_id_included contains invalid data"
    assert [step.msg for step in steps] == [
        "one of the following is required: id, email",
        "Could not manage contact '': email is empty",
        "Could not delete contact : '' names no contact",
        "Could not find contact 'ann@example.com': there is no contact list 'None'",
        "Could not create contact 'a b': email is invalid (HTTP 422 for PATCH /api/contacts/a%20b)",
        f"Could not find contact {NOBODY}: there is no contact with id {NOBODY}",
        f"Could not update contact 'ann@example.com': {wrong_lists} (HTTP 422 for PATCH {BY_ID})",
        "one of the following is required: id, email",
        "Could not read contact '': '' names no contact",
    ]
    assert [len(step.requests) for step in steps] == [0, 0, 0, 1, 2, 1, 2, 0, 0]


def test_an_address_that_somebody_else_has(play_in, ann):
    ann.seed(contacts=[{"email": "bob@example.com"}])
    (step,) = play_in("in_process", [tried(id=ID, email="bob@example.com")])
    assert step.msg == f"Could not update contact {ID}: email has already been taken (HTTP 422 for PATCH {BY_ID})"


def test_a_full_account(play_in, ann):
    ann.limits(contacts=1)
    (step,) = play_in("in_process", [tried(email="bob@example.com")])
    assert "plan limit: contacts limit reached" in step.msg


def test_a_creation_whose_answer_is_lost_is_repeated(play, book):
    book.fault({"method": "PATCH", "path": "/contacts/", "when": "after", "drop": True, "times": 1})
    made, again = play([contact(email="ann@example.com", list_ids=[1]), contact(email="ann@example.com", list_ids=[1])])
    assert made.changed and made.writes == [f"PATCH {ANN}"] * 2 and made["contact"]["list_ids"] == [1]
    assert not again.changed and len(book.dump()["contacts"]) == 1


def test_only_a_404_means_absent(play, ann):
    ann.fault({"method": "GET", "path": "/contacts/", "status": 500})
    steps = play([tried(email="ann@example.com", state=state) for state in ("present", "absent")])
    for step in steps:
        assert step.failed and step.writes == []


def test_the_older_paths(play_in, ann):
    tasks = yaml.safe_load(
        """
        - community.mailtrap.contact: {email: ann@example.com, lists: [Staff], fields: {orders: 3}}
        - community.mailtrap.contact: {email: ann@example.com, lists: [Staff], fields: {orders: 3}}
        """
    )
    first, again = play_in("in_process", tasks, environment={"MAILTRAP_ACCOUNT_ID": str(ann.account_id)})
    assert first.changed and not again.changed
    assert first.requests[0] == f"GET /api/accounts/{ann.account_id}/contacts/lists"
