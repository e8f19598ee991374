# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a kind of object is, as data, and the pure functions that think about it: match(), plan() and diff()."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Iterable, Optional, Tuple
from urllib.parse import quote

from .._api.errors import MailtrapError

if TYPE_CHECKING:
    from .._api.pages import Pagination

# What the answer to a write shows; otherwise it is the name of the one field that it shows.
OBJECT = "object"
NOTHING = "nothing"


def _itself(value):
    return value


def _never(current):
    return None


def _as_wanted(wanted, now):
    return wanted


def _as_stored(stored, now):
    return stored


@dataclass(frozen=True)
class Reference:
    """How a user may name the objects that a field holds the ids of.

    :ivar resource: Resource, what they are. :ivar option: str, the option with a name, or names.
    :ivar many: bool, whether the field holds a list of ids.
    :ivar nothing: what the field is set to by an empty name, or None where that has no meaning.
    """

    resource: Resource
    option: str
    many: bool = False
    nothing: Any = None


@dataclass(frozen=True, eq=False)
class Field:
    """A field that a user may set.

    :ivar name: str, what it is called in the API, and as an option.
    :ivar spec: dict, its option as an argument spec of Ansible has it; None for a text, or the id of what it refers to.
    :ivar option: str, the option that holds it, where that is called otherwise.
    :ivar source: str, the option that names a file with its text, or None.
    :ivar reference: Reference, or None.
    :ivar resolve: function (value, id_of) -> the value with names replaced by ids; id_of takes a Resource and a name.
    :ivar names: tuple of Resource, the kinds that ``resolve`` finds names of.
    :ivar named: function (value, name_of) -> the reverse; name_of takes a Resource and an id, and may return None.
    :ivar required: bool, whether a new object must have it; the key of a resource must be there in any case.
    :ivar create: bool, whether the create request takes it; otherwise it is set by a second request.
    :ivar update: bool, whether it can be changed after the creation.
    :ivar initial: bool, whether it is said of new objects alone, and those that are there keep what they have.
    :ivar shown: bool, whether answers show it; what is not shown cannot be compared. :ivar listed: bool, lists too.
    :ivar always: bool, whether every update names it.
    :ivar at: tuple of str, where an answer holds it. :ivar sent_at: tuple of str, where a request holds it; empty when
        what is sent is a dict of its own words.
    :ivar length: pair of int, the shortest and the longest value the service takes, or None.
    :ivar check: function (wanted) -> str, what is wrong with a value, or None.
    :ivar fit: function (wanted, now, directory) -> the wanted value, once it is known what is there (``now`` is None for a
        new object); it may look at other kinds of objects. None where nothing depends on that.
    :ivar stored: function (wanted, now) -> what the service will hold once ``wanted`` is written over ``now``.
    :ivar normal: function (value) -> the same for all values that make no difference.
    :ivar sent: function (stored, now) -> what to write in the request.
    :ivar told: function (value) -> what may be shown of it in sentences and differences.
    :ivar veiled: bool, whether nothing else is shown in results either, unless secrets are to be revealed.
    :ivar remark: function (now, then) -> str, what a user has to know of such a change, or None.
    :ivar fetched: str, last word of the path below the object that has to be read to know it, or None.
    :ivar shared: bool, whether all objects of the kind have the same.
    :ivar request: function (path, stored, now) -> Write, when it is changed by a request of its own; None otherwise.
    """

    name: str
    spec: Optional[dict] = None
    option: str = ""
    source: Optional[str] = None
    reference: Optional[Reference] = None
    resolve: Optional[Callable[[Any, Callable], Any]] = None
    names: Tuple[Resource, ...] = ()
    named: Optional[Callable[[Any, Callable], Any]] = None
    required: bool = False
    create: bool = True
    update: bool = True
    initial: bool = False
    shown: bool = True
    listed: bool = True
    always: bool = False
    at: Tuple[str, ...] = ()
    sent_at: Optional[Tuple[str, ...]] = None
    length: Optional[Tuple[int, int]] = None
    check: Callable[[Any], Optional[str]] = lambda wanted: None
    fit: Optional[Callable[[Any, Any, Any], Any]] = None
    stored: Callable[[Any, Any], Any] = _as_wanted
    normal: Callable[[Any], Any] = _itself
    sent: Callable[[Any, Any], Any] = _as_stored
    told: Callable[[Any], Any] = _itself
    veiled: bool = False
    remark: Callable[[Any, Any], Optional[str]] = lambda now, then: None
    fetched: Optional[str] = None
    shared: bool = False
    request: Optional[Callable[[str, Any, Any], Write]] = None

    def value(self, shown):
        """Return what an object holds of this field, None where it holds none; ``shown`` is the object, a dict."""
        for word in self.at or (self.name,):
            shown = shown.get(word) if isinstance(shown, dict) else None
        return shown

    def put(self, shown, value):
        """Return an object, a dict, with this field set to a value."""
        return _put(shown, self.at or (self.name,), value)


