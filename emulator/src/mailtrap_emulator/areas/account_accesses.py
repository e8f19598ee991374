# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Account accesses and their permissions (docs/service.md#account-accesses, docs/service.md#permissions)."""

from collections.abc import Callable
from typing import Any

from ..http.call import Call
from ..http.responses import bad_request, forbidden, not_found
from ..http.routing import Routes
from ..model.api_tokens import ACCOUNT_RESOURCE_TYPES, RESOURCE_TABLES, parse_level, parse_number
from ..model.legacy_names import current_name
from ..model.people import INVITE
from ..model.permissions import ACCESSES, ADMIN, TOKENS
from ..model.validation import cast_text
from ..state.json_codec import JsonObject
from ..state.store import Row
from .api_tokens import check_token_removable, invalid_permissions, resource_exists

routes = Routes()

API_TOKEN = "ApiToken"

# The query parameters that filter the list, by resource type. "domain_ids" has the same name in both generations
# (docs/service.md#api-generations).
FILTERS = {"project": "project_ids", "sandbox": "sandbox_ids", "domain": "domain_ids"}
TRUE_VALUES = ("true", "t", "1", "on", "yes", "y")

ACCESS_PATH = "account_accesses/{account_access_id}"


def get_access_id(row: Row) -> int:
    """Return the account access id of a person or an API token."""
    access_id: int = row["access_id"] if is_token(row) else row["id"]
    return access_id


def is_token(row: Row) -> bool:
    """Return whether the row is an API token, not a person."""
    return "token" in row


def show_access(call: Call, row: Row) -> JsonObject:
    """Convert the access of a person or an API token to its wire form, with keys in wire order.

    ``can_read`` is false in all recorded answers (docs/service.md#account-accesses). The owner's access cannot be
    changed.
    """
    can_change = is_token(row) or not row["is_owner"]
    return {
        "id": get_access_id(row),
        "specifier_type": API_TOKEN if is_token(row) else row["kind"],
        "resources": [
            {
                "resource_type": call.vocabulary.spell(item["resource_type"]),
                "resource_id": item["resource_id"],
                "access_level": item["access_level"],
            }
            for item in row["resources"]
        ],
        "specifier": describe_specifier(row),
        "permissions": {
            "can_read": False,
            "can_update": can_change,
            "can_destroy": can_change,
            "can_leave": False,
        },
    }


def describe_specifier(row: Row) -> JsonObject:
    """Describe the person or the API token that has the access.

    How the service masks the value of a token is unknown. The emulator hides all but the last four characters.
    """
    if is_token(row):
        return {
            "id": row["id"],
            "name": row["name"],
            "author_name": row["created_by"],
            "token": "*" * 28 + row["token"][-4:],
            "expires_at": row["expires_at"],
        }
    if row["kind"] == INVITE:
        return {"id": row["person_id"], "email": row["email"]}
    return {
        "id": row["person_id"],
        "email": row["email"],
        "name": row["name"],
        "two_factor_authentication_enabled": row["two_factor"],
    }


def find_access(call: Call) -> Row:
    """Return the person or the API token whose access is in the path.

    :raises HttpError: 404 if the account has no access with this id.
    """
    access_id = call.path_id("account_access_id")
    store = call.world.store
    row = store[ACCESSES.name].get(access_id) or store[TOKENS.name].find("access_id", access_id)
    if row is None or row["account_id"] != call.account_id:
        raise not_found()
    return row


def check_changeable(row: Row) -> None:
    """Check that the access is not the owner's.

    :raises HttpError: 403 if it is.
    """
    if not is_token(row) and row["is_owner"]:
        raise forbidden()


@routes.get("account_accesses")
def list_accesses(call: Call) -> list[JsonObject]:
    """List users and invitations, or with a filter all accesses that have a permission on one of the resources.

    A filtered list also contains API tokens. A wider permission, such as one on the whole account, does not match a
    filter: the specification says "accesses for these resources".
    """
    call.require_level(call.access.account, ADMIN)
    store = call.world.store
    rows = store[ACCESSES.name].select("account", call.account_id)
    wanted = parse_resource_filters(call)
    if wanted:
        rows = [*rows, *store[TOKENS.name].select("account", call.account_id)]
        rows = [row for row in rows if any(make_filter_key(grant) in wanted for grant in row["resources"])]
    return [show_access(call, row) for row in sorted(rows, key=get_access_id)]


def parse_resource_filters(call: Call) -> set[tuple[str, str]]:
    """Return the type and the id (as text) of each resource in the filters of the query."""
    return {
        (resource_type, value)
        for resource_type, name in FILTERS.items()
        for value in call.query_list(name if resource_type == "domain" else call.vocabulary.spell(name))
        if value
    }


def make_filter_key(grant: JsonObject) -> tuple[str, str]:
    """Return the resource of a grant in the form of :func:`parse_resource_filters`."""
    return grant["resource_type"], str(grant["resource_id"])


