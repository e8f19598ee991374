# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports on a sandbox message: spam, HTML support and blacklists (docs/service.md#sandbox-messages).

They are small versions of the service's checks and report only what is in the message.
"""

import re
from html.parser import HTMLParser

from ..mail.mime import ParsedMail
from ..state.json_codec import JsonObject

# Test values that give a positive result: GTUBE for spam filters, and the entries that RFC 5782 requires in every
# blacklist.
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
LISTED_DOMAIN, LISTED_IP = "test", "127.0.0.2"

SPAM_THRESHOLD = 5.0

BLACKLISTS = {
    "BACKSCATTERER": "http://www.backscatterer.org/index.php",
    "BARRACUDA": "http://barracudacentral.org/rbl",
    "Spamrbl IMP-SPAM": "http://antispam.imp.ch/?lng=1",
    "Wormrbl IMP-SPAM": "http://antispam.imp.ch/?lng=1",
    "LASHBACK": "http://blacklist.lashback.com/",
    "NIXSPAM": "https://www.heise.de/ix/NiX-Spam-DNSBL-and-blacklist-for-download-499637.html",
    "PSBL": "https://psbl.org/",
    "SORBS-SPAM": "http://www.sorbs.net/lookup.shtml",
    "SPAMCOP": "http://spamcop.net/bl.shtml",
    "TRUNCATE": "http://www.gbudb.com/index.jsp",
}


def build_spam_report(mail: ParsedMail) -> JsonObject:
    """Return the spam report. Its rules need nothing but the message. ``Pts`` is a text."""
    names = {name.lower() for name, _ in mail.headers}
    bodies = f"{mail.text or ''}\n{mail.html or ''}"
    letters = [letter for letter in mail.subject if letter.isalpha()]
    rules = [
        (GTUBE in bodies, 1000.0, "GTUBE", "BODY: Generic Test for Unsolicited Bulk Email"),
        (mail.html is not None, 0.0, "HTML_MESSAGE", "BODY: HTML included in message"),
        (
            mail.html is not None and mail.text is None,
            0.1,
            "MIME_HTML_ONLY",
            "BODY: Message only has text/html MIME parts",
        ),
        ("message-id" not in names, 0.1, "MISSING_MID", "Missing Message-Id: header"),
        ("date" not in names, 1.4, "MISSING_DATE", "Missing Date: header"),
        ("from" not in names, 1.0, "MISSING_FROM", "Missing From: header"),
        ("to" not in names, 1.2, "MISSING_HEADERS", "Missing To: header"),
        ("subject" not in names, 1.8, "MISSING_SUBJECT", "Missing Subject: header"),
        (len(letters) > 9 and all(map(str.isupper, letters)), 0.5, "SUBJ_ALL_CAPS", "Subject is all capitals"),
        (not bodies.strip() and not mail.parts, 2.3, "EMPTY_MESSAGE", "Message appears to have no textual parts"),
    ]
    hits = [(points, name, description) for hit, points, name, description in rules if hit]
    score = round(sum(points for points, _, _ in hits), 1)
    return {
        "ResponseCode": 0,
        "ResponseMessage": "EX_OK",
        "ResponseVersion": "1.1",
        "Score": score,
        "Spam": score >= SPAM_THRESHOLD,
        "Threshold": SPAM_THRESHOLD,
        "Details": [
            {"Pts": f"{points:.1f}", "RuleName": name, "Description": description} for points, name, description in hits
        ],
    }


# The e-mail clients without support for a feature, from an example in the specification.
# The dashes between years are en dashes, as in the names of these programs.
UNSUPPORTED = {
    "style": {"desktop": ["Notes 6 / 7"], "mobile": ["Gmail"], "web": []},
    "display": {
        "desktop": [
            "AOL Desktop",
            "IBM Notes 9",
            "Outlook 2000–03",  # noqa: RUF001
            "Outlook 2007–16",  # noqa: RUF001
            "Outlook Express",
            "Postbox",
            "Windows 10 Mail",
            "Windows Live Mail",
        ],
        "mobile": [
            "Android 4.2.2 Mail",
            "Android 4.4.4 Mail",
            "BlackBerry",
            "Gmail Android app IMAP",
            "Google Inbox Android app",
            "Windows Phone 8 Mail",
            "Yahoo! Mail Android app",
            "Yahoo! Mail iOS app",
        ],
        "web": ["Yahoo! Mail"],
    },
}
DISPLAY = re.compile(r"(?<![\w-])display\s*:")


class _UnsupportedFeatureFinder(HTMLParser):
    """Finds the lines of an HTML text that use a feature in :data:`UNSUPPORTED`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "style":
            self._in_style = True
            self.found.append((self.getpos()[0], "style"))
        if DISPLAY.search(dict(attrs).get("style") or ""):
            self.found.append((self.getpos()[0], "display"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            line = self.getpos()[0]
            self.found += [(line + data.count("\n", 0, hit.start()), "display") for hit in DISPLAY.finditer(data)]


def build_html_report(html: str | None) -> JsonObject:
    """Return the HTML report. The first key is ``status`` (row 17 in docs/service.md#disagreements)."""
    if not html:
        return {"status": "error", "msg": "The message has no HTML part"}
    finder = _UnsupportedFeatureFinder()
    finder.feed(html)
    finder.close()
    errors = [
        {"error_line": line, "rule_name": rule, "email_clients": UNSUPPORTED[rule]} for line, rule in finder.found
    ]
    return {"status": "success", "errors": errors}


def build_blacklist_report(domain: str, ip: str) -> JsonObject:
    """Return the blacklist report for the domain and the IP address of a sender."""
    listed = domain == LISTED_DOMAIN or ip == LISTED_IP
    report = [{"name": name, "url": url, "in_black_list": listed} for name, url in BLACKLISTS.items()]
    return {"result": "success", "domain": domain, "ip": ip, "report": report}
