# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replies to inbound messages and forwards of them. Each is sent only once."""

from __future__ import annotations

import pytest

ADDRESS = "tickets-1a2b3c4d@inbound-mailtrap.io"
LIST_FOLDERS, LIST_INBOXES = "GET /api/inbound/folders", "GET /api/inbound/folders/77/inboxes"
INBOX_BY_NAME = {"inbound_inbox": "Tickets", "inbound_folder": "Support"}
RAW_MESSAGE = f"From: Ann <ann@example.org>\nTo: {ADDRESS}\nCc: bob@example.org\nSubject: My order\n\nWhere is it?\n"


@pytest.fixture
def message(emulator):
    """Return a message that the inbox has received, as it is in the list of messages."""
    emulator.seed(
        inbound_folders=[{"id": 77, "name": "Support"}],
        inbound_inboxes=[
            {"id": 513, "folder_id": 77, "name": "Tickets", "address": ADDRESS},
            {"id": 514, "folder_id": 77, "name": "Own", "domain_id": 940000},
        ],
    )
    return emulator.receive(address=ADDRESS, raw=RAW_MESSAGE)


def build_reply_task(message, **options):
    return {"community.mailtrap.inbound_message_reply": {"id": message["id"], **options}}


def build_forward_task(message, **options):
    return {"community.mailtrap.inbound_message_forward": {"id": message["id"], **options}}


def ignore_errors(task):
    return dict(task, ignore_errors=True)


def test_replies_are_sent(play, message, emulator, tmp_path):
    (tmp_path / "order.pdf").write_bytes(b"%PDF")
    checked, to_sender, to_all, to_other = play(
        [
            dict(build_reply_task(message, **INBOX_BY_NAME, text="Soon"), check_mode=True),
            build_reply_task(message, **INBOX_BY_NAME, text="Soon", attachments=[{"src": "order.pdf"}]),
            build_reply_task(message, inbound_inbox_id=513, all=True, body_markdown="**Soon**", category="support"),
            build_reply_task(message, inbound_inbox_id=513, to=["Eve <eve@example.org>"], html="<p>Soon</p>"),
        ]
    )
    path = f"POST /api/inbound/inboxes/513/messages/{message['id']}"
    assert checked.changed and checked.requests == [LIST_FOLDERS, LIST_INBOXES] and checked["message_ids"] == []
    assert to_sender.changed and to_sender.requests == [LIST_FOLDERS, LIST_INBOXES, f"{path}/reply"]
    assert len(to_sender["message_ids"]) == 1
    assert to_all.requests == [f"{path}/reply_all"] and len(to_all["message_ids"]) == 2
    first, second, third = emulator.outbox()
    assert (first["subject"], first["recipients"]) == ("Re: My order", ["ann@example.org"])
    assert '; filename="order.pdf"' in first["raw"].replace("\n", "").replace("\r", "")
    assert second["recipients"] == ["ann@example.org", "bob@example.org"] and "<strong>Soon</strong>" in second["raw"]
    assert second["category"] == "support" and third["recipients"] == ["eve@example.org"] and to_other.changed


def test_a_message_is_forwarded(play, message, emulator):
    checked, forwarded = play(
        [
            dict(build_forward_task(message, inbound_inbox_id=513, to=["eve@example.org"]), check_mode=True),
            build_forward_task(message, inbound_inbox_id=513, to=["eve@example.org"], text="See below"),
        ]
    )
    assert checked.changed and checked.requests == []
    assert forwarded.requests == [f"POST /api/inbound/inboxes/513/messages/{message['id']}/forward"]
    (sent,) = emulator.outbox()
    assert (sent["subject"], sent["recipients"]) == ("Fwd: My order", ["eve@example.org"])
    assert sent["raw"].index("See below") < sent["raw"].index("Where is it?")


def test_invalid_replies_and_forwards_are_refused(play_in, message, emulator):
    own_domain_message = emulator.receive(address="any@example.com", raw=RAW_MESSAGE)
    inbox = {"inbound_inbox_id": 513}
    steps = play_in(
        "in_process",
        [
            ignore_errors(build_reply_task(message, **inbox)),
            ignore_errors(build_reply_task(message, **inbox, text="x", html="x", body_markdown="x", cc=["nobody"])),
            ignore_errors(build_reply_task(message, **inbox, text="x", headers={"Subject": "x"})),
            ignore_errors(build_reply_task(message, **inbox, text="x", attachments=[{"src": "none.pdf"}])),
            ignore_errors(build_forward_task(message, **inbox)),
            ignore_errors(build_reply_task(message, **inbox, text="x", **{"from": "support@example.com"})),
            ignore_errors(build_reply_task(own_domain_message, inbound_inbox_id=514, text="x")),
            ignore_errors(build_reply_task({"id": "1"}, **inbox, text="x")),
            ignore_errors(build_reply_task({"id": ""}, **inbox, text="x")),
            ignore_errors(build_reply_task(message, inbound_inbox="Tickets", text="x")),
            ignore_errors(build_reply_task(message, inbound_inbox="None", inbound_folder="Support", text="x")),
        ],
    )
    label = f"Could not reply to inbound message {message['id']}: "
    assert steps[0].msg == f"{label}the message has neither text nor html nor body_markdown"
    assert "html and body_markdown are both given" in steps[1].msg and "'nobody' is not an e-mail" in steps[1].msg
    assert "the header Subject cannot be set by headers" in steps[2].msg
    assert steps[3].msg.startswith("src 'none.pdf' was not found on the controller")
    assert "missing required arguments: to" in steps[4].msg
    assert "from is not allowed for Mailtrap-hosted inboxes" in steps[5].msg
    assert "from can't be blank" in steps[6].msg and steps[7]["status"] == 404
    assert "'' is not the id of an inbound message" in steps[8].msg
    assert "give inbound_folder or inbound_folder_id" in steps[9].msg
    assert "there is no inbound inbox 'None'" in steps[10].msg
    assert [bool(step.writes) for step in steps] == [False] * 5 + [True] * 3 + [False] * 3
    assert emulator.outbox() == []


def test_a_reply_is_not_repeated_if_its_answer_is_lost(play, message, emulator):
    emulator.fault({"method": "POST", "path": "/reply$", "when": "after", "drop": True})
    (step,) = play([ignore_errors(build_reply_task(message, inbound_inbox_id=513, text="Soon"))])
    assert step.failed and len(step.writes) == 1 and len(emulator.outbox()) == 1
    assert "the request may have taken effect: the mail is not sent again, to avoid a duplicate" in step.msg


def test_the_limit_of_replies_is_reported_as_a_plan_limit(play_in, message, emulator):
    emulator.limits(inbound_hosted_sends=0)
    (step,) = play_in("in_process", [ignore_errors(build_reply_task(message, inbound_inbox_id=513, text="Soon"))])
    assert "plan limit: You've reached the limit of replies and forwards" in step.msg
