# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The types that describe a resource type as data: its API, its fields, its hooks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Iterable, List, Mapping, Optional, Sequence, Tuple, Union
from urllib.parse import quote

from .._api.errors import MailtrapError
from .codecs import PLAIN, Codec

if TYPE_CHECKING:
    from .._api.json_types import JsonObject
    from .._api.pages import Pagination

Id = Union[int, str]

# Which part of the object the answer to a write contains; any other text is the name of the only field in the answer.
OBJECT = "object"
NOTHING = "nothing"


def _identity(value: Any) -> Any:
    return value


def _accept(value: Any) -> Optional[str]:
    return None


@dataclass(frozen=True)
class Reference:
    """Describes a field that holds ids of other objects, which users may give by name.

    :ivar option: the option that takes the name, or the names.
    :ivar many: whether the field holds a list of ids.
    :ivar empty_value: the field's value if the user gives an empty name; None if an empty name is not allowed.
    """

    resource: Resource
    option: str
    many: bool = False
    empty_value: Any = None


@dataclass(frozen=True)
class NestedReferences:
    """Describes a field whose value contains names of other objects, such as a list of permissions.

    :ivar resources: the resource types that the names belong to.
    :ivar resolve: function (value, find_id) -> the value with ids; find_id takes a Resource and a name.
    :ivar describe: function (value, find_name) -> the value with names; find_name takes a Resource and an id, and
        returns None if the object has no unique name.
    """

    resources: Tuple[Resource, ...]
    resolve: Callable[[Any, Callable[[Resource, str], Optional[Id]]], Any]
    describe: Callable[[Any, Callable[[Resource, Id], Optional[str]]], Any]


@dataclass(frozen=True)
class Subresource:
    """Describes a field that is read by a separate request, below the path of the object.

    :ivar path: the last segment of the request's path.
    :ivar account_wide: whether all objects of the resource type have the same value.
    """

    path: str
    account_wide: bool = False


@dataclass(frozen=True, eq=False)
class Field:
    """A field that users can set.

    :ivar name: its name in the API, and the name of its option unless ``option`` says otherwise.
    :ivar spec: its option in Ansible's argument spec; by default a text, or the id of the referenced object.
    :ivar file_option: the option that names a file with the field's text, or None.
    :ivar codec: how values are predicted, compared, encoded and decoded.
    :ivar describe: function (value) -> the value in messages and diffs.
    :ivar sensitive: whether results show only the described value, unless ``reveal_secrets`` is set.
    :ivar length: the shortest and the longest text that the service accepts, in characters.
    :ivar validate: function (value) -> the error, as a clause that follows the option's name, or None.
    :ivar coerce: function (wanted, current, directory) -> the wanted value, if that depends on the existing object.
    :ivar required: whether a new object needs it; the natural key is always required.
    :ivar ignored_on_update: whether its value is only used for new objects; existing objects keep theirs.
    :ivar create_only: whether it cannot be changed after the creation.
    :ivar set_after_create: whether the create request does not accept it, so that a second request sets it.
    :ivar write_only: whether answers do not contain it, so that it cannot be compared.
    :ivar detail_only: whether lists do not contain it.
    :ivar required_on_update: whether every update request must contain it.
    :ivar response_path: the keys that lead to it in an answer.
    :ivar request_path: the keys that lead to it in a request; empty if its value is merged into the request's body.
    :ivar update_request: function (path, expected, current) -> the Write that changes it, if it needs its own request.
    :ivar change_warning: function (current, expected) -> a clause to warn users with, or None.
    """

    name: str
    spec: Optional[JsonObject] = None
    option: str = ""
    file_option: Optional[str] = None
    reference: Optional[Reference] = None
    nested_references: Optional[NestedReferences] = None
    codec: Codec = PLAIN
    describe: Callable[[Any], Any] = _identity
    sensitive: bool = False
    length: Optional[Tuple[int, int]] = None
    validate: Callable[[Any], Optional[str]] = _accept
    coerce: Optional[Callable[[Any, Any, Any], Any]] = None
    required: bool = False
    ignored_on_update: bool = False
    create_only: bool = False
    set_after_create: bool = False
    write_only: bool = False
    detail_only: bool = False
    required_on_update: bool = False
    response_path: Tuple[str, ...] = ()
    request_path: Optional[Tuple[str, ...]] = None
    subresource: Optional[Subresource] = None
    update_request: Optional[Callable[[str, Any, Any], Write]] = None
    change_warning: Callable[[Any, Any], Optional[str]] = lambda current, expected: None

    @property
    def option_name(self) -> str:
        """The name of the option that sets it."""
        return self.option or self.name

    def get(self, obj: JsonObject) -> Any:
        """Return the field's value in an object, or None if the object does not contain it."""
        value: Any = obj
        for key in self.response_path or (self.name,):
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def put(self, obj: JsonObject, value: Any) -> JsonObject:
        """Return a copy of an object in which the field has a value."""
        return put_value(obj, self.response_path or (self.name,), value)

    def put_in_request(self, body: JsonObject, value: Any) -> JsonObject:
        """Return a copy of a request's body in which the field has a value."""
        return put_value(body, (self.name,) if self.request_path is None else self.request_path, value)

    def is_same(self, wanted: Any, current: Any) -> bool:
        """Return whether writing a wanted value would leave the current value as it is."""
        return self.codec.normalize(self.codec.expected(wanted, current)) == self.codec.normalize(current)


