# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What there is to tell about a run: noted while it happens, and made into the model of a mail. Pure.

Only what is named here gets out of a result, and all of it is bounded, however many hosts, tasks and items there are.
"""

from __future__ import annotations

import datetime
import json
import re
from collections import Counter
from dataclasses import dataclass, field

# How much there is of a thing in a mail; what goes beyond is counted.
MOST_HOSTS = 25
MOST_TROUBLES = 10
MOST_CHANGES = 20
MOST_WARNINGS = 6
MOST_NAMES = 6
MOST_ITEMS = 3
MOST_LINES = 8
LONGEST_NAME = 100
LONGEST_LINE = 160
LONGEST_WARNING = 160
LONGEST_MESSAGE = 400
LONGEST_OUTPUT = 400
LONGEST_REASON = 900

HIDDEN = "The result is hidden by no_log."

# What makes a run fail; other failures are rescued or ignored.
FAILURES = ("failed", "unreachable")

# The counts of the recap, as the recap calls them, the worst first; a host is in the state of the first of them that it
# has, of those that are states.
_COUNTS = ("unreachable", "failed", "rescued", "ignored", "changed", "ok", "skipped")
_STATES = ("unreachable", "failed", "changed", "ok")

# What a terminal would obey and a mail would show: sequences of escape, other control characters, changes of direction.
_SEQUENCE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def cleaned(text):
    """Return what can be shown of a text anywhere: str, without control characters but for line breaks."""
    text = _SEQUENCE.sub("", str(text)).replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))


def shortened(text, length):
    """Return a text of at most a length, with a sign that something is missing."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


@dataclass
class Group:
    """Hosts that share something.

    :ivar hosts: list of str, the first of them. :ivar more: int, how many others there are.
    """

    task: str
    path: str
    kind: str = ""
    reason: str = ""
    hosts: list[str] = field(default_factory=list)
    more: int = 0


@dataclass
class Host:
    """A line of the recap.

    :ivar state: str, the worst of what happened.
    :ivar counts: dict of str to int, those that are not 0, the worst first.
    """

    name: str
    state: str
    counts: dict[str, int]


@dataclass
class Fact:
    """Something about the run as a whole, with what it links to."""

    label: str
    text: str
    url: str = ""


@dataclass
class Summary:
    """All that is in a mail.

    :ivar byline: str, the least that there is to know about it besides its outcome.
    :ivar outcome: str, failed, recovered, changed, ok or nothing.
    :ivar totals: Counter of the states of all hosts.
    :ivar more_hosts: Counter of the states of the hosts that are not in the list.
    """

    title: str
    byline: str
    outcome: str
    check: bool
    hosts: list[Host]
    more_hosts: Counter
    totals: Counter
    failures: list[Group]
    handled: list[Group]
    changes: list[Group]
    warnings: list[str]
    left_out: Counter
    facts: list[Fact]
    job: str = ""


class Record:
    """What happens in a run, as it happens.

    :param clean: function str -> str that makes a text fit to be shown.
    """

    def __init__(self, clean=cleaned):
        self._clean = clean
        self._failures = {}
        self._handled = {}
        self._changes = {}
        self._warnings = {}
        self._left_out = Counter()

    def trouble(self, kind, host, task, path, result):
        """Note that a task did not work on a host; result: dict, of which reason_of takes a part."""
        table, counted = (self._failures, "failures") if kind in FAILURES else (self._handled, "handled")
        self._note(table, (task, path, kind, reason_of(result, self._clean)), host, MOST_TROUBLES, counted)

    def change(self, host, task, path):
        """Note that a task changed a host."""
        self._note(self._changes, (task, path), host, MOST_CHANGES, "changes")

    def warning(self, text):
        """Note a warning; the same one counts once."""
        self._note(self._warnings, self._name(text, LONGEST_WARNING), "", MOST_WARNINGS, "warnings")

    def _name(self, text, length=LONGEST_NAME):
        return shortened(" ".join(self._clean(text).split()), length)

    def _groups(self, table):
        return [
            Group(
                self._name(task),
                self._name(path),
                *more,
                hosts=[self._name(host) for host in sorted(hosts, key=_counted)[:MOST_NAMES]],
                more=max(0, len(hosts) - MOST_NAMES),
            )
            for (task, path, *more), hosts in table.items()
        ]

    def _note(self, table, key, host, most, counted):
        if key not in table and len(table) == most:
            self._left_out[counted] += 1
        else:
            table.setdefault(key, {})[host] = None

    def summary(self, title, byline, stats, facts, check=False, recovered=False, job=""):
        """Return the Summary of what has been noted.

        :param stats: dict of the name of a host to its counts, as the recap of Ansible has them.
        :param facts: list of Fact. :param recovered: bool, whether the run before this one failed.
        """
        hosts = sorted((_host(self._name(name), counts) for name, counts in stats.items()), key=_rank)
        shown, rest = hosts[:MOST_HOSTS], hosts[MOST_HOSTS:]
        totals = Counter(host.state for host in hosts)
        return Summary(
            title=self._name(title),
            byline=byline,
            outcome=_outcome(totals, recovered),
            check=check,
            hosts=shown,
            more_hosts=Counter(host.state for host in rest),
            totals=totals,
            failures=self._groups(self._failures),
            handled=self._groups(self._handled),
            changes=self._groups(self._changes),
            warnings=list(self._warnings),
            left_out=self._left_out,
            facts=facts,
            job=job,
        )