@dataclass(frozen=True)
class Parent:
    """Where an object lives.

    :ivar resource: Resource, the kind of the parent; None where it is known by its id alone.
    :ivar field: str, the option with the parent's id, and the field of the child that holds it.
    :ivar children: str, the key under which the parent carries its children whole, or None.
    """

    resource: Optional[Resource]
    field: str
    children: Optional[str] = None

    @property
    def noun(self):
        """Its name in a sentence: str."""
        return self.resource.noun if self.resource else self.field[: -len("_id")].replace("_", " ")


@dataclass(frozen=True, eq=False)
class Resource:
    """A kind of object of the service.

    :ivar name: str, singular: its name in results. :ivar plural: str, the name of a list of them.
    :ivar former: str, the service's former name for it, or None.
    :ivar path: str, of the list; with ``/{id}`` added, of one object. It may name the parent's field in braces.
    :ivar fields: tuple of Field, what can be set, in the order of the API.
    :ivar wrapper: str, the key around a request's body, or None for a flat one (facts 1.6).
    :ivar key: str, the field that names an object among its siblings.
    :ivar within: tuple of str, further fields that tell apart objects of one key.
    :ivar hits: function (objects, key) -> those that go by this key, where that is more than to be called so.
    :ivar parent: Parent or None.
    :ivar create_path: str, where new ones are posted when that is not ``path``.
    :ivar pages: Pagination, how the list goes on, or None for a list that is complete.
    :ivar filters: tuple of str, fields and options that the list takes as parameters.
    :ivar period: tuple of str, the two options with the start and the end of a time that the list takes, or empty.
    :ivar bulk: str, the option that names several objects by their keys, or None; the key is one of ``filters`` then.
    :ivar by_key: bool, whether the path of an object may hold its key in place of its id.
    :ivar upsert: bool, whether an update by the key makes an object that is not there.
    :ivar readable: bool, whether one object can be read by itself.
    :ivar creatable: bool. :ivar deletable: bool, whether the API offers it.
    :ivar made: str, how one is made that the API cannot make, as a clause; empty where there is nothing to say.
    :ivar needs: str, what a token that may do all this must be, for the sentence about one that may not; or None.
    :ivar replaceable: bool, whether a new one can take the place of another.
    :ivar unique: bool, whether the service refuses a second object of the same key.
    :ivar id_type: str, the Ansible type of an id.
    :ivar secrets: tuple of str, fields that give access to something, at any depth of the object.
    :ivar one_time: str, the field of a create answer that is never shown again, or None.
    :ivar fits: function (shown, secret) -> bool, whether this can be what was shown once of an object; None where that
        cannot be told.
    :ivar rules: function (given) -> the sentences of what does not go together, by ids or names.
    :ivar foreign: function (wanted) -> the names of the fields that such an object cannot have.
    :ivar frozen: function (current) -> str, why an object cannot be changed any more, or None.
    :ivar leaving: function (current) -> bool, whether an object is about to go by itself.
    :ivar protected: function (current, client) -> str, why an object must not go by the way, or None.
    """

    name: str
    plural: str
    path: str
    fields: Tuple[Field, ...]
    former: Optional[str] = None
    wrapper: Optional[str] = None
    key: str = "name"
    within: Tuple[str, ...] = ()
    hits: Optional[Callable[[list, Any], list]] = None
    parent: Optional[Parent] = None
    create_path: Optional[str] = None
    pages: Optional[Pagination] = None
    filters: Tuple[str, ...] = ()
    period: Tuple[str, ...] = ()
    bulk: Optional[str] = None
    by_key: bool = False
    upsert: bool = False
    readable: bool = True
    creatable: bool = True
    deletable: bool = True
    made: str = ""
    needs: Optional[str] = None
    replaceable: bool = True
    unique: bool = False
    id_type: str = "int"
    secrets: Tuple[str, ...] = ()
    one_time: Optional[str] = None
    fits: Optional[Callable[[dict, str], bool]] = None
    rules: Callable[[dict], Iterable[str]] = lambda given: ()
    foreign: Callable[[dict], Iterable[str]] = lambda wanted: ()
    frozen: Callable[[dict], Optional[str]] = _never
    leaving: Callable[[dict], bool] = lambda current: False
    protected: Callable[[dict, Any], Optional[str]] = lambda current, client: None

    @property
    def noun(self):
        """Its name in a sentence: str."""
        return _in_words(self.name)

    @property
    def one(self):
        """Its name in a sentence, with its article: str."""
        return f"{'an' if self.noun[0] in 'aeiouAEIOU' else 'a'} {self.noun}"

    @property
    def many(self):
        """The name of several in a sentence: str."""
        return _in_words(self.plural)

    @property
    def identity(self):
        """The names of the fields that tell an object from its siblings: tuple of str."""
        return (self.key, *self.within)

    @property
    def nested(self):
        """Whether its path can only be told with the id of its parent: bool."""
        return "{" in self.path

    @property
    def freezes(self):
        """Whether there are objects that cannot be changed any more: bool."""
        return self.frozen is not _never

    @property
    def reveals(self):
        """Whether it holds what is shown only to whom asks for it: bool."""
        return bool(self.secrets) or any(field.veiled for field in self.fields)

    @property
    def recreatable(self):
        """Whether only a new object can have another value of some field: bool."""
        able = self.creatable and self.deletable and self.replaceable
        return able and any(self._is_fixed(field) for field in self.fields)

    def _is_fixed(self, field):
        return not field.update and field.name != self.key and field.shown and field.create

    def field(self, name):
        """Return the Field of a name."""
        return next(field for field in self.fields if field.name == name)

    def list_path(self, parent_id=None):
        """Return the path of the list: str."""
        return self._below(self.path, parent_id)

    def object_path(self, object_id, parent_id=None):
        """Return the path of one object, by its id or, where the service knows it by that, its key: str.

        :raises MailtrapError: for one that would lead elsewhere.
        """
        if object_id in ("", ".", ".."):
            raise MailtrapError(f"{object_id!r} names no {self.noun}")
        return f"{self.list_path(parent_id)}/{quote(str(object_id), safe='')}"

    def creation_path(self, parent_id=None):
        """Return the path to which new objects are posted: str."""
        return self._below(self.create_path or self.path, parent_id)

    def _below(self, path, parent_id):
        return path.format(**{self.parent.field: parent_id}) if self.parent else path


