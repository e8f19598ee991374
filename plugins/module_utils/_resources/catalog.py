# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource types that the collection manages."""

from __future__ import annotations

from .account_access import ACCESS_FILTERS, ACCOUNT, ACCOUNT_ACCESS, FILTERABLE_ACCESS, TOKEN_ACCESS
from .api_tokens import API_TOKEN
from .contacts import CONTACT, CONTACT_FIELD, CONTACT_LIST
from .domains import DOMAIN
from .email_campaigns import EMAIL_CAMPAIGN
from .email_templates import EMAIL_TEMPLATE
from .inbound import INBOUND_FOLDER, INBOUND_FORWARD_RULE, INBOUND_INBOX, INBOUND_MESSAGE, INBOUND_THREAD
from .sandboxes import PROJECT, SANDBOX
from .sub_accounts import SUB_ACCOUNT
from .suppressions import SUPPRESSION, TRACKING_OPT_OUT
from .webhooks import WEBHOOK

__all__ = [
    "ACCESS_FILTERS",
    "ACCOUNT",
    "ACCOUNT_ACCESS",
    "API_TOKEN",
    "CONTACT",
    "CONTACT_FIELD",
    "CONTACT_LIST",
    "DOMAIN",
    "EMAIL_CAMPAIGN",
    "EMAIL_TEMPLATE",
    "FILTERABLE_ACCESS",
    "INBOUND_FOLDER",
    "INBOUND_FORWARD_RULE",
    "INBOUND_INBOX",
    "INBOUND_MESSAGE",
    "INBOUND_THREAD",
    "PROJECT",
    "SANDBOX",
    "SUB_ACCOUNT",
    "SUPPRESSION",
    "TOKEN_ACCESS",
    "TRACKING_OPT_OUT",
    "WEBHOOK",
]
