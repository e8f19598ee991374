# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON as the service writes and reads it."""

import json
from typing import Any


def parse_json(body: bytes) -> Any:
    """Parse JSON strictly. Raises ValueError for anything that is not JSON in UTF-8."""

    def refuse(text: str) -> None:
        raise ValueError(text)

    def finite(digits: str) -> float:
        number = float(digits)
        return number if abs(number) < float("inf") else refuse(digits)

    try:
        data = json.loads(body.decode(), parse_constant=refuse, parse_float=finite)
        # A lone surrogate passes the parser but can never be written out again.
        if b"\\ud" in body or b"\\uD" in body:
            json.dumps(data, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return data


def encode_json(data: Any) -> bytes:
    """Compact JSON, UTF-8 unescaped (facts 8.1)."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