@dataclass(frozen=True)
class Write:
    """One request that changes something; its arguments are those of Client.request.

    :ivar answers: str, what the answer shows: OBJECT, NOTHING, or the name of one field.
    :ivar verb: str, what is done to an object that is there.
    """

    method: str
    path: str
    body: Any = None
    answers: str = OBJECT
    verb: str = "update"


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
    given = {field.name: options.get(field.option or field.name) for field in resource.fields}
    return {name: value for name, value in given.items() if value is not None}


def check_wanted(resource, wanted, options=None):
    """Refuse values that the service is known to refuse, all of them in one go.

    :param options: dict, what objects are named by that the fields refer to.
    :raises MailtrapError: nothing has been asked for then.
    """
    wrong = [reason for field in resource.fields if field.name in wanted for reason in _faults(resource, field, wanted)]
    references = {field.name: field.reference.option for field in resource.fields if field.reference}
    named = {name: (options or {}).get(option) for name, option in references.items()}
    wrong.extend(resource.rules({**{name: value for name, value in named.items() if value is not None}, **wanted}))
    if wrong:
        raise MailtrapError(*wrong)


def identity_of(resource, shown):
    """Return what tells an object from its siblings: dict of those fields of its identity that it holds. Pure."""
    held = {name: resource.field(name).value(shown) for name in resource.identity}
    return {name: value for name, value in held.items() if value is not None}


