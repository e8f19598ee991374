# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The places where mail can be looked at: sandboxes, what an account has sent, inbound inboxes."""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from json import dumps

from ..mail.mime import Parsed, parse
from ..state.store import Row
from ..state.world import World

PER_PAGE = 50
# Everything of the page but its entrance is below this path.
PREFIX = "/mail/"

BLANK_LINE = re.compile(rb"\r?\n\r?\n")
# How far the headers of a mail are read for a list, bytes.
HEAD = 65_536

Notes = list[tuple[str, str]]


@dataclass(frozen=True)
class MailboxKind:
    """One kind of place.

    ``owners`` is the table of the places, ``mails`` the one of what they hold, where ``group`` is the index by place
    and ``time`` the field that tells when a mail came; ``raws`` has its bytes. ``unread`` is the index of what nobody
    has read, where that is known, and ``notes`` tells of a mail what its bytes do not.
    """

    path: str
    word: str
    title: Callable[[Row], str]
    owners: str
    mails: str
    group: str
    raws: str
    time: str
    notes: Callable[[Row], Notes]
    unread: str | None = None


@dataclass(frozen=True)
class MailEntry:
    """A mail in a list, all as text. ``time`` is ISO-8601 in UTC, ``size`` in bytes."""

    url: str
    sender: str
    recipients: str
    subject: str
    time: str
    size: int
    is_unread: bool


class Mailbox:
    """One place with its mail."""

    def __init__(self, world: World, kind: MailboxKind, owner: Row) -> None:
        self.kind = kind
        self.owner = owner
        self.title = kind.title(owner)
        self.url = f"{PREFIX}{kind.path}/{owner['id']}"
        self.mails = world.store[kind.mails]
        # By ascending id, which is by arrival.
        self.ids = self.mails.ids(kind.group, owner["id"])
        self._raws = world.store[kind.raws]

    @property
    def pages(self) -> int:
        """How many pages the list has; an empty one is a page too."""
        return max(1, -(-len(self.ids) // PER_PAGE))

    @property
    def unread(self) -> int:
        """How many nobody has read, as far as that is known."""
        return len(self.mails.ids(self.kind.unread, self.owner["id"])) if self.kind.unread else 0

    def first(self, page: int) -> int:
        """The number of the first mail on a page, counted from the newest; the first page is 1."""
        return (page - 1) * PER_PAGE + 1

    def entries(self, page: int) -> list[MailEntry]:
        """A page of the list, newest first."""
        end = len(self.ids) - self.first(page) + 1
        return [self.entry(self.mails.get(key)) for key in reversed(self.ids[max(0, end - PER_PAGE) : end])]

    def entry(self, mail: Row) -> MailEntry:
        raw = self.raw(mail)
        # A list must not cost the parsing of every attachment in it.
        end = BLANK_LINE.search(raw, 0, HEAD)
        head = parse_head(raw[: end.end() if end else HEAD])
        return MailEntry(
            url=f"{self.url}/{mail['id']}",
            sender=head.sender[0] or head.sender[1],
            recipients=", ".join(mail.get("recipients") or recipients(head) or mail.get("bcc") or []),
            subject=head.subject,
            time=mail[self.kind.time],
            size=len(raw),
            is_unread=not mail.get("is_read", True),
        )

    def find(self, key: int) -> Row | None:
        """The mail of this id, if it is here."""
        place = self.place(key)
        return self.mails.get(key) if self.ids[place : place + 1] == [key] else None

    def raw(self, mail: Row) -> bytes:
        return self._raws.get(mail["id"])["raw"]

    def place(self, key: int) -> int:
        """How many mails are older."""
        return bisect_left(self.ids, key)

    def neighbours(self, key: int) -> tuple[str | None, str | None]:
        """The addresses of the next newer and the next older mail, None where there is none."""
        place = self.place(key)
        newer, older = self.ids[place + 1 : place + 2], self.ids[max(0, place - 1) : place]
        return tuple(f"{self.url}/{found[0]}" if found else None for found in (newer, older))

    def list_url(self, key: int) -> str:
        """The page of the list that has this mail."""
        return f"{self.url}?page={(len(self.ids) - 1 - self.place(key)) // PER_PAGE + 1}"


# A list that is looked at is asked for again and again.
parse_head = lru_cache(maxsize=1000)(parse)


def recipients(mail: Parsed) -> list[str]:
    return [name or address for name, address in (*mail.to, *mail.cc)]


def caught_notes(mail: Row) -> Notes:
    smtp = mail["smtp"]
    notes = {
        "Blind copies": ", ".join(mail["bcc"]),
        "By SMTP": smtp and f"from {smtp['mail_from_addr'] or '<>'} to {', '.join(smtp['rcpt_to_addrs'])}",
    }
    return [(label, text) for label, text in notes.items() if text]


def sent_notes(mail: Row) -> Notes:
    variables = mail.get("custom_variables")
    notes = {
        "Stream": mail["stream"],
        "Delivered to": ", ".join(mail["recipients"]),
        "Category": mail.get("category"),
        "Variables": variables and dumps(variables, ensure_ascii=False),
    }
    return [(label, text) for label, text in notes.items() if text]


def inbound_notes(mail: Row) -> Notes:
    return [("Arrived for", mail["address"])]


SANDBOX_KIND = MailboxKind(
    path="sandboxes",
    word="sandbox",
    title=lambda sandbox: sandbox["name"],
    owners="sandboxes",
    mails="messages",
    group="sandbox",
    raws="raw_messages",
    time="created_at",
    notes=caught_notes,
    unread="unread",
)
SENT_KIND = MailboxKind(
    path="sent",
    word="account",
    title=lambda account: "Sent mail",
    owners="accounts",
    mails="outbox",
    group="account",
    raws="raw_outbox",
    time="sent_at",
    notes=sent_notes,
)
INBOUND_KIND = MailboxKind(
    path="inboxes",
    word="inbound inbox",
    title=lambda inbox: f"{inbox['name']}, {inbox['address']}",
    owners="inbound_inboxes",
    mails="inbound_messages",
    group="inbox",
    raws="raw_inbound",
    time="received_at",
    notes=inbound_notes,
)
MAILBOX_KINDS = {kind.path: kind for kind in (SANDBOX_KIND, SENT_KIND, INBOUND_KIND)}
