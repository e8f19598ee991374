# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How API tokens are called after they were rotated, and when they expire (facts 3.4, 11). Pure.

A token that is rotated gets a successor with an id and a value of its own, which is called like it, with that id at the
end: ``deploy`` is followed by ``deploy 2498715``, and that by ``deploy 2498715 2498790``. The old one goes on for half
a day.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from .._api.errors import MailtrapError
from .._engine.times import instant, span

NEVER = "never"
# How far ahead the service lets a token expire, and what it takes when it is not told (facts 11).
_LONGEST = timedelta(days=5 * 365 + 2)
_USUAL = timedelta(days=365)


def chain(tokens, name):
    """Return the tokens that go by a name: list of dict, those of that name and those that followed them."""
    return [token for token in tokens if _goes_by(token, name)]


def newest(tokens, name):
    """Return those tokens that go by a name and have not been followed by another: list of dict, one as a rule."""
    named = chain(tokens, name)
    return [token for token in named if not is_followed(token, named)]


def follows(new, old):
    """Say whether a token came out of another by rotation: bool. What was in between is not always listed."""
    return new["id"] != old["id"] and _goes_by(new, old.get("name"), after=old["id"])


def is_followed(token, tokens):
    """Say whether one of some tokens came out of a token by rotation: bool. That one is in force then, not this."""
    return any(follows(other, token) for other in tokens)


def first_name(token):
    """Return what a token was called before any rotation, as far as its name tells: str."""
    words = token["name"].split(" ")
    starts = (" ".join(words[:end]) for end in range(1, len(words)))
    return next((start for start in starts if _goes_by(token, start)), token["name"])


def name_stays(wanted, now):
    """Return what a token will be called: the name that rotation gave it, when it goes by the wanted one."""
    return now if _added(now, wanted) else wanted


def _goes_by(token, name, after=0):
    """Say whether a token is called so, or followed one that was, which had an id of ``after`` at the least."""
    if token.get("name") == name:
        return not after
    ids = _added(token.get("name"), name)
    if not ids or ids[-1] != token["id"]:
        return False
    # A name may end in a number of its own; ids are all about as long, and grow.
    return ids == sorted(set(ids)) and ids[0] > after and len(str(ids[0])) + 1 >= len(str(ids[-1]))


def _added(name, start):
    """Return the numbers that a name has at its end after its start: list of int."""
    if not (isinstance(name, str) and isinstance(start, str) and name.startswith(start)):
        return []
    end = name[len(start) :]
    return [int(number) for number in end.split()] if re.fullmatch(r"( [0-9]{1,19})+", end) else []


def expiry(text, now):
    """Return when a token is to expire: datetime in UTC, None for never and for what is no time.

    :param text: str, an instant, or a span from now.
    """
    lives = span(text)
    return instant(text) if lives is None else now + min(lives, 2 * _LONGEST)


def expiry_fault(text, now=None):
    """Return what is wrong with the time at which a token is to expire: str, or None."""
    now = now or _now()
    at = expiry(text, now)
    if text == NEVER:
        return None
    if at is None:
        return f"{text!r} is no time: write 2027-01-31T12:00:00Z, 90d for so long from now, or never"
    if at <= now:
        return f"{text!r} is in the past"
    return f"{text!r} is more than five years ahead, which the service does not take" if at > now + _LONGEST else None


def expiry_stored(text, current):
    """Return when a token will expire, as the service writes it: str, or None for never.

    How long a token lives is counted from when it was made, which nobody knows later: any time will do then.
    """
    if text == NEVER:
        return None
    if span(text) is not None and current:
        return current
    return expiry(text, _now()).isoformat(timespec="seconds").replace("+00:00", "Z")


def expiry_normal(text):
    """Return the same for all ways to write a time: datetime, None for never, or what was given where it is no time."""
    at = instant(text) if isinstance(text, str) else None
    return at.replace(microsecond=0) if at else text or None


def expiry_told(text):
    """Return a time as a user may read it: str."""
    return text or NEVER


def is_expired(token, now):
    """Say whether a token is of no use any more: bool."""
    return is_due(token, timedelta(0), now)


def is_in_grace(token):
    """Say whether a token expires so soon as one does that was rotated: bool."""
    return is_due(token, timedelta(days=1), _now())


def is_due(token, before, now):
    """Say whether a token expires within a timedelta from now: bool."""
    at = expiry_normal(token.get("expires_at"))
    return isinstance(at, datetime) and at - now <= before


def time_before(text, expires_at, now):
    """Return how long before its expiry a token is to be rotated: timedelta, or None.

    :param text: str, a span, or None. :param expires_at: str, when the new token is to expire, or None.
    :raises MailtrapError: when it is no span, or so long that the new token would have to be rotated at once.
    """
    if text is None:
        return None
    before = span(text)
    if before is None:
        raise MailtrapError(f"rotate_before {text!r} is no length of time: write 12h, 30d or 4w")
    if expires_at == NEVER:
        raise MailtrapError("rotate_before is for tokens that expire, and expires_at is never")
    at = expiry(expires_at, now) if expires_at else now + _USUAL
    if at is not None and at - now <= before:
        lives = f"expires_at is {expires_at!r}" if expires_at else "the service lets a token live for a year"
        raise MailtrapError(f"rotate_before is too long: a new token would be due at once, for {lives}")
    return before


def _now():
    return datetime.now(timezone.utc)