def match(resource, objects, identity):
    """Return the one object that is meant: dict, or None. Which of several is meant is for the user to say. Pure.

    :param objects: list of dict, the siblings.
    :param identity: dict, the value of the key, and of those fields of ``resource.within`` that are known.
    :raises MailtrapError: when there are several; their ids are in the sentence.
    """
    fields = [resource.field(name) for name in resource.identity if name in identity]
    if resource.hits:
        objects, fields = resource.hits(objects, identity[resource.key]), fields[1:]
    hits = [item for item in objects if all(_same(field, identity[field.name], field.value(item)) for field in fields)]
    if len(hits) > 1:
        told = resource.field(resource.key).told(identity[resource.key])
        ids = ", ".join(str(item["id"]) for item in hits)
        more = [resource.field(name).option or name for name in resource.within if name not in identity]
        advice = f"give the id, or {', '.join(more)}" if more else "give the id"
        raise MailtrapError(f"{len(hits)} {resource.many} are called {told!r}, with the ids {ids}: {advice}")
    return hits[0] if hits else None


def plan(resource, current, wanted, state="present", parent_id=None, recreate=False):
    """Decide what brings one object to a state. Pure.

    :param current: dict, the object as the service holds it, or None.
    :param wanted: dict, field -> value, only what is managed.
    :param state: str, present or absent.
    :param parent_id: int, id of the parent.
    :param recreate: bool, whether a new object may take the place of one that cannot be changed so.
    :returns: Plan.
    :raises MailtrapError: when it cannot be done; nothing has been written then.
    """
    if current is None:
        return Plan((), None) if state == "absent" else _plan_create(resource, wanted, parent_id)
    path = resource.object_path(current["id"], parent_id)
    changes = {} if state == "absent" else _changes(resource, current, wanted)
    if state != "absent" and not changes:
        return Plan((), current)
    if resource.frozen(current):
        raise MailtrapError(resource.frozen(current))
    if state == "absent":
        return Plan((Write("DELETE", path),), None)
    fixed = [field for field in resource.fields if field.name in changes and not field.update]
    if fixed and recreate:
        return plan_recreate(resource, current, wanted, parent_id)
    if fixed:
        raise MailtrapError(*(_refusal(resource, field, current, wanted) for field in fixed))
    return _plan_update(resource, current, changes, path)


def plan_recreate(resource, current, wanted, parent_id=None):
    """Make a new object with what is wanted, and for the rest as the old one is, in its place. Pure.

    The new one comes first, so that nothing is lost when it is refused, unless the service lets only one have the key.
    """
    kept = {field.name: field.value(current) for field in resource.fields if field.create and field.shown}
    foreign = set(resource.foreign({**kept, **wanted}))
    kept = {name: value for name, value in kept.items() if value is not None and name not in foreign}
    created = _plan_create(resource, {**kept, **wanted}, parent_id)
    delete = Write("DELETE", resource.object_path(current["id"], parent_id))
    key = resource.field(resource.key)
    taken = resource.unique and key.normal(key.value(created.after)) == key.normal(key.value(current))
    return Plan((delete, *created.writes) if taken else (*created.writes, delete), created.after)


def remarks(resource, current, after):
    """Return what a user has to know of a change: list of clauses. Pure.

    :param current: dict, the object before, or None. :param after: dict, the object after, or None.
    """
    if current is None or after is None:
        return []
    found = [field.remark(field.value(current), field.value(after)) for field in resource.fields]
    return [reason for reason in found if reason]


def diff(resource, before, after):
    """Return the difference for diff mode: dict with before and after, of identity and settable fields. Pure.

    :param before: dict, the object before, or None. :param after: dict, the object after, or None.
    """
    return {"before": _told(resource, before), "after": _told(resource, after)}


def without_secrets(resource, value):
    """Return an object, or a list of them, without secrets at any depth, and with veiled fields masked. Pure."""
    if isinstance(value, list):
        return [without_secrets(resource, item) for item in value]
    if isinstance(value, dict):
        for field in resource.fields:
            if field.veiled and field.value(value) is not None:
                value = field.put(value, field.told(field.value(value)))
        return {name: without_secrets(resource, item) for name, item in value.items() if name not in resource.secrets}
    return value


def ignored(resource, after, wanted):
    """Return the wanted fields that the service shows otherwise than they were just written: list of Field. Pure."""
    fields = [resource.field(name) for name in _changes(resource, after, wanted)]
    return [field for field in fields if (field.at or (field.name,))[0] in after]


def set_later(resource, wanted):
    """Return those wanted fields that the create request does not take: dict. Pure."""
    return {field.name: wanted[field.name] for field in resource.fields if field.name in wanted and not field.create}


