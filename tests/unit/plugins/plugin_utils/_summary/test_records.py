# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime

import pytest

from ansible_collections.community.mailtrap.plugins.plugin_utils._summary import records
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.records import (
    HIDDEN,
    LONGEST_REASON,
    MOST_CHANGES,
    MOST_HOSTS,
    MOST_NAMES,
    MOST_TROUBLES,
    MOST_WARNINGS,
    Record,
    cleaned,
    duration,
    has_failed,
    is_wanted,
    moment,
    reason_of,
)


def counts(**given):
    names = ("ok", "failures", "unreachable", "changed", "skipped", "rescued", "ignored")
    return {**dict.fromkeys(names, 0), **given}


def summary(record=None, stats=None, **given):
    return (record or Record()).summary(title="site.yml", byline="", stats=stats or {}, facts=[], **given)


@pytest.mark.parametrize(
    "result, reason",
    [
        ({"msg": "It broke."}, "It broke."),
        ({"msg": ""}, "The task does not say why."),
        ({}, "The task does not say why."),
        ({"reason": "No such file"}, "No such file"),
        ({"msg": ["a", {"ü": 1}]}, '["a", {"ü": 1}]'),
        ({"msg": "non-zero return code", "rc": 2}, "non-zero return code (rc 2)"),
        ({"rc": 2}, "(rc 2)"),
        ({"msg": "all well", "rc": 0}, "all well"),
        ({"msg": "x", "stdout": "printed", "stderr": "\nwent wrong\n"}, "x\nwent wrong"),
        ({"msg": "x", "stdout": "printed", "stderr": " \n"}, "x\nprinted"),
        ({"msg": "it went wrong", "stderr": "went wrong"}, "it went wrong"),
        ({"msg": "x", "stderr": "\n".join(map(str, range(20)))}, "x\n…\n12\n13\n14\n15\n16\n17\n18\n19"),
        ({"msg": "Error executing.", "cause": "No such file"}, "Error executing: No such file"),
        ({"msg": "Task failed: No such file", "cause": "No such file"}, "Task failed: No such file"),
        ({"msg": ["a"], "cause": "['a']"}, '["a"]'),
        ({"msg": "secret", "_ansible_no_log": True}, HIDDEN),
        ({"msg": "secret", "censored": "…"}, HIDDEN),
        ({"msg": "\x1b[31mred\x1b[0m\x07\r\nnext"}, "red\nnext"),
    ],
)
def test_the_reason_of_a_failure(result, reason):
    assert reason_of(result) == reason


def test_arguments_are_in_no_reason():
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
    assert reason_of(result) == "MODULE FAILURE"
    assert reason_of(looped) == "item 1: MODULE FAILURE"


def test_the_reason_of_a_loop_is_that_of_its_items():
    results = [
        {"_ansible_item_label": "fine"},
        {"failed": True, "msg": "one", "_ansible_item_label": "web"},
        {"exception": "…", "msg": "two", "_ansible_item_label": {"password": "x"}},
        {"failed": True, "failed_when_result": False, "_ansible_item_label": "forgiven"},
        {"failed_when_result": True, "msg": "three", "_ansible_item_label": 3},
        {"failed": True, "censored": "…", "_ansible_item_label": "hidden"},
        {"unreachable": True, "msg": "five"},
    ]
    reason = reason_of({"msg": "One or more items failed", "results": results})
    assert reason.splitlines() == ["5 of 7 items failed", "web: one", "item 3: two", "3: three", "and 2 more items"]


def test_reasons_are_bounded():
    long = {"msg": "m" * 10_000, "stderr": "\n".join(["e" * 10_000] * 100), "failed": True}
    assert len(reason_of(long)) <= LONGEST_REASON
    assert len(reason_of({"results": [long] * 1000})) <= LONGEST_REASON
    assert reason_of({"results": [long] * 1000}).endswith("and 997 more items")


def test_secrets_are_masked_before_anything_is_cut():
    def clean(text):
        return cleaned(str(text).replace("s" * 50, "***"))

    result = {"msg": "m" * 380 + "s" * 50, "stderr": "e" * 140 + "s" * 50}
    assert "s" not in reason_of(result, clean)


@pytest.mark.parametrize(
    "text, shown",
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;https://x\x07link\x1b]8;;\x07", "link"),
        ("a\tb\rc\x00d\x85e", "a    b\ncde"),
        ("exe\u202etxt", "exetxt"),
        ("broken \udcff", "broken \ufffd"),
        ("Grüße 🎉", "Grüße 🎉"),
        (7, "7"),
    ],
)
def test_what_can_be_shown_of_a_text(text, shown):
    assert cleaned(text) == shown


def test_the_same_failure_is_told_once_for_all_hosts():
    record = Record()
    for host in ("web10", "web2", "web1", "web2"):
        record.trouble("failed", host, "Install", "site.yml:3", {"msg": "no"})
    record.trouble("failed", "web3", "Install", "site.yml:3", {"msg": "other"})
    record.trouble("rescued", "web3", "Install", "site.yml:3", {"msg": "no"})
    first, second = summary(record).failures
    assert (first.task, first.path, first.kind, first.reason) == ("Install", "site.yml:3", "failed", "no")
    assert first.hosts == ["web1", "web2", "web10"] and first.more == 0
    assert second.hosts == ["web3"] and second.reason == "other"
    (rescued,) = summary(record).handled
    assert rescued.kind == "rescued"


