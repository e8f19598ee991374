# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API tokens (facts 3.4)."""

from typing import Any

from ..access import TOKENS
from ..store import Row
from ..world import World

TABLES = [TOKENS]


def create(world: World, account_id: int | None, name: str, resources: list[dict], **fields: Any) -> Row:
    """A new token. ``resources`` are in current words with numeric levels."""
    defaults = {
        "account_id": account_id,
        "organization_id": None,
        "name": name,
        "token": world.hex(32),
        "resources": resources,
        "created_by": "Account Owner",
        "expires_at": None,
        "created_at": world.clock.stamp(),
    }
    return world.store["api_tokens"].add(defaults | fields)
