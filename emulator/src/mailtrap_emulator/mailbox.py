# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a sandbox holds and how mail comes and goes. The HTTP areas and the SMTP server both stand on this."""

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
