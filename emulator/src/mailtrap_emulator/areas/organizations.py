# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sub-accounts of organizations (docs/service.md#sub-accounts)."""

from ..http.call import Call
from ..http.responses import unprocessable
from ..http.routing import Routes
from ..model.accounts import insert_account
from ..model.permissions import ADMIN
from ..model.validation import cast_text, text_errors
from ..state.json_codec import JsonObject
from ..state.store import Row

routes = Routes(scoped=False, needs_account=False)

PATH = "organizations/{organization_id}/sub_accounts"


def select_sub_accounts(call: Call) -> list[Row]:
    """Return the accounts of the organization in the path.

    :raises HttpError: 403 if the token is not an admin of this organization, also if the organization does not exist.
    """
    organization_id = call.path_id("organization_id")
    call.require_level(call.access.organization(organization_id), ADMIN, "Access forbidden")
    return call.world.store["accounts"].select("organization", organization_id)


def show_sub_account(account: Row) -> JsonObject:
    """Convert a sub-account to its wire form."""
    return {"id": account["id"], "name": account["name"]}


@routes.get(PATH)
def list_sub_accounts(call: Call) -> list[JsonObject]:
    return [show_sub_account(account) for account in select_sub_accounts(call)]


@routes.post(PATH)
def create_sub_account(call: Call) -> JsonObject:
    """Create a sub-account with the owner of the first one.

    Names may repeat; whether the service allows it is unknown (docs/service.md#unknowns).
    """
    existing = select_sub_accounts(call)
    name = cast_text(call.wrapped_fields("account"), "name")
    errors = text_errors(name)
    if errors or name is None:
        raise unprocessable({"name": errors})
    owner = {field: existing[0][field] for field in ("owner_name", "owner_email")} if existing else {}
    account = insert_account(call.world, name, organization_id=call.path_id("organization_id"), **owner)
    return show_sub_account(account)