@dataclass(frozen=True)
class Parent:
    """Describes how objects of a resource type are contained in objects of another type.

    :ivar resource: the resource type of the parent; None if users can only give the parent's id.
    :ivar id_field: the option with the parent's id, and the field of the child that holds it.
    :ivar children: the key under which the parent lists its children in full, or None.
    """

    resource: Optional[Resource]
    id_field: str
    children: Optional[str] = None

    @property
    def noun(self) -> str:
        """The resource type of the parent in a sentence."""
        return self.resource.noun if self.resource else self.id_field[: -len("_id")].replace("_", " ")


@dataclass(frozen=True)
class ApiShape:
    """The requests that the API offers for a resource type.

    :ivar path: the path of the list; the path of an object adds ``/{id}``. May contain the parent's field in braces.
    :ivar create_path: the path of the create request, if it differs from ``path``.
    :ivar wrapper: the key around the body of a request, or None for a flat body (docs/service.md#envelopes).
    :ivar pagination: how to request the next page of the list, or None for a list with one page.
    :ivar filters: fields and options that the list accepts as query parameters.
    :ivar period: the two options with the start and the end of a period that the list accepts, or empty.
    :ivar readable: whether the API returns single objects; if not, objects are looked up in the list.
    :ivar creatable: whether objects can be created.
    :ivar deletable: whether objects can be deleted.
    :ivar addressed_by_key: whether objects are read and written by natural key, and PATCH creates missing objects.
    :ivar unique_key: whether the service refuses a second object with the same natural key.
    :ivar id_type: the Ansible type of an id.
    """

    path: str
    create_path: Optional[str] = None
    wrapper: Optional[str] = None
    pagination: Optional[Pagination] = None
    filters: Tuple[str, ...] = ()
    period: Tuple[str, ...] = ()
    readable: bool = True
    creatable: bool = True
    deletable: bool = True
    addressed_by_key: bool = False
    unique_key: bool = False
    id_type: str = "int"


