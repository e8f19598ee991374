"""Manage the access of people, invitations and API tokens to the account (docs/service.md#account-accesses).

The unfiltered list contains people and invitations, but no API tokens. A list filtered by projects, sandboxes or
domains contains them, so the access of a token is read from the list filtered by what the token has permissions on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Optional

from .._api.errors import MailtrapError, attempting
from .._engine import apply
from .._engine.apply import Outcome
from .._engine.lookup import find_objects
from .._engine.plan import match
from .._engine.prepare import Step, plan_step
from .._resources.account_access import ACCESS_FILTERS, TOKEN_ACCESS
from .._resources.api_tokens import API_TOKEN
from .._resources.permissions import ADDED_GRANTS, REPLACED_GRANTS, get_granted_ids

if TYPE_CHECKING:
    from .._api.json_types import JsonObject, Options
    from .._engine.directory import Directory
    from .._engine.resource import Field, Plan, Resource


def ensure_access(directory: Directory, resource: Resource, options: Options) -> Outcome:
    """Set or remove the access of a person, an invitation or an API token; see :func:`apply.ensure`.

    :param options: the options of community.mailtrap.account_access.
    """
    token: Optional[JsonObject] = None
    if options["token_id"] is not None or options["token_name"] is not None:
        token = _find_token(directory, options)
        if token is None:
            return Outcome(False, None, None, directory.take_warnings())
        resource, options = TOKEN_ACCESS, {**options, **_get_list_filters(token, options["state"])}

    def plan_access(step: Step) -> Plan:
        if step.current is None and token:
            raise MailtrapError(
                f"the API does not list the access of API token {token['id']}, although the token has permissions; "
                "check them with community.mailtrap.api_token_info"
            )
        todo = plan_step(step)
        return replace(todo, affected=((API_TOKEN, token),)) if token else todo

    if not options["purge"]:
        resource = replace(resource, fields=tuple(map(_keep_other_grants, resource.fields)))
    return apply.ensure(directory, resource, options, plan_access)


def _find_token(directory: Directory, options: Options) -> Optional[JsonObject]:
    """Return the API token that the options select; None if it does not exist, with state=absent or in check mode.

    :raises MailtrapError: if it is required but does not exist, or if several tokens have the name.
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


def _get_list_filters(token: JsonObject, state: str) -> Options:
    """Return the options that narrow the list to the access of a token.

    :raises MailtrapError: if the token has no permission by which the list could be narrowed.
    """
    ids = {name: get_granted_ids(token.get("resources"), target) for name, target in ACCESS_FILTERS.items()}
    if not any(ids.values()):
        advice = "; delete the token itself instead" if state == "absent" else ""
        raise MailtrapError(
            f"API token {token['id']} has no permission on a project, sandbox or domain, "
            f"and the API only lists the access of tokens that have one{advice}"
        )
    return {"token_id": token["id"], **{name: given for name, given in ids.items() if given}}


def _keep_other_grants(field: Field) -> Field:
    """Make the field of the permissions add the wanted ones to the existing ones; return other fields unchanged."""
    return replace(field, codec=ADDED_GRANTS) if field.codec is REPLACED_GRANTS else field
