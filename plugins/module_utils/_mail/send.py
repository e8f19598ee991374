# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending one message or a batch: the work of the module notify."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

from .._api.client import EncodedBody
from .._api.errors import (
    MailtrapError,
    attempting,
    parse_error_messages,
    require_range,
    warn_of_possible_effect,
)
from .._engine.check_mode import run_unless_check_mode
from .._engine.directory import Directory
from .._engine.lookup import find_object
from .._engine.progress import Progress
from .._resources.email_templates import EMAIL_TEMPLATE
from .._resources.sandboxes import SANDBOX
from .._resources.targets import SANDBOX_TARGET
from .batch import (
    ACCEPTED,
    MAX_BODY_SIZE,
    NOT_SENT,
    REFUSED,
    UNKNOWN,
    MessageResponse,
    Outcome,
    build_base,
    build_requests,
    build_response,
    group_by_reason,
    iterate_messages,
    parse_outcomes,
    select_message_options,
    summarize_responses,
)
from .composer import Composer
from .delivery import MAX_WAIT, wait_for_deliveries
from .error_hints import find_hints
from .json_stream import encode_json
from .payload import build_payload

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import JsonObject, Options, Result


class _Paths(NamedTuple):
    """The paths of a stream, with the warnings of finding its sandbox."""

    send: str
    messages: str
    warnings: List[str]


def send(client: Client, options: Options, check_mode: bool) -> Result:
    """Send the messages of a task, wait for their delivery if asked to, and return the module's result.

    Check mode validates and finds everything, but sends nothing.

    :param options: the options of community.mailtrap.notify.
    :raises MailtrapError: if a message is not accepted or not delivered. Its data holds the result so far.
    """
    is_batch = options["messages"] is not None
    noun = "messages" if is_batch else "message"
    with attempting(f"send the {noun}"):
        stream = _choose_stream(options)
        composer = Composer()
        common_fields = _validate_messages(composer, options)
        composer.template_uuids, template_warnings = _find_template_uuids(client, options, check_mode)
        paths = _find_paths(client, options, stream, check_mode)

        def send_messages() -> List[MessageResponse]:
            if is_batch:
                base = build_base(composer.compose_shared(options), common_fields)
                return _send_batch(client, stream, paths.send, base, composer, options)
            message = composer.compose(select_message_options(options))
            return [_send_message(client, stream, paths.send, message)]

        responses: List[MessageResponse] = run_unless_check_mode(check_mode, send_messages, [])
    result: Result = {"changed": True, "stream": stream, "message_ids": _list_message_ids(responses)}
    if is_batch:
        result["responses"] = responses
    if options["wait_for_delivery"] and responses:
        with attempting(f"confirm the delivery of the {noun}"):
            try:
                result["deliveries"] = wait_for_deliveries(client, paths.messages, responses, options["wait"])
            except MailtrapError as error:
                error.data = {**result, **error.data}
                raise
    return {**result, "warnings": [*template_warnings, *paths.warnings]}


def _choose_stream(options: Options) -> str:
    """Return the stream of a task. It defaults to the sandbox if one is given.

    :raises MailtrapError: if the options contradict each other. Mail for a sandbox must not reach real recipients.
    """
    for option in ("sandbox", "project"):
        if options[option] == "":
            raise MailtrapError(f"the option {option} is empty")
    has_sandbox = options["sandbox"] is not None or options["sandbox_id"] is not None
    if not has_sandbox and (options["project"] is not None or options["project_id"] is not None):
        raise MailtrapError("a project is given, but no sandbox: give sandbox too")
    stream: str = options["stream"] or ("sandbox" if has_sandbox else "transactional")
    if stream == "sandbox" and not has_sandbox:
        raise MailtrapError("stream is sandbox, but no sandbox is given: give sandbox or sandbox_id")
    if stream != "sandbox" and has_sandbox:
        raise MailtrapError(f"a sandbox is given, but stream is {stream}: omit one of them")
    return stream


def _validate_messages(composer: Composer, options: Options) -> Set[str]:
    """Validate all messages before the first request, and return the fields that every message has.

    :raises MailtrapError: if a message is invalid; it lists the errors of all messages.
    """
    require_range("wait", options["wait"], 0, MAX_WAIT, "s")
    if options["messages"] is None:
        return set(composer.compose(select_message_options(options)))
    if not options["messages"]:
        raise MailtrapError("messages is empty")
    shared_payload = composer.compose_shared(options)
    failures: List[Tuple[str, str]] = []
    common_fields: Optional[Set[str]] = None
    for index, message_options in enumerate(iterate_messages(options)):
        try:
            message = composer.compose(message_options)
            _validate_size(shared_payload, message)
        except MailtrapError as error:
            failures.extend((f"messages[{index}]", reason) for reason in error.messages)
        else:
            common_fields = set(message) if common_fields is None else common_fields & set(message)
    if failures:
        raise MailtrapError(*group_by_reason(failures))
    return common_fields or set()


def _validate_size(shared_payload: JsonObject, message: JsonObject) -> None:
    """Check that a request can hold a message together with the attachments of the task, which each request repeats.

    :raises MailtrapError: if it cannot.
    """
    shared, own = shared_payload.get("attachments", []), message.get("attachments", [])
    size = sum(attachment["content"].length for attachment in (shared if own == shared else shared + own))
    if size > MAX_BODY_SIZE:
        raise MailtrapError(
            f"the attachments, including those of the task, have {size / 1e6:.1f} MB as Base64;"
            f" the limit of a request is {MAX_BODY_SIZE / 1e6:.0f} MB"
        )


