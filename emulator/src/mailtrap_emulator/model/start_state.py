# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The start state: what the emulator starts with and what a reset returns to."""

from random import Random

from ..state.json_codec import JsonObject
from ..state.store import SETTINGS_TABLE, Row
from ..state.world import World
from .accounts import insert_account
from .api_tokens import insert_token
from .domains import insert_domain
from .permissions import ADMIN, Grant


def create_start_state(world: World, token: str | None) -> None:
    """Create the start state in an empty world.

    It consists of an account, a token with full access to it, a verified domain and the demo domain. ``token`` is the
    value of the token; without one it is random.
    """
    account = insert_account(world, "Emulated account")
    grant: Grant = {"resource_type": "account", "resource_id": account["id"], "access_level": ADMIN}
    insert_domain(world, account["id"], "example.com", dns_verified=True)
    insert_domain(world, account["id"], "demomailtrap.co", demo=True, dns_verified=True)
    row = insert_token(world, account["id"], "Start token", [grant], **({"token": token} if token else {}))
    world.store[SETTINGS_TABLE.name].add(
        {"id": "start", "token_id": row["id"], "token": row["token"], "account_id": account["id"]}
    )
    world.save_settings()


def get_start_row(world: World) -> Row:
    """Return the row with the value and the id of the start token and the account id.

    :raises KeyError: if the world has no start state.
    """
    return world.store[SETTINGS_TABLE.name]["start"]


def reset_state(world: World, random_seed: int | None = None) -> None:
    """Return to the start state. The start token keeps its value.

    With ``random_seed``, all random values that follow are reproducible.
    """
    token = get_start_row(world)["token"]
    world.clear()
    if random_seed is not None:
        world.random = Random(random_seed)
    create_start_state(world, token)


def resume_state(world: World, token: str | None) -> None:
    """Continue from the state file, or create the start state if the store is empty.

    ``token`` becomes the value of the start token.
    """
    if world.store[SETTINGS_TABLE.name].get("start") is None:
        create_start_state(world, token)
        return
    world.restore_settings()
    row = get_start_row(world)
    if token is not None and token != row["token"]:
        start_token = world.store["api_tokens"].get(row["token_id"])
        if start_token is not None:
            world.store["api_tokens"].update(start_token, token=token)
        world.store[SETTINGS_TABLE.name].update(row, token=token)


def describe_start(world: World) -> JsonObject:
    """Return the token and the account id, which a client needs first."""
    row = get_start_row(world)
    return {"token": row["token"], "account_id": row["account_id"]}
