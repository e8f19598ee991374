# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What webhooks are made of (facts 3.10). Pure."""

from __future__ import annotations

import re

# Type -> the fields that such a webhook must have, and those that it may have.
_TYPES = {
    "email_sending": (("event_types", "sending_stream"), ("domain_id",)),
    "campaigns": (("event_types",), ("domain_id",)),
    "audit_log": ((), ()),
    "inbound_receiving": ((), ("inbound_inbox_id",)),
}
TYPES = tuple(_TYPES)
_OF_SOME_TYPES = ("event_types", "sending_stream", "domain_id", "inbound_inbox_id")

_EVENT_TYPES = (
    "delivery",
    "soft_bounce",
    "bounce",
    "suspension",
    "unsubscribe",
    "open",
    "spam_complaint",
    "click",
    "reject",
)
# What the same events are called in payloads, in the email logs, and in suppressions.
_ELSEWHERE = {"spam": "spam_complaint", "spam complaint": "spam_complaint", "soft bounce": "soft_bounce"}
_ELSEWHERE.update({"hard bounce": "bounce", "hard_bounce": "bounce", "unsubscription": "unsubscribe"})

_URL = re.compile(
    r"(?P<scheme>https?://)(?P<user>[^\s/?#]*@)?(?P<host>(\[[0-9a-f:.]+\]|[^\s/?#@:\[\]]+)(:\d{1,5})?)"
    r"(?P<path>/[^\s?#]*)?(\?(?P<query>[^\s#]*))?(?P<fragment>#\S*)?",
    re.IGNORECASE,
)
_MASK = "***"


def foreign(wanted):
    """Return the fields that a webhook of the wanted type cannot have: list of str."""
    must, may = _TYPES.get(wanted.get("webhook_type"), ((), _OF_SOME_TYPES))
    return [name for name in _OF_SOME_TYPES if name not in must + may]


def rules(given):
    """Return the sentences of what does not go together: iterator."""
    kind = given.get("webhook_type")
    must, _may = _TYPES.get(kind, ((), ()))
    missing = [name for name in must if not given.get(name)]
    if missing:
        yield f"a webhook of the type {kind} needs {' and '.join(missing)}"
    extra = [name for name in foreign(given) if given.get(name)]
    if extra:
        yield f"a webhook of the type {kind} has no {' and no '.join(extra)}"


def event_types_fault(names):
    """Return what is wrong with event types: str, or None."""
    unknown = [name for name in names if name not in _EVENT_TYPES]
    wrong = [f"{name!r}, which is {_ELSEWHERE[name]!r} here" for name in unknown if name in _ELSEWHERE]
    others = [f"{name!r}" for name in unknown if name not in _ELSEWHERE]
    if others:
        wrong.append(f"{' and '.join(others)}, which is none of {', '.join(_EVENT_TYPES)}")
    return f"hold {', and '.join(wrong)}" if wrong else None


def without_repeats(names, now):
    """Return event types with each of them once: list of str."""
    return list(dict.fromkeys(names))


def url_fault(url):
    """Return what is wrong with the URL: str, or None. What it is is not told: there may be a password in it."""
    if _MASK in url:
        return f"holds {_MASK}, as if its secrets had been hidden: give it whole"
    return None if _URL.fullmatch(url) else "must look like https://host/path"


def url_told(url):
    """Return a URL with the secrets hidden that it may hold: str."""
    parts = _URL.fullmatch(str(url))
    if not parts:
        return _MASK
    user = f"{_MASK}@" if parts["user"] else ""
    fragment = f"#{_MASK}" if parts["fragment"] else ""
    query = "" if parts["query"] is None else f"?{'&'.join(map(_pair_told, parts['query'].split('&')))}"
    return f"{parts['scheme']}{user}{parts['host']}{parts['path'] or ''}{query}{fragment}"


def _pair_told(pair):
    name, equals, value = pair.partition("=")
    if not equals:  # it is all value
        name, value = "", name
    return f"{name}{equals}{_MASK if value else ''}"


def paused(now, then):
    """Return what a user has to know when a webhook is switched on again: str, or None."""
    if now is False and then:
        return "was not active, as the service leaves one that it could not deliver to; what happened since is not told"
    return None
