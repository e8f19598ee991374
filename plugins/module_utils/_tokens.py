# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module utility is private to the collection: it may change in any release.

"""How API tokens are called after they were rotated, and when they expire (facts 3.4, 11). Pure.

A token that is rotated gets a successor with an id and a value of its own, which is called like it, with that id at the
end: ``deploy`` is followed by ``deploy 2498715``, and that by ``deploy 2498715 2498790``. The old one goes on for half
a day.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from ansible_collections.community.mailtrap.plugins.module_utils._errors import MailtrapError

NEVER = "never"
_SPAN = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
# How far ahead the service lets a token expire, and what it takes when it is not told (facts 11).
_LONGEST = timedelta(days=5 * 365 + 2)
_USUAL = timedelta(days=365)


def chain(tokens, name):
    """Return the tokens that go by a name: list of dict, those of that name and those that followed them."""
    return [token for token in tokens if _goes_by(token, name)]


def newest(tokens, name):
    """Return those tokens that go by a name and have not been followed by another: list of dict, one as a rule."""
    named = chain(tokens, name)
    return [token for token in named if not any(follows(other, token) for other in named)]


def follows(token, other):
    """Say whether a token came out of another by rotation: bool. What came of that later is not always listed."""
    return token["id"] != other["id"] and _goes_by(token, other.get("name"), after=other["id"])


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


def span(text, called):
    """Return a length of time: timedelta.

    :param text: str, a number of s, m, h, d or w. :param called: str, the option, for the sentence.
    :raises MailtrapError: when it is none.
    """
    read = _SPAN.fullmatch(text)
    if not read:
        raise MailtrapError(f"{called} {text!r} is no length of time: write 12h, 30d or 4w")
    return timedelta(**{_UNITS[read.group(2)]: int(read.group(1))})


def moment(text):
    """Return a point in time: datetime in UTC, None where a text, ISO-8601, tells none. Without an offset it is UTC."""
    try:
        # What datetime.isoformat() writes is what Python 3.8 reads.
        read = datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", text))
        return (read if read.tzinfo else read.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (TypeError, ValueError, OverflowError):
        return None


def expiry(text, now):
    """Return when a token is to expire: datetime in UTC, None for never or what cannot be told.

    :param text: str, as :func:`moment`, as :func:`span` from now, or never.
    """
    return now + min(span(text, ""), 2 * _LONGEST) if _SPAN.fullmatch(text) else moment(text)


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
    if _SPAN.fullmatch(text) and current is not None:
        return current
    return expiry(text, _now()).isoformat(timespec="seconds").replace("+00:00", "Z")


def expiry_normal(text):
    """Return the same for all ways to write a time: datetime, or what was given where that is none."""
    at = moment(text)
    return at.replace(microsecond=0) if at else text


def expiry_told(text):
    """Return a time as a user may read it: str."""
    return NEVER if text is None else text


def is_expired(token, now):
    """Say whether a token is of no use any more: bool."""
    at = moment(token.get("expires_at"))
    return at is not None and at <= now


def is_due(token, before, now):
    """Say whether a token expires within a timedelta from now: bool."""
    at = moment(token.get("expires_at"))
    return at is not None and at - now <= before


def check_rotation(before, expires_at, now):
    """Refuse to rotate so long before the expiry that the new token would have to be rotated at once.

    :param before: timedelta. :param expires_at: str, when the new token is to expire, or None.
    :raises MailtrapError: when it would.
    """
    if expires_at == NEVER:
        raise MailtrapError("rotate_before is for tokens that expire, and expires_at is never")
    at = expiry(expires_at, now) if expires_at else now + _USUAL
    if at is not None and at - now <= before:
        lives = f"expires_at is {expires_at!r}" if expires_at else "the service lets a token live for a year"
        raise MailtrapError(f"rotate_before is too long: a new token would be due at once, for {lives}")


def _now():
    return datetime.now(timezone.utc)
