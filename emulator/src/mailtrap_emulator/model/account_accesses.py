# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Account accesses: table and seeds (docs/service.md#account-accesses)."""

from ..state.seeding import FieldReader, Seed
from ..state.world import World
from .accounts import find_account_id
from .api_tokens import parse_resources
from .people import INVITE, USER, add_person, read_access_id
from .permissions import ACCESSES

TABLES = [ACCESSES]


def seed_access(world: World, item: FieldReader) -> None:
    """Add an account access. With a ``name`` it belongs to a user, without one to an invitation.

    ``access_level`` without ``resources`` applies to the whole account.
    """
    account_id = find_account_id(world, item)
    name = item.get("name", str)
    add_person(
        world,
        account_id,
        INVITE if name is None else USER,
        item.require("email", str),
        parse_resources(item, ("account", account_id)),
        name=name,
        two_factor=item.get("two_factor_authentication_enabled", bool, False),
        access_id=read_access_id(world, item, "id"),
    )


SEEDS = [Seed("account_accesses", seed_access, after=("accounts",))]
