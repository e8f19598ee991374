# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Marking, deleting and forwarding the messages of a sandbox."""

from __future__ import annotations

import pytest

SANDBOX = "/api/sandboxes/5"


@pytest.fixture
def seeded_emulator(emulator):
    """Return the emulator with a sandbox and four messages."""
    emulator.seed(
        projects=[{"id": 77, "name": "Shop"}],
        sandboxes=[{"id": 5, "name": "Box", "project_id": 77}],
        messages=[build_message(number) for number in range(1, 5)],
    )
    return emulator


def build_message(number):
    """Return a message with the id 5000000000 + number. Odd ones are to Karl, and the first one is read."""
    recipient = "karl@example.com" if number % 2 else "ann@example.com"
    return {
        "id": 5_000_000_000 + number,
        "sandbox_id": 5,
        "from": {"email": "shop@example.com"},
        "to": [{"email": recipient}],
        "subject": f"Mail {number}",
        "text": "x",
        "is_read": number == 1,
    }


def get_read_flags(emulator):
    """Return whether each message in the sandbox is read, by its number."""
    return {row["id"] - 5_000_000_000: row["is_read"] for row in emulator.dump()["messages"]}


def build_tasks(*option_sets, **keywords):
    """Return a sandbox_messages task for each set of options, with the same task keywords."""
    return [
        {"community.mailtrap.sandbox_messages": {"sandbox_id": 5, **options}, "ignore_errors": True, **keywords}
        for options in option_sets
    ]


def test_all_messages_are_marked_as_read(play, seeded_emulator):
    checked, first, again, by_name = play(
        [
            *build_tasks({"state": "read"}, check_mode=True, diff=True),
            *build_tasks({"state": "read"}, diff=True),
            *build_tasks({"state": "read"}),
            *build_tasks({"sandbox": "Box", "project": "Shop", "sandbox_id": "{{ omit }}", "state": "read"}),
        ]
    )
    for step in (checked, first):
        assert step.changed and step["count"] == 3 and step["diff"] == {"before": {"unread": 3}, "after": {"unread": 0}}
    assert checked.requests == [f"GET {SANDBOX}"] and first.requests == [f"GET {SANDBOX}", f"PATCH {SANDBOX}/all_read"]
    assert not again.changed and again["count"] == 0 and again.requests == [f"GET {SANDBOX}"]
    assert not by_name.changed and by_name.requests == ["GET /api/projects"]
    assert set(get_read_flags(seeded_emulator).values()) == {True}


def test_all_messages_are_deleted(play, seeded_emulator):
    checked, first, again = play(
        [
            *build_tasks({"state": "absent"}, check_mode=True, diff=True),
            *build_tasks({"state": "absent"}, diff=True),
            *build_tasks({"state": "absent"}),
        ]
    )
    for step in (checked, first):
        assert step.changed and step["count"] == 4
        assert step["diff"] == {"before": {"messages": 4}, "after": {"messages": 0}}
    assert checked.writes == [] and first.requests == [f"GET {SANDBOX}", f"PATCH {SANDBOX}/clean"]
    assert not again.changed and again.writes == []
    assert get_read_flags(seeded_emulator) == {}


def test_selected_messages_are_marked_as_read(play, seeded_emulator):
    by_search = {"state": "read", "search": "KARL"}
    ids = {"state": "read", "ids": [5_000_000_001, 5_000_000_002, 5_000_000_002]}
    checked, first, again, by_id, missing, none = play(
        [
            *build_tasks(by_search, check_mode=True),
            *build_tasks(by_search, by_search, ids),
            *build_tasks({"state": "read", "ids": [5_000_000_004, 9]}, {"state": "read", "ids": []}),
        ]
    )
    list_request = f"GET {SANDBOX}/messages"
    assert checked.changed and checked["count"] == 1 and checked.requests == [list_request]
    assert first.changed and first["count"] == 1
    assert first.requests == [list_request, f"PATCH {SANDBOX}/messages/5000000003"]
    assert first.entries[1]["body"] == {"message": {"is_read": True}}
    assert not again.changed and again.requests == [list_request]
    assert by_id["count"] == 1 and by_id.writes == [f"PATCH {SANDBOX}/messages/5000000002"] and len(by_id.requests) == 3
    assert missing.msg == "Could not mark the messages as read in sandbox 5: no message has the id 9"
    assert missing.writes == []
    assert not none.changed and none.requests == []
    assert get_read_flags(seeded_emulator) == {1: True, 2: True, 3: True, 4: False}


def test_selected_messages_are_deleted(play, seeded_emulator):
    by_id = {"state": "absent", "ids": [5_000_000_001, 9]}
    checked, first, again, found = play(
        [*build_tasks(by_id, check_mode=True), *build_tasks(by_id, by_id, {"state": "absent", "search": "karl"})]
    )
    assert checked.changed and checked["count"] == 1 and checked.writes == []
    assert first.changed and first["count"] == 1
    assert first.requests == [f"DELETE {SANDBOX}/messages/5000000001", f"DELETE {SANDBOX}/messages/9"]
    assert not again.changed and len(again.requests) == 2
    assert found["count"] == 1
    assert found.requests == [f"GET {SANDBOX}/messages", f"DELETE {SANDBOX}/messages/5000000003"]
    assert sorted(get_read_flags(seeded_emulator)) == [2, 4]


