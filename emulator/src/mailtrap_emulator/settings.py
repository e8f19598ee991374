# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the control plane can set, and what a setting may be."""

from typing import Any

from .clock import parse_offset
from .errors import ControlError
from .receivers import USUAL_DETAILS

# A limit of None is no limit. The sizes are those of the largest recorded plan (facts 3.8).
DEFAULTS: dict[str, Any] = {
    # Whether requests beyond the rates of facts 1.10 are refused, and a factor on those rates.
    "rate_limits": True,
    "rate_scale": 1.0,
    # How many there may be in one account.
    "projects": None,
    "sandboxes": None,
    "email_templates": 200,
    "contacts": None,
    "contact_lists": 50,
    "contact_fields": 40,
    # Whether the plan has inbound mail; how many folders and inboxes there may be in an account and forward rules in an
    # inbox; and how many replies and forwards may ever leave from an account's hosted inboxes.
    "inbound": True,
    "inbound_folders": None,
    "inbound_inboxes": 300,
    "inbound_forward_rules": 5,
    "inbound_hosted_sends": 20,
    # Messages that a sandbox keeps, bytes that a message may have, and messages that it takes in ten seconds.
    "max_size": 1000,
    "max_message_size": 26_214_400,
    "sandbox_sends_per_10_seconds": None,
    # Whether the plan tells blind copies in mail_headers.
    "bcc_visible": True,
    # How message times are written (facts 1.8).
    "message_utc_offset": "Z",
    # How long after arrival the blacklist report is pending.
    "blacklist_seconds": 1.0,
    # How long an import or an export of contacts takes, whether imports fail, and how long the address of an exported
    # file is good.
    "contact_job_seconds": 0.2,
    "contact_imports_fail": False,
    "contact_export_url_seconds": 3600,
    # How long a webhook may take to answer (facts 3.10).
    "webhook_timeout_seconds": 30.0,
    # 401 or 403 for live mail from a domain that is not verified: the sources disagree (facts 2.2).
    "unverified_domain_status": 401,
    # What becomes of live mail at once, by a pattern (* and ?) for the recipient's address: the kind of an event, or
    # "none" for mail that stays in the queue. The first pattern that fits counts; otherwise mail is delivered.
    "recipients": {},
    # Days until a token expires that was made without saying when; None is never (facts 11).
    "token_lifetime_days": 365,
    # How long a campaign takes to send one batch of mail, or to end when it is terminated.
    "campaign_seconds": 10.0,
    # What billing usage says about the plan (facts 3.5). Only messages that sandboxes catch are refused beyond theirs.
    "plan_name": "Emulated",
    "caught_per_month": 10_000_000,
    "forwarded_per_month": 100_000,
    "sent_per_month": 10_000_000,
    "campaigns_per_month": 10_000_000,
}


def read(body: Any) -> dict[str, Any]:
    """The settings that a control request changes. Raises ControlError."""
    if not isinstance(body, dict):
        raise ControlError("The limits must be an object.")
    return {name: read_one(name, value) for name, value in body.items()}


def read_one(name: str, value: Any) -> Any:
    """One setting, checked."""
    if name not in DEFAULTS:
        raise ControlError(f"Unknown limit {name}; known are {', '.join(DEFAULTS)}.")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    whole = number and isinstance(value, int)
    if name in ("rate_limits", "bcc_visible", "contact_imports_fail", "inbound"):
        if value in ("on", "off"):
            return value == "on"
        return demand(name, isinstance(value, bool), value, "true or false")
    if name == "webhook_timeout_seconds":
        return demand(name, number and 0 < value <= 300, value, "a number of seconds above 0, at most 300")
    if name == "rate_scale":
        return demand(name, number and 0 < value < 1e9, value, "a number above 0")
    if name in ("blacklist_seconds", "campaign_seconds", "contact_job_seconds", "contact_export_url_seconds"):
        return demand(name, number and 0 <= value < 1e9, value, "a number of seconds")
    if name == "unverified_domain_status":
        return demand(name, value in (401, 403), value, "401 or 403")
    if name == "message_utc_offset":
        try:
            return parse_offset(value) and value
        except (AttributeError, TypeError, ValueError):
            raise ControlError("message_utc_offset must be Z or an offset such as -12:00.") from None
    if name == "recipients":
        kinds = (*USUAL_DETAILS, "none")
        holds = isinstance(value, dict) and all(kind in kinds for kind in value.values())
        return demand(name, holds, value, f"an object of pattern to one of {', '.join(kinds)}")
    if name == "plan_name":
        return demand(name, isinstance(value, str), value, "a text")
    if name.endswith("_per_month"):
        return demand(name, whole and 0 <= value < 1e9, value, "a whole number")
    if name in ("max_size", "max_message_size"):
        return demand(name, whole and value > 0, value, "a whole number above 0")
    return demand(name, value is None or (whole and 0 <= value < 1e9), value, "a whole number or null")


def demand(name: str, holds: bool, value: Any, what: str) -> Any:
    if not holds:
        raise ControlError(f"{name} must be {what}.")
    return value
