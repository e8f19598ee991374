# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outbox: mail that was sent live, forwarded or sent by a campaign. The control plane shows it."""

from typing import Any

from ..mail.mime import parse_mail
from ..state.json_codec import JsonObject
from ..state.store import Row, TableSpec
from ..state.world import World
from .billing import STREAM_COUNTS, add_usage

OUTBOX = TableSpec("outbox", groups={"account": lambda row: row["account_id"]})
RAW_OUTBOX = TableSpec("raw_outbox")


def record_sent_mail(
    world: World, account_id: int, stream: str, raw: bytes, recipients: list[str], **fields: Any
) -> Row:
    """Add a message to the outbox. ``recipients`` is the envelope, including Bcc."""
    row = world.store["outbox"].add(
        {"account_id": account_id, "stream": stream, "sent_at": world.clock.stamp(), "recipients": recipients, **fields}
    )
    world.store["raw_outbox"].add({"id": row["id"], "raw": raw})
    if stream in STREAM_COUNTS:
        add_usage(world, account_id, STREAM_COUNTS[stream], len(recipients))
    return row


def store_raw_message(world: World, raw: bytes) -> int:
    """Store the bytes of a message that was not sent to anyone, and return their id in ``raw_outbox``."""
    raw_id = world.store.next_id(OUTBOX)
    world.store["raw_outbox"].add({"id": raw_id, "raw": raw})
    return raw_id


def show_sent_mail(world: World, row: Row) -> JsonObject:
    """Return a sent message as the control plane shows it: the row, the parsed message and the bytes as text."""
    raw = world.store["raw_outbox"][row["id"]]["raw"]
    mail = parse_mail(raw)
    return row | {
        "subject": mail.subject,
        "from": describe_person(mail.sender),
        "to": [describe_person(person) for person in mail.to],
        "cc": [describe_person(person) for person in mail.cc],
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


def describe_person(person: tuple[str, str]) -> dict[str, str]:
    """Convert a (name, address) pair to an object."""
    return {"name": person[0], "email": person[1]}


TABLES = [OUTBOX, RAW_OUTBOX]
