"""Prepare the step of one object: ``find_step`` finds it, ``complete_step`` reads its details, ``prepare`` plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Iterable, List, Optional, Tuple

from .._api.errors import MailtrapError, attempting, unexpected_answer
from .directory import Directory, ParentNotFound, unwrap
from .plan import NO_CHANGE, check_wanted, get_change_warnings, get_wanted, match, plan
from .resource import Field, Id, Plan, Resource

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import JsonObject, Options


# The verbs of the states in which the object is neither created nor updated.
_STATE_VERBS = {"absent": "delete", "rotated": "rotate"}


@dataclass
class Location:
    """Where to look for an object: in a parent, and with query parameters that narrow the list.

    :ivar parent_id: the id of the parent; None if the object needs no parent, or the parent does not exist.
    :ivar missing_parent: the label of the parent that does not exist, or None.
    :ivar query: the query parameters that narrow the list.
    """

    parent_id: Optional[Id] = None
    missing_parent: Optional[str] = None
    query: JsonObject = field(default_factory=dict)


@dataclass(eq=False)
class Step:
    """Everything that is known about one object before it is written.

    :ivar options: the object's identity, fields and state, as the user gives them.
    :ivar label: the object in messages, such as ``project 'Shop'``.
    :ivar current: the existing object, or None.
    :ivar wanted: the wanted values by field name, with ids in place of names.
    :ivar plan: the writes, once they are planned.
    """

    resource: Resource
    options: Options
    label: str
    location: Location = field(default_factory=Location)
    current: Optional[JsonObject] = None
    wanted: JsonObject = field(default_factory=dict)
    plan: Plan = NO_CHANGE
    warnings: List[str] = field(default_factory=list)

    @property
    def is_absent(self) -> bool:
        """Whether the object is to be absent afterwards."""
        return self.options.get("state") == "absent"

    @property
    def verb(self) -> str:
        """What the step does to the object, for messages."""
        return _STATE_VERBS.get(self.options.get("state") or "") or ("update" if self.current else "create")


# Function that plans a step whose object has been found. Modules with states of their own pass another one.
Planner = Callable[[Step], Plan]


def plan_step(step: Step) -> Plan:
    """Plan the writes of a step; see :func:`plan`."""
    state = step.options.get("state") or "present"
    recreate = bool(step.options.get("recreate"))
    return plan(step.resource, step.current, step.wanted, state, step.location.parent_id, recreate)


def prepare(step: Step, token_suffix: str, planner: Planner = plan_step) -> Step:
    """Plan the writes of a step, refuse them if they affect a protected object, and add the warnings about them.

    :param token_suffix: the end of the API token in use.
    :raises MailtrapError: if the state cannot be reached, or a protected object would be affected without ``force``.
    """
    step.plan = planner(step)
    if step.plan.writes and not step.options.get("force"):
        check_protection(step.plan, token_suffix, has_force_option="force" in step.options)
    label = f"{step.label[0].upper()}{step.label[1:]}"
    warnings = get_change_warnings(step.resource, step.current, step.plan.after)
    step.warnings.extend(f"{label} {warning}." for warning in warnings)
    return step


def check_protection(planned: Plan, token_suffix: str, has_force_option: bool) -> None:
    """Refuse a plan that deletes a protected object or takes it out of use.

    :param has_force_option: whether the module has the option ``force``, so that the message can name it.
    :raises MailtrapError: for the first protected object.
    """
    advice = "; set force to do it anyway" if has_force_option else ""
    for resource, obj in planned.affected:
        reason = get_protection_reason(resource, obj, token_suffix)
        if reason:
            raise MailtrapError(f"{reason}{advice}")


def get_protection_reason(resource: Resource, obj: JsonObject, token_suffix: str) -> Optional[str]:
    """Return why an object must not be deleted or taken out of use, or None."""
    return resource.hooks.protection_reason(obj, token_suffix) if resource.hooks.protection_reason else None


def find_step(directory: Directory, resource: Resource, options: Options) -> Step:
    """Find the object that the options select, and resolve the names in the options to ids.

    :raises MailtrapError: if the options are invalid, or select no object or several.
    """
    step = Step(resource, options, get_label(resource, options))
    step.wanted = get_wanted(resource, options)
    if not step.is_absent:
        with attempting(f"manage {step.label}"):
            check_wanted(resource, step.wanted, options)
    with attempting(f"find {step.label}"):
        identity = resource.identity
        compared = [
            item for item in resource.fields if not item.write_only and (not step.is_absent or item.name in identity)
        ]
        step.wanted = resolve_fields(compared, step.wanted, options, directory, required=not step.is_absent)
        step.location, step.current = find_object_at(directory, resource, options, step.wanted)
    return step


def find_object_at(
    directory: Directory, resource: Resource, options: Options, wanted: JsonObject
) -> Tuple[Location, Optional[JsonObject]]:
    """Return the location that the options describe, and the object in it, or None."""
    object_id = options.get("id")
    if object_id is None and not options.get(resource.natural_key):
        raise MailtrapError(f"{resource.natural_key} is empty: give the {resource.natural_key} or the id")
    if object_id is None and resource.api.addressed_by_key:
        return Location(), directory.get(resource, options[resource.natural_key])
    needs_location = object_id is None or resource.is_nested
    location = find_location(directory, resource, options) if needs_location else Location()
    if location.missing_parent:
        current = None
    else:
        try:
            current = find_among_siblings(directory, resource, options, wanted, location)
        except ParentNotFound:
            location = Location(None, get_parent_label(resource, options))
            current = None
    if object_id is not None and current is None and options.get("state", "present") == "present":
        raise MailtrapError(f"there is no {location.missing_parent or f'{resource.noun} with id {object_id}'}")
    return location, current


def find_among_siblings(
    directory: Directory, resource: Resource, options: Options, wanted: JsonObject, location: Location
) -> Optional[JsonObject]:
    """Return the object that the options select among its siblings, or None."""
    if options.get("id") is not None:
        return directory.get(resource, options["id"], location.parent_id)
    # No object can refer to an object that does not exist.
    if any(wanted[name] is None for name in resource.identity if name in wanted):
        return None
    candidates = directory.candidates(resource, location.parent_id, wanted, location.query)
    return match(resource, candidates, wanted)


def find_location(directory: Directory, resource: Resource, options: Options) -> Location:
    """Find the parent that the options select.

    The id of a parent in the path of the list is not checked here, because the service answers 404 to a wrong id.
    """
    query = get_list_query(resource, options)
    parent = resource.parent
    if parent is None or parent.resource is None:
        return Location(options.get(parent.id_field) if parent else None, query=query)
    parent_id, name = options.get(parent.id_field), options.get(parent.resource.name)
    label = get_parent_label(resource, options)
    if parent_id is None and name is None:
        if resource.is_nested:
            raise MailtrapError(
                f"{resource.noun_with_article} can only be found by its name in its {parent.noun}: "
                f"give {parent.resource.name} or {parent.id_field}"
            )
        return Location(query=query)
    if parent_id is not None and (resource.is_nested or directory.get(parent.resource, parent_id) is not None):
        return Location(parent_id, query=query)
    if parent_id is not None:
        return Location(missing_parent=f"{parent.noun} with id {parent_id}", query=query)
    parent_location = find_location(directory, parent.resource, options) if parent.resource.is_nested else Location()
    if parent_location.missing_parent:
        return Location(missing_parent=parent_location.missing_parent, query=query)
    try:
        found = directory.find(parent.resource, options[parent.resource.name], parent_location.parent_id)
    except ParentNotFound:
        return Location(missing_parent=get_parent_label(parent.resource, options), query=query)
    return Location(found["id"] if found else None, None if found else label, query)


def complete_step(step: Step, directory: Directory) -> Step:
    """Read the fields that lists do not contain, and resolve the values that depend on whether the object exists.

    :raises MailtrapError: if a new object has no existing parent, or refers to an object that does not exist.
    """
    if step.is_absent:
        return step
    if step.current is None:
        check_parent(step, directory)
        write_only = [item for item in step.resource.fields if item.write_only]
        step.wanted = resolve_fields(write_only, step.wanted, step.options, directory)
    else:
        step.current = read_details(directory.client, step.resource, step.current, step.wanted, step.location.parent_id)
    step.wanted = coerce_fields(step.resource, step.wanted, step.current, directory)
    return step


def check_parent(step: Step, directory: Directory) -> None:
    """Check that a new object has a parent, if its resource type needs one.

    :raises MailtrapError: if the parent is not given, or does not exist outside check mode.
    """
    parent, location = step.resource.parent, step.location
    if parent is None or location.parent_id is not None:
        return
    if location.missing_parent is None:
        names = f"{parent.resource.name} or {parent.id_field}" if parent.resource else parent.id_field
        raise MailtrapError(f"a new {step.resource.noun} needs its {parent.noun}: give {names}")
    directory.report_missing(location.missing_parent)


def resolve_fields(
    fields: Iterable[Field], wanted: JsonObject, options: Options, directory: Directory, required: bool = True
) -> JsonObject:
    """Return the wanted fields with the names of other objects replaced by their ids.

    :param required: whether the named objects have to exist.
    :returns: the fields; an id is None if the object does not exist, and is not required or missing in check mode.
    :raises MailtrapError: if a required object does not exist.
    """

    def find_id(resource: Resource, key: str) -> Optional[Id]:
        return directory.find_id(resource, key, required)

    wanted = dict(wanted)
    for item in fields:
        reference = item.reference
        name = options.get(reference.option) if reference else None
        if reference is None or name is None:
            pass
        elif reference.many:
            ids = [find_id(reference.resource, item_name) for item_name in name]
            wanted[item.name] = wanted.get(item.name, []) + ids
        elif name == "" and reference.empty_value is not None:
            wanted[item.name] = reference.empty_value
        else:
            wanted[item.name] = find_id(reference.resource, name)
        if item.nested_references and wanted.get(item.name) is not None:
            wanted[item.name] = item.nested_references.resolve(wanted[item.name], find_id)
    return wanted


def coerce_fields(
    resource: Resource, wanted: JsonObject, current: Optional[JsonObject], directory: Directory
) -> JsonObject:
    """Return the wanted fields, converting values that depend on the existing object."""
    coerced = {
        item.name: item.coerce(wanted[item.name], item.get(current or {}), directory)
        for item in resource.fields
        if item.coerce and wanted.get(item.name) is not None
    }
    return {**wanted, **coerced}


def read_details(
    client: Client, resource: Resource, obj: JsonObject, wanted: Iterable[str], parent_id: Optional[Id]
) -> JsonObject:
    """Return an object with the wanted fields that its list does not contain.

    :raises MailtrapError: if the service refuses a request.
    """
    details = (item for item in resource.fields if item.detail_only and item.name in wanted)
    if any(item.get(obj) is None for item in details):
        obj = Directory(client).get(resource, obj["id"], parent_id) or obj
    return read_subresources(client, resource, obj, wanted, parent_id)


def read_subresources(
    client: Client, resource: Resource, obj: JsonObject, wanted: Iterable[str], parent_id: Optional[Id]
) -> JsonObject:
    """Return an object with the wanted subresources; the field of a missing subresource is None."""
    for item in resource.fields:
        if item.subresource and item.name in wanted:
            path = f"{resource.object_path(obj['id'], parent_id)}/{item.subresource.path}"
            value = unwrap(client.get_if_found(path))
            if not isinstance(value, (dict, type(None))):
                raise unexpected_answer(item.name.replace("_", " "), "GET", path)
            obj = item.put(obj, value)
    return obj


def get_list_query(resource: Resource, options: Options) -> JsonObject:
    """Return the query parameters that narrow the list; the name of a parameter with several values ends in ``[]``.

    See docs/service.md#query-arrays.
    """
    query: JsonObject = {}
    for name in (*resource.api.filters, *resource.api.period):
        value: Any = options.get(name)
        if isinstance(value, list):
            query[f"{name}[]"] = tuple(value)
        elif value is not None:
            query[name] = value
    return query


def get_label(resource: Resource, options: Options) -> str:
    """Return the label of the object that the options select, such as ``sandbox 'Staging' in project 'Shop'``."""
    if options.get("id") is not None:
        return f"{resource.noun} {options['id']}"
    label = f"{resource.noun} {resource.key_field.describe(options.get(resource.natural_key))!r}"
    parent_label = get_parent_label(resource, options)
    return f"{label} in {parent_label}" if parent_label else label


def get_parent_label(resource: Resource, options: Options) -> str:
    """Return the label of the parent that the options select; empty if they select no parent."""
    parent = resource.parent
    if parent is None:
        return ""
    name = options.get(parent.resource.name) if parent.resource else None
    if name is not None:
        return f"{parent.noun} {name!r}"
    parent_id = options.get(parent.id_field)
    return "" if parent_id is None else f"{parent.noun} {parent_id}"
