# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._mail.payload import (
    build_attachment,
    build_payload,
    build_shared_payload,
    get_content_id,
    list_recipients,
    parse_mailbox,
)

MESSAGE = {"from": "a@example.com", "to": ["b@example.com"], "subject": "Hello", "text": "Hi"}
ATTACHMENT = {
    "src": "a/logo.png",
    "filename": None,
    "content_type": None,
    "disposition": "attachment",
    "content_id": None,
}
TEMPLATE = {"from": "a@example.com", "to": ["b@example.com"], "template_uuid": "b81aabcd-1a1e-41cf-91b6-eca0254b3d96"}


@pytest.mark.parametrize(
    "text, expected",
    [
        ("a@example.com", {"email": "a@example.com"}),
        (" a@example.com ", {"email": "a@example.com"}),
        ("<a@example.com>", {"email": "a@example.com"}),
        ("Ann <a@example.com>", {"email": "a@example.com", "name": "Ann"}),
        ('"Ann B." <a@example.com>', {"email": "a@example.com", "name": "Ann B."}),
        ("Müller, Karl <k@example.com>", {"email": "k@example.com", "name": "Müller, Karl"}),
        (r'"The \"boss\"" <b@example.com>', {"email": "b@example.com", "name": 'The "boss"'}),
        (r'"back \\ slash" <b@example.com>', {"email": "b@example.com", "name": "back \\ slash"}),
        ('"Ops @ <Shop>" <o@example.com>', {"email": "o@example.com", "name": "Ops @ <Shop>"}),
        ('Ann "A" Ash <a@example.com>', {"email": "a@example.com", "name": 'Ann "A" Ash'}),
        ('"" <a@example.com>', {"email": "a@example.com"}),
        ("Ann< a@example.com >", {"email": "a@example.com", "name": "Ann"}),
        ("ann+tag@sub.example.com", {"email": "ann+tag@sub.example.com"}),
        ("o'brien@example.com", {"email": "o'brien@example.com"}),
        ("root@localhost", {"email": "root@localhost"}),
        ("用户@例え.jp", {"email": "用户@例え.jp"}),
        ("Jörg <jörg@exämple.org>", {"email": "jörg@exämple.org", "name": "Jörg"}),
    ],
)
def test_mailbox_is_parsed(text, expected):
    assert parse_mailbox(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "a@",
        "@example.com",
        "a..b@example.com",
        ".a@example.com",
        "a.@example.com",
        "a@example..com",
        "a@example.com.",
        "a@b@example.com",
        "a@ex ample.com",
        "a\u00a0b@example.com",
        "a\u200bb@example.com",
        "a\x00b@example.com",
        "a@example.com (Ann)",
        "ann@example.com, Bob <bob@example.com>",
        "Ann <ann@example.com> <bob@example.com>",
        "Ann <ann@example.com>, bob@example.com",
        '"',
        "<",
        ">",
        "<>",
        "a b@example.com",
        "Ann <>",
        "a@x, b@x",
        "a@x <b",
    ],
)
def test_invalid_mailbox_is_refused(text):
    with pytest.raises(MailtrapError, match="is not an e-mail address"):
        parse_mailbox(text)


@pytest.mark.parametrize("text", ["A\nBcc: z <a@example.com>", "a@example.com\rb", "A\u2028B <a@example.com>"])
def test_mailbox_with_line_break_is_refused(text):
    with pytest.raises(MailtrapError, match="contains a line break"):
        parse_mailbox(text)


def test_payload_holds_only_given_options():
    options = dict(MESSAGE, cc=[], bcc=["Bob <bob@example.com>"], html=None, category="", subject="Hello\n")
    options.update(reply_to="c@example.com", headers={"X-Run": 7}, custom_variables={"ok": True, "who": "me"})
    assert build_payload(options) == {
        "from": {"email": "a@example.com"},
        "reply_to": {"email": "c@example.com"},
        "to": [{"email": "b@example.com"}],
        "bcc": [{"email": "bob@example.com", "name": "Bob"}],
        "text": "Hi",
        "subject": "Hello",
        "custom_variables": {"ok": "true", "who": "me"},
        "headers": {"X-Run": "7"},
    }


