"""Manage API tokens, including their rotation (docs/service.md#api-tokens).

The service calls a rotation a reset: a new token takes over, and the old value stays valid for half a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, List, Optional

from .._api.errors import MailtrapError, attempting
from .._engine import apply
from .._engine.directory import Directory, fetch_list
from .._engine.plan import NO_CHANGE, find_differing_fields, plan, plan_delete, plan_replacement
from .._engine.resource import Plan, Resource, Write
from .._resources.token_lifecycle import expires_within, find_chain, is_expired, is_successor, parse_rotate_before

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import JsonObject, Options
    from .._engine.apply import Outcome
    from .._engine.prepare import Step


def ensure_token(directory: Directory, resource: Resource, options: Options) -> Outcome:
    """Create, rotate, replace or delete one API token as the options ask; see :func:`apply.ensure`.

    :param options: the options of community.mailtrap.api_token.
    """
    now = datetime.now(timezone.utc)
    rotate_before = parse_rotate_before(options["rotate_before"], options["expires_at"], now)

    def plan_current_token(step: Step) -> Plan:
        current, state = step.current, options["state"]
        if current is None and state == "rotated":
            with attempting(f"rotate {step.label}"):
                directory.report_missing(f"{resource.noun} {options['name']!r}")
            return NO_CHANGE
        chain = [current] if current else []
        if current is not None and options["id"] is None:
            chain = find_chain(directory.list(resource), options["name"])
        return plan_token(resource, chain, current, step.wanted, state, bool(options["recreate"]), rotate_before, now)

    try:
        outcome = apply.ensure(directory, resource, options, plan_current_token)
    except MailtrapError as error:
        if error.method == "POST" and (error.path or "").endswith("/reset"):
            _report_failed_rotation(directory.client, resource, error)
        if error.method == "DELETE" and error.status == 403:
            error.messages.append("Mailtrap also refuses to delete the last API token of a domain")
        raise
    outcome.warnings.extend(_get_expiry_warnings(outcome, options))
    return outcome


def plan_token(
    resource: Resource,
    chain: List[JsonObject],
    current: Optional[JsonObject],
    wanted: JsonObject,
    state: str,
    recreate: bool,
    rotate_before: Optional[timedelta],
    now: datetime,
) -> Plan:
    """Plan the writes that bring an API token to the wanted state. Pure.

    :param chain: the listed tokens with its name, and their successors.
    :param current: the newest of them, or None.
    :param rotate_before: how long before its expiry the token is rotated, or None.
    :raises MailtrapError: if the state cannot be reached.
    """
    if current is None:
        return plan(resource, None, wanted, state)
    if state == "absent":
        return plan_delete(resource, [*(token for token in chain if token["id"] != current["id"]), current])
    if is_expired(current, now):
        if recreate:
            return _plan_token_replacement(resource, chain, {**current, "expires_at": None}, wanted)
        raise MailtrapError(
            f"it expired at {current['expires_at']}, and an expired token cannot be rotated; "
            "set recreate to replace it with a new token"
        )
    expiry = {name: wanted[name] for name in ("expires_at",) if name in wanted}
    has_other_expiry = bool(find_differing_fields(resource, current, expiry))
    is_rotation_due = rotate_before is not None and (expires_within(current, rotate_before, now) or has_other_expiry)
    is_rotating = state == "rotated" or is_rotation_due
    others = {name: value for name, value in wanted.items() if not (is_rotating and name == "expires_at")}
    todo = plan(resource, current, others, recreate=recreate)
    if todo.writes:  # other changes need a new token, whose value is new, so no rotation is needed
        return _plan_token_replacement(resource, chain, current, wanted)
    return _plan_rotation(resource, current, expiry) if is_rotating else todo


def _plan_token_replacement(
    resource: Resource, chain: List[JsonObject], current: JsonObject, wanted: JsonObject
) -> Plan:
    """Plan a replacement, unless a rotated token, which stays listed for days, still has the name."""
    todo = plan_replacement(resource, current, wanted)
    name = (todo.after or {})["name"]
    holder = next((token for token in chain if token.get("name") == name != current.get("name")), None)
    if holder:
        raise MailtrapError(
            f"a new token cannot have the name {holder['name']!r} yet: API token {holder['id']}, which was rotated, "
            f"has it until {holder.get('expires_at')}; delete that token by its id first"
        )
    return todo


def _plan_rotation(resource: Resource, current: JsonObject, expiry: JsonObject) -> Plan:
    """Plan a rotation; without an expiry, the request has no body and the service decides how long the token lives."""
    expected = {name: resource.get_field(name).codec.expected(value, None) for name, value in expiry.items()}
    kept = {name: value for name, value in current.items() if name not in ("last_4_digits", "expires_at")}
    write = Write("POST", f"{resource.object_path(current['id'])}/reset", expected or None, verb="rotate")
    return Plan((write,), {**kept, "id": None, **expected}, ((resource, current),))


def _report_failed_rotation(client: Client, resource: Resource, error: MailtrapError) -> None:
    """Add to the error of a rotation what became of the token. The request is never repeated."""
    if error.status == 422:
        error.messages.append("a token that has expired or was rotated before cannot be rotated")
    if not error.uncertain:
        return
    old_id = int((error.path or "").split("/")[-2])
    try:
        tokens = fetch_list(client, resource)
    except MailtrapError as cause:
        error.messages.append(f"whether the token was rotated is unknown, because reading the tokens failed: {cause}")
        return
    old = next((token for token in tokens if token["id"] == old_id), None)
    new = next((token for token in tokens if old and is_successor(token, old)), None)
    if old and new:
        error.data = {"changed": True, resource.name: new}
        error.messages.append(
            f"the token was rotated: {new['name']!r} with id {new['id']} took over, but its value was in the lost "
            "answer. "
            f"The old value is valid until {old.get('expires_at')}. Rotate the token again with state=rotated"
        )
    else:
        error.messages.append("the token was not rotated: run the task again")


def _get_expiry_warnings(outcome: Outcome, options: Options) -> List[str]:
    before, after = outcome.before, outcome.after
    if not after or "expires_at" not in after:
        return []
    if options["rotate_before"] and not after["expires_at"]:
        return ["The API token never expires, so rotate_before has no effect. Set expires_at."]
    never_expired = before and not before.get("expires_at") and options["expires_at"] is None
    if never_expired and outcome.changed and after["expires_at"]:
        return [f"The new API token expires at {after['expires_at']}; the previous token never expired."]
    return []
