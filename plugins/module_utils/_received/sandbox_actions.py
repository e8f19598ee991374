# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mark, delete and forward the mail in a sandbox (facts 3.8, 3.9)."""

from __future__ import annotations

from itertools import chain

from .._api.errors import MailtrapError, attempting
from .._engine.apply import send_write
from .._engine.resource import Write
from .._mail.payload import mailbox
from .._resources.catalog import SANDBOX
from .._resources.targets import SANDBOX_TARGET
from .sandbox_messages import (
    Message,
    base_of,
    message_of,
    messages_of,
)

# State -> what is done to all messages at once, and how the sandbox counts those to which there is something to do.
_AT_ONCE = {"read": ("all_read", "emails_unread_count"), "absent": ("clean", "emails_count")}
_GOALS = {"read": "mark the messages as read", "absent": "delete the messages"}
_MARK = {"message": {"is_read": True}}


def bring_messages(client, options, check_mode):
    """Bring all messages of a sandbox, or some of them, to a state.

    :param options: dict, the options of community.mailtrap.sandbox_messages.
    :returns: dict with changed, and count: int, how many were not in that state.
    :raises MailtrapError: its data tells how many have been changed before the failure.
    """
    if options["search"] == "":
        raise MailtrapError("search is empty: say what to look for, or leave it out to mean all messages")
    state = options["state"]
    bring = _bring_all if options["ids"] is None and options["search"] is None else _bring_some
    find = SANDBOX_TARGET.find_details if bring is _bring_all else SANDBOX_TARGET.find
    sandbox = find(client, options, check_mode)
    count = 0
    if sandbox.found:
        with attempting(f"{_GOALS[state]} in {SANDBOX_TARGET.label(options)}"):
            count = bring(client, sandbox.found, state, options, check_mode)
    noun = {"read": "unread", "absent": "messages"}[state]
    return {
        "changed": count > 0,
        "count": count,
        "diff": {"before": {noun: count}, "after": {noun: 0}},
        "warnings": sandbox.warnings,
    }


def forward(client, options, check_mode):
    """Forward a message to an address that has been confirmed.

    :param options: dict, the options of community.mailtrap.sandbox_message_forward.
    :returns: dict with changed, and message: str, what the service says, None in check mode.
    """
    address = mailbox(options["email"])["email"]
    sandbox = SANDBOX_TARGET.find(client, options, check_mode)
    path = f"{base_of(sandbox.found.get('id'))}/{options['id']}/forward"
    with attempting(f"forward message {options['id']} to {address}"):
        try:
            answer = send_write(client, Write("POST", path, {"email": address}), check_mode)
        except MailtrapError as error:
            if error.uncertain:
                error.messages.append("it may have been forwarded all the same, and is not forwarded a second time")
            raise
    said = answer.get("message") if isinstance(answer, dict) else None
    return {"changed": True, "message": said, "warnings": sandbox.warnings}


def _bring_all(client, sandbox, state, options, check_mode):
    word, counted = _AT_ONCE[state]
    count = sandbox.get(counted)
    if not isinstance(count, int):
        raise MailtrapError(f"the service does not show {counted} of the sandbox")
    if count:
        send_write(client, Write("PATCH", f"{SANDBOX.object_path(sandbox['id'])}/{word}"), check_mode, repeatable=True)
    return count


def _bring_some(client, sandbox, state, options, check_mode):
    todo = [message for message in _chosen(client, sandbox["id"], options, check_mode) if not _is(message, state)]
    done = 0
    for message in todo:
        write = Write("DELETE", message.path) if state == "absent" else Write("PATCH", message.path, _MARK)
        try:
            send_write(client, write, check_mode)
        except MailtrapError as error:
            if state == "absent" and error.status == 404:
                continue  # somebody else has deleted it meanwhile
            error.data = {"changed": done > 0, "count": done}
            error.messages.append(f"{done} of {len(todo)} messages were done before")
            raise
        done += 1
    return done


def _chosen(client, sandbox_id, options, check_mode):
    """Return the messages that the user means: list of Message.

    :raises MailtrapError: when one that is to be marked is not there.
    """
    if options["ids"] is None:
        return list(chain.from_iterable(messages_of(client, sandbox_id, options["search"])))
    ids = dict.fromkeys(options["ids"])
    if options["state"] == "absent" and not check_mode:  # whether one is there is seen when it is deleted
        return [Message(client, f"{base_of(sandbox_id)}/{one}", {"id": one}) for one in ids]
    found = {one: message_of(client, sandbox_id, one) for one in ids}
    missing = [str(one) for one, message in found.items() if message is None]
    if missing and options["state"] != "absent":
        raise MailtrapError(f"there is no message with the id {', '.join(missing)}")
    return [message for message in found.values() if message is not None]


def _is(message, state):
    return state == "read" and message.fields.get("is_read") is True
