# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody may do with which resources, as users write it and as the service does (facts 3.3).

A user gives a list of permissions, each a dict of ``resource_type``, ``access_level`` in words, and where the type has
many resources the name (``resource``) or the id (``resource_id``) of one. The service has a list of dicts of
``resource_type``, ``resource_id`` and ``access_level`` in numbers, called grants here.
"""

from __future__ import annotations

from .._api.errors import MailtrapError

LEVELS = {"viewer": 10, "admin": 100}
_WORDS = {1000: "owner", 100: "admin", 50: "viewer+", 10: "viewer"}
_OWNER = 1000

# There is one of each of these in an account, and its id is the account's.
_OF_ACCOUNT = ("account", "billing", "email_campaign_permission_scope", "email_template_permission_scope")
_MANY = ("domain", "project", "sandbox")

PERMISSIONS = {
    "type": "list",
    "elements": "dict",
    "options": {
        "resource_type": {"type": "str", "required": True, "choices": sorted([*_OF_ACCOUNT, *_MANY])},
        "resource": {"type": "str"},
        "resource_id": {"type": "int"},
        "access_level": {"type": "str", "required": True, "choices": list(LEVELS)},
    },
    "mutually_exclusive": [("resource", "resource_id")],
    "required_if": [("resource_type", kind, ("resource", "resource_id"), True) for kind in _MANY],
}


def fault(permissions):
    """Return what is wrong with the permissions that a user gives: str, or None. Pure."""
    named = [_name(one) for one in permissions]
    twice = next((name for number, name in enumerate(named) if name in named[:number]), None)
    if twice:
        return f"names the {twice} twice"
    odd = next((one for one in permissions if one["resource_type"] in _OF_ACCOUNT and one.get("resource")), None)
    return f"names a {odd['resource_type']} {odd['resource']!r}: there is only one" if odd else None


def resolved(permissions, id_of, kinds):
    """Return the grants that permissions mean: list of dict, without an id for what there is one of in the account.

    :param id_of: function (Resource, name) -> int, or None. :param kinds: dict, from a type with many to its Resource.
    :raises MailtrapError: when there is no resource of a name, or one of them is named twice.
    """
    grants = []
    for one in permissions:
        kind, resource_id = one["resource_type"], one.get("resource_id")
        if resource_id is None and kind in kinds:
            resource_id = id_of(kinds[kind], one["resource"])
        level = LEVELS[one["access_level"]]
        grants.append({"resource_type": kind, "resource_id": resource_id, "access_level": level})
    named = [_key(grant) for grant in grants if grant["resource_id"] is not None]
    twice = next((key for number, key in enumerate(named) if key in named[:number]), None)
    if twice:
        raise MailtrapError(f"permissions names the {twice[0]} {twice[1]} twice, by its name and by its id")
    return grants


def completed(grants, now, directory, account):
    """Return grants with the id of the account where they have none: list of dict.

    :param now: list of dict, the grants that there are, or None. Only when they do not tell the id, it is asked for.
    :param directory: Directory. :param account: Resource.
    :raises MailtrapError: when there are several accounts.
    """
    ids = {
        grant["resource_type"]: grant["resource_id"] for grant in _held(now) if grant["resource_type"] in _OF_ACCOUNT
    }

    def id_of(kind):
        known = ids.get(kind) or next(iter(ids.values()), None) or directory.client.account_id
        return known or directory.get_only(account)["id"]

    return [
        {**grant, "resource_id": id_of(grant["resource_type"])}
        if grant["resource_id"] is None and grant["resource_type"] in _OF_ACCOUNT
        else grant
        for grant in grants
    ]


def named(grants, name_of, kinds):
    """Return the permissions that mean grants, as far as they can be written: list of dict. Pure.

    :param name_of: function (Resource, id) -> str, or None. :param kinds: dict, from a type with many to its Resource.
    """
    words = {number: word for word, number in LEVELS.items()}
    permissions = []
    for grant in _held(grants):
        kind, level = grant["resource_type"], words.get(grant["access_level"])
        if level and kind in (*_OF_ACCOUNT, *kinds):
            name = name_of(kinds[kind], grant["resource_id"]) if kind in kinds else None
            which = {"resource": name} if name else {"resource_id": grant["resource_id"]} if kind in kinds else {}
            permissions.append({"resource_type": kind, **which, "access_level": level})
    return permissions


def exactly(grants, now):
    """Return the grants that there will be: those that are wanted, and those that nobody can write. Pure."""
    return [*grants, *(grant for grant in _held(now) if not _is_writable(grant))]


def besides(grants, now):
    """Return the grants that there will be: those that are wanted, and what is there besides. Pure."""
    wanted = {_key(grant): grant for grant in grants}
    kept = [grant for grant in _held(now) if _key(grant) not in wanted]
    return [*kept, *grants]


def as_set(grants):
    """Return the same for all lists of grants that make no difference. Pure."""
    return frozenset((*_key(grant), grant["access_level"]) for grant in _held(grants) if _is_writable(grant))


def differences(stored, now):
    """Return what has to be written to come from some grants to others: list of dict. Pure."""
    levels = {_key(grant): grant["access_level"] for grant in _held(now)}
    words = {number: word for word, number in LEVELS.items()}
    given = [grant for grant in stored if levels.get(_key(grant)) != grant["access_level"]]
    left = {_key(grant) for grant in stored}
    taken = [grant for grant in _held(now) if _is_writable(grant) and _key(grant) not in left]
    return [
        *({**_naming(grant), "access_level": words[grant["access_level"]]} for grant in given),
        *({**_naming(grant), "_destroy": True} for grant in taken),
    ]


def in_words(grants):
    """Return grants as a user may read them: list of str, in an order of their own. Pure."""
    return sorted(
        f"{_name(grant)}: {_WORDS.get(grant['access_level'], grant['access_level'])}" for grant in _held(grants)
    )


def is_owner(grants):
    """Say whether grants are those of an owner: bool. Pure."""
    return any(grant["access_level"] == _OWNER for grant in _held(grants))


def ids_of(grants, kind):
    """Return the ids of the resources of a type that grants name: list of int. Pure."""
    return [grant["resource_id"] for grant in _held(grants) if grant["resource_type"] == kind]


def _held(grants):
    """Return those parts of an answer that are grants: list of dict."""
    words = {"resource_type", "resource_id", "access_level"}
    return [grant for grant in grants or () if isinstance(grant, dict) and words <= grant.keys()]


def _is_writable(grant):
    """What somebody is to the organization cannot be written, nor that there is something further down (facts 3.3)."""
    return grant["resource_type"] in (*_OF_ACCOUNT, *_MANY) and grant["access_level"] > 1


def _key(grant):
    return grant["resource_type"], grant["resource_id"]


def _naming(grant):
    return {"resource_type": grant["resource_type"], "resource_id": grant["resource_id"]}


def _name(one):
    """Return how a permission or a grant calls its resource: str."""
    kind = one["resource_type"].replace("_", " ")
    if one["resource_type"] in _OF_ACCOUNT:
        return kind
    return f"{kind} {one['resource']!r}" if one.get("resource") else f"{kind} {one['resource_id']}"
