# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bring a whole account to what a document says: plan all of it, then do it, what is independent side by side."""

from __future__ import annotations

import contextlib
import fnmatch
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, List, Optional

from .._api.errors import MailtrapError, attempting
from .._engine.apply import (
    Directory,
    Location,
    apply_writes,
    complete,
    find_created,
    fitted,
    resolved,
)
from .._engine.files import check_dest, read_text, write_secret
from .._engine.progress import Progress
from .._engine.resource import (
    Plan,
    Resource,
    Write,
    diff,
    identity_of,
    match,
    plan,
)
from .document import (
    KINDS,
    Entry,
    called,
    kinds_named,
    parent_kind,
    read_document,
    write_entry,
)
from .snapshot import Account, needs_of, normal_key

# The options of both modules of an account as a document.
CONFIG_OPTIONS = {
    "only": {"type": "list", "elements": "str"},
    "parallel": {"type": "int", "default": 8},
}
MOST_PARALLEL = 32

NOTHING_TO_DO = Plan((), None)

# A failure of these is not the object's own: the next request would end the same.
_FATAL = (None, 401, 429)


@dataclass(eq=False)
class Step:
    """What becomes of one object.

    :ivar resource: Resource. :ivar name: str. :ivar current: dict, or None. :ivar todo: Plan.
    :ivar entry: Entry, None for what is not in the document.
    :ivar parent: Step of what it lives in, None where that is not in the document.
    :ivar parent_id: int, the id of what it lives in, where that is known.
    :ivar failed: bool.
    """

    resource: Resource
    name: str
    current: Optional[dict]
    todo: Plan = NOTHING_TO_DO
    entry: Optional[Entry] = None
    parent: Optional[Step] = None
    parent_id: Optional[int] = None
    failed: bool = False

    @property
    def action(self):
        if not self.todo.writes:
            return "unchanged"
        if self.todo.after is None:
            return "delete"
        return "update" if self.current else "create"

    @property
    def label(self):
        return f"{self.resource.noun} {self.name!r}"


@dataclass
class _Report:
    """What was done, for the result of the task.

    :ivar changes: list of dict, each with action, kind, name and id, and the secret that is shown only once.
    :ivar failures: list of dict. :ivar omitted: list of str, labels of what was not attempted.
    """

    changes: List[dict] = field(default_factory=list)
    failures: List[dict] = field(default_factory=list)
    omitted: List[str] = field(default_factory=list)
    fatal: bool = False
    lock: Any = field(default_factory=threading.Lock)

    def _done(self, step, shown):
        change = {"action": step.action, "kind": step.resource.plural, "name": step.name, "id": (shown or {}).get("id")}
        if shown and shown.get(step.resource.one_time):
            change[step.resource.one_time] = shown[step.resource.one_time]
        with self.lock:
            self.changes.append(change)

    def attempt(self, step, work, progress):
        """Do a piece of work and note what came of it; leave it where what it needs has failed."""
        if self.fatal or (step.parent and step.parent.failed):
            step.failed = True
            with self.lock:
                self.omitted.append(step.label)
            return
        try:
            after = work()
        except MailtrapError as error:
            self._failed(step, error)
        else:
            self._done(step, after)
            step.current = after
        progress.reached(len(self.changes) + len(self.failures))

    def _failed(self, step, error):
        step.failed = True
        half_done = error.data.get(step.resource.name)
        if half_done:
            self._done(step, half_done)
        with self.lock:
            self.fatal = self.fatal or error.status in _FATAL
            self.failures.append(
                {
                    "kind": step.resource.plural,
                    "name": step.name,
                    "where": step.entry.where if step.entry else None,
                    "status": error.status,
                    "msg": str(error),
                }
            )


class _Names(Directory):
    """Find the ids of what entries refer to; what will be made by the same run has none yet."""

    def __init__(self, account, entries):
        super().__init__(account.client)
        self._account = account
        self._described = {(one.resource, normal_key(one.resource, one.wanted[one.resource.key])) for one in entries}

    def find_id(self, resource, key, needed=True):
        """Return the id of the object of a name, None where it is yet to be made.

        :raises MailtrapError: when there is none, in the account nor in the document.
        """
        needed = needed and (resource, normal_key(resource, key)) not in self._described
        return self._account.find_id(resource, key, needed)

    def all_made(self):
        """Nothing is yet to be made: what is not there by now is missing."""
        self._described = ()


