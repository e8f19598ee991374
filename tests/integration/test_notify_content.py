# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The content of sent mail, parsed by the standard library."""

from __future__ import annotations

import email
import email.policy

import pytest


def parse_mail(sent):
    """Parse a mail of the emulator's outbox."""
    return email.message_from_string(sent["raw"], policy=email.policy.default)


def list_addresses(mail, header):
    """Return the display name and the address of each mailbox in a header."""
    return [(address.display_name, address.addr_spec) for address in mail[header].addresses]


def list_parts(mail):
    """Return the media type, disposition, file name, content ID and content of each part that is not multipart."""
    return [
        (
            part.get_content_type(),
            part.get_content_disposition(),
            part.get_filename(),
            part["Content-ID"] and part["Content-ID"].strip("<>"),
            part.get_payload(decode=True),
        )
        for part in mail.walk()
        if not part.is_multipart()
    ]


def test_sent_mail_is_parsed_correctly(play, emulator, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "logo.png").write_bytes(b"\x89PNG")
    (tmp_path / "Übersicht - März.pdf").write_bytes(b"%PDF")
    (step,) = play(
        """
        - community.mailtrap.notify:
            from: '"Über, Max \\"M\\"" <deploy@example.com>'
            to: ["Müller, Karl <karl@example.org>", "anna@example.org"]
            cc: ['"Ops @ Shop" <ops@example.org>', "O'Brien <ob@example.org>"]
            bcc: [hidden@example.org, "Also hidden <also@example.org>"]
            reply_to: Hilfe für alle <hilfe@example.com>
            subject: "Grüße 🎉 - it's \\"live\\""
            text: "Grüße\\n"
            html: '<p>Grüße</p><img src="cid:logo.png"><img src="cid:second">'
            attachments:
              - {src: logo.png, disposition: inline}
              - {src: logo.png, disposition: inline, content_id: second, filename: zweites.png}
              - {src: Übersicht - März.pdf}
        """
    )
    (sent,) = emulator.outbox()
    mail = parse_mail(sent)
    assert mail["Subject"] == 'Grüße 🎉 - it\'s "live"'
    assert list_addresses(mail, "From") == [('Über, Max "M"', "deploy@example.com")]
    assert list_addresses(mail, "To") == [("Müller, Karl", "karl@example.org"), ("", "anna@example.org")]
    assert list_addresses(mail, "Cc") == [("Ops @ Shop", "ops@example.org"), ("O'Brien", "ob@example.org")]
    assert list_addresses(mail, "Reply-To") == [("Hilfe für alle", "hilfe@example.com")]
    assert "Bcc" not in mail and "hidden" not in sent["raw"]
    assert sent["recipients"] == [
        "karl@example.org",
        "anna@example.org",
        "ops@example.org",
        "ob@example.org",
        "hidden@example.org",
        "also@example.org",
    ]
    assert len(step["message_ids"]) == 6
    assert mail.get_body(("plain",)).get_content().splitlines() == ["Grüße"]
    assert 'src="cid:second"' in mail.get_body(("html",)).get_content()
    assert list_parts(mail)[2:] == [
        ("image/png", "inline", "logo.png", "logo.png", b"\x89PNG"),
        ("image/png", "inline", "zweites.png", "second", b"\x89PNG"),
        ("application/pdf", "attachment", "Übersicht - März.pdf", None, b"%PDF"),
    ]


@pytest.mark.parametrize(
    "address",
    ["用户@例え.jp", "jörg@exämple.org", "ann+tag@sub.example.org", "o'brien@example.org", "a.b_c-d@x-y.example.org"],
)
def test_unusual_addresses_are_accepted(play_in, emulator, address):
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.notify: {from: a@example.com, to: ['Jörg \U0001f600 <%s>'], subject: s, text: t}}]"
        % address.replace("'", "''"),
    )
    assert step.changed and emulator.outbox()[0]["to"] == [{"name": "Jörg 😀", "email": address}]


MARKDOWN = """
- community.mailtrap.notify:
    from: a@example.com
    to: b@example.org
    subject: Markdown
    body_markdown: |
      # Version *1.2.3* is live

      ![Load](cid:load.png)

      - [changes](https://shop.example.com/changes?a=1&b=2)
      - <script>alert(1)</script> [x](javascript:alert(1))

      | node | load |
      |------|-----:|
      | a    |   10 |
    attachments: [{src: load.png, disposition: inline}]
    %s
"""


def test_markdown_is_rendered_as_html(play, emulator, tmp_path):
    (tmp_path / "load.png").write_bytes(b"\x89PNG")
    play(MARKDOWN % "")
    (sent,) = emulator.outbox()
    mail = parse_mail(sent)
    text, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
    assert text.startswith("# Version *1.2.3* is live") and "- [changes](https://shop.example.com" in text
    assert "<h1>Version <em>1.2.3</em> is live</h1>" in html and "<td>a</td>" in html
    assert '<img src="cid:load.png" alt="Load" />' in html
    assert '<a href="https://shop.example.com/changes?a=1&amp;b=2">changes</a>' in html
    # HTML and script links in the Markdown are escaped.
    assert "<script>" not in html and "&lt;script&gt;" in html and '<a href="javascript' not in html
    assert list_parts(mail)[2][:4] == ("image/png", "inline", "load.png", "load.png")


def test_markdown_with_separate_text(play_in, emulator, tmp_path):
    (tmp_path / "load.png").write_bytes(b"\x89PNG")
    play_in("in_process", MARKDOWN % "text: It is live.")
    (sent,) = emulator.outbox()
    assert sent["text"] == "It is live." and "<h1>" in sent["html"]


def test_markdown_refers_to_a_missing_attachment(play_in, emulator):
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.notify: {from: a@example.com, to: b@x.org, subject: s, body_markdown: '![a](cid:b)'},"
        " ignore_errors: true}]",
    )
    assert step.failed and "the HTML refers to cid:b, but no attachment has this content_id" in step.msg


def test_missing_markdown_library_fails_only_if_needed(play, emulator, tmp_path):
    (tmp_path / "markdown_it").mkdir()
    (tmp_path / "markdown_it" / "__init__.py").write_text("raise ImportError('gone')\n")
    tasks = "[{community.mailtrap.notify: {from: a@example.com, to: b@x.org, subject: s, %s}, ignore_errors: true}]"
    environment = {"PYTHONPATH": str(tmp_path)}
    (with_markdown,) = play(tasks % "body_markdown: x", environment=environment)
    assert with_markdown.failed and "Failed to import the required Python library (markdown-it-py)" in with_markdown.msg
    assert with_markdown.requests == []
    (without_markdown,) = play(tasks % "text: x", environment=environment)
    assert without_markdown.changed
