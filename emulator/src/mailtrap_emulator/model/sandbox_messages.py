# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sandbox messages: delivery, deletion and seeds (docs/service.md#sandbox-messages)."""

from typing import Any

from ..mail.mime import parse_mail
from ..state.clock import iso_ms, parse_iso, parse_offset
from ..state.errors import ControlError
from ..state.json_codec import JsonObject
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .billing import CAUGHT_COUNT, add_usage
from .permissions import remove_grants
from .sandboxes import max_messages
from .send_requests import compose_request, parse_send_request

MESSAGES = TableSpec(
    "messages",
    5_000_000_001,
    groups={
        "sandbox": lambda row: row["sandbox_id"],
        "unread": lambda row: None if row["is_read"] else row["sandbox_id"],
    },
)
ATTACHMENTS = TableSpec("attachments", 790_000_001, groups={"message": lambda row: row["message_id"]})
# The bytes of messages, in a table of their own, so that marking a message as read does not write them again.
RAW_MESSAGES = TableSpec("raw_messages")


def deliver_message(
    world: World,
    sandbox: Row,
    raw: bytes,
    *,
    bcc: list[str],
    template_id: int | None = 0,
    template_variables: JsonObject | None = None,
    smtp: JsonObject | None = None,
    **fields: Any,
) -> Row:
    """Add a message to a sandbox. A full sandbox loses its oldest message (docs/service.md#sandboxes).

    ``bcc`` are recipients that the headers do not name, ``smtp`` is the envelope if the message arrived by SMTP, and
    ``fields`` override fields of the row.
    """
    mail = parse_mail(raw)
    now = world.clock.stamp()
    to = next((people[0] for people in (mail.to, mail.cc) if people), ("", bcc[0] if bcc else ""))
    store = world.store
    message = store["messages"].add(
        {
            "sandbox_id": sandbox["id"],
            "subject": mail.subject,
            "sent_at": now,
            "from_email": mail.sender[1],
            "from_name": mail.sender[0],
            "to_email": to[1],
            "to_name": to[0],
            "email_size": len(raw),
            "is_read": False,
            "created_at": now,
            "updated_at": now,
            "template_id": template_id,
            "template_variables": template_variables,
            "html_body_size": len((mail.html or "").encode()),
            "text_body_size": len((mail.text or "").encode()),
            "bcc": bcc,
            "smtp": smtp,
        }
        | fields
    )
    store["raw_messages"].add({"id": message["id"], "raw": raw})
    for index, part in enumerate(mail.parts):
        store["attachments"].add(
            {
                "message_id": message["id"],
                "index": index,
                "filename": part.filename,
                "attachment_type": "inline" if part.inline else "attachment",
                "content_type": part.media_type,
                "content_id": part.content_id,
                "transfer_encoding": part.transfer_encoding,
                "attachment_size": len(part.content),
                "created_at": message["created_at"],
                "updated_at": message["created_at"],
            }
        )
    store["sandboxes"].update(
        sandbox,
        used=True,
        sent_messages_count=sandbox["sent_messages_count"] + 1,
        last_message_sent_at=message["sent_at"],
    )
    add_usage(world, sandbox["account_id"], CAUGHT_COUNT)
    ids = store["messages"].ids("sandbox", sandbox["id"])
    while len(ids) > max_messages(world, sandbox):
        remove_message(world, store["messages"][ids[0]])
    return message


def remove_message(world: World, message: Row) -> None:
    """Delete a message with its attachments and bytes."""
    store = world.store
    for attachment in store["attachments"].select("message", message["id"]):
        store["attachments"].remove(attachment)
    store["raw_messages"].remove(store["raw_messages"][message["id"]])
    store["messages"].remove(message)


def remove_all_messages(world: World, sandbox: Row) -> None:
    """Delete all messages of a sandbox."""
    # Newest first, because the last id of an index is the cheapest to remove.
    for message in reversed(world.store["messages"].select("sandbox", sandbox["id"])):
        remove_message(world, message)


def remove_sandbox(world: World, sandbox: Row) -> None:
    """Delete a sandbox with its messages."""
    remove_all_messages(world, sandbox)
    world.store["sandboxes"].remove(sandbox)
    remove_grants(world.store, sandbox["account_id"], "sandbox", sandbox["id"])


TABLES = [MESSAGES, ATTACHMENTS, RAW_MESSAGES]


def find_raw_message(world: World, message: Row) -> bytes:
    """Return the bytes of a message."""
    raw: bytes = world.store["raw_messages"][message["id"]]["raw"]
    return raw


def seed_sandbox_message(world: World, item: FieldReader) -> None:
    """Deliver a message, which is ``raw`` (RFC 822) or the fields of a send request, to a sandbox."""
    sandbox = item.find_parent(world, "sandboxes", "sandbox_id")
    row_fields: Row = {**item.identity_fields(world, "messages")}
    if item.get("is_read", bool):
        row_fields["is_read"] = True
    created_at = item.get("created_at", str)
    if created_at is not None:
        try:
            stamp = iso_ms(parse_iso(created_at).astimezone(parse_offset("Z")))
        except (ValueError, OverflowError):
            raise ControlError(f"{item.location}: created_at must be an ISO-8601 time.") from None
        row_fields |= {"sent_at": stamp, "created_at": stamp, "updated_at": stamp}
    raw = item.get("raw", str)
    bcc: list[str] = []
    if raw is not None:
        data = raw.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    else:
        request, errors = parse_send_request(item.read_rest())
        if errors:
            raise ControlError(f"{item.location}: {errors[0]}.")
        data = compose_request(world, request)
        bcc = [person["email"] for person in request.bcc]
    deliver_message(world, sandbox, data, bcc=bcc, **row_fields)


SEEDS = [Seed("messages", seed_sandbox_message, after=("sandboxes",))]
