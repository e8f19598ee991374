# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record events of contacts, and import and export contacts."""

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
CONTACT_ID = "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132"
SEEDS = {
    "contact_lists": [{"id": 1, "name": "Customers"}, {"id": 2, "name": "Testers"}],
    "contact_fields": [{"id": 9001, "name": "Orders", "data_type": "integer", "merge_tag": "orders"}],
    "contacts": [{"id": CONTACT_ID, "email": "Ann@example.com", "list_ids": [2], "fields": {"first_name": "Ann"}}],
}

NOT_SCALAR = "must be a string, a number or a boolean, not a list"
TOO_LONG = "must have at most 255 characters, not 256"


@pytest.fixture
def address_book(emulator):
    """Return an emulator with a contact, lists and fields, whose jobs take 0.2 seconds."""
    emulator.seed(SEEDS)
    emulator.limits(contact_job_seconds=0.2)
    return emulator


def event_task(**options):
    return {"community.mailtrap.contact_event": options}


def import_task(**options):
    return {"community.mailtrap.contact_import": options}


def export_task(**options):
    return {"community.mailtrap.contact_export": options}


def ignore_errors(task):
    return dict(task, ignore_errors=True)


def contacts_by_email(emulator):
    return {row["email"]: row for row in emulator.dump()["contacts"]}


def read_rows(path):
    return list(csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode())))


# -- events


def test_event_is_recorded(play, address_book):
    by_email, by_id, predicted = play(
        [
            event_task(email="ann@example.com", name="ordered", params={"total": 12.5, "paid": True}),
            event_task(contact_id=CONTACT_ID, name="ordered"),
            dict(event_task(email="nobody@example.com", name="ordered"), check_mode=True),
        ]
    )
    assert by_email.changed and by_email.requests == ["POST /api/contacts/ann%40example.com/events"]
    assert by_email["contact_event"] == {
        "contact_id": CONTACT_ID,
        "contact_email": "Ann@example.com",
        "name": "ordered",
        "params": {"total": 12.5, "paid": True},
    }
    assert by_id["contact_event"]["params"] == {} and by_id.requests == [f"POST /api/contacts/{CONTACT_ID}/events"]
    assert predicted.changed and predicted.requests == []
    assert predicted["contact_event"] == {"name": "ordered", "params": {}}
    assert len(address_book.dump()["contact_events"]) == 2


@pytest.mark.parametrize(
    "options, message",
    [
        ({"email": "", "name": "x"}, "'' is not the id of a contact"),
        ({"email": "a@b.cd", "name": " "}, "name must not be empty"),
        ({"email": "a@b.cd", "name": "x" * 256}, f"name {TOO_LONG}"),
        (
            {"email": "a@b.cd", "name": "x", "params": {"k" * 256: 1, "v": "x" * 256, "l": [1]}},
            f"params.l {NOT_SCALAR}; the key {'k' * 20!r} in params {TOO_LONG}; params.v {TOO_LONG}",
        ),
    ],
)
def test_invalid_events_are_refused_before_any_request(play_in, address_book, options, message):
    (step,) = play_in("in_process", [ignore_errors(event_task(**options))])
    assert step.failed and step.requests == [] and step.msg.endswith(f": {message}")


def test_event_of_an_unknown_contact(play_in, address_book):
    (step,) = play_in("in_process", [ignore_errors(event_task(email="nobody@example.com", name="x"))])
    assert step.msg == (
        "Could not record event 'x' for contact 'nobody@example.com': there is no such object, or the API token cannot "
        "see it: Not Found (HTTP 404 for POST /api/contacts/nobody%40example.com/events)"
    )


def test_event_is_not_repeated_after_a_lost_answer(play, address_book):
    address_book.fault({"method": "POST", "path": "/events", "when": "after", "drop": True})
    (step,) = play([ignore_errors(event_task(email="ann@example.com", name="x"))])
    assert step.failed and len(step.requests) == 1 and len(address_book.dump()["contact_events"]) == 1
    assert "the request may have taken effect: running the task again may record the event twice" in step.msg


