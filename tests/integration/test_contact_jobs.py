# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Events, imports and exports of contacts: what the service does with them rather than what they are."""

from __future__ import annotations

import csv
import gzip
import io
import json
import stat

import pytest

IMPORTS = "/api/contacts/imports"
EXPORTS = "/api/contacts/exports"
FIELDS, LISTS = "GET /api/contacts/fields", "GET /api/contacts/lists"
ID = "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132"
BOOK = {
    "contact_lists": [{"id": 1, "name": "Customers"}, {"id": 2, "name": "Testers"}],
    "contact_fields": [{"id": 9001, "name": "Orders", "data_type": "integer", "merge_tag": "orders"}],
    "contacts": [{"id": ID, "email": "Ann@example.com", "list_ids": [2], "fields": {"first_name": "Ann"}}],
}

NOT_SCALAR = "is a list or a dictionary; the service takes texts, numbers and booleans"
TOO_LONG = "has 256 characters; the service takes 255"


@pytest.fixture
def book(emulator):
    emulator.seed(BOOK)
    emulator.limits(contact_job_seconds=0.2)
    return emulator


def event(**options):
    return {"community.mailtrap.contact_event": options}


def imported(**options):
    return {"community.mailtrap.contact_import": options}


def exported(**options):
    return {"community.mailtrap.contact_export": options}


def tried(task):
    return dict(task, ignore_errors=True)


def contacts_of(emulator):
    return {row["email"]: row for row in emulator.dump()["contacts"]}


def rows_of(path):
    return list(csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode())))


# -- events


def test_an_event(play, book):
    by_address, by_id, foretold = play(
        [
            event(email="ann@example.com", name="ordered", params={"total": 12.5, "paid": True}),
            event(contact_id=ID, name="ordered"),
            dict(event(email="nobody@example.com", name="ordered"), check_mode=True),
        ]
    )
    assert by_address.changed and by_address.requests == ["POST /api/contacts/ann%40example.com/events"]
    assert by_address["contact_event"] == {
        "contact_id": ID,
        "contact_email": "Ann@example.com",
        "name": "ordered",
        "params": {"total": 12.5, "paid": True},
    }
    assert by_id["contact_event"]["params"] == {} and by_id.requests == [f"POST /api/contacts/{ID}/events"]
    assert foretold.changed and foretold.requests == []
    assert foretold["contact_event"] == {"name": "ordered", "params": {}}
    assert len(book.dump()["contact_events"]) == 2


@pytest.mark.parametrize(
    "options, reason",
    [
        ({"email": "", "name": "x"}, "'' names no contact"),
        ({"email": "a@b.cd", "name": " "}, "name is empty"),
        ({"email": "a@b.cd", "name": "x" * 256}, f"name {TOO_LONG}"),
        (
            {"email": "a@b.cd", "name": "x", "params": {"k" * 256: 1, "v": "x" * 256, "l": [1]}},
            f"params.l {NOT_SCALAR}; the name {'k' * 20!r} in params {TOO_LONG}; params.v {TOO_LONG}",
        ),
    ],
)
def test_events_that_cannot_be(play_in, book, options, reason):
    (step,) = play_in("in_process", [tried(event(**options))])
    assert step.failed and step.requests == [] and step.msg.endswith(f": {reason}")


def test_an_event_of_nobody(play_in, book):
    (step,) = play_in("in_process", [tried(event(email="nobody@example.com", name="x"))])
    assert step.msg == (
        "Could not record event 'x' of contact 'nobody@example.com': there is no such object, or the API token cannot "
        "see it: Not Found (HTTP 404 for POST /api/contacts/nobody%40example.com/events)"
    )


def test_an_event_is_never_sent_twice(play, book):
    book.fault({"method": "POST", "path": "/events", "when": "after", "drop": True})
    (step,) = play([tried(event(email="ann@example.com", name="x"))])
    assert step.failed and len(step.requests) == 1 and len(book.dump()["contact_events"]) == 1
    assert "the event may have been taken all the same, and is not sent a second time" in step.msg


# -- imports


