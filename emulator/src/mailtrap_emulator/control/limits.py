# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parsing of the ``limits`` in a control request, which change the settings."""

from collections.abc import Callable
from typing import Any, cast

from ..model.recipients import DEFAULT_DETAILS
from ..state.clock import parse_offset
from ..state.errors import ControlError
from ..state.settings import DEFAULT_SETTINGS, Settings

RECIPIENT_EVENTS = (*DEFAULT_DETAILS, "none")


def is_number(value: Any) -> bool:
    """Return whether a JSON value is a number. In Python a bool is one, too."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_integer(value: Any) -> bool:
    """Return whether a JSON value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_offset(value: Any) -> bool:
    """Return whether a value is a UTC offset."""
    try:
        parse_offset(value)
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def is_recipients(value: Any) -> bool:
    """Return whether a value maps patterns to events."""
    return isinstance(value, dict) and all(event in RECIPIENT_EVENTS for event in value.values())


# A check of the value, and what the value must be.
Rule = tuple[Callable[[Any], bool], str]

BOOLEAN: Rule = (lambda value: isinstance(value, bool), "true or false")
SECONDS: Rule = (lambda value: is_number(value) and 0 <= value < 1e9, "a number of seconds")
COUNT: Rule = (lambda value: is_integer(value) and 0 <= value < 1e9, "a whole number")
SIZE: Rule = (lambda value: is_integer(value) and value > 0, "a whole number above 0")
OPTIONAL_COUNT: Rule = (lambda value: value is None or COUNT[0](value), "a whole number or null")

# Settings without a rule are an OPTIONAL_COUNT.
RULES: dict[str, Rule] = {
    "rate_limits": BOOLEAN,
    "bcc_visible": BOOLEAN,
    "contact_imports_fail": BOOLEAN,
    "inbound": BOOLEAN,
    "rate_scale": (lambda value: is_number(value) and 0 < value < 1e9, "a number above 0"),
    "webhook_timeout_seconds": (
        lambda value: is_number(value) and 0 < value <= 300,
        "a number of seconds above 0, at most 300",
    ),
    "blacklist_seconds": SECONDS,
    "campaign_seconds": SECONDS,
    "contact_job_seconds": SECONDS,
    "contact_export_url_seconds": SECONDS,
    "unverified_domain_status": (lambda value: value in (401, 403), "401 or 403"),
    "message_utc_offset": (is_offset, "Z or an offset such as -12:00"),
    "recipients": (is_recipients, f"an object of pattern to one of {', '.join(RECIPIENT_EVENTS)}"),
    "plan_name": (lambda value: isinstance(value, str), "a text"),
    "caught_per_month": COUNT,
    "forwarded_per_month": COUNT,
    "sent_per_month": COUNT,
    "campaigns_per_month": COUNT,
    "max_size": SIZE,
    "max_message_size": SIZE,
}


def parse_limits(body: Any) -> Settings:
    """Parse the settings that a control request changes.

    :raises ControlError: if a name is unknown or a value is invalid.
    """
    if not isinstance(body, dict):
        raise ControlError("The limits must be an object.")
    return cast(Settings, {name: parse_limit(name, value) for name, value in body.items()})


def parse_limit(name: str, value: Any) -> Any:
    """Parse one setting. Booleans may also be "on" or "off".

    :raises ControlError: if the name is unknown or the value is invalid.
    """
    if name not in DEFAULT_SETTINGS:
        raise ControlError(f"Unknown limit {name}; known are {', '.join(DEFAULT_SETTINGS)}.")
    rule = RULES.get(name, OPTIONAL_COUNT)
    if rule is BOOLEAN and value in ("on", "off"):
        return value == "on"
    is_valid, expected = rule
    if not is_valid(value):
        raise ControlError(f"{name} must be {expected}.")
    return value
