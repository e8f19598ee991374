# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people, invitations and API tokens may do in the account (facts 3.2, 3.3).

The service lists the access of people and invitations. That of a token it only shows in a list of those who have rights
on certain projects, sandboxes and domains: the token's own permissions tell which to ask for.
"""

from __future__ import annotations

from dataclasses import replace

from .._api.errors import MailtrapError, attempting
from .._engine.apply import Directory, Outcome, ensure, find_objects
from .._engine.resource import match, plan
from .._resources.catalog import (
    ACCESS_FILTERS,
    API_TOKEN,
    TOKEN_ACCESS,
)
from .._resources.permissions import besides, exactly, ids_of
from .token_rotation import refuse_own


def bring(client, resource, options, check_mode, directory=None):
    """Bring the access of a person, an invitation or an API token to its state; see ensure.

    :param options: dict, the options of community.mailtrap.account_access.
    """
    directory = directory or Directory(client, check_mode)
    token = None
    if options["token_id"] is not None or options["token_name"] is not None:
        token = _token(directory, options)
        if token is None:
            return Outcome(False, None, None, directory.warnings)
        resource, options = TOKEN_ACCESS, {**options, **_where_to_look(token, options["state"])}

    def planned(resource, current, wanted, state, parent_id, recreate):
        if current is None and token:
            raise MailtrapError(f"the service does not list the access of API token {token['id']}")
        todo = plan(resource, current, wanted, state)
        if todo.writes and token and not options["force"]:
            refuse_own(client, API_TOKEN, [token])
        return todo

    kind = resource if options["purge"] else replace(resource, fields=tuple(map(_added_to, resource.fields)))
    return ensure(client, kind, options, check_mode, directory, planned)


def _token(directory, options):
    """Return the API token that is meant: dict, or None where there is none and none is needed.

    :raises MailtrapError: when there is none, or several share its name.
    """
    token_id, name = options["token_id"], options["token_name"]
    with attempting("find the API token"):
        if token_id is not None:
            found = find_objects(directory.client, API_TOKEN, {"id": token_id}).found
            token = found[0] if found else None
        else:
            token = match(API_TOKEN, directory.list(API_TOKEN), {"name": name})
        if token is None and options["state"] != "absent":
            directory.report_missing(f"API token {repr(name) if token_id is None else f'with id {token_id}'}")
        return token


def _where_to_look(token, state):
    """Return the options that narrow the list to the access of a token: dict.

    :raises MailtrapError: when there are none.
    """
    ids = {name: ids_of(token.get("resources"), kind) for name, kind in ACCESS_FILTERS.items()}
    if not any(ids.values()):
        advice = "; delete the token itself instead" if state == "absent" else ""
        raise MailtrapError(
            f"API token {token['id']} has permissions on no project, sandbox or domain, "
            f"and only by those does the service tell the access of a token{advice}"
        )
    return {"token_id": token["id"], **{name: given for name, given in ids.items() if given}}


def _added_to(field):
    """Return a field whose values are added to what is there, where it holds grants."""
    return replace(field, stored=besides) if field.stored is exactly else field