def test_an_import(play, book):
    options = {
        "contacts": [
            {"email": "ann@example.com", "fields": {"orders": "3", "first_name": None}},
            {"email": " bob@example.com"},
        ],
        "lists_included": ["Customers"],
        "list_ids_excluded": [2],
    }
    foretold, step = play([dict(imported(**options), check_mode=True), imported(**options)])
    assert foretold.changed and foretold.requests == [LISTS, FIELDS] and foretold["contact_imports"] == []
    (job,) = step["contact_imports"]
    assert step.changed and step.requests[:3] == [LISTS, FIELDS, f"POST {IMPORTS}"]
    assert set(step.requests[3:]) == {f"GET {IMPORTS}/{job['id']}"} and len(step.requests) <= 5
    assert (job["status"], job["contacts"]) == ("finished", 2)
    assert [step[name] for name in step.result if name.endswith("_count")] == [1, 1, 0]
    there = contacts_of(book)
    assert sorted(there) == ["Ann@example.com", "bob@example.com"]
    assert there["Ann@example.com"]["fields"] == {"9001": 3} and there["bob@example.com"]["list_ids"] == [1]
    assert there["Ann@example.com"]["list_ids"] == [1]


def test_an_import_out_of_a_file(play, book, tmp_path):
    (tmp_path / "files").mkdir()
    text = '\ufeffemail;first_name;orders\nann@example.com;"Ann; Lee";4\n\nbob@example.com;;\n;;\n'
    (tmp_path / "files" / "people.csv").write_text(text)
    (step,) = play([imported(src="people.csv", delimiter=";")])
    assert (step["created_contacts_count"], step["updated_contacts_count"]) == (1, 1)
    (sent,) = [entry["body"]["contacts"] for entry in step.entries if entry["method"] == "POST"]
    assert sent == [
        {"email": "ann@example.com", "fields": {"first_name": "Ann; Lee", "orders": 4}},
        {"email": "bob@example.com"},
    ]


def test_nothing_to_import(play_in, book):
    (step,) = play_in("in_process", [imported(contacts=[])])
    assert not step.changed and step.requests == []


def test_of_two_with_one_address_the_later_counts(play_in, book):
    people = [{"email": "a@example.com", "fields": {"orders": n}} for n in (1, 2)]
    (step,) = play_in("in_process", [imported(contacts=[*people, {"email": "A@example.com"}])])
    assert step["warnings"] == ["2 contacts are left out, since later ones have the same address."]
    assert step["created_contacts_count"] == 1 and contacts_of(book)["A@example.com"]["fields"] == {}


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_sent(play, book, tmp_path):
    (tmp_path / "bad.csv").write_text("email,orders\nann,many\nbob@example.com,1,2\n")
    (tmp_path / "worse.csv").write_text("email,orders\nann,many\nbob@example.com,2\n,3\n")
    (tmp_path / "tags.csv").write_text("email,cats\nann@example.com,1\nbob@example.com,1\n")
    (tmp_path / "head.csv").write_text("name,orders\nann,1\n")
    (tmp_path / "twice.csv").write_text("email,orders,orders\n")
    (tmp_path / "quote.csv").write_text('email\n"ann"x@example.com\n')
    (tmp_path / "empty.csv").write_text("")
    steps = play(
        [
            tried(imported(src="bad.csv")),
            tried(imported(src="worse.csv")),
            tried(imported(src="tags.csv")),
            tried(imported(src="head.csv")),
            tried(imported(src="twice.csv")),
            tried(imported(src="quote.csv")),
            tried(imported(src="empty.csv")),
            tried(imported(src="bad.csv", delimiter="")),
            tried(imported(src="none.csv")),
            tried(imported(contacts=[{"email": "a@b"}, {"email": "a@example.com", "fields": {"orders": []}}])),
            tried(imported(contacts=[{"email": "a@example.com"}], lists_included=["Customers"], list_ids_excluded=[1])),
            tried(imported(contacts=[{"email": "a@example.com"}], wait=-1)),
            tried(imported(contacts=[{"email": "a@example.com"}], src="bad.csv")),
            tried(imported(contacts=None)),
        ]
    )
    worse = "line 2 of src: email 'ann' is no e-mail address; line 2 of src: orders 'many' is no integer; "
    worse += "line 4 of src: email '' is no e-mail address"
    head = "the first line of src must name the columns, with ',' between them"
    assert [step.msg.replace("Could not import the contacts: ", "") for step in steps[:8]] == [
        "line 3 of src has 3 columns, and the first line 2",
        worse,
        "there is no contact field 'cats' (there are first_name, last_name, orders)",
        f"{head}, one of them email; it names 'name', 'orders'",
        f"{head}, each once; it names 'email', 'orders', 'orders'",
        "line 2 of src cannot be read as CSV: ',' expected after '\"'",
        f"{head}, one of them email; it names nothing",
        "delimiter must be one character; it is ''",
    ]
    assert steps[8].msg.startswith("src 'none.csv' was not found on the controller")
    assert [step.msg.replace("Could not import the contacts: ", "") for step in steps[9:]] == [
        "contacts[0]: email 'a@b' is no e-mail address; contacts[1]: orders [] is no integer",
        "list 1 is both included and excluded",
        "wait must be 0 s or more; it is -1",
        "parameters are mutually exclusive: contacts|src",
        "there are no contacts: give contacts, which may be an empty list, or src",
    ]
    assert all(step.writes == [] for step in steps)


