# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mark, delete and forward the mail in a sandbox."""

from __future__ import annotations

import pytest

BOX = "/api/sandboxes/5"


@pytest.fixture
def box(emulator):
    emulator.seed(
        projects=[{"id": 77, "name": "Shop"}],
        sandboxes=[{"id": 5, "name": "Box", "project_id": 77}],
        messages=[message(number) for number in range(1, 5)],
    )
    return emulator


def message(number):
    """Message 5000000001, .., the odd ones to Karl, the first one read."""
    to = "karl@example.com" if number % 2 else "ann@example.com"
    return {
        "id": 5_000_000_000 + number,
        "sandbox_id": 5,
        "from": {"email": "shop@example.com"},
        "to": [{"email": to}],
        "subject": f"Mail {number}",
        "text": "x",
        "is_read": number == 1,
    }


def left(emulator):
    """What is in the sandbox: dict, number -> whether it is read."""
    return {row["id"] - 5_000_000_000: row["is_read"] for row in emulator.dump()["messages"]}


def tasks(*options, **others):
    return [
        {"community.mailtrap.sandbox_messages": {"sandbox_id": 5, **one}, "ignore_errors": True, **others}
        for one in options
    ]


def test_all_are_read(play, box):
    dry, first, again, by_name = play(
        [
            *tasks({"state": "read"}, check_mode=True, diff=True),
            *tasks({"state": "read"}, diff=True),
            *tasks({"state": "read"}),
            *tasks({"sandbox": "Box", "project": "Shop", "sandbox_id": "{{ omit }}", "state": "read"}),
        ]
    )
    for step in (dry, first):
        assert step.changed and step["count"] == 3 and step["diff"] == {"before": {"unread": 3}, "after": {"unread": 0}}
    assert dry.requests == [f"GET {BOX}"] and first.requests == [f"GET {BOX}", f"PATCH {BOX}/all_read"]
    assert not again.changed and again["count"] == 0 and again.requests == [f"GET {BOX}"]
    assert not by_name.changed and by_name.requests == ["GET /api/projects"]
    assert set(left(box).values()) == {True}


def test_all_are_absent(play, box):
    dry, first, again = play(
        [
            *tasks({"state": "absent"}, check_mode=True, diff=True),
            *tasks({"state": "absent"}, diff=True),
            *tasks({"state": "absent"}),
        ]
    )
    for step in (dry, first):
        assert step.changed and step["count"] == 4
        assert step["diff"] == {"before": {"messages": 4}, "after": {"messages": 0}}
    assert dry.writes == [] and first.requests == [f"GET {BOX}", f"PATCH {BOX}/clean"]
    assert not again.changed and again.writes == []
    assert left(box) == {}


def test_some_are_read(play, box):
    some = {"state": "read", "search": "KARL"}
    ids = {"state": "read", "ids": [5_000_000_001, 5_000_000_002, 5_000_000_002]}
    dry, first, again, by_id, missing, none = play(
        [
            *tasks(some, check_mode=True),
            *tasks(some, some, ids, {"state": "read", "ids": [5_000_000_004, 9]}, {"state": "read", "ids": []}),
        ]
    )
    listing = f"GET {BOX}/messages"
    assert dry.changed and dry["count"] == 1 and dry.requests == [listing]
    assert first.changed and first["count"] == 1 and first.requests == [listing, f"PATCH {BOX}/messages/5000000003"]
    assert first.entries[1]["body"] == {"message": {"is_read": True}}
    assert not again.changed and again.requests == [listing]
    assert by_id["count"] == 1 and by_id.writes == [f"PATCH {BOX}/messages/5000000002"] and len(by_id.requests) == 3
    assert missing.msg == "Could not mark the messages as read in sandbox 5: there is no message with the id 9"
    assert missing.writes == []
    assert not none.changed and none.requests == []
    assert left(box) == {1: True, 2: True, 3: True, 4: False}


def test_some_are_absent(play, box):
    by_id = {"state": "absent", "ids": [5_000_000_001, 9]}
    dry, first, again, found = play(
        [*tasks(by_id, check_mode=True), *tasks(by_id, by_id, {"state": "absent", "search": "karl"})]
    )
    assert dry.changed and dry["count"] == 1 and dry.writes == []
    assert first.changed and first["count"] == 1
    assert first.requests == [f"DELETE {BOX}/messages/5000000001", f"DELETE {BOX}/messages/9"]
    assert not again.changed and len(again.requests) == 2
    assert found["count"] == 1 and found.requests == [f"GET {BOX}/messages", f"DELETE {BOX}/messages/5000000003"]
    assert sorted(left(box)) == [2, 4]


