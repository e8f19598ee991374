# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account as one document: read a document into entries, and describe objects as entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Optional, Set, Tuple

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from .._api.errors import MailtrapError
from .._engine.argspec import drop_unknown_options, get_constraints, get_field_options
from .._engine.files import read_text
from .._engine.plan import check_wanted, get_wanted
from .._resources.catalog import (
    ACCOUNT_ACCESS,
    API_TOKEN,
    CONTACT_FIELD,
    CONTACT_LIST,
    DOMAIN,
    EMAIL_CAMPAIGN,
    EMAIL_TEMPLATE,
    INBOUND_FOLDER,
    INBOUND_FORWARD_RULE,
    INBOUND_INBOX,
    PROJECT,
    SANDBOX,
    SUPPRESSION,
    TRACKING_OPT_OUT,
    WEBHOOK,
)

if TYPE_CHECKING:
    from .._api.json_types import ArgumentSpec, JsonObject, Options
    from .._engine.resource import Id, Resource

# In order of dependency: a resource type comes after its parent and after the types that it refers to.
RESOURCE_TYPES = (
    PROJECT,
    SANDBOX,
    DOMAIN,
    EMAIL_TEMPLATE,
    CONTACT_LIST,
    CONTACT_FIELD,
    INBOUND_FOLDER,
    INBOUND_INBOX,
    INBOUND_FORWARD_RULE,
    WEBHOOK,
    SUPPRESSION,
    TRACKING_OPT_OUT,
    API_TOKEN,
    ACCOUNT_ACCESS,
    EMAIL_CAMPAIGN,
)


@dataclass(eq=False)
class Entry:
    """An object that a document describes.

    :ivar path: its place in the document, such as ``projects[0].sandboxes[2]``.
    :ivar options: its fields, as the options of a module.
    :ivar parent: the entry of the object that contains it, or None.
    """

    resource: Resource
    path: str
    options: Options
    parent: Optional[Entry] = None

    @property
    def wanted(self) -> JsonObject:
        """The fields that the document manages."""
        return get_wanted(self.resource, self.options)

    @property
    def name(self) -> str:
        """Its full name: the name of its parent, a slash and its own name."""
        return get_full_name(
            self.resource, self.options.get(self.resource.natural_key), self.parent.name if self.parent else None
        )


def get_full_name(resource: Resource, key: Any, parent_name: Optional[str] = None) -> str:
    """Return the full name of an object, such as ``Shop/Staging`` for a sandbox."""
    name = str(resource.key_field.describe(key))
    return f"{parent_name}/{name}" if parent_name else name


def get_parent_type(resource: Resource) -> Optional[Resource]:
    """Return the resource type whose entries contain the entries of this one; None at the top level."""
    parent = resource.parent.resource if resource.parent else None
    return parent if parent in RESOURCE_TYPES else None


def get_child_types(resource: Resource) -> List[Resource]:
    """Return the resource types whose entries are inside the entries of this one."""
    return [child for child in RESOURCE_TYPES if get_parent_type(child) is resource]


def get_dependencies(resource: Resource) -> List[Resource]:
    """Return the resource types that an object belongs to or refers to."""
    dependencies = [get_parent_type(resource)]
    for item in resource.fields:
        dependencies.extend([item.reference.resource] if item.reference else [])
        dependencies.extend(item.nested_references.resources if item.nested_references else [])
    return [dependency for dependency in dependencies if dependency in RESOURCE_TYPES]


def get_file_option_paths() -> List[Tuple[str, ...]]:
    """Return, for each option that names a file, the keys that lead to it in a document."""
    paths: List[Tuple[str, ...]] = []
    for resource in RESOURCE_TYPES:
        keys: Tuple[str, ...] = (resource.plural,)
        parent = get_parent_type(resource)
        while parent:
            keys = (parent.plural, *keys)
            parent = get_parent_type(parent)
        paths.extend((*keys, item.file_option) for item in resource.fields if item.file_option)
    return paths


def select_resource_types(names: Iterable[str], option: str) -> List[Resource]:
    """Return resource types by their plural names.

    :param option: the option that contains the names, for messages.
    :raises MailtrapError: if a resource type does not exist.
    """
    names = list(names)
    known = [resource.plural for resource in RESOURCE_TYPES]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise MailtrapError(
            f"option {option}: unknown resource type {', '.join(unknown)}; known are {', '.join(known)}"
        )
    return [resource for resource in RESOURCE_TYPES if resource.plural in names]


def read_document(document: JsonObject, resources: Iterable[Resource]) -> List[Entry]:
    """Read the entries of a document.

    :param document: lists of entries by the plural names of resource types.
    :param resources: the resource types whose entries are returned.
    :returns: the entries, parents and referenced objects first.
    :raises MailtrapError: with all errors and their places; no request was made.
    """
    reader = _Reader()
    top_types = {resource.plural: resource for resource in RESOURCE_TYPES if get_parent_type(resource) is None}
    for name in document:
        if name not in top_types:
            reader.errors.append(f"{name} is unknown; known are {', '.join(top_types)}")
    for name, resource in top_types.items():
        reader.read(resource, document.get(name), name, None)
    reader.report_duplicates()
    if reader.errors:
        raise MailtrapError(*reader.errors)
    selected = list(resources)
    entries = [entry for entry in reader.entries if entry.resource in selected]
    return sorted(entries, key=lambda entry: RESOURCE_TYPES.index(entry.resource))


