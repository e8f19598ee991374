# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answer and forward the mail that inboxes have received (facts 3.21)."""

from __future__ import annotations

from .._api.client import EncodedBody
from .._api.errors import MailtrapError, attempting
from .._engine.apply import send_write
from .._engine.argspec import get_parent_options
from .._engine.lookup import find_object
from .._engine.resource import Write
from .._mail.composer import attached
from .._mail.json_stream import written
from .._mail.payload import MESSAGE_OPTIONS, answer_payload
from .._resources.catalog import INBOUND_INBOX, INBOUND_MESSAGE

# What an answer takes from the mail that it answers.
_TAKEN_OVER = ("subject", "template", "template_uuid", "template_variables")

# The options of a module that answers, and what goes together in them.
ANSWER_OPTIONS = {
    **get_parent_options(INBOUND_MESSAGE),
    "id": {"type": "str", "required": True},
    **{name: option for name, option in MESSAGE_OPTIONS.items() if name not in _TAKEN_OVER},
}
ANSWER_RULES = {
    "required_one_of": [("inbound_inbox", "inbound_inbox_id")],
    "mutually_exclusive": [("inbound_inbox", "inbound_inbox_id"), ("inbound_folder", "inbound_folder_id")],
}


def reply(client, options, check_mode):
    """Answer a message, once; in check mode do all but that.

    :param options: dict, the options of community.mailtrap.inbound_message_reply.
    :returns: dict with changed and message_ids.
    :raises MailtrapError: its message says so when the mail may have gone out.
    """
    with attempting(f"reply to inbound message {options['id']}"):
        return _send(client, options, check_mode, "reply_all" if options["all"] else "reply")


def forward(client, options, check_mode):
    """Forward a message, once; in check mode do all but that.

    :param options: dict, the options of community.mailtrap.inbound_message_forward. Else as :func:`reply`.
    """
    with attempting(f"forward inbound message {options['id']}"):
        return _send(client, options, check_mode, "forward")


def _send(client, options, check_mode, word):
    mail = answer_payload(options, needs_body=word != "forward")
    if options["attachments"]:
        mail["attachments"] = [attached(entry) for entry in options["attachments"]]
    place = {name: options[name] for name in get_parent_options(INBOUND_INBOX)}
    inbox = {"id": options["inbound_inbox_id"], "name": options["inbound_inbox"]}
    lookup = find_object(client, INBOUND_INBOX, {**inbox, **place}, check_mode)
    path = f"{INBOUND_MESSAGE.object_path(options['id'], lookup.found.get('id'))}/{word}"
    try:
        answer = send_write(client, Write("POST", path, EncodedBody(written(mail))), check_mode)
    except MailtrapError as error:
        if error.uncertain:
            error.messages.append("the mail may have gone out all the same, and is not sent a second time")
        raise
    ids = answer.get("message_ids") if isinstance(answer, dict) else None
    return {"changed": True, "message_ids": ids or [], "warnings": lookup.warnings}
