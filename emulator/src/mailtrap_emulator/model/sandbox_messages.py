# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sandbox messages: delivery, removal and seeds (facts 3.9)."""

from typing import Any

from ..mail.mime import parse
from ..state.clock import iso_ms, parse_iso, parse_offset
from ..state.errors import ControlError
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
# The bytes of a message apart from what is said about it: marking it read must not write it to disk again.
RAW_MESSAGES = TableSpec("raw_messages")


def deliver_message(
    world: World,
    sandbox: Row,
    raw: bytes,
    *,
    bcc: list[str],
    template_id: int | None = 0,
    template_variables: dict | None = None,
    smtp: dict | None = None,
    **given: Any,
) -> Row:
    """Take a message into a sandbox; the oldest one goes when the sandbox is full (facts 1.11).

    ``bcc`` are the recipients that the message itself does not name, ``smtp`` is the envelope of mail that came by
    SMTP, ``given`` are fields that a seed fixes.
    """
    mail = parse(raw)
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
        | given
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
        remove_message(world, store["messages"].get(ids[0]))
    return message


def remove_message(world: World, message: Row) -> None:
    """Delete a message with everything that belongs to it."""
    store = world.store
    for attachment in store["attachments"].select("message", message["id"]):
        store["attachments"].remove(attachment)
    store["raw_messages"].remove(store["raw_messages"].get(message["id"]))
    store["messages"].remove(message)


def remove_all_messages(world: World, sandbox: Row) -> None:
    """Delete all messages of a sandbox."""
    # Newest first: taking the last entry off an ordered list is the cheap way to empty it.
    for message in reversed(world.store["messages"].select("sandbox", sandbox["id"])):
        remove_message(world, message)


def remove_sandbox(world: World, sandbox: Row) -> None:
    """Delete a sandbox with its messages."""
    remove_all_messages(world, sandbox)
    world.store["sandboxes"].remove(sandbox)
    remove_grants(world.store, sandbox["account_id"], "sandbox", sandbox["id"])


TABLES = [MESSAGES, ATTACHMENTS, RAW_MESSAGES]


def find_raw_message(world: World, message: Row) -> bytes:
    return world.store["raw_messages"].get(message["id"])["raw"]


def seed_sandbox_message(world: World, item: FieldReader) -> None:
    """``raw`` (RFC 822 text), or the fields of a send request."""
    sandbox = item.find_parent(world, "sandboxes", "sandbox_id")
    given = item.identity_fields(world, "messages")
    if item.get("is_read", bool):
        given["is_read"] = True
    moment = item.get("created_at", str)
    if moment is not None:
        try:
            stamp = iso_ms(parse_iso(moment).astimezone(parse_offset("Z")))
        except (ValueError, OverflowError):
            raise ControlError(f"{item.location}: created_at must be an ISO-8601 time.") from None
        given |= {"sent_at": stamp, "created_at": stamp, "updated_at": stamp}
    raw = item.get("raw", str)
    bcc: list[str] = []
    if raw is not None:
        data = raw.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    else:
        payload = item.read_rest()
        fields, errors = parse_send_request(payload)
        if errors:
            raise ControlError(f"{item.location}: {errors[0]}.")
        data = compose_request(world, fields)
        bcc = [one["email"] for one in fields.bcc]
    deliver_message(world, sandbox, data, bcc=bcc, **given)


SEEDS = [Seed("messages", seed_sandbox_message, after=("sandboxes",))]
