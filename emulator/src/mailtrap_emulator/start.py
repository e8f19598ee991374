# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state that the emulator starts with and that a reset returns to."""

from random import Random

from .access import ADMIN
from .areas import accounts, api_tokens, domains
from .store import SETTINGS, Row
from .world import World


def begin(world: World, token: str | None) -> None:
    """Make the start state in an empty world: one account, a token that may do everything in it, a verified
    domain and the demo domain to send from.

    ``token`` is the token's value, 32 hex digits at random if None.
    """
    account = accounts.create(world, "Emulated account")
    grant = {"resource_type": "account", "resource_id": account["id"], "access_level": ADMIN}
    domains.create(world, account["id"], "example.com", dns_verified=True)
    domains.create(world, account["id"], "demomailtrap.co", demo=True, dns_verified=True)
    row = api_tokens.create(world, account["id"], "Start token", [grant], **({"token": token} if token else {}))
    world.store[SETTINGS.kind].add(
        {"id": "start", "token_id": row["id"], "token": row["token"], "account_id": account["id"]}
    )
    world.keep_settings()


def start(world: World) -> Row:
    """``token`` (its value), ``token_id`` and ``account_id`` of the start state."""
    return world.store[SETTINGS.kind].get("start")


def reset(world: World, random_seed: int | None = None) -> None:
    """Forget everything; the start token keeps its value. With a ``random_seed`` what follows can be repeated."""
    token = start(world)["token"]
    world.clear()
    if random_seed is not None:
        world.random = Random(random_seed)
    begin(world, token)


def resume(world: World, token: str | None) -> None:
    """Take up a kept state, or begin if there is none. A given ``token`` becomes the start token's value."""
    if start(world) is None:
        begin(world, token)
        return
    world.restore_settings()
    row = start(world)
    if token is not None and token != row["token"]:
        known = world.store["api_tokens"].get(row["token_id"])
        if known is not None:
            world.store["api_tokens"].change(known, token=token)
        world.store[SETTINGS.kind].change(row, token=token)


def describe(world: World) -> dict:
    """What a client needs to begin."""
    row = start(world)
    return {"token": row["token"], "account_id": row["account_id"]}
