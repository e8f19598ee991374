# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send what a task says, one message or a batch, and follow it to its recipients."""

from __future__ import annotations

import itertools
import json

from .._api.client import EncodedBody
from .._api.errors import (
    MailtrapError,
    attempting,
    parse_error_messages,
)
from .._engine.directory import Directory
from .._engine.lookup import find_object
from .._engine.progress import Progress
from .._resources.catalog import EMAIL_TEMPLATE, SANDBOX
from .._resources.targets import SANDBOX_TARGET
from .batch import (
    ACCEPTED,
    LARGEST_BODY,
    NOT_SENT,
    REFUSED,
    UNKNOWN,
    account,
    base_of,
    each_message,
    grouped,
    outcomes,
    own_options,
    packed,
    response,
)
from .composer import Composer
from .delivery import LONGEST_WAIT, follow
from .error_hints import hints
from .json_stream import written
from .payload import payload


def send(client, options, check_mode):
    """Send what a task says, once; in check mode do all but that.

    :param options: dict, the options of community.mailtrap.notify.
    :returns: dict with changed, stream and message_ids; for a batch also responses; where it was waited for, also
        deliveries. In check mode nothing is in these directory.
    :raises MailtrapError: its message says so when a message may have gone out, and its data what has been sent.
    """
    is_batch = options["messages"] is not None
    with attempting("send the messages" if is_batch else "send the message"):
        stream = _stream(options)
        composer = Composer()
        fields = _checked(composer, options)
        composer.uuids, warnings = _template_uuids(client, options, check_mode)
        path, log, more = _paths(client, options, stream, check_mode)
        responses = []
        if is_batch and not check_mode:
            base = base_of(composer.shared(options), fields)
            responses = _send_batch(client, stream, path, base, composer, options)
        elif not check_mode:
            responses = [_send_one(client, stream, path, composer.message(own_options(options)))]
    result = {"changed": True, "stream": stream, "message_ids": _ids(responses)}
    if is_batch:
        result["responses"] = responses
    if options["wait_for_delivery"] and not check_mode:
        with attempting("confirm the delivery of what was sent"):
            try:
                result["deliveries"] = follow(client, log, responses, options["wait"])
            except MailtrapError as error:
                error.data = {**result, **error.data}
                raise
    return {**result, "warnings": [*warnings, *more]}


def _stream(options):
    """Return the stream that is meant: str. A sandbox that is named says it by itself.

    :raises MailtrapError: when it is not clear. What was meant for a sandbox must not go out to people.
    """
    for option in ("sandbox", "project"):
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


def _checked(composer, options):
    """Check everything before anything is sent, and return the fields that all messages have: set of str.

    :raises MailtrapError: with what is wrong, and where.
    """
    if not 0 <= options["wait"] <= LONGEST_WAIT:
        raise MailtrapError(f"wait must be 0 to {LONGEST_WAIT} s; it is {options['wait']}")
    if options["messages"] is None:
        return set(composer.message(own_options(options)))
    if not options["messages"]:
        raise MailtrapError("messages is empty")
    shared = composer.shared(options)
    reasons, fields = [], None
    for index, own in enumerate(each_message(options)):
        try:
            message = composer.message(own)
            _check_size(shared, message)
        except MailtrapError as error:
            reasons.extend((f"messages[{index}]", reason) for reason in error.messages)
        else:
            fields = set(message) if fields is None else fields & set(message)
    if reasons:
        raise MailtrapError(*grouped(reasons))
    return fields


def _check_size(shared, message):
    """Refuse a message that fits into no request: with its own attachments travel those of the task."""
    theirs, own = shared.get("attachments", []), message.get("attachments", [])
    size = sum(part["content"].length for part in (theirs if own == theirs else theirs + own))
    if size > LARGEST_BODY:
        raise MailtrapError(
            f"its attachments, with those of the task, are {size / 1e6:.1f} MB as base64;"
            f" the service takes {LARGEST_BODY / 1e6:.0f} MB in one request"
        )


