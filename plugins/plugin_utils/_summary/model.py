# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data of a summary mail, independent of its format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections import Counter

# The outcome of a run. A recovered run succeeded after one that failed.
Outcome = Literal["failed", "recovered", "changed", "ok", "no_hosts"]

# What became of a task that failed on a host.
FailureStatus = Literal["failed", "unreachable", "rescued", "ignored"]

# The state of a host at the end of the run.
HostState = Literal["unreachable", "failed", "changed", "ok"]

# The lists of a summary that are cut to a maximum length.
ListName = Literal["failures", "handled", "changes", "warnings"]


@dataclass
class ChangedTask:
    """A task that changed hosts.

    :ivar path: the file and line of the task.
    :ivar hosts: the first hosts that it changed.
    :ivar more_hosts: the number of hosts that are not in ``hosts``.
    """

    name: str
    path: str
    hosts: list[str] = field(default_factory=list)
    more_hosts: int = 0


@dataclass
class FailedTask(ChangedTask):
    """A task that failed on hosts in the same way."""

    status: FailureStatus = "failed"
    reason: str = ""


@dataclass
class HostRecap:
    """A host's line of the play recap.

    :ivar counts: the counts that are not 0, by their name in the play recap, worst first.
    """

    name: str
    state: HostState
    counts: dict[str, int]


@dataclass
class RunDetail:
    """A labelled detail about the run, such as its start time, with an optional link."""

    label: str
    text: str
    url: str = ""


@dataclass
class Summary:
    """All data of a summary mail.

    :ivar byline: one line on who ran the playbook, where and when.
    :ivar hosts: the first hosts, worst first.
    :ivar more_hosts: the number of hosts in each state that are not in ``hosts``.
    :ivar totals: the number of all hosts in each state.
    :ivar failures: tasks that made the run fail.
    :ivar handled: failed tasks that were rescued or ignored.
    :ivar omitted: the number of entries that did not fit into a list.
    :ivar job_url: the page of the CI job, or an empty string.
    """

    title: str
    byline: str
    outcome: Outcome
    check_mode: bool
    hosts: list[HostRecap]
    more_hosts: Counter[HostState]
    totals: Counter[HostState]
    failures: list[FailedTask]
    handled: list[FailedTask]
    changes: list[ChangedTask]
    warnings: list[str]
    omitted: Counter[ListName]
    details: list[RunDetail]
    job_url: str = ""
