# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who stands behind an account: without it no domain of it gets to the compliance review (facts 3.12).

The info is the account's, whichever of its domains it is given through. The level on that domain counts.
"""

from collections.abc import Collection
from typing import Any

from ..access import ADMIN, VIEWER
from ..call import BLANK, INVALID, Call, is_given, is_web_address, text
from ..errors import ControlError
from ..replies import not_found, unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..verification import inform, settle
from ..world import World
from . import accounts, domains

# The id of a row is its account's.
COMPANY_INFOS = TableSpec("company_infos")
TABLES = [COMPANY_INFOS]
routes = Routes()
PATH = "domains/{domain_id}/company_info"

# In wire order.
TEXTS = (
    "name",
    "address",
    "city",
    "country",
    "phone",
    "zip_code",
    "privacy_policy_url",
    "terms_of_service_url",
    "website_url",
)
REQUIRED = ("name", "address", "city", "country", "zip_code", "website_url")
URLS = ("privacy_policy_url", "terms_of_service_url", "website_url")
LEVELS = ("business", "individual")
BEFORE: dict[str, Any] = {**dict.fromkeys(TEXTS), "info_level": "business"}


def create(world: World, account_id: int, values: dict[str, Any]) -> Row:
    """Give the account its info; the domains that waited for it go to the review."""
    settle(world, world.store["domains"].of("account", account_id))
    row = world.store["company_infos"].add({"id": account_id, **BEFORE, **values, "has_switched": False})
    inform(world, account_id)
    return row


def show(info: Row) -> dict:
    return {"data": {name: info[name] for name in BEFORE}}


def of_account(call: Call) -> Row | None:
    return call.world.store["company_infos"].get(call.account_id)


@routes.get(PATH)
def get_company_info(call: Call) -> dict:
    """Before any was given every field is null but the level, which the specification does not let be null; whether
    the service answers so is unknown (facts 10)."""
    domains.find(call, VIEWER)
    return show(of_account(call) or BEFORE)


@routes.post(PATH)
def create_company_info(call: Call) -> dict:
    """Once for an account (facts 3.12); a second time is refused, as a change belongs into a PATCH."""
    domains.find(call, ADMIN)
    values = read(call.wrapped("company_info"))
    if of_account(call):
        raise unprocessable({"base": ["Company info already exists"]})
    check(BEFORE | values, REQUIRED)
    return show(create(call.world, call.account_id, values))


@routes.patch(PATH)
def update_company_info(call: Call) -> dict:
    """Partial: only what is given is looked at (facts 3.12). 404 before any info was given."""
    domains.find(call, ADMIN)
    values = read(call.wrapped("company_info"))
    info = of_account(call)
    if info is None:
        raise not_found()
    check(values, [name for name in REQUIRED if name in values])
    switches = values.get("info_level", info["info_level"]) != info["info_level"]
    if switches and info["has_switched"]:
        raise unprocessable({"info_level": ["can be changed only once"]})
    call.world.store["company_infos"].change(info, **values, has_switched=info["has_switched"] or switches)
    return show(info)


def read(fields: dict[str, Any]) -> dict[str, Any]:
    """What a request says; a level of null says nothing, and an address that is blank is none."""
    values = {name: text(fields, name) for name in BEFORE if is_given(fields, name)}
    values |= {name: values.get(name) or None for name in URLS if name in values}
    if values.get("info_level", "") is None:
        del values["info_level"]
    return values


def check(values: dict[str, Any], required: Collection[str]) -> None:
    errors: dict[str, list[str]] = {}
    for name in TEXTS:
        value = values.get(name) or ""
        if name in required and not value.strip():
            errors.setdefault(name, []).append(BLANK)
        if name in URLS and (value or name in required) and not is_web_address(value):
            errors.setdefault(name, []).append(INVALID)
    if values.get("info_level", LEVELS[0]) not in LEVELS:
        errors["info_level"] = ["is not included in the list"]
    if errors:
        raise unprocessable(errors)


def plant(world: World, item: Item) -> None:
    """Nothing is required; ``account_id`` says whose it is."""
    account_id = accounts.of_item(world, item)
    if world.store["company_infos"].get(account_id):
        raise ControlError(f"{item.where}: the account has company info already.")
    given = {name: item.get(name, str) for name in BEFORE}
    values = {name: value for name, value in given.items() if value is not None}
    if values.get("info_level", LEVELS[0]) not in LEVELS:
        raise ControlError(f"{item.where}: info_level must be {' or '.join(LEVELS)}.")
    create(world, account_id, values)


SEEDS = [Seed("company_info", plant, after=("accounts", "domains", "verified_domains"))]