def apply_config(client, options, check_mode):
    """Bring the account to what a document says; in check mode plan it.

    :param options: dict, the options of community.mailtrap.account_config.
    :returns: dict, the result of the task.
    :raises MailtrapError: when nothing was written; or with what was done and what failed in its data.
    """
    kinds = _kinds(options)
    purged = [kind for kind in kinds_named(options["purge"], "purge") if kind in kinds]
    entries = read_document(options["config"], kinds)
    if options["dest"]:
        check_dest(options["dest"])
        _read_secrets(options["dest"])
    with ThreadPoolExecutor(max_workers=options["parallel"]) as pool:
        account = Account(client, pool)
        described = {entry.resource for entry in entries}
        places = {(one.resource, normal_key(one.resource, one.wanted[one.resource.key])) for one in entries}
        account.read([kind for kind in KINDS if kind in purged or kind in described], places)
        names = _Names(account, entries)
        steps = _plan_entries(account, entries, names, options["recreate"])
        steps += _plan_purge(account, steps, purged, options)
        result = {
            "changed": any(step.todo.writes for step in steps),
            "plan": _plan_of(steps),
            "diff": _diff_of(steps),
            "changes": [],
        }
        if check_mode or not result["changed"]:
            return result
        report = _carry_out(account, steps, names, options["recreate"])
    result["changes"] = _delivered(report.changes, options["dest"])
    result["changed"] = bool(report.changes)
    if report.failures:
        raise _failure(report, result)
    return result


def read_config(client, options, check_mode):
    """Return the account as a document.

    :param options: dict, the options of community.mailtrap.account_config_info.
    :returns: dict, the result of the task.
    """
    kinds = _kinds(options)
    with ThreadPoolExecutor(max_workers=options["parallel"]) as pool:
        account = Account(client, pool)
        account.read(kinds)
        account.complete(kinds)
    return {"changed": False, "account_config": _document(account, kinds, options["reveal_secrets"])}


def _kinds(options):
    """Return the kinds to look at: list of Resource.

    :raises MailtrapError: when an option has a value that cannot be.
    """
    if not 1 <= options["parallel"] <= MOST_PARALLEL:
        raise MailtrapError(f"parallel must be 1 to {MOST_PARALLEL}; it is {options['parallel']}")
    return kinds_named(options["only"], "only") if options["only"] else list(KINDS)


def _plan_entries(account, entries, names, recreate):
    """Return a Step for each entry: list.

    :raises MailtrapError: with all that cannot be, each with its place; nothing has been written then.
    """
    steps, wanted, wrong = {}, {}, _Wrong()
    for entry in entries:
        with wrong.at(entry.where):
            step = steps[entry] = _found(account, entry, steps)
            compared = [item for item in entry.resource.fields if item.shown]
            wanted[entry] = resolved(compared, entry.wanted, entry.options, names)
            step.current = _meant(account, entry, step, wanted[entry])
            if step.current is None:
                unseen = [item for item in entry.resource.fields if not item.shown]
                wanted[entry] = resolved(unseen, wanted[entry], entry.options, names)
    wrong.tell()
    there = [entry for entry in entries if steps[entry].current is not None]

    def completed(entry):
        step = steps[entry]
        with attempting(f"find {step.label}"):
            return complete(account.client, entry.resource, Location(step.current, step.parent_id), wanted[entry])

    for entry, current in zip(there, account.pool.map(completed, there)):
        steps[entry].current = current
    for entry, step in steps.items():
        with wrong.at(entry.where):
            fit = fitted(entry.resource, wanted[entry], step.current, names)
            step.todo = plan(entry.resource, step.current, fit, "present", step.parent_id, recreate)
    wrong.tell()
    return list(steps.values())


class _Wrong:
    """Collects what is wrong with a document, so that a user is told all of it at once."""

    def __init__(self):
        self._messages = []

    @contextlib.contextmanager
    def at(self, where):
        """Note a MailtrapError with its place instead of raising it."""
        try:
            yield
        except MailtrapError as error:
            if error.method:  # it is the service's
                raise
            self._messages.extend(f"{where}: {message}" for message in error.messages)

    def tell(self):
        if self._messages:
            raise MailtrapError(*self._messages)


