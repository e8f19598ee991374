# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Composing and parsing of MIME messages."""

import email
import random
from datetime import UTC, datetime
from email.policy import default

import pytest

from mailtrap_emulator.mail.mime import Attachment, Mail, compose_mail, is_address, parse_mail, to_single_line

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ALPHABET = "abc XYZ.,;:\"'<>@()[]\\\t\n\r\x00\x0b\x1c\x85\u2028äöü€😀=?_-/%\x7fé中文\u0301"
SEED = 20261101


def compose(mail):
    return compose_mail(mail, "id@example.com", NOW, "boundary0123456789")


def make_mail(**changes):
    defaults = {
        "sender": {"email": "a@example.com", "name": "Ann"},
        "to": [{"email": "b@example.org"}],
        "cc": [],
        "reply_to": None,
        "subject": "Subject",
        "text": "text",
        "html": None,
    }
    return Mail(**(defaults | changes))


def normalize_body(text):
    return (text or "").replace("\r\n", "\n").replace("\r", "\n") or None


def test_parsing_restores_composed_mail():
    generator = random.Random(SEED)

    def random_text(max_length):
        return "".join(generator.choice(ALPHABET) for _ in range(generator.randrange(max_length)))

    for _ in range(300):
        text, html = generator.choice(
            [(random_text(300), None), (None, random_text(300)), (random_text(300), random_text(300))]
        )
        files = [
            Attachment(
                random_text(40),
                generator.randbytes(generator.randrange(200)),
                generator.choice([None, "text/plain", "x", "message/rfc822"]),
                generator.random() < 0.4,
            )
            for _ in range(generator.randrange(3))
        ]
        mail = make_mail(
            sender={"email": "a@example.com", "name": random_text(90)},
            to=[{"email": f"b{n}@example.org", "name": random_text(120)} for n in range(generator.randrange(1, 5))],
            reply_to={"email": "ü@example.com", "name": random_text(9)},
            subject=random_text(200),
            text=text,
            html=html,
            headers={"X-Word": random_text(100)},
            files=files,
        )
        parsed = parse_mail(compose(mail))
        inline_first = sorted(files, key=lambda file: not file.inline)
        assert parsed.text == (normalize_body(text) or (None if normalize_body(html) else ""))
        assert parsed.html == normalize_body(html)
        assert parsed.subject == to_single_line(mail.subject)
        assert parsed.sender == (to_single_line(mail.sender["name"]), "a@example.com")
        assert parsed.to == [(to_single_line(person["name"]), person["email"]) for person in mail.to]
        assert [part.content for part in parsed.parts] == [file.content for file in inline_first]
        assert [part.filename for part in parsed.parts] == [
            to_single_line(file.filename) or "attachment" for file in inline_first
        ]
        assert [part.inline for part in parsed.parts] == [file.inline for file in inline_first]
        assert dict(parsed.headers).get("X-Word", "") == to_single_line(mail.headers["X-Word"])


def test_composed_lines_are_not_longer_than_smtp_allows():
    raw = compose(
        make_mail(subject="x" * 5000, text="y" * 5000, to=[{"email": f"{'z' * 50}{n}@example.org"} for n in range(200)])
    )
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("changes", "structure"),
    [
        ({}, "text/plain"),
        ({"text": None, "html": "<p>"}, "text/html"),
        ({"html": "<p>"}, "multipart/alternative(text/plain text/html)"),
        ({"files": [Attachment("a", b"")]}, "multipart/mixed(text/plain application/octet-stream)"),
        (
            {"html": "<p>", "files": [Attachment("a", b""), Attachment("b", b"", "image/png", True, "c")]},
            "multipart/mixed("
            "multipart/related(multipart/alternative(text/plain text/html) image/png) application/octet-stream)",
        ),
    ],
)
def test_structure_of_composed_mail(changes, structure):
    def describe_structure(part):
        parts = f"({' '.join(map(describe_structure, part.iter_parts()))})" if part.is_multipart() else ""
        return part.get_content_type() + parts

    assert describe_structure(email.message_from_bytes(compose(make_mail(**changes)), policy=default)) == structure


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ('text/csv; charset="utf-8"', 'text/csv; charset="utf-8"'),
        ("text/plain;charset=utf-8; format=flowed", 'text/plain; charset="utf-8"; format="flowed"'),
        ("text/csv; charset", "application/octet-stream"),
        ("text/csv;\r\n a=b", "application/octet-stream"),
        ('text/csv; a="\r\nX-B: c"', "application/octet-stream"),
        ("message/rfc822", "application/octet-stream"),
    ],
)
def test_media_type_of_an_attachment(media_type, expected):
    message = email.message_from_bytes(compose(make_mail(files=[Attachment("a", b"", media_type)])), policy=default)
    assert next(message.iter_attachments())["Content-Type"] == expected