def test_a_failure_reports_the_messages_that_were_deleted_before(play, seeded_emulator):
    seeded_emulator.fault(
        method="DELETE", path="/5000000002$", status=403, json={"errors": "Access forbidden"}, times=1
    )
    (step,) = play(build_tasks({"state": "absent", "search": "mail"}))
    assert step.failed and step.changed and step["count"] == 2 and step["status"] == 403
    assert "2 of 4 messages were deleted before" in step.msg
    assert sorted(get_read_flags(seeded_emulator)) == [1, 2]


def test_requests_are_repeated_if_their_answer_is_lost(play_in, seeded_emulator):
    """Marking or deleting messages twice has the same effect as doing it once."""
    seeded_emulator.fault(method="PATCH", path="/clean$", when="after", drop=True, times=1)
    seeded_emulator.fault(method="DELETE", when="after", drop=True, times=1)
    read, deleted, cleaned = play_in(
        "in_process",
        build_tasks({"state": "read"}, {"state": "absent", "ids": [5_000_000_001]}, {"state": "absent"}),
    )
    assert read.changed and deleted.changed and cleaned.changed and get_read_flags(seeded_emulator) == {}
    assert cleaned.writes == [f"PATCH {SANDBOX}/clean"] * 2


def test_invalid_options_and_missing_sandboxes_are_failures(play_in, seeded_emulator):
    empty_search, ids_and_search, no_state, missing_name, missing_id = play_in(
        "in_process",
        build_tasks(
            {"state": "absent", "search": ""},
            {"state": "absent", "search": "x", "ids": [1]},
            {},
            {"state": "absent", "sandbox_id": "{{ omit }}", "sandbox": "Bax"},
            {"state": "absent", "sandbox_id": 4711},
        ),
    )
    assert empty_search.msg == "search must not be empty: omit it to select all messages"
    assert ids_and_search.msg == "parameters are mutually exclusive: ids|search"
    assert no_state.msg == "missing required arguments: state"
    assert missing_name.msg == "Could not find sandbox 'Bax': there is no sandbox 'Bax'"
    assert missing_id.msg.startswith("Could not read sandbox 4711: there is no such object")
    steps = (empty_search, ids_and_search, no_state, missing_name, missing_id)
    assert len(get_read_flags(seeded_emulator)) == 4 and not any(step.writes for step in steps)


def test_check_mode_assumes_that_a_missing_sandbox_will_exist(play, seeded_emulator):
    (step,) = play("[{community.mailtrap.sandbox_messages: {sandbox: Not yet, state: absent}}]", "--check")
    assert not step.changed and step["count"] == 0 and "There is no sandbox 'Not yet'" in step["warnings"][0]


def build_forward_task(**options):
    """Return a list with one sandbox_message_forward task that may fail."""
    return [
        {
            "community.mailtrap.sandbox_message_forward": {"sandbox_id": 5, "id": 5_000_000_002, **options},
            "ignore_errors": True,
        }
    ]


def test_a_message_is_forwarded_to_a_confirmed_address(play, seeded_emulator):
    seeded_emulator.seed(confirmed_addresses=[{"email": "friend@example.net"}])
    checked, forwarded, refused, missing, invalid = play(
        [
            {**build_forward_task(email="friend@example.net")[0], "check_mode": True},
            *build_forward_task(email="friend@example.net"),
            *build_forward_task(email="stranger@example.net"),
            *build_forward_task(email="friend@example.net", id=9),
            *build_forward_task(email="friend"),
        ]
    )
    path = f"POST {SANDBOX}/messages/5000000002/forward"
    assert checked.changed and checked.requests == [] and checked["message"] is None
    assert forwarded.changed and forwarded.requests == [path]
    assert forwarded.entries[0]["body"] == {"email": "friend@example.net"}
    assert forwarded["message"] == "Your email message has been successfully forwarded"
    assert refused.msg == (
        "Could not forward message 5000000002 to stranger@example.net: "
        f"The email address has not been confirmed by the recipient (HTTP 422 for {path})"
    )
    assert missing["status"] == 404
    assert (
        invalid.msg == "'friend' is not an e-mail address: write user@host or Name <user@host>"
        and invalid.requests == []
    )
    assert [mail["recipients"] for mail in seeded_emulator.outbox()] == [["friend@example.net"]]


def test_a_forward_is_not_repeated_if_its_answer_is_lost(play_in, seeded_emulator):
    seeded_emulator.seed(confirmed_addresses=[{"email": "friend@example.net"}])
    seeded_emulator.fault(method="POST", path="/forward$", when="after", drop=True)
    (step,) = play_in("in_process", build_forward_task(email="friend@example.net"))
    assert step.failed and len(step.requests) == 1 and len(seeded_emulator.outbox()) == 1
    assert "the request may have taken effect: the message is not forwarded again, to avoid a duplicate" in step.msg
