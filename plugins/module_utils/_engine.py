# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module utility is private to the collection: it may change in any release.

"""Find an object, plan, make the writes of the plan. The only place that knows check mode, and no kind of object.

The options of a module are its words for identity: ``id``, or the resource's key, and for the parent its id
(``project_id``) or its name (``project``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, List, Optional

from ansible_collections.community.mailtrap.plugins.module_utils._errors import MailtrapError, attempting
from ansible_collections.community.mailtrap.plugins.module_utils._resource import (
    ignored,
    plan,
    set_later,
    wanted_of,
)

ABSENT = object()


@dataclass
class Outcome:
    """What became of an object.

    :ivar changed: bool. :ivar before: dict or None. :ivar after: dict or None, predicted in check mode.
    :ivar warnings: list of str.
    """

    changed: bool
    before: Optional[dict]
    after: Optional[dict]
    warnings: List[str] = field(default_factory=list)


@dataclass
class Lookup:
    """What was found.

    :ivar found: a dict, or a list of dict. :ivar warnings: list of str, what check mode had to do without.
    """

    found: Any
    warnings: List[str] = field(default_factory=list)


@dataclass
class _Place:
    """Where an object was looked for, and what was there.

    :ivar current: dict or None. :ivar parent_id: int or None.
    :ivar missing_parent: str, how the parent was called that is not there, or None.
    """

    current: Optional[dict]
    parent_id: Optional[int] = None
    missing_parent: Optional[str] = None


def ensure(client, resource, options, check_mode=False):
    """Bring one object to its state with the least requests.

    :param client: Client. :param resource: Resource.
    :param options: dict, identity, fields and state of the object; None is unmanaged.
    :returns: Outcome.
    :raises MailtrapError: its data holds the object if it was made or changed before the failure.
    """
    label = _label(resource, options)
    state = options["state"]
    if state == "absent" and options.get("id") is not None and not check_mode:
        with attempting(f"delete {label}"):
            return _delete(client, resource, {"id": options["id"]})
    wanted = wanted_of(resource, options)
    with attempting(f"find {label}"):
        place = _find(client, resource, options)
    verb = "update" if place.current else "create"
    with attempting(f"{verb} {label}"):
        warnings = _check_place(resource, place, state, check_mode)
        todo = plan(resource, place.current, wanted, state, place.parent_id)
    if check_mode or not todo.writes:
        return Outcome(bool(todo.writes), place.current, todo.after, warnings)
    if state == "absent":
        with attempting(f"delete {label}"):
            return _delete(client, resource, place.current)
    after = place.current
    if after is None:
        with attempting(f"create {label}"):
            after = _create(client, resource, options, todo)
        # What the create request does not take depends on what the service made of it.
        todo = plan(resource, after, set_later(resource, wanted))
    with attempting(f"update {label}"):
        after = _update(client, resource, todo, after, created=place.current is None)
    kept = ignored(resource, after, wanted)
    warnings.extend(f"The service accepted {name} for {label}, but shows {after[name]!r}." for name in kept)
    return Outcome(True, place.current, after, warnings)


def read(client, resource, options, check_mode=False):
    """Find the objects that match: by id, by key, by parent, or all.

    :returns: Lookup of a list of dict.
    :raises MailtrapError: also when the parent that was named is not there, but for check mode.
    """
    if options.get("id") is not None:
        with attempting(f"read {_label(resource, options)}"):
            found = _fetched(client, resource, options["id"])
            return Lookup([found] if found else [])
    with attempting(f"read the {_many(resource)}"):
        siblings, place = _siblings(client, resource, options)
        if place.missing_parent:
            return Lookup([], _missing(place.missing_parent, check_mode))
        key = options.get(resource.key)
        return Lookup(siblings if key is None else [item for item in siblings if item.get(resource.key) == key])


def find_one(client, resource, options, check_mode):
    """Find the one object that is meant.

    :returns: Lookup of a dict, with nothing but its id where the id was given, and empty for what check mode has to do
        without because an earlier task would have made it.
    :raises MailtrapError: when there is none, or several share its name.
    """
    if options.get("id") is not None:
        return Lookup({"id": options["id"]})
    with attempting(f"find {_label(resource, options)}"):
        place = _find(client, resource, options)
        if place.current is not None:
            return Lookup(place.current)
        missing = place.missing_parent or f"{resource.noun} {options[resource.key]!r}"
        return Lookup({}, _missing(missing, check_mode))


def carry_out(client, write, check_mode, host="general"):
    """Make the one write of a verb and return its answer; in check mode make none, and return None.

    :raises MailtrapError: as Client.request.
    """
    return None if check_mode else client.request(write.method, write.path, write.body, host=host)


def unwrapped(answer):
    """Return what an answer is about, out of the envelope that some of them have (facts 1.6)."""
    if isinstance(answer, dict) and "data" in answer and "id" not in answer:
        return answer["data"]
    return answer


def objects(answer, called, path):
    """Return a list of objects out of an answer: list of dict with an id each.

    Anything else is no proof that there are none.

    :param called: str, what they are called in a sentence. :param path: str, where the answer is from.
    :raises MailtrapError: when it is anything else.
    """
    found = unwrapped(answer)
    if not isinstance(found, list):
        raise MailtrapError(f"the service's answer is not a list of {called}", method="GET", path=path)
    if not all(isinstance(item, dict) and "id" in item for item in found):
        raise MailtrapError(f"the service's list of {called} holds something else", method="GET", path=path)
    return found


def _find(client, resource, options):
    if options.get("id") is not None:
        current = _fetched(client, resource, options["id"])
        if current is None and options["state"] == "present":
            raise MailtrapError(f"there is no {resource.noun} with id {options['id']}")
        return _Place(current)
    if not options[resource.key]:
        raise MailtrapError(f"{resource.key} is empty: give it, or the id")
    siblings, place = _siblings(client, resource, options)
    place.current = _named(siblings, resource, options[resource.key])
    return place


def _siblings(client, resource, options):
    """Return the objects among which a key must be unique, and the place without the object itself."""
    parent = resource.parent
    parent_id, parent_key = _parent_words(resource, options)
    if parent_id is None and parent_key is None:
        return _listed(client, resource), _Place(None)
    if parent_id is not None:
        found = _fetched(client, parent.resource, parent_id)
        missing = f"{parent.resource.noun} with id {parent_id}"
    else:
        found = _named(_listed(client, parent.resource), parent.resource, parent_key)
        missing = f"{parent.resource.noun} {parent_key!r}"
    if found is None:
        return [], _Place(None, missing_parent=missing)
    place = _Place(None, parent_id=found["id"])
    if parent.children in found:
        return objects(found[parent.children], _many(resource), parent.resource.path), place
    return [item for item in _listed(client, resource) if item.get(parent.field) == found["id"]], place


def _parent_words(resource, options):
    if resource.parent is None:
        return None, None
    return options.get(resource.parent.field), options.get(resource.parent.resource.name)


def _fetched(client, resource, object_id):
    """Return one object by id: dict, or None where the service says 404."""
    path = resource.path_of(object_id)
    answer = client.find(path, absent=ABSENT)
    return None if answer is ABSENT else _object(resource, answer, "GET", path)


def _listed(client, resource):
    """Return all objects of a kind: list of dict."""
    try:
        answer = client.get(resource.path)
    except MailtrapError as error:
        if error.status == 404:  # a list is always there
            error.messages.append("is api_url right?")
        raise
    return objects(answer, _many(resource), resource.path)


def _object(resource, answer, method, path):
    found = unwrapped(answer)
    if not isinstance(found, dict) or "id" not in found:
        sentence = f"the service's answer holds no {resource.noun}"
        raise MailtrapError(sentence, method=method, path=path, uncertain=method != "GET")
    return found


def _named(objects, resource, key):
    """Return the one object that has a key: dict, or None. Which of several is meant is for the user to say."""
    hits = [item for item in objects if item.get(resource.key) == key]
    if len(hits) > 1:
        ids = ", ".join(str(item["id"]) for item in hits)
        raise MailtrapError(f"{len(hits)} {_many(resource)} are called {key!r}, with the ids {ids}: give the id")
    return hits[0] if hits else None


def _check_place(resource, place, state, check_mode):
    """Refuse to make an object nowhere; return the warnings that check mode gives instead: list of str."""
    if place.current is not None or state == "absent" or resource.parent is None or place.parent_id is not None:
        return []
    parent = resource.parent.resource
    if place.missing_parent is None:
        raise MailtrapError(
            f"a new {resource.noun} needs its {parent.noun}: give {parent.name} or {resource.parent.field}"
        )
    return _missing(place.missing_parent, check_mode)


def _missing(what, check_mode):
    """Raise MailtrapError for what has to be there; in check mode return a warning instead: list of str."""
    if not check_mode:
        raise MailtrapError(f"there is no {what}")
    return [f"There is no {what}; check mode takes it that an earlier task would have made it."]


def _create(client, resource, options, todo):
    try:
        return _written(client, resource, todo.writes[0])
    except MailtrapError as error:
        if not error.uncertain:
            raise
        # It may be there: repeating the request could make a second one.
        try:
            found = _find(client, resource, options).current
        except MailtrapError as second:
            error.messages.append(f"whether it was made is not known, for looking failed too: {second}")
            raise error from None
        if found is None:
            error.messages.append("it was looked for and is not there; run again")
            raise
        return found


def _update(client, resource, todo, current, created):
    """Make the writes of an update, one after the other; return the object after the last: dict."""
    changed = created
    for write in todo.writes:
        try:
            current = _written(client, resource, write)
        except MailtrapError as error:
            _tell_doubt(error)
            if changed:
                error.data = {resource.name: current, "changed": True}
                done = f"was created, with id {current['id']}" if created else "was changed in part"
                error.messages.append(f"the {resource.noun} itself {done}")
            raise
        changed = True
    return current


def _delete(client, resource, known):
    """Delete with one request what is known by its id at least; a 404 says that it was absent already."""
    path = resource.path_of(known["id"])
    try:
        answer = unwrapped(client.request("DELETE", path))
    except MailtrapError as error:
        if error.status == 404:
            return Outcome(False, None, None)
        _tell_doubt(error)
        raise
    return Outcome(True, {**known, **(answer if isinstance(answer, dict) else {})}, None)


def _written(client, resource, write):
    answer = client.request(write.method, write.path, write.body)
    return _object(resource, answer, write.method, write.path)


def _tell_doubt(error):
    if error.uncertain:
        error.messages.append("it may have taken effect all the same")


def _many(resource):
    return resource.plural.replace("_", " ")


def _label(resource, options):
    if options.get("id") is not None:
        return f"{resource.noun} {options['id']}"
    label = f"{resource.noun} {options.get(resource.key)!r}"
    parent_id, parent_key = _parent_words(resource, options)
    if parent_id is not None or parent_key is not None:
        label += f" in {resource.parent.resource.noun} {parent_id if parent_key is None else repr(parent_key)}"
    return label
