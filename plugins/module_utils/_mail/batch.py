# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A batch: one request for many messages, which share what they have in common (facts 4.2, 4.3). It sends nothing."""

from __future__ import annotations

import json

from .._api.client import EncodedBody
from .._api.errors import parse_error_messages
from .json_stream import written
from .payload import MESSAGE_OPTIONS, RECIPIENTS, recipients

# What the service takes in one request (facts 4.2).
MOST_MESSAGES = 500
LARGEST_BODY = 50_000_000  # bytes

# What became of a message.
ACCEPTED, REFUSED, UNKNOWN, NOT_SENT = "accepted", "refused", "unknown", "not_sent"

_SMALL = 64 * 1024  # bytes; smaller pieces of a body are joined
_SHOWN = 5  # how many of many a sentence names


def own_options(options):
    """Return the options of a task that make a message: dict."""
    return {name: options[name] for name in MESSAGE_OPTIONS}


def each_message(options):
    """Yield the options of each message of a task, one or a batch: dict. What an entry does not say, the task says."""
    own = own_options(options)
    for entry in [{}] if options["messages"] is None else options["messages"]:
        yield {**own, **{name: value for name, value in entry.items() if value is not None}}


def base_of(shared, fields):
    """Return the base of a batch: dict.

    :param shared: dict, what the options of the task bring to each message.
    :param fields: set of str, those that every message has. A request can replace a field of the base, but not take it
        away.
    """
    return {name: value for name, value in shared.items() if name in fields and name not in RECIPIENTS}


def packed(base, messages):
    """Yield the requests of a batch: pairs of EncodedBody, the body, and list of dict, the messages in it.

    :param base: dict. :param messages: iterable of dict, payloads, taken only as far as they are needed.
    :raises MailtrapError: when a file cannot be read.
    """
    head = [b'{"base": ', *written(base), b', "requests": [']
    room = LARGEST_BODY - _size(head) - len(b"]}")
    pieces, chunk, size = [], [], 0
    for message in messages:
        own = written({name: value for name, value in message.items() if base.get(name) != value})
        if chunk and (len(chunk) == MOST_MESSAGES or size + _size(own) > room):
            yield EncodedBody(_joined([*head, *pieces[:-1], b"]}"])), chunk
            pieces, chunk, size = [], [], 0
        pieces += [*own, b", "]
        chunk.append(message)
        size += _size(own) + 2
    yield EncodedBody(_joined([*head, *pieces[:-1], b"]}"])), chunk


def outcomes(answer, count):
    """Return what an answer says became of each message: list of triples, its status, its ids and its errors."""
    responses = answer.get("responses")
    if not isinstance(responses, list) or len(responses) != count:
        responses = [None] * count
    return [_outcome(item) for item in responses]


def response(index, message, status, message_ids=(), errors=()):
    """Return what the result of the task says of a message: dict; ``message`` is its payload."""
    return {
        "index": index,
        "recipients": recipients(message),
        "status": status,
        "message_ids": list(message_ids),
        "errors": list(errors),
    }


def account(responses):
    """Say what became of the messages of a batch that did not go through as a whole: list of str."""
    refused = [(_labelled(one), "; ".join(one["errors"])) for one in responses if one["status"] == REFUSED]
    sentences = grouped(refused)
    for status, fate in (
        (UNKNOWN, "may have gone out all the same, and are not sent a second time"),
        (NOT_SENT, "were not sent"),
    ):
        those = [one for one in responses if one["status"] == status]
        if those:
            reasons = several(list(dict.fromkeys(reason for one in those for reason in one["errors"])))
            sentences.append(f"{_places(those)} {fate}" + (f": {reasons}" if reasons else ""))
    accepted = sum(one["status"] == ACCEPTED for one in responses)
    return [*sentences, f"{accepted} of {len(responses)} messages were accepted"]


def grouped(reasons):
    """Say of things what is wrong with them, once for all of which the same is: list of str, not too long.

    :param reasons: iterable of pairs of str, a thing and what is wrong with it.
    """
    alike = {}
    for thing, reason in reasons:
        alike.setdefault(reason, []).append(thing)
    sentences = [f"{several(things)}: {reason}" for reason, things in alike.items()]
    more = len(sentences) - _SHOWN
    return sentences if more <= 0 else [*sentences[:_SHOWN], f"and so on, for {more} more reasons"]


def several(things):
    """Enumerate things: str, not too long."""
    more = len(things) - _SHOWN
    return ", ".join(things) if more <= 0 else f"{', '.join(things[:_SHOWN])} and {more} more"


def _outcome(item):
    success = item.get("success") if isinstance(item, dict) else None
    if success is True:
        return ACCEPTED, item.get("message_ids") or [], []
    if success is False:
        return REFUSED, [], parse_error_messages(200, json.dumps(item))
    return UNKNOWN, [], ["the service did not say what became of it"]


def _labelled(one):
    return f"messages[{one['index']}] ({several(one['recipients'])})"


def _places(responses):
    """Return where messages are in the batch: str, such as messages[0] to [4], messages[7]."""
    runs = []
    for index in (one["index"] for one in responses):
        if runs and runs[-1][1] == index - 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return several([f"messages[{first}]" + (f" to [{last}]" if last > first else "") for first, last in runs])


def _size(pieces):
    return sum(map(len, pieces))


def _joined(pieces):
    """Yield pieces with the small ones joined: a packet for each text would be slow, a copy of each file large."""
    small = []
    for piece in pieces:
        if len(piece) < _SMALL:
            small.append(piece)
        else:
            yield from (b"".join(small), piece)
            small = []
    yield b"".join(small)
