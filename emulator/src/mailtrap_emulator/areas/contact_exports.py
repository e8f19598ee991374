# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact exports (docs/service.md#contact-jobs).

The file is written when the export ends. Its columns are e-mail, merge tags, status, ids of lists, and the times of
creation and update; no source describes the columns of the service. The URL of the file is signed, expires and needs
no token, as in a storage service.
"""

from hashlib import sha256
from hmac import compare_digest, digest
from typing import Any

from ..http.call import Call
from ..http.responses import TEXT, HttpError, Response, json_response, not_found, unprocessable
from ..http.routing import Routes
from ..model.contact_exports import EXPORTS, format_filter
from ..model.contact_jobs import begin_contact_job, contact_job_status
from ..model.contacts import is_integer
from ..model.permissions import ADMIN, VIEWER
from ..model.validation import ID_PATTERN
from ..state.json_codec import JsonObject
from ..state.store import Row
from ..state.world import World

routes = Routes(window="contacts")

ALREADY_RUNNING = "There is a previous export initiated. You will be notified by email once it is completed."
FILES_PATH = "contact_export_files"


def show_export(call: Call, row: Row) -> JsonObject:
    """Convert an export to its wire form. A finished one has a new URL each time."""
    status = contact_job_status(call.world, row)
    time_field = {"created": "created_at", "started": "started_at"}.get(status, "ended_at")
    return {
        "id": row["id"],
        "created_at": format_filter(row["created_at"]),
        "updated_at": format_filter(row[time_field]),
        "status": status,
        "url": make_file_url(call, row) if status == "finished" else None,
    }


@routes.post("contacts/exports")
def create_export(call: Call) -> Response:
    """Start an export. Without filters it contains all contacts.

    Invalid filters are reported as a text (E11 in docs/service.md#error-bodies).
    """
    call.require_level(call.access.account, ADMIN)
    filters = call.body.get("filters")
    filters = [] if filters is None else filters
    if not isinstance(filters, list) or not all(map(is_filter, filters)):
        raise HttpError(json_response({"errors": {"filters": "invalid"}}, 422))
    if call.world.store["contact_exports"].ids("running", call.account_id):
        raise unprocessable({"base": [ALREADY_RUNNING]})
    row = begin_contact_job(call.world, EXPORTS.name, account_id=call.account_id, filters=filters)
    return json_response(show_export(call, row), 201)


@routes.get("contacts/exports/{export_id}")
def get_export(call: Call) -> JsonObject:
    call.require_level(call.access.account, VIEWER)
    return show_export(call, call.find_row("contact_exports", "export_id"))


@routes.get(FILES_PATH + "/{name}", scoped=False, is_public=True, window=None)
def download_export(call: Call) -> Response:
    """Download the file of an export. An altered or expired URL is 403."""
    export_id, expires = call.params["name"].removesuffix(".csv.gz"), call.query("expires") or ""
    expected = sign_file_url(call.world, export_id, expires)
    if not compare_digest(expected.encode(), (call.query("signature") or "").encode()):
        return Response(403, b"The signature does not match", TEXT)
    if float(expires) < call.world.clock.time():
        return Response(403, b"Request has expired", TEXT)
    row = call.world.store["contact_exports"].get(int(export_id)) if ID_PATTERN.fullmatch(export_id) else None
    if row is None:
        raise not_found()
    disposition = f'attachment; filename="contacts-{export_id}.csv.gz"'
    return Response(200, row["raw"], "application/gzip", [("content-disposition", disposition)])


def make_file_url(call: Call, row: Row) -> str:
    """Make a signed URL of the file of an export."""
    expires = str(int(call.world.clock.time() + call.world.settings["contact_export_url_seconds"]))
    query = f"expires={expires}&signature={sign_file_url(call.world, str(row['id']), expires)}"
    return f"{call.base_url}/api/{FILES_PATH}/{row['id']}.csv.gz?{query}"


def sign_file_url(world: World, export_id: str, expires: str) -> str:
    """Return the signature of a file URL."""
    return digest(world.signing_key.encode(), f"{FILES_PATH}/{export_id}?{expires}".encode(), sha256).hex()


def is_filter(value: Any) -> bool:
    """Return whether a value is a filter of the specification. An unknown list is valid and matches nobody."""
    if not isinstance(value, dict) or value.get("operator") != "equal":
        return False
    operand = value.get("value")
    if value.get("name") == "list_id":
        return isinstance(operand, list) and all(map(is_integer, operand))
    return value.get("name") == "subscription_status" and operand in ("subscribed", "unsubscribed")
