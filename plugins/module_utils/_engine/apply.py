# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find an object, plan, make the writes of the plan. The only place that knows check mode, and no kind of object.

The options of a module are its words for identity: ``id``, or the resource's key, and for the parent its id
(``project_id``) or its name (``project``). Whatever else a field refers to is given by id or by name likewise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, List, Optional

from .._api.errors import MailtrapError, attempting
from .._api.pages import list_objects, parse_objects
from .resource import (
    NOTHING,
    OBJECT,
    check_wanted,
    identity_of,
    ignored,
    match,
    plan,
    remarks,
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
class Location:
    """Where an object was looked for, and what was there.

    :ivar current: dict or None. :ivar parent_id: int or None.
    :ivar missing_parent: str, how the parent was called that is not there, or None.
    """

    current: Optional[dict]
    parent_id: Optional[int] = None
    missing_parent: Optional[str] = None


class Directory:
    """The lists of the service, each read once at the most: what a task finds names in.

    :ivar warnings: list of str, what check mode had to do without.
    """

    def __init__(self, client, check_mode=False):
        self.client = client
        self.check_mode = check_mode
        self.warnings = []
        self._read = {}

    def list(self, resource, parent_id=None, query=None, **some):
        """Return all objects of a kind: list of dict; ``query``, a dict, is what the service narrows them by.

        :param some: what list_objects takes to return some of them only, which are not kept then.
        """
        if some:
            return fetch_list(self.client, resource, parent_id, query, **some)
        asked = _asked(resource, parent_id, query)
        if asked not in self._read:
            self._read[asked] = fetch_list(self.client, resource, parent_id, query)
        return self._read[asked]

    def get_only(self, resource):
        """Return the one object of a kind that there is: dict.

        :raises MailtrapError: when there are several, or none.
        """
        found = self.list(resource)
        if len(found) == 1:
            return found[0]
        ids = ", ".join(str(item["id"]) for item in found)
        several = f"there are {len(found)} {resource.many}, with the ids {ids}: give the id"
        raise MailtrapError(several if found else f"there is no {resource.noun}")

    def preload(self, resource, name, values):
        """Read the list of a kind whole, and answer from it what the service is asked for by each value of a field."""
        field, groups = resource.field(name), {}
        for item in self.list(resource):
            groups.setdefault(field.normal(field.value(item)), []).append(item)
        for value in values:
            self._read[_asked(resource, None, {name: value})] = groups.get(field.normal(value), [])

    def find_id(self, resource, key, needed=True):
        """Return the id of the object of a name, None where there is none and check mode, or nobody, needs it.

        :raises MailtrapError: when there is none, or several.
        """
        found = match(resource, self.list(resource), {resource.key: key})
        if found is None and needed:
            self.report_missing(f"{resource.noun} {key!r}")
        return found["id"] if found else None

    def report_missing(self, what):
        """Note that something that has to be there is not; ``what`` is how it is called, a str.

        :raises MailtrapError: but for check mode.
        """
        self.warnings.extend(_missing(what, self.check_mode))


def _asked(resource, parent_id, query):
    return (resource.name, parent_id, tuple(sorted((query or {}).items())))


def ensure(client, resource, options, check_mode=False, directory=None, planned=None):
    """Bring one object to its state with the least requests.

    :param client: Client. :param resource: Resource.
    :param options: dict, identity, fields and state of the object; None is unmanaged.
    :param directory: Directory, where several objects are found in the same ones.
    :param planned: function like ``plan``, for a kind that knows more states, or wants to see what it deletes.
    :returns: Outcome.
    :raises MailtrapError: its data holds the object if it was made or changed before the failure.
    """
    label = _label(resource, options)
    absent = options["state"] == "absent"
    if absent and options.get("id") is not None and not check_mode and not planned and not resource.freezes:
        with attempting(f"delete {label}"):
            return _delete_unseen(client, resource, options)
    directory = directory or Directory(client, check_mode)
    told = len(directory.warnings)
    wanted = wanted_of(resource, options)
    if not absent:
        with attempting(f"manage {label}"):
            check_wanted(resource, wanted, options)
    with attempting(f"find {label}"):
        compared = [item for item in resource.fields if item.shown and (not absent or item.name in resource.identity)]
        wanted = resolved(compared, wanted, options, directory, needed=not absent)
        place = _find(client, resource, options, wanted, directory)
    with attempting(f"{'update' if place.current else 'create'} {label}"):
        if not absent:
            directory.warnings.extend(_check_place(resource, place, check_mode))
            if place.current is None:
                unseen = [item for item in resource.fields if not item.shown]
                wanted = resolved(unseen, wanted, options, directory)
            else:
                place.current = complete(client, resource, place, wanted)
            wanted = fitted(resource, wanted, place.current, directory)
        recreate = bool(options.get("recreate"))
        todo = (planned or plan)(resource, place.current, wanted, options["state"], place.parent_id, recreate)
    told_of_change = remarks(resource, place.current, todo.after)
    warnings = [*directory.warnings[told:], *(f"{label[0].upper()}{label[1:]} {reason}." for reason in told_of_change)]
    if check_mode or not todo.writes:
        return Outcome(bool(todo.writes), place.current, todo.after, warnings)
    if absent:
        with attempting(f"delete {label}"):
            return _delete_all(client, todo.writes, place.current)

    def look(known):
        return find_created(client, resource, options, identity_of(resource, todo.after), known)

    after = apply_writes(client, resource, place, wanted, todo, label, look)
    for item in ignored(resource, after, wanted):
        shown = item.told(item.value(after))
        warnings.append(f"The service accepted {item.name} for {label}, but shows {shown!r}.")
    return Outcome(True, place.current, after, warnings)


def apply_writes(client, resource, place, wanted, todo, label, look):
    """Make the writes of a plan for an object that is to be there, and what a new one needs besides.

    :param place: Location of the object. :param todo: Plan. :param label: str, the object in a sentence.
    :param look: function (ids) -> dict or None, the object if it is there now and not one of these ids.
    :returns: dict, the object after the last write.
    :raises MailtrapError: its data holds the object if it was made or changed before the failure.
    """
    done = _Done(place.current)
    try:
        for write in todo.writes:
            # The first write for what is not there makes it, whatever it looks like.
            if done.now is None or (write.method == "POST" and write.path == resource.creation_path(place.parent_id)):
                with attempting(f"create {label}"):
                    done.now = _create(client, resource, write, done.ids(), look)
                done.words.append("created")
            elif write.method == "DELETE":
                with attempting(f"delete the {resource.noun} that {label} takes the place of"):
                    _delete(client, write.path, {})
                done.words.append("deleted")
            else:
                _update(client, resource, write, done, todo.after, label)
        if "created" in done.words:
            # What the create request does not take depends on what the service made of it.
            later = set_later(resource, wanted)
            with attempting(f"update {label}"):
                done.now = _with_fetched(client, resource, done.now, later, place.parent_id)
                more = plan(resource, done.now, later, parent_id=place.parent_id)
            for write in more.writes:
                _update(client, resource, write, done, more.after, label)
    except MailtrapError as error:
        done.tell(resource, error)
        raise
    return done.now


@dataclass
class _Done:
    """How far the writes of a plan have come.

    :ivar now: dict, the object as it is, or None. :ivar words: list of str, what was done: created, changed, deleted.
    """

    now: Optional[dict]
    words: List[str] = field(default_factory=list)

    def ids(self):
        return [self.now["id"]] if self.now else []

    def tell(self, resource, error):
        """Say in a failure what was done before it, and hand over the object with what is shown only once."""
        if not self.words:
            return
        error.data = {"changed": True, **error.data}
        if "created" in self.words or "deleted" not in self.words:
            error.data[resource.name] = self.now
        if "deleted" in self.words:
            error.messages.append(f"the {resource.noun} that was there before is deleted")
        if "created" in self.words:
            error.messages.append(f"the {resource.noun} itself was created, with id {self.now['id']}")
        elif "changed" in self.words:
            error.messages.append(f"the {resource.noun} itself was changed in part")


def find_created(client, resource, options, identity, known):
    """Look for an object anew: dict, or None where it is not there.

    :param options: dict, where it lives: the id or the name of its parent.
    :param identity: dict, as identity_of has it. :param known: list of ids of objects that it is not.
    """
    if resource.by_key:
        return fetch_object(client, resource, identity[resource.key])
    siblings, _place = _siblings(resource, options, Directory(client))
    return match(resource, [item for item in siblings if item["id"] not in known], identity)


def find_objects(client, resource, options, check_mode=False):
    """Find the objects that match: by id, by key, by parent, by what they refer to, or all, up to a limit.

    :returns: Lookup of a list of dict.
    :raises MailtrapError: also when the parent that was named is not there, but for check mode.
    """
    directory = Directory(client, check_mode)
    object_id, key = options.get("id"), options.get(resource.key)
    one = object_id if object_id is not None or not resource.by_key else key
    limit = options.get("limit")
    if limit is not None and limit < 1:
        raise MailtrapError(f"limit must be 1 or more; it is {limit}")
    with attempting(f"read the {resource.many}" if one is None else f"read {_label(resource, options)}"):
        if one is not None and resource.readable:
            parent_id, missing = _parent(resource, options, directory) if resource.nested else (None, None)
            found = None if missing else fetch_object(client, resource, one, parent_id)
            return Lookup([found] if found else [])
        looked_at = [item for item in resource.fields if item.shown or item.name in resource.filters]
        wanted = resolved(looked_at, wanted_of(resource, options), options, directory)
        if any(None in value for value in wanted.values() if isinstance(value, list)):  # nothing refers to what is not
            return Lookup([], directory.warnings)
        some = {"fits": lambda one: bool(_alike(resource, [one], wanted)), "limit": limit} if limit else {}
        siblings, place = _siblings(resource, {**options, **wanted}, directory, **some)
        if place.missing_parent:
            return Lookup([], _missing(place.missing_parent, check_mode))
        if object_id is not None:
            return Lookup([item for item in siblings if item["id"] == object_id])
        return Lookup(_alike(resource, siblings, wanted)[:limit], directory.warnings)


def find_object(client, resource, options, check_mode, directory=None):
    """Find the one object that is meant.

    :param directory: Directory, where several things are found in the same ones.
    :returns: Lookup of a dict, with nothing but its id where the id was given, and empty for what check mode has to do
        without because an earlier task would have made it.
    :raises MailtrapError: when there is none, or several share its name.
    """
    if options.get("id") is not None:
        return Lookup({"id": options["id"]})
    directory = directory or Directory(client, check_mode)
    told = len(directory.warnings)
    with attempting(f"find {_label(resource, options)}"):
        within = [resource.field(name) for name in resource.within]
        wanted = resolved(within, wanted_of(resource, options), options, directory)
        place = _find(client, resource, options, wanted, directory)
        if place.current is not None:
            return Lookup(place.current)
        missing = place.missing_parent or f"{resource.noun} {options[resource.key]!r}"
        return Lookup({}, [*directory.warnings[told:], *_missing(missing, check_mode)])


def send_write(client, write, check_mode, host="general", repeatable=None):
    """Make the one write of a verb and return its answer; in check mode make none, and return None.

    :param host: str. :param repeatable: bool. Both as for Client.request.
    :raises MailtrapError: as Client.request.
    """
    if check_mode:
        return None
    return client.request(write.method, write.path, write.body, host=host, repeatable=repeatable)


def unwrap(answer):
    """Return what an answer is about, out of the envelope that some of them have (facts 1.6)."""
    if isinstance(answer, dict) and "data" in answer and "id" not in answer:
        return answer["data"]
    return answer


def fetch_list(client, resource, parent_id=None, query=None, **some):
    """Return all objects of a kind, of one parent where its path tells: list of dict.

    :param query: dict, what the service narrows the list by. :param some: what list_objects takes to return fewer.
    :raises MailtrapError: when the answer is anything else: that is no proof that there are none.
    """
    path = resource.list_path(parent_id)
    try:
        return list_objects(client, path, resource.many, query=query, style=resource.pages, **some)
    except MailtrapError as error:
        if error.status == 404 and not resource.nested:  # a list is always there
            error.messages.append("is api_url right?")
        _tell_need(resource, error)
        raise


def resolved(fields, wanted, options, directory, needed=True):
    """Return the wanted fields with the names of other objects replaced by their ids.

    :param fields: list of Field. :param wanted: dict, as wanted_of returns it.
    :param needed: bool, whether what is named has to be there.
    :returns: dict; an id is None where there is no such object and it is not needed, or check mode has to do without.
    :raises MailtrapError: when there is no such object.
    """

    def id_of(resource, key):
        return directory.find_id(resource, key, needed)

    wanted = dict(wanted)
    for item in fields:
        reference = item.reference
        named = options.get(reference.option) if reference else None
        if named is not None and reference.many:
            wanted[item.name] = wanted.get(item.name, []) + [id_of(reference.resource, name) for name in named]
        elif named == "" and reference.nothing is not None:
            wanted[item.name] = reference.nothing
        elif named is not None:
            wanted[item.name] = id_of(reference.resource, named)
        if item.resolve and wanted.get(item.name) is not None:
            wanted[item.name] = item.resolve(wanted[item.name], id_of)
    return wanted


def _find(client, resource, options, wanted, directory):
    """Return the Location of the object that the options mean."""
    if options.get("id") is not None:
        parent_id, missing = _parent(resource, options, directory) if resource.nested else (None, None)
        current = None if missing else fetch_object(client, resource, options["id"], parent_id)
        if current is None and options.get("state", "present") == "present":
            missing = missing or f"{resource.noun} with id {options['id']}"
            raise MailtrapError(f"there is no {missing}")
        return Location(current, parent_id)
    if not options[resource.key]:
        raise MailtrapError(f"{resource.key} is empty: give it, or the id")
    if resource.by_key:
        return Location(fetch_object(client, resource, options[resource.key]))
    siblings, place = _siblings(resource, options, directory)
    # What refers to an object that is not there is not there either.
    if all(wanted[name] is not None for name in resource.identity if name in wanted):
        place.current = match(resource, siblings, wanted)
    return place


def _siblings(resource, options, directory, **some):
    """Return the objects among which a key must be unique, and the Location without the object itself.

    :param some: what list_objects takes to return fewer of them, where that saves requests.
    """
    query = _query(resource, options)
    parent = resource.parent
    parent_id, parent_key = _parent_words(resource, options)
    if resource.nested:
        parent_id, missing = _parent(resource, options, directory)
        if missing:
            return [], Location(None, missing_parent=missing)
        found, missing = _below(resource, parent_id, options, directory, query, **some)
        return found, Location(None, None if missing else parent_id, missing)
    if parent_id is None and parent_key is None:
        return directory.list(resource, query=query, **some), Location(None)
    if parent_id is not None:
        found = fetch_object(directory.client, parent.resource, parent_id)
        missing = f"{parent.noun} with id {parent_id}"
    else:
        found = match(parent.resource, directory.list(parent.resource), {parent.resource.key: parent_key})
        missing = f"{parent.noun} {parent_key!r}"
    if found is None:
        return [], Location(None, missing_parent=missing)
    place = Location(None, parent_id=found["id"])
    if parent.children in found:
        return parse_objects(found[parent.children], resource.many, parent.resource.path), place
    return [item for item in directory.list(resource, query=query) if item.get(parent.field) == found["id"]], place


def _query(resource, options):
    """Return what narrows the list of a kind: dict; a parameter with several values has brackets (facts 1.9)."""
    names = (*resource.filters, *resource.period)
    given = {name: options[name] for name in names if options.get(name) is not None}
    several = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    return {f"{name}[]" if name in several else name: several.get(name, value) for name, value in given.items()}


def _parent(resource, options, directory):
    """Return the id of the parent whose path an object lies below, None where it is not there, and what that is called.

    A parent that is given by its id is not looked at: the service says itself when it is not there.
    """
    parent = resource.parent
    parent_id, parent_key = _parent_words(resource, options)
    if parent_id is not None:
        return parent_id, None
    if parent_key is None:
        names = f"give {parent.resource.name} or {parent.field}"
        raise MailtrapError(f"{resource.one} is looked for by its name in its {parent.noun}: {names}")
    grandparent_id, missing = _parent(parent.resource, options, directory) if parent.resource.nested else (None, None)
    if missing:
        return None, missing
    siblings, missing = _below(parent.resource, grandparent_id, options, directory)
    found = match(parent.resource, siblings, {parent.resource.key: parent_key})
    return (found["id"], None) if found else (None, missing or f"{parent.noun} {parent_key!r}")


def _below(resource, parent_id, options, directory, query=None, **some):
    """Return the list of a kind, and how the parent whose path it lies below is called where that is not there."""
    try:
        return directory.list(resource, parent_id, query, **some), None
    except MailtrapError as error:
        if error.status != 404 or not resource.nested:
            raise
        parent_id, parent_key = _parent_words(resource, options)
        return [], f"{resource.parent.noun} {parent_id if parent_key is None else repr(parent_key)}"


def _parent_words(resource, options):
    """Return the id and the name of the parent that the options give; None for what they do not give."""
    parent = resource.parent
    if parent is None:
        return None, None
    return options.get(parent.field), options.get(parent.resource.name) if parent.resource else None


def fetch_object(client, resource, object_id, parent_id=None):
    """Return one object by its id, or by its key where the service takes that: dict, or None for a 404."""
    if not resource.readable:
        return next((item for item in fetch_list(client, resource, parent_id) if item["id"] == object_id), None)
    path = resource.object_path(object_id, parent_id)
    answer = client.get_if_found(path, default=ABSENT)
    return None if answer is ABSENT else parse_object(resource, answer, "GET", path)


def complete(client, resource, place, wanted):
    """Return the object with all that has to be compared: what lists leave out, and what lies below it: dict."""
    current = place.current
    thin = any(item.name in wanted and not item.listed and item.value(current) is None for item in resource.fields)
    if thin:
        current = fetch_object(client, resource, current["id"], place.parent_id)
    return _with_fetched(client, resource, current, wanted, place.parent_id)


def _with_fetched(client, resource, current, wanted, parent_id):
    """Return an object with those wanted fields that are read by a request of their own; a 404 is no value."""
    for item in resource.fields:
        if item.fetched and item.name in wanted:
            path = f"{resource.object_path(current['id'], parent_id)}/{item.fetched}"
            found = unwrap(client.get_if_found(path))
            if not isinstance(found, (dict, type(None))):
                sentence = f"the service's answer holds no {item.name.replace('_', ' ')}"
                raise MailtrapError(sentence, method="GET", path=path)
            current = item.put(current, found)
    return current


def parse_object(resource, answer, method, path):
    found = unwrap(answer)
    if not isinstance(found, dict) or "id" not in found:
        sentence = f"the service's answer holds no {resource.noun}"
        raise MailtrapError(sentence, method=method, path=path, uncertain=method != "GET")
    return found


def _alike(resource, siblings, wanted):
    """Return those objects that have all the wanted values: list of dict."""
    if resource.hits and resource.key in wanted:
        siblings = resource.hits(siblings, wanted[resource.key])
        wanted = {name: value for name, value in wanted.items() if name != resource.key}
    fields = [item for item in resource.fields if item.name in wanted and item.shown]
    if any(wanted[item.name] is None for item in fields):  # nothing refers to what is not there
        return []
    return [
        one
        for one in siblings
        if all(item.normal(item.value(one)) == item.normal(wanted[item.name]) for item in fields)
    ]


def fitted(resource, wanted, current, directory):
    """Return the wanted fields with those values that depend on what is there."""
    fits = [item for item in resource.fields if item.fit and wanted.get(item.name) is not None]
    return {**wanted, **{item.name: item.fit(wanted[item.name], item.value(current or {}), directory) for item in fits}}


def _check_place(resource, place, check_mode):
    """Refuse to make an object nowhere; return the warnings that check mode gives instead: list of str."""
    if place.current is not None or resource.parent is None or place.parent_id is not None:
        return []
    if place.missing_parent is None:
        parent = resource.parent
        raise MailtrapError(
            f"a new {resource.noun} needs its {parent.noun}: give {parent.resource.name} or {parent.field}"
        )
    return _missing(place.missing_parent, check_mode)


def _missing(what, check_mode):
    """Raise MailtrapError for what has to be there; in check mode return a warning instead: list of str."""
    if not check_mode:
        raise MailtrapError(f"there is no {what}")
    return [f"There is no {what}; check mode takes it that an earlier task would have made it."]


def _create(client, resource, write, known, look):
    try:
        return parse_object(resource, client.request(write.method, write.path, write.body), write.method, write.path)
    except MailtrapError as error:
        _tell_need(resource, error)
        if not error.uncertain:
            raise
        # It may be there: repeating the request could make a second one.
        try:
            found = look(known)
        except MailtrapError as second:
            error.messages.append(f"whether it was made is not known, for looking failed too: {second}")
            raise error from None
        if found is None:
            error.messages.append("it was looked for and is not there; run again")
            raise
        if resource.one_time:
            error.messages.append(
                f"the {resource.noun} was made, with id {found['id']}; "
                f"its {resource.one_time} was in the answer that was lost, and is not shown again"
            )
            error.data = {"changed": True, resource.name: found}
            raise
        return found


def _update(client, resource, write, done, predicted, label):
    """Make one write that changes an object, and note what it is then."""
    with attempting(f"{write.verb} {label}"):
        try:
            answer = client.request(write.method, write.path, write.body)
            if write.answers == OBJECT:
                # No answer to a write shows these.
                apart = [resource.one_time, *(item.name for item in resource.fields if item.fetched)]
                kept = {name: done.now[name] for name in apart if name in done.now}
                done.now = {**kept, **parse_object(resource, answer, write.method, write.path)}
            elif write.answers == NOTHING:
                done.now = {**predicted, "id": done.now["id"]}
            else:
                done.now = resource.field(write.answers).put(done.now, unwrap(answer))
        except MailtrapError as error:
            _tell_doubt(error)
            raise
    done.words.append("changed")


def _delete_unseen(client, resource, options):
    """Delete what is known by its id with one request."""
    parent_id, missing = _parent(resource, options, Directory(client)) if resource.nested else (None, None)
    if missing:
        return Outcome(False, None, None)
    return _delete(client, resource.object_path(options["id"], parent_id), {"id": options["id"]})


def _delete_all(client, writes, current):
    """Make deletions, the last of them that of the object itself.

    :returns: Outcome; it is changed when any of them found something to delete.
    :raises MailtrapError: its data says whether something was deleted before.
    """
    changed = False
    for write in writes:
        try:
            outcome = _delete(client, write.path, current)
        except MailtrapError as error:
            error.data = {"changed": True} if changed else {}
            raise
        changed = changed or outcome.changed
    return Outcome(changed, outcome.before or (current if changed else None), None)


def _delete(client, path, known):
    """Delete with one request what is known by its id at least; a 404 says that it was absent already."""
    try:
        answer = unwrap(client.request("DELETE", path))
    except MailtrapError as error:
        if error.status == 404:
            return Outcome(False, None, None)
        _tell_doubt(error)
        raise
    return Outcome(True, {**known, **(answer if isinstance(answer, dict) else {})}, None)


def _tell_need(resource, error):
    """Say which token may do what was refused to this one."""
    if error.status == 403 and resource.needs:
        error.messages.append(resource.needs)


def _tell_doubt(error):
    if error.uncertain:
        error.messages.append("it may have taken effect all the same")


def _label(resource, options):
    if options.get("id") is not None:
        return f"{resource.noun} {options['id']}"
    label = f"{resource.noun} {resource.field(resource.key).told(options.get(resource.key))!r}"
    parent_id, parent_key = _parent_words(resource, options)
    if parent_id is not None or parent_key is not None:
        label += f" in {resource.parent.noun} {parent_id if parent_key is None else repr(parent_key)}"
    return label