@dataclass(frozen=True)
class Hooks:
    """Functions for the behaviour that only some resource types have.

    :ivar match_by_key: function (objects, key) -> the objects that the key selects, if equality of keys is not enough.
    :ivar validate: function (given) -> errors about combinations of fields; references in ``given`` are ids or names.
    :ivar inapplicable_fields: function (wanted) -> the names of fields that an object with these values cannot have.
    :ivar read_only_reason: function (current) -> why the object cannot be changed or deleted, or None.
    :ivar is_expiring: function (current) -> whether the object is about to disappear by itself.
    :ivar protection_reason: function (current, token_suffix) -> why the object must not be deleted or taken out of use
        without ``force``, or None; token_suffix is the end of the API token in use.
    :ivar matches_secret: function (current, secret) -> whether the text can be the object's one-time secret.
    """

    match_by_key: Optional[Callable[[List[JsonObject], Any], List[JsonObject]]] = None
    validate: Callable[[JsonObject], Iterable[str]] = lambda given: ()
    inapplicable_fields: Callable[[JsonObject], Iterable[str]] = lambda wanted: ()
    read_only_reason: Optional[Callable[[JsonObject], Optional[str]]] = None
    is_expiring: Callable[[JsonObject], bool] = lambda current: False
    protection_reason: Optional[Callable[[JsonObject, str], Optional[str]]] = None
    matches_secret: Optional[Callable[[JsonObject, str], bool]] = None


@dataclass(frozen=True, eq=False)
class Resource:
    """The description of one resource type of the service.

    :ivar name: its name in results, singular.
    :ivar plural: the name of a list of its objects.
    :ivar fields: the fields that users can set, in the order of the API.
    :ivar natural_key: the field that names an object among its siblings.
    :ivar identity_fields: further fields that distinguish objects with the same natural key.
    :ivar legacy_name: the service's former name for it, or None.
    :ivar bulk_option: the option that takes several natural keys at once, or None.
    :ivar sensitive_fields: fields with secrets, at any depth of the object.
    :ivar one_time_secret: the field that only the answer to the create request contains, or None.
    :ivar replaceable: whether a new object can replace an existing one without harm.
    :ivar creation_hint: how objects come into being if the API cannot create them, as a clause.
    :ivar required_access: which API token the requests need, for the message about a 403 answer, or None.
    """

    name: str
    plural: str
    api: ApiShape
    fields: Tuple[Field, ...]
    natural_key: str = "name"
    identity_fields: Tuple[str, ...] = ()
    parent: Optional[Parent] = None
    legacy_name: Optional[str] = None
    bulk_option: Optional[str] = None
    sensitive_fields: Tuple[str, ...] = ()
    one_time_secret: Optional[str] = None
    replaceable: bool = True
    creation_hint: str = ""
    required_access: Optional[str] = None
    hooks: Hooks = field(default_factory=Hooks)

    def __post_init__(self) -> None:
        errors = list(_find_contradictions(self))
        if errors:
            raise ValueError(f"Resource type {self.name}: {'; '.join(errors)}")

    @property
    def noun(self) -> str:
        """Its name in a sentence."""
        return _to_noun(self.name)

    @property
    def noun_with_article(self) -> str:
        """Its name in a sentence, with the indefinite article."""
        return f"{'an' if self.noun[0] in 'aeiouAEIOU' else 'a'} {self.noun}"

    @property
    def plural_noun(self) -> str:
        """Its plural in a sentence."""
        return _to_noun(self.plural)

    @property
    def key_field(self) -> Field:
        """The field that is the natural key."""
        return self.get_field(self.natural_key)

    @property
    def identity(self) -> Tuple[str, ...]:
        """The names of the fields that distinguish an object from its siblings."""
        return (self.natural_key, *self.identity_fields)

    @property
    def is_nested(self) -> bool:
        """Whether the path of its list contains the id of the parent."""
        return "{" in self.api.path

    @property
    def has_secrets(self) -> bool:
        """Whether its objects contain values that results show only on request."""
        return bool(self.sensitive_fields) or any(item.sensitive for item in self.fields)

    @property
    def supports_recreate(self) -> bool:
        """Whether the module has the option ``recreate``, because some fields require a replacement."""
        if not (self.api.creatable and self.api.deletable and self.replaceable):
            return False
        return any(
            item.create_only and item.name != self.natural_key and not item.write_only and not item.set_after_create
            for item in self.fields
        )

    @property
    def must_read_before_delete(self) -> bool:
        """Whether an object has to be read before its deletion, because a hook may refuse it."""
        return self.hooks.read_only_reason is not None or self.hooks.protection_reason is not None

    def get_field(self, name: str) -> Field:
        """Return the field with the given name."""
        return next(item for item in self.fields if item.name == name)

    def list_path(self, parent_id: Optional[Id] = None) -> str:
        """Return the path of the list."""
        return self._format_path(self.api.path, parent_id)

    def object_path(self, object_id: Optional[Id], parent_id: Optional[Id] = None) -> str:
        """Return the path of an object, by its id or, if the API allows it, its natural key.

        :raises MailtrapError: if the id is empty or a dot segment, which would address another path.
        """
        if object_id in ("", ".", ".."):
            raise MailtrapError(f"{object_id!r} is not the id of {self.noun_with_article}")
        return f"{self.list_path(parent_id)}/{quote(str(object_id), safe='')}"

    def creation_path(self, parent_id: Optional[Id] = None) -> str:
        """Return the path of the create request."""
        return self._format_path(self.api.create_path or self.api.path, parent_id)

    def _format_path(self, path: str, parent_id: Optional[Id]) -> str:
        return path.format(**{self.parent.id_field: parent_id}) if self.parent else path


