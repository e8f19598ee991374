# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Composing and parsing of MIME messages.

The emulator stores each message as RFC 822 bytes, whether it arrives by API or by SMTP. Answers about a message are
computed from these bytes.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.header import Header, decode_header, make_header
from email.message import MIMEPart
from email.parser import BytesParser
from email.policy import SMTP, default
from email.utils import format_datetime, getaddresses

OCTET_STREAM = "application/octet-stream"
ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]+@[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]+")
MEDIA_TYPE_WITH_PARAMETERS = re.compile(
    r"(?!multipart/|message/)[a-z0-9][\w.+-]*/[a-z0-9][\w.+-]*"
    r"( *; *[\w-]+=([\w.+-]+|\"[ !#-\[\]-~]*\"))*",
    re.ASCII | re.IGNORECASE,
)
MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+")
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\x85]+")

# A person of a send request, {"email": ..., "name": ...}: docs/service.md#sending-request
Person = dict[str, str]
# A display name and an address, as read from a message
NamedAddress = tuple[str, str]


@dataclass
class Attachment:
    """An attachment of a mail to compose."""

    filename: str
    content: bytes
    media_type: str | None = None
    inline: bool = False
    content_id: str | None = None


@dataclass
class Mail:
    """A mail to compose."""

    sender: Person
    to: list[Person]
    cc: list[Person]
    reply_to: Person | None
    subject: str
    text: str | None
    html: str | None
    headers: dict[str, str] = field(default_factory=dict)
    files: list[Attachment] = field(default_factory=list)


@dataclass
class ParsedAttachment:
    """An attachment of a parsed message."""

    filename: str
    media_type: str
    inline: bool
    content_id: str
    transfer_encoding: str | None
    content: bytes


@dataclass
class ParsedMail:
    """A parsed message. ``text`` and ``html`` are None if the message has no such body."""

    subject: str
    sender: NamedAddress
    to: list[NamedAddress]
    cc: list[NamedAddress]
    bcc: list[NamedAddress]
    reply_to: list[NamedAddress]
    text: str | None
    html: str | None
    parts: list[ParsedAttachment]
    headers: list[tuple[str, str]]


def is_address(value: object) -> bool:
    """Return whether a value can be an e-mail address."""
    if not isinstance(value, str) or not ADDRESS.fullmatch(value):
        return False
    local, _, host = value.partition("@")
    return all(label for label in (*local.split("."), *host.split(".")))


def format_address(named_address: NamedAddress) -> str:
    """Format a name and an address as ``name <address>``, the form used in answers of the API."""
    name, address = named_address
    return f"{name} <{address}>" if name else address


def compose_mail(mail: Mail, message_id: str, date: datetime, boundary: str) -> bytes:
    """Compose a message.

    ``date`` has a timezone. ``boundary`` is a random token that does not occur in the bodies.
    """
    boundaries = (f"{boundary}.{number}" for number in range(3))
    bodies = [
        make_text_part(content, subtype) for content, subtype in ((mail.text, "plain"), (mail.html, "html")) if content
    ]
    if len(bodies) == 1:
        root = bodies[0]
    else:
        root = make_multipart("alternative", bodies or [make_text_part("", "plain")], next(boundaries))
    inline = [make_attachment_part(file) for file in mail.files if file.inline]
    attached = [make_attachment_part(file) for file in mail.files if not file.inline]
    if inline:
        root = make_multipart("related", [root, *inline], next(boundaries))
    if attached:
        root = make_multipart("mixed", [root, *attached], next(boundaries))
    headers = {
        "From": format_header_address(mail.sender),
        "To": format_header_address_list(mail.to),
        "Cc": format_header_address_list(mail.cc),
        "Reply-To": format_header_address_list([mail.reply_to] if mail.reply_to else []),
        "Subject": encode_header_text(mail.subject),
        "Date": format_datetime(date),
        "Message-ID": f"<{message_id}>",
        "MIME-Version": "1.0",
    }
    # Values of X-MT-* headers are plain text. Other custom headers may already contain encoded words.
    headers |= {
        name: encode_header_text(value, keep_encoded_words=not name.startswith("X-MT-"))
        for name, value in mail.headers.items()
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value or name == "Subject")
    return lines.encode() + root.as_bytes()


