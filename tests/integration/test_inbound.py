# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound inboxes, their forward rules, their messages and their threads."""

from __future__ import annotations

import stat

import pytest

FOLDERS, FOLDER_INBOXES = "/api/inbound/folders", "/api/inbound/folders/77/inboxes"
INBOX = "/api/inbound/inboxes/513"
RULES, MESSAGES, THREADS = f"{INBOX}/forward_rules", f"{INBOX}/messages", f"{INBOX}/threads"
ADDRESS = "tickets-1a2b3c4d@inbound-mailtrap.io"
SEED = {
    "inbound_folders": [{"id": 77, "name": "Support"}, {"id": 78, "name": "Sales"}],
    "inbound_inboxes": [{"id": 513, "folder_id": 77, "name": "Tickets", "address": ADDRESS}],
}
INBOX_BY_NAME = {"inbound_inbox": "Tickets", "inbound_folder": "Support"}
SENDER_CONDITION = {"match_type": "sender", "operator": "ends_with", "value": "@b.example"}
HEADER_CONDITION = {"match_type": "header", "operator": "not_empty", "header_key": "X-Ticket"}
RAW_MESSAGE = """\
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
def seeded_emulator(emulator):
    """Return the emulator with two folders and an inbox."""
    emulator.seed(SEED)
    return emulator


@pytest.fixture
def message(seeded_emulator):
    """Return a message that the inbox has received, as it is in the list of messages."""
    return seeded_emulator.receive(address=ADDRESS, raw=RAW_MESSAGE)


def build_task(module, **options):
    return {f"community.mailtrap.{module}": options}


def build_failing_task(module, **options):
    return dict(build_task(module, **options), ignore_errors=True)


# -- inboxes


def test_an_inbox_with_a_domain_is_created_and_replaced(play, seeded_emulator):
    list_domains = "GET /api/domains"
    options = {"name": "All", "inbound_folder_id": 77, "domain": "example.com"}
    created, again, other_domain, replaced = play(
        [
            build_task("inbound_inbox", **options),
            build_task("inbound_inbox", **options),
            build_failing_task("inbound_inbox", name="Tickets", inbound_folder_id=77, domain="demomailtrap.co"),
            build_task("inbound_inbox", name="Tickets", inbound_folder_id=77, domain="demomailtrap.co", recreate=True),
        ]
    )
    assert created.requests == [list_domains, f"GET {FOLDER_INBOXES}", f"POST {FOLDER_INBOXES}"]
    assert created["inbound_inbox"]["address"] == "*@example.com"
    assert not again.changed and again.requests == [list_domains, f"GET {FOLDER_INBOXES}"]
    assert other_domain.failed and other_domain.writes == []
    assert "domain_id of an inbound inbox cannot be changed" in other_domain.msg
    assert replaced.writes == [f"DELETE {FOLDER_INBOXES}/513", f"POST {FOLDER_INBOXES}"]
    assert replaced["inbound_inbox"]["address"] == "*@demomailtrap.co"


def test_inboxes_in_two_folders_can_have_the_same_name(play_in, seeded_emulator):
    existing, created, listed = play_in(
        "in_process",
        [
            build_task("inbound_inbox", name="Tickets", inbound_folder="Support"),
            build_task("inbound_inbox", name="Tickets", inbound_folder="Sales"),
            build_task("inbound_inbox_info", inbound_folder="Sales"),
        ],
    )
    assert not existing.changed and created.changed
    assert listed["inbound_inboxes"] == [created["inbound_inbox"]]


def test_invalid_inboxes_are_refused(play_in, seeded_emulator):
    seeded_emulator.limits(inbound_inboxes=2)
    steps = play_in(
        "in_process",
        [
            build_failing_task("inbound_inbox", name="All", inbound_folder="None"),
            build_failing_task("inbound_inbox", name="All", inbound_folder_id=99),
            build_failing_task("inbound_inbox", name="x" * 101, inbound_folder_id=77),
            build_task("inbound_inbox", name="All", inbound_folder_id=77, domain="example.com"),
            build_failing_task("inbound_inbox", name="More", inbound_folder_id=77),
            build_failing_task("inbound_inbox", id=513, name="All", inbound_folder_id=77),
            build_task("inbound_inbox", name="All", inbound_folder_id=99, state="absent"),
        ],
    )
    assert "there is no inbound folder 'None'" in steps[0].msg and "there is no inbound folder 99" in steps[1].msg
    assert "has 101 characters; the service accepts 1 to 100" in steps[2].msg
    assert "plan limit: name You've reached the inbound inboxes limit." in steps[4].msg
    assert "name has already been taken" in steps[5].msg
    assert not steps[6].changed
    seeded_emulator.limits(inbound=False)
    (step,) = play_in("in_process", [build_failing_task("inbound_inbox", name="All", inbound_folder_id=77)])
    assert "the API token has no access to this: Access forbidden" in step.msg


# -- forward rules


def test_equivalent_forward_rules_are_not_changed(play, seeded_emulator):
    created, equivalent, changed, unconditional = play(
        [
            build_task(
                "inbound_forward_rule",
                name="Copy",
                **INBOX_BY_NAME,
                conditions=[SENDER_CONDITION, HEADER_CONDITION],
                destinations=["ann@example.com", "bob@example.com"],
            ),
            build_task(
                "inbound_forward_rule",
                name="Copy",
                inbound_inbox_id=513,
                conditions=[{**HEADER_CONDITION, "header_key": "x-ticket"}, SENDER_CONDITION],
                destinations=["Bob@example.com", "ann@example.com"],
            ),
            build_task("inbound_forward_rule", name="Copy", inbound_inbox_id=513, conditions=[HEADER_CONDITION]),
            build_task("inbound_forward_rule", name="Copy", inbound_inbox_id=513, conditions=[]),
        ],
        "--diff",
    )
    assert created.requests == [f"GET {FOLDERS}", f"GET {FOLDER_INBOXES}", f"GET {RULES}", f"POST {RULES}"]
    assert created.entries[-1]["body"] == {
        "name": "Copy",
        "conditions": [SENDER_CONDITION, HEADER_CONDITION],
        "destinations": [{"email": "ann@example.com"}, {"email": "bob@example.com"}],
    }
    assert created["diff"]["after"]["destinations"] == ["ann@example.com", "bob@example.com"]
    assert not equivalent.changed and equivalent.requests == [f"GET {RULES}"]
    assert changed.entries[-1]["body"] == {"conditions": [HEADER_CONDITION]}
    assert unconditional.changed and unconditional["inbound_forward_rule"]["conditions"] == []


def test_invalid_forward_rules_are_refused(play_in, seeded_emulator):
    rule = {"name": "Copy", "inbound_inbox_id": 513}
    incomplete, invalid = play_in(
        "in_process",
        [
            build_failing_task("inbound_forward_rule", **rule, destinations=[]),
            build_failing_task(
                "inbound_forward_rule", **rule, destinations=["ann"], conditions=[{**SENDER_CONDITION, "value": ""}]
            ),
        ],
    )
    label = "inbound forward rule 'Copy' in inbound inbox 513"
    assert incomplete.msg == f"Could not create {label}: a new inbound forward rule needs destinations"
    assert incomplete.writes == invalid.requests == []
    assert invalid["errors"] == [
        "conditions [0]: the operator ends_with needs a value",
        "destinations 'ann' is not an e-mail address, such as ann@example.com",
    ]


def test_missing_inboxes_and_folders_are_failures(play, seeded_emulator):
    steps = play(
        [
            build_failing_task(
                "inbound_forward_rule", name="Copy", inbound_inbox="Tickets", destinations=["a@b.example"]
            ),
            build_failing_task("inbound_forward_rule", name="Copy", inbound_inbox="None", inbound_folder="Support"),
            build_failing_task("inbound_forward_rule", name="Copy", inbound_inbox="Tickets", inbound_folder="None"),
            build_failing_task("inbound_forward_rule", name="Copy", inbound_inbox="Tickets", inbound_folder_id=99),
            build_failing_task("inbound_forward_rule", name="Copy", inbound_inbox_id=99),
            build_task(
                "inbound_forward_rule", name="Copy", inbound_inbox="Tickets", inbound_folder="None", state="absent"
            ),
            dict(
                build_task(
                    "inbound_forward_rule", name="C", inbound_inbox="New", inbound_folder="N", destinations=["a@b.c"]
                ),
                check_mode=True,
            ),
        ]
    )
    message_end = (
        "an inbound inbox can only be found by its name in its inbound folder: give inbound_folder or inbound_folder_id"
    )
    assert steps[0].msg.endswith(message_end) and steps[0].requests == []
    missing = ["inbox 'None'", "folder 'None'", "folder 99", "inbox 99"]
    assert [step.msg.partition(": there is no inbound ")[2] for step in steps[1:5]] == missing
    assert not steps[5].changed and steps[6].changed and "There is no inbound folder 'N'" in steps[6]["warnings"][0]


# -- messages and threads


def test_messages_are_listed_and_read(play, message, seeded_emulator):
    listed, by_id, with_bodies, revealed, missing = play(
        [
            build_task("inbound_message_info", inbound_inbox_id=513),
            build_task("inbound_message_info", **INBOX_BY_NAME, id=message["id"]),
            build_task("inbound_message_info", inbound_inbox_id=513, limit=1, include=["bodies"]),
            build_task("inbound_message_info", inbound_inbox_id=513, id=message["id"], reveal_secrets=True),
            build_task("inbound_message_info", inbound_inbox_id=513, id="1"),
        ]
    )
    read_message = f"GET {MESSAGES}/{message['id']}"
    assert listed["inbound_messages"] == [message] and listed.requests == [f"GET {MESSAGES}"]
    assert by_id.requests == [f"GET {FOLDERS}", f"GET {FOLDER_INBOXES}", read_message]
    assert by_id["inbound_messages"][0]["text_body"].strip() == "Where is it?"
    assert with_bodies["inbound_messages"][0]["text_body"].strip() == "Where is it?"
    assert with_bodies.requests == [f"GET {MESSAGES}", read_message]
    assert "raw_message_url" not in by_id["inbound_messages"][0]
    assert "download_url" not in by_id["inbound_messages"][0]["attachments"][0]
    result = revealed["inbound_messages"][0]
    assert result["raw_message_url"].startswith("http") and result["attachments"][0]["download_url"].startswith("http")
    assert missing["inbound_messages"] == []


def test_pages_are_read_up_to_the_limit(play_in, seeded_emulator):
    raw = "From: a@b.example\nSubject: {}\n\nHello\n"
    seeded_emulator.seed(inbound_messages=[{"inbox_id": 513, "raw": raw.format(number)} for number in range(65)])
    all_messages, limited, threads = play_in(
        "in_process",
        [
            build_task("inbound_message_info", inbound_inbox_id=513),
            build_task("inbound_message_info", inbound_inbox_id=513, limit=31),
            build_task("inbound_thread_info", inbound_inbox_id=513, limit=3),
        ],
    )
    assert len({message["id"] for message in all_messages["inbound_messages"]}) == 65
    assert len(all_messages.requests) == 3
    assert len(limited["inbound_messages"]) == 31 and len(limited.requests) == 2
    assert len(threads["inbound_threads"]) == 3 and len(threads.requests) == 1


def test_attachments_and_messages_are_saved(play, message, tmp_path):
    (tmp_path / "mail").mkdir()
    options = {"inbound_inbox_id": 513, "include": ["attachments", "eml"], "dest": str(tmp_path / "mail")}
    checked, first, again = play(
        [
            dict(build_task("inbound_message_info", **options), check_mode=True),
            build_task("inbound_message_info", **options),
            build_task("inbound_message_info", **options),
        ]
    )
    eml, pdf = tmp_path / "mail" / f"{message['id']}.eml", tmp_path / "mail" / message["id"] / "order.pdf"
    assert checked.changed and first.changed and not again.changed
    assert eml.read_text().startswith("From: Ann") and pdf.read_bytes().strip() == b"%PDF"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (eml, pdf)} == {0o600}
    (result,) = first["inbound_messages"]
    assert result["eml"] == str(eml) and result["attachments"][0]["path"] == str(pdf)
    assert "download_url" not in result["attachments"][0] and len(first.requests) == 4
    for entry in first.entries[2:]:
        assert "/inbound/files/" in entry["path"] and "authorization" not in entry["headers"]


def test_invalid_options_and_missing_inboxes_are_failures(play_in, message, tmp_path):
    steps = play_in(
        "in_process",
        [
            build_failing_task("inbound_message_info", inbound_inbox_id=513, include=["eml"]),
            build_failing_task(
                "inbound_message_info", inbound_inbox_id=513, include=["eml"], dest=str(tmp_path / "none")
            ),
            build_failing_task("inbound_message_info", inbound_inbox_id=513, limit=0),
            build_failing_task("inbound_message_info", inbound_inbox_id=99),
            build_failing_task("inbound_message_info", inbound_inbox_id=513, id=""),
            build_failing_task("inbound_message", inbound_inbox_id=513, id="", state="absent"),
        ],
    )
    assert "dest is required if include contains eml" in steps[0].msg
    assert "is not an existing folder" in steps[1].msg and "limit must be at least 1, not 0" in steps[2].msg
    assert "there is no inbound inbox 99" in steps[3].msg
    for step in steps[4:]:
        assert "'' is not the id of an inbound message" in step.msg


def test_a_message_and_a_thread_are_deleted(play, message, seeded_emulator):
    second = seeded_emulator.receive(address=ADDRESS, raw=RAW_MESSAGE.replace("<1@", "<2@"))
    identity = {"inbound_inbox_id": 513, "id": message["id"]}
    present, checked, deleted, again, missing, thread, thread_again = play(
        [
            build_task("inbound_message", **identity),
            dict(build_task("inbound_message", **identity, state="absent"), check_mode=True),
            build_task("inbound_message", **identity, state="absent"),
            build_task("inbound_message", **identity, state="absent"),
            build_failing_task("inbound_message", **identity),
            build_task("inbound_thread", inbound_inbox_id=513, id=second["thread_id"], state="absent"),
            build_task("inbound_thread", inbound_inbox_id=513, id=second["thread_id"], state="absent"),
        ]
    )
    path = f"{MESSAGES}/{message['id']}"
    assert not present.changed and present.requests == [f"GET {path}"]
    assert present["inbound_message"]["subject"] == "My order" and "raw_message_url" not in present["inbound_message"]
    assert checked.changed and checked.writes == []
    assert deleted.changed and deleted.requests == [f"DELETE {path}"] and not again.changed
    assert f"there is no inbound message with id {message['id']}" in missing.msg
    assert thread.changed and thread.requests == [f"DELETE {THREADS}/{second['thread_id']}"]
    assert not thread_again.changed and seeded_emulator.dump()["inbound_messages"] == []


def test_threads_are_listed_searched_and_read(play, message, seeded_emulator):
    seeded_emulator.receive(address=ADDRESS, raw="From: bob@example.org\nSubject: Else\n\nHello\n")
    listed, found, by_id = play(
        [
            build_task("inbound_thread_info", inbound_inbox_id=513),
            build_task("inbound_thread_info", inbound_inbox_id=513, search="ann@"),
            build_task("inbound_thread_info", **INBOX_BY_NAME, id=message["thread_id"]),
        ]
    )
    assert [thread["subject"] for thread in listed["inbound_threads"]] == ["Else", "My order"]
    assert [thread["id"] for thread in found["inbound_threads"]] == [message["thread_id"]]
    assert len(found.requests) == 1
    (thread,) = by_id["inbound_threads"]
    assert thread["messages"][0]["text_body"].strip() == "Where is it?"
    assert "download_url" not in thread["messages"][0]["attachments"][0]
