# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mail as bytes: what is written is read back, and nothing breaks the reader."""

import email
import random
from datetime import UTC, datetime
from email.policy import default

import pytest

from mailtrap_emulator.mail.mime import File, Mail, compose, is_address, one_line, parse

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ALPHABET = "abc XYZ.,;:\"'<>@()[]\\\t\n\r\x00\x0b\x1c\x85\u2028äöü€😀=?_-/%\x7fé中文\u0301"
SEED = 20261101


def write(mail):
    return compose(mail, "id@example.com", NOW, "boundary0123456789")


def mail(**changes):
    fields = {
        "sender": {"email": "a@example.com", "name": "Ann"},
        "to": [{"email": "b@example.org"}],
        "cc": [],
        "reply_to": None,
        "subject": "Subject",
        "text": "text",
        "html": None,
    }
    return Mail(**(fields | changes))


def lines_of(text):
    return (text or "").replace("\r\n", "\n").replace("\r", "\n") or None


def test_whatever_is_written_is_read_back():
    dice = random.Random(SEED)

    def word(longest):
        return "".join(dice.choice(ALPHABET) for _ in range(dice.randrange(longest)))

    for _ in range(300):
        text, html = dice.choice([(word(300), None), (None, word(300)), (word(300), word(300))])
        files = [
            File(
                word(40),
                dice.randbytes(dice.randrange(200)),
                dice.choice([None, "text/plain", "x", "message/rfc822"]),
                dice.random() < 0.4,
            )
            for _ in range(dice.randrange(3))
        ]
        written = mail(
            sender={"email": "a@example.com", "name": word(90)},
            to=[{"email": f"b{n}@example.org", "name": word(120)} for n in range(dice.randrange(1, 5))],
            reply_to={"email": "ü@example.com", "name": word(9)},
            subject=word(200),
            text=text,
            html=html,
            headers={"X-Word": word(100)},
            files=files,
        )
        read = parse(write(written))
        ordered = sorted(files, key=lambda file: not file.inline)
        assert read.text == (lines_of(text) or (None if lines_of(html) else ""))
        assert read.html == lines_of(html)
        assert read.subject == one_line(written.subject)
        assert read.sender == (one_line(written.sender["name"]), "a@example.com")
        assert read.to == [(one_line(person["name"]), person["email"]) for person in written.to]
        assert [part.content for part in read.parts] == [file.content for file in ordered]
        assert [part.filename for part in read.parts] == [one_line(file.filename) or "attachment" for file in ordered]
        assert [part.inline for part in read.parts] == [file.inline for file in ordered]
        assert dict(read.headers).get("X-Word", "") == one_line(written.headers["X-Word"])


def test_lines_are_never_longer_than_smtp_allows():
    raw = write(
        mail(subject="x" * 5000, text="y" * 5000, to=[{"email": f"{'z' * 50}{n}@example.org"} for n in range(200)])
    )
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("changes", "structure"),
    [
        ({}, "text/plain"),
        ({"text": None, "html": "<p>"}, "text/html"),
        ({"html": "<p>"}, "multipart/alternative(text/plain text/html)"),
        ({"files": [File("a", b"")]}, "multipart/mixed(text/plain application/octet-stream)"),
        (
            {"html": "<p>", "files": [File("a", b""), File("b", b"", "image/png", True, "c")]},
            "multipart/mixed("
            "multipart/related(multipart/alternative(text/plain text/html) image/png) application/octet-stream)",
        ),
    ],
)
def test_structure(changes, structure):
    def shape(part):
        inside = f"({' '.join(map(shape, part.iter_parts()))})" if part.is_multipart() else ""
        return part.get_content_type() + inside

    assert shape(email.message_from_bytes(write(mail(**changes)), policy=default)) == structure


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ('text/csv; charset="utf-8"', 'text/csv; charset="utf-8"'),
        ("text/plain;charset=utf-8; format=flowed", 'text/plain; charset="utf-8"; format="flowed"'),
        ("text/csv; charset", "application/octet-stream"),
        ("text/csv;\r\n a=b", "application/octet-stream"),
        ('text/csv; a="\r\nX-B: c"', "application/octet-stream"),
        ("message/rfc822", "application/octet-stream"),
    ],
)
def test_the_type_of_a_file(given, kept):
    read = email.message_from_bytes(write(mail(files=[File("a", b"", given)])), policy=default)
    assert next(read.iter_attachments())["Content-Type"] == kept


