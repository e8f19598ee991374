# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._mail import attachment, mailbox, payload

MESSAGE = {"from": "a@example.com", "to": ["b@example.com"], "subject": "Hello", "text": "Hi"}
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
        ("ann+tag@sub.example.com", {"email": "ann+tag@sub.example.com"}),
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
        "A\nBcc: z <a@example.com>",
        "@example.com",
        "a b@example.com",
        "Ann <>",
        "a@x, b@x",
        "a@x <b",
    ],
)
def test_not_a_mailbox(text):
    with pytest.raises(MailtrapError, match="is not an e-mail address"):
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
        ({"text": None}, "the message has neither text nor html"),
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
