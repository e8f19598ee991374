# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reply to and forward inbound messages (docs/service.md#inbound-messages)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict

from .._api.client import EncodedBody
from .._api.errors import MailtrapError, attempting, warn_of_possible_effect
from .._engine.argspec import get_parent_options
from .._engine.check_mode import send_write
from .._engine.lookup import find_object
from .._engine.resource import Write
from .._mail.composer import load_attachment
from .._mail.json_stream import encode_json
from .._mail.payload import MESSAGE_OPTIONS, build_reply_payload
from .._resources.inbound import INBOUND_INBOX, INBOUND_MESSAGE

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import ArgumentSpec, Options, Result

# The service takes the subject from the inbound message, and accepts no template.
_UNSUPPORTED_OPTIONS = ("subject", "template", "template_uuid", "template_variables")

# The options that the modules for replies and for forwards have in common, and the constraints on them.
SHARED_OPTIONS: ArgumentSpec = {
    **get_parent_options(INBOUND_MESSAGE),
    "id": {"type": "str", "required": True},
    **{name: option for name, option in MESSAGE_OPTIONS.items() if name not in _UNSUPPORTED_OPTIONS},
}
SHARED_CONSTRAINTS: Dict[str, Any] = {
    "required_one_of": [("inbound_inbox", "inbound_inbox_id")],
    "mutually_exclusive": [("inbound_inbox", "inbound_inbox_id"), ("inbound_folder", "inbound_folder_id")],
}


def reply_to_message(client: Client, options: Options, check_mode: bool) -> Result:
    """Reply to an inbound message; see the module inbound_message_reply.

    The request is never repeated, because that could send the reply twice.
    """
    with attempting(f"reply to inbound message {options['id']}"):
        return _send_mail(client, options, check_mode, "reply_all" if options["all"] else "reply")


def forward_message(client: Client, options: Options, check_mode: bool) -> Result:
    """Forward an inbound message; see the module inbound_message_forward.

    The request is never repeated, because that could send the copy twice.
    """
    with attempting(f"forward inbound message {options['id']}"):
        return _send_mail(client, options, check_mode, "forward")


def _send_mail(client: Client, options: Options, check_mode: bool, action: str) -> Result:
    """Send a reply or a forward; ``action`` is the last part of the path."""
    mail = build_reply_payload(options, needs_body=action != "forward")
    if options["attachments"]:
        mail["attachments"] = [load_attachment(entry) for entry in options["attachments"]]
    identity = {
        "id": options["inbound_inbox_id"],
        "name": options["inbound_inbox"],
        **{name: options[name] for name in get_parent_options(INBOUND_INBOX)},
    }
    inbox = find_object(client, INBOUND_INBOX, identity, check_mode)
    path = f"{INBOUND_MESSAGE.object_path(options['id'], inbox.found.get('id'))}/{action}"
    try:
        answer = send_write(client, Write("POST", path, EncodedBody(encode_json(mail))), check_mode)
    except MailtrapError as error:
        warn_of_possible_effect(error, "the mail is not sent again, to avoid a duplicate")
        raise
    message_ids = answer.get("message_ids") if isinstance(answer, dict) else None
    return {"changed": True, "message_ids": message_ids or [], "warnings": inbox.warnings}