def test_what_there_is_much_of_is_cut_and_counted():
    record = Record()
    for number in range(100):
        record.trouble("failed", f"host{number}", "Task", "", {"msg": str(number)})
        record.trouble("ignored", f"host{number}", "Task", "", {"msg": str(number)})
        record.change(f"host{number}", f"Task {number}", "")
        record.change(f"host{number}", "Task 0", "")
        record.warning(f"Beware {number}")
        record.warning("Beware 0")
    stats = {f"host{number}": counts(failures=number < 2, changed=1) for number in range(100)}
    made = summary(record, stats)
    assert len(made.failures) == len(made.handled) == MOST_TROUBLES
    assert len(made.changes) == MOST_CHANGES and len(made.warnings) == MOST_WARNINGS and len(made.hosts) == MOST_HOSTS
    assert len(made.changes[0].hosts) == MOST_NAMES and made.changes[0].more == 100 - MOST_NAMES
    assert made.left_out == {
        "failures": 100 - MOST_TROUBLES,
        "handled": 100 - MOST_TROUBLES,
        "changes": 100 - MOST_CHANGES,
        "warnings": 100 - MOST_WARNINGS,
    }
    assert made.more_hosts == {"changed": 100 - MOST_HOSTS}
    assert [host.name for host in made.hosts[:4]] == ["host0", "host1", "host2", "host3"]


@pytest.mark.parametrize(
    "given, state, shown",
    [
        ({"ok": 3}, "ok", {"ok": 3}),
        ({"ok": 3, "changed": 1, "skipped": 2}, "changed", {"changed": 1, "ok": 3, "skipped": 2}),
        (
            {"ok": 3, "changed": 1, "failures": 1, "ignored": 1},
            "failed",
            {"failed": 1, "ignored": 1, "changed": 1, "ok": 3},
        ),
        ({"unreachable": 1, "failures": 1}, "unreachable", {"unreachable": 1, "failed": 1}),
        ({"ok": 1, "ignored": 2, "rescued": 1}, "ok", {"rescued": 1, "ignored": 2, "ok": 1}),
        ({"skipped": 1}, "ok", {"skipped": 1}),
    ],
)
def test_a_host(given, state, shown):
    (host,) = summary(stats={"web1": counts(**given)}).hosts
    assert host.state == state and list(host.counts.items()) == list(shown.items())


@pytest.mark.parametrize(
    "hosts, recovered, outcome",
    [
        ([{"failures": 1, "changed": 1}, {"ok": 1}], False, "failed"),
        ([{"unreachable": 1}], False, "failed"),
        ([{"ok": 1}, {"changed": 1}], False, "changed"),
        ([{"ok": 1, "ignored": 1, "rescued": 1}], False, "ok"),
        ([{"changed": 1}], True, "recovered"),
        ([], False, "nothing"),
    ],
)
def test_the_outcome(hosts, recovered, outcome):
    stats = {f"host{number}": counts(**given) for number, given in enumerate(hosts)}
    assert summary(stats=stats, recovered=recovered).outcome == outcome
    assert has_failed(stats) is (outcome == "failed")


@pytest.mark.parametrize(
    "when, failed, changed, recovered, wanted",
    [
        (["failure"], True, False, False, True),
        (["failure"], False, True, True, False),
        (["change"], False, True, False, True),
        (["change"], True, False, False, False),
        (["recovery"], False, False, True, True),
        (["failure", "recovery"], False, False, False, False),
        (["failure", "recovery"], False, False, True, True),
        (["always"], False, False, False, True),
        ([], True, True, True, False),
    ],
)
def test_when_there_is_a_mail(when, failed, changed, recovered, wanted):
    assert is_wanted(when, failed, changed, recovered) is wanted


@pytest.mark.parametrize(
    "seconds, told",
    [
        (0.4, "0 s"),
        (59.6, "1 min 0 s"),
        (61, "1 min 1 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h 0 min"),
        (90061, "25 h 1 min"),
    ],
)
def test_a_duration(seconds, told):
    assert duration(seconds) == told


def test_a_moment():
    time = datetime.datetime(2026, 11, 25, 13, 5, 59, tzinfo=datetime.UTC)
    assert moment(time) == "2026-11-25 13:05 UTC"
    berlin = datetime.timezone(datetime.timedelta(hours=1), "CET")
    assert moment(time.astimezone(berlin)) == "2026-11-25 14:05 CET"


def test_hosts_stand_as_people_count():
    stats = {name: counts(ok=1) for name in ("web10", "web2", "db", "10.0.0.12", "10.0.0.2", "web²")}
    names = [host.name for host in summary(stats=stats).hosts]
    assert names == ["10.0.0.2", "10.0.0.12", "db", "web2", "web10", "web²"]


def test_a_long_run_takes_little_memory():
    record = Record()
    for number in range(1000):
        record.trouble("failed", "host", f"Task {number}", "", {"msg": "x" * 100_000})
    assert len(record._failures) == MOST_TROUBLES
    assert sum(len(reason) for *_, reason in record._failures) <= MOST_TROUBLES * records.LONGEST_REASON