# -- imports


def test_import_of_a_list(play, address_book):
    options = {
        "contacts": [
            {"email": "ann@example.com", "fields": {"orders": "3", "first_name": None}},
            {"email": " bob@example.com"},
        ],
        "lists_included": ["Customers"],
        "list_ids_excluded": [2],
    }
    predicted, step = play([dict(import_task(**options), check_mode=True), import_task(**options)])
    assert predicted.changed and predicted.requests == [LISTS, FIELDS] and predicted["contact_imports"] == []
    (job,) = step["contact_imports"]
    assert step.changed and step.requests[:3] == [LISTS, FIELDS, f"POST {IMPORTS}"]
    assert set(step.requests[3:]) == {f"GET {IMPORTS}/{job['id']}"} and len(step.requests) <= 5
    assert (job["status"], job["contacts"]) == ("finished", 2)
    assert [step[name] for name in step.result if name.endswith("_count")] == [1, 1, 0]
    contacts = contacts_by_email(address_book)
    assert sorted(contacts) == ["Ann@example.com", "bob@example.com"]
    assert contacts["Ann@example.com"]["fields"] == {"9001": 3} and contacts["bob@example.com"]["list_ids"] == [1]
    assert contacts["Ann@example.com"]["list_ids"] == [1]


def test_import_of_a_csv_file(play, address_book, tmp_path):
    (tmp_path / "files").mkdir()
    text = '\ufeffemail;first_name;orders\nann@example.com;"Ann; Lee";4\n\nbob@example.com;;\n;;\n'
    (tmp_path / "files" / "people.csv").write_text(text)
    (step,) = play([import_task(src="people.csv", delimiter=";")])
    assert (step["created_contacts_count"], step["updated_contacts_count"]) == (1, 1)
    (request,) = [entry["body"]["contacts"] for entry in step.entries if entry["method"] == "POST"]
    assert request == [
        {"email": "ann@example.com", "fields": {"first_name": "Ann; Lee", "orders": 4}},
        {"email": "bob@example.com"},
    ]


def test_import_of_an_empty_list_changes_nothing(play_in, address_book):
    (step,) = play_in("in_process", [import_task(contacts=[])])
    assert not step.changed and step.requests == []


def test_last_of_several_contacts_with_the_same_address_is_imported(play_in, address_book):
    people = [{"email": "a@example.com", "fields": {"orders": n}} for n in (1, 2)]
    (step,) = play_in("in_process", [import_task(contacts=[*people, {"email": "A@example.com"}])])
    assert step["warnings"] == ["2 contacts were skipped because later entries have the same address."]
    assert step["created_contacts_count"] == 1 and contacts_by_email(address_book)["A@example.com"]["fields"] == {}


