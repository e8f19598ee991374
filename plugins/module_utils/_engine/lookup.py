"""Find existing objects: every object of a resource type, every object that matches, or exactly one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, List, Optional

from .._api.errors import attempting, require_minimum
from .directory import Directory, ParentNotFound, fetch_object
from .plan import get_wanted
from .prepare import find_location, find_object_at, get_label, get_parent_label, resolve_fields

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import JsonObject, Options
    from .resource import Resource


@dataclass
class Lookup:
    """The result of a search.

    :ivar found: an object, or a list of objects.
    :ivar warnings: warnings about missing objects that check mode assumes an earlier task would create.
    """

    found: Any
    warnings: List[str] = field(default_factory=list)


def find_object(
    client: Client, resource: Resource, options: Options, check_mode: bool, directory: Optional[Directory] = None
) -> Lookup:
    """Find the one object that the options select. An id is taken as it is, without a request.

    :param directory: shared by several searches, so that each list is read once.
    :returns: a Lookup of the object; of ``{"id": ...}`` if the options contain the id; of ``{}`` if the object is
        missing in check mode.
    :raises MailtrapError: if the object does not exist, or several objects have its name.
    """
    if options.get("id") is not None:
        return Lookup({"id": options["id"]})
    directory = directory or Directory(client, check_mode)
    with attempting(f"find {get_label(resource, options)}"):
        identity = [resource.get_field(name) for name in resource.identity_fields]
        wanted = resolve_fields(identity, get_wanted(resource, options), options, directory)
        location, current = find_object_at(directory, resource, options, wanted)
        if current is None:
            directory.report_missing(location.missing_parent or f"{resource.noun} {options[resource.natural_key]!r}")
        return Lookup(current or {}, directory.take_warnings())


def find_objects(client: Client, resource: Resource, options: Options, check_mode: bool = False) -> Lookup:
    """Find the objects that match: by id, by natural key, by parent, by references, or all of them.

    :param options: may hold a ``limit``.
    :raises MailtrapError: if a named parent does not exist, unless in check mode.
    """
    directory = Directory(client, check_mode)
    object_id, key = options.get("id"), options.get(resource.natural_key)
    direct_id = object_id if object_id is not None or not resource.api.addressed_by_key else key
    limit = options.get("limit")
    if limit is not None:
        require_minimum("limit", limit, 1)
    label = resource.plural_noun if direct_id is None else get_label(resource, options)
    with attempting(f"read {'the ' if direct_id is None else ''}{label}"):
        if direct_id is not None and resource.api.readable:
            location = find_location(directory, resource, options) if resource.is_nested else None
            is_missing = location is not None and location.missing_parent
            found = (
                None
                if is_missing
                else fetch_object(client, resource, direct_id, location.parent_id if location else None)
            )
            return Lookup([found] if found else [])
        compared = [item for item in resource.fields if not item.write_only or item.name in resource.api.filters]
        wanted = resolve_fields(compared, get_wanted(resource, options), options, directory)
        # No object can refer to an object that does not exist.
        if any(None in value for value in wanted.values() if isinstance(value, list)):
            return Lookup([], directory.take_warnings())
        location = find_location(directory, resource, {**options, **wanted})
        limits = {"fits": lambda obj: bool(filter_objects(resource, [obj], wanted)), "limit": limit} if limit else {}
        missing, siblings = location.missing_parent, []
        if not missing:
            try:
                siblings = directory.siblings(resource, location.parent_id, location.query, **limits)
            except ParentNotFound:
                missing = get_parent_label(resource, options)
        if missing:
            directory.report_missing(missing)
            return Lookup([], directory.take_warnings())
        if object_id is not None:
            return Lookup([obj for obj in siblings if obj["id"] == object_id])
        return Lookup(filter_objects(resource, siblings, wanted)[:limit], directory.take_warnings())


def filter_objects(resource: Resource, objects: List[JsonObject], wanted: JsonObject) -> List[JsonObject]:
    """Return the objects that have all the wanted values."""
    key = resource.natural_key
    if resource.hooks.match_by_key and key in wanted:
        objects = resource.hooks.match_by_key(objects, wanted[key])
        wanted = {name: value for name, value in wanted.items() if name != key}
    fields = [item for item in resource.fields if item.name in wanted and not item.write_only]
    # No object can refer to an object that does not exist.
    if any(wanted[item.name] is None for item in fields):
        return []
    return [
        obj
        for obj in objects
        if all(item.codec.normalize(item.get(obj)) == item.codec.normalize(wanted[item.name]) for item in fields)
    ]
