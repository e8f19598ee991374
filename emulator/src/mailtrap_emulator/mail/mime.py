# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""E-mail as bytes: written from the fields of a send request, and read back.

Whatever comes in, by API or SMTP, is kept as RFC 822 bytes; everything that is told about a message is read from them.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.header import Header, decode_header, make_header
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import SMTP, default
from email.utils import format_datetime, getaddresses
from typing import Any


def format_address(pair: tuple[str, str]) -> str:
    """A person as the answers show one."""
    name, address = pair
    return f"{name} <{address}>" if name else address


OCTETS = "application/octet-stream"
ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]+@[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]+")
MEDIA_TYPE = re.compile(
    r"(?!multipart/|message/)[a-z0-9][\w.+-]*/[a-z0-9][\w.+-]*"
    r"( *; *[\w-]+=([\w.+-]+|\"[ !#-\[\]-~]*\"))*",
    re.ASCII | re.IGNORECASE,
)
TOKENS = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+")
CONTROLS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\x85]+")


@dataclass
class File:
    """An attachment to be sent."""

    filename: str
    content: bytes
    media_type: str | None = None
    inline: bool = False
    content_id: str | None = None


@dataclass
class Mail:
    """A mail to be written. People are ``{"email": ..., "name": ...}`` as in a send request (facts 4.2)."""

    sender: dict[str, str]
    to: list[dict[str, str]]
    cc: list[dict[str, str]]
    reply_to: dict[str, str] | None
    subject: str
    text: str | None
    html: str | None
    headers: dict[str, str] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)


@dataclass
class Part:
    """An attachment found in a message."""

    filename: str
    media_type: str
    inline: bool
    content_id: str
    transfer_encoding: str | None
    content: bytes


@dataclass
class Parsed:
    """What a message says. People are ``(name, address)`` pairs, bodies are None where there is no such part."""

    subject: str
    sender: tuple[str, str]
    to: list[tuple[str, str]]
    cc: list[tuple[str, str]]
    bcc: list[tuple[str, str]]
    reply_to: list[tuple[str, str]]
    text: str | None
    html: str | None
    parts: list[Part]
    headers: list[tuple[str, str]]


def compose(mail: Mail, message_id: str, date: datetime, boundary: str) -> bytes:
    """Write a mail. ``boundary`` is a random token that no body contains; ``date`` is timezone-aware."""
    boundaries = (f"{boundary}.{number}" for number in range(3))
    bodies = [body(content, subtype) for content, subtype in ((mail.text, "plain"), (mail.html, "html")) if content]
    root = bodies[0] if len(bodies) == 1 else container("alternative", bodies or [body("", "plain")], next(boundaries))
    inline = [attachment(file) for file in mail.files if file.inline]
    attached = [attachment(file) for file in mail.files if not file.inline]
    if inline:
        root = container("related", [root, *inline], next(boundaries))
    if attached:
        root = container("mixed", [root, *attached], next(boundaries))
    lines = {
        "From": person(mail.sender),
        "To": people_line(mail.to),
        "Cc": people_line(mail.cc),
        "Reply-To": people_line([mail.reply_to] if mail.reply_to else []),
        "Subject": words(mail.subject),
        "Date": format_datetime(date),
        "Message-ID": f"<{message_id}>",
        "MIME-Version": "1.0",
    }
    # Only the service's own are plain text; what a client adds it has encoded itself.
    lines |= {name: words(value, encoded=not name.startswith("X-MT-")) for name, value in mail.headers.items()}
    head = "".join(f"{name}: {line}\r\n" for name, line in lines.items() if line or name == "Subject")
    return head.encode() + root.as_bytes()


def words(text: str, *, encoded: bool = False) -> str:
    """A text for a header: as it is if it is short and plain, otherwise in encoded words.

    The library folds mixed text at the price of blanks that were not there; encoded words alone are exact.
    ``encoded`` is for text in which its author has written such words.
    """
    text = one_line(text)
    if text.isascii() and len(text) < 900 and (encoded or "=?" not in text):
        return text
    return Header(text, "utf-8", maxlinelen=75).encode(linesep="\r\n")


def person(fields: dict[str, str]) -> str:
    """An address with its display name."""
    name = one_line(fields.get("name") or "")
    if not name:
        return fields["email"]
    line = words(name)
    if line == name:
        line = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{line} <{fields['email']}>"


def people_line(people: list[dict[str, str]]) -> str:
    return ",\r\n ".join(map(person, people))


def body(content: str, subtype: str) -> MIMEPart:
    """A text part. Quoted-printable keeps every character and whether the text ends with a line break."""
    part = MIMEPart(SMTP)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    lines = content.replace("\r\n", "\n").replace("\r", "\n").encode()
    part.set_payload(binascii.b2a_qp(lines, istext=True).decode("ascii"))
    return part


