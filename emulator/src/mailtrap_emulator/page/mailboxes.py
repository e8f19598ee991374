# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mailboxes of the page: sandboxes, the sent mail of an account, and inbound inboxes."""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from json import dumps

from ..mail.mime import ParsedMail, parse_mail
from ..state.store import Row
from ..state.world import World

# Mails on one page of a list.
PER_PAGE = 50
# All paths of the page except "/" start with this.
PREFIX = "/mail/"

BLANK_LINE = re.compile(rb"\r?\n\r?\n")
# The maximum number of bytes of headers that a list parses.
MAX_HEADER_SIZE = 65_536

# Labels and values that the page shows with a mail.
Details = list[tuple[str, str]]


@dataclass(frozen=True)
class MailboxKind:
    """A kind of mailbox, and where the store keeps its mail.

    * ``path``, ``label``: its path segment and its name on the page.
    * ``make_title``: returns the title of a mailbox.
    * ``owner_table``: the table of the objects that own the mailboxes.
    * ``mail_table``, ``raw_table``: the tables of the mails and of their bytes.
    * ``owner_group``, ``unread_group``: the groups of the mail table that list all and the unread mails of an owner.
      ``unread_group`` is None if the emulator does not know which mails were read.
    * ``time_field``: the field of a mail with its time of arrival.
    * ``describe``: returns details of a mail that its bytes do not contain.
    """

    path: str
    label: str
    make_title: Callable[[Row], str]
    owner_table: str
    mail_table: str
    raw_table: str
    owner_group: str
    time_field: str
    describe: Callable[[Row], Details]
    unread_group: str | None = None


@dataclass(frozen=True)
class MailEntry:
    """A mail in a list. ``time`` is in ISO 8601 and UTC, ``size`` in bytes."""

    url: str
    sender: str
    recipients: str
    subject: str
    time: str
    size: int
    is_unread: bool