def test_a_failure_half_way(play, box):
    box.fault(method="DELETE", path="/5000000002$", status=403, json={"errors": "Access forbidden"}, times=1)
    (step,) = play(tasks({"state": "absent", "search": "mail"}))
    assert step.failed and step.changed and step["count"] == 2 and step["status"] == 403
    assert "2 of 4 messages were done before" in step.msg
    assert sorted(left(box)) == [1, 2]


def test_a_lost_answer(play_in, box):
    """Doing these twice does no harm, so they are repeated."""
    box.fault(method="PATCH", path="/clean$", when="after", drop=True, times=1)
    box.fault(method="DELETE", when="after", drop=True, times=1)
    read, deleted, cleaned = play_in(
        "in_process",
        tasks({"state": "read"}, {"state": "absent", "ids": [5_000_000_001]}, {"state": "absent"}),
    )
    assert read.changed and deleted.changed and cleaned.changed and left(box) == {}
    assert cleaned.writes == [f"PATCH {BOX}/clean"] * 2


def test_what_cannot_be_done(play_in, box):
    empty, both, state, sandbox, unknown = play_in(
        "in_process",
        tasks(
            {"state": "absent", "search": ""},
            {"state": "absent", "search": "x", "ids": [1]},
            {},
            {"state": "absent", "sandbox_id": "{{ omit }}", "sandbox": "Bax"},
            {"state": "absent", "sandbox_id": 4711},
        ),
    )
    assert empty.msg == "search is empty: say what to look for, or leave it out to mean all messages"
    assert both.msg == "parameters are mutually exclusive: ids|search"
    assert state.msg == "missing required arguments: state"
    assert sandbox.msg == "Could not find sandbox 'Bax': there is no sandbox 'Bax'"
    assert unknown.msg.startswith("Could not read sandbox 4711: there is no such object")
    assert len(left(box)) == 4 and not any(step.writes for step in (empty, both, state, sandbox, unknown))


def test_a_sandbox_that_check_mode_has_to_do_without(play, box):
    (step,) = play("[{community.mailtrap.sandbox_messages: {sandbox: Not yet, state: absent}}]", "--check")
    assert not step.changed and step["count"] == 0 and "There is no sandbox 'Not yet'" in step["warnings"][0]


def forwarding(**options):
    return [
        {
            "community.mailtrap.sandbox_message_forward": {"sandbox_id": 5, "id": 5_000_000_002, **options},
            "ignore_errors": True,
        }
    ]


def test_forward(play, box):
    box.seed(confirmed_addresses=[{"email": "friend@example.net"}])
    dry, done, refused, unknown, wrong = play(
        [
            {**forwarding(email="friend@example.net")[0], "check_mode": True},
            *forwarding(email="friend@example.net"),
            *forwarding(email="stranger@example.net"),
            *forwarding(email="friend@example.net", id=9),
            *forwarding(email="friend"),
        ]
    )
    path = f"POST {BOX}/messages/5000000002/forward"
    assert dry.changed and dry.requests == [] and dry["message"] is None
    assert done.changed and done.requests == [path] and done.entries[0]["body"] == {"email": "friend@example.net"}
    assert done["message"] == "Your email message has been successfully forwarded"
    assert refused.msg == (
        "Could not forward message 5000000002 to stranger@example.net: "
        f"The email address has not been confirmed by the recipient (HTTP 422 for {path})"
    )
    assert unknown["status"] == 404
    assert wrong.msg == "'friend' is not an e-mail address: user@host or Name <user@host>" and wrong.requests == []
    assert [mail["recipients"] for mail in box.outbox()] == [["friend@example.net"]]


def test_a_forward_whose_answer_is_lost(play_in, box):
    box.seed(confirmed_addresses=[{"email": "friend@example.net"}])
    box.fault(method="POST", path="/forward$", when="after", drop=True)
    (step,) = play_in("in_process", forwarding(email="friend@example.net"))
    assert step.failed and len(step.requests) == 1 and len(box.outbox()) == 1
    assert "it may have been forwarded all the same, and is not forwarded a second time" in step.msg
