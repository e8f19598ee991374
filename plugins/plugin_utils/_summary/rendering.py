# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renders the subject, the plain text and the HTML of the summary mail."""

from __future__ import annotations

import itertools
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING

from .failure_reason import MAX_REASON_LENGTH
from .formatting import truncate
from .html_template import load_html_template

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .model import ChangedTask, FailedTask, ListName, Summary

MAX_SUBJECT_LENGTH = 180
# Gmail clips a mail whose HTML is larger than 102 kB.
MAX_HTML_BYTES = 100_000
_OUTCOME_LABELS = {
    "failed": "Failed",
    "recovered": "Works again",
    "changed": "Changed",
    "ok": "No changes",
    "no_hosts": "No hosts",
}
# What the entries of each list are called, in the singular.
_ENTRY_NAMES: dict[ListName, str] = {
    "failures": "failure",
    "handled": "failure",
    "changes": "change",
    "warnings": "warning",
}


def render_subject(summary: Summary, prefix: str = "") -> str:
    """Render the subject."""
    symbol = "❌" if summary.outcome == "failed" else "✅"
    subject = f"{prefix} {symbol} {summary.title} {render_headline(summary)}"
    if summary.failures:
        subject += f": {summary.failures[0].name}"
    if summary.check_mode:
        subject += " (check mode)"
    return truncate(" ".join(subject.split()), MAX_SUBJECT_LENGTH)


def render_headline(summary: Summary) -> str:
    """Render the outcome as the end of a sentence that starts with the title."""
    totals, host_count = summary.totals, sum(summary.totals.values())
    if summary.outcome == "no_hosts":
        return "matched no hosts"
    if totals["failed"] and totals["unreachable"]:
        return f"failed on {totals['failed']} and could not reach {totals['unreachable']} of {_count_hosts(host_count)}"
    if totals["failed"]:
        return f"failed on {_share_of_hosts(totals['failed'], host_count)}"
    if totals["unreachable"]:
        return f"could not reach {_share_of_hosts(totals['unreachable'], host_count)}"
    verb = "would change" if summary.check_mode else "changed"
    if totals["changed"]:
        changes = f"{verb} {_share_of_hosts(totals['changed'], host_count)}"
    else:
        changes = f"{verb} nothing on {_count_hosts(host_count)}"
    return f"works again: {changes}" if summary.outcome == "recovered" else changes


def render_text(summary: Summary) -> str:
    """Render the mail as plain text."""
    check_mode = " (check mode)" if summary.check_mode else ""
    changes = [f"* {task.name}\n  {_list_hosts(task)}" for task in summary.changes]
    warnings = [textwrap.fill(f"* {warning}", 76, subsequent_indent="  ") for warning in summary.warnings]
    sections = [
        [f"{summary.title} {render_headline(summary)}{check_mode}\n{summary.byline}"],
        _section("First failure", map(_failed_task_text, summary.failures[:1])),
        _section("More failures", map(_failed_task_text, summary.failures[1:]), _count_omitted(summary, "failures")),
        _section("Hosts", ["\n".join(_host_lines(summary))], _count_more_hosts(summary)),
        _section(
            "Would change" if summary.check_mode else "Changes",
            ["\n".join(changes)],
            _count_omitted(summary, "changes"),
        ),
        _section("Rescued and ignored", map(_failed_task_text, summary.handled), _count_omitted(summary, "handled")),
        _section("Warnings", ["\n".join(warnings)], _count_omitted(summary, "warnings")),
        _section("Run details", ["\n".join(_detail_lines(summary))]),
    ]
    return "\n\n".join(itertools.chain.from_iterable(sections)) + "\n"


def render_html(summary: Summary, subject: str) -> str:
    """Render the mail as HTML, with shorter reasons of failures if it is too large otherwise."""
    for reason_length in (MAX_REASON_LENGTH, 250, 40):
        html = _render_html(_truncate_reasons(summary, reason_length), subject)
        if len(html.encode()) <= MAX_HTML_BYTES:
            break
    return html


def _truncate_reasons(summary: Summary, length: int) -> Summary:
    def truncated(tasks: list[FailedTask]) -> list[FailedTask]:
        return [replace(task, reason=truncate(task.reason, length)) for task in tasks]

    return replace(summary, failures=truncated(summary.failures), handled=truncated(summary.handled))


def _render_html(summary: Summary, subject: str) -> str:
    return load_html_template().render(
        summary=summary,
        subject=subject,
        headline=render_headline(summary),
        label=_OUTCOME_LABELS[summary.outcome],
        tone="bad" if summary.outcome == "failed" else "good",
        hosts=_list_hosts,
        omitted={list_name: _count_omitted(summary, list_name) for list_name in _ENTRY_NAMES},
        more_hosts=_count_more_hosts(summary),
    )


def _section(title: str, blocks: Iterable[str], note: str = "") -> list[str]:
    """Return the heading and the blocks of a section, or an empty list if all blocks are empty."""
    blocks = [block for block in [*blocks, note] if block]
    return [f"{title.upper()}\n{'-' * len(title)}", *blocks] if blocks else []


def _failed_task_text(task: FailedTask) -> str:
    status = "" if task.status == "failed" else f"{task.status.capitalize()}: "
    path = f" ({task.path})" if task.path else ""
    return f"{status}{task.name}{path}\n  on {_list_hosts(task)}\n{textwrap.indent(task.reason, '    ')}"


def _host_lines(summary: Summary) -> list[str]:
    width = max((len(host.name) for host in summary.hosts), default=0)
    return [
        f"{host.name:{width}}  {', '.join(f'{count} {name}' for name, count in host.counts.items())}"
        for host in summary.hosts
    ]


def _detail_lines(summary: Summary) -> list[str]:
    details = [(detail.label, detail.text) for detail in summary.details]
    if summary.job_url:
        details.append(("Job", summary.job_url))
    width = max((len(label) for label, _text in details), default=0)
    return [f"{label:{width}}  {text}" for label, text in details]


def _list_hosts(task: ChangedTask) -> str:
    return ", ".join(task.hosts) + (f" and {task.more_hosts} more" if task.more_hosts else "")


def _count_omitted(summary: Summary, list_name: ListName) -> str:
    """Return a note on how many entries of a list are left out, or an empty string if all are listed."""
    count = summary.omitted[list_name]
    if not count:
        return ""
    entry = _ENTRY_NAMES[list_name]
    return f"and 1 more {entry} that is not listed" if count == 1 else f"and {count} more {entry}s that are not listed"


def _count_more_hosts(summary: Summary) -> str:
    """Return a note on the hosts that are left out, or an empty string if all are listed."""
    if not summary.more_hosts:
        return ""
    states = ", ".join(f"{count} {state}" for state, count in summary.more_hosts.items())
    return f"and {_count_hosts(sum(summary.more_hosts.values()), 'more ')}: {states}"


def _count_hosts(count: int, adjective: str = "") -> str:
    return f"{count} {adjective}{'host' if count == 1 else 'hosts'}"


def _share_of_hosts(count: int, total: int) -> str:
    if count < total:
        return f"{count} of {_count_hosts(total)}"
    return _count_hosts(total) if total == 1 else f"all {_count_hosts(total)}"
