# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Translation of requests and answers between the current and the legacy API (docs/service.md#api-generations).

The collection uses the names of the current API throughout: ``/api/sandboxes``, ``sandbox``, ``sandbox_id``. If an
account ID is set, the client sends requests to the account-scoped paths, which use the legacy names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Dict, List, Tuple

if TYPE_CHECKING:
    from .json_types import Json, Query

_LEGACY_NOUNS = {
    "sandbox": "inbox",
    "sandboxes": "inboxes",
    "sandbox_id": "inbox_id",
    "domain": "sending_domain",
    "domains": "sending_domains",
    "domain_id": "sending_domain_id",
}
_LEGACY_PATH_SEGMENTS = {current: _LEGACY_NOUNS[current] for current in ("sandboxes", "domains")}
_LEGACY_WRAPPERS = {current: _LEGACY_NOUNS[current] for current in ("sandbox", "domain")}
_CURRENT_KEYS = {_LEGACY_NOUNS[current]: current for current in ("sandboxes", "sandbox_id", "domain_id")}

# Values of resource_type in permissions.
_CURRENT_RESOURCE_TYPES = {_LEGACY_NOUNS[current]: current for current in ("sandbox", "domain")}

# The keys of objects and request bodies that hold a list of permissions (docs/service.md#permissions).
_PERMISSION_KEYS = ("resources", "permissions")

# The keys of answers that hold the objects (docs/service.md#envelopes).
_ENVELOPE_KEYS = ("data", "messages")

# Path prefix -> query parameter -> its legacy name. All other parameters have the same name in both generations.
_LEGACY_PARAMETERS = {
    "/api/stats": {"domain_ids": "sending_domain_ids"},
    "/api/email_logs": {"domain_id": "sending_domain_id"},
    "/api/account_accesses": {"sandbox_ids": "inbox_ids"},
}

# Below this path, "domains" is a grouping of statistics and has the same name in both generations.
_STATS_PREFIX = "/api/stats/"

# Paths that are never account-scoped.
_UNSCOPED_PREFIXES = (
    "/api/accounts",
    "/api/organizations",
    "/api/inbound",
    "/api/email_campaigns",
    "/api/tracking_opt_outs",
    "/api/testing_message_parts",
)
_UNSCOPED_SUFFIX = "/company_info"


def is_scoped(path: str) -> bool:
    """Return whether a current path has an account-scoped counterpart."""
    return not path.startswith(_UNSCOPED_PREFIXES) and not path.endswith(_UNSCOPED_SUFFIX)


def to_scoped_path(path: str, account_id: int) -> str:
    """Return the account-scoped counterpart of a path: ``/api/accounts/7/inboxes/5`` for ``/api/sandboxes/5``."""
    legacy_segments = {} if path.startswith(_STATS_PREFIX) else _LEGACY_PATH_SEGMENTS
    segments = [legacy_segments.get(segment, segment) for segment in path[len("/api/") :].split("/")]
    return f"/api/accounts/{account_id}/{'/'.join(segments)}"


def to_legacy_query(path: str, query: Query) -> List[Tuple[str, Any]]:
    """Return a query with legacy parameter names.

    :param path: the current path that the query belongs to.
    :param query: the parameters; a name may be nested, such as ``filters[domain_id][operator]``.
    """
    legacy_names: Dict[str, str] = next(
        (names for prefix, names in _LEGACY_PARAMETERS.items() if path.startswith(prefix)), {}
    )
    parameters = query.items() if isinstance(query, dict) else query
    return [
        (re.sub(r"\w+", lambda word: legacy_names.get(word.group(), word.group()), name), value)
        for name, value in parameters
    ]


def to_legacy_body(body: Json) -> Json:
    """Return a request body with the legacy wrapper key and the legacy resource types in permissions."""
    if not isinstance(body, dict):
        return body
    return {
        _LEGACY_WRAPPERS.get(key, key): _rename_resource_types(key, value, _LEGACY_NOUNS) for key, value in body.items()
    }


def to_current_names(answer: Json) -> Json:
    """Return an answer with the current names of the fields of its objects.

    Deeper levels are not renamed, because they may be data of the user.
    """
    if isinstance(answer, list):
        return [to_current_names(item) for item in answer]
    if isinstance(answer, dict):
        return {
            _CURRENT_KEYS.get(key, key): (
                to_current_names(value)
                if key in _ENVELOPE_KEYS
                else _rename_resource_types(key, value, _CURRENT_RESOURCE_TYPES)
            )
            for key, value in answer.items()
        }
    return answer


def to_current_type(resource_type: Json) -> Json:
    """Return the current name of a resource type in permissions: ``sandbox`` for ``inbox``."""
    return _CURRENT_RESOURCE_TYPES.get(resource_type, resource_type)


def _rename_resource_types(key: str, value: Json, names: Dict[str, str]) -> Json:
    """Return the value of a key, with renamed resource types if it is a list of permissions."""
    if key not in _PERMISSION_KEYS or not isinstance(value, list):
        return value
    return [
        {**permission, "resource_type": names.get(permission["resource_type"], permission["resource_type"])}
        if isinstance(permission, dict) and isinstance(permission.get("resource_type"), str)
        else permission
        for permission in value
    ]
