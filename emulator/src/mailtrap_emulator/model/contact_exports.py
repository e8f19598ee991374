# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact exports: filters, the CSV file and the job that writes it (docs/service.md#contact-jobs)."""

import csv
import gzip
import io
from datetime import UTC, datetime
from typing import Any

from ..state.clock import iso_ms
from ..state.json_codec import JsonObject
from ..state.store import Row, TableSpec
from ..state.world import World
from .contacts import contact_status, contact_values, list_contact_fields

EXPORTS = TableSpec(
    "contact_exports",
    600,
    groups={"running": lambda row: row["account_id"] if row["outcome"] is None else None},
)
TABLES = [EXPORTS]


def format_filter(seconds: float) -> str:
    """Return a time in seconds since the epoch as ISO 8601 with milliseconds."""
    return iso_ms(datetime.fromtimestamp(seconds, UTC))


def matches_filters(contact: Row, export_filter: JsonObject) -> bool:
    """Return whether a contact matches a filter: is in one of its lists, or has its status."""
    if export_filter["name"] == "list_id":
        return not set(export_filter["value"]).isdisjoint(contact["list_ids"])
    return contact_status(contact) == export_filter["value"]


def contacts_to_csv(contacts: list[Row], fields: list[Row]) -> str:
    """Return the CSV file of contacts, with a column for each contact field."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    merge_tags = [row["merge_tag"] for row in fields]
    writer.writerow(["email", *merge_tags, "status", "list_ids", "created_at", "updated_at"])
    for contact in contacts:
        values = map(format_csv_cell, contact_values(contact, fields).values())
        list_ids = " ".join(map(str, contact["list_ids"]))
        timestamps = (format_filter(contact[name] / 1000) for name in ("created_at", "updated_at"))
        writer.writerow([contact["email"], *values, contact_status(contact), list_ids, *timestamps])
    return buffer.getvalue()


def format_csv_cell(value: Any) -> Any:
    """Return a value as it appears in the CSV file: booleans in lower case."""
    return str(value).lower() if isinstance(value, bool) else value


def finish_export(world: World, payload: JsonObject) -> None:
    """Write the file of an export with the contacts that match all its filters."""
    table = world.store["contact_exports"]
    row = table[payload["id"]]
    candidates = world.store["contacts"].select("account", row["account_id"])
    contacts = [
        contact
        for contact in candidates
        if all(matches_filters(contact, export_filter) for export_filter in row["filters"])
    ]
    content = contacts_to_csv(contacts, list_contact_fields(world, row["account_id"])).encode()
    now = world.clock.time()
    table.update(row, outcome="finished", ended_at=now, raw=gzip.compress(content, mtime=0))


JOBS = {EXPORTS.name: finish_export}