def encode_header_text(text: str, *, keep_encoded_words: bool = False) -> str:
    """Encode a text for a header, with encoded words if it is long or not plain ASCII.

    With ``keep_encoded_words`` the text may already contain encoded words, which are not encoded again.

    The whole text is encoded, because the standard library adds spaces when it folds a text that is encoded in part.
    """
    text = to_single_line(text)
    if text.isascii() and len(text) < 900 and (keep_encoded_words or "=?" not in text):
        return text
    return Header(text, "utf-8", maxlinelen=75).encode(linesep="\r\n")


def format_header_address(person: Person) -> str:
    """Format an address with its display name for a header."""
    name = to_single_line(person.get("name") or "")
    if not name:
        return person["email"]
    display_name = encode_header_text(name)
    if display_name == name:
        display_name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{display_name} <{person['email']}>"


def format_header_address_list(people: list[Person]) -> str:
    """Format a list of addresses for a header, folded to one address per line."""
    return ",\r\n ".join(map(format_header_address, people))


def make_text_part(content: str, subtype: str) -> MIMEPart:
    """Make a text part.

    The part is quoted-printable, which preserves all characters and the presence of a line break at the end.
    """
    part = MIMEPart(SMTP)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    encoded = content.replace("\r\n", "\n").replace("\r", "\n").encode()
    part.set_payload(binascii.b2a_qp(encoded, istext=True).decode("ascii"))
    return part


def make_attachment_part(file: Attachment) -> MIMEPart:
    """Make the part of an attachment. An invalid media type is replaced by ``application/octet-stream``."""
    part = MIMEPart(SMTP)
    is_valid = MEDIA_TYPE_WITH_PARAMETERS.fullmatch(file.media_type or "")
    part["Content-Type"] = file.media_type if is_valid else OCTET_STREAM
    part["Content-Transfer-Encoding"] = "base64"
    part.add_header(
        "Content-Disposition",
        "inline" if file.inline else "attachment",
        filename=to_single_line(file.filename) or "attachment",
    )
    if file.content_id:
        part["Content-ID"] = f"<{to_single_line(file.content_id)}>"
    part.set_payload(base64.encodebytes(file.content).decode("ascii"))
    return part


def make_multipart(subtype: str, parts: list[MIMEPart], boundary: str) -> MIMEPart:
    """Make a multipart container."""
    container = MIMEPart(SMTP)
    container["Content-Type"] = f'multipart/{subtype}; boundary="{boundary}"'
    for part in parts:
        container.attach(part)
    return container


def to_single_line(text: str) -> str:
    """Replace line breaks and other control characters by spaces, because header values cannot contain them."""
    return CONTROL_CHARACTERS.sub(" ", text).strip()


def parse_mail(raw: bytes) -> ParsedMail:
    """Parse a message. Any bytes are accepted, malformed messages included."""
    message: MIMEPart = BytesParser(policy=default).parsebytes(raw)
    text = html = None
    attachments = []
    for leaf in iterate_leaves(message):
        media_type = leaf.get_content_type()
        disposition = read_disposition(leaf)
        if disposition != "attachment" and not read_filename(leaf):
            if media_type == "text/plain" and text is None:
                text = decode_text(leaf)
                continue
            if media_type == "text/html" and html is None:
                html = decode_text(leaf)
                continue
        if leaf is not message or disposition is not None or read_filename(leaf):
            attachments.append(read_attachment(leaf, media_type, disposition))
    return ParsedMail(
        subject=read_header(message, "subject"),
        sender=(read_addresses(message, "from") or [("", "")])[0],
        to=read_addresses(message, "to"),
        cc=read_addresses(message, "cc"),
        bcc=read_addresses(message, "bcc"),
        reply_to=read_addresses(message, "reply-to"),
        text=text,
        html=html,
        parts=attachments,
        headers=read_headers(message),
    )


