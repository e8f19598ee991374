# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names that the service used before it renamed inboxes and sending domains (docs/service.md#api-generations)."""

# The legacy name by current name, and the reverse.
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


def current_name(name: str) -> str:
    """Return the current name for a current or legacy name."""
    return CURRENT_NAMES.get(name, name)
