# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts (docs/service.md#accounts)."""

from ..http.call import Call
from ..http.routing import Routes
from ..model.permissions import AccessLevels
from ..state.json_codec import JsonObject

routes = Routes(scoped=False, needs_account=False)


@routes.get("accounts")
def list_accounts(call: Call) -> list[JsonObject]:
    """List the account of the token, or all accounts of the organization for an organization token."""
    table = call.world.store["accounts"]
    organization_id = call.token.get("organization_id")
    rows = table.select("organization", organization_id) if organization_id else [table.get(call.account_id)]
    return [
        {"id": row["id"], "name": row["name"], "access_levels": AccessLevels(call.token).levels()}
        for row in rows
        if row
    ]
