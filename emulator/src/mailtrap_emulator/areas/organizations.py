# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations and their sub accounts (facts 3.6)."""

from ..http.call import Call
from ..http.responses import unprocessable
from ..http.routing import Routes
from ..model.accounts import insert_account
from ..model.permissions import ADMIN
from ..model.validation import cast_text, text_errors
from ..state.store import Row

routes = Routes(scoped=False, needs_account=False)

PATH = "organizations/{organization_id}/sub_accounts"


def members(call: Call) -> list[Row]:
    """The accounts of the organization in the path; only its own administering tokens learn of them.

    Any other id is a wrong organization and refused like a missing permission, whether it exists or not.
    """
    organization_id = call.path_id("organization_id")
    call.require_level(call.access.organization(organization_id), ADMIN, "Access forbidden")
    return call.world.store["accounts"].select("organization", organization_id)


def show(account: Row) -> dict:
    return {"id": account["id"], "name": account["name"]}


@routes.get(PATH)
def list_sub_accounts(call: Call) -> list:
    return [show(account) for account in members(call)]


@routes.post(PATH)
def create_sub_account(call: Call) -> dict:
    """Names may repeat: nothing is known to forbid it (facts 10). Whoever owns the first account owns this one too."""
    existing = members(call)
    name = cast_text(call.wrapped_fields("account"), "name")
    if errors := text_errors(name):
        raise unprocessable({"name": errors})
    owner = {field: existing[0][field] for field in ("owner_name", "owner_email")} if existing else {}
    return show(insert_account(call.world, name, organization_id=call.path_id("organization_id"), **owner))
