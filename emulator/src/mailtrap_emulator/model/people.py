# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The people of an account: its owner, its users and invited people (docs/service.md#account-accesses).

Permissions of people are in this table, permissions of API tokens in the rows of the tokens. The ids of both are
account access ids and never repeat.
"""

from ..state.errors import ControlError
from ..state.seeding import FieldReader
from ..state.store import Row, TableSpec
from ..state.world import World
from .permissions import ACCESSES, OWNER, TOKENS, Grant

USER, INVITE = "User", "Invite"

# This table only counts ids: users and invitations appear only inside account accesses.
PEOPLE = TableSpec("people", 1_900_000)


def add_person(
    world: World,
    account_id: int,
    person_type: str,
    email: str,
    resources: list[Grant],
    *,
    name: str | None = None,
    two_factor: bool = False,
    is_owner: bool = False,
    access_id: int | None = None,
) -> Row:
    """Add an account access of a person. ``person_type`` is USER or INVITE; an invitation has no ``name``."""
    row = {
        "account_id": account_id,
        "kind": person_type,
        "person_id": world.store.next_id(PEOPLE),
        "email": email,
        "name": name,
        "two_factor": two_factor,
        "is_owner": is_owner,
        "resources": resources,
    }
    return world.store[ACCESSES.name].add(row if access_id is None else {"id": access_id, **row})


def add_owner(world: World, account: Row) -> Row:
    """Add the account access of the owner.

    The owner's permission is on the organization, or on the account if it has no organization
    (docs/service.md#account-accesses).
    """
    grant: Grant = {
        "resource_type": "organization",
        "resource_id": account["organization_id"] or account["id"],
        "access_level": OWNER,
    }
    return add_person(
        world, account["id"], USER, account["owner_email"], [grant], name=account["owner_name"], is_owner=True
    )


def read_access_id(world: World, item: FieldReader, name: str) -> int | None:
    """Return the account access id that a seed item chooses, or None, and reserve it.

    :raises ControlError: if it is out of range or already used.
    """
    access_id: int | None = item.get(name, int)
    if access_id is None:
        return None
    if not 0 < access_id < 2**63:
        raise ControlError(f"{item.location}: {name} must be between 1 and 2^63.")
    if world.store[ACCESSES.name].get(access_id) or world.store[TOKENS.name].find("access_id", access_id):
        raise ControlError(f"{item.location}: there is an account access {access_id} already.")
    world.store.reserve_id(ACCESSES, access_id)
    return access_id
