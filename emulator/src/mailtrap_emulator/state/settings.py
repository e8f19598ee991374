# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings that the control plane can change, with their defaults."""

from typing import Any

# A limit of None is no limit. The sizes are those of the largest recorded plan (facts 3.8).
DEFAULT_SETTINGS: dict[str, Any] = {
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
