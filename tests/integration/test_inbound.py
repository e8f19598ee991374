# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound inboxes in their folders, the rules in an inbox, and the mail that they receive."""

from __future__ import annotations

import stat

import pytest

FOLDERS, FOLDER = "/api/inbound/folders", "/api/inbound/folders/77/inboxes"
INBOX = "/api/inbound/inboxes/513"
RULES, MESSAGES, THREADS = f"{INBOX}/forward_rules", f"{INBOX}/messages", f"{INBOX}/threads"
ADDRESS = "tickets-1a2b3c4d@inbound-mailtrap.io"
SEEDS = {
    "inbound_folders": [{"id": 77, "name": "Support"}, {"id": 78, "name": "Sales"}],
    "inbound_inboxes": [{"id": 513, "folder_id": 77, "name": "Tickets", "address": ADDRESS}],
}
IN_FOLDER = {"inbound_inbox": "Tickets", "inbound_folder": "Support"}
SENDER = {"match_type": "sender", "operator": "ends_with", "value": "@b.example"}
HEADER = {"match_type": "header", "operator": "not_empty", "header_key": "X-Ticket"}
MAIL = """\
From: Ann <ann@example.org>
To: tickets-1a2b3c4d@inbound-mailtrap.io
Subject: My order
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain

Where is it?
--x
Content-Type: application/pdf
Content-Disposition: attachment; filename="../order.pdf"

%PDF
--x--
"""


@pytest.fixture
def support(emulator):
    emulator.seed(SEEDS)
    return emulator


@pytest.fixture
def mail(support):
    """The message that has arrived, as the API lists it."""
    return support.receive(address=ADDRESS, raw=MAIL)


def task(kind, **options):
    return {f"community.mailtrap.{kind}": options}


def tried(kind, **options):
    return dict(task(kind, **options), ignore_errors=True)


# -- inboxes


def test_an_inbox_for_a_domain(play, support):
    domains = "GET /api/domains"
    options = {"name": "All", "inbound_folder_id": 77, "domain": "example.com"}
    made, again, other, replaced = play(
        [
            task("inbound_inbox", **options),
            task("inbound_inbox", **options),
            tried("inbound_inbox", name="Tickets", inbound_folder_id=77, domain="demomailtrap.co"),
            task("inbound_inbox", name="Tickets", inbound_folder_id=77, domain="demomailtrap.co", recreate=True),
        ]
    )
    assert made.requests == [domains, f"GET {FOLDER}", f"POST {FOLDER}"]
    assert made["inbound_inbox"]["address"] == "*@example.com"
    assert not again.changed and again.requests == [domains, f"GET {FOLDER}"]
    assert other.failed and other.writes == [] and "domain_id of an inbound inbox cannot be changed" in other.msg
    assert replaced.writes == [f"DELETE {FOLDER}/513", f"POST {FOLDER}"]
    assert replaced["inbound_inbox"]["address"] == "*@demomailtrap.co"


def test_one_name_in_two_folders(play_in, support):
    first, second, everyone = play_in(
        "in_process",
        [
            task("inbound_inbox", name="Tickets", inbound_folder="Support"),
            task("inbound_inbox", name="Tickets", inbound_folder="Sales"),
            task("inbound_inbox_info", inbound_folder="Sales"),
        ],
    )
    assert not first.changed and second.changed
    assert everyone["inbound_inboxes"] == [second["inbound_inbox"]]


def test_what_inboxes_are_refused(play_in, support):
    support.limits(inbound_inboxes=2)
    steps = play_in(
        "in_process",
        [
            tried("inbound_inbox", name="All", inbound_folder="None"),
            tried("inbound_inbox", name="All", inbound_folder_id=99),
            tried("inbound_inbox", name="x" * 101, inbound_folder_id=77),
            task("inbound_inbox", name="All", inbound_folder_id=77, domain="example.com"),
            tried("inbound_inbox", name="More", inbound_folder_id=77),
            tried("inbound_inbox", id=513, name="All", inbound_folder_id=77),
            task("inbound_inbox", name="All", inbound_folder_id=99, state="absent"),
        ],
    )
    assert "there is no inbound folder 'None'" in steps[0].msg and "there is no inbound folder 99" in steps[1].msg
    assert "has 101 characters; the service takes 1 to 100" in steps[2].msg
    assert "plan limit: name You've reached the inbound inboxes limit." in steps[4].msg
    assert "name has already been taken" in steps[5].msg
    assert not steps[6].changed
    support.limits(inbound=False)
    (step,) = play_in("in_process", [tried("inbound_inbox", name="All", inbound_folder_id=77)])
    assert "the API token has no access to this: Access forbidden" in step.msg


# -- rules