def test_what_the_service_refuses_is_told_by_address(play, book):
    people = [{"email": f"{name}@example.com"} for name in ("a" * 65, "bob", "b" * 65)]
    (step,) = play([tried(imported(contacts=people))])
    assert step.failed and not step.changed and step["status"] == 422
    assert step["errors"] == [
        f"{'a' * 65}@example.com: email is invalid",
        f"{'b' * 65}@example.com: email is invalid",
        "of 3 contacts none were taken",
    ]
    assert step["contact_imports"] == [] and step["waited"] == 0 and list(contacts_of(book)) == ["Ann@example.com"]


def test_a_full_account(play_in, book):
    book.limits(contacts=2)
    people = [{"email": f"{name}@example.com"} for name in ("ann", "bob", "eve", "joe")]
    (some,) = play_in("in_process", [tried(imported(contacts=people))])
    assert some.failed and some.changed and some["created_contacts_count"] == 1
    assert some.msg == "Could not import the contacts: plan limit: 2 contacts are left out, for the account is full"
    (none,) = play_in("in_process", [tried(imported(contacts=[{"email": "eve@example.com"}]))])
    assert not none.changed and "plan limit: eve@example.com: contacts limit reached" in none.msg


def test_an_import_that_fails_and_one_that_takes_long(play, book):
    book.limits(contact_imports_fail=True)
    person = [{"email": "bob@example.com"}]
    (failed,) = play([tried(imported(contacts=person))])
    assert "has failed; the service does not say why" in failed.msg
    book.limits(contact_imports_fail=False, contact_job_seconds=60)
    late, unwaited = play([tried(imported(contacts=person, wait=1)), imported(contacts=person, wait=0)])
    (job,) = late["contact_imports"]
    assert late.changed and late.msg.endswith(f"import {job['id']} is created after 1 s, and goes on by itself")
    assert late["created_contacts_count"] is None and late["waited"] >= 1 and len(late.requests) <= 4
    assert unwaited.changed and unwaited.requests == [f"POST {IMPORTS}"]
    assert unwaited["contact_imports"][0]["status"] == "created"


def test_more_than_one_request_takes(play_in, book, tmp_path):
    lines = [f"p{number}@example.com" for number in range(50_002)]
    (tmp_path / "many.csv").write_text("\n".join(["email", *lines]))
    (step,) = play_in("in_process", [imported(src="many.csv")])
    assert [job["contacts"] for job in step["contact_imports"]] == [50_000, 2]
    assert step["created_contacts_count"] == 50_002 and len(step.writes) == 2
    book.fault({"method": "POST", "path": "/imports", "status": 422, "json": {"errors": {"base": ["no"]}}, "skip": 1})
    (refused,) = play_in("in_process", [tried(imported(src="many.csv"))])
    assert refused.changed and [job["contacts"] for job in refused["contact_imports"]] == [50_000]
    assert refused["errors"] == ["no", "of 50002 contacts the first 50000 were taken"]


@pytest.mark.parametrize("answer", [{"status": 500}, {"status": 200, "json": []}])
def test_an_import_that_may_have_been_taken(play_in, book, answer):
    book.fault({"method": "POST", "path": "/imports", "when": "after", **answer})
    (step,) = play_in("in_process", [tried(imported(contacts=[{"email": "bob@example.com"}]))])
    assert step["errors"][-1] == "they may have been taken all the same; it does no harm to import them again"
    assert len(step.writes) == 1 and not step.changed


def test_an_import_whose_answer_is_lost_is_made_again(play_in, book):
    book.fault({"method": "POST", "path": "/imports", "when": "after", "drop": True, "times": 1})
    (step,) = play_in("in_process", [imported(contacts=[{"email": "bob@example.com"}])])
    assert step.changed and step.writes == [f"POST {IMPORTS}"] * 2 and len(contacts_of(book)) == 2


# -- exports


