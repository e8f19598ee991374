# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Subject, quoted bodies and attachments of replies and forwards."""

from html import escape

from ..state.store import Row
from .mime import Attachment, ParsedAttachment, ParsedMail


def prefix_subject(prefix: str, known_prefixes: tuple[str, ...], subject: str | None) -> str:
    """Prefix a subject, unless it starts with one of the known prefixes, which are in lower case."""
    subject = subject or ""
    return subject if subject.lower().startswith(known_prefixes) else prefix + subject


def format_header_lines(message: Row) -> list[str]:
    """Format the headers that introduce a forwarded message."""
    headers = {
        "From": message["from"],
        "Date": message["received_at"],
        "Subject": message["subject"],
        "To": ", ".join(message["to"]),
    }
    return [
        "---------- Forwarded message ----------",
        *(f"{name}: {value}" for name, value in headers.items() if value),
    ]


def quote_text(comment: str, message: Row, mail: ParsedMail) -> str:
    """Return a text body that consists of a comment and the forwarded message."""
    sections = [comment, "\n".join(format_header_lines(message)), mail.text or ""]
    return "\n\n".join(section for section in sections if section)


def quote_html(comment: str, message: Row, mail: ParsedMail) -> str:
    """Return an HTML body that consists of a comment and the forwarded message."""
    headers = "<br>".join(escape(line) for line in format_header_lines(message))
    return f"{comment}<div>{headers}</div>{mail.html or text_to_html(mail.text or '')}"


def text_to_html(text: str) -> str:
    """Convert plain text to an HTML paragraph. An empty text gives an empty string."""
    return f"<p>{escape(text)}</p>".replace("\n", "<br>") if text else ""


def convert_attachment(attachment: ParsedAttachment) -> Attachment:
    """Convert an attachment of a parsed message to one of a mail to compose."""
    return Attachment(
        attachment.filename or "attachment",
        attachment.content,
        attachment.media_type,
        attachment.inline,
        attachment.content_id or None,
    )