def has_failed(stats):
    """Say whether a run failed, from the counts of its hosts: bool."""
    return any(counts["failures"] or counts["unreachable"] for counts in stats.values())


def is_wanted(when, failed, changed, recovered):
    """Say whether there is to be a mail; when: list of str, as the option of the callback."""
    happened = {"always": True, "failure": failed, "change": changed, "recovery": recovered}
    return any(happened[event] for event in when)


def is_hidden(result):
    """Say whether the console would hide a result."""
    return bool(result.get("_ansible_no_log") or "censored" in result)


def reason_of(result, clean=cleaned):
    """Return why a task failed, in its own words: str.

    These are its message and return code, and the end of what it printed, of the first items that failed. Nothing else
    in a result is looked at, its arguments least of all.

    :param result: dict, a result as a callback has it, with its innermost message as cause.
    """
    if is_hidden(result):
        return HIDDEN
    results = result.get("results")
    items = results if isinstance(results, list) and all(isinstance(item, dict) for item in results) else []
    failed = [(number, item) for number, item in enumerate(items, 1) if _item_failed(item)]
    if not failed:
        return shortened(_words(result, clean), LONGEST_REASON)
    length = (LONGEST_REASON - 100) // min(len(failed), MOST_ITEMS)
    told = [f"{len(failed)} of {len(items)} items failed"] if len(items) > 1 else []
    for number, item in failed[:MOST_ITEMS]:
        told.append(shortened(f"{_label(item, number, clean)}: {_words(item, clean)}", length))
    if len(failed) > MOST_ITEMS:
        told.append(f"and {len(failed) - MOST_ITEMS} more items")
    return "\n".join(told)


def _item_failed(item):
    # From ansible-core 2.22 on, what tells that an item failed is that it has an exception.
    failed = item.get("failed_when_result", item.get("failed") or "exception" in item)
    return failed or item.get("unreachable")


def _label(item, number, clean):
    """Return what an item is called: its text, or its number where it is more than one, as arguments are."""
    label = item.get("_ansible_item_label", item.get("item"))
    if is_hidden(item) or not isinstance(label, (str, int, float)):
        return f"item {number}"
    return shortened(" ".join(clean(label).split()), 60)


def _words(result, clean):
    if is_hidden(result):
        return HIDDEN
    message, cause = result.get("msg") or result.get("reason") or "", result.get("cause") or ""
    if not isinstance(message, str):
        message, cause = json.dumps(message, ensure_ascii=False, default=str), ""
    message, cause = clean(message).strip(), clean(cause).strip()
    if cause and cause not in message and message not in cause:
        message = f"{message.rstrip('.')}: {cause}"
    told = [shortened(message, LONGEST_MESSAGE)]
    if isinstance(result.get("rc"), int) and result["rc"] != 0:
        told[0] = f"{told[0]} (rc {result['rc']})".strip()
    # Not what a module printed that broke off: its arguments are in it.
    names = ("stderr", "module_stderr", "stdout")
    printed = next((result[name] for name in names if isinstance(result.get(name), str) and result[name].strip()), "")
    told.append(_end(clean(printed), message))
    return "\n".join(filter(None, told)) or "The task does not say why."


def _end(printed, message):
    """Return the last lines of what was printed, where errors are told; nothing where the message says them already."""
    lines = [line.rstrip() for line in printed.splitlines() if line.strip()]
    kept = []
    for line in reversed(lines[-MOST_LINES:]):
        line = shortened(line, LONGEST_LINE)
        if sum(map(len, kept)) + len(line) > LONGEST_OUTPUT:
            break
        kept.insert(0, line)
    if "\n".join(kept) in message:
        return ""
    return "\n".join(["…"] * (len(kept) < len(lines)) + kept)


def _host(name, counts):
    counts = {**counts, "failed": counts["failures"]}
    state = next((state for state in _STATES if counts[state]), "ok")
    return Host(name, state, {count: counts[count] for count in _COUNTS if counts[count]})


def _rank(host):
    return _STATES.index(host.state), _counted(host.name)


def _counted(name):
    """Return what to sort names by, so that they stand as people count: web2 before web10."""
    return [(word.isdecimal(), int(word) if word.isdecimal() else 0, word) for word in re.split(r"(\d+)", name)]


def _outcome(totals, recovered):
    if totals["failed"] or totals["unreachable"]:
        return "failed"
    if recovered:
        return "recovered"
    if not totals:
        return "nothing"
    return "changed" if totals["changed"] else "ok"


def duration(seconds):
    """Return a time as people say it: str, such as 2 min 31 s."""
    seconds = round(seconds)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def moment(time):
    """Return a point in time to the minute, with its zone: str. :param time: datetime with a zone."""
    zone = time.tzname() if time.utcoffset() != datetime.timedelta() else "UTC"
    return f"{time:%Y-%m-%d %H:%M} {zone}"
