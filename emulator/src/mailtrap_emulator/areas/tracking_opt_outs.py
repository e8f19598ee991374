# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tracking opt-outs: addresses whose opens and clicks are not tracked (docs/service.md#tracking-opt-outs)."""

from ..http.call import Call
from ..http.responses import Response, json_response, unprocessable
from ..http.routing import Routes
from ..model.suppressions import find_address_errors
from ..model.tracking_opt_outs import insert_tracking_opt_out
from ..model.validation import BLANK, cast_text
from ..state.json_codec import JsonObject
from ..state.store import Row
from .suppressions import find_body_domain, find_deletable, find_page

routes = Routes(scoped=False)


def show_tracking_opt_out(row: Row) -> JsonObject:
    """Convert a tracking opt-out to its wire form."""
    names = ("email", "created_at", "domain_name")
    return {"id": row["uuid"]} | {name: row[name] for name in names}


@routes.get("tracking_opt_outs")
def list_tracking_opt_outs(call: Call) -> JsonObject:
    """List tracking opt-outs, newest first. ``last_id`` is null on the last page."""
    rows, has_more = find_page(call, "tracking_opt_outs")
    return {"data": [show_tracking_opt_out(row) for row in rows], "last_id": rows[-1]["uuid"] if has_more else None}


@routes.post("tracking_opt_outs")
def create_tracking_opt_out(call: Call) -> Response:
    """Create a tracking opt-out. Its errors are assumed to be those of suppressions."""
    domain = find_body_domain(call)
    email = cast_text(call.body, "email")
    errors = {"email": find_address_errors(email), "domain": [] if domain else [BLANK]}
    if domain is None or email is None or any(errors.values()):
        raise unprocessable({name: texts for name, texts in errors.items() if texts})
    same_address = call.world.store["tracking_opt_outs"].select("address", (call.account_id, email.lower()))
    if any(row["domain_id"] == domain["id"] for row in same_address):
        raise unprocessable({"email": ["has already been taken"]})
    row = insert_tracking_opt_out(
        call.world, call.account_id, email=email, domain_id=domain["id"], domain_name=domain["domain_name"]
    )
    return json_response({"data": show_tracking_opt_out(row)}, 201)


@routes.delete("tracking_opt_outs/{tracking_opt_out_id}")
def delete_tracking_opt_out(call: Call) -> JsonObject:
    row = find_deletable(call, "tracking_opt_outs", "tracking_opt_out_id")
    call.world.store["tracking_opt_outs"].remove(row)
    return show_tracking_opt_out(row)
