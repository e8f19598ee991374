# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module utility is private to the collection: it may change in any release.

"""What a kind of object is, as data, and the pure functions that think about it: plan() and diff()."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Optional, Tuple

from ansible_collections.community.mailtrap.plugins.module_utils._errors import MailtrapError


def _as_wanted(wanted, current):
    return wanted


def _as_stored(stored):
    return stored


@dataclass(frozen=True)
class Field:
    """A field that a user may set.

    :ivar name: str, its name in the API and as an option.
    :ivar required: bool, whether a new object must have it; the key of a resource must be there in any case.
    :ivar create: bool, whether the create request takes it; otherwise it is set by a second request.
    :ivar update: bool, whether it can be changed after the creation.
    :ivar length: pair of int, the shortest and the longest value the service takes, or None.
    :ivar stored: function (wanted, current) -> what the service will hold once ``wanted`` is written over ``current``.
        Equal to ``current`` means that there is nothing to do.
    :ivar sent: function (stored) -> what to write in the request.
    :ivar toggle: str, last word of the path of the request that flips the field, or None.
    """

    name: str
    required: bool = False
    create: bool = True
    update: bool = True
    length: Optional[Tuple[int, int]] = None
    stored: Callable[[Any, Any], Any] = _as_wanted
    sent: Callable[[Any], Any] = _as_stored
    toggle: Optional[str] = None


@dataclass(frozen=True)
class Parent:
    """Where an object lives.

    :ivar resource: Resource, the kind of the parent.
    :ivar field: str, the field of the child that holds the parent's id.
    :ivar children: str, the key under which the parent carries its children whole, or None.
    """

    resource: Resource
    field: str
    children: Optional[str] = None


@dataclass(frozen=True)
class Resource:
    """A kind of object of the service.

    :ivar name: str, singular: its name in results. :ivar plural: str, the name of a list of them.
    :ivar path: str, of the list; with ``/{id}`` added, of one object.
    :ivar fields: tuple of Field, what can be set, in the order of the API.
    :ivar wrapper: str, the key around a request's body, or None for a flat one (facts 1.6).
    :ivar key: str, the field that names an object among its siblings.
    :ivar parent: Parent or None.
    :ivar create_path: str, where new ones are posted when that is not ``path``; may name the parent's field in braces.
    :ivar secrets: tuple of str, fields that give access to something, at any depth of the object.
    """

    name: str
    plural: str
    path: str
    fields: Tuple[Field, ...]
    wrapper: Optional[str] = None
    key: str = "name"
    parent: Optional[Parent] = None
    create_path: Optional[str] = None
    secrets: Tuple[str, ...] = ()

    @property
    def noun(self):
        """Its name in a sentence: str."""
        return self.name.replace("_", " ")

    def path_of(self, object_id):
        """Return the path of one object: str."""
        return f"{self.path}/{object_id}"


@dataclass(frozen=True)
class Write:
    """One request that changes something; its arguments are those of Client.request."""

    method: str
    path: str
    body: Any = None


@dataclass(frozen=True)
class Plan:
    """What to do, and what will be there then.

    :ivar writes: tuple of Write, in order; empty when there is nothing to do.
    :ivar after: dict, the object as it will be as far as it can be known, or None for absent.
    """

    writes: Tuple[Write, ...]
    after: Optional[dict]


def wanted_of(resource, options):
    """Return the fields that the user manages: dict of what was given; None is unmanaged."""
    return {field.name: options[field.name] for field in resource.fields if options.get(field.name) is not None}


def plan(resource, current, wanted, state="present", parent_id=None):
    """Decide what brings one object to a state. Pure.

    :param current: dict, the object as the service holds it, or None.
    :param wanted: dict, field -> value, only what is managed.
    :param state: str, present or absent.
    :param parent_id: int, id of the parent for a new object.
    :returns: Plan.
    :raises MailtrapError: when it cannot be done; nothing has been written then.
    """
    if state == "absent":
        writes = (Write("DELETE", resource.path_of(current["id"])),) if current else ()
        return Plan(writes, None)
    _check_lengths(resource, wanted)
    if current is None:
        return _plan_create(resource, wanted, parent_id)
    return _plan_update(resource, current, wanted)


def diff(resource, before, after):
    """Return the difference for diff mode: dict with before and after, of identity and settable fields. Pure.

    :param before: dict, the object before, or None. :param after: dict, the object after, or None.
    """
    identity = ["id", resource.parent.field] if resource.parent else ["id"]
    shown = identity + [field.name for field in resource.fields]
    return {
        "before": {name: before[name] for name in shown if before and name in before},
        "after": {name: after[name] for name in shown if after and name in after},
    }


def without_secrets(resource, value):
    """Return an object, or a list of them, without its secret fields, at any depth. Pure."""
    if isinstance(value, list):
        return [without_secrets(resource, item) for item in value]
    if isinstance(value, dict):
        return {name: without_secrets(resource, item) for name, item in value.items() if name not in resource.secrets}
    return value


def ignored(resource, after, wanted):
    """Return the wanted fields that the service shows otherwise than they were just written: list of str. Pure."""
    return [name for name in _changes(resource, after, wanted) if name in after]


def set_later(resource, wanted):
    """Return those wanted fields that the create request does not take: dict. Pure."""
    return {field.name: wanted[field.name] for field in resource.fields if field.name in wanted and not field.create}


def _plan_create(resource, wanted, parent_id):
    needed = [field.name for field in resource.fields if field.required or field.name == resource.key]
    _check_key(resource, wanted)
    missing = [name for name in needed if not wanted.get(name)]
    if missing:
        raise MailtrapError(f"a new {resource.noun} needs {' and '.join(missing)}")
    body = {field.name: wanted[field.name] for field in resource.fields if field.create and field.name in wanted}
    after = {"id": None, **wanted}
    path = resource.create_path or resource.path
    if resource.parent:
        after[resource.parent.field] = parent_id
        path = path.format(**{resource.parent.field: parent_id})
    return Plan((Write("POST", path, _wrapped(resource, body)),), after)


def _plan_update(resource, current, wanted):
    changes = _changes(resource, current, wanted)
    _check_key(resource, changes)
    path = resource.path_of(current["id"])
    writes, body = [], {}
    for field in resource.fields:
        if field.name not in changes:
            continue
        if not field.update:
            raise MailtrapError(
                f"{field.name} of a {resource.noun} cannot be changed: it is {current.get(field.name)!r}, "
                f"not {wanted[field.name]!r}"
            )
        if field.toggle:
            writes.append(Write("PATCH", f"{path}/{field.toggle}"))
        else:
            body[field.name] = field.sent(changes[field.name])
    if body:
        writes.insert(0, Write("PATCH", path, _wrapped(resource, body)))
    return Plan(tuple(writes), {**current, **changes})


def _changes(resource, current, wanted):
    """Return field -> value as stored, for those wanted fields that differ."""
    changes = {}
    for field in resource.fields:
        if field.name in wanted:
            now = current.get(field.name)
            stored = field.stored(wanted[field.name], now)
            if stored != now:
                changes[field.name] = stored
    return changes


def _check_key(resource, wanted):
    """Refuse a key that only looks like another one, as a block scalar in YAML makes it with its line break."""
    key = wanted.get(resource.key, "")
    if key != key.strip():
        raise MailtrapError(f"{resource.key} {key!r} begins or ends with white space")


def _check_lengths(resource, wanted):
    for field in resource.fields:
        if field.length and field.name in wanted:
            shortest, longest = field.length
            if not shortest <= len(wanted[field.name]) <= longest:
                raise MailtrapError(
                    f"{field.name} {wanted[field.name]!r} has {len(wanted[field.name])} characters; "
                    f"the service takes {shortest} to {longest}"
                )


def _wrapped(resource, body):
    return {resource.wrapper: body} if resource.wrapper else body