class Mailbox:
    """A mailbox with its mail."""

    def __init__(self, world: World, kind: MailboxKind, owner: Row) -> None:
        self.kind = kind
        self.owner = owner
        self.title = kind.make_title(owner)
        self.url = f"{PREFIX}{kind.path}/{owner['id']}"
        self.mails = world.store[kind.mail_table]
        # The ids ascend in the order of arrival.
        self.ids = self.mails.ids(kind.owner_group, owner["id"])
        self._raw_mails = world.store[kind.raw_table]

    @property
    def page_count(self) -> int:
        """The number of pages of the list. An empty list has one."""
        return max(1, -(-len(self.ids) // PER_PAGE))

    @property
    def unread_count(self) -> int:
        """The number of unread mails, or 0 if it is unknown."""
        return len(self.mails.ids(self.kind.unread_group, self.owner["id"])) if self.kind.unread_group else 0

    def first_number(self, page: int) -> int:
        """Return the number of the first mail on a page. The newest mail and the first page have number 1."""
        return (page - 1) * PER_PAGE + 1

    def list_entries(self, page: int) -> list[MailEntry]:
        """Return the mails on a page of the list, newest first."""
        end = len(self.ids) - self.first_number(page) + 1
        return [self.make_entry(self.mails[key]) for key in reversed(self.ids[max(0, end - PER_PAGE) : end])]

    def make_entry(self, mail: Row) -> MailEntry:
        """Return the list entry of a mail."""
        raw = self.get_raw(mail)
        # Parsing all attachments would make a list slow.
        match = BLANK_LINE.search(raw, 0, MAX_HEADER_SIZE)
        headers = parse_headers(raw[: match.end() if match else MAX_HEADER_SIZE])
        return MailEntry(
            url=f"{self.url}/{mail['id']}",
            sender=headers.sender[0] or headers.sender[1],
            recipients=", ".join(mail.get("recipients") or list_recipients(headers) or mail.get("bcc") or []),
            subject=headers.subject,
            time=mail[self.kind.time_field],
            size=len(raw),
            is_unread=not mail.get("is_read", True),
        )

    def find(self, mail_id: int) -> Row | None:
        """Return the mail with this id, or None if it is not in the mailbox."""
        position = self._count_older(mail_id)
        return self.mails.get(mail_id) if self.ids[position : position + 1] == [mail_id] else None

    def get_raw(self, mail: Row) -> bytes:
        """Return the bytes of a mail."""
        raw: bytes = self._raw_mails[mail["id"]]["raw"]
        return raw

    def neighbour_urls(self, mail_id: int) -> tuple[str | None, str | None]:
        """Return the URLs of the next newer and the next older mail. None means that there is no such mail."""
        position = self._count_older(mail_id)
        newer = f"{self.url}/{self.ids[position + 1]}" if position + 1 < len(self.ids) else None
        older = f"{self.url}/{self.ids[position - 1]}" if position > 0 else None
        return newer, older

    def list_url(self, mail_id: int) -> str:
        """Return the URL of the page of the list that contains a mail."""
        return f"{self.url}?page={(len(self.ids) - 1 - self._count_older(mail_id)) // PER_PAGE + 1}"

    def _count_older(self, mail_id: int) -> int:
        """Return how many mails are older than a mail, which is also its position in ``ids``."""
        return bisect_left(self.ids, mail_id)


# An open list refreshes itself every few seconds.
parse_headers = lru_cache(maxsize=1000)(parse_mail)


def list_recipients(mail: ParsedMail) -> list[str]:
    """Return the names, or else the addresses, of the visible recipients of a mail."""
    return [name or address for name, address in (*mail.to, *mail.cc)]


def describe_sandbox_mail(mail: Row) -> Details:
    """Return the blind copies and the SMTP envelope of a mail in a sandbox."""
    envelope = mail["smtp"]
    details = {
        "Blind copies": ", ".join(mail["bcc"]),
        "By SMTP": envelope and f"from {envelope['mail_from_addr'] or '<>'} to {', '.join(envelope['rcpt_to_addrs'])}",
    }
    return [(label, value) for label, value in details.items() if value]


def describe_sent_mail(mail: Row) -> Details:
    """Return the stream, recipients, category and variables of a sent mail."""
    variables = mail.get("custom_variables")
    details = {
        "Stream": mail["stream"],
        "Delivered to": ", ".join(mail["recipients"]),
        "Category": mail.get("category"),
        "Variables": variables and dumps(variables, ensure_ascii=False),
    }
    return [(label, value) for label, value in details.items() if value]


def describe_inbound_mail(mail: Row) -> Details:
    """Return the address that an inbound mail was sent to."""
    return [("Arrived for", mail["address"])]


SANDBOX_KIND = MailboxKind(
    path="sandboxes",
    label="sandbox",
    make_title=lambda sandbox: sandbox["name"],
    owner_table="sandboxes",
    mail_table="messages",
    raw_table="raw_messages",
    owner_group="sandbox",
    time_field="created_at",
    describe=describe_sandbox_mail,
    unread_group="unread",
)
SENT_KIND = MailboxKind(
    path="sent",
    label="account",
    make_title=lambda account: "Sent mail",
    owner_table="accounts",
    mail_table="outbox",
    raw_table="raw_outbox",
    owner_group="account",
    time_field="sent_at",
    describe=describe_sent_mail,
)
INBOUND_KIND = MailboxKind(
    path="inboxes",
    label="inbound inbox",
    make_title=lambda inbox: f"{inbox['name']}, {inbox['address']}",
    owner_table="inbound_inboxes",
    mail_table="inbound_messages",
    raw_table="raw_inbound",
    owner_group="inbox",
    time_field="received_at",
    describe=describe_inbound_mail,
)
MAILBOX_KINDS = {kind.path: kind for kind in (SANDBOX_KIND, SENT_KIND, INBOUND_KIND)}