def test_an_injected_header_stays_in_its_own():
    raw = write(
        mail(
            subject="a\r\nBcc: evil@example.com",
            headers={"X-A": "b\nX-B: c"},
            sender={"email": "a@b.c", "name": "x\r\ny"},
        )
    )
    read = parse(raw)
    assert read.bcc == []
    assert dict(read.headers)["Subject"] == "a Bcc: evil@example.com"
    assert "X-B" not in dict(read.headers)


@pytest.mark.parametrize(
    "address", ["a@b.c", "a+b@example.com", "ü@example.com", "a.b@localhost", "o'neil@example.com"]
)
def test_addresses(address):
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@",
        "a@",
        "@b",
        "a@b@c",
        "a b@c",
        "a@b..c",
        ".a@b",
        "a.@b",
        "a@b.",
        "<a@b>",
        "a@b\n",
        "a,b@c",
        None,
        7,
        {},
    ],
)
def test_what_is_no_address(address):
    assert not is_address(address)


MIXED = b"""From: =?utf-8?q?=C3=84nn?= <a@example.com>
To: "Last, First" <b@example.com>, c@example.com
Cc: =?iso-8859-1?q?J=F6rg?= <j@example.com>
Subject: =?utf-8?b?4pyT?= =?utf-8?b?4pyT?= plain
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe
--c
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PHA+w7w8L3A+
--c--
--b
Content-Type: text/plain; name="notes.txt"
Content-Disposition: attachment

not the body
--b
Content-Type: image/gif
Content-ID: <logo>
Content-Transfer-Encoding: base64

R0lG
--b
Content-Type: message/rfc822

Subject: inner

inner body
--b--
""".replace(b"\n", b"\r\n")


def test_a_message_from_elsewhere():
    read = parse(MIXED)
    assert read.subject == "✓✓ plain"
    assert read.sender == ("Änn", "a@example.com")
    assert read.to == [("Last, First", "b@example.com"), ("", "c@example.com")]
    assert read.cc == [("Jörg", "j@example.com")]
    assert (read.text, read.html) == ("Grüße", "<p>ü</p>")
    notes, logo, inner = read.parts
    assert (notes.filename, notes.inline, notes.content.strip()) == ("notes.txt", False, b"not the body")
    assert (logo.content_id, logo.inline, logo.content) == ("logo", True, b"GIF")
    assert inner.media_type == "message/rfc822"
    assert b"inner body" in inner.content


def test_raw_utf8_headers_are_read():
    read = parse("Subject: Größe\r\nFrom: Änn <ü@example.com>\r\n\r\n".encode())
    assert read.subject == "Größe"
    assert read.sender == ("Änn", "ü@example.com")


def test_a_message_that_is_one_attachment():
    read = parse(b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n%PDF")
    assert (read.text, read.html) == (None, None)
    assert read.parts[0].filename == "a.pdf"


def test_broken_messages_do_not_break_the_reader():
    dice = random.Random(SEED)
    pieces = [
        b";",
        b'"',
        b"<",
        b"@",
        b"=?",
        b"?=",
        b"\r\n",
        b"\x00",
        b"\xff",
        b"''",
        b"*0*=",
        b",",
        b"(",
        b":",
        b"charset=utf-7",
    ]
    for _ in range(500):
        raw = bytearray(MIXED)
        for _ in range(dice.randrange(1, 15)):
            place = dice.randrange(len(raw))
            action = dice.randrange(3)
            if action == 0:
                raw[place] = dice.randrange(256)
            elif action == 1:
                del raw[place : place + dice.randrange(8)]
            else:
                raw[place:place] = dice.choice(pieces)
        read = parse(bytes(raw))
        # Everything that was read can be written as JSON in UTF-8.
        repr(read).encode()
        for text in (
            read.subject,
            read.text or "",
            read.html or "",
            *read.sender,
            *(part.filename for part in read.parts),
        ):
            text.encode()


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"\x00" * 100, b":", b"Content-Type: multipart/mixed\r\n\r\n", b"\xff\xfe"]
)
def test_what_is_hardly_a_message(raw):
    read = parse(raw)
    assert read.sender == ("", "")
    assert read.to == []
