# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare an object with the wanted fields, and plan the writes. Everything here is pure: data in, data out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, List, Optional

from .._api.errors import MailtrapError
from .resource import Field, Id, Plan, Resource, Write

if TYPE_CHECKING:
    from .._api.json_types import JsonObject, Options

NO_CHANGE = Plan()


def get_wanted(resource: Resource, options: Options) -> JsonObject:
    """Return the wanted values by field name, without the fields whose option is None."""
    given = {field.name: options.get(field.option_name) for field in resource.fields}
    return {name: value for name, value in given.items() if value is not None}


def check_wanted(resource: Resource, wanted: JsonObject, options: Optional[Options] = None) -> None:
    """Check the wanted values against the rules of the service, before any request.

    :param options: the options, which may contain references by name instead of by id.
    :raises MailtrapError: if a value is invalid; it contains the errors of all fields.
    """
    errors = [
        error for field in resource.fields if field.name in wanted for error in _find_errors(resource, field, wanted)
    ]
    references = {field.name: field.reference.option for field in resource.fields if field.reference}
    named = {name: (options or {}).get(option) for name, option in references.items()}
    errors.extend(
        resource.hooks.validate({**{name: value for name, value in named.items() if value is not None}, **wanted})
    )
    if errors:
        raise MailtrapError(*errors)


def get_identity(resource: Resource, obj: JsonObject) -> JsonObject:
    """Return the values that distinguish an object from its siblings, without the fields that it does not contain."""
    values = {name: resource.get_field(name).get(obj) for name in resource.identity}
    return {name: value for name, value in values.items() if value is not None}


def match(resource: Resource, objects: List[JsonObject], identity: JsonObject) -> Optional[JsonObject]:
    """Return the object with the given identity, or None.

    :param objects: the siblings.
    :param identity: the values of the natural key and of the known identity fields.
    :raises MailtrapError: if several objects match; it contains their ids and the options that would distinguish them.
    """
    fields = [resource.get_field(name) for name in resource.identity if name in identity]
    if resource.hooks.match_by_key:
        objects, fields = resource.hooks.match_by_key(objects, identity[resource.natural_key]), fields[1:]
    matches = [obj for obj in objects if all(field.is_same(identity[field.name], field.get(obj)) for field in fields)]
    if len(matches) > 1:
        key = resource.key_field
        value = key.describe(identity[key.name])
        ids = ", ".join(str(obj["id"]) for obj in matches)
        missing = [resource.get_field(name).option_name for name in resource.identity_fields if name not in identity]
        advice = f"give the id, or {', '.join(missing)}" if missing else "give the id"
        raise MailtrapError(
            f"{len(matches)} {resource.plural_noun} have the {key.option_name} {value!r}, with the ids {ids}: {advice}"
        )
    return matches[0] if matches else None


def plan(
    resource: Resource,
    current: Optional[JsonObject],
    wanted: JsonObject,
    state: str = "present",
    parent_id: Optional[Id] = None,
    recreate: bool = False,
) -> Plan:
    """Plan the writes that give one object the wanted state.

    :param current: the existing object, or None.
    :param wanted: the wanted values by field name.
    :param state: ``present`` or ``absent``.
    :param recreate: whether a new object may replace one that cannot be updated.
    :raises MailtrapError: if the state cannot be reached.
    """
    if current is None:
        return NO_CHANGE if state == "absent" else _plan_create(resource, wanted, parent_id)
    changes = {} if state == "absent" else find_changes(resource, current, wanted)
    if state != "absent" and not changes:
        return Plan(after=current)
    reason = resource.hooks.read_only_reason(current) if resource.hooks.read_only_reason else None
    if reason:
        raise MailtrapError(reason)
    if state == "absent":
        return plan_delete(resource, [current], parent_id)
    unchangeable = [field for field in resource.fields if field.name in changes and field.create_only]
    if unchangeable and recreate:
        return plan_replacement(resource, current, wanted, parent_id)
    if unchangeable:
        raise MailtrapError(*(_explain_create_only(resource, field, current, wanted) for field in unchangeable))
    return _plan_update(resource, current, changes, resource.object_path(current["id"], parent_id))


