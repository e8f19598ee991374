# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Company info: the company of an account, which the compliance review of its domains needs.

An account has one company info (docs/service.md#company-info). The path names any domain of the account, and the
token needs its level on that domain.
"""

from collections.abc import Collection

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
from ..state.json_codec import JsonObject
from ..state.store import Row
from .domains import find_domain

routes = Routes()
PATH = "domains/{domain_id}/company_info"


def show_company_info(info: Row) -> JsonObject:
    """Convert a company info to its wire form."""
    return {"data": {name: info[name] for name in EMPTY_COMPANY_INFO}}


def find_company_info(call: Call) -> Row | None:
    """Return the company info of the token's account, or None before it was created."""
    return call.world.store["company_infos"].get(call.account_id)


@routes.get(PATH)
def get_company_info(call: Call) -> JsonObject:
    """Show the company info, or an empty one before it was created.

    What the service answers in that case is unknown (docs/service.md#unknowns). In an empty one all fields are null
    except ``info_level``, which cannot be null according to the specification.
    """
    find_domain(call, VIEWER)
    return show_company_info(find_company_info(call) or EMPTY_COMPANY_INFO)


@routes.post(PATH)
def create_company_info(call: Call) -> JsonObject:
    """Create the company info of the account. A second creation is refused; this is assumed, no source says so."""
    find_domain(call, ADMIN)
    values = parse_company_info(call.wrapped_fields("company_info"))
    if find_company_info(call):
        raise unprocessable({"base": ["Company info already exists"]})
    check_company_info(EMPTY_COMPANY_INFO | values, REQUIRED_FIELDS)
    return show_company_info(insert_company_info(call.world, call.account_id, values))


@routes.patch(PATH)
def update_company_info(call: Call) -> JsonObject:
    """Update the given fields of the company info. It is 404 before the company info was created."""
    find_domain(call, ADMIN)
    values = parse_company_info(call.wrapped_fields("company_info"))
    info = find_company_info(call)
    if info is None:
        raise not_found()
    check_company_info(values, [name for name in REQUIRED_FIELDS if name in values])
    changes_level = values.get("info_level", info["info_level"]) != info["info_level"]
    if changes_level and info["has_switched"]:
        raise unprocessable({"info_level": ["can be changed only once"]})
    call.world.store["company_infos"].update(info, **values, has_switched=info["has_switched"] or changes_level)
    return show_company_info(info)


def check_company_info(values: JsonObject, required: Collection[str]) -> None:
    """Validate values of a company info. The ``required`` fields must not be blank.

    :raises HttpError: 422 with all errors.
    """
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