@dataclass
class _Reader:
    """The entries that were read so far, and their errors."""

    entries: List[Entry] = field(default_factory=list)
    errors: List[str] = field(default_factory=list)
    validators: Dict[Resource, ArgumentSpecValidator] = field(default_factory=dict)

    def read(self, resource: Resource, items: Any, path: str, parent: Optional[Entry]) -> None:
        """Read a list of entries, and the lists inside them."""
        if items is None:
            return
        if not isinstance(items, list):
            self.errors.append(f"{path} must be a list")
            return
        children = {child.plural: child for child in get_child_types(resource)}
        for number, item in enumerate(items):
            item_path = f"{path}[{number}]"
            if not isinstance(item, dict):
                self.errors.append(f"{item_path} must be a dictionary")
                continue
            own = {name: value for name, value in item.items() if name not in children}
            entry = Entry(resource, item_path, self._validate(resource, own, item_path), parent)
            self.entries.append(entry)
            for name, child in children.items():
                self.read(child, item.get(name), f"{item_path}.{name}", entry)

    def _validate(self, resource: Resource, item: JsonObject, path: str) -> Options:
        """Return the options of an entry, converted as those of a module are."""
        if resource not in self.validators:
            self.validators[resource] = _make_validator(resource)
        result = self.validators[resource].validate(item)
        options: Options = result.validated_parameters
        errors = [str(error) for error in result.errors if not isinstance(error, UnsupportedError)]
        # The names of suboptions are tuples.
        unknown = sorted(name if isinstance(name, str) else ".".join(name) for name in result.unsupported_parameters)
        if unknown:
            known = ", ".join(sorted(self.validators[resource].argument_spec))
            errors.append(f"unknown: {', '.join(unknown)}; known are {known}")
        if not errors:
            try:
                options = {**options, **_read_file_options(resource, options)}
                check_wanted(resource, get_wanted(resource, options), options)
            except MailtrapError as error:
                errors = error.messages
        self.errors.extend(f"{path}: {message}" for message in errors)
        return options

    def report_duplicates(self) -> None:
        """Report entries that describe the same object."""
        first: Dict[Any, str] = {}
        for entry in self.entries:
            wanted = entry.wanted
            names = [name for name in entry.resource.identity if name in wanted]
            identity = [repr(entry.resource.get_field(name).codec.normalize(wanted[name])) for name in names]
            references = [item.reference for item in entry.resource.fields if item.reference]
            identity += [str(entry.options.get(reference.option)) for reference in references if not reference.many]
            parent_path = entry.parent and entry.parent.path
            key = (entry.resource.name, parent_path, entry.options.get("id"), tuple(identity))
            if key in first:
                label = f"{entry.resource.noun} {entry.name!r}"
                self.errors.append(f"{entry.path}: duplicate of {first[key]}, which also describes {label}")
            first.setdefault(key, entry.path)


def _make_validator(resource: Resource) -> ArgumentSpecValidator:
    spec: ArgumentSpec = {"id": {"type": resource.api.id_type}, **get_field_options(resource)}
    key_option = resource.key_field.option_name
    spec[key_option] = {**spec[key_option], "required": True}
    exclusive = drop_unknown_options(get_constraints(resource), spec)["mutually_exclusive"]
    return ArgumentSpecValidator(spec, mutually_exclusive=exclusive)


def _read_file_options(resource: Resource, options: Options) -> Options:
    """Return the fields whose texts an entry takes from files."""
    return {
        item.option_name: read_text(options[item.file_option], item.file_option)
        for item in resource.fields
        if item.file_option and options.get(item.file_option) is not None
    }


def to_entry(
    resource: Resource,
    obj: JsonObject,
    find_name: Callable[[Resource, Id], Optional[str]],
    reveal_secrets: bool = False,
) -> JsonObject:
    """Return the entry that describes an object, without the fields that only the service sets.

    A reference to an object without a unique name is left out: in another account, its id would be wrong.

    :param reveal_secrets: whether the entry contains secrets, such as those in URLs.
    """
    entry: JsonObject = {}
    for item in resource.fields:
        value = item.get(obj)
        is_empty = value in (None, "", [], {}) and not (value == "" and item.name in resource.identity_fields)
        if item.write_only or is_empty:
            continue
        reference = item.reference
        if item.nested_references:
            entry[item.option_name] = item.nested_references.describe(value, find_name)
        elif reference:
            names = [find_name(reference.resource, target_id) for target_id in (value if reference.many else [value])]
            if all(names):
                entry[reference.option] = names if reference.many else names[0]
        else:
            is_masked = item.sensitive and not reveal_secrets
            entry[item.option_name] = item.describe(value) if is_masked else item.codec.decode(value)
    return entry


def get_keys(entries: Iterable[Entry]) -> Set[Tuple[Resource, Any]]:
    """Return the normalized natural keys that entries describe, with their resource types."""
    return {
        (entry.resource, normalize_key(entry.resource, entry.wanted[entry.resource.natural_key])) for entry in entries
    }


def normalize_key(resource: Resource, key: Any) -> Any:
    """Return the form of a natural key by which keys are compared."""
    return resource.key_field.codec.normalize(key)
