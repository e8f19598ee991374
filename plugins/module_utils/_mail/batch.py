# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Building the requests of a batch of messages, and reporting the outcome of each message."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Dict, Iterable, Iterator, List, NamedTuple, Sequence, Set, Tuple, TypedDict

from .._api.client import EncodedBody
from .._api.errors import parse_error_messages
from .json_stream import encode_json
from .payload import MESSAGE_OPTIONS, RECIPIENT_OPTIONS, list_recipients

if TYPE_CHECKING:
    from .._api.json_types import Json, JsonObject, Options

# Limits of one request (docs/service.md#quotas).
MAX_MESSAGES = 500
MAX_BODY_SIZE = 50_000_000  # bytes

# The values of responses[].status in the module's result.
ACCEPTED, REFUSED, UNKNOWN, NOT_SENT = "accepted", "refused", "unknown", "not_sent"

_SMALL_CHUNK = 64 * 1024  # bytes; smaller chunks of a body are joined
_MAX_LISTED = 5  # items that a message to the user lists


class Outcome(NamedTuple):
    """The outcome of sending one message."""

    status: str
    message_ids: List[str]
    errors: List[str]


class MessageResponse(TypedDict):
    """An entry of ``responses`` in the module's result."""

    index: int
    recipients: List[str]
    status: str
    message_ids: List[str]
    errors: List[str]


def select_message_options(options: Options) -> Options:
    """Select the options that describe a message from the options of a task."""
    return {name: options[name] for name in MESSAGE_OPTIONS}


def iterate_messages(options: Options) -> Iterator[Options]:
    """Yield the complete options of each message of a task.

    An entry of ``messages`` inherits the options that it does not set. A task without ``messages`` is one message.
    """
    inherited = select_message_options(options)
    for entry in [{}] if options["messages"] is None else options["messages"]:
        yield {**inherited, **{name: value for name, value in entry.items() if value is not None}}


def build_base(shared_payload: JsonObject, common_fields: Set[str]) -> JsonObject:
    """Build the base of a batch: the fields that its requests inherit.

    :param shared_payload: the payload of the task's own options.
    :param common_fields: the fields that every message has. The base holds no others, because a request can override
        an inherited field but cannot remove it.
    """
    return {
        name: value for name, value in shared_payload.items() if name in common_fields and name not in RECIPIENT_OPTIONS
    }


def build_requests(base: JsonObject, messages: Iterable[JsonObject]) -> Iterator[Tuple[EncodedBody, List[JsonObject]]]:
    """Yield the body of each request of a batch, together with its messages.

    :param messages: the payloads; they are consumed only as far as needed.
    :raises MailtrapError: if an attachment cannot be read.
    """
    header = [b'{"base": ', *encode_json(base), b', "requests": [']
    footer = b"]}"
    capacity = MAX_BODY_SIZE - _total_size(header) - len(footer)
    chunks: List[bytes] = []
    request_messages: List[JsonObject] = []
    size = 0
    for message in messages:
        message_chunks = encode_json({name: value for name, value in message.items() if base.get(name) != value})
        is_full = len(request_messages) == MAX_MESSAGES or size + _total_size(message_chunks) > capacity
        if request_messages and is_full:
            yield EncodedBody(_join_small_chunks([*header, *chunks[:-1], footer])), request_messages
            chunks, request_messages, size = [], [], 0
        chunks += [*message_chunks, b", "]
        request_messages.append(message)
        size += _total_size(message_chunks) + 2
    yield EncodedBody(_join_small_chunks([*header, *chunks[:-1], footer])), request_messages


def parse_outcomes(answer: JsonObject, count: int) -> List[Outcome]:
    """Return the outcome of each message of a request.

    :param count: the number of messages in the request. If the answer has another number, every outcome is unknown.
    """
    items = answer.get("responses")
    if not isinstance(items, list) or len(items) != count:
        items = [None] * count
    return [_parse_outcome(item) for item in items]