def attachment(file: File) -> MIMEPart:
    part = MIMEPart(SMTP)
    known = MEDIA_TYPE.fullmatch(file.media_type or "")
    part["Content-Type"] = file.media_type if known else OCTETS
    part["Content-Transfer-Encoding"] = "base64"
    part.add_header(
        "Content-Disposition",
        "inline" if file.inline else "attachment",
        filename=one_line(file.filename) or "attachment",
    )
    if file.content_id:
        part["Content-ID"] = f"<{one_line(file.content_id)}>"
    part.set_payload(base64.encodebytes(file.content).decode("ascii"))
    return part


def container(subtype: str, parts: list[MIMEPart], boundary: str) -> MIMEPart:
    box = MIMEPart(SMTP)
    box["Content-Type"] = f'multipart/{subtype}; boundary="{boundary}"'
    box.set_payload(parts)
    return box


def one_line(text: str) -> str:
    """A header value cannot hold line breaks or other controls."""
    return CONTROLS.sub(" ", text).strip()


def is_address(text: Any) -> bool:
    """Whether a value can be the address of a person."""
    if not isinstance(text, str) or not ADDRESS.fullmatch(text):
        return False
    local, _, host = text.partition("@")
    return all(part for part in (*local.split("."), *host.split(".")))


def parse(raw: bytes) -> Parsed:
    """Read a message; never fails, whatever the bytes are."""
    message = BytesParser(policy=default).parsebytes(raw)
    text = html = None
    parts = []
    for leaf in leaves(message):
        media_type = leaf.get_content_type()
        disposition = content_disposition(leaf)
        if disposition != "attachment" and not filename(leaf):
            if media_type == "text/plain" and text is None:
                text = decoded(leaf)
                continue
            if media_type == "text/html" and html is None:
                html = decoded(leaf)
                continue
        if leaf is not message or disposition is not None or filename(leaf):
            parts.append(describe(leaf, media_type, disposition))
    return Parsed(
        subject=header(message, "subject"),
        sender=(people(message, "from") or [("", "")])[0],
        to=people(message, "to"),
        cc=people(message, "cc"),
        bcc=people(message, "bcc"),
        reply_to=people(message, "reply-to"),
        text=text,
        html=html,
        parts=parts,
        headers=headers(message),
    )


def leaves(part: EmailMessage):
    """The parts without parts, in order; an attached message is one leaf."""
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        for inner in part.get_payload():
            yield from leaves(inner)
    else:
        yield part


def describe(part: EmailMessage, media_type: str, disposition: str | None) -> Part:
    content_id = header(part, "content-id").strip().strip("<>")
    return Part(
        filename=filename(part) or "",
        media_type=media_type if TOKENS.fullmatch(media_type) else OCTETS,
        inline=disposition == "inline" or (disposition is None and bool(content_id)),
        content_id=content_id,
        transfer_encoding=header(part, "content-transfer-encoding").lower() or None,
        content=content(part),
    )


def content(part: EmailMessage) -> bytes:
    """The decoded bytes of a leaf; those of an attached message are the message."""
    if part.is_multipart():
        return b"".join(inner.as_bytes() for inner in part.get_payload())
    return part.get_payload(decode=True) or b""


def decoded(part: EmailMessage) -> str:
    """The text of a text part, lines ending with a newline character."""
    charset = part.get_content_charset() or "utf-8"
    try:
        text = content(part).decode(charset, "replace")
    except (LookupError, ValueError):
        text = content(part).decode("utf-8", "replace")
    return printable(text).replace("\r\n", "\n")


def printable(text: str) -> str:
    """Some charsets decode to lone surrogates, which cannot be written in UTF-8."""
    return text.encode("utf-8", "replace").decode()


def content_disposition(part: EmailMessage) -> str | None:
    try:
        return part.get_content_disposition()
    except Exception:
        return None


def filename(part: EmailMessage) -> str | None:
    """The name of an attachment. The library's own getter eats quotes that belong to the name."""
    for name, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            found = part[name].params.get(parameter) if name in part else None
        except Exception:
            found = None
        if found:
            return printable(CONTROLS.sub(" ", found))
    return None


def header(message: EmailMessage, name: str) -> str:
    """The first header of this name as text, "" if there is none."""
    return next((value for key, value in headers(message) if key.lower() == name), "")


def headers(message: EmailMessage) -> list[tuple[str, str]]:
    """All headers, unfolded and decoded, in order."""
    return [(name, decoded_words(value)) for name, value in raw_headers(message)]


def raw_headers(message: EmailMessage) -> list[tuple[str, str]]:
    """All headers, unfolded, with their encoded words. Bytes beyond ASCII are read as UTF-8."""
    return [
        (
            name,
            CONTROLS.sub(
                " ", str(value).replace("\r\n", "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            ),
        )
        for name, value in message.raw_items()
    ]


def decoded_words(value: str) -> str:
    """A header text without its encoded words; what cannot be decoded is given as it stands.

    Not left to the message's policy: its parser puts blanks between encoded words in a display name.
    """
    try:
        return printable(CONTROLS.sub(" ", str(make_header(decode_header(value)))))
    except (LookupError, ValueError, MessageError):
        return value


def people(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    values = [value for key, value in raw_headers(message) if key.lower() == name]
    return [(decoded_words(label), address) for label, address in getaddresses(values) if address]