def test_payload_with_template():
    assert build_payload(dict(TEMPLATE, template_variables={"n": 1}))["template_variables"] == {"n": 1}


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"from": ""}, "from is empty"),
        ({"to": []}, "to, cc and bcc are all empty: give at least one recipient"),
        ({"to": ["nobody"]}, "to: 'nobody' is not an e-mail address: write user@host or Name <user@host>"),
        ({"to": ["a@example.com"] * 1001}, "to has 1001 recipients; the limit is 1000"),
        ({"subject": None}, "subject is empty"),
        ({"subject": "a\nBcc: x@example.com"}, "subject contains a line break"),
        ({"text": None}, "the message has neither text nor html nor body_markdown"),
        ({"html": "x", "body_markdown": "y"}, "html and body_markdown are both given"),
        ({"category": "a\nb"}, "category contains a line break"),
        ({"subject": " "}, "subject is empty"),
        ({"template": ""}, "template is empty"),
        ({"headers": {"X-A": "b\n"}}, "the header X-A contains a line break"),
        (
            {"attachments": [dict(ATTACHMENT, filename="a\nb")]},
            "attachment 'a/logo.png': the file name 'a\\nb' contains a line break",
        ),
        (
            {"attachments": [dict(ATTACHMENT, content_type="png")]},
            "attachment 'a/logo.png': content_type 'png' is not a media",
        ),
        (
            {"attachments": [dict(ATTACHMENT, content_id="lögo")]},
            "attachment 'a/logo.png': content_id 'lögo' contains blanks",
        ),
        (
            {"attachments": [dict(ATTACHMENT, disposition="inline"), dict(ATTACHMENT, content_id="logo.png")]},
            "several attachments have the content_id 'logo.png'",
        ),
        (
            {"html": "<img src='cid:logo.png'>"},
            "the HTML refers to cid:logo.png, but no attachment has this content_id",
        ),
        ({"html": "<img src=cid:x>", "attachments": [ATTACHMENT]}, "the HTML refers to cid:x, but no attachment"),
        ({"category": "c" * 256}, "category has 256 characters; the limit is 255"),
        ({"custom_variables": {"x": "y" * 1000}}, "custom_variables has 1008 bytes as JSON; the limit is 1000"),
        ({"headers": {"Subject": "x"}}, "the header Subject cannot be set by headers"),
        ({"headers": {"X-A": "b\r\nBcc: x@example.com"}}, "the header X-A contains a line break"),
        ({"headers": {"": "x"}}, "'' is not a valid header name"),
        ({"headers": {"a b": "x"}}, "'a b' is not a valid header name"),
        ({"template_variables": {"x": 1}}, "template_variables requires template or template_uuid"),
        (
            {"template": "Report"},
            "a template cannot be combined with subject, text: omit the template, or omit subject, text",
        ),
    ],
)
def test_invalid_options_are_refused(changes, message):
    with pytest.raises(MailtrapError) as caught:
        build_payload(dict(MESSAGE, **changes))
    assert len(caught.value.messages) == 1
    assert caught.value.messages[0].startswith(message)


def test_invalid_template_uuid_is_refused():
    with pytest.raises(MailtrapError, match="template_uuid 'Report' is not a UUID"):
        build_payload(dict(TEMPLATE, template_uuid="Report"))


def test_all_errors_are_reported_at_once():
    with pytest.raises(MailtrapError) as caught:
        build_payload({"from": "nobody", "to": ["no one"], "subject": "", "text": ""})
    assert len(caught.value.messages) == 4


def test_attachment_is_built():
    attachment = build_attachment(b"\x00\xff", "Grüße.pdf", content_id="x", disposition="inline")
    assert base64.b64decode(attachment.pop("content")) == b"\x00\xff"
    assert attachment == {
        "filename": "Grüße.pdf",
        "type": "application/pdf",
        "disposition": "inline",
        "content_id": "x",
    }
    assert build_attachment(b"", "x.unheardof")["type"] == "application/octet-stream"
    assert build_attachment(b"", "x", "text/x-log")["type"] == "text/x-log"


def test_references_in_html_need_an_attachment():
    inline = dict(ATTACHMENT, disposition="inline")
    html = '<img src="cid:logo.png"><img src = \'CID:a%20b\'> cid:text <a href="https://x.org/?cid:=1">'
    with pytest.raises(MailtrapError) as caught:
        build_payload(dict(MESSAGE, html=html, attachments=[inline]))
    assert caught.value.messages == ["the HTML refers to cid:a b, but no attachment has this content_id"]
    build_payload(dict(MESSAGE, html='<img src="cid:logo.png">', attachments=[inline]))


def test_content_id_of_inline_attachment_defaults_to_file_name():
    assert get_content_id(ATTACHMENT) is None
    assert get_content_id(dict(ATTACHMENT, disposition="inline")) == "logo.png"
    assert get_content_id(dict(ATTACHMENT, disposition="inline", filename="x.png")) == "x.png"
    assert get_content_id(dict(ATTACHMENT, disposition="inline", content_id="me")) == "me"
    assert get_content_id(dict(ATTACHMENT, disposition="inline", src="my löwe.png")) is None


def test_markdown_becomes_text_and_html():
    message = build_payload({**MESSAGE, "text": None, "body_markdown": "**Hi** <b>you</b> 1 < 2"})
    assert message["text"] == "**Hi** <b>you</b> 1 < 2"
    assert message["html"] == "<p><strong>Hi</strong> &lt;b&gt;you&lt;/b&gt; 1 &lt; 2</p>\n"
    assert build_payload({**MESSAGE, "body_markdown": "*x*"})["text"] == "Hi"


def test_shared_payload_has_no_recipients():
    options = {"from": "a@example.com", "to": ["nobody"], "subject": "Hi", "headers": {"X-A": 1}, "text": None}
    assert build_shared_payload(options) == {
        "from": {"email": "a@example.com"},
        "subject": "Hi",
        "headers": {"X-A": "1"},
    }
    with pytest.raises(MailtrapError, match="reply_to: 'x' is not an e-mail address"):
        build_shared_payload({"reply_to": "x"})


def test_recipients_are_listed_in_order():
    options = dict(MESSAGE, bcc=["c@example.com"], cc=["B <b@example.org>"])
    assert list_recipients(build_payload(options)) == ["b@example.com", "b@example.org", "c@example.com"]