def _found(account, entry, steps):
    """Return the Step of an entry with the place where it lives, as far as that is there."""
    step = Step(entry.resource, entry.name, None, entry=entry)
    if entry.parent in steps:
        step.parent = steps[entry.parent]
        step.parent_id = step.parent.current["id"] if step.parent.current else None
    elif entry.parent:
        step.parent_id = account.find_id(entry.parent.resource, entry.parent.wanted[entry.parent.resource.key])
    return step


def _meant(account, entry, step, wanted):
    """Return the object that an entry describes: dict, or None where it is not there."""
    resource = entry.resource
    if entry.parent and step.parent_id is None:
        return None
    if entry.options.get("id") is not None:
        current = next(
            (one for one in account.siblings(resource, step.parent_id) if one["id"] == entry.options["id"]), None
        )
        if current is None:
            raise MailtrapError(f"there is no {resource.noun} with id {entry.options['id']}")
        return current
    if any(wanted[name] is None for name in resource.identity if name in wanted):
        return None
    return match(resource, account.candidates(resource, step.parent_id, wanted), wanted)


def _plan_purge(account, steps, purged, options):
    """Return a Step for each object that is not in the document and is to go: list.

    What lives in others goes only where those are in the document, and not by itself where they go.

    :raises MailtrapError: when more would go than may.
    """
    kept = {(step.resource, step.current["id"]) for step in steps if step.current}
    gone = []
    for kind in purged:
        parent = parent_kind(kind)
        for parent_id in account.parents(kind):
            if parent and (parent, parent_id) not in kept:
                continue
            parent_name = parent and account.name_of(parent, parent_id)
            for one in account.siblings(kind, parent_id):
                name = called(kind, kind.field(kind.key).value(one), parent_name)
                if (kind, one["id"]) in kept or _is_protected(account.client, kind, one, name, options["protect"]):
                    continue
                todo = Plan((Write("DELETE", kind.object_path(one["id"], parent_id)),), None)
                gone.append(Step(kind, name, one, todo, parent_id=parent_id))
    most = options["max_deletions"]
    if most is not None and len(gone) > most:
        names = ", ".join(step.label for step in gone[:20])
        raise MailtrapError(f"purge would delete {len(gone)} objects, and max_deletions is {most}: {names}")
    return gone


def _is_protected(client, kind, one, name, patterns):
    """Say whether an object stays although it is not in the document: bool."""
    if kind.protected(one, client) or kind.frozen(one) or kind.leaving(one):
        return True
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in patterns for text in (name, f"{kind.plural}:{name}"))


def _carry_out(account, steps, names, recreate):
    """Make the writes of all steps: what others need first, and what is independent side by side; return _Report."""
    report = _Report()
    todo = [step for step in steps if step.todo.writes]
    names.all_made()
    progress = Progress("account_config", len(todo))

    def work(step):
        report.attempt(step, lambda: _write(account, step, names, recreate), progress)

    for depth in sorted({_depth(kind) for kind in KINDS}):
        list(account.pool.map(work, [one for one in todo if one.action != "delete" and _depth(one.resource) == depth]))
    for depth in sorted({_depth(kind) for kind in KINDS}, reverse=True):
        list(account.pool.map(work, [one for one in todo if one.action == "delete" and _depth(one.resource) == depth]))
    return report


def _write(account, step, names, recreate):
    """Make the writes of one step; return the object as it is then: dict.

    It is planned once more: what it lives in and refers to has its id by now.
    """
    client, resource = account.client, step.resource
    if step.action == "delete":
        with attempting(f"delete {step.label}"):
            try:
                client.request("DELETE", step.todo.writes[0].path)
            except MailtrapError as error:
                if error.status != 404:
                    raise
        return step.current
    parent_id = step.parent.current["id"] if step.parent else step.parent_id
    with attempting(f"{step.action} {step.label}"):
        wanted = resolved(resource.fields, step.entry.wanted, step.entry.options, names)
        wanted = fitted(resource, wanted, step.current, names)
        todo = plan(resource, step.current, wanted, "present", parent_id, recreate)

    def look(known):
        place = {resource.parent.field: parent_id} if parent_id is not None else {}
        return find_created(client, resource, place, identity_of(resource, todo.after), known)

    after = apply_writes(client, resource, Location(step.current, parent_id), wanted, todo, step.label, look)
    account.put(resource, parent_id, step.current, after)
    return after