@dataclass(frozen=True)
class Write:
    """One request that changes something; its values are arguments of :meth:`Client.request`.

    :ivar answers: the part of the object that the answer contains: OBJECT, NOTHING, or the name of one field.
    :ivar creates: whether the request creates an object.
    :ivar verb: what the request does to an existing object, for messages.
    """

    method: str
    path: str
    body: Any = None
    answers: str = OBJECT
    creates: bool = False
    verb: str = "update"


@dataclass(frozen=True)
class Plan:
    """The writes that are needed, and the object afterwards.

    :ivar writes: the writes in their order; empty if nothing has to change.
    :ivar after: the object afterwards, as far as it can be predicted; None if it will be absent.
    :ivar affected: the objects that the writes delete or take out of use, each with its resource type.
    """

    writes: Tuple[Write, ...] = ()
    after: Optional[JsonObject] = None
    affected: Tuple[Tuple[Resource, JsonObject], ...] = ()


def put_value(target: Mapping[str, Any], keys: Sequence[str], value: Any) -> JsonObject:
    """Return a copy of a dict with a value under a path of keys; without keys, merge the value into the copy."""
    if not keys:
        return {**target, **value}
    first, *rest = keys
    return {**target, first: put_value(target.get(first) or {}, rest, value) if rest else value}


def _find_contradictions(resource: Resource) -> Iterable[str]:
    names = [item.name for item in resource.fields]
    yield from (
        f"several fields are named {name}" for name in sorted({name for name in names if names.count(name) > 1})
    )
    yield from (f"there is no field {name}" for name in resource.identity if name not in names)
    if resource.is_nested and resource.parent is None:
        yield f"the path {resource.api.path} needs a parent"
    if resource.parent and resource.is_nested and f"{{{resource.parent.id_field}}}" not in resource.api.path:
        yield f"the path {resource.api.path} does not contain {resource.parent.id_field}"
    for item in resource.fields:
        targets = [item.reference.resource] if item.reference else []
        targets.extend(item.nested_references.resources if item.nested_references else ())
        if not all(isinstance(target, Resource) for target in targets):
            yield f"the field {item.name} refers to an unknown resource type"
        if item.update_request and item.create_only:
            yield f"the field {item.name} cannot be updated, but has a request to update it"


def _to_noun(name: str) -> str:
    return " ".join("API" if word == "api" else word for word in name.split("_"))
