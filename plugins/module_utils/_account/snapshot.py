# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A snapshot of an account: each list is read once, in parallel if possible; objects are indexed by name and id."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Optional, Set, Tuple

from .._api.errors import MailtrapError, attempting
from .._api.pages import parse_objects
from .._engine.directory import Directory, fetch_list
from .._engine.plan import match
from .._engine.prepare import read_details
from .._engine.resource import Id, Resource
from .document import RESOURCE_TYPES, get_dependencies, get_parent_type, normalize_key

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from .._api.client import Client
    from .._api.json_types import JsonObject

Key = Tuple[Resource, Any]


class Snapshot(Directory):
    """The objects of an account, read once, and kept up to date with what is written.

    :ivar pool: runs independent requests at the same time.
    :ivar described_keys: the natural keys in the document; this run creates the objects of them that do not exist.
    """

    def __init__(self, client: Client, pool: ThreadPoolExecutor, check_mode: bool = False) -> None:
        super().__init__(client, check_mode)
        self.pool = pool
        self.described_keys: Set[Key] = set()
        self._siblings: Dict[Tuple[Resource, Optional[Id]], List[JsonObject]] = {}
        self._by_key: Dict[Tuple[Resource, Optional[Id], Any], List[JsonObject]] = {}
        self._by_id: Dict[Tuple[Resource, Id], JsonObject] = {}
        self._lock = threading.Lock()

    def read(self, resources: Iterable[Resource], parents: Optional[Set[Key]] = None) -> None:
        """Read the lists of resource types, and of the types that they belong to or refer to.

        :param parents: the resource types and natural keys of the parents whose nested lists are read; None for all.
        """
        remaining = _add_dependencies(resources)
        while remaining:
            ready = [resource for resource in remaining if get_parent_type(resource) not in remaining]
            remaining = [resource for resource in remaining if resource not in ready]
            lists = [
                (resource, parent_id) for resource in ready for parent_id in self._lists_to_read(resource, parents)
            ]
            for (resource, parent_id), objects in zip(lists, self.pool.map(self._fetch_list, lists)):
                self._siblings[resource, parent_id] = objects
            for resource in ready:
                self._index(resource)

    def siblings(
        self, resource: Resource, parent_id: Optional[Id] = None, query: Optional[JsonObject] = None, **limits: Any
    ) -> List[JsonObject]:
        """Return the objects of a resource type in one parent; query and limits are ignored."""
        return self._siblings.get((resource, parent_id), [])

    def list_manageable(self, resource: Resource, parent_id: Optional[Id] = None) -> List[JsonObject]:
        """Return the siblings that can be changed and do not expire soon, in an order that does not depend on ids."""
        fields = [resource.get_field(name) for name in resource.identity]
        get_read_only_reason = resource.hooks.read_only_reason or (lambda obj: None)
        objects = [
            obj
            for obj in self.siblings(resource, parent_id)
            if not get_read_only_reason(obj) and not resource.hooks.is_expiring(obj)
        ]
        return sorted(objects, key=lambda obj: (*(str(item.get(obj)) for item in fields), obj["id"]))

    def parent_ids(self, resource: Resource) -> List[Optional[Id]]:
        """Return the ids of all possible parents; only None if the resource type has no parent."""
        parent = get_parent_type(resource)
        return [obj["id"] for obj in self._all(parent)] if parent else [None]

    def candidates(
        self, resource: Resource, parent_id: Optional[Id], wanted: JsonObject, query: Optional[JsonObject] = None
    ) -> List[JsonObject]:
        """Return the siblings with the same natural key; if the resource type has its own matching, all siblings."""
        if resource.hooks.match_by_key:
            return self.siblings(resource, parent_id)
        key = normalize_key(resource, wanted.get(resource.natural_key))
        return self._by_key.get((resource, parent_id, key), [])

    def get(self, resource: Resource, object_id: Id, parent_id: Optional[Id] = None) -> Optional[JsonObject]:
        """Return the object with an id, or None."""
        return next((obj for obj in self.siblings(resource, parent_id) if obj["id"] == object_id), None)

    def find_id(self, resource: Resource, key: str, required: bool = True) -> Optional[Id]:
        """Return the id of the object with a natural key; None if it is missing, but described or not required.

        :raises MailtrapError: if it is required, but neither exists nor is described; or if several exist.
        """
        obj = match(resource, self._find_named(resource, key), {resource.natural_key: key})
        if obj is None and required and (resource, normalize_key(resource, key)) not in self.described_keys:
            raise MailtrapError(f"there is no {resource.noun} {key!r}")
        return obj["id"] if obj else None

    def find_name(self, resource: Resource, object_id: Optional[Id]) -> Optional[str]:
        """Return the name of the object with an id; None if it does not exist, or others have the same name."""
        obj = self._by_id.get((resource, object_id)) if object_id is not None else None
        name = resource.key_field.get(obj) if obj else None
        return name if name and len(self._find_named(resource, name)) == 1 else None

    def record(
        self, resource: Resource, parent_id: Optional[Id], before: Optional[JsonObject], after: JsonObject
    ) -> None:
        """Record an object as it is after a write."""
        with self._lock:
            key = normalize_key(resource, resource.key_field.get(after))
            named = self._by_key.setdefault((resource, parent_id, key), [])
            for objects in (self._siblings.setdefault((resource, parent_id), []), named):
                _replace(objects, before, after)
            self._by_id[resource, after["id"]] = after

    def read_details(self, resources: Iterable[Resource]) -> None:
        """Read the fields that lists do not contain; a field that is the same for the account, for one object only."""
        incomplete: List[Tuple[Resource, Optional[Id], JsonObject, List[str]]] = []
        for resource in resources:
            account_wide = [item.name for item in resource.fields if item.subresource and item.subresource.account_wide]
            own = [item.name for item in resource.fields if item.subresource or item.detail_only]
            own = [name for name in own if name not in account_wide]
            for parent_id in self.parent_ids(resource):
                for obj in self.list_manageable(resource, parent_id):
                    # Only the first object gets the account-wide fields.
                    names, account_wide = [*own, *account_wide], []
                    if names:
                        incomplete.append((resource, parent_id, obj, names))

        def read(item: Tuple[Resource, Optional[Id], JsonObject, List[str]]) -> JsonObject:
            resource, parent_id, obj, names = item
            with attempting(f"read the {resource.plural_noun}"):
                return read_details(self.client, resource, obj, names, parent_id)

        for (resource, parent_id, obj, _names), after in zip(incomplete, self.pool.map(read, incomplete)):
            self.record(resource, parent_id, obj, after)

    def _all(self, resource: Optional[Resource]) -> List[JsonObject]:
        if resource is None:
            return []
        return [obj for parent_id in self.parent_ids(resource) for obj in self.siblings(resource, parent_id)]

    def _find_named(self, resource: Resource, key: Any) -> List[JsonObject]:
        """Return the objects with a natural key, in all parents."""
        identity = {resource.natural_key: key}
        return [
            obj for parent_id in self.parent_ids(resource) for obj in self.candidates(resource, parent_id, identity)
        ]

    def _lists_to_read(self, resource: Resource, parents: Optional[Set[Key]]) -> List[Optional[Id]]:
        """Return the parent id of each list to read: [None] for one list of all objects, [] if parents contain them."""
        parent = resource.parent
        if parent is None or parent.resource is None:
            return [None]
        objects = self._all(parent.resource)
        if resource.is_nested:
            return [obj["id"] for obj in objects if parents is None or _get_key(parent.resource, obj) in parents]
        return [] if parent.children and all(parent.children in obj for obj in objects) else [None]

    def _fetch_list(self, item: Tuple[Resource, Optional[Id]]) -> List[JsonObject]:
        resource, parent_id = item
        with attempting(f"read the {resource.plural_noun}"):
            return fetch_list(self.client, resource, parent_id)

    def _index(self, resource: Resource) -> None:
        """Assign each object to its parent, and index it by name and id."""
        parent = resource.parent
        if parent and parent.resource and get_parent_type(resource) and not resource.is_nested:
            unassigned = self._siblings.pop((resource, None), None)
            for container in self._all(parent.resource):
                if unassigned is None:
                    path = parent.resource.api.path
                    children = parse_objects(container[str(parent.children)], resource.plural_noun, path)
                else:
                    children = [obj for obj in unassigned if obj.get(parent.id_field) == container["id"]]
                self._siblings[resource, container["id"]] = children
        for parent_id in self.parent_ids(resource):
            for obj in self.siblings(resource, parent_id):
                key = normalize_key(resource, resource.key_field.get(obj))
                self._by_key.setdefault((resource, parent_id, key), []).append(obj)
                self._by_id[resource, obj["id"]] = obj


def _replace(objects: List[JsonObject], before: Optional[JsonObject], after: JsonObject) -> None:
    """Replace an object in a list, or append it if the list does not contain it."""
    for number, obj in enumerate(objects):
        if before is not None and obj["id"] == before["id"]:
            objects[number] = after
            return
    objects.append(after)


def _add_dependencies(resources: Iterable[Resource]) -> List[Resource]:
    """Return resource types and the types that they belong to or refer to."""
    required: Set[Resource] = set()
    queue = list(resources)
    while queue:
        resource = queue.pop()
        if resource not in required:
            required.add(resource)
            queue.extend(get_dependencies(resource))
    return [resource for resource in RESOURCE_TYPES if resource in required]


def _get_key(resource: Resource, obj: JsonObject) -> Key:
    return resource, normalize_key(resource, resource.key_field.get(obj))
