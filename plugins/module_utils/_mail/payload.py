# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a task to the payload of a send request (facts 4.2). Pure."""

from __future__ import annotations

import base64
import json
import mimetypes
import os
import re
from email.utils import unquote
from urllib.parse import unquote as from_url

from .._api.errors import MailtrapError
from .markdown import as_html

# The options of a message, in a task as in an entry of a batch.
MESSAGE_OPTIONS = {
    "from": {"type": "str", "aliases": ["sender"]},
    "to": {"type": "list", "elements": "str"},
    "cc": {"type": "list", "elements": "str"},
    "bcc": {"type": "list", "elements": "str"},
    "reply_to": {"type": "str"},
    "subject": {"type": "str"},
    "text": {"type": "str"},
    "html": {"type": "str"},
    "body_markdown": {"type": "str"},
    "template": {"type": "str"},
    "template_uuid": {"type": "str"},
    "template_variables": {"type": "dict"},
    "category": {"type": "str"},
    "custom_variables": {"type": "dict"},
    "headers": {"type": "dict"},
    "attachments": {
        "type": "list",
        "elements": "dict",
        "options": {
            "src": {"type": "path", "required": True},
            "remote_src": {"type": "bool", "default": False},
            "filename": {"type": "str"},
            "content_type": {"type": "str"},
            "disposition": {"type": "str", "default": "attachment", "choices": ["attachment", "inline"]},
            "content_id": {"type": "str"},
        },
    },
}
RECIPIENTS = ("to", "cc", "bcc")

# What the service takes (facts 1.11). Sizes that depend on the plan are the service's to judge.
MOST_RECIPIENTS = 1000
LONGEST_CATEGORY = 255
LONGEST_CUSTOM_VARIABLES = 1000

# Header fields that have an option of their own or are the service's alone (facts 4.2).
RESERVED_HEADERS = {
    "bcc",
    "category",
    "cc",
    "content-transfer-encoding",
    "content-type",
    "date",
    "dkim-signature",
    "from",
    "message-id",
    "mime-version",
    "received",
    "reply-to",
    "return-path",
    "subject",
    "to",
    "x-mt-category",
}

# The dot-atoms of RFC 5322, and what RFC 6531 adds beyond ASCII.
_ATOM = r"[^\s@<>(),;:\\\"\[\].]+"
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@{_ATOM}(\.{_ATOM})*")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+( *;[ -~]*)?", re.ASCII)
_CONTENT_ID = re.compile(r"[!-;=?-~]+")  # what can stand between < and > in a header
_REFERENCE = re.compile(r"""=\s*["']?cid:([^"'\s>]+)""", re.IGNORECASE)


def mailbox(text):
    """Return a mailbox as the API has it: dict with email, and with name where there is one.

    :param text: str, ``ops@example.com`` or ``Operations <ops@example.com>``. A name needs quotes around it only for
        the characters < > and @ in it.
    :raises MailtrapError: when it is neither.
    """
    text = text.strip()
    if _is_broken(text):
        raise MailtrapError(f"{text!r} holds a line break")
    name, _bracket, address = text[:-1].rpartition("<") if text.endswith(">") else ("", "", text)
    address, name = address.strip(), name.strip()
    if name.startswith('"') and name.endswith('"'):
        name = unquote(name).strip()
    elif re.search("[<>@]", name):  # more than one address
        address = ""
    if not _ADDRESS.fullmatch(address) or not address.isprintable():
        raise MailtrapError(f"{text!r} is not an e-mail address: user@host or Name <user@host>")
    return {"email": address, "name": name} if name else {"email": address}


def payload(options):
    """Return the body of a send request, without its attachments: dict.

    :param options: dict, MESSAGE_OPTIONS; None is not given.
    :raises MailtrapError: with every rule that is broken, in one go; nothing has been sent then.
    """
    wrong = list(_broken_rules(options))
    message = _fields(options, wrong)
    wrong.extend(_broken_references(message.get("html", ""), options.get("attachments") or ()))
    if wrong:
        raise MailtrapError(*wrong)
    return message


