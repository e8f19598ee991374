# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of a world, which the control plane calls limits, and their defaults."""

from typing import TypedDict


class Settings(TypedDict, total=False):
    """All settings, or the ones that a request changes. A maximum of None means that there is no limit."""

    # Whether requests beyond the rate limits of docs/service.md#rate-limits are refused, and a factor on these limits.
    rate_limits: bool
    rate_scale: float
    # Maximum number of objects in an account.
    projects: int | None
    sandboxes: int | None
    email_templates: int | None
    contacts: int | None
    contact_lists: int | None
    contact_fields: int | None
    # Whether the plan includes inbound mail. Maximum number of folders and inboxes in an account, of forward rules in
    # an inbox, and of replies and forwards that the hosted inboxes of an account may ever send.
    inbound: bool
    inbound_folders: int | None
    inbound_inboxes: int | None
    inbound_forward_rules: int | None
    inbound_hosted_sends: int | None
    # Messages that a sandbox keeps, size of a message in bytes, and messages that a sandbox accepts in ten seconds.
    max_size: int
    max_message_size: int
    sandbox_sends_per_10_seconds: int | None
    # Whether the plan shows blind copies in mail_headers.
    bcc_visible: bool
    # The UTC offset of message times (docs/service.md#timestamps).
    message_utc_offset: str
    # Seconds after arrival until the blacklist report is ready.
    blacklist_seconds: float
    # Duration of an import or export of contacts, whether imports fail, and lifetime of the URL of an exported file.
    contact_job_seconds: float
    contact_imports_fail: bool
    contact_export_url_seconds: float
    # How long a webhook endpoint may take to answer (docs/service.md#webhooks).
    webhook_timeout_seconds: float
    # Status for live mail from an unverified domain: the sources say 401 and 403 (docs/service.md#status-codes).
    unverified_domain_status: int
    # The event that follows live mail at once, by a pattern (* and ?) for the recipient's address. "none" leaves the
    # mail in the queue. The first matching pattern applies; without a match the mail is delivered.
    recipients: dict[str, str]
    # Default lifetime of a new API token; None means that it does not expire (docs/service.md#api-tokens).
    token_lifetime_days: int | None
    # Duration of sending one batch of a campaign, and of terminating a campaign.
    campaign_seconds: float
    # The plan in billing usage (docs/service.md#billing). Only sandboxes refuse mail beyond their maximum.
    plan_name: str
    caught_per_month: int
    forwarded_per_month: int
    sent_per_month: int
    campaigns_per_month: int


# The sizes are those of the largest recorded plan (docs/service.md#sandboxes).
DEFAULT_SETTINGS: Settings = {
    "rate_limits": True,
    "rate_scale": 1.0,
    "projects": None,
    "sandboxes": None,
    "email_templates": 200,
    "contacts": None,
    "contact_lists": 50,
    "contact_fields": 40,
    "inbound": True,
    "inbound_folders": None,
    "inbound_inboxes": 300,
    "inbound_forward_rules": 5,
    "inbound_hosted_sends": 20,
    "max_size": 1000,
    "max_message_size": 26_214_400,
    "sandbox_sends_per_10_seconds": None,
    "bcc_visible": True,
    "message_utc_offset": "Z",
    "blacklist_seconds": 1.0,
    "contact_job_seconds": 0.2,
    "contact_imports_fail": False,
    "contact_export_url_seconds": 3600,
    "webhook_timeout_seconds": 30.0,
    "unverified_domain_status": 401,
    "recipients": {},
    "token_lifetime_days": 365,
    "campaign_seconds": 10.0,
    "plan_name": "Emulated",
    "caught_per_month": 10_000_000,
    "forwarded_per_month": 100_000,
    "sent_per_month": 10_000_000,
    "campaigns_per_month": 10_000_000,
}