def _template_uuids(client, options, check_mode):
    """Look up the templates that are given by name, in one list.

    :returns: pair of a dict, from name to UUID, and a list of str, warnings.
    """
    directory = Directory(client, check_mode)
    uuids, warnings = {}, []
    for own in each_message(options):
        name = own["template"]
        if name and name not in uuids:
            template = find_object(client, EMAIL_TEMPLATE, {"name": name}, check_mode, directory)
            uuids[name] = template.found.get("uuid")
            warnings += template.warnings
    return uuids, warnings


def _paths(client, options, stream, check_mode):
    """Return where to send, where to ask what became of it, and warnings: str, str, list of str."""
    path = "/api/send" if options["messages"] is None else "/api/batch"
    if stream != "sandbox":
        return path, "/api/email_logs", []
    sandbox = SANDBOX_TARGET.find(client, options, check_mode)
    sandbox_id = sandbox.found.get("id")
    return f"{path}/{sandbox_id}", f"{SANDBOX.object_path(sandbox_id)}/messages", sandbox.warnings


def _send_one(client, stream, path, message):
    """Send one message, and return its response: dict."""
    try:
        answer = _posted(client, stream, path, EncodedBody(written(message)))
    except MailtrapError as error:
        if error.uncertain:
            error.messages.append("the message may have gone out all the same, and is not sent a second time")
        else:
            error.messages += hints(error.messages, message, stream)
        raise
    return response(0, message, ACCEPTED, answer.get("message_ids") or [])


def _send_batch(client, stream, path, base, composer, options):
    """Send a batch, one request after the other, and return the response to each message: list of dict.

    After a request that is refused as a whole, or of which it is not known what became of it, nothing more is sent.

    :raises MailtrapError: when a message was not accepted; the data is the result so far.
    """
    responses, failure, causes = [], None, []
    progress = Progress("notify sends messages", len(options["messages"]))
    try:
        for body, chunk in packed(base, map(composer.message, each_message(options))):
            fates, failure = _fates(client, stream, path, body, chunk)
            del body  # or it would be there still while the next one is written
            responses += [response(index, *fate) for index, fate in enumerate(fates, len(responses))]
            progress.reached(len(responses))
            if failure or any(one["status"] == UNKNOWN for one in responses):
                break
    except MailtrapError as error:  # a file could not be read any longer
        failure, causes = error, error.messages
    rest = itertools.islice(each_message(options), len(responses), None)
    responses += [
        response(index, payload(own), NOT_SENT, errors=causes) for index, own in enumerate(rest, len(responses))
    ]
    if all(one["status"] == ACCEPTED for one in responses):
        return responses
    failure = failure or MailtrapError()
    failure.messages = account(responses)
    failure.data = {
        "changed": any(one["status"] in (ACCEPTED, UNKNOWN) for one in responses),
        "stream": stream,
        "message_ids": _ids(responses),
        "responses": responses,
    }
    raise failure


def _fates(client, stream, path, body, chunk):
    """Make one request of a batch, and return what became of its messages.

    :param chunk: list of dict, the messages.
    :returns: pair of a list of tuples, each message with its status, ids and errors, and the MailtrapError with which
        the request failed as a whole, or None.
    """
    failure = None
    try:
        fates = outcomes(_posted(client, stream, path, body), len(chunk))
    except MailtrapError as error:
        status = UNKNOWN if error.uncertain else REFUSED if error.status else NOT_SENT
        fates = [(status, [], error.messages)] * len(chunk)
        failure = error
    return [
        (message, status, message_ids, [*errors, *hints(errors, message, stream)])
        for message, (status, message_ids, errors) in zip(chunk, fates)
    ], failure


def _posted(client, stream, path, body):
    """Post what is to be sent; return the answer that says that it was taken: dict. Not all name ids (facts 4.3)."""
    answer = client.request("POST", path, body, host=stream)
    if not isinstance(answer, dict) or answer.get("success") is not True:
        said = parse_error_messages(200, json.dumps(answer))
        raise MailtrapError("the service did not say that it took it", *said, method="POST", path=path, uncertain=True)
    return answer


def _ids(responses):
    return [message_id for one in responses for message_id in one["message_ids"]]
