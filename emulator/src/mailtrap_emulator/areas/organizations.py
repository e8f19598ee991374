# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations and their sub accounts (facts 3.6)."""

from ..access import ADMIN
from ..call import Call, text, text_errors
from ..replies import unprocessable
from ..routing import Routes
from ..store import Row
from . import accounts

routes = Routes(scoped=False, needs_account=False)

PATH = "organizations/{organization_id}/sub_accounts"


def members(call: Call) -> list[Row]:
    """The accounts of the organization in the path; only its own administering tokens learn of them.

    Any other id is a wrong organization and refused like a missing permission, whether it exists or not.
    """
    organization_id = call.id("organization_id")
    call.require(call.access.organization(organization_id), ADMIN, "Access forbidden")
    return call.world.store["accounts"].of("organization", organization_id)


def show(account: Row) -> dict:
    return {"id": account["id"], "name": account["name"]}


@routes.get(PATH)
def list_sub_accounts(call: Call) -> list:
    return [show(account) for account in members(call)]


@routes.post(PATH)
def create_sub_account(call: Call) -> dict:
    """Names may repeat: nothing is known to forbid it (facts 10). Whoever owns the first account owns this one too."""
    existing = members(call)
    name = text(call.wrapped("account"), "name")
    if errors := text_errors(name):
        raise unprocessable({"name": errors})
    owner = {field: existing[0][field] for field in ("owner_name", "owner_email")} if existing else {}
    return show(accounts.create(call.world, name, organization_id=call.id("organization_id"), **owner))
