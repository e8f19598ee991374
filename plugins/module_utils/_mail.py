# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module utility is private to the collection: it may change in any release.

"""From the options of a task to the payload of a send request (facts 4.2). Pure."""

from __future__ import annotations

import base64
import json
import mimetypes
import re

from ansible_collections.community.mailtrap.plugins.module_utils._errors import MailtrapError

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

_MAILBOX = re.compile(r'^(?:"?(?P<name>[^<>]*?)"?\s*<(?P<in_brackets>[^<>]*)>|(?P<bare>[^<>]*))$')
_ADDRESS = re.compile(r"^[^\s@<>,;:]+@[^\s@<>,;:]+$")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def mailbox(text):
    """Return a mailbox as the API has it: dict with email, and with name where there is one.

    :param text: str, ``ops@example.com`` or ``Operations <ops@example.com>``.
    :raises MailtrapError: when it is neither.
    """
    parts = None if "\n" in text.strip() or "\r" in text.strip() else _MAILBOX.match(text.strip())
    address = (parts.group("in_brackets") or parts.group("bare") or "").strip() if parts else ""
    if not _ADDRESS.match(address):
        raise MailtrapError(f"{text!r} is not an e-mail address: user@host or Name <user@host>")
    name = (parts.group("name") or "").replace('\\"', '"').strip()
    return {"email": address, "name": name} if name else {"email": address}


def payload(options):
    """Return the body of a send request, without its attachments: dict.

    :param options: dict, the options of M(community.mailtrap.notify); None is not given.
    :raises MailtrapError: with every rule that is broken, in one go; nothing has been sent then.
    """
    wrong = _broken_rules(options)
    message = {}
    for option, field in (("from", "from"), ("reply_to", "reply_to")):
        if options.get(option):
            message[field] = _collect(wrong, option, options[option])
    for option in ("to", "cc", "bcc"):
        if options.get(option):
            message[option] = [_collect(wrong, option, text) for text in options[option]]
    if wrong:
        raise MailtrapError(*wrong)
    for field in ("text", "html", "category", "template_uuid", "template_variables"):
        if options.get(field):
            message[field] = options[field]
    if options.get("subject"):
        message["subject"] = options["subject"].strip()
    for field in ("custom_variables", "headers"):  # the service takes texts alone
        if options.get(field):
            message[field] = {name: _as_text(value) for name, value in options[field].items() if value is not None}
    return message


def attachment(content, filename, content_type=None, disposition="attachment", content_id=None):
    """Return one attachment as the API has it: dict.

    :param content: bytes. :param filename: str, as the recipient sees it.
    :param content_type: str, guessed from the name when not given.
    :param disposition: str, attachment or inline. :param content_id: str, for inline parts.
    """
    part = {
        "filename": filename,
        "type": content_type or mimetypes.guess_type(filename)[0] or "application/octet-stream",
        "disposition": disposition,
        "content": base64.b64encode(content).decode("ascii"),
    }
    if content_id:
        part["content_id"] = content_id
    return part


def _as_text(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _broken_rules(options):
    """Return what is wrong with the options as a whole: list of str."""
    wrong = []
    if not options.get("from"):
        wrong.append("from is empty")
    if not any(options.get(option) for option in ("to", "cc", "bcc")):
        wrong.append("there is no recipient: to, cc and bcc are all empty")
    for option in ("to", "cc", "bcc"):
        if len(options.get(option) or ()) > MOST_RECIPIENTS:
            wrong.append(f"{option} has {len(options[option])} recipients; the service takes {MOST_RECIPIENTS}")
    wrong.extend(_broken_content_rules(options))
    if len(options.get("category") or "") > LONGEST_CATEGORY:
        wrong.append(f"category has {len(options['category'])} characters; the service takes {LONGEST_CATEGORY}")
    size = len(json.dumps(options.get("custom_variables") or {}, separators=(",", ":"), ensure_ascii=False).encode())
    if size > LONGEST_CUSTOM_VARIABLES:
        wrong.append(f"custom_variables are {size} bytes of JSON; the service takes {LONGEST_CUSTOM_VARIABLES}")
    for name, value in (options.get("headers") or {}).items():
        if name.lower() in RESERVED_HEADERS:
            wrong.append(f"the header {name} cannot be set by headers: it is an option of its own or the service's")
        elif not _HEADER_NAME.fullmatch(name):
            wrong.append(f"{name!r} is no name of a header")
        elif "\n" in str(value) or "\r" in str(value):
            wrong.append(f"the header {name} holds a line break")
    return wrong


def _broken_content_rules(options):
    """A message has its own subject and body, or a template that brings them (facts 4.2)."""
    own = [option for option in ("subject", "text", "html", "category") if options.get(option)]
    if options.get("template_uuid") or options.get("template"):
        if own:
            yield f"a template brings its own {', '.join(own)}: leave out the template or the {', '.join(own)}"
        uuid = options.get("template_uuid")
        if uuid and not _UUID.fullmatch(uuid):
            yield f"template_uuid {uuid!r} is not a UUID; a template can also be given by its name with template"
        return
    if options.get("template_variables"):
        yield "template_variables need a template or a template_uuid"
    if not options.get("subject"):
        yield "subject is empty"
    elif "\n" in options["subject"].strip() or "\r" in options["subject"].strip():
        yield "subject holds a line break"
    if not options.get("text") and not options.get("html"):
        yield "the message has neither text nor html"


def _collect(wrong, option, text):
    """Return a mailbox, or note in ``wrong`` why it is none."""
    try:
        return mailbox(text)
    except MailtrapError as error:
        wrong.append(f"{option}: {error}")
        return None
