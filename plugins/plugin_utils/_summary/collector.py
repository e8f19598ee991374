# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collects failures, changes and warnings while Ansible runs, and summarizes them at the end.

Every list is cut to a maximum length, so that memory and mail stay small however many hosts, tasks and items there are.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .failure_reason import describe_failure
from .formatting import natural_sort_key, strip_control_characters, truncate
from .model import ChangedTask, FailedTask, HostRecap, Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .model import FailureStatus, HostState, ListName, Outcome, RunDetail

MAX_HOSTS = 25
MAX_FAILURES = 10
MAX_CHANGES = 20
MAX_WARNINGS = 6
MAX_HOSTS_PER_TASK = 6
MAX_NAME_LENGTH = 100
_MAX_WARNING_LENGTH = 160

# The counts of the play recap under the names that it prints, worst first.
_COUNTS = ("unreachable", "failed", "rescued", "ignored", "changed", "ok", "skipped")
# A host is in the first of these states whose count is not 0.
_STATES: tuple[HostState, ...] = ("unreachable", "failed", "changed", "ok")


class RunCollector:
    """Collects the events of a run.

    :param clean: converts a value to text that may be shown.
    """

    def __init__(self, clean: Callable[[object], str] = strip_control_characters) -> None:
        self._clean = clean
        # Each dict maps what hosts have in common to those hosts, in their order. The values are dicts used as sets.
        self._failures: dict[tuple[str, str, FailureStatus, str], dict[str, None]] = {}
        self._handled: dict[tuple[str, str, FailureStatus, str], dict[str, None]] = {}
        self._changes: dict[tuple[str, str], dict[str, None]] = {}
        self._warnings: dict[str, dict[str, None]] = {}
        self._omitted: Counter[ListName] = Counter()

    def add_failure(
        self, status: FailureStatus, host: str, task: str, path: str, result: Mapping[str, Any], cause: str = ""
    ) -> None:
        """Add a task that failed on a host.

        :param result: the result as the callback receives it; only parts of it get into the mail.
        :param cause: the innermost error message, if the result does not contain it.
        """
        reason = describe_failure(result, self._clean, cause)
        if status in ("failed", "unreachable"):
            self._add(self._failures, (task, path, status, reason), host, MAX_FAILURES, "failures")
        else:
            self._add(self._handled, (task, path, status, reason), host, MAX_FAILURES, "handled")

    def add_change(self, host: str, task: str, path: str) -> None:
        """Add a task that changed a host."""
        self._add(self._changes, (task, path), host, MAX_CHANGES, "changes")

    def add_warning(self, text: object) -> None:
        """Add a warning, unless it has been added before."""
        self._add(self._warnings, self._clean_name(text, _MAX_WARNING_LENGTH), "", MAX_WARNINGS, "warnings")

    def _add(
        self, groups: dict[Any, dict[str, None]], key: object, host: str, max_groups: int, list_name: ListName
    ) -> None:
        if key not in groups and len(groups) == max_groups:
            self._omitted[list_name] += 1
        else:
            groups.setdefault(key, {})[host] = None

    def _clean_name(self, text: object, length: int = MAX_NAME_LENGTH) -> str:
        return truncate(" ".join(self._clean(text).split()), length)

    def _clean_hosts(self, hosts: Iterable[str]) -> list[str]:
        return [self._clean_name(host) for host in sorted(hosts, key=natural_sort_key)[:MAX_HOSTS_PER_TASK]]

    def _failed_tasks(self, groups: dict[tuple[str, str, FailureStatus, str], dict[str, None]]) -> list[FailedTask]:
        return [
            FailedTask(
                self._clean_name(task),
                self._clean_name(path),
                self._clean_hosts(hosts),
                max(0, len(hosts) - MAX_HOSTS_PER_TASK),
                status,
                reason,
            )
            for (task, path, status, reason), hosts in groups.items()
        ]

    def summarize(
        self,
        title: str,
        byline: str,
        stats: Mapping[str, Mapping[str, int]],
        details: list[RunDetail],
        check_mode: bool = False,
        has_recovered: bool = False,
        job_url: str = "",
    ) -> Summary:
        """Return the summary of all events so far.

        :param stats: the counts of each host, under the names that Ansible's AggregateStats uses.
        :param has_recovered: whether the run succeeded after one that failed.
        """
        hosts = [_host_recap(self._clean_name(name), counts) for name, counts in stats.items()]
        hosts.sort(key=lambda host: (_STATES.index(host.state), natural_sort_key(host.name)))
        totals = Counter(host.state for host in hosts)
        return Summary(
            title=self._clean_name(title),
            byline=byline,
            outcome=_outcome(totals, has_recovered),
            check_mode=check_mode,
            hosts=hosts[:MAX_HOSTS],
            more_hosts=Counter(host.state for host in hosts[MAX_HOSTS:]),
            totals=totals,
            failures=self._failed_tasks(self._failures),
            handled=self._failed_tasks(self._handled),
            changes=[
                ChangedTask(
                    self._clean_name(task),
                    self._clean_name(path),
                    self._clean_hosts(hosts),
                    max(0, len(hosts) - MAX_HOSTS_PER_TASK),
                )
                for (task, path), hosts in self._changes.items()
            ],
            warnings=list(self._warnings),
            omitted=self._omitted,
            details=details,
            job_url=job_url,
        )


def has_run_failed(stats: Mapping[str, Mapping[str, int]]) -> bool:
    """Return whether a run failed on any host.

    :param stats: the counts of each host, under the names that Ansible's AggregateStats uses.
    """
    return any(counts["failures"] or counts["unreachable"] for counts in stats.values())


def is_mail_wanted(when: Iterable[str], has_failed: bool, has_changed: bool, has_recovered: bool) -> bool:
    """Return whether a mail is to be sent.

    :param when: the callback's option ``when``.
    """
    events = {"always": True, "failure": has_failed, "change": has_changed, "recovery": has_recovered}
    return any(events[event] for event in when)


def _host_recap(name: str, stats: Mapping[str, int]) -> HostRecap:
    counts = {**stats, "failed": stats["failures"]}
    state: HostState = next((state for state in _STATES if counts[state]), "ok")
    return HostRecap(name, state, {count: counts[count] for count in _COUNTS if counts[count]})


def _outcome(totals: Counter[HostState], has_recovered: bool) -> Outcome:
    if totals["failed"] or totals["unreachable"]:
        return "failed"
    if has_recovered:
        return "recovered"
    if not totals:
        return "no_hosts"
    return "changed" if totals["changed"] else "ok"