def test_line_breaks_cannot_inject_headers():
    raw = compose(
        make_mail(
            subject="a\r\nBcc: evil@example.com",
            headers={"X-A": "b\nX-B: c"},
            sender={"email": "a@b.c", "name": "x\r\ny"},
        )
    )
    parsed = parse_mail(raw)
    assert parsed.bcc == []
    assert dict(parsed.headers)["Subject"] == "a Bcc: evil@example.com"
    assert "X-B" not in dict(parsed.headers)


@pytest.mark.parametrize(
    "address", ["a@b.c", "a+b@example.com", "ü@example.com", "a.b@localhost", "o'neil@example.com"]
)
def test_valid_addresses(address):
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
def test_invalid_addresses(address):
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


def test_parsing_a_message_of_another_program():
    parsed = parse_mail(MIXED)
    assert parsed.subject == "✓✓ plain"
    assert parsed.sender == ("Änn", "a@example.com")
    assert parsed.to == [("Last, First", "b@example.com"), ("", "c@example.com")]
    assert parsed.cc == [("Jörg", "j@example.com")]
    assert (parsed.text, parsed.html) == ("Grüße", "<p>ü</p>")
    notes, logo, inner = parsed.parts
    assert (notes.filename, notes.inline, notes.content.strip()) == ("notes.txt", False, b"not the body")
    assert (logo.content_id, logo.inline, logo.content) == ("logo", True, b"GIF")
    assert inner.media_type == "message/rfc822"
    assert b"inner body" in inner.content


def test_parsing_unencoded_utf8_headers():
    parsed = parse_mail("Subject: Größe\r\nFrom: Änn <ü@example.com>\r\n\r\n".encode())
    assert parsed.subject == "Größe"
    assert parsed.sender == ("Änn", "ü@example.com")


def test_parsing_a_message_that_is_an_attachment():
    parsed = parse_mail(b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n%PDF")
    assert (parsed.text, parsed.html) == (None, None)
    assert parsed.parts[0].filename == "a.pdf"


def test_parsing_damaged_messages():
    generator = random.Random(SEED)
    fragments = [
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
        for _ in range(generator.randrange(1, 15)):
            position = generator.randrange(len(raw))
            action = generator.randrange(3)
            if action == 0:
                raw[position] = generator.randrange(256)
            elif action == 1:
                del raw[position : position + generator.randrange(8)]
            else:
                raw[position:position] = generator.choice(fragments)
        parsed = parse_mail(bytes(raw))
        # All texts can be encoded in UTF-8, as JSON answers require.
        repr(parsed).encode()
        for text in (
            parsed.subject,
            parsed.text or "",
            parsed.html or "",
            *parsed.sender,
            *(part.filename for part in parsed.parts),
        ):
            text.encode()


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"\x00" * 100, b":", b"Content-Type: multipart/mixed\r\n\r\n", b"\xff\xfe"]
)
def test_parsing_bytes_that_are_not_a_message(raw):
    parsed = parse_mail(raw)
    assert parsed.sender == ("", "")
    assert parsed.to == []