def answer_payload(options, needs_body):
    """Return the body of an answer to a mail that has a subject, and says whom to answer, without attachments: dict.

    :param options: dict, some of MESSAGE_OPTIONS. :param needs_body: bool, whether there must be something to read.
    :raises MailtrapError: with every rule that is broken, in one go; nothing has been sent then.
    """
    wrong = [*_broken_field_rules(options), *_broken_body_rules(options, needs_body)]
    message = _fields(options, wrong)
    wrong.extend(_broken_references(message.get("html", ""), options.get("attachments") or ()))
    if wrong:
        raise MailtrapError(*wrong)
    return message


def shared_payload(options):
    """Return what options that need not make a whole message bring to each that builds on them: dict.

    :raises MailtrapError: when an address in them is none.
    """
    wrong = []
    fields = _fields({name: value for name, value in options.items() if name not in RECIPIENTS}, wrong)
    if wrong:
        raise MailtrapError(*wrong)
    return fields


def recipients(message):
    """Return the addresses of a payload, in the order in which the service gives ids (facts 4.3): list of str."""
    return [person["email"] for field in RECIPIENTS for person in message.get(field, ())]


def attachment(content, filename, content_type=None, disposition="attachment", content_id=None):
    """Return one attachment as the API has it: dict.

    :param content: bytes, or what stands for their base64 in a body that is written in pieces.
    :param filename: str, as the recipient sees it.
    :param content_type: str, guessed from the name when not given.
    :param disposition: str, attachment or inline. :param content_id: str, for inline parts.
    """
    part = {
        "filename": filename,
        "type": content_type or mimetypes.guess_type(filename)[0] or "application/octet-stream",
        "disposition": disposition,
        "content": base64.b64encode(content).decode("ascii") if isinstance(content, bytes) else content,
    }
    if content_id:
        part["content_id"] = content_id
    return part


def file_name(entry):
    """Return the name that the recipient sees of an attachment, one of MESSAGE_OPTIONS: str."""
    return entry["filename"] or os.path.basename(entry["src"])


def content_id(entry):
    """Return the name by which HTML can refer to an attachment: str, its file's if need be; None where it has none."""
    if entry["content_id"] or entry["disposition"] != "inline":
        return entry["content_id"]
    return file_name(entry) if _CONTENT_ID.fullmatch(file_name(entry)) else None


def _fields(options, wrong):
    """Return the fields that options make: dict; addresses that are none are noted in ``wrong``."""
    message = {}
    for option in ("from", "reply_to"):
        if options.get(option):
            message[option] = _collect(wrong, option, options[option])
    for option in RECIPIENTS:
        if options.get(option):
            message[option] = [_collect(wrong, option, text) for text in options[option]]
    for field in ("subject", "category"):
        if options.get(field):
            message[field] = options[field].strip()
    markdown = options.get("body_markdown")
    if markdown:
        message["text"] = markdown  # it was made to be read as it is
        message["html"] = as_html(markdown)
    for field in ("text", "html", "template_uuid", "template_variables"):
        if options.get(field):
            message[field] = options[field]
    for field in ("custom_variables", "headers"):  # the service takes texts alone
        if options.get(field):
            message[field] = {name: _as_text(value) for name, value in options[field].items() if value is not None}
    return message


