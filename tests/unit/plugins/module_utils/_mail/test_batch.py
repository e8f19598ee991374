# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._mail.batch import (
    Outcome,
    build_base,
    build_requests,
    build_response,
    group_by_reason,
    iterate_messages,
    join_shortened,
    parse_outcomes,
    summarize_responses,
)
from ansible_collections.community.mailtrap.plugins.module_utils._mail.payload import MESSAGE_OPTIONS

UNSET_OPTIONS = dict.fromkeys(MESSAGE_OPTIONS)


def test_entries_inherit_the_options_of_the_task():
    options = {**UNSET_OPTIONS, "subject": "s", "to": ["a@x.org"], "stream": "bulk"}
    entries = [{**UNSET_OPTIONS, "subject": "own"}, {**UNSET_OPTIONS, "to": []}]
    assert list(iterate_messages({**options, "messages": entries})) == [
        {**UNSET_OPTIONS, "subject": "own", "to": ["a@x.org"]},
        {**UNSET_OPTIONS, "subject": "s", "to": []},
    ]
    assert list(iterate_messages({**options, "messages": None})) == [
        {**UNSET_OPTIONS, "subject": "s", "to": ["a@x.org"]}
    ]


def test_base_holds_only_fields_that_every_message_has():
    shared_payload = {"from": 1, "subject": 2, "html": 3, "to": 4}
    assert build_base(shared_payload, {"from", "subject", "text", "to"}) == {"from": 1, "subject": 2}


@pytest.mark.parametrize("count, sizes", [(1, [1]), (499, [499]), (500, [500]), (501, [500, 1]), (1000, [500, 500])])
def test_batch_is_split_after_500_messages(count, sizes):
    messages = [{"subject": "s", "n": n} for n in range(count)]
    requests = list(build_requests({"subject": "s"}, iter(messages)))
    assert [len(included) for _body, included in requests] == sizes
    assert [message for _body, included in requests for message in included] == messages
    bodies = [json.loads(b"".join(body)) for body, _included in requests]
    assert all(body["base"] == {"subject": "s"} for body in bodies)
    assert [request["n"] for body in bodies for request in body["requests"]] == list(range(count))
    assert "subject" not in bodies[0]["requests"][0]


def test_batch_is_split_at_50_megabytes():
    messages = [{"text": str(n) * 20_000_000} for n in range(3)]
    sizes = [sum(map(len, body)) for body, _included in build_requests({}, messages)]
    assert [size // 10_000_000 for size in sizes] == [4, 2]
    (first, _), (second, _) = build_requests({"html": "x" * 10_000_000}, messages[:2])
    assert max(sum(map(len, body)) for body in (first, second)) < 50_000_000


def test_outcomes_are_parsed():
    items = [{"success": True, "message_ids": ["1"]}, {"success": False, "errors": ["a", "b"]}, {}]
    assert parse_outcomes({"responses": items}, 3) == [
        ("accepted", ["1"], []),
        ("refused", [], ["a", "b"]),
        ("unknown", [], ["the service did not report the outcome of the message"]),
    ]
    assert [status for status, _ids, _errors in parse_outcomes({"responses": items}, 2)] == ["unknown"] * 2


def test_responses_are_summarized():
    statuses = ["accepted", "refused", "refused", "unknown", "unknown", "not_sent", "not_sent", "not_sent"]
    responses = [
        build_response(n, {"to": [{"email": f"p{n}@x.org"}]}, Outcome(status, [], ["reason"]))
        for n, status in enumerate(statuses)
    ]
    responses[7]["errors"] = []
    assert summarize_responses(responses) == [
        "messages[1] (p1@x.org), messages[2] (p2@x.org): reason",
        "messages[3] to messages[4] may have been sent and are not sent again: reason",
        "messages[5] to messages[7] were not sent: reason",
        "1 of 8 messages were accepted",
    ]


def test_long_lists_are_shortened():
    assert join_shortened(["a"]) == "a" and join_shortened(list("abcde")) == "a, b, c, d, e"
    assert join_shortened(list("abcdefg")) == "a, b, c, d, e and 2 more"
    assert group_by_reason([("a", "x"), ("b", "y"), ("c", "x")]) == ["a, c: x", "b: y"]
    assert group_by_reason((str(n), f"r{n}") for n in range(8))[4:] == ["4: r4", "and 3 more reasons"]