def test_all_errors_of_the_input_are_reported_before_any_request(play, address_book, tmp_path):
    (tmp_path / "bad.csv").write_text("email,orders\nann,many\nbob@example.com,1,2\n")
    (tmp_path / "worse.csv").write_text("email,orders\nann,many\nbob@example.com,2\n,3\n")
    (tmp_path / "tags.csv").write_text("email,cats\nann@example.com,1\nbob@example.com,1\n")
    (tmp_path / "head.csv").write_text("name,orders\nann,1\n")
    (tmp_path / "twice.csv").write_text("email,orders,orders\n")
    (tmp_path / "quote.csv").write_text('email\n"ann"x@example.com\n')
    (tmp_path / "empty.csv").write_text("")
    steps = play(
        [
            ignore_errors(import_task(src="bad.csv")),
            ignore_errors(import_task(src="worse.csv")),
            ignore_errors(import_task(src="tags.csv")),
            ignore_errors(import_task(src="head.csv")),
            ignore_errors(import_task(src="twice.csv")),
            ignore_errors(import_task(src="quote.csv")),
            ignore_errors(import_task(src="empty.csv")),
            ignore_errors(import_task(src="bad.csv", delimiter="")),
            ignore_errors(import_task(src="none.csv")),
            ignore_errors(
                import_task(contacts=[{"email": "a@b"}, {"email": "a@example.com", "fields": {"orders": []}}])
            ),
            ignore_errors(
                import_task(contacts=[{"email": "a@example.com"}], lists_included=["Customers"], list_ids_excluded=[1])
            ),
            ignore_errors(import_task(contacts=[{"email": "a@example.com"}], wait=-1)),
            ignore_errors(import_task(contacts=[{"email": "a@example.com"}], src="bad.csv")),
            ignore_errors(import_task(contacts=None)),
        ]
    )
    worse = "line 2 of src: email 'ann' is not a valid email address; line 2 of src: orders 'many' is not an integer; "
    worse += "line 4 of src: email '' is not a valid email address"
    assert [step.msg.replace("Could not import the contacts: ", "") for step in steps[:8]] == [
        "line 3 of src has 3 columns, but the header has 2",
        worse,
        "there is no contact field 'cats' (existing fields: first_name, last_name, orders)",
        "the header of src has no column 'email': it has 'name', 'orders', separated by ','",
        "the header of src has an empty or repeated column name: it has 'email', 'orders', 'orders', separated by ','",
        "line 2 of src is not valid CSV: ',' expected after '\"'",
        "the header of src has no column 'email': it has no columns, separated by ','",
        "delimiter must be a single character, not ''",
    ]
    assert steps[8].msg.startswith("src 'none.csv' was not found on the controller")
    assert [step.msg.replace("Could not import the contacts: ", "") for step in steps[9:]] == [
        "contacts[0]: email 'a@b' is not a valid email address; contacts[1]: orders [] is not an integer",
        "list 1 is both included and excluded",
        "wait must be at least 0 s, not -1",
        "parameters are mutually exclusive: contacts|src",
        "neither contacts nor src is set: set one of them; contacts may be an empty list",
    ]
    assert all(step.writes == [] for step in steps)


def test_contacts_that_the_service_refuses_are_listed_by_address(play, address_book):
    people = [{"email": f"{name}@example.com"} for name in ("a" * 65, "bob", "b" * 65)]
    (step,) = play([ignore_errors(import_task(contacts=people))])
    assert step.failed and not step.changed and step["status"] == 422
    assert step["errors"] == [
        f"{'a' * 65}@example.com: email is invalid",
        f"{'b' * 65}@example.com: email is invalid",
        "none of the 3 contacts were accepted",
    ]
    assert step["contact_imports"] == [] and step["waited"] == 0
    assert list(contacts_by_email(address_book)) == ["Ann@example.com"]


def test_import_exceeds_the_contact_limit(play_in, address_book):
    address_book.limits(contacts=2)
    people = [{"email": f"{name}@example.com"} for name in ("ann", "bob", "eve", "joe")]
    (partial,) = play_in("in_process", [ignore_errors(import_task(contacts=people))])
    assert partial.failed and partial.changed and partial["created_contacts_count"] == 1
    assert partial.msg == (
        "Could not import the contacts: plan limit: 2 contacts were not imported because the account is full"
    )
    (refused,) = play_in("in_process", [ignore_errors(import_task(contacts=[{"email": "eve@example.com"}]))])
    assert not refused.changed and "plan limit: eve@example.com: contacts limit reached" in refused.msg


