# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody finds who reads the body of a mail: its words and its links. Pure."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# What is between these is not shown.
_HIDDEN = frozenset(("script", "style", "template", "title"))
# These are part of a line; all others begin and end one.
_INLINE = re.compile(
    r"a|abbr|area|b|bdi|bdo|big|code|data|del|dfn|em|font|i|img|ins|kbd|label|mark|q|s|samp|small|span|strike|strong|sub"
    r"|sup|td|th|time|tt|u|var|wbr"
)
_CELLS = frozenset(("td", "th"))
_LINKS = frozenset(("a", "area"))

_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_IN_TEXT = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_CLOSING = {")": "(", "]": "[", "}": "{"}


def plain(text):
    """Return a text with line breaks of one kind: str."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def words_of(html):
    """Return the text that HTML shows: str, its lines without white space around them, and no empty ones."""
    lines = (" ".join(line.split()) for line in _read(html).shown().split("\n"))
    return "\n".join(line for line in lines if line)


def links_of(html):
    """Return where the links of HTML lead to: list of str, absolute and for browsers, each once, in their order."""
    return _web_links(_read(html).links)


def links_in(text):
    """Return the web addresses that stand in a plain text: list of str, each once, without what ends the sentence."""
    return _web_links(_without_punctuation(hit.group()) for hit in _IN_TEXT.finditer(text))


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links = []
        self._pieces = []
        self._hidden = 0

    def shown(self):
        return "".join(self._pieces)

    def handle_starttag(self, tag, attrs):
        if tag in _LINKS:
            self.links += [value.strip() for name, value in attrs if name == "href" and value]
        self._hidden += tag in _HIDDEN
        self._separate(tag)

    def handle_endtag(self, tag):
        self._hidden = max(0, self._hidden - (tag in _HIDDEN))
        self._separate(tag)

    def handle_data(self, data):
        if not self._hidden:
            self._pieces.append(re.sub(r"\s+", " ", data))

    def parse_marked_section(self, i, report=1):
        # Word's <![if ..]> and the like, at which some versions of Python give up, are comments to a browser.
        return self.parse_bogus_comment(i, report)

    def _separate(self, tag):
        if tag in _CELLS:
            self._pieces.append(" ")
        elif not _INLINE.fullmatch(tag):
            self._pieces.append("\n")


def _read(html):
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def _web_links(links):
    return list(dict.fromkeys(link for link in links if _WEB.match(link)))


def _without_punctuation(address):
    while True:
        last = address[-1]
        opening = _CLOSING.get(last)
        if last in ".,;:!?'*_" or (opening and address.count(opening) < address.count(last)):
            address = address[:-1]
        else:
            return address
