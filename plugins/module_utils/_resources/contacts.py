# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contacts, their lists and their fields (docs/service.md#contacts)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional

from .._engine.codecs import CASELESS, Codec
from .._engine.resource import ApiShape, Field, Reference, Resource
from .contact_values import convert_values, infer_type, is_ambiguous

if TYPE_CHECKING:
    from .._api.json_types import JsonObject
    from .._engine.directory import Directory

CONTACT_LIST = Resource(
    name="contact_list",
    plural="contact_lists",
    api=ApiShape("/api/contacts/lists"),
    fields=(Field("name"),),
)

CONTACT_FIELD = Resource(
    name="contact_field",
    plural="contact_fields",
    api=ApiShape("/api/contacts/fields", unique_key=True),
    natural_key="merge_tag",
    fields=(
        Field("name", required=True),
        # With recreate, a changed data_type replaces the field, which deletes its values in all contacts
        # (docs/service.md#contact-fields).
        Field(
            "data_type",
            {"type": "str", "choices": ["text", "integer", "float", "boolean", "date"]},
            required=True,
            create_only=True,
        ),
        Field("merge_tag"),
    ),
)


def _merge(wanted: JsonObject, current: Optional[JsonObject]) -> JsonObject:
    return {**(current or {}), **wanted}


def _get_changed_values(expected: JsonObject, current: Optional[JsonObject]) -> JsonObject:
    return {name: value for name, value in expected.items() if value != (current or {}).get(name)}


_FIELD_VALUES = Codec(expected=_merge, encode=_get_changed_values)


def _convert_to_field_types(values: JsonObject, current: Optional[JsonObject], directory: Directory) -> JsonObject:
    """Return the values converted to the types of their fields.

    An existing contact has values in all fields, which show most types; types are only read if this does not suffice.
    """
    types: Dict[str, Optional[str]] = {name: infer_type(value) for name, value in (current or {}).items()}
    needs_types = any(types.get(name, "") is None and is_ambiguous(values[name]) for name in values)
    if current is None or needs_types:
        types = {field["merge_tag"]: field["data_type"] for field in directory.list(CONTACT_FIELD)}
    return convert_values(values, types, directory.report_missing)


def _encode_membership(list_ids: List[int], current: Optional[List[int]]) -> JsonObject:
    """Return the lists to join and to leave: a request cannot set all memberships (docs/service.md#contacts)."""
    difference = {
        "list_ids_included": [list_id for list_id in list_ids if list_id not in (current or ())],
        "list_ids_excluded": [list_id for list_id in current or () if list_id not in list_ids],
    }
    return {name: ids for name, ids in difference.items() if ids}


_MEMBERSHIP = Codec(normalize=lambda list_ids: frozenset(list_ids or ()), encode=_encode_membership)


def _to_status(unsubscribed: bool, current: Any) -> str:
    return "unsubscribed" if unsubscribed else "subscribed"


def _is_unsubscribed(status: Any, current: Any = None) -> bool:
    return status in (True, "unsubscribed")


_SUBSCRIPTION_STATUS = Codec(expected=_to_status, encode=_is_unsubscribed, decode=_is_unsubscribed)

CONTACT = Resource(
    name="contact",
    plural="contacts",
    api=ApiShape("/api/contacts", wrapper="contact", addressed_by_key=True, id_type="str"),
    natural_key="email",
    fields=(
        Field("email", codec=CASELESS, required_on_update=True),
        Field("fields", {"type": "dict"}, codec=_FIELD_VALUES, coerce=_convert_to_field_types),
        Field("list_ids", reference=Reference(CONTACT_LIST, "lists", many=True), codec=_MEMBERSHIP, request_path=()),
        Field(
            "unsubscribed",
            {"type": "bool"},
            codec=_SUBSCRIPTION_STATUS,
            response_path=("status",),
            describe=_is_unsubscribed,
        ),
    ),
)