def test_a_rule_that_is_written_otherwise_is_the_same(play, support):
    made, same, changed, open_ = play(
        [
            task(
                "inbound_forward_rule",
                name="Copy",
                **IN_FOLDER,
                conditions=[SENDER, HEADER],
                destinations=["ann@example.com", "bob@example.com"],
            ),
            task(
                "inbound_forward_rule",
                name="Copy",
                inbound_inbox_id=513,
                conditions=[{**HEADER, "header_key": "x-ticket"}, SENDER],
                destinations=["Bob@example.com", "ann@example.com"],
            ),
            task("inbound_forward_rule", name="Copy", inbound_inbox_id=513, conditions=[HEADER]),
            task("inbound_forward_rule", name="Copy", inbound_inbox_id=513, conditions=[]),
        ],
        "--diff",
    )
    assert made.requests == [f"GET {FOLDERS}", f"GET {FOLDER}", f"GET {RULES}", f"POST {RULES}"]
    assert made.entries[-1]["body"] == {
        "name": "Copy",
        "conditions": [SENDER, HEADER],
        "destinations": [{"email": "ann@example.com"}, {"email": "bob@example.com"}],
    }
    assert made["diff"]["after"]["destinations"] == ["ann@example.com", "bob@example.com"]
    assert not same.changed and same.requests == [f"GET {RULES}"]
    assert changed.entries[-1]["body"] == {"conditions": [HEADER]}
    assert open_.changed and open_["inbound_forward_rule"]["conditions"] == []


def test_rules_that_cannot_be(play_in, support):
    known = {"name": "Copy", "inbound_inbox_id": 513}
    lacking, wrong = play_in(
        "in_process",
        [
            tried("inbound_forward_rule", **known, destinations=[]),
            tried("inbound_forward_rule", **known, destinations=["ann"], conditions=[{**SENDER, "value": ""}]),
        ],
    )
    label = "inbound forward rule 'Copy' in inbound inbox 513"
    assert lacking.msg == f"Could not create {label}: a new inbound forward rule needs destinations"
    assert lacking.writes == wrong.requests == []
    assert wrong["errors"] == [
        "conditions [0]: the operator ends_with needs a value",
        "destinations 'ann': that is no e-mail address, such as ann@example.com",
    ]


def test_places_that_are_not_there(play, support):
    steps = play(
        [
            tried("inbound_forward_rule", name="Copy", inbound_inbox="Tickets", destinations=["a@b.example"]),
            tried("inbound_forward_rule", name="Copy", inbound_inbox="None", inbound_folder="Support"),
            tried("inbound_forward_rule", name="Copy", inbound_inbox="Tickets", inbound_folder="None"),
            tried("inbound_forward_rule", name="Copy", inbound_inbox="Tickets", inbound_folder_id=99),
            tried("inbound_forward_rule", name="Copy", inbound_inbox_id=99),
            task("inbound_forward_rule", name="Copy", inbound_inbox="Tickets", inbound_folder="None", state="absent"),
            dict(
                task("inbound_forward_rule", name="C", inbound_inbox="New", inbound_folder="N", destinations=["a@b.c"]),
                check_mode=True,
            ),
        ]
    )
    what = "an inbound inbox is looked for by its name in its inbound folder: give inbound_folder or inbound_folder_id"
    assert steps[0].msg.endswith(what) and steps[0].requests == []
    ends = ["inbox 'None'", "folder 'None'", "folder 99", "inbox 99"]
    assert [step.msg.partition(": there is no inbound ")[2] for step in steps[1:5]] == ends
    assert not steps[5].changed and steps[6].changed and "There is no inbound folder 'N'" in steps[6]["warnings"][0]


# -- messages and threads


def test_messages(play, mail, support):
    listed, whole, bodies, by_id, none = play(
        [
            task("inbound_message_info", inbound_inbox_id=513),
            task("inbound_message_info", **IN_FOLDER, id=mail["id"]),
            task("inbound_message_info", inbound_inbox_id=513, limit=1, include=["bodies"]),
            task("inbound_message_info", inbound_inbox_id=513, id=mail["id"], reveal_secrets=True),
            task("inbound_message_info", inbound_inbox_id=513, id="1"),
        ]
    )
    one = f"GET {MESSAGES}/{mail['id']}"
    assert listed["inbound_messages"] == [mail] and listed.requests == [f"GET {MESSAGES}"]
    assert whole.requests == [f"GET {FOLDERS}", f"GET {FOLDER}", one]
    assert whole["inbound_messages"][0]["text_body"].strip() == "Where is it?"
    assert bodies["inbound_messages"][0]["text_body"].strip() == "Where is it?"
    assert bodies.requests == [f"GET {MESSAGES}", one]
    assert "raw_message_url" not in whole["inbound_messages"][0]
    assert "download_url" not in whole["inbound_messages"][0]["attachments"][0]
    shown = by_id["inbound_messages"][0]
    assert shown["raw_message_url"].startswith("http") and shown["attachments"][0]["download_url"].startswith("http")
    assert none["inbound_messages"] == []


