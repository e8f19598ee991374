# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the accounts and the permissions of the API token, and the billing usage (docs/service.md#accounts)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, List

from .._api.api_generations import to_current_type
from .._api.errors import attempting, unexpected_answer
from .._api.pages import parse_objects

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import Json, JsonObject, Options, Result

ACCOUNTS_PATH = "/api/accounts"
USAGE_PATH = "/api/billing/usage"
PERMISSIONS_PATH = "/api/permissions/resources"


def read_accounts(client: Client, options: Options, check_mode: bool) -> Result:
    """Read the accounts that the API token can access."""
    with attempting("read the accounts"):
        answer = client.get(ACCOUNTS_PATH)
        return {"changed": False, "accounts": parse_objects(answer, "accounts", ACCOUNTS_PATH)}


def read_billing_usage(client: Client, options: Options, check_mode: bool) -> Result:
    """Read the usage and the limits of the account's plans."""
    with attempting("read the billing usage"):
        usage = client.get(USAGE_PATH)
        if not isinstance(usage, dict):
            raise unexpected_answer("usage", "GET", USAGE_PATH)
        return {"changed": False, "billing_usage": usage}


def read_permissions(client: Client, options: Options, check_mode: bool) -> Result:
    """Read the resources on which the API token has permissions, as a tree and as a flat list."""
    with attempting("read the permissions of the API token"):
        tree = _parse_nodes(client.get(PERMISSIONS_PATH))
    return {"changed": False, "permissions": tree, "resources": list(_flatten(tree))}


def _parse_nodes(answer: Json) -> List[JsonObject]:
    """Parse the nodes of a tree of resources, and rename legacy resource types on every level."""
    return [
        {**node, "type": to_current_type(node.get("type")), "resources": _parse_nodes(node.get("resources") or [])}
        for node in parse_objects(answer, "resources", PERMISSIONS_PATH)
    ]


def _flatten(nodes: List[JsonObject]) -> Iterator[JsonObject]:
    """Yield each node, followed by its descendants, with the keys of a permission."""
    for node in nodes:
        yield {
            "resource_type": node["type"],
            "resource_id": node["id"],
            "access_level": node.get("access_level"),
            "name": node.get("name"),
        }
        yield from _flatten(node["resources"])
