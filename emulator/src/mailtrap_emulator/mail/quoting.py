# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quoted text, HTML and attachments of a mail that is answered or forwarded."""

from html import escape

from ..state.store import Row
from .mime import File, Parsed, Part


def prefix_subject(prefix: str, known: tuple[str, ...], subject: str | None) -> str:
    subject = subject or ""
    return subject if subject.lower().startswith(known) else prefix + subject


def format_header_lines(message: Row) -> list[str]:
    lines = {
        "From": message["from"],
        "Date": message["received_at"],
        "Subject": message["subject"],
        "To": ", ".join(message["to"]),
    }
    return ["---------- Forwarded message ----------", *(f"{name}: {value}" for name, value in lines.items() if value)]


def quote_text(note: str, message: Row, mail: Parsed) -> str:
    parts = [note, "\n".join(format_header_lines(message)), mail.text or ""]
    return "\n\n".join(part for part in parts if part)


def quote_html(note: str, message: Row, mail: Parsed) -> str:
    lines = "<br>".join(escape(line) for line in format_header_lines(message))
    return f"{note}<div>{lines}</div>{mail.html or text_to_html(mail.text or '')}"


def text_to_html(text: str) -> str:
    return f"<p>{escape(text)}</p>".replace("\n", "<br>") if text else ""


def part_to_file(part: Part) -> File:
    return File(part.filename or "attachment", part.content, part.media_type, part.inline, part.content_id or None)