def test_an_export(play, book, tmp_path):
    book.seed(contacts=[{"email": "bob@example.com", "list_ids": [1], "unsubscribed": True}])
    path = tmp_path / "people.csv.gz"
    foretold, first, again, some, secret = play(
        [
            dict(exported(dest=str(path)), check_mode=True),
            exported(dest=str(path)),
            exported(dest=str(path)),
            exported(dest=str(path), lists=["Customers"], list_ids=[2], subscription_status="unsubscribed"),
            {"ansible.builtin.debug": {"msg": "x"}},
        ],
        "-vvv",
    )
    assert foretold.changed and foretold.requests == [] and foretold["contact_export"] is None
    assert first.changed and first["contact_export"]["status"] == "finished" and "url" not in first["contact_export"]
    job = first["contact_export"]["id"]
    assert (
        first.requests[0] == f"POST {EXPORTS}" and first.requests[-1] == f"GET /api/contact_export_files/{job}.csv.gz"
    )
    assert set(first.requests[1:-1]) == {f"GET {EXPORTS}/{job}"} and len(first.requests) <= 5
    assert "authorization" not in first.entries[-1]["headers"]
    assert not again.changed
    assert some.changed and some.requests[0] == LISTS
    assert some.entries[1]["body"]["filters"] == [
        {"name": "list_id", "operator": "equal", "value": [2, 1]},
        {"name": "subscription_status", "operator": "equal", "value": "unsubscribed"},
    ]
    assert [row["email"] for row in rows_of(path)] == ["bob@example.com"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "signature=" not in json.dumps([first.result, some.result]) and not secret.changed


def test_the_address_of_the_file_is_not_told(play, book, tmp_path):
    run = play([exported(dest=str(tmp_path / "a.csv.gz"))], "-vvvv")
    assert "signature=" not in run.output


def test_a_file_that_others_can_read_is_put_right(play_in, book, tmp_path):
    path = tmp_path / "people.csv.gz"
    play_in("in_process", [exported(dest=str(path))])
    path.chmod(0o644)
    (step,) = play_in("in_process", [exported(dest=str(path))])
    assert step.changed and stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_export_is_waited_for(play, book, tmp_path):
    book.limits(contact_job_seconds=1)
    book.fault(
        {
            "method": "POST",
            "path": "/exports",
            "status": 422,
            "json": {"errors": {"base": ["There is a previous export initiated. You will be notified by email."]}},
            "times": 1,
        }
    )
    (step,) = play([exported(dest=str(tmp_path / "a.csv.gz"))])
    assert step.changed and step.writes == [f"POST {EXPORTS}"] * 2


def test_another_export_that_takes_too_long(play, book, tmp_path):
    book.limits(contact_job_seconds=60)
    path = str(tmp_path / "a.csv.gz")
    first, second = play([tried(exported(dest=path, wait=1)), tried(exported(dest=path, wait=1))])
    assert first.msg.endswith("is created after 1 s, and goes on by itself") and first["status"] is None
    assert second.msg.startswith(
        "Could not export the contacts: another export of the account has not ended; there can be only one at a time"
    )
    assert not (tmp_path / "a.csv.gz").exists()


@pytest.mark.parametrize(
    "fault, reason",
    [
        ({"status": 403, "text": "Expired"}, "the download link has expired: Expired"),
        ({"status": 404}, "the file no longer exists"),
        ({"status": 200, "text": "<html>"}, "the exported file is not the gzip file that it should be"),
        (
            {"path": "/exports/", "status": 200, "json": {"id": 1, "status": "finished"}},
            "returned no download link for the exported",
        ),
        ({"truncate": True}, "was lost before the answer was complete"),
    ],
)
def test_a_file_that_cannot_be_had(play_in, book, tmp_path, fault, reason):
    path = tmp_path / "a.csv.gz"
    path.write_text("what was there before")
    book.fault({"method": "GET", "path": "contact_export_files", **fault})
    (step,) = play_in("in_process", [tried(exported(dest=str(path), retries=1))])
    assert step.failed and reason in step.msg and "signature" not in str(step.result)
    assert path.read_text() == "what was there before"


def test_exports_that_cannot_be(play_in, book, tmp_path):
    steps = play_in(
        "in_process",
        [
            tried(exported(dest=str(tmp_path / "none" / "a.csv.gz"))),
            tried(exported(dest=str(tmp_path / "a.csv.gz"), wait=0)),
            tried(exported(dest=str(tmp_path / "a.csv.gz"), lists=[])),
            tried(exported(dest=str(tmp_path / "a.csv.gz"), lists=["None"])),
        ],
    )
    assert "does not exist" in steps[0].msg
    assert steps[1].msg.endswith("wait must be 1 s or more; it is 0")
    assert steps[2].msg.endswith("no list is named: leave lists and list_ids out for the contacts of all lists")
    assert steps[3].msg.endswith("there is no contact list 'None'")
    assert [step.writes for step in steps] == [[]] * 4
