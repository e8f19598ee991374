# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parse the ``limits`` of a control request."""

from typing import Any

from ..model.recipients import DEFAULT_DETAILS
from ..state.clock import parse_offset
from ..state.errors import ControlError
from ..state.settings import DEFAULT_SETTINGS


def parse_limits(body: Any) -> dict[str, Any]:
    """The settings that a control request changes. Raises ControlError."""
    if not isinstance(body, dict):
        raise ControlError("The limits must be an object.")
    return {name: parse_limit(name, value) for name, value in body.items()}


def parse_limit(name: str, value: Any) -> Any:
    """One setting, checked."""
    if name not in DEFAULT_SETTINGS:
        raise ControlError(f"Unknown limit {name}; known are {', '.join(DEFAULT_SETTINGS)}.")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    whole = number and isinstance(value, int)
    if name in ("rate_limits", "bcc_visible", "contact_imports_fail", "inbound"):
        if value in ("on", "off"):
            return value == "on"
        return check_limit(name, isinstance(value, bool), value, "true or false")
    if name == "webhook_timeout_seconds":
        return check_limit(name, number and 0 < value <= 300, value, "a number of seconds above 0, at most 300")
    if name == "rate_scale":
        return check_limit(name, number and 0 < value < 1e9, value, "a number above 0")
    if name in ("blacklist_seconds", "campaign_seconds", "contact_job_seconds", "contact_export_url_seconds"):
        return check_limit(name, number and 0 <= value < 1e9, value, "a number of seconds")
    if name == "unverified_domain_status":
        return check_limit(name, value in (401, 403), value, "401 or 403")
    if name == "message_utc_offset":
        try:
            return parse_offset(value) and value
        except (AttributeError, TypeError, ValueError):
            raise ControlError("message_utc_offset must be Z or an offset such as -12:00.") from None
    if name == "recipients":
        kinds = (*DEFAULT_DETAILS, "none")
        holds = isinstance(value, dict) and all(kind in kinds for kind in value.values())
        return check_limit(name, holds, value, f"an object of pattern to one of {', '.join(kinds)}")
    if name == "plan_name":
        return check_limit(name, isinstance(value, str), value, "a text")
    if name.endswith("_per_month"):
        return check_limit(name, whole and 0 <= value < 1e9, value, "a whole number")
    if name in ("max_size", "max_message_size"):
        return check_limit(name, whole and value > 0, value, "a whole number above 0")
    return check_limit(name, value is None or (whole and 0 <= value < 1e9), value, "a whole number or null")


def check_limit(name: str, holds: bool, value: Any, what: str) -> Any:
    if not holds:
        raise ControlError(f"{name} must be {what}.")
    return value
