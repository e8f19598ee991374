# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The headers of the general host (docs/service.md#response-headers)."""

from hashlib import sha256
from uuid import uuid4

from .responses import Response

Headers = list[tuple[bytes, bytes]]

# The emulator does not claim the service's own Server header.
FIXED_HEADERS: Headers = [
    (b"x-mailtrap-version", b"v2"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"x-xss-protection", b"1; mode=block"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-download-options", b"noopen"),
    (b"x-permitted-cross-domain-policies", b"none"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"vary", b"Accept"),
]
REVALIDATE = (b"cache-control", b"max-age=0, private, must-revalidate")
NO_CACHE = (b"cache-control", b"no-cache")


def make_headers(response: Response, limit: int, remaining: int, runtime: float) -> Headers:
    """Return the headers that the general host adds to a response.

    ``limit`` and ``remaining`` describe the rate limit of the token; ``runtime`` is in seconds.
    """
    request_id = (b"x-request-id", str(uuid4()).encode())
    runtime_header = (b"x-runtime", b"%.6f" % runtime)
    if response.is_bare:
        return [runtime_header, request_id]
    headers = [
        *FIXED_HEADERS,
        (b"x-ratelimit-limit", b"%d" % limit),
        (b"x-ratelimit-remaining", b"%d" % max(0, remaining)),
        request_id,
        runtime_header,
    ]
    if response.status < 300 and response.body and not response.without_etag:
        headers += [REVALIDATE, (b"etag", make_etag(response.body).encode())]
    else:
        headers.append(NO_CACHE)
    return headers


def make_etag(body: bytes) -> str:
    """Return the weak ETag of a body, which is the first half of its SHA-256, as recorded from the service."""
    return f'W/"{sha256(body).hexdigest()[:32]}"'