def _plan_create(resource, wanted, parent_id):
    if not resource.creatable:
        made = f": {resource.made}" if resource.made else ""
        raise MailtrapError(f"there is no such {resource.noun}, and the API cannot make one{made}")
    needed = [field for field in resource.fields if field.required or field.name == resource.key]
    # None is there: it is what check mode has to do without.
    missing = [_words_for(field) for field in needed if wanted.get(field.name, "") in ("", [])]
    if missing:
        raise MailtrapError(f"a new {resource.noun} needs {' and '.join(missing)}")
    body, after = {}, {"id": None}
    if resource.parent:
        after[resource.parent.field] = parent_id
    for field in resource.fields:
        if field.name in wanted:
            stored = field.stored(wanted[field.name], None)
            if field.create:
                body = _put(body, _sent_at(field), field.sent(stored, None))
            if field.shown:
                after = field.put(after, stored)
    if resource.upsert:
        where = ("PATCH", resource.object_path(wanted[resource.key], parent_id))
    else:
        where = ("POST", resource.creation_path(parent_id))
    return Plan((Write(*where, _wrapped(resource, body)),), after)


def _plan_update(resource, current, changes, path):
    writes, body, after = [], {}, current
    for field in resource.fields:
        now = field.value(current)
        if field.name in changes:
            stored = changes[field.name]
            if field.request:
                writes.append(field.request(path, stored, now))
            else:
                body = _put(body, _sent_at(field), field.sent(stored, now))
            after = field.put(after, stored)
    if body:
        for field in resource.fields:
            if field.always:
                body = _put(body, _sent_at(field), field.value(after))
        writes.insert(0, Write("PATCH", path, _wrapped(resource, body)))
    return Plan(tuple(writes), after)


def _changes(resource, current, wanted):
    """Return field -> value as stored, for those wanted fields that differ."""
    changes = {}
    for field in resource.fields:
        if field.name in wanted and field.shown and not field.initial:
            now = field.value(current)
            stored = field.stored(wanted[field.name], now)
            if field.normal(stored) != field.normal(now):
                changes[field.name] = stored
    return changes


def _same(field, wanted, now):
    return field.normal(field.stored(wanted, now)) == field.normal(now)


def _refusal(resource, field, current, wanted):
    now, then = field.told(field.value(current)), field.told(wanted[field.name])
    advice = "; recreate allows a new one in its place" if resource.recreatable else ""
    return f"{field.option or field.name} of {resource.one} cannot be changed: it is {now!r}, not {then!r}{advice}"


def _faults(resource, field, wanted):
    """Return what is wrong with the wanted value of a field: iterable of str."""
    value = wanted[field.name]
    name = field.option or field.name
    if field.name == resource.key and value == "":
        yield f"{name} is empty"
    # A block scalar in YAML makes a key that only looks like another one, with its line break.
    elif field.name == resource.key and isinstance(value, str) and value != value.strip():
        yield f"{name} {field.told(value)!r} begins or ends with white space"
    elif field.length and not field.length[0] <= len(value) <= field.length[1]:
        shortest, longest = field.length
        shown = f"{field.told(value)!r} " if len(value) <= 100 else ""
        yield f"{name} {shown}has {len(value)} characters; the service takes {shortest} to {longest}"
    reason = field.check(value)
    if reason:
        yield f"{name} {reason}"


def _words_for(field):
    """Return how a user gives a field: str."""
    names = [field.option or field.name]
    if field.reference:
        names.insert(0, field.reference.option)
    return " or ".join(dict.fromkeys(names))


def _told(resource, shown):
    if not shown:
        return {}
    names = ["id", resource.parent.field] if resource.parent else ["id"]
    told = {name: shown[name] for name in names if name in shown}
    for field in resource.fields:
        value = field.value(shown)
        if field.shown and (value is not None or field.name in shown):
            told[field.name] = field.told(value)
    return told


def _in_words(name):
    return " ".join("API" if word == "api" else word for word in name.split("_"))


def _put(target, words, value):
    """Return a dict with a value under a path of words, leaving the given one alone."""
    if not words:
        return {**target, **value}
    first, rest = words[0], words[1:]
    inner = _put(target.get(first) or {}, rest, value) if rest else value
    return {**target, first: inner}


def _sent_at(field):
    return (field.name,) if field.sent_at is None else field.sent_at


def _wrapped(resource, body):
    return {resource.wrapper: body} if resource.wrapper else body
