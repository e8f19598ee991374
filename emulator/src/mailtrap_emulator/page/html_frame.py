# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTML of a mail as a document for the frame that shows it."""

import re
from base64 import b64encode
from collections.abc import Sequence
from html import unescape
from urllib.parse import quote, unquote

from ..mail.mime import ParsedAttachment

# The HTML of a mail may use styles and images of the mail itself, and a clicked link opens in a new window. Scripts,
# forms, other hosts and access to the surrounding page are blocked.
FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; font-src data:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

DOCTYPE = re.compile(r"[\s\ufeff]*<!doctype[^>]*>", re.IGNORECASE)
# A reference to an image in HTML or CSS. The character before it keeps "cid:" in plain text from matching.
CONTENT_ID = re.compile(r"""(["'=(]\s*)cid:([^\s"'<>()]+)""", re.IGNORECASE)
# Browsers may connect to the hosts of these elements before they apply the policy. The elements could not show anything
# here, so they are replaced by invisible ones that leave the text around them unchanged.
CONNECTING = re.compile(r"<(/?)(link|i?frame)\b", re.IGNORECASE | re.ASCII)
REPLACEMENTS = {"link": "meta", "frame": "meta", "iframe": "template"}
# The maximum number of bytes of embedded parts. A mail may refer to the same image a million times.
MAX_EMBEDDED_SIZE = 50_000_000


def build_frame_document(html: str, parts: Sequence[ParsedAttachment]) -> str:
    """Embed the images of a mail into its HTML, so that a browser loads nothing, not even from the emulator."""
    parts_by_id = {part.content_id: part for part in parts if part.content_id}
    remaining = MAX_EMBEDDED_SIZE

    def embed_part(match: re.Match[str]) -> str:
        nonlocal remaining
        part = parts_by_id.get(unquote(unescape(match[2])))
        if part is None or (remaining := remaining - len(part.content)) < 0:
            return match[0]
        return f"{match[1]}data:{quote(part.media_type, safe='/+')};base64,{b64encode(part.content).decode()}"

    html = CONNECTING.sub(lambda match: f"<{match[1]}{REPLACEMENTS[match[2].lower()]}", html)
    html = CONTENT_ID.sub(embed_part, html)
    # An element before the doctype would switch the browser to quirks mode.
    doctype = DOCTYPE.match(html)
    start = doctype.end() if doctype else 0
    return f'{html[:start]}<base target="_blank">{html[start:]}'
