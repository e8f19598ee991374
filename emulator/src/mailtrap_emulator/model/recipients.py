# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who receives live mail: what can be told from an address, and how receivers behave (facts 3.10, 3.20)."""

from fnmatch import fnmatchcase
from typing import Any

# Mailbox provider by the domain of the address; the names are those of the statistics' filter.
PROVIDERS = {
    "gmail.com": ("Google", "gmail-smtp-in.l.google.com"),
    "googlemail.com": ("Google", "gmail-smtp-in.l.google.com"),
    "yahoo.com": ("Yahoo", "mta5.am0.yahoodns.net"),
    "outlook.com": ("Outlook", "outlook-com.olc.protection.outlook.com"),
    "hotmail.com": ("Outlook", "hotmail-com.olc.protection.outlook.com"),
    "hey.com": ("Hey", "work-mx.app.hey.com"),
    "zoho.com": ("Zoho Email", "mx.zoho.com"),
    "proton.me": ("ProtonMail", "mail.protonmail.ch"),
    "protonmail.com": ("ProtonMail", "mail.protonmail.ch"),
    "yandex.ru": ("Yandex", "mx.yandex.ru"),
    "icloud.com": ("iCloud", "mx01.mail.icloud.com"),
    "me.com": ("iCloud", "mx01.mail.icloud.com"),
    "gmx.net": ("GMX.net", "mx00.gmx.net"),
    "fastmail.com": ("FastMail", "in1-smtp.messagingengine.com"),
    "naver.com": ("Naver", "mx1.naver.com"),
    "seznam.cz": ("Seznam", "mx1.seznam.cz"),
    "comcast.net": ("Comcast", "mx2h1.comcast.net"),
}

# Addresses that RFC 5737 keeps for documentation.
SENDING_IPS = {"transactional": "192.0.2.10", "bulk": "192.0.2.20"}
READER_IP = "198.51.100.50"
READER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

READER = {"ip": READER_IP, "user_agent": READER_AGENT}

# What an event says when the one who fires it says nothing.
DEFAULT_DETAILS: dict[str, dict[str, Any]] = {
    "delivery": {},
    "soft_bounce": {
        "response": "452 4.2.2 The recipient's mailbox is over its quota",
        "response_code": 452,
        "bounce_category": "overquota",
    },
    "bounce": {
        "response": "550 5.1.1 The recipient does not exist here",
        "response_code": 550,
        "bounce_category": "badrecipient",
    },
    "spam_complaint": {"feedback_type": "abuse"},
    "open": READER,
    "click": READER | {"url": "https://example.com/"},
    "unsubscribe": READER,
    "suspension": {"reason": "Daily sending limit reached"},
    "reject": {"reason": "Policy rejection"},
}


def mailbox_provider(email: str) -> str:
    """The mailbox provider of an address; how the service calls those that it does not know is not known."""
    domain = email.rpartition("@")[2].lower()
    return PROVIDERS[domain][0] if domain in PROVIDERS else "Other"


def mail_exchanger(email: str) -> str:
    """The name of the mail exchanger of an address."""
    domain = email.rpartition("@")[2].lower()
    return PROVIDERS[domain][1] if domain in PROVIDERS else f"mx.{domain}"


def simulate_events(rules: dict[str, str], email: str) -> list[str]:
    """The events that a message to this address leads to, by the first of the patterns that fits.

    ``rules`` are the setting ``recipients``: pattern to kind, ``none`` for mail that stays in the queue.
    """
    kind = next((kind for pattern, kind in rules.items() if fnmatchcase(email.lower(), pattern.lower())), "delivery")
    if kind == "none":
        return []
    return ["delivery", kind] if kind in ("open", "click", "unsubscribe", "spam_complaint") else [kind]
