# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state that the emulator starts with and that a reset returns to."""

from random import Random

from ..state.store import SETTINGS_TABLE, Row
from ..state.world import World
from .accounts import insert_account
from .api_tokens import insert_token
from .domains import insert_domain
from .permissions import ADMIN


def create_start_state(world: World, token: str | None) -> None:
    """Make the start state in an empty world: one account, a token that may do everything in it, a verified
    domain and the demo domain to send from.

    ``token`` is the token's value, 32 hex digits at random if None.
    """
    account = insert_account(world, "Emulated account")
    grant = {"resource_type": "account", "resource_id": account["id"], "access_level": ADMIN}
    insert_domain(world, account["id"], "example.com", dns_verified=True)
    insert_domain(world, account["id"], "demomailtrap.co", demo=True, dns_verified=True)
    row = insert_token(world, account["id"], "Start token", [grant], **({"token": token} if token else {}))
    world.store[SETTINGS_TABLE.name].add(
        {"id": "start", "token_id": row["id"], "token": row["token"], "account_id": account["id"]}
    )
    world.save_settings()


def get_start_row(world: World) -> Row:
    """``token`` (its value), ``token_id`` and ``account_id`` of the start state."""
    return world.store[SETTINGS_TABLE.name].get("start")


def reset_state(world: World, random_seed: int | None = None) -> None:
    """Forget everything; the start token keeps its value. With a ``random_seed`` what follows can be repeated."""
    token = get_start_row(world)["token"]
    world.clear()
    if random_seed is not None:
        world.random = Random(random_seed)
    create_start_state(world, token)


def resume_state(world: World, token: str | None) -> None:
    """Take up a kept state, or begin if there is none. A given ``token`` becomes the start token's value."""
    if get_start_row(world) is None:
        create_start_state(world, token)
        return
    world.restore_settings()
    row = get_start_row(world)
    if token is not None and token != row["token"]:
        known = world.store["api_tokens"].get(row["token_id"])
        if known is not None:
            world.store["api_tokens"].update(known, token=token)
        world.store[SETTINGS_TABLE.name].update(row, token=token)


def describe_start(world: World) -> dict:
    """What a client needs to begin."""
    row = get_start_row(world)
    return {"token": row["token"], "account_id": row["account_id"]}
