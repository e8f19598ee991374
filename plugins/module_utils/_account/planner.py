# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan an account: a step for each object that a document describes, and for each object to purge."""

from __future__ import annotations

import contextlib
import fnmatch
from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict, Iterable, Iterator, List, Optional, Sequence, Set, Tuple

from .._api.errors import MailtrapError, attempting
from .._engine.plan import diff
from .._engine.prepare import (
    Location,
    Step,
    coerce_fields,
    find_among_siblings,
    get_protection_reason,
    prepare,
    read_details,
    resolve_fields,
)
from .document import Entry, get_full_name, get_parent_type

if TYPE_CHECKING:
    from .._api.json_types import JsonObject
    from .._engine.resource import Id, Resource
    from .snapshot import Snapshot

CREATE, UPDATE, DELETE, UNCHANGED = "create", "update", "delete", "unchanged"

# The names of the actions in the plan that users see; in Jinja, plan.update would be the method of the dict.
_PLAN_NAMES = {CREATE: "created", UPDATE: "updated", DELETE: "deleted", UNCHANGED: "unchanged"}


@dataclass(eq=False)
class AccountStep(Step):
    """A step of an account.

    :ivar name: the full name of the object, such as ``Shop/Staging``.
    :ivar entry: its entry in the document; None for an object to purge.
    :ivar parent: the step of its parent; None if the document does not describe the parent.
    :ivar is_unfinished: whether it failed, or was not attempted.
    """

    name: str = ""
    entry: Optional[Entry] = None
    parent: Optional[AccountStep] = None
    is_unfinished: bool = False

    @property
    def action(self) -> str:
        """What happens to the object."""
        if not self.plan.writes:
            return UNCHANGED
        if self.plan.after is None:
            return DELETE
        return UPDATE if self.current else CREATE

    @property
    def path(self) -> Optional[str]:
        """Its place in the document, or None."""
        return self.entry.path if self.entry else None


def plan_entries(snapshot: Snapshot, entries: Sequence[Entry], recreate: bool) -> List[AccountStep]:
    """Return the steps for the entries of a document.

    :raises MailtrapError: with all errors and their places; nothing was written.
    """
    steps: Dict[Entry, AccountStep] = {}
    errors = _Errors()
    for entry in entries:
        with errors.collect(entry.path):
            steps[entry] = _find_step(snapshot, entry, steps, recreate)
    errors.raise_collected()
    existing = [step for step in steps.values() if step.current is not None]

    def complete(step: AccountStep) -> JsonObject:
        with attempting(f"read {step.label}"):
            parent_id = step.location.parent_id
            return read_details(snapshot.client, step.resource, step.current or {}, step.wanted, parent_id)

    for step, current in zip(existing, snapshot.pool.map(complete, existing)):
        step.current = current
    for entry, step in steps.items():
        with errors.collect(entry.path):
            step.wanted = coerce_fields(step.resource, step.wanted, step.current, snapshot)
            prepare(step, snapshot.client.token_suffix)
    errors.raise_collected()
    return list(steps.values())


def replan(snapshot: Snapshot, step: AccountStep) -> AccountStep:
    """Plan a step again right before it is applied, when its parent and the objects that it refers to have ids."""
    if step.entry is None:
        return step
    with attempting(f"{step.action} {step.label}"):
        if step.parent:
            step.location = Location((step.parent.current or {})["id"])
        wanted = resolve_fields(step.resource.fields, step.entry.wanted, step.options, snapshot)
        step.wanted = coerce_fields(step.resource, wanted, step.current, snapshot)
        step.warnings = []
        prepare(step, snapshot.client.token_suffix)
    return step


def plan_purge(
    snapshot: Snapshot,
    steps: Iterable[AccountStep],
    resources: Iterable[Resource],
    protect: Sequence[str],
    max_deletions: Optional[int],
) -> List[AccountStep]:
    """Return the steps that delete the objects which the document does not describe.

    Objects inside a parent are only purged if the document describes the parent.

    :param protect: name patterns; matching objects are not deleted.
    :raises MailtrapError: if more objects would be deleted than allowed.
    """
    described = {(step.resource, step.current["id"]) for step in steps if step.current}
    purged = [
        AccountStep(
            resource=resource,
            options={"state": "absent"},
            label=f"{resource.noun} {name!r}",
            location=Location(parent_id),
            current=obj,
            name=name,
        )
        for resource in resources
        for parent_id, obj, name in _find_undescribed(snapshot, resource, described)
        if not _is_exempt_from_purge(snapshot, resource, obj, name, protect)
    ]
    if max_deletions is not None and len(purged) > max_deletions:
        labels = ", ".join(step.label for step in purged[:20])
        raise MailtrapError(f"purge would delete {len(purged)} objects, but max_deletions is {max_deletions}: {labels}")
    for step in purged:
        with attempting(f"delete {step.label}"):
            prepare(step, snapshot.client.token_suffix)
    return purged


