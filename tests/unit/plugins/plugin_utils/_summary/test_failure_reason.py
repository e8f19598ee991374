# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.failure_reason import (
    HIDDEN,
    MAX_REASON_LENGTH,
    describe_failure,
)
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.formatting import strip_control_characters


@pytest.mark.parametrize(
    "result, reason",
    [
        ({"msg": "It broke."}, "It broke."),
        ({"msg": ""}, "The task gave no reason."),
        ({}, "The task gave no reason."),
        ({"reason": "No such file"}, "No such file"),
        ({"msg": ["a", {"ü": 1}]}, '["a", {"ü": 1}]'),
        ({"msg": "non-zero return code", "rc": 2}, "non-zero return code (rc 2)"),
        ({"rc": 2}, "(rc 2)"),
        ({"msg": "all well", "rc": 0}, "all well"),
        ({"msg": "x", "stdout": "printed", "stderr": "\nwent wrong\n"}, "x\nwent wrong"),
        ({"msg": "x", "stdout": "printed", "stderr": " \n"}, "x\nprinted"),
        ({"msg": "it went wrong", "stderr": "went wrong"}, "it went wrong"),
        ({"msg": "x", "stderr": "\n".join(map(str, range(20)))}, "x\n…\n12\n13\n14\n15\n16\n17\n18\n19"),
        ({"msg": "secret", "_ansible_no_log": True}, HIDDEN),
        ({"msg": "secret", "censored": "…"}, HIDDEN),
        ({"msg": "\x1b[31mred\x1b[0m\x07\r\nnext"}, "red\nnext"),
    ],
)
def test_reason(result, reason):
    assert describe_failure(result) == reason


@pytest.mark.parametrize(
    "message, cause, reason",
    [
        ("Error executing.", "No such file", "Error executing: No such file"),
        ("Task failed: No such file", "No such file", "Task failed: No such file"),
        (["a"], "['a']", '["a"]'),
    ],
)
def test_reason_includes_the_innermost_cause(message, cause, reason):
    assert describe_failure({"msg": message}, cause=cause) == reason


def test_reason_never_contains_arguments():
    secret = "hunter2"
    result = {
        "msg": "MODULE FAILURE",
        "cmd": ["mysql", secret],
        "invocation": {"module_args": {"password": secret}},
        "module_stdout": '{"invocation": {"module_args": {"password": "hunter2"}}}',
        "diff": {"before": secret},
        "exception": secret,
        "assertion": f"password == '{secret}'",
        "headers": {"Api-Token": secret},
        "item": {"password": secret},
        "ansible_facts": {"password": secret},
        "stdout_lines": [secret],
    }
    looped = {"msg": "One or more items failed", "results": [{**result, "failed": True, "_ansible_item_label": result}]}
    assert describe_failure(result) == "MODULE FAILURE"
    assert describe_failure(looped) == "item 1: MODULE FAILURE"


def test_reason_of_a_loop_describes_its_failed_items():
    results = [
        {"_ansible_item_label": "fine"},
        {"failed": True, "msg": "one", "_ansible_item_label": "web"},
        {"exception": "…", "msg": "two", "_ansible_item_label": {"password": "x"}},
        {"failed": True, "failed_when_result": False, "_ansible_item_label": "forgiven"},
        {"failed_when_result": True, "msg": "three", "_ansible_item_label": 3},
        {"failed": True, "censored": "…", "_ansible_item_label": "hidden"},
        {"unreachable": True, "msg": "five"},
    ]
    reason = describe_failure({"msg": "One or more items failed", "results": results})
    assert reason.splitlines() == ["5 of 7 items failed", "web: one", "item 3: two", "3: three", "and 2 more items"]


def test_reason_has_a_maximum_length():
    long = {"msg": "m" * 10_000, "stderr": "\n".join(["e" * 10_000] * 100), "failed": True}
    assert len(describe_failure(long)) <= MAX_REASON_LENGTH
    assert len(describe_failure({"results": [long] * 1000})) <= MAX_REASON_LENGTH
    assert describe_failure({"results": [long] * 1000}).endswith("and 997 more items")


def test_secrets_are_masked_before_the_reason_is_truncated():
    def clean(text):
        return strip_control_characters(str(text).replace("s" * 50, "***"))

    result = {"msg": "m" * 380 + "s" * 50, "stderr": "e" * 140 + "s" * 50}
    assert "s" not in describe_failure(result, clean)
