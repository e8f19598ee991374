# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tracking opt-outs: addresses whose opens and clicks are not followed (facts 11). Made like suppressions."""

from ..http.call import Call
from ..http.responses import Response, json_response, unprocessable
from ..http.routing import Routes
from ..model.suppressions import find_address_errors
from ..model.tracking_opt_outs import insert_tracking_opt_out
from ..model.validation import BLANK, cast_text
from ..state.store import Row
from .suppressions import find_deletable, find_page, find_writable_domain

routes = Routes(scoped=False)


def show_tracking_opt_out(row: Row) -> dict:
    names = ("email", "created_at", "domain_name")
    return {"id": row["uuid"]} | {name: row[name] for name in names}


@routes.get("tracking_opt_outs")
def list_tracking_opt_outs(call: Call) -> dict:
    """``last_id`` is null where nothing follows (inferred)."""
    rows, has_more = find_page(call, "tracking_opt_outs")
    return {"data": [show_tracking_opt_out(row) for row in rows], "last_id": rows[-1]["uuid"] if has_more else None}


@routes.post("tracking_opt_outs")
def create_tracking_opt_out(call: Call) -> Response:
    """Errors as for suppressions (inferred)."""
    domain = find_writable_domain(call)
    email = cast_text(call.body, "email")
    errors = {"email": find_address_errors(email), "domain": [] if domain else [BLANK]}
    found = {name: sentences for name, sentences in errors.items() if sentences}
    if not found:
        rows = call.world.store["tracking_opt_outs"].select("address", (call.account_id, email.lower()))
        if any(row["domain_id"] == domain["id"] for row in rows):
            found = {"email": ["has already been taken"]}
    if found:
        raise unprocessable(found)
    row = insert_tracking_opt_out(
        call.world, call.account_id, email=email, domain_id=domain["id"], domain_name=domain["domain_name"]
    )
    return json_response({"data": show_tracking_opt_out(row)}, 201)


@routes.delete("tracking_opt_outs/{tracking_opt_out_id}")
def delete_tracking_opt_out(call: Call) -> dict:
    row = find_deletable(call, "tracking_opt_outs", "tracking_opt_out_id")
    call.world.store["tracking_opt_outs"].remove(row)
    return show_tracking_opt_out(row)