def _as_text(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_broken(text):
    """Say whether a text has more than one line; in a header, what follows the first would be one of its own."""
    return len(f"{text}.".splitlines()) > 1


def _broken_rules(options):
    """Say what is wrong with the options as a whole: str, one after the other."""
    if not options.get("from"):
        yield "from is empty"
    if not any(options.get(option) for option in RECIPIENTS):
        yield "there is no recipient: to, cc and bcc are all empty"
    yield from _broken_content_rules(options)
    yield from _broken_field_rules(options)


def _broken_field_rules(options):
    """Say what is wrong with recipients, category, variables, headers and attachments: str, one after the other."""
    for option in RECIPIENTS:
        if len(options.get(option) or ()) > MOST_RECIPIENTS:
            yield f"{option} has {len(options[option])} recipients; the service takes {MOST_RECIPIENTS}"
    category = (options.get("category") or "").strip()
    if len(category) > LONGEST_CATEGORY:
        yield f"category has {len(category)} characters; the service takes {LONGEST_CATEGORY}"
    if _is_broken(category):
        yield "category holds a line break"
    size = len(json.dumps(options.get("custom_variables") or {}, separators=(",", ":"), ensure_ascii=False).encode())
    if size > LONGEST_CUSTOM_VARIABLES:
        yield f"custom_variables are {size} bytes of JSON; the service takes {LONGEST_CUSTOM_VARIABLES}"
    for name, value in (options.get("headers") or {}).items():
        if name.lower() in RESERVED_HEADERS:
            yield f"the header {name} cannot be set by headers: it is an option of its own or the service's"
        elif not _HEADER_NAME.fullmatch(name):
            yield f"{name!r} is no name of a header"
        elif _is_broken(str(value)):
            yield f"the header {name} holds a line break"
    yield from _broken_attachment_rules(options)


def _broken_content_rules(options):
    """A message has its own subject and body, or a template that brings them (facts 4.2)."""
    for option in ("template", "template_uuid"):
        if options.get(option) == "":
            yield f"{option} is empty"
            return
    if options.get("template_uuid") or options.get("template"):
        own = [option for option in ("subject", "text", "html", "body_markdown", "category") if options.get(option)]
        if own:
            yield f"a template brings its own {', '.join(own)}: leave out the template or the {', '.join(own)}"
        uuid = options.get("template_uuid")
        if uuid and options.get("template"):
            yield "template and template_uuid are both given: leave out one of them"
        elif uuid and not _UUID.fullmatch(uuid):
            yield f"template_uuid {uuid!r} is not a UUID; a template can also be given by its name with template"
        return
    if options.get("template_variables"):
        yield "template_variables need a template or a template_uuid"
    if not (options.get("subject") or "").strip():
        yield "subject is empty"
    elif _is_broken(options["subject"].strip()):
        yield "subject holds a line break"
    yield from _broken_body_rules(options)


def _broken_body_rules(options, needs_body=True):
    """Say what is wrong with the bodies: str, one after the other."""
    if options.get("html") and options.get("body_markdown"):
        yield "html and body_markdown are both given: leave out one of them"
    elif needs_body and not any(options.get(option) for option in ("text", "html", "body_markdown")):
        yield "the message has neither text nor html nor body_markdown"


def _broken_attachment_rules(options):
    """Say what is wrong with the attachments but for their content: str, one after the other."""
    for entry in options.get("attachments") or ():
        label = f"attachment {entry['src']!r}"
        if _is_broken(file_name(entry)):
            yield f"{label}: its name {file_name(entry)!r} holds a line break"
        if entry["content_type"] and not _MEDIA_TYPE.fullmatch(entry["content_type"]):
            yield f"{label}: content_type {entry['content_type']!r} is not a media type such as image/png"
        if entry["content_id"] and not _CONTENT_ID.fullmatch(entry["content_id"]):
            yield f"{label}: content_id {entry['content_id']!r} holds blanks, < or >, or letters beyond ASCII"


def _broken_references(html, attachments):
    """Say which files the HTML shows that are not there, or not one: str, one after the other."""
    ids = [content_id(entry) for entry in attachments if content_id(entry)]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"several attachments have the content_id {name!r}"
    for name in sorted(set(map(from_url, _REFERENCE.findall(html))) - set(ids)):
        yield f"the HTML shows cid:{name}, and no attachment has this content_id"


def _collect(wrong, option, text):
    """Return a mailbox, or note in ``wrong`` why it is none."""
    try:
        return mailbox(text)
    except MailtrapError as error:
        wrong.append(f"{option}: {error}")
        return None