def summarize_plan(steps: Iterable[AccountStep]) -> JsonObject:
    """Return the plan that users see: the names of the objects by action and resource type."""
    names: Dict[str, Dict[str, List[str]]] = {name: {} for name in _PLAN_NAMES.values()}
    for step in steps:
        names[_PLAN_NAMES[step.action]].setdefault(step.resource.plural, []).append(step.name)
    return names


def to_diff(steps: Iterable[AccountStep]) -> JsonObject:
    """Return the difference as one document of the objects that change, ``before`` and ``after``."""
    result: JsonObject = {"before": {}, "after": {}}
    for step in steps:
        if step.plan.writes:
            difference = diff(step.resource, step.current, step.plan.after)
            for side, objects in result.items():
                if difference[side]:
                    objects.setdefault(step.resource.plural, {})[step.name] = difference[side]
    return result


def _find_step(snapshot: Snapshot, entry: Entry, steps: Dict[Entry, AccountStep], recreate: bool) -> AccountStep:
    """Return the step of an entry, with the object that the entry describes."""
    resource = entry.resource
    options = {**entry.options, "state": "present", "recreate": recreate}
    label = f"{resource.noun} {entry.name!r}"
    step = AccountStep(resource=resource, options=options, label=label, name=entry.name, entry=entry)
    if entry.parent:
        step.parent = steps.get(entry.parent)
        parent_id = _find_parent_id(snapshot, entry.parent, step.parent)
        step.location = Location(parent_id)
    compared = [item for item in resource.fields if not item.write_only]
    step.wanted = resolve_fields(compared, entry.wanted, options, snapshot)
    if not entry.parent or step.location.parent_id is not None:
        step.current = find_among_siblings(snapshot, resource, options, step.wanted, step.location)
        if step.current is None and options.get("id") is not None:
            raise MailtrapError(f"there is no {resource.noun} with id {options['id']}")
    if step.current is None:
        write_only = [item for item in resource.fields if item.write_only]
        step.wanted = resolve_fields(write_only, step.wanted, options, snapshot)
    return step


def _find_parent_id(snapshot: Snapshot, parent: Entry, step: Optional[AccountStep]) -> Optional[Id]:
    """Return the id of a parent: from its step, or from the snapshot if ``only`` excludes the parent."""
    if step:
        return step.current["id"] if step.current else None
    return snapshot.find_id(parent.resource, parent.wanted[parent.resource.natural_key])


def _find_undescribed(
    snapshot: Snapshot, resource: Resource, described: Set[Tuple[Resource, Id]]
) -> Iterator[Tuple[Optional[Id], JsonObject, str]]:
    """Yield the objects that the document does not describe, with the ids of their parents and their names."""
    parent = get_parent_type(resource)
    for parent_id in snapshot.parent_ids(resource):
        if parent and (parent, parent_id) not in described:
            continue
        parent_name = snapshot.find_name(parent, parent_id) if parent else None
        for obj in snapshot.siblings(resource, parent_id):
            if (resource, obj["id"]) not in described:
                yield parent_id, obj, get_full_name(resource, resource.key_field.get(obj), parent_name)


def _is_exempt_from_purge(
    snapshot: Snapshot, resource: Resource, obj: JsonObject, name: str, patterns: Sequence[str]
) -> bool:
    """Return whether a purge keeps an object: it is protected, read-only or about to expire, or matches a pattern."""
    hooks = resource.hooks
    if get_protection_reason(resource, obj, snapshot.client.token_suffix) or hooks.is_expiring(obj):
        return True
    if hooks.read_only_reason and hooks.read_only_reason(obj):
        return True
    names = (name, f"{resource.plural}:{name}")
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in patterns for text in names)


class _Errors:
    """The errors of a document, so that users see all of them at once."""

    def __init__(self) -> None:
        self._messages: List[str] = []

    @contextlib.contextmanager
    def collect(self, path: str) -> Iterator[None]:
        """Collect an error of the document with its place; the error of a request is raised at once."""
        try:
            yield
        except MailtrapError as error:
            if error.method:
                raise
            self._messages.extend(f"{path}: {message}" for message in error.messages)

    def raise_collected(self) -> None:
        """Raise the collected errors, if there are any."""
        if self._messages:
            raise MailtrapError(*self._messages)
