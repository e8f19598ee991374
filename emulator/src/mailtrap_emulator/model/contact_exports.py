# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact exports: filters, the CSV file and the job that writes it (facts 3.17)."""

import csv
import gzip
import io
from datetime import UTC, datetime
from typing import Any

from ..state.clock import iso_ms
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
    return iso_ms(datetime.fromtimestamp(seconds, UTC))


def matches_filters(contact: Row, item: dict) -> bool:
    """Whether a contact is in one of the filter's lists, or has its status."""
    if item["name"] == "list_id":
        return not set(item["value"]).isdisjoint(contact["list_ids"])
    return contact_status(contact) == item["value"]


def contacts_to_csv(contacts: list[Row], fields: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    tags = [row["merge_tag"] for row in fields]
    writer.writerow(["email", *tags, "status", "list_ids", "created_at", "updated_at"])
    for contact in contacts:
        values = map(format_csv_cell, contact_values(contact, fields).values())
        lists = " ".join(map(str, contact["list_ids"]))
        times = (format_filter(contact[name] / 1000) for name in ("created_at", "updated_at"))
        writer.writerow([contact["email"], *values, contact_status(contact), lists, *times])
    return out.getvalue()


def format_csv_cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def finish_export(world: World, payload: dict) -> None:
    """Make the file of those who pass all filters, by the time at which they came."""
    table = world.store["contact_exports"]
    row = table.get(payload["id"])
    everybody = world.store["contacts"].select("account", row["account_id"])
    contacts = [contact for contact in everybody if all(matches_filters(contact, item) for item in row["filters"])]
    content = contacts_to_csv(contacts, list_contact_fields(world, row["account_id"])).encode()
    now = world.clock.time()
    table.update(row, outcome="finished", ended_at=now, raw=gzip.compress(content, mtime=0))


JOBS = {EXPORTS.name: finish_export}
