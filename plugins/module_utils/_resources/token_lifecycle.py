# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names and the expiry of API tokens (docs/service.md#api-tokens).

A rotation creates a successor with an id and a value of its own. Its name ends with that id: ``deploy`` is followed by
``deploy 2498715``, which is followed by ``deploy 2498715 2498790``. The old token stays valid for half a day.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Iterable, List, Optional

from .._api.errors import MailtrapError
from .._engine.codecs import Codec
from .._engine.times import parse_duration, parse_time

if TYPE_CHECKING:
    from .._api.json_types import JsonObject

NEVER = "never"
# The longest lifetime that the service accepts, and its default (docs/service.md#api-tokens).
_MAX_LIFETIME = timedelta(days=5 * 365 + 2)
_DEFAULT_LIFETIME = timedelta(days=365)
# Longer than the half day for which a rotated token stays valid.
_GRACE_PERIOD = timedelta(days=1)


def find_chain(tokens: Iterable[JsonObject], name: str) -> List[JsonObject]:
    """Return the tokens with a name, and all their successors."""
    return [token for token in tokens if _is_in_chain(token, name)]


def find_newest(tokens: Iterable[JsonObject], name: str) -> List[JsonObject]:
    """Return the newest token of each chain of rotations that began with a name. Usually there is one."""
    chain = find_chain(tokens, name)
    return [token for token in chain if not has_successor(token, chain)]


def is_successor(new: JsonObject, old: JsonObject) -> bool:
    """Return whether a token results from rotating another, once or several times."""
    return new["id"] != old["id"] and _is_in_chain(new, old.get("name"), above_id=old["id"])


def has_successor(token: JsonObject, tokens: Iterable[JsonObject]) -> bool:
    """Return whether tokens contain a successor of a token."""
    return any(is_successor(other, token) for other in tokens)


def get_original_name(token: JsonObject) -> str:
    """Return the name that a token had before any rotation, as far as its current name shows it."""
    words = token["name"].split(" ")
    prefixes = (" ".join(words[:end]) for end in range(1, len(words)))
    return next((prefix for prefix in prefixes if _is_in_chain(token, prefix)), token["name"])


def predict_name(wanted: str, current: Any) -> str:
    """Return the name that a token will have: the current one, if rotations only appended ids to the wanted one."""
    return current if _get_appended_ids(current, wanted) else wanted


def _is_in_chain(token: JsonObject, name: Any, above_id: int = 0) -> bool:
    """Return whether a token has a name, or is a successor, with ids above a minimum, of a token with the name."""
    if token.get("name") == name:
        return not above_id
    ids = _get_appended_ids(token.get("name"), name)
    if not ids or ids[-1] != token["id"]:
        return False
    # Tells appended ids from a number in the name itself: ids increase, and have about the same length.
    return ids == sorted(set(ids)) and ids[0] > above_id and len(str(ids[0])) + 1 >= len(str(ids[-1]))


def _get_appended_ids(name: Any, original: Any) -> List[int]:
    """Return the numbers that a name appends to another."""
    if not (isinstance(name, str) and isinstance(original, str) and name.startswith(original)):
        return []
    rest = name[len(original) :]
    return [int(number) for number in rest.split()] if re.fullmatch(r"( [0-9]{1,19})+", rest) else []


def parse_expiry(text: str, now: datetime) -> Optional[datetime]:
    """Return the time in UTC at which a token is to expire: an ISO-8601 time, or a time span from now.

    Returns None for ``never``, and for a text that is not a time.
    """
    lifetime = parse_duration(text)
    # Without the limit, the date could overflow. validate_expiry refuses it anyway.
    return parse_time(text) if lifetime is None else now + min(lifetime, 2 * _MAX_LIFETIME)


def validate_expiry(text: str, now: Optional[datetime] = None) -> Optional[str]:
    """Return an error if the service would not accept a time of expiry."""
    now = now or _now()
    expires_at = parse_expiry(text, now)
    if text == NEVER:
        return None
    if expires_at is None:
        return f"{text!r} is not a time: write 2027-01-31T12:00:00Z, 90d for 90 days from now, or never"
    if expires_at <= now:
        return f"{text!r} is in the past"
    return f"{text!r} is more than five years ahead" if expires_at > now + _MAX_LIFETIME else None


def _predict_expiry(text: str, current: Any) -> Optional[str]:
    """Return the time of expiry as answers contain it, or None for never.

    A time span counts from the creation of a token. The time of creation of an existing token is unknown, so any time
    of expiry is accepted.
    """
    if text == NEVER:
        return None
    if parse_duration(text) is not None and current:
        return current
    expires_at = parse_expiry(text, _now())
    return expires_at.isoformat(timespec="seconds").replace("+00:00", "Z") if expires_at else text


def _normalize_expiry(text: Any) -> Any:
    """Return a time as a datetime, None for never, and a text that is not a time unchanged."""
    expires_at = parse_time(text) if isinstance(text, str) else None
    return expires_at.replace(microsecond=0) if expires_at else text or None


def describe_expiry(text: Optional[str]) -> str:
    """Return a time of expiry for messages."""
    return text or NEVER


def is_expired(token: JsonObject, now: datetime) -> bool:
    """Return whether a token is no longer valid."""
    return expires_within(token, timedelta(0), now)


def expires_within_a_day(token: JsonObject) -> bool:
    """Return whether a token expires within a day, as a rotated token does."""
    return expires_within(token, _GRACE_PERIOD, _now())


def expires_within(token: JsonObject, span: timedelta, now: datetime) -> bool:
    """Return whether a token expires within a time span from now."""
    expires_at = _normalize_expiry(token.get("expires_at"))
    return isinstance(expires_at, datetime) and expires_at - now <= span


def parse_rotate_before(text: Optional[str], expires_at: Optional[str], now: datetime) -> Optional[timedelta]:
    """Return how long before its expiry a token is to be rotated, or None.

    :param expires_at: the option with the time at which the new token is to expire, or None.
    :raises MailtrapError: if it is not a time span, or so long that the new token would have to be rotated at once.
    """
    if text is None:
        return None
    before = parse_duration(text)
    if before is None:
        raise MailtrapError(f"rotate_before {text!r} is not a time span: write 12h, 30d or 4w")
    if expires_at == NEVER:
        raise MailtrapError("rotate_before needs a token that expires, but expires_at is never")
    new_expiry = parse_expiry(expires_at, now) if expires_at else now + _DEFAULT_LIFETIME
    if new_expiry is not None and new_expiry - now <= before:
        lifetime = f"expires_at is {expires_at!r}" if expires_at else "Mailtrap lets a token expire after a year"
        raise MailtrapError(f"rotate_before is too long: a new token would be due at once, because {lifetime}")
    return before


def _now() -> datetime:
    return datetime.now(timezone.utc)


TOKEN_NAME = Codec(expected=predict_name)
EXPIRY = Codec(expected=_predict_expiry, normalize=_normalize_expiry)