def test_pages_up_to_a_limit(play_in, support):
    raw = "From: a@b.example\nSubject: {}\n\nHello\n"
    support.seed(inbound_messages=[{"inbox_id": 513, "raw": raw.format(number)} for number in range(65)])
    every, some, threads = play_in(
        "in_process",
        [
            task("inbound_message_info", inbound_inbox_id=513),
            task("inbound_message_info", inbound_inbox_id=513, limit=31),
            task("inbound_thread_info", inbound_inbox_id=513, limit=3),
        ],
    )
    assert len({one["id"] for one in every["inbound_messages"]}) == 65 and len(every.requests) == 3
    assert len(some["inbound_messages"]) == 31 and len(some.requests) == 2
    assert len(threads["inbound_threads"]) == 3 and len(threads.requests) == 1


def test_files_of_messages(play, mail, tmp_path):
    (tmp_path / "mail").mkdir()
    options = {"inbound_inbox_id": 513, "include": ["attachments", "eml"], "dest": str(tmp_path / "mail")}
    foretold, first, again = play(
        [
            dict(task("inbound_message_info", **options), check_mode=True),
            task("inbound_message_info", **options),
            task("inbound_message_info", **options),
        ]
    )
    eml, pdf = tmp_path / "mail" / f"{mail['id']}.eml", tmp_path / "mail" / mail["id"] / "order.pdf"
    assert foretold.changed and first.changed and not again.changed
    assert eml.read_text().startswith("From: Ann") and pdf.read_bytes().strip() == b"%PDF"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (eml, pdf)} == {0o600}
    (shown,) = first["inbound_messages"]
    assert shown["eml"] == str(eml) and shown["attachments"][0]["path"] == str(pdf)
    assert "download_url" not in shown["attachments"][0] and len(first.requests) == 4
    for entry in first.entries[2:]:
        assert "/inbound/files/" in entry["path"] and "authorization" not in entry["headers"]


def test_what_cannot_be_read(play_in, mail, tmp_path):
    steps = play_in(
        "in_process",
        [
            tried("inbound_message_info", inbound_inbox_id=513, include=["eml"]),
            tried("inbound_message_info", inbound_inbox_id=513, include=["eml"], dest=str(tmp_path / "none")),
            tried("inbound_message_info", inbound_inbox_id=513, limit=0),
            tried("inbound_message_info", inbound_inbox_id=99),
            tried("inbound_message_info", inbound_inbox_id=513, id=""),
            tried("inbound_message", inbound_inbox_id=513, id="", state="absent"),
        ],
    )
    assert "include names eml, which is written to files: give dest" in steps[0].msg
    assert "is not an existing folder" in steps[1].msg and "limit must be 1 or more; it is 0" in steps[2].msg
    assert "there is no inbound inbox 99" in steps[3].msg
    assert "'' names no inbound message" in steps[4].msg and "'' names no inbound message" in steps[5].msg


def test_a_message_and_its_thread_go(play, mail, support):
    second = support.receive(address=ADDRESS, raw=MAIL.replace("<1@", "<2@"))
    known = {"inbound_inbox_id": 513, "id": mail["id"]}
    there, foretold, gone, again, missing, thread, thread_again = play(
        [
            task("inbound_message", **known),
            dict(task("inbound_message", **known, state="absent"), check_mode=True),
            task("inbound_message", **known, state="absent"),
            task("inbound_message", **known, state="absent"),
            tried("inbound_message", **known),
            task("inbound_thread", inbound_inbox_id=513, id=second["thread_id"], state="absent"),
            task("inbound_thread", inbound_inbox_id=513, id=second["thread_id"], state="absent"),
        ]
    )
    path = f"{MESSAGES}/{mail['id']}"
    assert not there.changed and there.requests == [f"GET {path}"]
    assert there["inbound_message"]["subject"] == "My order" and "raw_message_url" not in there["inbound_message"]
    assert foretold.changed and foretold.writes == []
    assert gone.changed and gone.requests == [f"DELETE {path}"] and not again.changed
    assert f"there is no inbound message with id {mail['id']}" in missing.msg
    assert thread.changed and thread.requests == [f"DELETE {THREADS}/{second['thread_id']}"]
    assert not thread_again.changed and support.dump()["inbound_messages"] == []


def test_threads(play, mail, support):
    support.receive(address=ADDRESS, raw="From: bob@example.org\nSubject: Else\n\nHello\n")
    listed, found, whole = play(
        [
            task("inbound_thread_info", inbound_inbox_id=513),
            task("inbound_thread_info", inbound_inbox_id=513, search="ann@"),
            task("inbound_thread_info", **IN_FOLDER, id=mail["thread_id"]),
        ]
    )
    assert [one["subject"] for one in listed["inbound_threads"]] == ["Else", "My order"]
    assert [one["id"] for one in found["inbound_threads"]] == [mail["thread_id"]] and len(found.requests) == 1
    (thread,) = whole["inbound_threads"]
    assert thread["messages"][0]["text_body"].strip() == "Where is it?"
    assert "download_url" not in thread["messages"][0]["attachments"][0]
