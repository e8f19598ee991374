# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._mail.payload import (
    attachment,
    content_id,
    mailbox,
    payload,
    recipients,
    shared_payload,
)

MESSAGE = {"from": "a@example.com", "to": ["b@example.com"], "subject": "Hello", "text": "Hi"}
FILE = {"src": "a/logo.png", "filename": None, "content_type": None, "disposition": "attachment", "content_id": None}
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
def test_mailbox(text, expected):
    assert mailbox(text) == expected


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
def test_not_a_mailbox(text):
    with pytest.raises(MailtrapError, match="is not an e-mail address"):
        mailbox(text)


@pytest.mark.parametrize("text", ["A\nBcc: z <a@example.com>", "a@example.com\rb", "A\u2028B <a@example.com>"])
def test_a_mailbox_has_one_line(text):
    with pytest.raises(MailtrapError, match="holds a line break"):
        mailbox(text)


def test_payload_holds_what_was_given_and_nothing_else():
    options = dict(MESSAGE, cc=[], bcc=["Bob <bob@example.com>"], html=None, category="", subject="Hello\n")
    options.update(reply_to="c@example.com", headers={"X-Run": 7}, custom_variables={"ok": True, "who": "me"})
    assert payload(options) == {
        "from": {"email": "a@example.com"},
        "reply_to": {"email": "c@example.com"},
        "to": [{"email": "b@example.com"}],
        "bcc": [{"email": "bob@example.com", "name": "Bob"}],
        "text": "Hi",
        "subject": "Hello",
        "custom_variables": {"ok": "true", "who": "me"},
        "headers": {"X-Run": "7"},
    }


def test_payload_of_a_template():
    assert payload(dict(TEMPLATE, template_variables={"n": 1}))["template_variables"] == {"n": 1}


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"from": ""}, "from is empty"),
        ({"to": []}, "there is no recipient: to, cc and bcc are all empty"),
        ({"to": ["nobody"]}, "to: 'nobody' is not an e-mail address: user@host or Name <user@host>"),
        ({"to": ["a@example.com"] * 1001}, "to has 1001 recipients; the service takes 1000"),
        ({"subject": None}, "subject is empty"),
        ({"subject": "a\nBcc: x@example.com"}, "subject holds a line break"),
        ({"text": None}, "the message has neither text nor html nor body_markdown"),
        ({"html": "x", "body_markdown": "y"}, "html and body_markdown are both given"),
        ({"category": "a\nb"}, "category holds a line break"),
        ({"subject": " "}, "subject is empty"),
        ({"template": ""}, "template is empty"),
        ({"headers": {"X-A": "b\n"}}, "the header X-A holds a line break"),
        (
            {"attachments": [dict(FILE, filename="a\nb")]},
            "attachment 'a/logo.png': its name 'a\\nb' holds a line break",
        ),
        (
            {"attachments": [dict(FILE, content_type="png")]},
            "attachment 'a/logo.png': content_type 'png' is not a media",
        ),
        ({"attachments": [dict(FILE, content_id="lögo")]}, "attachment 'a/logo.png': content_id 'lögo' holds blanks"),
        (
            {"attachments": [dict(FILE, disposition="inline"), dict(FILE, content_id="logo.png")]},
            "several attachments have the content_id 'logo.png'",
        ),
        ({"html": "<img src='cid:logo.png'>"}, "the HTML shows cid:logo.png, and no attachment has this content_id"),
        ({"html": "<img src=cid:x>", "attachments": [FILE]}, "the HTML shows cid:x, and no attachment"),
        ({"category": "c" * 256}, "category has 256 characters; the service takes 255"),
        ({"custom_variables": {"x": "y" * 1000}}, "custom_variables are 1008 bytes of JSON; the service takes 1000"),
        ({"headers": {"Subject": "x"}}, "the header Subject cannot be set by headers"),
        ({"headers": {"X-A": "b\r\nBcc: x@example.com"}}, "the header X-A holds a line break"),
        ({"headers": {"": "x"}}, "'' is no name of a header"),
        ({"headers": {"a b": "x"}}, "'a b' is no name of a header"),
        ({"template_variables": {"x": 1}}, "template_variables need a template or a template_uuid"),
        (
            {"template": "Report"},
            "a template brings its own subject, text: leave out the template or the subject, text",
        ),
    ],
)
def test_broken_rules(change, sentence):
    with pytest.raises(MailtrapError) as caught:
        payload(dict(MESSAGE, **change))
    assert len(caught.value.messages) == 1
    assert caught.value.messages[0].startswith(sentence)


def test_a_template_uuid_that_is_none():
    with pytest.raises(MailtrapError, match="template_uuid 'Report' is not a UUID"):
        payload(dict(TEMPLATE, template_uuid="Report"))


def test_all_broken_rules_are_told_at_once():
    with pytest.raises(MailtrapError) as caught:
        payload({"from": "nobody", "to": ["no one"], "subject": "", "text": ""})
    assert len(caught.value.messages) == 4


def test_attachment():
    part = attachment(b"\x00\xff", "Grüße.pdf", content_id="x", disposition="inline")
    assert base64.b64decode(part.pop("content")) == b"\x00\xff"
    assert part == {
        "filename": "Grüße.pdf",
        "type": "application/pdf",
        "disposition": "inline",
        "content_id": "x",
    }
    assert attachment(b"", "x.unheardof")["type"] == "application/octet-stream"
    assert attachment(b"", "x", "text/x-log")["type"] == "text/x-log"


def test_what_html_shows():
    inline = dict(FILE, disposition="inline")
    html = '<img src="cid:logo.png"><img src = \'CID:a%20b\'> cid:text <a href="https://x.org/?cid:=1">'
    with pytest.raises(MailtrapError) as caught:
        payload(dict(MESSAGE, html=html, attachments=[inline]))
    assert caught.value.messages == ["the HTML shows cid:a b, and no attachment has this content_id"]
    payload(dict(MESSAGE, html='<img src="cid:logo.png">', attachments=[inline]))


def test_content_id():
    assert content_id(FILE) is None
    assert content_id(dict(FILE, disposition="inline")) == "logo.png"
    assert content_id(dict(FILE, disposition="inline", filename="x.png")) == "x.png"
    assert content_id(dict(FILE, disposition="inline", content_id="me")) == "me"
    assert content_id(dict(FILE, disposition="inline", src="my löwe.png")) is None


def test_markdown():
    message = payload({**MESSAGE, "text": None, "body_markdown": "**Hi** <b>you</b> 1 < 2"})
    assert message["text"] == "**Hi** <b>you</b> 1 < 2"
    assert message["html"] == "<p><strong>Hi</strong> &lt;b&gt;you&lt;/b&gt; 1 &lt; 2</p>\n"
    assert payload({**MESSAGE, "body_markdown": "*x*"})["text"] == "Hi"


def test_what_options_share_with_messages():
    shared = {"from": "a@example.com", "to": ["nobody"], "subject": "Hi", "headers": {"X-A": 1}, "text": None}
    assert shared_payload(shared) == {"from": {"email": "a@example.com"}, "subject": "Hi", "headers": {"X-A": "1"}}
    with pytest.raises(MailtrapError, match="reply_to: 'x' is not an e-mail address"):
        shared_payload({"reply_to": "x"})


def test_recipients():
    options = dict(MESSAGE, bcc=["c@example.com"], cc=["B <b@example.org>"])
    assert recipients(payload(options)) == ["b@example.com", "b@example.org", "c@example.com"]