def plan_delete(resource: Resource, objects: List[JsonObject], parent_id: Optional[Id] = None) -> Plan:
    """Plan the deletion of objects, in the order of the list."""
    writes = tuple(Write("DELETE", resource.object_path(obj["id"], parent_id)) for obj in objects)
    return Plan(writes, None, tuple((resource, obj) for obj in objects))


def plan_replacement(
    resource: Resource, current: JsonObject, wanted: JsonObject, parent_id: Optional[Id] = None
) -> Plan:
    """Plan a replacement that keeps the old object's values for fields that are not wanted.

    The new object is created first, so that nothing is lost if the service refuses it. The old object is deleted first
    only if both have the same natural key and the service requires unique keys.
    """
    kept = {
        field.name: field.get(current)
        for field in resource.fields
        if not field.set_after_create and not field.write_only
    }
    inapplicable = set(resource.hooks.inapplicable_fields({**kept, **wanted}))
    kept = {name: value for name, value in kept.items() if value is not None and name not in inapplicable}
    creation = _plan_create(resource, {**kept, **wanted}, parent_id)
    deletion = plan_delete(resource, [current], parent_id)
    key = resource.key_field
    new_key = key.get(creation.after or {})
    is_taken = resource.api.unique_key and key.codec.normalize(new_key) == key.codec.normalize(key.get(current))
    writes = (*deletion.writes, *creation.writes) if is_taken else (*creation.writes, *deletion.writes)
    return Plan(writes, creation.after, deletion.affected)


def find_changes(resource: Resource, current: JsonObject, wanted: JsonObject) -> JsonObject:
    """Return the expected values of the fields whose wanted value differs from the object."""
    changes = {}
    for field in resource.fields:
        if field.name in wanted and not field.write_only and not field.ignored_on_update:
            value = field.get(current)
            if not field.is_same(wanted[field.name], value):
                changes[field.name] = field.codec.expected(wanted[field.name], value)
    return changes


def find_differing_fields(resource: Resource, after: JsonObject, wanted: JsonObject) -> List[Field]:
    """Return the wanted fields that an object contains with another value."""
    fields = [resource.get_field(name) for name in find_changes(resource, after, wanted)]
    return [field for field in fields if (field.response_path or (field.name,))[0] in after]


def get_deferred(resource: Resource, wanted: JsonObject) -> JsonObject:
    """Return the wanted fields that the create request does not accept."""
    return {
        field.name: wanted[field.name] for field in resource.fields if field.name in wanted and field.set_after_create
    }


def get_change_warnings(resource: Resource, current: Optional[JsonObject], after: Optional[JsonObject]) -> List[str]:
    """Return the warnings about a change, as clauses that follow the object's label."""
    if current is None or after is None:
        return []
    warnings = (field.change_warning(field.get(current), field.get(after)) for field in resource.fields)
    return [warning for warning in warnings if warning]


def diff(resource: Resource, before: Optional[JsonObject], after: Optional[JsonObject]) -> JsonObject:
    """Return an object ``before`` and ``after``, as diff mode displays it: ids and the fields that users can set."""
    return {"before": _describe_for_diff(resource, before), "after": _describe_for_diff(resource, after)}


def mask_secrets(resource: Resource, value: Any) -> Any:
    """Return an object, or a list of objects, with secrets masked and sensitive fields removed at any depth."""
    if isinstance(value, list):
        return [mask_secrets(resource, item) for item in value]
    if isinstance(value, dict):
        for field in resource.fields:
            if field.sensitive and field.get(value) is not None:
                value = field.put(value, field.describe(field.get(value)))
        return {
            name: mask_secrets(resource, item) for name, item in value.items() if name not in resource.sensitive_fields
        }
    return value


