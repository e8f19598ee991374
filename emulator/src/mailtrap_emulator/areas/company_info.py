# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who stands behind an account: without it no domain of it gets to the compliance review (facts 3.12).

The info is the account's, whichever of its domains it is given through. The level on that domain counts.
"""

from collections.abc import Collection
from typing import Any

from ..http.call import Call
from ..http.responses import not_found, unprocessable
from ..http.routing import Routes
from ..model.company_info import (
    EMPTY_COMPANY_INFO,
    INFO_LEVELS,
    REQUIRED_FIELDS,
    TEXT_FIELDS,
    URL_FIELDS,
    insert_company_info,
    parse_company_info,
)
from ..model.permissions import ADMIN, VIEWER
from ..model.validation import BLANK, INVALID, is_web_address
from ..state.store import Row
from .domains import find_domain

routes = Routes()
PATH = "domains/{domain_id}/company_info"


def show_company_info(info: Row) -> dict:
    return {"data": {name: info[name] for name in EMPTY_COMPANY_INFO}}


def find_company_info(call: Call) -> Row | None:
    return call.world.store["company_infos"].get(call.account_id)


@routes.get(PATH)
def get_company_info(call: Call) -> dict:
    """Before any was given every field is null but the level, which the specification does not let be null; whether
    the service answers so is unknown (facts 10)."""
    find_domain(call, VIEWER)
    return show_company_info(find_company_info(call) or EMPTY_COMPANY_INFO)


@routes.post(PATH)
def create_company_info(call: Call) -> dict:
    """Once for an account (facts 3.12); a second time is refused, as a change belongs into a PATCH."""
    find_domain(call, ADMIN)
    values = parse_company_info(call.wrapped_fields("company_info"))
    if find_company_info(call):
        raise unprocessable({"base": ["Company info already exists"]})
    check(EMPTY_COMPANY_INFO | values, REQUIRED_FIELDS)
    return show_company_info(insert_company_info(call.world, call.account_id, values))


@routes.patch(PATH)
def update_company_info(call: Call) -> dict:
    """Partial: only what is given is looked at (facts 3.12). 404 before any info was given."""
    find_domain(call, ADMIN)
    values = parse_company_info(call.wrapped_fields("company_info"))
    info = find_company_info(call)
    if info is None:
        raise not_found()
    check(values, [name for name in REQUIRED_FIELDS if name in values])
    switches = values.get("info_level", info["info_level"]) != info["info_level"]
    if switches and info["has_switched"]:
        raise unprocessable({"info_level": ["can be changed only once"]})
    call.world.store["company_infos"].update(info, **values, has_switched=info["has_switched"] or switches)
    return show_company_info(info)


def check(values: dict[str, Any], required: Collection[str]) -> None:
    errors: dict[str, list[str]] = {}
    for name in TEXT_FIELDS:
        value = values.get(name) or ""
        if name in required and not value.strip():
            errors.setdefault(name, []).append(BLANK)
        if name in URL_FIELDS and (value or name in required) and not is_web_address(value):
            errors.setdefault(name, []).append(INVALID)
    if values.get("info_level", INFO_LEVELS[0]) not in INFO_LEVELS:
        errors["info_level"] = ["is not included in the list"]
    if errors:
        raise unprocessable(errors)
