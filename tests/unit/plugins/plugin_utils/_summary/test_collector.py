# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.collector import (
    MAX_CHANGES,
    MAX_FAILURES,
    MAX_HOSTS,
    MAX_HOSTS_PER_TASK,
    MAX_WARNINGS,
    RunCollector,
    has_run_failed,
    is_mail_wanted,
)
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.failure_reason import MAX_REASON_LENGTH


def counts(**values):
    names = ("ok", "failures", "unreachable", "changed", "skipped", "rescued", "ignored")
    return {**dict.fromkeys(names, 0), **values}


def summarize(collector=None, stats=None, **options):
    collector = collector or RunCollector()
    return collector.summarize(title="site.yml", byline="", stats=stats or {}, details=[], **options)


def test_hosts_with_the_same_failure_are_grouped():
    collector = RunCollector()
    for host in ("web10", "web2", "web1", "web2"):
        collector.add_failure("failed", host, "Install", "site.yml:3", {"msg": "no"})
    collector.add_failure("failed", "web3", "Install", "site.yml:3", {"msg": "other"})
    collector.add_failure("rescued", "web3", "Install", "site.yml:3", {"msg": "no"})
    summary = summarize(collector)
    first, second = summary.failures
    assert (first.name, first.path, first.status, first.reason) == ("Install", "site.yml:3", "failed", "no")
    assert first.hosts == ["web1", "web2", "web10"] and first.more_hosts == 0
    assert second.hosts == ["web3"] and second.reason == "other"
    (rescued,) = summary.handled
    assert rescued.status == "rescued"


def test_lists_are_cut_and_omitted_entries_are_counted():
    collector = RunCollector()
    for number in range(100):
        collector.add_failure("failed", f"host{number}", "Task", "", {"msg": str(number)})
        collector.add_failure("ignored", f"host{number}", "Task", "", {"msg": str(number)})
        collector.add_change(f"host{number}", f"Task {number}", "")
        collector.add_change(f"host{number}", "Task 0", "")
        collector.add_warning(f"Beware {number}")
        collector.add_warning("Beware 0")
    stats = {f"host{number}": counts(failures=number < 2, changed=1) for number in range(100)}
    summary = summarize(collector, stats)
    assert len(summary.failures) == len(summary.handled) == MAX_FAILURES
    assert len(summary.changes) == MAX_CHANGES and len(summary.warnings) == MAX_WARNINGS
    assert len(summary.changes[0].hosts) == MAX_HOSTS_PER_TASK
    assert summary.changes[0].more_hosts == 100 - MAX_HOSTS_PER_TASK
    assert summary.omitted == {
        "failures": 100 - MAX_FAILURES,
        "handled": 100 - MAX_FAILURES,
        "changes": 100 - MAX_CHANGES,
        "warnings": 100 - MAX_WARNINGS,
    }
    assert len(summary.hosts) == MAX_HOSTS and summary.more_hosts == {"changed": 100 - MAX_HOSTS}
    assert [host.name for host in summary.hosts[:4]] == ["host0", "host1", "host2", "host3"]


@pytest.mark.parametrize(
    "values, state, shown_counts",
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
def test_state_and_counts_of_a_host(values, state, shown_counts):
    (host,) = summarize(stats={"web1": counts(**values)}).hosts
    assert host.state == state and list(host.counts.items()) == list(shown_counts.items())


@pytest.mark.parametrize(
    "hosts, has_recovered, outcome",
    [
        ([{"failures": 1, "changed": 1}, {"ok": 1}], False, "failed"),
        ([{"unreachable": 1}], False, "failed"),
        ([{"ok": 1}, {"changed": 1}], False, "changed"),
        ([{"ok": 1, "ignored": 1, "rescued": 1}], False, "ok"),
        ([{"changed": 1}], True, "recovered"),
        ([], False, "no_hosts"),
    ],
)
def test_outcome(hosts, has_recovered, outcome):
    stats = {f"host{number}": counts(**values) for number, values in enumerate(hosts)}
    assert summarize(stats=stats, has_recovered=has_recovered).outcome == outcome
    assert has_run_failed(stats) is (outcome == "failed")


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
def test_is_mail_wanted(when, failed, changed, recovered, wanted):
    assert is_mail_wanted(when, failed, changed, recovered) is wanted


def test_hosts_are_in_natural_order():
    stats = {name: counts(ok=1) for name in ("web10", "web2", "db", "10.0.0.12", "10.0.0.2", "web²")}
    names = [host.name for host in summarize(stats=stats).hosts]
    assert names == ["10.0.0.2", "10.0.0.12", "db", "web2", "web10", "web²"]


def test_omitted_failures_take_no_memory():
    collector = RunCollector()
    for number in range(1000):
        collector.add_failure("failed", "host", f"Task {number}", "", {"msg": "x" * 100_000})
    assert len(collector._failures) == MAX_FAILURES
    assert sum(len(reason) for *_, reason in collector._failures) <= MAX_FAILURES * MAX_REASON_LENGTH