def test_import_that_fails_and_import_that_times_out(play, address_book):
    address_book.limits(contact_imports_fail=True)
    person = [{"email": "bob@example.com"}]
    (failed,) = play([ignore_errors(import_task(contacts=person))])
    assert "failed, and Mailtrap gave no reason" in failed.msg
    address_book.limits(contact_imports_fail=False, contact_job_seconds=60)
    timed_out, no_wait = play(
        [ignore_errors(import_task(contacts=person, wait=1)), import_task(contacts=person, wait=0)]
    )
    (job,) = timed_out["contact_imports"]
    assert timed_out.changed
    assert timed_out.msg.endswith(
        f"import {job['id']} has the status 'created' after 1 s, and continues in the background"
    )
    assert timed_out["created_contacts_count"] is None and timed_out["waited"] >= 1 and len(timed_out.requests) <= 4
    assert no_wait.changed and no_wait.requests == [f"POST {IMPORTS}"]
    assert no_wait["contact_imports"][0]["status"] == "created"


def test_large_import_is_sent_in_batches(play_in, address_book, tmp_path):
    lines = [f"p{number}@example.com" for number in range(50_002)]
    (tmp_path / "many.csv").write_text("\n".join(["email", *lines]))
    (step,) = play_in("in_process", [import_task(src="many.csv")])
    assert [job["contacts"] for job in step["contact_imports"]] == [50_000, 2]
    assert step["created_contacts_count"] == 50_002 and len(step.writes) == 2
    address_book.fault(
        {"method": "POST", "path": "/imports", "status": 422, "json": {"errors": {"base": ["no"]}}, "skip": 1}
    )
    (refused,) = play_in("in_process", [ignore_errors(import_task(src="many.csv"))])
    assert refused.changed and [job["contacts"] for job in refused["contact_imports"]] == [50_000]
    assert refused["errors"] == ["no", "the first 50000 of 50002 contacts were accepted"]


@pytest.mark.parametrize("answer", [{"status": 500}, {"status": 200, "json": []}])
def test_import_with_an_uncertain_outcome(play_in, address_book, answer):
    address_book.fault({"method": "POST", "path": "/imports", "when": "after", **answer})
    (step,) = play_in("in_process", [ignore_errors(import_task(contacts=[{"email": "bob@example.com"}]))])
    assert step["errors"][-1] == "the request may have taken effect: importing the contacts again does no harm"
    assert len(step.writes) == 1 and not step.changed


def test_import_is_repeated_after_a_lost_answer(play_in, address_book):
    address_book.fault({"method": "POST", "path": "/imports", "when": "after", "drop": True, "times": 1})
    (step,) = play_in("in_process", [import_task(contacts=[{"email": "bob@example.com"}])])
    assert step.changed and step.writes == [f"POST {IMPORTS}"] * 2 and len(contacts_by_email(address_book)) == 2


# -- exports


