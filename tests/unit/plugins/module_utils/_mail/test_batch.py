# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._mail.batch import (
    account,
    base_of,
    each_message,
    grouped,
    outcomes,
    packed,
    response,
    several,
)
from ansible_collections.community.mailtrap.plugins.module_utils._mail.payload import MESSAGE_OPTIONS

NOTHING = dict.fromkeys(MESSAGE_OPTIONS)


def to(*addresses):
    return {"to": [{"email": address} for address in addresses]}


def test_what_an_entry_does_not_say_the_task_says():
    options = {**NOTHING, "subject": "s", "to": ["a@x.org"], "stream": "bulk"}
    entries = [{**NOTHING, "subject": "own"}, {**NOTHING, "to": []}]
    assert list(each_message({**options, "messages": entries})) == [
        {**NOTHING, "subject": "own", "to": ["a@x.org"]},
        {**NOTHING, "subject": "s", "to": []},
    ]
    assert list(each_message({**options, "messages": None})) == [{**NOTHING, "subject": "s", "to": ["a@x.org"]}]


def test_a_base_holds_what_every_message_has_or_replaces():
    shared = {"from": 1, "subject": 2, "html": 3, "to": 4}
    assert base_of(shared, {"from", "subject", "text", "to"}) == {"from": 1, "subject": 2}


@pytest.mark.parametrize("count, chunks", [(1, [1]), (499, [499]), (500, [500]), (501, [500, 1]), (1000, [500, 500])])
def test_requests_of_500_messages(count, chunks):
    messages = [{"subject": "s", "n": n} for n in range(count)]
    requests = list(packed({"subject": "s"}, iter(messages)))
    assert [len(chunk) for _body, chunk in requests] == chunks
    assert [message for _body, chunk in requests for message in chunk] == messages
    bodies = [json.loads(b"".join(body)) for body, _chunk in requests]
    assert all(body["base"] == {"subject": "s"} for body in bodies)
    assert [request["n"] for body in bodies for request in body["requests"]] == list(range(count))
    assert "subject" not in bodies[0]["requests"][0]


def test_requests_of_50_megabytes():
    messages = [{"text": str(n) * 20_000_000} for n in range(3)]
    sizes = [sum(map(len, body)) for body, _chunk in packed({}, messages)]
    assert [size // 10_000_000 for size in sizes] == [4, 2]
    (first, _), (second, _) = packed({"html": "x" * 10_000_000}, messages[:2])
    assert max(sum(map(len, body)) for body in (first, second)) < 50_000_000


def test_outcomes():
    told = [{"success": True, "message_ids": ["1"]}, {"success": False, "errors": ["a", "b"]}, {}]
    assert outcomes({"responses": told}, 3) == [
        ("accepted", ["1"], []),
        ("refused", [], ["a", "b"]),
        ("unknown", [], ["the service did not say what became of it"]),
    ]
    assert [status for status, _ids, _errors in outcomes({"responses": told}, 2)] == ["unknown"] * 2


def test_account():
    fates = ["accepted", "refused", "refused", "unknown", "unknown", "not_sent", "not_sent", "not_sent"]
    responses = [response(n, to(f"p{n}@x.org"), status, errors=["why"]) for n, status in enumerate(fates)]
    responses[7]["errors"] = []
    assert account(responses) == [
        "messages[1] (p1@x.org), messages[2] (p2@x.org): why",
        "messages[3] to [4] may have gone out all the same, and are not sent a second time: why",
        "messages[5] to [7] were not sent: why",
        "1 of 8 messages were accepted",
    ]


def test_enumerations_stay_short():
    assert several(["a"]) == "a" and several(list("abcde")) == "a, b, c, d, e"
    assert several(list("abcdefg")) == "a, b, c, d, e and 2 more"
    assert grouped([("a", "x"), ("b", "y"), ("c", "x")]) == ["a, c: x", "b: y"]
    assert grouped((str(n), f"r{n}") for n in range(8))[4:] == ["4: r4", "and so on, for 3 more reasons"]
