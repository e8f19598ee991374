# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ASGI: reading a request, sending a response and closing the connection."""

from starlette.types import Receive, Scope, Send

from .call import Request
from .response_headers import Headers
from .responses import Response


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete."""


async def read_request(scope: Scope, receive: Receive, max_body: int) -> Request:
    """Read a request. A body of more than ``max_body`` bytes is read to its end but not kept.

    The client must send all of it before it reads the error response.

    :raises ClientGoneError: if the client closes the connection.
    """
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientGoneError
        size += len(event["body"])
        if size <= max_body:
            parts.append(event["body"])
        more = event["more_body"]
    client = scope["client"]
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=b"".join(parts),
        is_too_large=size > max_body,
        client_ip=client[0] if client else "",
        scheme=scope.get("scheme", "http"),
    )


async def send_response(send: Send, response: Response, headers: Headers, *, head_only: bool, truncate: bool) -> None:
    """Send a response. ``truncate`` sends half of the body with the Content-Length of all of it."""
    headers = headers + [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    if response.content_type is not None and all(name != b"content-type" for name, _ in headers):
        headers.append((b"content-type", response.content_type.encode("latin-1")))
    if response.status != 204:
        headers.append((b"content-length", b"%d" % len(response.body)))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    body = b"" if head_only else response.body
    if truncate:
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    else:
        await send({"type": "http.response.body", "body": body})


async def close_connection(scope: Scope, receive: Receive) -> None:
    """Close the TCP connection without a response, and wait until the server has noticed."""
    scope["state"]["transport"].close()
    while (await receive())["type"] != "http.disconnect":
        pass