def _failure(report, result):
    """Return the MailtrapError of a run that could not do all, with what was done in its data."""
    failed, done, left = len(report.failures), len(report.changes), len(report.omitted)
    told = [failure["msg"] for failure in report.failures[:10]]
    if failed > len(told):
        told.append(f"and {failed - len(told)} more, see failures")
    if left:
        told.append(f"not attempted because of that: {', '.join(report.omitted[:10])}{' ...' if left > 10 else ''}")
    error = MailtrapError(*told, status=report.failures[0]["status"])
    error.attempt = f"bring the account to its description ({done} changes made, {failed} failed, {left} not attempted)"
    kept = {name: result[name] for name in ("changed", "changes")}
    error.data = {**kept, "failures": report.failures, "omitted": report.omitted}
    return error


def _delivered(changes, dest):
    """Return the changes without the secrets that are shown only once, which go to a file: list of dict.

    :param dest: str, a file of JSON: plural of a kind -> name -> secret, where others stay; None for no file.
    :raises MailtrapError: when it cannot be written; all changes, with the secrets, are in its data.
    """
    one_time = {kind.plural: kind.one_time for kind in KINDS}
    secrets = [one for one in changes if one_time[one["kind"]] in one]
    if not dest or not secrets:
        return changes
    try:
        kept = _read_secrets(dest)
        for one in secrets:
            kept.setdefault(one["kind"], {})[one["name"]] = one[one_time[one["kind"]]]
        write_secret(dest, json.dumps(kept, indent=2, sort_keys=True))
    except MailtrapError as error:
        error.data = {"changed": True, "changes": changes}
        error.messages.append("the account was changed, and its new secrets are in this result")
        raise
    return [{name: value for name, value in one.items() if name != one_time[one["kind"]]} for one in changes]


def _read_secrets(dest):
    """Return the secrets that a file holds already: dict."""
    if not os.path.exists(dest):
        return {}
    try:
        kept = json.loads(read_text(dest, "dest"))
        if isinstance(kept, dict) and all(isinstance(names, dict) for names in kept.values()):
            return kept
    except ValueError:
        pass
    raise MailtrapError(f"dest {dest!r} holds something else than the secrets of an account")


# Jinja takes the update of a dict for its method.
_BECAME = {"create": "created", "update": "updated", "delete": "deleted", "unchanged": "unchanged"}


def _plan_of(steps):
    """Return what becomes of which objects: dict of that, such as created -> plural of a kind -> list of names."""
    told = {became: {} for became in _BECAME.values()}
    for step in steps:
        told[_BECAME[step.action]].setdefault(step.resource.plural, []).append(step.name)
    return told


def _diff_of(steps):
    """Return the differences as one document of those objects that change: dict with before and after."""
    told = {"before": {}, "after": {}}
    for step in steps:
        if step.todo.writes:
            one = diff(step.resource, step.current, step.todo.after)
            for side, objects_of in told.items():
                if one[side]:
                    objects_of.setdefault(step.resource.plural, {})[step.name] = one[side]
    return told


def _document(account, kinds, reveal_secrets, parent=None, parent_id=None):
    """Return the entries of kinds that stand at one place: dict of plural -> list of entries.

    What nobody can change any more is not in it.
    """
    document = {}
    for kind in kinds:
        if parent_kind(kind) is not parent:
            continue
        entries = []
        for one in account.changeable(kind, parent_id):
            entry = write_entry(kind, one, account.name_of, reveal_secrets)
            if _is_one_of_several(account, kind, parent_id, one):
                entry = {"id": one["id"], **entry}
            entries.append({**entry, **_document(account, kinds, reveal_secrets, kind, one["id"])})
        if entries:
            document[kind.plural] = entries
    return document


def _is_one_of_several(account, kind, parent_id, one):
    """Say whether an object cannot be told from its siblings without its id: bool."""
    identity = identity_of(kind, one)
    try:
        match(kind, account.candidates(kind, parent_id, identity), identity)
    except MailtrapError:
        return True
    return False


def _depth(kind):
    """Return how many kinds have to be done before one, at the longest: int."""
    return 1 + max((_depth(one) for one in needs_of(kind)), default=0)
