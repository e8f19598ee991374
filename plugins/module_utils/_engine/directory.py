"""The objects of an account: a cache of their lists, and the resolution of names to ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Optional, Tuple

from .._api.errors import MailtrapError, unexpected_answer
from .._api.pages import list_objects, parse_objects
from .plan import match

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import Json, JsonObject
    from .resource import Id, Resource

# Stands in for an answer if the service answers 404.
NOT_FOUND = object()


class ParentNotFound(MailtrapError):
    """The parent whose id is in the path of a list does not exist."""


class Directory:
    """The objects of an account as the service returns them, each list read at most once.

    :ivar warnings: warnings about missing objects that an earlier task would create outside check mode; see
        :meth:`take_warnings`.
    """

    def __init__(self, client: Client, check_mode: bool = False) -> None:
        self.client = client
        self.check_mode = check_mode
        self.warnings: List[str] = []
        self._lists: Dict[Any, List[JsonObject]] = {}
        self._objects: Dict[Tuple[Resource, Id], JsonObject] = {}

    def list(
        self, resource: Resource, parent_id: Optional[Id] = None, query: Optional[JsonObject] = None, **limits: Any
    ) -> List[JsonObject]:
        """Return all objects of a resource type.

        :param query: the query parameters by which the service narrows the list.
        :param limits: ``fits`` and ``limit`` of :func:`list_objects`; a list that is read with them is not cached.
        """
        if limits:
            return fetch_list(self.client, resource, parent_id, query, **limits)
        key = _list_key(resource, parent_id, query)
        if key not in self._lists:
            self._lists[key] = fetch_list(self.client, resource, parent_id, query)
        return self._lists[key]

    def siblings(
        self, resource: Resource, parent_id: Optional[Id] = None, query: Optional[JsonObject] = None, **limits: Any
    ) -> List[JsonObject]:
        """Return the objects of a parent, or all objects if no parent is given.

        :raises ParentNotFound: if the path of the list contains the parent, and the parent does not exist.
        """
        parent = resource.parent
        if resource.is_nested:
            try:
                return self.list(resource, parent_id, query, **limits)
            except MailtrapError as error:
                if error.status != 404:
                    raise
                raise ParentNotFound(*error.messages) from None
        if parent is None or parent.resource is None or parent_id is None:
            return self.list(resource, query=query, **limits)
        container = self.get(parent.resource, parent_id) or {}
        if parent.children in container:
            return parse_objects(container[parent.children], resource.plural_noun, parent.resource.api.path)
        return [obj for obj in self.list(resource, query=query) if obj.get(parent.id_field) == parent_id]

    def candidates(
        self, resource: Resource, parent_id: Optional[Id], wanted: JsonObject, query: Optional[JsonObject] = None
    ) -> List[JsonObject]:
        """Return the siblings to compare with the wanted identity."""
        return self.siblings(resource, parent_id, query)

    def get(self, resource: Resource, object_id: Id, parent_id: Optional[Id] = None) -> Optional[JsonObject]:
        """Return one object by its id, or by its natural key if the API allows that; None if it does not exist."""
        if (resource, object_id) in self._objects:
            return self._objects[resource, object_id]
        if not resource.api.readable:
            return next((obj for obj in self.list(resource, parent_id) if obj["id"] == object_id), None)
        obj = fetch_object(self.client, resource, object_id, parent_id)
        if obj is not None:
            self._objects[resource, object_id] = obj
        return obj

    def find(self, resource: Resource, key: str, parent_id: Optional[Id] = None) -> Optional[JsonObject]:
        """Return the object with a natural key, or None.

        :raises MailtrapError: if several objects have the key.
        """
        obj = match(resource, self.siblings(resource, parent_id), {resource.natural_key: key})
        if obj is not None:
            self._objects[resource, obj["id"]] = obj
        return obj

    def find_id(self, resource: Resource, key: str, required: bool = True) -> Optional[Id]:
        """Return the id of the object with a natural key, in the whole account; None if it does not exist.

        :param required: whether to report a missing object; see :meth:`report_missing`.
        :raises MailtrapError: if a required object does not exist, unless in check mode; or if several have the key.
        """
        obj = match(resource, self.list(resource), {resource.natural_key: key})
        if obj is None and required:
            self.report_missing(f"{resource.noun} {key!r}")
        return obj["id"] if obj else None

    def get_only(self, resource: Resource, id_option: str) -> JsonObject:
        """Return the only object of a resource type.

        :param id_option: the option that selects an object by its id, for the message.
        :raises MailtrapError: if there are several objects, or none.
        """
        objects = self.list(resource)
        if len(objects) == 1:
            return objects[0]
        ids = ", ".join(str(obj["id"]) for obj in objects)
        several = f"there are {len(objects)} {resource.plural_noun}, with the ids {ids}: set {id_option}"
        raise MailtrapError(several if objects else f"there is no {resource.noun}")

    def preload(self, resource: Resource, name: str, values: Iterable[Any]) -> None:
        """Read a whole list once, and cache from it the lists that queries for each value of a field would return."""
        field = resource.get_field(name)
        groups: Dict[Any, List[JsonObject]] = {}
        for obj in self.list(resource):
            groups.setdefault(field.codec.normalize(field.get(obj)), []).append(obj)
        for value in values:
            self._lists[_list_key(resource, None, {name: value})] = groups.get(field.codec.normalize(value), [])

    def report_missing(self, label: str) -> None:
        """Report that a required object does not exist.

        In check mode, add a warning instead of failing, because an earlier task may create the object.

        :raises MailtrapError: outside check mode.
        """
        if not self.check_mode:
            raise MailtrapError(f"there is no {label}")
        self.warnings.append(f"There is no {label}; check mode assumes that an earlier task would create it.")

    def take_warnings(self) -> List[str]:
        """Return the warnings since the last call."""
        warnings, self.warnings = self.warnings, []
        return warnings


def fetch_list(
    client: Client,
    resource: Resource,
    parent_id: Optional[Id] = None,
    query: Optional[JsonObject] = None,
    **limits: Any,
) -> List[JsonObject]:
    """Read a list from the service.

    :raises MailtrapError: if the answer is not a list; it must not be taken for an empty list.
    """
    path = resource.list_path(parent_id)
    try:
        return list_objects(client, path, resource.plural_noun, query=query, style=resource.api.pagination, **limits)
    except MailtrapError as error:
        if error.status == 404 and not resource.is_nested:  # the list of an account always exists
            error.messages.append("check api_url")
        explain_access(resource, error)
        raise


def fetch_object(
    client: Client, resource: Resource, object_id: Id, parent_id: Optional[Id] = None
) -> Optional[JsonObject]:
    """Read one object from the service; return None if it does not exist."""
    path = resource.object_path(object_id, parent_id)
    answer = client.get_if_found(path, default=NOT_FOUND)
    return None if answer is NOT_FOUND else parse_object(resource, answer, "GET", path)


def parse_object(resource: Resource, answer: Json, method: str, path: str) -> JsonObject:
    """Return the object in an answer.

    :raises MailtrapError: if the answer contains no object.
    """
    obj = unwrap(answer)
    if not isinstance(obj, dict) or "id" not in obj:
        raise unexpected_answer(resource.noun, method, path)
    return obj


def unwrap(answer: Json) -> Json:
    """Return the content of an answer, with or without an envelope (docs/service.md#envelopes)."""
    if isinstance(answer, dict) and "data" in answer and "id" not in answer:
        return answer["data"]
    return answer


def explain_access(resource: Resource, error: MailtrapError) -> None:
    """Add to a 403 error which API token the resource type needs."""
    if error.status == 403 and resource.required_access:
        error.messages.append(resource.required_access)


def _list_key(resource: Resource, parent_id: Optional[Id], query: Optional[JsonObject]) -> Tuple[Any, ...]:
    return (resource.name, parent_id, tuple(sorted((query or {}).items())))
