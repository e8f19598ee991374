# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API tokens: rotated without an outage, and never the one in use unless that is wished for (facts 3.4, 11).

Rotation is the service's reset: a new token takes over, and the value of the old one is good for half a day more.
"""

from __future__ import annotations

from datetime import datetime, timezone

from .._api.errors import MailtrapError
from .._engine.apply import Directory, ensure, fetch_list
from .._engine.resource import (
    Plan,
    Write,
    ignored,
    plan,
    plan_recreate,
)
from .._resources.api_tokens import (
    chain,
    follows,
    is_due,
    is_expired,
    time_before,
)


def bring(client, resource, options, check_mode, directory=None):
    """Bring one API token to its state, rotated among them; see ensure.

    :param options: dict, the options of community.mailtrap.api_token.
    """
    now = datetime.now(timezone.utc)
    before = time_before(options["rotate_before"], options["expires_at"], now)
    directory = directory or Directory(client, check_mode)

    def planned(resource, current, wanted, state, parent_id, recreate):
        named = [current]
        if current is None and state == "rotated":
            directory.report_missing(f"{resource.noun} {options['name']!r} to rotate")
            return Plan((), None)
        if current is not None and options["id"] is None:
            named = chain(directory.list(resource), options["name"])
        todo = plan_token(resource, named, current, wanted, state, recreate, before, now)
        if todo.writes and current is not None and not options["force"]:
            refuse_own(client, resource, named if state == "absent" else [current])
        return todo

    try:
        outcome = ensure(client, resource, options, check_mode, directory, planned)
    except MailtrapError as error:
        if error.method == "POST" and error.path.endswith("/reset"):
            _tell_of_reset(client, resource, error)
        if error.method == "DELETE" and error.status == 403:
            error.messages.append("the service does not let go of the last token of a domain either")
        raise
    outcome.warnings.extend(_warnings(outcome, options))
    return outcome


def plan_token(resource, named, current, wanted, state, recreate, before, now):
    """Decide what brings an API token to a state. Pure.

    :param named: list of dict, all tokens that go by its name. :param current: dict, the newest of them, or None.
    :param before: timedelta, how long before its expiry it is to be rotated, or None. :param now: datetime.
    :returns: Plan. :raises MailtrapError: when it cannot be done.
    """
    if current is None:
        return plan(resource, None, wanted, state)
    path = resource.object_path(current["id"])
    if state == "absent":
        doomed = [*(token for token in named if token["id"] != current["id"]), current]
        return Plan(tuple(Write("DELETE", resource.object_path(token["id"])) for token in doomed), None)
    if is_expired(current, now):
        if recreate:
            return _recreated(resource, named, {**current, "expires_at": None}, wanted)
        reason = f"it expired at {current['expires_at']}, and what has expired cannot be rotated"
        raise MailtrapError(f"{reason}; recreate allows a new one in its place")
    expiry = {name: wanted[name] for name in ("expires_at",) if name in wanted}
    due = before is not None and (is_due(current, before, now) or bool(ignored(resource, current, expiry)))
    rotating = state == "rotated" or due
    others = {name: value for name, value in wanted.items() if not (rotating and name == "expires_at")}
    todo = plan(resource, current, others, recreate=recreate)
    if todo.writes:  # a new token has a new value, as if it were rotated
        return _recreated(resource, named, current, wanted)
    return _rotated(resource, current, path, expiry) if rotating else todo


def refuse_own(client, resource, tokens):
    """Refuse to touch a token that is protected, which the one that the task itself uses is.

    :param tokens: list of dict. :raises MailtrapError: when it is among them.
    """
    for token in tokens:
        reason = resource.protected(token, client)
        if reason:
            raise MailtrapError(f"{reason}; force allows it")


def _recreated(resource, named, current, wanted):
    """A name is free for a new token only when none of those before has it: they stay listed for days (facts 3.4)."""
    todo = plan_recreate(resource, current, wanted)
    holder = next((token for token in named if token.get("name") == todo.after["name"] != current.get("name")), None)
    if holder:
        raise MailtrapError(
            f"a new one cannot be called {holder['name']!r} yet, for API token {holder['id']}, which was rotated, "
            f"still is and expires at {holder.get('expires_at')}; delete it by its id first"
        )
    return todo


def _rotated(resource, current, path, expiry):
    """Without an expiry there is no body at all; how long the new token lives is the service's decision then."""
    stored = {name: resource.field(name).stored(value, None) for name, value in expiry.items()}
    unknown = ("last_4_digits", "expires_at")
    after = {name: value for name, value in current.items() if name not in unknown}
    return Plan((Write("POST", f"{path}/reset", stored or None, verb="rotate"),), {**after, "id": None, **stored})


def _tell_of_reset(client, resource, error):
    """Say what is known of a token whose rotation failed. Looking is all that is done: a second reset could be one too
    many."""
    if error.status == 422:
        error.messages.append("only a token that has neither expired nor been rotated before can be rotated")
    if not error.uncertain:
        return
    old_id = int(error.path.split("/")[-2])
    try:
        tokens = fetch_list(client, resource)
    except MailtrapError as second:
        error.messages.append(f"whether it did is not known, for looking failed too: {second}")
        return
    old = next((token for token in tokens if token["id"] == old_id), None)
    new = next((token for token in tokens if old and follows(token, old)), None)
    if new:
        error.data = {"changed": True, resource.name: new}
        error.messages.append(
            f"it did: {new['name']!r} with id {new['id']} has taken over, with a value that nobody knows, and the old "
            f"value is good until {old.get('expires_at')}; rotate it again, by state, for a value that is known"
        )
    else:
        error.messages.append("it was looked for: there is no new token; run again")


def _warnings(outcome, options):
    """Return what a user should know of the expiry of a token: list of str."""
    before, after = outcome.before, outcome.after
    if not after or "expires_at" not in after:
        return []
    if options["rotate_before"] and not after["expires_at"]:
        return ["The API token never expires, so rotate_before has no effect: give it an expiry by expires_at."]
    lived_on = before and not before.get("expires_at") and options["expires_at"] is None
    if lived_on and outcome.changed and after["expires_at"]:
        return [f"The new API token expires at {after['expires_at']}; the one before it never did."]
    return []
