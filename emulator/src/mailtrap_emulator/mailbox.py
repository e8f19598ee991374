# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a sandbox holds and how mail comes and goes. The HTTP areas and the SMTP server both stand on this."""

from typing import Any

from . import usage
from .access import forget
from .mail import parse
from .store import Row, TableSpec
from .world import World

EMAIL_DOMAIN = "inbox.mailtrap.io"

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


def email_username(sandbox: Row) -> str:
    """The local part of the sandbox's own address: what was chosen, and a hash for life (facts 3.8)."""
    return f"{sandbox['alias']}-{sandbox['address_hash']}"


def max_size(world: World, sandbox: Row) -> int:
    """How many messages the sandbox keeps."""
    return sandbox["max_size"] or world.settings["max_size"]


def max_message_size(world: World, sandbox: Row) -> int:
    """How many bytes one message may have."""
    return sandbox["max_message_size"] or world.settings["max_message_size"]


def count_send(world: World, sandbox: Row) -> bool:
    """Count a message against the sandbox's rate; whether it may come in. Nothing may once the plan's messages are used
    up (facts 2.2)."""
    if usage.counts(world, sandbox["account_id"])[usage.CAUGHT] >= world.settings["caught_per_month"]:
        return False
    rate = world.settings["sandbox_sends_per_10_seconds"]
    return rate is None or world.windows.count("sandbox", sandbox["id"], world.clock.time(), rate, 10) >= 0


def deliver(
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
    store["sandboxes"].change(
        sandbox,
        used=True,
        sent_messages_count=sandbox["sent_messages_count"] + 1,
        last_message_sent_at=message["sent_at"],
    )
    usage.count(world, sandbox["account_id"], usage.CAUGHT)
    ids = store["messages"].ids("sandbox", sandbox["id"])
    while len(ids) > max_size(world, sandbox):
        remove_message(world, store["messages"].get(ids[0]))
    return message


def by_address(world: World, address: str) -> Row | None:
    """The sandbox that receives mail for an address of its own; what follows a ``+`` is free (facts 3.8)."""
    local, _, host = address.lower().partition("@")
    if host != EMAIL_DOMAIN:
        return None
    sandboxes = world.store["sandboxes"].of("address", local.partition("+")[0])
    return next((sandbox for sandbox in sandboxes if sandbox["email_username_enabled"]), None)


def remove_message(world: World, message: Row) -> None:
    """Delete a message with everything that belongs to it."""
    store = world.store
    for attachment in store["attachments"].of("message", message["id"]):
        store["attachments"].remove(attachment)
    store["raw_messages"].remove(store["raw_messages"].get(message["id"]))
    store["messages"].remove(message)


def clean(world: World, sandbox: Row) -> None:
    """Delete all messages of a sandbox."""
    # Newest first: taking the last entry off an ordered list is the cheap way to empty it.
    for message in reversed(world.store["messages"].of("sandbox", sandbox["id"])):
        remove_message(world, message)


def remove_sandbox(world: World, sandbox: Row) -> None:
    """Delete a sandbox with its messages."""
    clean(world, sandbox)
    world.store["sandboxes"].remove(sandbox)
    forget(world.store, sandbox["account_id"], "sandbox", sandbox["id"])