def _find_template_uuids(
    client: Client, options: Options, check_mode: bool
) -> Tuple[Dict[str, Optional[str]], List[str]]:
    """Return the UUIDs of the templates that are given by name, and warnings. The templates are listed only once."""
    directory = Directory(client, check_mode)
    uuids: Dict[str, Optional[str]] = {}
    warnings: List[str] = []
    for message_options in iterate_messages(options):
        name = message_options["template"]
        if name and name not in uuids:
            lookup = find_object(client, EMAIL_TEMPLATE, {"name": name}, check_mode, directory)
            uuids[name] = lookup.found.get("uuid")
            warnings += lookup.warnings
    return uuids, warnings


def _find_paths(client: Client, options: Options, stream: str, check_mode: bool) -> _Paths:
    """Return the paths to send to and to look up messages at. The sandbox is found by name if necessary."""
    send_path = "/api/send" if options["messages"] is None else "/api/batch"
    if stream != "sandbox":
        return _Paths(send_path, "/api/email_logs", [])
    lookup = SANDBOX_TARGET.find(client, options, check_mode)
    sandbox_id = lookup.found.get("id")
    return _Paths(f"{send_path}/{sandbox_id}", f"{SANDBOX.object_path(sandbox_id)}/messages", lookup.warnings)


def _send_message(client: Client, stream: str, path: str, message: JsonObject) -> MessageResponse:
    """Send one message and return its response.

    :raises MailtrapError: if the service does not accept it.
    """
    try:
        answer = _post(client, stream, path, EncodedBody(encode_json(message)))
    except MailtrapError as error:
        if not error.uncertain:
            error.messages += find_hints(error.messages, message, stream)
        warn_of_possible_effect(error, "check whether the message was sent before you send it again")
        raise
    return build_response(0, message, Outcome(ACCEPTED, answer.get("message_ids") or [], []))


def _send_batch(
    client: Client, stream: str, path: str, base: JsonObject, composer: Composer, options: Options
) -> List[MessageResponse]:
    """Send a batch, one request after the other, and return the response of each message.

    Nothing more is sent after a request that fails as a whole or whose outcome is unknown.

    :raises MailtrapError: if a message is not accepted. Its data holds the result so far.
    """
    responses: List[MessageResponse] = []
    failure: Optional[MailtrapError] = None
    not_sent_errors: List[str] = []
    progress = Progress("Messages sent by notify", len(options["messages"]))
    try:
        for body, messages in build_requests(base, map(composer.compose, iterate_messages(options))):
            outcomes, failure = _send_request(client, stream, path, body, messages)
            del body  # free it before the next body is encoded
            responses += [
                build_response(index, message, outcome)
                for index, (message, outcome) in enumerate(zip(messages, outcomes), len(responses))
            ]
            progress.report(len(responses))
            if failure or any(response["status"] == UNKNOWN for response in responses):
                break
    except MailtrapError as error:  # an attachment can no longer be read
        failure, not_sent_errors = error, error.messages
    remaining = itertools.islice(iterate_messages(options), len(responses), None)
    responses += [
        build_response(index, build_payload(message_options), Outcome(NOT_SENT, [], not_sent_errors))
        for index, message_options in enumerate(remaining, len(responses))
    ]
    if all(response["status"] == ACCEPTED for response in responses):
        return responses
    failure = failure or MailtrapError()
    failure.messages = summarize_responses(responses)
    failure.data = {
        "changed": any(response["status"] in (ACCEPTED, UNKNOWN) for response in responses),
        "stream": stream,
        "message_ids": _list_message_ids(responses),
        "responses": responses,
    }
    raise failure


def _send_request(
    client: Client, stream: str, path: str, body: EncodedBody, messages: Sequence[JsonObject]
) -> Tuple[List[Outcome], Optional[MailtrapError]]:
    """Send one request of a batch.

    :returns: the outcome of each message, and the error if the request failed as a whole.
    """
    failure = None
    try:
        outcomes = parse_outcomes(_post(client, stream, path, body), len(messages))
    except MailtrapError as error:
        status = UNKNOWN if error.uncertain else REFUSED if error.status else NOT_SENT
        outcomes = [Outcome(status, [], error.messages)] * len(messages)
        failure = error
    return [
        outcome._replace(errors=[*outcome.errors, *find_hints(outcome.errors, message, stream)])
        for message, outcome in zip(messages, outcomes)
    ], failure


def _post(client: Client, stream: str, path: str, body: EncodedBody) -> JsonObject:
    """Post a send request and return the answer, which may lack message IDs (docs/service.md#sending-answers).

    :raises MailtrapError: if the service does not confirm that it accepted the request.
    """
    answer = client.request("POST", path, body, host=stream)
    if not isinstance(answer, dict) or answer.get("success") is not True:
        reasons = parse_error_messages(200, json.dumps(answer))
        raise MailtrapError(
            "the service did not confirm that it accepted the request",
            *reasons,
            method="POST",
            path=path,
            uncertain=True,
        )
    return answer


def _list_message_ids(responses: Sequence[MessageResponse]) -> List[str]:
    return [message_id for response in responses for message_id in response["message_ids"]]
