# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact exports (facts 3.17).

The file is made when the export ends. Its columns are e-mail, the merge tags, status, ids of lists and the two times:
no source describes the real ones. It is served under an address that is signed and runs out, as a storage service
does it, and that needs no token.
"""

from hashlib import sha256
from hmac import compare_digest, digest
from typing import Any

from ..http.call import Call
from ..http.responses import TEXT, Response, json_response, not_found, unprocessable
from ..http.routing import Routes
from ..model.contact_exports import EXPORTS, format_filter
from ..model.contact_jobs import begin_contact_job, contact_job_status
from ..model.contacts import is_integer
from ..model.permissions import ADMIN, VIEWER
from ..model.validation import ID_PATTERN
from ..state.store import Row
from ..state.world import World

routes = Routes(window="contacts")

RUNNING = "There is a previous export initiated. You will be notified by email once it is completed."
FILE = "contact_export_files"


def show(call: Call, row: Row) -> dict:
    status = contact_job_status(call.world, row)
    changed_at = {"created": "created_at", "started": "started_at"}.get(status, "ended_at")
    return {
        "id": row["id"],
        "created_at": format_filter(row["created_at"]),
        "updated_at": format_filter(row[changed_at]),
        "status": status,
        "url": file_url(call, row) if status == "finished" else None,
    }


@routes.post("contacts/exports")
def create_export(call: Call) -> Response:
    """Without filters everybody is exported. What is wrong with filters is told as ``invalid``, a text (E11)."""
    call.require_level(call.access.account, ADMIN)
    filters = call.body.get("filters")
    filters = [] if filters is None else filters
    if not isinstance(filters, list) or not all(map(is_filter, filters)):
        raise unprocessable({"filters": "invalid"})
    if call.world.store["contact_exports"].ids("running", call.account_id):
        raise unprocessable({"base": [RUNNING]})
    row = begin_contact_job(call.world, EXPORTS.name, account_id=call.account_id, filters=filters)
    return json_response(show(call, row), 201)


@routes.get("contacts/exports/{export_id}")
def get_export(call: Call) -> dict:
    call.require_level(call.access.account, VIEWER)
    return show(call, call.find_row("contact_exports", "export_id"))


@routes.get(FILE + "/{name}", scoped=False, is_public=True, window=None)
def download(call: Call) -> Response:
    """403 for an address that was changed or has run out."""
    key, expires = call.params["name"].removesuffix(".csv.gz"), call.query("expires") or ""
    if not compare_digest(signature(call.world, key, expires).encode(), (call.query("signature") or "").encode()):
        return Response(403, b"The signature does not match", TEXT)
    if float(expires) < call.world.clock.time():
        return Response(403, b"Request has expired", TEXT)
    row = call.world.store["contact_exports"].get(int(key)) if ID_PATTERN.fullmatch(key) else None
    if row is None:
        raise not_found()
    disposition = f'attachment; filename="contacts-{key}.csv.gz"'
    return Response(200, row["raw"], "application/gzip", [("content-disposition", disposition)])


def file_url(call: Call, row: Row) -> str:
    expires = str(int(call.world.clock.time() + call.world.settings["contact_export_url_seconds"]))
    signed = f"expires={expires}&signature={signature(call.world, str(row['id']), expires)}"
    return f"{call.base_url}/api/{FILE}/{row['id']}.csv.gz?{signed}"


def signature(world: World, key: str, expires: str) -> str:
    return digest(world.signing_key.encode(), f"{FILE}/{key}?{expires}".encode(), sha256).hex()


def is_filter(item: Any) -> bool:
    """A filter as the specification has it. A list that is not there is no mistake: it has no members."""
    if not isinstance(item, dict) or item.get("operator") != "equal":
        return False
    value = item.get("value")
    if item.get("name") == "list_id":
        return isinstance(value, list) and all(map(is_integer, value))
    return item.get("name") == "subscription_status" and value in ("subscribed", "unsubscribed")