def build_response(index: int, message: JsonObject, outcome: Outcome) -> MessageResponse:
    """Build the entry of ``responses`` for a message, from its payload and its outcome."""
    return {
        "index": index,
        "recipients": list_recipients(message),
        "status": outcome.status,
        "message_ids": list(outcome.message_ids),
        "errors": list(outcome.errors),
    }


def summarize_responses(responses: Sequence[MessageResponse]) -> List[str]:
    """Describe the outcome of a batch in which a message was not accepted, as clauses of a message to the user."""
    refused = [response for response in responses if response["status"] == REFUSED]
    clauses = group_by_reason((_label(response), "; ".join(response["errors"])) for response in refused)
    for status, description in (
        (UNKNOWN, "may have been sent and are not sent again"),
        (NOT_SENT, "were not sent"),
    ):
        affected = [response for response in responses if response["status"] == status]
        if affected:
            reasons = list(dict.fromkeys(reason for response in affected for reason in response["errors"]))
            clause = f"{_label_ranges(affected)} {description}"
            clauses.append(f"{clause}: {join_shortened(reasons)}" if reasons else clause)
    accepted = sum(response["status"] == ACCEPTED for response in responses)
    return [*clauses, f"{accepted} of {len(responses)} messages were accepted"]


def group_by_reason(failures: Iterable[Tuple[str, str]]) -> List[str]:
    """Group pairs of an item and a reason into one clause per reason. Long lists are shortened."""
    items_by_reason: Dict[str, List[str]] = {}
    for item, reason in failures:
        items_by_reason.setdefault(reason, []).append(item)
    clauses = [f"{join_shortened(items)}: {reason}" for reason, items in items_by_reason.items()]
    hidden = len(clauses) - _MAX_LISTED
    return clauses if hidden <= 0 else [*clauses[:_MAX_LISTED], f"and {hidden} more reasons"]


def join_shortened(items: Sequence[str]) -> str:
    """Join items with commas. A long list is shortened."""
    hidden = len(items) - _MAX_LISTED
    return ", ".join(items) if hidden <= 0 else f"{', '.join(items[:_MAX_LISTED])} and {hidden} more"


def _parse_outcome(item: Json) -> Outcome:
    """Return the outcome in an entry of ``responses`` of the service's answer."""
    success = item.get("success") if isinstance(item, dict) else None
    if success is True:
        return Outcome(ACCEPTED, item.get("message_ids") or [], [])
    if success is False:
        return Outcome(REFUSED, [], parse_error_messages(200, json.dumps(item)))
    return Outcome(UNKNOWN, [], ["the service did not report the outcome of the message"])


def _label(response: MessageResponse) -> str:
    """Return the label of a message, such as ``messages[3] (ann@example.com)``."""
    return f"messages[{response['index']}] ({join_shortened(response['recipients'])})"


def _label_ranges(responses: Iterable[MessageResponse]) -> str:
    """Return the label of several messages, such as ``messages[0] to messages[4], messages[7]``."""
    ranges: List[List[int]] = []
    for response in responses:
        index = response["index"]
        if ranges and ranges[-1][1] == index - 1:
            ranges[-1][1] = index
        else:
            ranges.append([index, index])
    return join_shortened(
        [f"messages[{first}]" + (f" to messages[{last}]" if last > first else "") for first, last in ranges]
    )


def _total_size(chunks: Iterable[bytes]) -> int:
    return sum(map(len, chunks))


def _join_small_chunks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Join runs of small chunks into one.

    Many small chunks are slow to send. Large chunks stay apart, because joining them would copy every attachment.
    """
    small_chunks: List[bytes] = []
    for chunk in chunks:
        if len(chunk) < _SMALL_CHUNK:
            small_chunks.append(chunk)
        else:
            yield from (b"".join(small_chunks), chunk)
            small_chunks = []
    yield b"".join(small_chunks)
