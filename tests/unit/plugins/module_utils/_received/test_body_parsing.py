# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._received.body_parsing import (
    find_html_links,
    find_text_links,
    html_to_text,
    normalize_newlines,
)


@pytest.mark.parametrize(
    "html, text",
    [
        ("", ""),
        ("<p>Your code is <b>123</b>456</p>", "Your code is 123456"),
        ("<p>One</p>\n<p>Two<br>Three</p>", "One\nTwo\nThree"),
        ("a &lt; b &amp;&#32;c&nbsp;d &euro;", "a < b & c d €"),
        ("<title>No</title><style>p {}</style><script>x < y</script><p>Yes", "Yes"),
        ("<table><tr><td>Total</td><td>5 €</td></tr><tr><td>x</table>", "Total 5 €\nx"),
        ("  one\n   two\t three  ", "one two three"),
        ("<![if !mso]><p>Word</p><![endif]>", "Word"),
        ("<![if gte mso 9]>a<![endif]><!--[if mso]>not shown<![endif]-->b", "ab"),
        ("<![CDATA[x]]>shown", "shown"),
        ("<![foo bar]>shown", "shown"),
        ("<p>a < that opens no tag", "a < that opens no tag"),
        ("<p <b>odd</b>", "odd"),
        ("</style></script>shown", "shown"),
        ("an <o:p>odd</o:p> tag", "an\nodd\ntag"),
        ('<p>pixel<img src="x.png" alt="no">ed</p>', "pixeled"),
    ],
)
def test_html_to_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_find_html_links() -> None:
    html = """
        <a href="https://example.com/reset?token=1&amp;x=2">Reset</a> <A HREF=' HTTP://example.com '>x</A>
        <a name="here">no</a> <a href="">no</a> <a href>no</a> <a href="/relative">no</a> <a href="mailto:a@b.c">no</a>
        <a href="javascript:x()">no</a> <a href="https://">no</a> <map><area href="https://example.org/map"></map>
        <a href="https://example.com/reset?token=1&amp;x=2">again</a> <img src="https://example.com/x.png">
    """
    assert find_html_links(html) == [
        "https://example.com/reset?token=1&x=2",
        "HTTP://example.com",
        "https://example.org/map",
    ]


@pytest.mark.parametrize(
    "text, links",
    [
        ("", []),
        ("no links here: http:// or https://.", []),
        ("See https://example.com/a?b=c#d.", ["https://example.com/a?b=c#d"]),
        ("(https://example.com/a), <https://example.com/b>!", ["https://example.com/a", "https://example.com/b"]),
        ("https://example.com/a_(b) [https://example.com/c]", ["https://example.com/a_(b)", "https://example.com/c"]),
        ('"https://example.com/a", HTTPS://EXAMPLE.COM', ["https://example.com/a", "HTTPS://EXAMPLE.COM"]),
        (
            "https://example.com/a\nhttps://example.com/a\nhttps://example.com/b",
            ["https://example.com/a", "https://example.com/b"],
        ),
        ("http://127.0.0.1:8000/x?token=a-b_c~d, thanks", ["http://127.0.0.1:8000/x?token=a-b_c~d"]),
    ],
)
def test_find_text_links(text: str, links: list[str]) -> None:
    assert find_text_links(text) == links


def test_normalize_newlines() -> None:
    assert normalize_newlines("a\r\nb\rc\nd") == "a\nb\nc\nd"
