# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module utility is private to the collection: it may change in any release.

"""Send one message."""

from __future__ import annotations

import json
import os

from ansible_collections.community.mailtrap.plugins.module_utils._catalog import EMAIL_TEMPLATE
from ansible_collections.community.mailtrap.plugins.module_utils._engine import carry_out, find_one
from ansible_collections.community.mailtrap.plugins.module_utils._errors import (
    MailtrapError,
    attempting,
    messages_of,
)
from ansible_collections.community.mailtrap.plugins.module_utils._mail import attachment, payload
from ansible_collections.community.mailtrap.plugins.module_utils._resource import Write
from ansible_collections.community.mailtrap.plugins.module_utils._sandbox import meant_sandbox


def send(client, options, check_mode):
    """Send one message, once; in check mode do all but that.

    :param options: dict, the options of community.mailtrap.notify.
    :returns: dict with changed, stream and message_ids; these are empty in check mode.
    :raises MailtrapError: its message says so when the message may have gone out.
    """
    with attempting("send the message"):
        warnings = []
        stream = _stream(options)
        message = payload(options)
        if options["attachments"]:
            message["attachments"] = [_read(entry) for entry in options["attachments"]]
        if options["template"]:
            template = find_one(client, EMAIL_TEMPLATE, {"name": options["template"]}, check_mode)
            message["template_uuid"] = template.found.get("uuid")
            warnings += template.warnings
        path = "/api/send"
        if stream == "sandbox":
            sandbox = meant_sandbox(client, options, check_mode)
            path += f"/{sandbox.found.get('id')}"
            warnings += sandbox.warnings
        try:
            answer = carry_out(client, Write("POST", path, message), check_mode, host=stream)
            message_ids = [] if check_mode else _accepted(answer, path)
        except MailtrapError as error:
            _explain(error, message, stream)
            raise
    return {"changed": True, "stream": stream, "message_ids": message_ids, "warnings": warnings}


def _accepted(answer, path):
    """Return the ids of the messages that an answer names: list of str; some answers name none (facts 4.3)."""
    if not isinstance(answer, dict) or answer.get("success") is not True:
        said = messages_of(200, json.dumps(answer))
        raise MailtrapError("the service did not say that it took it", *said, method="POST", path=path, uncertain=True)
    return answer.get("message_ids") or []


def _stream(options):
    """Return the stream that is meant: str. A sandbox that is named says it by itself.

    :raises MailtrapError: when it is not clear. What was meant for a sandbox must not go out to people.
    """
    for option in ("sandbox", "project", "template", "template_uuid"):
        if options[option] == "":
            raise MailtrapError(f"{option} is empty")
    has_sandbox = options["sandbox"] is not None or options["sandbox_id"] is not None
    if not has_sandbox and (options["project"] is not None or options["project_id"] is not None):
        raise MailtrapError("a project is given, and no sandbox in it: give sandbox")
    stream = options["stream"] or ("sandbox" if has_sandbox else "transactional")
    if stream == "sandbox" and not has_sandbox:
        raise MailtrapError("the stream is sandbox, and there is no sandbox: give sandbox or sandbox_id")
    if stream != "sandbox" and has_sandbox:
        raise MailtrapError(f"a sandbox is given, and the stream is {stream}: leave out one of them")
    return stream


def _read(entry):
    """Return one attachment as the API has it: dict; ``entry`` is the dict that the user gave."""
    try:
        with open(entry["src"], "rb") as file:
            content = file.read()
    except OSError as error:
        raise MailtrapError(f"attachment {entry['src']!r} cannot be read: {error.strerror}") from None
    return attachment(
        content,
        entry["filename"] or os.path.basename(entry["src"]),
        entry["content_type"],
        entry["disposition"],
        entry["content_id"],
    )


def _explain(error, message, stream):
    """Add to a refused send what its status does not tell."""
    if error.uncertain:
        error.messages.append("the message may have gone out all the same, and is not sent a second time")
    elif error.status == 401 and stream != "sandbox":  # facts 2.2
        domain = message["from"]["email"].rpartition("@")[2]
        error.messages.append(f"this is also the answer when the domain {domain} is not verified, or not this token's")
