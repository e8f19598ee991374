# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Extract the visible text and the links of a mail body."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Iterable, List, Optional, Tuple

# Browsers and mail clients do not show the contents of these elements.
_HIDDEN_TAGS = frozenset(("script", "style", "template", "title"))
# Every other tag starts a new line.
_INLINE_TAGS = re.compile(
    r"a|abbr|area|b|bdi|bdo|big|code|data|del|dfn|em|font|i|img|ins|kbd|label|mark|q|s|samp|small|span|strike|strong|sub"
    r"|sup|td|th|time|tt|u|var|wbr"
)
_CELL_TAGS = frozenset(("td", "th"))
_LINK_TAGS = frozenset(("a", "area"))

_WEB_URL_START = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_URL_IN_TEXT = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_OPENING_BRACKETS = {")": "(", "]": "[", "}": "{"}


def normalize_newlines(text: str) -> str:
    """Replace the line breaks of Windows and old Macs by newlines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def html_to_text(html: str) -> str:
    """Return the visible text of HTML, without empty lines and without white space around lines."""
    lines = (" ".join(line.split()) for line in _parse_html(html).text.split("\n"))
    return "\n".join(line for line in lines if line)


def find_html_links(html: str) -> List[str]:
    """Return the distinct http and https links of HTML, in the order of their first occurrence."""
    return _select_web_urls(_parse_html(html).links)


def find_text_links(text: str) -> List[str]:
    """Return the distinct http and https URLs in a plain text, without the punctuation that follows them."""
    return _select_web_urls(_strip_punctuation(match.group()) for match in _URL_IN_TEXT.finditer(text))


class _BodyParser(HTMLParser):
    """Collects the visible text and the link targets of an HTML document."""

    def __init__(self) -> None:
        super().__init__()
        self.links: List[str] = []
        self._text_parts: List[str] = []
        self._hidden_depth = 0

    @property
    def text(self) -> str:
        """The visible text, with a newline before and after each block."""
        return "".join(self._text_parts)

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        if tag in _LINK_TAGS:
            self.links += [value.strip() for name, value in attrs if name == "href" and value]
        self._hidden_depth += tag in _HIDDEN_TAGS
        self._add_separator(tag)

    def handle_endtag(self, tag: str) -> None:
        self._hidden_depth = max(0, self._hidden_depth - (tag in _HIDDEN_TAGS))
        self._add_separator(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden_depth:
            self._text_parts.append(re.sub(r"\s+", " ", data))

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        # Some versions of Python fail on Word's <![if ...]>, which browsers treat as a comment.
        return self.parse_bogus_comment(i, report)

    def _add_separator(self, tag: str) -> None:
        if tag in _CELL_TAGS:
            self._text_parts.append(" ")
        elif not _INLINE_TAGS.fullmatch(tag):
            self._text_parts.append("\n")


def _parse_html(html: str) -> _BodyParser:
    parser = _BodyParser()
    parser.feed(html)
    parser.close()
    return parser


def _select_web_urls(urls: Iterable[str]) -> List[str]:
    return list(dict.fromkeys(url for url in urls if _WEB_URL_START.match(url)))


def _strip_punctuation(url: str) -> str:
    """Remove trailing punctuation, and closing brackets that have no opening bracket in the URL."""
    while True:
        last = url[-1]
        opening = _OPENING_BRACKETS.get(last)
        if last in ".,;:!?'*_" or (opening and url.count(opening) < url.count(last)):
            url = url[:-1]
        else:
            return url
