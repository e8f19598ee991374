# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON as the service reads and writes it."""

import json
from typing import Any, NoReturn

# A JSON object without a known shape.
JsonObject = dict[str, Any]


def parse_json(body: bytes) -> Any:
    """Parse JSON strictly.

    :raises ValueError: if the body is not JSON in UTF-8, or could not be written again.
    """
    try:
        data = json.loads(body.decode(), parse_constant=_reject_constant, parse_float=_parse_finite)
        # The parser accepts a lone surrogate, but no response could contain it.
        if b"\\ud" in body or b"\\uD" in body:
            json.dumps(data, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return data


def encode_json(data: Any) -> bytes:
    """Encode data as compact JSON in UTF-8, as the service does: without escapes for non-ASCII characters."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _reject_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python would accept."""
    raise ValueError(name)


def _parse_finite(digits: str) -> float:
    number = float(digits)
    if abs(number) == float("inf"):
        raise ValueError(digits)
    return number