def test_export_writes_a_private_file_without_revealing_its_url(play, address_book, tmp_path):
    address_book.seed(contacts=[{"email": "bob@example.com", "list_ids": [1], "unsubscribed": True}])
    path = tmp_path / "people.csv.gz"
    predicted, first, again, filtered, debug = play(
        [
            dict(export_task(dest=str(path)), check_mode=True),
            export_task(dest=str(path)),
            export_task(dest=str(path)),
            export_task(dest=str(path), lists=["Customers"], list_ids=[2], subscription_status="unsubscribed"),
            {"ansible.builtin.debug": {"msg": "x"}},
        ],
        "-vvv",
    )
    assert predicted.changed and predicted.requests == [] and predicted["contact_export"] is None
    assert first.changed and first["contact_export"]["status"] == "finished" and "url" not in first["contact_export"]
    job = first["contact_export"]["id"]
    assert (
        first.requests[0] == f"POST {EXPORTS}" and first.requests[-1] == f"GET /api/contact_export_files/{job}.csv.gz"
    )
    assert set(first.requests[1:-1]) == {f"GET {EXPORTS}/{job}"} and len(first.requests) <= 5
    assert "authorization" not in first.entries[-1]["headers"]
    assert not again.changed
    assert filtered.changed and filtered.requests[0] == LISTS
    assert filtered.entries[1]["body"]["filters"] == [
        {"name": "list_id", "operator": "equal", "value": [2, 1]},
        {"name": "subscription_status", "operator": "equal", "value": "unsubscribed"},
    ]
    assert [row["email"] for row in read_rows(path)] == ["bob@example.com"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "signature=" not in json.dumps([first.result, filtered.result]) and not debug.changed


def test_export_does_not_log_the_url_of_the_file(play, address_book, tmp_path):
    run = play([export_task(dest=str(tmp_path / "a.csv.gz"))], "-vvvv")
    assert "signature=" not in run.output


def test_export_restores_the_mode_of_the_file(play_in, address_book, tmp_path):
    path = tmp_path / "people.csv.gz"
    play_in("in_process", [export_task(dest=str(path))])
    path.chmod(0o644)
    (step,) = play_in("in_process", [export_task(dest=str(path))])
    assert step.changed and stat.S_IMODE(path.stat().st_mode) == 0o600


def test_export_waits_for_a_running_export(play, address_book, tmp_path):
    address_book.limits(contact_job_seconds=1)
    address_book.fault(
        {
            "method": "POST",
            "path": "/exports",
            "status": 422,
            "json": {"errors": {"base": ["There is a previous export initiated. You will be notified by email."]}},
            "times": 1,
        }
    )
    (step,) = play([export_task(dest=str(tmp_path / "a.csv.gz"))])
    assert step.changed and step.writes == [f"POST {EXPORTS}"] * 2


def test_export_times_out(play, address_book, tmp_path):
    address_book.limits(contact_job_seconds=60)
    path = str(tmp_path / "a.csv.gz")
    first, second = play([ignore_errors(export_task(dest=path, wait=1)), ignore_errors(export_task(dest=path, wait=1))])
    assert first.msg.endswith("has the status 'created' after 1 s, and continues in the background")
    assert first["status"] is None
    assert second.msg.startswith(
        "Could not export the contacts: another export of the account is still running, and Mailtrap runs only one "
        "at a time"
    )
    assert not (tmp_path / "a.csv.gz").exists()


@pytest.mark.parametrize(
    "fault, message",
    [
        ({"status": 403, "text": "Expired"}, "the download link has expired: Expired"),
        ({"status": 404}, "the file no longer exists"),
        ({"status": 200, "text": "<html>"}, "the exported file is not a gzip file"),
        (
            {"path": "/exports/", "status": 200, "json": {"id": 1, "status": "finished"}},
            "returned no download link for the exported",
        ),
        ({"truncate": True}, "was lost before the answer was complete"),
    ],
)
def test_file_that_cannot_be_downloaded(play_in, address_book, tmp_path, fault, message):
    path = tmp_path / "a.csv.gz"
    path.write_text("existing content")
    address_book.fault({"method": "GET", "path": "contact_export_files", **fault})
    (step,) = play_in("in_process", [ignore_errors(export_task(dest=str(path), retries=1))])
    assert step.failed and message in step.msg and "signature" not in str(step.result)
    assert path.read_text() == "existing content"


def test_invalid_export_options_are_refused(play_in, address_book, tmp_path):
    steps = play_in(
        "in_process",
        [
            ignore_errors(export_task(dest=str(tmp_path / "none" / "a.csv.gz"))),
            ignore_errors(export_task(dest=str(tmp_path / "a.csv.gz"), wait=0)),
            ignore_errors(export_task(dest=str(tmp_path / "a.csv.gz"), lists=[])),
            ignore_errors(export_task(dest=str(tmp_path / "a.csv.gz"), lists=["None"])),
        ],
    )
    assert "does not exist" in steps[0].msg
    assert steps[1].msg.endswith("wait must be at least 1 s, not 0")
    assert steps[2].msg.endswith("lists and list_ids are empty: omit both to export the contacts of all lists")
    assert steps[3].msg.endswith("there is no contact list 'None'")
    assert [step.writes for step in steps] == [[]] * 4
