# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that the service used before it renamed inboxes to sandboxes and sending domains to domains (facts 1.3)."""

LEGACY_NAMES = {
    "sandbox": "inbox",
    "sandboxes": "inboxes",
    "sandbox_id": "inbox_id",
    "sandbox_ids": "inbox_ids",
    "domain": "sending_domain",
    "domains": "sending_domains",
    "domain_id": "sending_domain_id",
    "domain_ids": "sending_domain_ids",
}
CURRENT_NAMES = {old: new for new, old in LEGACY_NAMES.items()}


def current_name(word: str) -> str:
    """The current spelling of a word that a client may have written in either generation."""
    return CURRENT_NAMES.get(word, word)
