# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mark, delete and forward the messages of a sandbox (docs/service.md#sandbox-messages)."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, List

from .._api.errors import MailtrapError, attempting, warn_of_possible_effect
from .._engine.apply import delete_object
from .._engine.check_mode import send_write
from .._engine.directory import NOT_FOUND
from .._engine.resource import Write
from .._mail.payload import parse_mailbox
from .._resources.sandboxes import SANDBOX
from .._resources.targets import SANDBOX_TARGET
from .sandbox_messages import SandboxMessage, find_message, iterate_message_pages, messages_path

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import JsonObject, Options, Result

# For each state: the action that changes all messages of a sandbox (docs/service.md#sandboxes), and the field of the
# sandbox that counts the messages in another state.
_SANDBOX_ACTIONS = {"read": ("all_read", "emails_unread_count"), "absent": ("clean", "emails_count")}
_ATTEMPTS = {"read": "mark the messages as read", "absent": "delete the messages"}
_COMPLETED = {"read": "marked as read", "absent": "deleted"}
_DIFF_KEYS = {"read": "unread", "absent": "messages"}


def change_messages(client: Client, options: Options, check_mode: bool) -> Result:
    """Mark as read or delete all or some messages of a sandbox; see the module sandbox_messages.

    :raises MailtrapError: if a request fails. Its data has the number of messages that were changed before.
    """
    if options["search"] == "":
        raise MailtrapError("search must not be empty: omit it to select all messages")
    state = options["state"]
    changes_all = options["ids"] is None and options["search"] is None
    find_sandbox = SANDBOX_TARGET.find_details if changes_all else SANDBOX_TARGET.find
    sandbox = find_sandbox(client, options, check_mode)
    count = 0
    if sandbox.found:
        with attempting(f"{_ATTEMPTS[state]} in {SANDBOX_TARGET.label(options)}"):
            if changes_all:
                count = _change_all(client, sandbox.found, state, check_mode)
            else:
                count = _change_selected(client, sandbox.found["id"], options, check_mode)
    return {
        "changed": count > 0,
        "count": count,
        "diff": {"before": {_DIFF_KEYS[state]: count}, "after": {_DIFF_KEYS[state]: 0}},
        "warnings": sandbox.warnings,
    }


def forward_message(client: Client, options: Options, check_mode: bool) -> Result:
    """Forward a message to a confirmed address; see the module sandbox_message_forward.

    The request is never repeated, because that could forward the message twice.
    """
    address = parse_mailbox(options["email"])["email"]
    sandbox = SANDBOX_TARGET.find(client, options, check_mode)
    path = f"{messages_path(sandbox.found.get('id'))}/{options['id']}/forward"
    with attempting(f"forward message {options['id']} to {address}"):
        try:
            answer = send_write(client, Write("POST", path, {"email": address}), check_mode)
        except MailtrapError as error:
            warn_of_possible_effect(error, "the message is not forwarded again, to avoid a duplicate")
            raise
    confirmation = answer.get("message") if isinstance(answer, dict) else None
    return {"changed": True, "message": confirmation, "warnings": sandbox.warnings}


def _change_all(client: Client, sandbox: JsonObject, state: str, check_mode: bool) -> int:
    """Change all messages of a sandbox with one request, and return how many were in another state."""
    action, count_field = _SANDBOX_ACTIONS[state]
    count = sandbox.get(count_field)
    if not isinstance(count, int):
        raise MailtrapError(f"the service did not return {count_field} of the sandbox")
    if count:
        write = Write("PATCH", f"{SANDBOX.object_path(sandbox['id'])}/{action}")
        send_write(client, write, check_mode, repeatable=True)
    return count


def _change_selected(client: Client, sandbox_id: int, options: Options, check_mode: bool) -> int:
    """Change the selected messages one by one, and return how many were in another state."""
    state = options["state"]
    pending = _select_messages(client, sandbox_id, options)
    count = 0
    for message in pending:
        try:
            if state == "absent":
                is_known = options["ids"] is None
                count += delete_object(client, message.path, check_mode, is_known) is not NOT_FOUND
            else:
                write = Write("PATCH", message.path, {"message": {"is_read": True}})
                send_write(client, write, check_mode)
                count += 1
        except MailtrapError as error:
            error.data = {"changed": count > 0, "count": count}
            error.messages.append(f"{count} of {len(pending)} messages were {_COMPLETED[state]} before")
            raise
    return count


def _select_messages(client: Client, sandbox_id: int, options: Options) -> List[SandboxMessage]:
    """Return the messages that ``ids`` or ``search`` selects, without those that are read already.

    Messages that are selected by their ids and will be deleted are not read: the deletion shows whether they exist.

    :raises MailtrapError: if a message to be marked as read does not exist.
    """
    is_deletion = options["state"] == "absent"
    if options["ids"] is None:
        messages = list(chain.from_iterable(iterate_message_pages(client, sandbox_id, options["search"])))
        return [message for message in messages if is_deletion or not message.fields.get("is_read")]
    ids = list(dict.fromkeys(options["ids"]))
    if is_deletion:
        path = messages_path(sandbox_id)
        return [SandboxMessage(client, f"{path}/{message_id}", {"id": message_id}) for message_id in ids]
    found = {message_id: find_message(client, sandbox_id, message_id) for message_id in ids}
    missing = [str(message_id) for message_id, message in found.items() if message is None]
    if missing:
        raise MailtrapError(f"no message has the id {' or '.join(missing)}")
    return [message for message in found.values() if message and not message.fields.get("is_read")]
