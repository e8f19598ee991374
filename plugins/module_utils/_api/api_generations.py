# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two generations of the service's words, in one table (facts 1.3).

Everything above the client speaks the current generation: ``/api/sandboxes``, ``{"sandbox": ..}``,
``sandbox_id``. With an account id, requests go to the account-scoped paths, which speak the old one.
"""

from __future__ import annotations

import re

# current noun -> old noun
_NOUNS = {
    "sandbox": "inbox",
    "sandboxes": "inboxes",
    "sandbox_id": "inbox_id",
    "domain": "sending_domain",
    "domains": "sending_domains",
    "domain_id": "sending_domain_id",
}
_OLD_PATH_NOUNS = {current: _NOUNS[current] for current in ("sandboxes", "domains")}
_OLD_WRAPPERS = {current: _NOUNS[current] for current in ("sandbox", "domain")}
_CURRENT_KEYS = {_NOUNS[current]: current for current in ("sandboxes", "sandbox_id", "domain_id")}

# Types of resources in permissions -> their current names; answers of the old paths have the old ones.
_CURRENT_TYPES = {_NOUNS[current]: current for current in ("sandbox", "domain")}

# Keys under which an object, and the body of a request, has a list of permissions (facts 3.3).
_PERMISSIONS = ("resources", "permissions")

# Keys under which an answer carries its objects (facts 1.6).
_ENVELOPES = ("data", "messages")

# Path -> query parameter -> its old name (facts 1.3). Everything else is called alike in both generations.
_OLD_PARAMETERS = {
    "/api/stats": {"domain_ids": "sending_domain_ids"},
    "/api/email_logs": {"domain_id": "sending_domain_id"},
    "/api/account_accesses": {"sandbox_ids": "inbox_ids"},
}

# The groups of statistics are no nouns: "domains" is called so in both generations.
_SAME_IN_BOTH = "/api/stats/"

# These were never scoped by an account. The company info of a domain left its account behind (facts 11).
_UNSCOPED = (
    "/api/accounts",
    "/api/organizations",
    "/api/inbound",
    "/api/email_campaigns",
    "/api/tracking_opt_outs",
    "/api/testing_message_parts",
)
_UNSCOPED_END = "/company_info"


def is_scoped(path):
    """Say whether a path of the current generation has an account-scoped twin."""
    return not path.startswith(_UNSCOPED) and not path.endswith(_UNSCOPED_END)


def scoped_path(path, account_id):
    """Return the account-scoped twin of a path: str, e.g. /api/accounts/7/inboxes/5 for /api/sandboxes/5."""
    nouns = {} if path.startswith(_SAME_IN_BOTH) else _OLD_PATH_NOUNS
    words = [nouns.get(word, word) for word in path[len("/api/") :].split("/")]
    return f"/api/accounts/{account_id}/{'/'.join(words)}"


def to_legacy_query(path, query):
    """Return the query of a path of the current generation with the old names of its parameters: list of pairs.

    :param query: dict or list of pairs; a name may be deep, such as filters[domain_id][operator].
    """
    names = next((names for start, names in _OLD_PARAMETERS.items() if path.startswith(start)), {})
    pairs = query.items() if isinstance(query, dict) else query
    return [(re.sub(r"\w+", lambda word: names.get(word.group(), word.group()), name), value) for name, value in pairs]


def to_legacy_body(body):
    """Return a request body with the wrapper key that belongs to the old noun, and the old types in permissions."""
    if not isinstance(body, dict):
        return body
    return {_OLD_WRAPPERS.get(key, key): _with_types(key, value, _NOUNS) for key, value in body.items()}


def to_current_names(answer):
    """Return an answer, enveloped or bare, with the current names of its objects' own fields.

    Only the fields of the objects themselves are renamed: what lies deeper may be a user's data.
    """
    if isinstance(answer, list):
        return [to_current_names(item) for item in answer]
    if isinstance(answer, dict):
        return {
            _CURRENT_KEYS.get(key, key): (
                to_current_names(value) if key in _ENVELOPES else _with_types(key, value, _CURRENT_TYPES)
            )
            for key, value in answer.items()
        }
    return answer


def to_current_type(resource_type):
    """Return the current name of a type of resource in permissions: str, e.g. sandbox for inbox."""
    return _CURRENT_TYPES.get(resource_type, resource_type)


def _with_types(key, value, types):
    """Return what an object has under a key, with other names of the types in it where it is a list of permissions."""
    if key not in _PERMISSIONS or not isinstance(value, list):
        return value
    return [
        {**one, "resource_type": types.get(one["resource_type"], one["resource_type"])}
        if isinstance(one, dict) and isinstance(one.get("resource_type"), str)
        else one
        for one in value
    ]
