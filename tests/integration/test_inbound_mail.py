# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers to inbound mail, which go out once."""

from __future__ import annotations

import pytest

ADDRESS = "tickets-1a2b3c4d@inbound-mailtrap.io"
FOLDERS, FOLDER = "GET /api/inbound/folders", "GET /api/inbound/folders/77/inboxes"
IN_FOLDER = {"inbound_inbox": "Tickets", "inbound_folder": "Support"}
MAIL = f"From: Ann <ann@example.org>\nTo: {ADDRESS}\nCc: bob@example.org\nSubject: My order\n\nWhere is it?\n"


@pytest.fixture
def mail(emulator):
    """The message that has arrived, as the API lists it."""
    emulator.seed(
        inbound_folders=[{"id": 77, "name": "Support"}],
        inbound_inboxes=[
            {"id": 513, "folder_id": 77, "name": "Tickets", "address": ADDRESS},
            {"id": 514, "folder_id": 77, "name": "Own", "domain_id": 940000},
        ],
    )
    return emulator.receive(address=ADDRESS, raw=MAIL)


def reply(mail, **options):
    return {"community.mailtrap.inbound_message_reply": {"id": mail["id"], **(options or {})}}


def forward(mail, **options):
    return {"community.mailtrap.inbound_message_forward": {"id": mail["id"], **(options or {})}}


def tried(task):
    return dict(task, ignore_errors=True)


def test_answers(play, mail, emulator, tmp_path):
    (tmp_path / "order.pdf").write_bytes(b"%PDF")
    foretold, one, everyone, other = play(
        [
            dict(reply(mail, **IN_FOLDER, text="Soon"), check_mode=True),
            reply(mail, **IN_FOLDER, text="Soon", attachments=[{"src": "order.pdf"}]),
            reply(mail, inbound_inbox_id=513, all=True, body_markdown="**Soon**", category="support"),
            reply(mail, inbound_inbox_id=513, to=["Eve <eve@example.org>"], html="<p>Soon</p>"),
        ]
    )
    path = f"POST /api/inbound/inboxes/513/messages/{mail['id']}"
    assert foretold.changed and foretold.requests == [FOLDERS, FOLDER] and foretold["message_ids"] == []
    assert one.changed and one.requests == [FOLDERS, FOLDER, f"{path}/reply"] and len(one["message_ids"]) == 1
    assert everyone.requests == [f"{path}/reply_all"] and len(everyone["message_ids"]) == 2
    first, second, third = emulator.outbox()
    assert (first["subject"], first["recipients"]) == ("Re: My order", ["ann@example.org"])
    assert '; filename="order.pdf"' in first["raw"].replace("\n", "").replace("\r", "")
    assert second["recipients"] == ["ann@example.org", "bob@example.org"] and "<strong>Soon</strong>" in second["raw"]
    assert second["category"] == "support" and third["recipients"] == ["eve@example.org"] and other.changed


def test_a_message_is_sent_on(play, mail, emulator):
    foretold, done = play(
        [
            dict(forward(mail, inbound_inbox_id=513, to=["eve@example.org"]), check_mode=True),
            forward(mail, inbound_inbox_id=513, to=["eve@example.org"], text="See below"),
        ]
    )
    assert foretold.changed and foretold.requests == []
    assert done.requests == [f"POST /api/inbound/inboxes/513/messages/{mail['id']}/forward"]
    (sent,) = emulator.outbox()
    assert (sent["subject"], sent["recipients"]) == ("Fwd: My order", ["eve@example.org"])
    assert sent["raw"].index("See below") < sent["raw"].index("Where is it?")


def test_mail_that_cannot_be(play_in, mail, emulator):
    own = emulator.receive(address="any@example.com", raw=MAIL)
    known = {"inbound_inbox_id": 513}
    steps = play_in(
        "in_process",
        [
            tried(reply(mail, **known)),
            tried(reply(mail, **known, text="x", html="x", body_markdown="x", cc=["nobody"])),
            tried(reply(mail, **known, text="x", headers={"Subject": "x"})),
            tried(reply(mail, **known, text="x", attachments=[{"src": "none.pdf"}])),
            tried(forward(mail, **known)),
            tried(reply(mail, **known, text="x", **{"from": "support@example.com"})),
            tried(reply(own, inbound_inbox_id=514, text="x")),
            tried(reply({"id": "1"}, **known, text="x")),
            tried(reply({"id": ""}, **known, text="x")),
            tried(reply(mail, inbound_inbox="Tickets", text="x")),
            tried(reply(mail, inbound_inbox="None", inbound_folder="Support", text="x")),
        ],
    )
    label = f"Could not reply to inbound message {mail['id']}: "
    assert steps[0].msg == f"{label}the message has neither text nor html nor body_markdown"
    assert "html and body_markdown are both given" in steps[1].msg and "'nobody' is not an e-mail" in steps[1].msg
    assert "the header Subject cannot be set by headers" in steps[2].msg
    assert steps[3].msg.startswith("src 'none.pdf' was not found on the controller")
    assert "missing required arguments: to" in steps[4].msg
    assert "from is not allowed for Mailtrap-hosted inboxes" in steps[5].msg
    assert "from can't be blank" in steps[6].msg and steps[7]["status"] == 404
    assert "'' names no inbound message" in steps[8].msg
    assert "give inbound_folder or inbound_folder_id" in steps[9].msg
    assert "there is no inbound inbox 'None'" in steps[10].msg
    assert [bool(step.writes) for step in steps] == [False] * 5 + [True] * 3 + [False] * 3
    assert emulator.outbox() == []


def test_mail_is_never_sent_twice(play, mail, emulator):
    emulator.fault({"method": "POST", "path": "/reply$", "when": "after", "drop": True})
    (step,) = play([tried(reply(mail, inbound_inbox_id=513, text="Soon"))])
    assert step.failed and len(step.writes) == 1 and len(emulator.outbox()) == 1
    assert "the mail may have gone out all the same, and is not sent a second time" in step.msg


def test_the_limit_of_hosted_inboxes(play_in, mail, emulator):
    emulator.limits(inbound_hosted_sends=0)
    (step,) = play_in("in_process", [tried(reply(mail, inbound_inbox_id=513, text="Soon"))])
    assert "plan limit: You've reached the limit of replies and forwards" in step.msg