@routes.delete(ACCESS_PATH)
def delete_access(call: Call) -> JsonObject:
    """Delete an access; an invitation or an API token is deleted with its access. The owner's access is refused."""
    call.require_level(call.access.account, ADMIN)
    row = find_access(call)
    check_changeable(row)
    if is_token(row):
        check_token_removable(call.world, row)
    call.world.store[TOKENS.name if is_token(row) else ACCESSES.name].remove(row)
    return {"id": get_access_id(row)}


@routes.put(ACCESS_PATH + "/permissions/bulk")
def update_permissions(call: Call) -> JsonObject:
    """Add, change and remove permissions. Permissions that are not in the request stay.

    An error in one entry prevents the whole request. A token may grant permissions on what it administers.
    No source describes these cases: a missing or empty list is 400, because Rails reports a missing parameter; a
    resource outside the account is 404; removing a permission that does not exist succeeds.
    """
    row = find_access(call)
    entries = call.body.get("permissions")
    if not entries or not isinstance(entries, list):
        raise bad_request()
    check_changeable(row)
    levels = {(grant["resource_type"], grant["resource_id"]): grant["access_level"] for grant in row["resources"]}
    for entry in entries:
        resource_type, resource_id, level = parse_permission(call, entry)
        if level is None:
            levels.pop((resource_type, resource_id), None)
        else:
            levels[resource_type, resource_id] = level
    resources = [
        {"resource_type": resource_type, "resource_id": resource_id, "access_level": level}
        for (resource_type, resource_id), level in levels.items()
    ]
    call.world.store[TOKENS.name if is_token(row) else ACCESSES.name].update(row, resources=resources)
    return {"message": "Permissions have been updated!"}


def parse_permission(call: Call, entry: Any) -> tuple[str, int, int | None]:
    """Parse an entry of the request: resource type, resource id, and level, or None to remove the permission.

    :raises HttpError: 422 if the entry is invalid, 404 if the account does not have the resource, 403 if the token
        does not administer it.
    """
    entry = entry if isinstance(entry, dict) else {}
    resource_type = current_name(cast_text(entry, "resource_type") or "")
    resource_id = parse_number(entry, "resource_id")
    is_removal = (cast_text(entry, "_destroy") or "").lower() in TRUE_VALUES
    level = None if is_removal else parse_level(entry)
    is_known = resource_type in RESOURCE_TABLES or resource_type in ACCOUNT_RESOURCE_TYPES
    if not is_known or resource_id is None or (level is None and not is_removal):
        raise invalid_permissions()
    if not resource_exists(call, resource_type, resource_id):
        raise not_found()
    call.require_level(get_resource_level(call, resource_type, resource_id), ADMIN)
    return resource_type, resource_id, level


def get_resource_level(call: Call, resource_type: str, resource_id: int) -> int:
    """Return the level of the calling token on a resource of the account."""
    if resource_type not in RESOURCE_TABLES:
        return call.access.scope(resource_type)
    get_level: Callable[[Row], int] = getattr(call.access, resource_type)
    return get_level(call.world.store[RESOURCE_TABLES[resource_type]][resource_id])


@routes.get("permissions/resources")
def list_resources(call: Call) -> list[JsonObject]:
    """List the resources that the token administers, as a tree."""
    return select_administered(build_resource_tree(call))


def build_resource_tree(call: Call) -> JsonObject:
    """Build the tree of all resources of the account, with the token's level on each one.

    The order is that of the example in the specification.
    """
    access, store, account_id = call.access, call.world.store, call.account_id

    def make_node(
        resource_id: int, name: str, resource_type: str, level: int, children: list[JsonObject]
    ) -> JsonObject:
        return {
            "id": resource_id,
            "name": name,
            "type": call.vocabulary.spell(resource_type),
            "access_level": level,
            "resources": children,
        }

    def make_scope(name: str, resource_type: str) -> JsonObject:
        return make_node(account_id, name, resource_type, access.scope(resource_type), [])

    children = [
        make_scope("Templates", "email_template_permission_scope"),
        make_scope("Email Campaigns", "email_campaign_permission_scope"),
        make_scope("Billing", "billing"),
    ]
    children += [
        make_node(row["id"], row["domain_name"], "domain", access.domain(row), [])
        for row in store["domains"].select("account", account_id)
    ]
    for project in store["projects"].select("account", account_id):
        sandboxes = [
            make_node(row["id"], row["name"], "sandbox", access.sandbox(row), [])
            for row in store["sandboxes"].select("project", project["id"])
        ]
        children.append(make_node(project["id"], project["name"], "project", access.project(project), sandboxes))
    return make_node(account_id, store["accounts"][account_id]["name"], "account", access.account, children)


def select_administered(node: JsonObject) -> list[JsonObject]:
    """Return a tree without the nodes that the token does not administer. Their children move up."""
    children = [kept for child in node["resources"] for kept in select_administered(child)]
    return [node | {"resources": children}] if node["access_level"] >= ADMIN else children
