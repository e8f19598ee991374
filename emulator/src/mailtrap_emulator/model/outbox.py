# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mail that left: what live streams sent and what sandboxes forwarded (read on the control plane)."""

from typing import Any

from ..mail.mime import parse
from ..state.store import Row, TableSpec
from ..state.world import World
from .billing import STREAM_COUNTS, add_usage

OUTBOX = TableSpec("outbox", groups={"account": lambda row: row["account_id"]})
RAW_OUTBOX = TableSpec("raw_outbox")


def record_sent_mail(
    world: World, account_id: int, stream: str, raw: bytes, recipients: list[str], **fields: Any
) -> Row:
    """Note a message as sent. ``recipients`` is the envelope, Bcc included."""
    row = world.store["outbox"].add(
        {"account_id": account_id, "stream": stream, "sent_at": world.clock.stamp(), "recipients": recipients, **fields}
    )
    world.store["raw_outbox"].add({"id": row["id"], "raw": raw})
    if stream in STREAM_COUNTS:
        add_usage(world, account_id, STREAM_COUNTS[stream], len(recipients))
    return row


def keep_raw(world: World, raw: bytes) -> int:
    """Keep the bytes of a message that nobody was sent; the id under which ``raw_outbox`` has them."""
    return world.store["raw_outbox"].add({"id": world.store.next_id(OUTBOX), "raw": raw})["id"]


def show_sent_mail(world: World, row: Row) -> dict:
    """A sent message with what its bytes say, and the bytes as text."""
    raw = world.store["raw_outbox"].get(row["id"])["raw"]
    mail = parse(raw)
    return row | {
        "subject": mail.subject,
        "from": describe_person(mail.sender),
        "to": [describe_person(one) for one in mail.to],
        "cc": [describe_person(one) for one in mail.cc],
        "text": mail.text,
        "html": mail.html,
        "headers": [[name, value] for name, value in mail.headers],
        "attachments": [
            {
                "filename": part.filename,
                "type": part.media_type,
                "disposition": "inline" if part.inline else "attachment",
                "content_id": part.content_id,
                "size": len(part.content),
            }
            for part in mail.parts
        ],
        "raw": raw.decode(errors="replace"),
    }


def describe_person(pair: tuple[str, str]) -> dict[str, str]:
    return {"name": pair[0], "email": pair[1]}


TABLES = [OUTBOX, RAW_OUTBOX]
