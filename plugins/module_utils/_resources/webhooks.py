# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhooks: their types, event types and URLs (docs/service.md#webhooks)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Iterator, List, Optional

from .._engine.codecs import EMPTY_IS_NONE, UNORDERED_UNIQUE
from .._engine.resource import ApiShape, Field, Hooks, Reference, Resource
from .domains import DOMAIN

if TYPE_CHECKING:
    from .._api.json_types import JsonObject

# Webhook type -> its required and its optional fields among _TYPE_SPECIFIC_FIELDS.
_TYPES = {
    "email_sending": (("event_types", "sending_stream"), ("domain_id",)),
    "campaigns": (("event_types",), ("domain_id",)),
    "audit_log": ((), ()),
    "inbound_receiving": ((), ("inbound_inbox_id",)),
}
_TYPE_SPECIFIC_FIELDS = ("event_types", "sending_stream", "domain_id", "inbound_inbox_id")

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
# The names of the same events in payloads, in email logs and in suppressions.
_EVENT_TYPE_SYNONYMS = {
    "spam": "spam_complaint",
    "spam complaint": "spam_complaint",
    "soft bounce": "soft_bounce",
    "hard bounce": "bounce",
    "hard_bounce": "bounce",
    "unsubscription": "unsubscribe",
}

_URL = re.compile(
    r"(?P<scheme>https?://)(?P<user>[^\s/?#]*@)?(?P<host>(\[[0-9a-f:.]+\]|[^\s/?#@:\[\]]+)(:\d{1,5})?)"
    r"(?P<path>/[^\s?#]*)?(\?(?P<query>[^\s#]*))?(?P<fragment>#\S*)?",
    re.IGNORECASE,
)
_MASK = "***"


def find_inapplicable_fields(wanted: JsonObject) -> List[str]:
    """Return the fields that a webhook of the wanted type cannot have."""
    required, allowed = _TYPES.get(wanted.get("webhook_type", ""), ((), _TYPE_SPECIFIC_FIELDS))
    return [name for name in _TYPE_SPECIFIC_FIELDS if name not in required + allowed]


def find_conflicts(given: JsonObject) -> Iterator[str]:
    """Yield an error if a webhook of the given type lacks required fields, or has fields that it cannot have."""
    webhook_type = given.get("webhook_type", "")
    required, _allowed = _TYPES.get(webhook_type, ((), ()))
    missing = [name for name in required if not given.get(name)]
    if missing:
        yield f"a webhook of type {webhook_type} needs {' and '.join(missing)}"
    extra = [name for name in find_inapplicable_fields(given) if given.get(name)]
    if extra:
        yield f"a webhook of type {webhook_type} cannot have {' or '.join(extra)}"


def validate_event_types(names: List[str]) -> Optional[str]:
    """Return an error about unknown event types; it suggests the event type for a name from payloads, logs or lists."""
    unknown = [name for name in names if name not in _EVENT_TYPES]
    errors = [f"{name!r} (use {_EVENT_TYPE_SYNONYMS[name]!r})" for name in unknown if name in _EVENT_TYPE_SYNONYMS]
    others = [f"{name!r}" for name in unknown if name not in _EVENT_TYPE_SYNONYMS]
    if others:
        errors.append(f"{', '.join(others)} (known are {', '.join(_EVENT_TYPES)})")
    return f"contains unknown event types: {'; '.join(errors)}" if errors else None


def validate_url(url: str) -> Optional[str]:
    """Return an error if a text is not a web address. The error does not quote the text, which may hold a password."""
    if _MASK in url:
        return f"contains {_MASK}, so it is a masked URL from a task result: give the complete URL"
    return None if _URL.fullmatch(url) else "must look like https://host/path"


def mask_url_secrets(url: str) -> str:
    """Return a URL with the user, the query values and the fragment masked."""
    parts = _URL.fullmatch(str(url))
    if not parts:
        return _MASK
    user = f"{_MASK}@" if parts["user"] else ""
    fragment = f"#{_MASK}" if parts["fragment"] else ""
    query = "" if parts["query"] is None else f"?{'&'.join(map(_mask_query_value, parts['query'].split('&')))}"
    return f"{parts['scheme']}{user}{parts['host']}{parts['path'] or ''}{query}{fragment}"


def _mask_query_value(pair: str) -> str:
    name, equals, value = pair.partition("=")
    if not equals:  # a value without a name
        name, value = "", name
    return f"{name}{equals}{_MASK if value else ''}"


def warn_if_reactivated(current: Any, expected: Any) -> Optional[str]:
    """Return a warning if the change activates an inactive webhook."""
    if current is False and expected:
        return (
            "was inactive; if Mailtrap paused it after failed deliveries, fix the receiver. "
            "Events since then were not delivered"
        )
    return None


WEBHOOK = Resource(
    name="webhook",
    plural="webhooks",
    api=ApiShape("/api/webhooks", wrapper="webhook"),
    natural_key="url",
    identity_fields=("webhook_type", "sending_stream", "domain_id", "inbound_inbox_id"),
    fields=(
        Field("url", validate=validate_url, describe=mask_url_secrets, sensitive=True),
        Field("active", {"type": "bool"}, change_warning=warn_if_reactivated),
        Field("webhook_type", {"type": "str", "choices": list(_TYPES)}, required=True, create_only=True),
        Field("payload_format", {"type": "str", "choices": ["json", "jsonlines"]}),
        Field("sending_stream", {"type": "str", "choices": ["transactional", "bulk"]}, create_only=True),
        Field(
            "domain_id",
            reference=Reference(DOMAIN, "domain", empty_value=0),
            codec=EMPTY_IS_NONE,
            create_only=True,
        ),
        Field("inbound_inbox_id", {"type": "int"}, codec=EMPTY_IS_NONE),
        Field(
            "event_types",
            {"type": "list", "elements": "str"},
            codec=UNORDERED_UNIQUE,
            validate=validate_event_types,
        ),
    ),
    one_time_secret="signing_secret",
    required_access="webhooks can only be managed with an API token that has admin access to the account",
    hooks=Hooks(validate=find_conflicts, inapplicable_fields=find_inapplicable_fields),
)
