# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions, as users write them and as the API returns them (docs/service.md#permissions).

Users write a list of dicts with ``resource_type``, ``access_level`` as a word and, if the account has several resources
of the type, the name (``resource``) or the id (``resource_id``) of one. The API returns grants: a list of dicts with
``resource_type``, ``resource_id`` and ``access_level`` as a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Tuple

from .._api.errors import MailtrapError
from .._api.json_types import JsonObject
from .._engine.codecs import Codec

if TYPE_CHECKING:
    from .._engine.directory import Directory
    from .._engine.resource import Id, Resource

Permissions = List[JsonObject]
Grants = List[JsonObject]

LEVELS = {"viewer": 10, "admin": 100}
_LEVEL_NAMES = {1000: "owner", 100: "admin", 50: "viewer+", 10: "viewer"}
_OWNER = 1000
_INDETERMINATE = 1  # no permission on the resource itself, only on resources inside it

# An account has one resource of each of these types, and its id is the account's id.
_ACCOUNT_TYPES = ("account", "billing", "email_campaign_permission_scope", "email_template_permission_scope")
_OBJECT_TYPES = ("domain", "project", "sandbox")

PERMISSIONS_SPEC = {
    "type": "list",
    "elements": "dict",
    "options": {
        "resource_type": {"type": "str", "required": True, "choices": sorted([*_ACCOUNT_TYPES, *_OBJECT_TYPES])},
        "resource": {"type": "str"},
        "resource_id": {"type": "int"},
        "access_level": {"type": "str", "required": True, "choices": list(LEVELS)},
    },
    "mutually_exclusive": [("resource", "resource_id")],
    "required_if": [("resource_type", name, ("resource", "resource_id"), True) for name in _OBJECT_TYPES],
}


def validate_permissions(permissions: Permissions) -> Optional[str]:
    """Return an error if two permissions are on the same resource, or if one names the only resource of a type."""
    labels = [_get_label(permission) for permission in permissions]
    duplicate = next((label for number, label in enumerate(labels) if label in labels[:number]), None)
    if duplicate:
        return f"contains the {duplicate} twice"
    for permission in permissions:
        if permission["resource_type"] in _ACCOUNT_TYPES and permission.get("resource"):
            return (
                f"contains the resource {permission['resource']!r} for {permission['resource_type']}, "
                "of which an account has only one: leave out resource"
            )
    return None


def to_grants(
    permissions: Permissions, find_id: Callable[[Resource, str], Optional[Id]], types_with_ids: Dict[str, Resource]
) -> Grants:
    """Convert permissions to grants, without an id for types that have one resource in the account.

    :param types_with_ids: the resource types of which an account has several objects, by name.
    :raises MailtrapError: if a resource does not exist, or is named twice.
    """
    grants = []
    for permission in permissions:
        resource_type, resource_id = permission["resource_type"], permission.get("resource_id")
        if resource_id is None and resource_type in types_with_ids:
            resource_id = find_id(types_with_ids[resource_type], permission["resource"])
        level = LEVELS[permission["access_level"]]
        grants.append({"resource_type": resource_type, "resource_id": resource_id, "access_level": level})
    keys = [_get_key(grant) for grant in grants if grant["resource_id"] is not None]
    duplicate = next((key for number, key in enumerate(keys) if key in keys[:number]), None)
    if duplicate:
        raise MailtrapError(f"permissions contains the {duplicate[0]} {duplicate[1]} twice, by its name and by its id")
    return grants


def add_account_id(grants: Grants, current: Optional[Grants], directory: Directory, account: Resource) -> Grants:
    """Return grants, with the account's id in those on the account itself.

    The id comes from the current grants or from the client; otherwise, the account is read.

    :raises MailtrapError: if the API token has access to several accounts.
    """
    known = {
        grant["resource_type"]: grant["resource_id"]
        for grant in _parse_grants(current)
        if grant["resource_type"] in _ACCOUNT_TYPES
    }

    def get_id(resource_type: str) -> Any:
        account_id = known.get(resource_type) or next(iter(known.values()), None) or directory.client.account_id
        return account_id or directory.get_only(account, "account_id")["id"]

    return [
        {**grant, "resource_id": get_id(grant["resource_type"])}
        if grant["resource_id"] is None and grant["resource_type"] in _ACCOUNT_TYPES
        else grant
        for grant in grants
    ]


