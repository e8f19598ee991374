# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of a whole account: each list is read once, those of one depth side by side; all are found by name."""

from __future__ import annotations

import threading

from .._api.errors import MailtrapError, attempting
from .._api.pages import parse_objects
from .._engine.apply import Location, complete, fetch_list
from .._engine.resource import match
from .document import KINDS, parent_kind


class Account:
    """The objects of an account, read once, and kept up to date by what is written.

    :ivar pool: ThreadPoolExecutor, for what is independent.
    """

    def __init__(self, client, pool):
        self.client = client
        self.pool = pool
        self._siblings = {}
        self._named = {}
        self._by_id = {}
        self._lock = threading.Lock()

    def read(self, kinds, places=None):
        """Read the lists of kinds, and of those that they live in or refer to; those of one depth at the same time.

        :param places: set of (Resource, normal key), what has to be looked into; None is everything.
        """
        needed = _with_needed(kinds)
        while needed:
            ready = [kind for kind in needed if parent_kind(kind) not in needed]
            needed = [kind for kind in needed if kind not in ready]
            asked = [(kind, parent_id) for kind in ready for parent_id in self._parents_to_ask(kind, places)]
            for (kind, parent_id), found in zip(asked, self.pool.map(self._listed, asked)):
                self._keep(kind, parent_id, found)
            for kind in ready:
                self._divide(kind)

    def siblings(self, kind, parent_id=None):
        """Return the objects of a kind, of one parent where they have one: list of dict."""
        return self._siblings.get((kind, parent_id), [])

    def changeable(self, kind, parent_id=None):
        """Return the siblings that can be changed and will stay, in an order that two accounts share: list of dict."""
        fields = [kind.field(name) for name in kind.identity]
        found = [one for one in self.siblings(kind, parent_id) if not kind.frozen(one) and not kind.leaving(one)]
        return sorted(found, key=lambda one: (*(str(item.value(one)) for item in fields), one["id"]))

    def parents(self, kind):
        """Return the ids of those objects that some of a kind may live in: list; of None where they live in none."""
        parent = parent_kind(kind)
        return [one["id"] for one in self._all(parent)] if parent else [None]

    def candidates(self, kind, parent_id, wanted):
        """Return the siblings that may be meant: list of dict, so few that they can be looked at one by one."""
        if kind.hits:
            return self.siblings(kind, parent_id)
        key = kind.field(kind.key)
        return self._named.get((kind, parent_id, key.normal(wanted.get(kind.key))), [])

    def find_id(self, kind, name, needed=True):
        """Return the id of the object of a name: see Directory.id_of."""
        found = match(kind, self.named(kind, name), {kind.key: name})
        if found is None and needed:
            raise MailtrapError(f"there is no {kind.noun} {name!r}")
        return found["id"] if found else None

    def named(self, kind, name):
        """Return all objects of a kind that are called so, wherever they live: list of dict."""
        return [one for parent_id in self.parents(kind) for one in self.candidates(kind, parent_id, {kind.key: name})]

    def name_of(self, kind, object_id):
        """Return the name of the object of an id, None where no object is, or several are, called so: str."""
        one = self._by_id.get((kind, object_id))
        name = kind.field(kind.key).value(one) if one else None
        return name if one and len(self.named(kind, name)) == 1 else None

    def put(self, kind, parent_id, before, after):
        """Have an object as it is after a write."""
        with self._lock:
            key = kind.field(kind.key)
            named = self._named.setdefault((kind, parent_id, key.normal(key.value(after))), [])
            for kept in (self._siblings.setdefault((kind, parent_id), []), named):
                _replace(kept, before, after)
            self._by_id[kind, after["id"]] = after

    def complete(self, kinds):
        """Read what the lists of kinds leave out. What all objects of a kind share is read with one of them."""
        asked = []
        for kind in kinds:
            own = [item for item in kind.fields if (item.fetched or not item.listed) and not item.shared]
            shared = [item for item in kind.fields if item.fetched and item.shared]
            for parent_id in self.parents(kind):
                for one in self.changeable(kind, parent_id):
                    fields, shared = [*own, *shared], []
                    if fields:
                        asked.append((kind, parent_id, one, {item.name: None for item in fields}))

        def whole(asked):
            kind, parent_id, one, wanted = asked
            with attempting(f"read the {kind.many}"):
                return complete(self.client, kind, Location(one, parent_id), wanted)

        for (kind, parent_id, one, _wanted), after in zip(asked, self.pool.map(whole, asked)):
            self.put(kind, parent_id, one, after)

    def _all(self, kind):
        return [one for parent_id in self.parents(kind) for one in self.siblings(kind, parent_id)]

    def _parents_to_ask(self, kind, places):
        """Return the ids of the parents whose lists have to be asked for: none where the parent brings its children."""
        parent = kind.parent
        if kind.nested:
            inside = [
                one for one in self._all(parent.resource) if places is None or _place(parent.resource, one) in places
            ]
            return [one["id"] for one in inside]
        brought = parent and parent.children and all(parent.children in one for one in self._all(parent.resource))
        return [] if brought else [None]

    def _listed(self, asked):
        kind, parent_id = asked
        with attempting(f"read the {kind.many}"):
            return fetch_list(self.client, kind, parent_id)

    def _keep(self, kind, parent_id, found):
        self._siblings[kind, parent_id] = found

    def _divide(self, kind):
        """Put every object to its parent, and note what it is called."""
        parent = kind.parent
        if parent and parent_kind(kind) and not kind.nested:
            loose = self._siblings.pop((kind, None), None)
            for one in self._all(parent.resource):
                if loose is None:
                    own = parse_objects(one[parent.children], kind.many, parent.resource.path)
                else:
                    own = [item for item in loose if item.get(parent.field) == one["id"]]
                self._siblings[kind, one["id"]] = own
        key = kind.field(kind.key)
        for parent_id in self.parents(kind):
            for one in self.siblings(kind, parent_id):
                self._named.setdefault((kind, parent_id, key.normal(key.value(one))), []).append(one)
                self._by_id[kind, one["id"]] = one


def _replace(kept, before, after):
    """Put an object into a list in the place of the one that it was, else at its end."""
    for number, one in enumerate(kept):
        if before is not None and one["id"] == before["id"]:
            kept[number] = after
            return
    kept.append(after)


def _with_needed(kinds):
    """Return kinds with those that they live in or refer to: list of Resource, in the order of KINDS."""
    needed = set()
    queue = list(kinds)
    while queue:
        kind = queue.pop()
        if kind not in needed:
            needed.add(kind)
            queue.extend(needs_of(kind))
    return [kind for kind in KINDS if kind in needed]


def needs_of(kind):
    """Return the kinds that one lives in or refers to: list of Resource."""
    needs = [parent_kind(kind), *(item.reference.resource for item in kind.fields if item.reference)]
    return [one for one in [*needs, *(one for item in kind.fields for one in item.names)] if one in KINDS]


def normal_key(kind, key):
    """Return the same for all keys of a kind that make no difference."""
    return kind.field(kind.key).normal(key)


def _place(kind, one):
    return kind, normal_key(kind, kind.field(kind.key).value(one))