def iterate_leaves(part: MIMEPart) -> Iterator[MIMEPart]:
    """Iterate over the parts that are not multipart containers, in order. An attached message is a single leaf."""
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        for child in part.iter_parts():
            yield from iterate_leaves(child)
    else:
        yield part


def read_attachment(part: MIMEPart, media_type: str, disposition: str | None) -> ParsedAttachment:
    """Read an attachment. An invalid media type is replaced by ``application/octet-stream``."""
    content_id = read_header(part, "content-id").strip().strip("<>")
    return ParsedAttachment(
        filename=read_filename(part) or "",
        media_type=media_type if MEDIA_TYPE.fullmatch(media_type) else OCTET_STREAM,
        inline=disposition == "inline" or (disposition is None and bool(content_id)),
        content_id=content_id,
        transfer_encoding=read_header(part, "content-transfer-encoding").lower() or None,
        content=decode_content(part),
    )


def decode_content(part: MIMEPart) -> bytes:
    """Decode the content of a leaf. The content of an attached message is the message itself."""
    if part.is_multipart():
        return b"".join(child.as_bytes() for child in part.iter_parts())
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def decode_text(part: MIMEPart) -> str:
    """Decode a text part, with CRLF replaced by LF. An unknown charset is read as UTF-8."""
    charset = part.get_content_charset() or "utf-8"
    try:
        text = decode_content(part).decode(charset, "replace")
    except (LookupError, ValueError):
        text = decode_content(part).decode("utf-8", "replace")
    return replace_surrogates(text).replace("\r\n", "\n")


def replace_surrogates(text: str) -> str:
    """Replace lone surrogates, which some charsets decode to, because they cannot be encoded in UTF-8."""
    return text.encode("utf-8", "replace").decode()


def read_disposition(part: MIMEPart) -> str | None:
    """Read the content disposition of a part."""
    try:
        return part.get_content_disposition()
    except Exception:  # The parser of the standard library raises various errors for malformed headers.
        return None


def read_filename(part: MIMEPart) -> str | None:
    """Read the name of an attachment.

    ``get_filename`` is not used, because it removes quotes that belong to the name.
    """
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            filename = part[header].params.get(parameter) if header in part else None
        except Exception:  # The parser of the standard library raises various errors for malformed headers.
            filename = None
        if filename:
            return replace_surrogates(CONTROL_CHARACTERS.sub(" ", filename))
    return None


def read_header(message: MIMEPart, lowercase_name: str) -> str:
    """Read the first header with a name, "" if there is none."""
    return next((value for name, value in read_headers(message) if name.lower() == lowercase_name), "")


def read_headers(message: MIMEPart) -> list[tuple[str, str]]:
    """Read all headers in order, unfolded and decoded."""
    return [(name, decode_encoded_words(value)) for name, value in read_undecoded_headers(message)]


def read_undecoded_headers(message: MIMEPart) -> list[tuple[str, str]]:
    """Read all headers in order, unfolded, with their encoded words. Non-ASCII bytes are read as UTF-8."""
    headers = []
    for name, value in message.raw_items():
        unfolded = str(value).replace("\r\n", "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        headers.append((name, CONTROL_CHARACTERS.sub(" ", unfolded)))
    return headers


def decode_encoded_words(value: str) -> str:
    """Decode the encoded words of a header value. A malformed value is returned unchanged.

    The email policy is not used, because its parser adds spaces between encoded words of a display name.
    """
    try:
        return replace_surrogates(CONTROL_CHARACTERS.sub(" ", str(make_header(decode_header(value)))))
    except (LookupError, ValueError, MessageError):
        return value


def read_addresses(message: MIMEPart, lowercase_name: str) -> list[NamedAddress]:
    """Read the addresses of all headers with a name."""
    values = [value for name, value in read_undecoded_headers(message) if name.lower() == lowercase_name]
    return [(decode_encoded_words(name), address) for name, address in getaddresses(values) if address]
