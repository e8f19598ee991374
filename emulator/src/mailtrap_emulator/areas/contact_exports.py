# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact exports (facts 3.17).

The file is made when the export ends. Its columns are e-mail, the merge tags, status, ids of lists and the two times:
no source describes the real ones. It is served under an address that is signed and runs out, as a storage service
does it, and that needs no token.
"""

import csv
import gzip
import io
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Any

from .. import contact_book, contact_jobs
from ..access import ADMIN, VIEWER
from ..call import ID, Call
from ..clock import iso_ms
from ..contact_book import is_whole
from ..replies import TEXT, Reply, json_reply, not_found, unprocessable
from ..routing import Routes
from ..store import Row, TableSpec
from ..world import World

EXPORTS = TableSpec(
    "contact_exports",
    600,
    groups={"running": lambda row: row["account_id"] if row["outcome"] is None else None},
)
TABLES = [EXPORTS]
routes = Routes(window="contacts")

RUNNING = "There is a previous export initiated. You will be notified by email once it is completed."
FILE = "contact_export_files"


def show(call: Call, row: Row) -> dict:
    status = contact_jobs.status(call.world, row)
    changed_at = {"created": "created_at", "started": "started_at"}.get(status, "ended_at")
    return {
        "id": row["id"],
        "created_at": written(row["created_at"]),
        "updated_at": written(row[changed_at]),
        "status": status,
        "url": file_url(call, row) if status == "finished" else None,
    }


def written(seconds: float) -> str:
    return iso_ms(datetime.fromtimestamp(seconds, UTC))


@routes.post("contacts/exports")
def create_export(call: Call) -> Reply:
    """Without filters everybody is exported. What is wrong with filters is told as ``invalid``, a text (E11)."""
    call.require(call.access.account, ADMIN)
    filters = call.body.get("filters")
    filters = [] if filters is None else filters
    if not isinstance(filters, list) or not all(map(is_filter, filters)):
        raise unprocessable({"filters": "invalid"})
    if call.world.store["contact_exports"].ids("running", call.account_id):
        raise unprocessable({"base": [RUNNING]})
    row = contact_jobs.begin(call.world, EXPORTS.kind, account_id=call.account_id, filters=filters)
    return json_reply(show(call, row), 201)


@routes.get("contacts/exports/{export_id}")
def get_export(call: Call) -> dict:
    call.require(call.access.account, VIEWER)
    return show(call, call.row("contact_exports", "export_id"))


@routes.get(FILE + "/{name}", scoped=False, is_public=True, window=None)
def download(call: Call) -> Reply:
    """403 for an address that was changed or has run out."""
    key, expires = call.params["name"].removesuffix(".csv.gz"), call.query("expires") or ""
    if not compare_digest(signature(call.world, key, expires).encode(), (call.query("signature") or "").encode()):
        return Reply(403, b"The signature does not match", TEXT)
    if float(expires) < call.world.clock.time():
        return Reply(403, b"Request has expired", TEXT)
    row = call.world.store["contact_exports"].get(int(key)) if ID.fullmatch(key) else None
    if row is None:
        raise not_found()
    disposition = f'attachment; filename="contacts-{key}.csv.gz"'
    return Reply(200, row["raw"], "application/gzip", [("content-disposition", disposition)])


def file_url(call: Call, row: Row) -> str:
    expires = str(int(call.world.clock.time() + call.world.settings["contact_export_url_seconds"]))
    signed = f"expires={expires}&signature={signature(call.world, str(row['id']), expires)}"
    return f"{call.base_url}/api/{FILE}/{row['id']}.csv.gz?{signed}"


def signature(world: World, key: str, expires: str) -> str:
    return digest(world.secret.encode(), f"{FILE}/{key}?{expires}".encode(), sha256).hex()


def is_filter(item: Any) -> bool:
    """A filter as the specification has it. A list that is not there is no mistake: it has no members."""
    if not isinstance(item, dict) or item.get("operator") != "equal":
        return False
    value = item.get("value")
    if item.get("name") == "list_id":
        return isinstance(value, list) and all(map(is_whole, value))
    return item.get("name") == "subscription_status" and value in ("subscribed", "unsubscribed")


def passes(contact: Row, item: dict) -> bool:
    """Whether a contact is in one of the filter's lists, or has its status."""
    if item["name"] == "list_id":
        return not set(item["value"]).isdisjoint(contact["list_ids"])
    return contact_book.status(contact) == item["value"]


def as_csv(contacts: list[Row], fields: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    tags = [row["merge_tag"] for row in fields]
    writer.writerow(["email", *tags, "status", "list_ids", "created_at", "updated_at"])
    for contact in contacts:
        values = map(cell, contact_book.values_of(contact, fields).values())
        lists = " ".join(map(str, contact["list_ids"]))
        times = (written(contact[name] / 1000) for name in ("created_at", "updated_at"))
        writer.writerow([contact["email"], *values, contact_book.status(contact), lists, *times])
    return out.getvalue()


def cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def finish(world: World, payload: dict) -> None:
    """Make the file of those who pass all filters, by the time at which they came."""
    table = world.store["contact_exports"]
    row = table.get(payload["id"])
    everybody = world.store["contacts"].of("account", row["account_id"])
    contacts = [contact for contact in everybody if all(passes(contact, item) for item in row["filters"])]
    content = as_csv(contacts, contact_book.fields_of(world, row["account_id"])).encode()
    now = world.clock.time()
    table.change(row, outcome="finished", ended_at=now, raw=gzip.compress(content, mtime=0))


JOBS = {EXPORTS.kind: finish}