def _plan_create(resource: Resource, wanted: JsonObject, parent_id: Optional[Id]) -> Plan:
    if not resource.api.creatable:
        hint = f": {resource.creation_hint}" if resource.creation_hint else ""
        raise MailtrapError(f"there is no such {resource.noun}, and the API cannot create one{hint}")
    required = [field for field in resource.fields if field.required or field.name == resource.natural_key]
    # None is the unknown id of an object that is still to be created, so it does not count as missing.
    missing = [_join_option_names(field) for field in required if wanted.get(field.name, "") in ("", [])]
    if missing:
        raise MailtrapError(f"a new {resource.noun} needs {' and '.join(missing)}")
    body: JsonObject = {}
    after: JsonObject = {"id": None}
    if resource.parent:
        after[resource.parent.id_field] = parent_id
    for field in resource.fields:
        if field.name in wanted:
            expected = field.codec.expected(wanted[field.name], None)
            if not field.set_after_create:
                body = field.put_in_request(body, field.codec.encode(expected, None))
            if not field.write_only:
                after = field.put(after, expected)
    if resource.api.addressed_by_key:
        method, path = "PATCH", resource.object_path(wanted[resource.natural_key], parent_id)
    else:
        method, path = "POST", resource.creation_path(parent_id)
    return Plan((Write(method, path, _wrap(resource, body), creates=True),), after)


def _plan_update(resource: Resource, current: JsonObject, changes: JsonObject, path: str) -> Plan:
    writes: List[Write] = []
    body: JsonObject = {}
    after = current
    for field in resource.fields:
        if field.name in changes:
            value, expected = field.get(current), changes[field.name]
            if field.update_request:
                writes.append(field.update_request(path, expected, value))
            else:
                body = field.put_in_request(body, field.codec.encode(expected, value))
            after = field.put(after, expected)
    if body:
        for field in resource.fields:
            if field.required_on_update:
                body = field.put_in_request(body, field.get(after))
        writes.insert(0, Write("PATCH", path, _wrap(resource, body)))
    return Plan(tuple(writes), after)


def _explain_create_only(resource: Resource, field: Field, current: JsonObject, wanted: JsonObject) -> str:
    value, expected = field.describe(field.get(current)), field.describe(wanted[field.name])
    advice = "; set recreate to replace the object" if resource.supports_recreate else ""
    return (
        f"{field.option_name} of {resource.noun_with_article} cannot be changed from {value!r} to {expected!r}{advice}"
    )


def _find_errors(resource: Resource, field: Field, wanted: JsonObject) -> Iterator[str]:
    value, name = wanted[field.name], field.option_name
    is_key = field.name == resource.natural_key
    if is_key and value == "":
        yield f"{name} is empty"
    # A YAML block scalar adds a line break, so the key would not match the existing object.
    elif is_key and isinstance(value, str) and value != value.strip():
        yield f"{name} {field.describe(value)!r} begins or ends with white space"
    elif field.length and not field.length[0] <= len(value) <= field.length[1]:
        shortest, longest = field.length
        text = f"{field.describe(value)!r} " if len(value) <= 100 else ""
        yield f"{name} {text}has {len(value)} characters; the service accepts {shortest} to {longest}"
    error = field.validate(value)
    if error:
        yield f"{name} {error}"


def _join_option_names(field: Field) -> str:
    names = [field.reference.option] if field.reference else []
    return " or ".join(dict.fromkeys([*names, field.option_name]))


def _describe_for_diff(resource: Resource, obj: Optional[JsonObject]) -> JsonObject:
    if not obj:
        return {}
    names = ["id", resource.parent.id_field] if resource.parent else ["id"]
    described = {name: obj[name] for name in names if name in obj}
    for field in resource.fields:
        value = field.get(obj)
        if not field.write_only and (value is not None or field.name in obj):
            described[field.name] = field.describe(value)
    return described


def _wrap(resource: Resource, body: JsonObject) -> JsonObject:
    return {resource.api.wrapper: body} if resource.api.wrapper else body