def to_permissions(
    grants: Any, find_name: Callable[[Resource, Id], Optional[str]], types_with_ids: Dict[str, Resource]
) -> Permissions:
    """Convert grants to permissions, as far as users can write them.

    :param find_name: returns the unique name of an object, or None.
    :param types_with_ids: the resource types of which an account has several objects, by name.
    """
    level_names = {number: name for name, number in LEVELS.items()}
    permissions = []
    for grant in _parse_grants(grants):
        resource_type, level = grant["resource_type"], level_names.get(grant["access_level"])
        if level and resource_type in (*_ACCOUNT_TYPES, *types_with_ids):
            selector: JsonObject = {}
            if resource_type in types_with_ids:
                name = find_name(types_with_ids[resource_type], grant["resource_id"])
                selector = {"resource": name} if name else {"resource_id": grant["resource_id"]}
            permissions.append({"resource_type": resource_type, **selector, "access_level": level})
    return permissions


def predict_replaced_grants(wanted: Grants, current: Any) -> Grants:
    """Return the wanted grants, and the current grants that stay because the API cannot write them."""
    return [*wanted, *(grant for grant in _parse_grants(current) if not _is_writable(grant))]


def predict_added_grants(wanted: Grants, current: Any) -> Grants:
    """Return the wanted grants, and the current grants on other resources."""
    keys = {_get_key(grant) for grant in wanted}
    return [*(grant for grant in _parse_grants(current) if _get_key(grant) not in keys), *wanted]


def normalize_grants(grants: Any) -> Any:
    """Return grants without their order, and without those that cannot be written."""
    return frozenset(
        (*_get_key(grant), grant["access_level"]) for grant in _parse_grants(grants) if _is_writable(grant)
    )


def get_grant_changes(expected: Grants, current: Any) -> Permissions:
    """Return the permissions in a bulk update that leads from the current to the expected grants."""
    levels = {_get_key(grant): grant["access_level"] for grant in _parse_grants(current)}
    level_names = {number: name for name, number in LEVELS.items()}
    changed = [grant for grant in expected if levels.get(_get_key(grant)) != grant["access_level"]]
    kept = {_get_key(grant) for grant in expected}
    removed = [grant for grant in _parse_grants(current) if _is_writable(grant) and _get_key(grant) not in kept]
    return [
        *({**_get_selector(grant), "access_level": level_names[grant["access_level"]]} for grant in changed),
        *({**_get_selector(grant), "_destroy": True} for grant in removed),
    ]


def describe_grants(grants: Any) -> List[str]:
    """Return grants for messages and diffs, sorted."""
    return sorted(
        f"{_get_label(grant)}: {_LEVEL_NAMES.get(grant['access_level'], grant['access_level'])}"
        for grant in _parse_grants(grants)
    )


def is_owner(grants: Any) -> bool:
    """Return whether one of the grants is the ownership of the account."""
    return any(grant["access_level"] == _OWNER for grant in _parse_grants(grants))


def get_granted_ids(grants: Any, resource_type: str) -> List[int]:
    """Return the ids of the resources of a type on which there are grants."""
    return [grant["resource_id"] for grant in _parse_grants(grants) if grant["resource_type"] == resource_type]


def _parse_grants(grants: Any) -> Grants:
    """Return the items of an answer that are grants."""
    keys = {"resource_type", "resource_id", "access_level"}
    return [grant for grant in grants or () if isinstance(grant, dict) and keys <= grant.keys()]


def _is_writable(grant: JsonObject) -> bool:
    """Return whether the API can write a grant, unlike a role in the organization or an indeterminate level."""
    return grant["resource_type"] in (*_ACCOUNT_TYPES, *_OBJECT_TYPES) and grant["access_level"] > _INDETERMINATE


def _get_key(grant: JsonObject) -> Tuple[str, Any]:
    return grant["resource_type"], grant["resource_id"]


def _get_selector(grant: JsonObject) -> JsonObject:
    return {"resource_type": grant["resource_type"], "resource_id": grant["resource_id"]}


def _get_label(permission: JsonObject) -> str:
    """Return the resource of a permission or a grant, for messages."""
    noun = permission["resource_type"].replace("_", " ")
    if permission["resource_type"] in _ACCOUNT_TYPES:
        return noun
    return f"{noun} {permission['resource']!r}" if permission.get("resource") else f"{noun} {permission['resource_id']}"


GRANTS = Codec(normalize=normalize_grants)
REPLACED_GRANTS = Codec(expected=predict_replaced_grants, normalize=normalize_grants)
ADDED_GRANTS = Codec(expected=predict_added_grants, normalize=normalize_grants)
