# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated recipients of live mail: mailbox providers, and the events that a message leads to."""

from fnmatch import fnmatchcase

from ..state.json_codec import JsonObject

# Mailbox provider and mail exchanger by domain. The names of the providers are those of the statistics' filter.
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

# Addresses that RFC 5737 reserves for documentation.
SENDING_IPS = {"transactional": "192.0.2.10", "bulk": "192.0.2.20"}
READER_IP = "198.51.100.50"
READER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

READER = {"ip": READER_IP, "user_agent": READER_AGENT}

# The default details of each event kind.
DEFAULT_DETAILS: dict[str, JsonObject] = {
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
    """Return the mailbox provider of an address. The service's name for unknown providers is not known."""
    domain = email.rpartition("@")[2].lower()
    return PROVIDERS[domain][0] if domain in PROVIDERS else "Other"


def mail_exchanger(email: str) -> str:
    """Return the host name of the mail exchanger of an address."""
    domain = email.rpartition("@")[2].lower()
    return PROVIDERS[domain][1] if domain in PROVIDERS else f"mx.{domain}"


def simulate_events(rules: dict[str, str], email: str) -> list[str]:
    """Return the kinds of events that a message to an address leads to.

    ``rules`` is the setting ``recipients``: event kind by address pattern. The first match applies; ``none`` leaves the
    message in the queue.
    """
    kind = next((kind for pattern, kind in rules.items() if fnmatchcase(email.lower(), pattern.lower())), "delivery")
    if kind == "none":
        return []
    return ["delivery", kind] if kind in ("open", "click", "unsubscribe", "spam_complaint") else [kind]
