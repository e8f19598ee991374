# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A mail's HTML, made ready for the frame that shows it."""

import re
from base64 import b64encode
from html import unescape
from urllib.parse import quote, unquote

from ..mail.mime import Parsed

# What a mail's HTML may do: be styled, show images that the mail has brought along, and open a link that somebody
# clicks in a window of its own. No scripts, no forms, nothing from elsewhere, nothing of the page around it.
FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; font-src data:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

DOCTYPE = re.compile(r"[\s\ufeff]*<!doctype[^>]*>", re.IGNORECASE)
# Where HTML and CSS name an image; in running text there is nothing before it that fits.
CONTENT_ID = re.compile(r"""(["'=(]\s*)cid:([^\s"'<>()]+)""", re.IGNORECASE)
# A browser connects to what these name before it asks the policy. There is nothing that they could show, so that others
# stand in for them that keep the text around them as it is.
STAND_INS = {"link": "meta", "frame": "meta", "iframe": "template"}
CONNECTING = re.compile(r"<(/?)(link|i?frame)\b", re.IGNORECASE | re.ASCII)
# How much of its parts a document can hold, bytes: a mail may name one image a million times.
ROOM = 50_000_000


def build_frame_document(mail: Parsed) -> str:
    """The HTML of a mail that has some, with its images inside: a browser loads nothing for it, not even from here."""
    parts = {part.content_id: part for part in mail.parts if part.content_id}
    room = ROOM

    def content(match: re.Match) -> str:
        nonlocal room
        part = parts.get(unquote(unescape(match[2])))
        if part is None or (room := room - len(part.content)) < 0:
            return match[0]
        return f"{match[1]}data:{quote(part.media_type, safe='/+')};base64,{b64encode(part.content).decode()}"

    html = CONNECTING.sub(lambda match: f"<{match[1]}{STAND_INS[match[2].lower()]}", mail.html)
    html = CONTENT_ID.sub(content, html)
    # Before the doctype it would change how the mail is laid out.
    start = found.end() if (found := DOCTYPE.match(html)) else 0
    return f'{html[:start]}<base target="_blank">{html[start:]}'
