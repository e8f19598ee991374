# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service tells of an account: its name, its use of the plan, what the token may do (facts 3.1, 3.3, 3.5)."""

from __future__ import annotations

from .._api.api_generations import to_current_type
from .._api.errors import MailtrapError, attempting
from .._api.pages import parse_objects

ACCOUNTS = "/api/accounts"
USAGE = "/api/billing/usage"
RESOURCES = "/api/permissions/resources"


def read_accounts(client, options, check_mode):
    """Return the accounts that the token may enter, for the result of a task: dict."""
    with attempting("read the accounts"):
        return {"changed": False, "accounts": parse_objects(client.get(ACCOUNTS), "accounts", ACCOUNTS)}


def read_usage(client, options, check_mode):
    """Return what the account has used of its plans, for the result of a task: dict."""
    with attempting("read the usage of the plans"):
        usage = client.get(USAGE)
        if not isinstance(usage, dict):
            raise MailtrapError("the service's answer holds no usage", method="GET", path=USAGE)
        return {"changed": False, "billing_usage": usage}


def read_permissions(client, options, check_mode):
    """Return what the token administers, as a tree and as a list, for the result of a task: dict."""
    with attempting("read the permissions of the API token"):
        tree = _tree(client.get(RESOURCES))
    return {"changed": False, "permissions": tree, "resources": list(_flat(tree))}


def _tree(nodes):
    """Return nodes with the current names of their types, at any depth: list of dict."""
    return [
        {**node, "type": to_current_type(node.get("type")), "resources": _tree(node.get("resources") or [])}
        for node in parse_objects(nodes, "resources", RESOURCES)
    ]


def _flat(nodes):
    """Return each node in the words in which permissions are given: iterator over dict."""
    for node in nodes:
        yield {
            "resource_type": node["type"],
            "resource_id": node["id"],
            "access_level": node.get("access_level"),
            "name": node.get("name"),
        }
        yield from _flat(node["resources"])
