# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare and check domain names: without regard to case, and in their ASCII form."""

from __future__ import annotations

import contextlib
import re
from typing import Any, Optional

from .._engine.codecs import Codec

try:
    import idna
except ImportError:  # idna comes with requests; validate_domain_name reports that it is missing if a name needs it
    idna = None  # type: ignore[assignment]  # a module that may be missing

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})+")


def to_ascii_name(name: Optional[str], current: Any = None) -> str:
    """Return a domain name in ASCII and lower case: ``xn--bcher-kva.example`` for ``Bücher.example``."""
    name = name or ""
    if idna and not name.isascii():
        with contextlib.suppress(UnicodeError):  # validate_domain_name reports an invalid name
            name = idna.encode(name, uts46=True).decode("ascii")
    return name.lower()


def validate_domain_name(name: str) -> Optional[str]:
    """Return an error if a text is not a valid domain name, or cannot be checked without the library idna."""
    if _NAME.fullmatch(to_ascii_name(name)):
        return None
    if idna is None and not name.isascii():
        return f"{name!r} contains characters that are not ASCII: install the Python library idna to use it"
    return f"{name!r} is not a domain name, such as shop.example"


ASCII_DOMAIN = Codec(expected=to_ascii_name, normalize=to_ascii_name)
