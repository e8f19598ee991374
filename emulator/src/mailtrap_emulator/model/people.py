# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The people of an account: its owner, its users, and who is invited (facts 3.2).

What a person may do is kept here. What an API token may do is kept with the token; both count their account accesses
by the same ids.
"""

from ..state.errors import ControlError
from ..state.seeding import FieldReader
from ..state.store import Row, TableSpec
from ..state.world import World
from .permissions import ACCESSES, OWNER, TOKENS

USER, INVITE = "User", "Invite"

# Only counted: nothing but an account access knows a user or an invite.
PEOPLE = TableSpec("people", 1_900_000)


def add_person(
    world: World,
    account_id: int,
    kind: str,
    email: str,
    resources: list[dict],
    *,
    name: str | None = None,
    two_factor: bool = False,
    is_owner: bool = False,
    access_id: int | None = None,
) -> Row:
    """Let a person into an account. ``kind`` is USER or INVITE; an invite has no ``name``.

    ``resources`` are in current words with numeric levels. Without an ``access_id`` the next one is taken.
    """
    row = {
        "account_id": account_id,
        "kind": kind,
        "person_id": world.store.next_id(PEOPLE),
        "email": email,
        "name": name,
        "two_factor": two_factor,
        "is_owner": is_owner,
        "resources": resources,
    }
    return world.store[ACCESSES.name].add(row if access_id is None else {"id": access_id, **row})


def add_owner(world: World, account: Row) -> Row:
    """Let the owner in. The owner's level is on the organization (facts 3.2); an account outside any stands for its
    own."""
    grant = {
        "resource_type": "organization",
        "resource_id": account["organization_id"] or account["id"],
        "access_level": OWNER,
    }
    return add_person(
        world, account["id"], USER, account["owner_email"], [grant], name=account["owner_name"], is_owner=True
    )


def read_access_id(world: World, item: FieldReader, name: str) -> int | None:
    """The id that a seed item chooses for an account access, kept from being given out again. Raises ControlError if
    it is taken."""
    value = item.get(name, int)
    if value is None:
        return None
    if not 0 < value < 2**63:
        raise ControlError(f"{item.location}: {name} must be between 1 and 2^63.")
    if world.store[ACCESSES.name].get(value) or world.store[TOKENS.name].find("access_id", value):
        raise ControlError(f"{item.location}: there is an account access {value} already.")
    world.store.reserve_id(ACCESSES, value)
    return value
