"""Derive the options of a module from the description of a resource type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple

if TYPE_CHECKING:
    from .._api.json_types import ArgumentSpec
    from .resource import Reference, Resource

# The arguments mutually_exclusive and required_one_of of AnsibleModule.
Constraints = Dict[str, List[Tuple[str, ...]]]


def get_field_options(resource: Resource) -> ArgumentSpec:
    """Return the options of the fields, without those of the parent."""
    spec: ArgumentSpec = {}
    for field in resource.fields:
        if not field.write_only:
            spec[field.option_name] = field.spec or _default_spec(field.option_name, field.reference)
        if field.file_option:
            spec[field.file_option] = {"type": "path"}
        if field.reference:
            option = field.reference.option
            name_spec = {**_make_type_spec("str", field.reference.many), **_legacy_alias(option, field.reference)}
            spec.setdefault(option, name_spec)
    return spec


def pick_field_options(resource: Resource, *names: str) -> ArgumentSpec:
    """Return some of the options of the fields."""
    spec = get_field_options(resource)
    return {name: spec[name] for name in names}


def get_file_options(resource: Resource) -> List[str]:
    """Return the options that name files on the controller."""
    return [field.file_option for field in resource.fields if field.file_option]


def get_parent_options(resource: Resource) -> ArgumentSpec:
    """Return the options that select the parent of an object, by name or id."""
    spec: ArgumentSpec = {}
    parent = resource.parent
    while parent:
        if parent.resource:
            spec[parent.resource.name] = {"type": "str"}
            spec[parent.id_field] = {"type": parent.resource.api.id_type}
        else:
            spec[parent.id_field] = {"type": "int", "required": True}
        # A nested parent is found by its name below its own parent.
        parent = parent.resource.parent if parent.resource and parent.resource.is_nested else None
    return spec


def get_constraints(resource: Resource) -> Constraints:
    """Return the groups of options that are mutually exclusive, and those that need at least one option."""
    exclusive: List[Tuple[str, ...]] = []
    required: List[Tuple[str, ...]] = []
    parent = resource.parent
    if parent:
        names = (parent.resource.name, parent.id_field) if parent.resource else (parent.id_field,)
        exclusive.append(names)
        if not resource.is_nested:
            exclusive.extend(("id", name) for name in names)
        elif parent.resource:
            required.append(names)
    for field in resource.fields:
        if field.reference and field.reference.option != field.option and not field.reference.many:
            exclusive.append((field.reference.option, field.name))
        if field.file_option:
            exclusive.append((field.file_option, field.name))
    return {"mutually_exclusive": exclusive, "required_one_of": required}


def drop_unknown_options(constraints: Constraints, spec: ArgumentSpec) -> Constraints:
    """Return constraints without unknown options, and without the groups that become meaningless thereby."""
    min_sizes = {"mutually_exclusive": 2, "required_one_of": 1}
    reduced: Constraints = {}
    for name, groups in constraints.items():
        known: Sequence[Tuple[str, ...]] = [
            tuple(option for option in dict.fromkeys(group) if option in spec) for group in groups
        ]
        reduced[name] = [group for group in known if len(group) >= min_sizes[name]]
    return reduced


def _default_spec(name: str, reference: Optional[Reference]) -> Dict[str, Any]:
    if not reference:
        return {"type": "str"}
    return {**_make_type_spec(reference.resource.api.id_type, reference.many), **_legacy_alias(name, reference)}


def _legacy_alias(option: str, reference: Reference) -> Dict[str, Any]:
    """Return the alias in an option's spec, if its resource type has a legacy name; else an empty spec."""
    name, legacy_name = reference.resource.name, reference.resource.legacy_name
    return {"aliases": [option.replace(name, legacy_name, 1)]} if legacy_name and option in (name, f"{name}_id") else {}


def _make_type_spec(type_name: str, is_list: bool) -> Dict[str, Any]:
    return {"type": "list", "elements": type_name} if is_list else {"type": type_name}
