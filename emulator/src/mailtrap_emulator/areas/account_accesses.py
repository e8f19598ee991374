# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may enter an account, and what they may do there (facts 3.2, 3.3)."""

from typing import Any

from ..http.call import Call
from ..http.responses import bad_request, forbidden, not_found
from ..http.routing import Routes
from ..model.api_tokens import ACCOUNT_RESOURCE_TYPES, RESOURCE_TABLES, parse_level, parse_number
from ..model.legacy_names import current_name
from ..model.people import INVITE
from ..model.permissions import ACCESSES, ADMIN, TOKENS
from ..model.validation import cast_text
from ..state.store import Row
from .api_tokens import check_token_removable, invalid_permissions, resource_exists

routes = Routes()

API_TOKEN = "ApiToken"

# Filters of the list and the resources that they name. Domains have the same filter in all generations (facts 1.3).
FILTERS = {"project": "project_ids", "sandbox": "sandbox_ids", "domain": "domain_ids"}
TRUE_VALUES = ("true", "t", "1", "on", "yes", "y")

ACCESS_PATH = "account_accesses/{account_access_id}"


def access_id(row: Row) -> int:
    """The id of the account access that a person's or a token's row stands for."""
    return row["access_id"] if is_token(row) else row["id"]


def is_token(row: Row) -> bool:
    return "token" in row


def show(call: Call, row: Row) -> dict:
    """The wire form, in wire order. ``can_read`` is false in all recorded answers (facts 3.2); the owner's access
    cannot be changed."""
    can_change = is_token(row) or not row["is_owner"]
    return {
        "id": access_id(row),
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


def describe_specifier(row: Row) -> dict:
    """Who it is (facts 3.2). How the service masks a token's value is not known: here all but the end is hidden."""
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


def find(call: Call) -> Row:
    """The person's or the token's row behind the access of the path."""
    key = call.path_id("account_access_id")
    row = call.world.store[ACCESSES.name].get(key) or call.world.store[TOKENS.name].find("access_id", key)
    if row is None or row["account_id"] != call.account_id:
        raise not_found()
    return row


def require_changeable(row: Row) -> None:
    if not is_token(row) and row["is_owner"]:
        raise forbidden()


@routes.get("account_accesses")
def list_accesses(call: Call) -> list:
    """Users and invites; with a filter, whoever has a permission of their own on one of the named things, tokens too.

    What follows from a wider permission does not count: the specification says "accesses for these resources".
    """
    call.require_level(call.access.account, ADMIN)
    store = call.world.store
    rows = store[ACCESSES.name].select("account", call.account_id)
    wanted = filtered_resources(call)
    if wanted is not None:
        rows = [*rows, *store[TOKENS.name].select("account", call.account_id)]
        rows = [row for row in rows if any(parse_resource_pair(item) in wanted for item in row["resources"])]
    return [show(call, row) for row in sorted(rows, key=access_id)]


def filtered_resources(call: Call) -> set[tuple[str, str]] | None:
    """The things that the filters name, as type and id in digits; None where there is no filter."""
    names = {kind: name if kind == "domain" else call.vocabulary.spell(name) for kind, name in FILTERS.items()}
    wanted = {(kind, value) for kind, name in names.items() for value in call.query_list(name) if value}
    return wanted or None


def parse_resource_pair(resource: dict) -> tuple[str, str]:
    return resource["resource_type"], str(resource["resource_id"])


@routes.delete(ACCESS_PATH)
def delete_access(call: Call) -> dict:
    """A user loses the access, an invite is gone, a token too (facts 3.2). The owner stays."""
    call.require_level(call.access.account, ADMIN)
    row = find(call)
    require_changeable(row)
    if is_token(row):
        check_token_removable(call.world, row)
    call.world.store[TOKENS.name if is_token(row) else ACCESSES.name].remove(row)
    return {"id": access_id(row)}


@routes.put(ACCESS_PATH + "/permissions/bulk")
def update_permissions(call: Call) -> dict:
    """Grant, change and take away permissions; those that are not named stay. All of it is done or nothing.

    A token may grant what it administers. Of what is silent in the facts: a list that is missing or empty is a missing
    parameter to Rails, a thing that the account does not have is not found, and to take away what is not there is
    done already.
    """
    row = find(call)
    given = call.body.get("permissions")
    if not given or not isinstance(given, list):
        raise bad_request()
    require_changeable(row)
    grants = {(item["resource_type"], item["resource_id"]): item["access_level"] for item in row["resources"]}
    for item in given:
        kind, key, level = read_permission(call, item)
        if level is None:
            grants.pop((kind, key), None)
        else:
            grants[kind, key] = level
    resources = [
        {"resource_type": kind, "resource_id": key, "access_level": level} for (kind, key), level in grants.items()
    ]
    call.world.store[TOKENS.name if is_token(row) else ACCESSES.name].update(row, resources=resources)
    return {"message": "Permissions have been updated!"}


def read_permission(call: Call, item: Any) -> tuple[str, int, int | None]:
    """Type, id and level of one permission; no level where it is to be taken away."""
    item = item if isinstance(item, dict) else {}
    kind = current_name(cast_text(item, "resource_type") or "")
    key = parse_number(item, "resource_id")
    destroy = (cast_text(item, "_destroy") or "").lower() in TRUE_VALUES
    level = None if destroy else parse_level(item)
    known = kind in RESOURCE_TABLES or kind in ACCOUNT_RESOURCE_TYPES
    if not known or key is None or (level is None and not destroy):
        raise invalid_permissions()
    if not resource_exists(call, kind, key):
        raise not_found()
    call.require_level(level_on(call, kind, key), ADMIN)
    return kind, key, level


def level_on(call: Call, kind: str, key: int) -> int:
    """The level of the calling token on a thing that there is."""
    if kind not in RESOURCE_TABLES:
        return call.access.scope(kind)
    return getattr(call.access, kind)(call.world.store[RESOURCE_TABLES[kind]].get(key))


@routes.get("permissions/resources")
def list_resources(call: Call) -> list:
    """The things of the account as a tree, as far as the token administers them."""
    return administered(tree(call))


def tree(call: Call) -> dict:
    """The whole account with the token's level on everything, in the order of the specification's example."""
    access, store, account_id = call.access, call.world.store, call.account_id

    def node(key: int, name: str, kind: str, level: int, below: list[dict]) -> dict:
        return {"id": key, "name": name, "type": call.vocabulary.spell(kind), "access_level": level, "resources": below}

    def scope(name: str, kind: str) -> dict:
        return node(account_id, name, kind, access.scope(kind), [])

    below = [
        scope("Templates", "email_template_permission_scope"),
        scope("Email Campaigns", "email_campaign_permission_scope"),
        scope("Billing", "billing"),
    ]
    below += [
        node(row["id"], row["domain_name"], "domain", access.domain(row), [])
        for row in store["domains"].select("account", account_id)
    ]
    for project in store["projects"].select("account", account_id):
        inside = [
            node(row["id"], row["name"], "sandbox", access.sandbox(row), [])
            for row in store["sandboxes"].select("project", project["id"])
        ]
        below.append(node(project["id"], project["name"], "project", access.project(project), inside))
    return node(account_id, store["accounts"].get(account_id)["name"], "account", access.account, below)


def administered(node: dict) -> list[dict]:
    """A tree without the nodes that are not administered; what stands below such a node moves up."""
    below = [one for child in node["resources"] for one in administered(child)]
    return [node | {"resources": below}] if node["access_level"] >= ADMIN else below
