# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of domains, which have no case, and an ASCII form where they are written in other letters. Pure."""

from __future__ import annotations

import contextlib
import re

try:
    import idna
except ImportError:  # it comes with requests; name_fault tells of it where it is needed
    idna = None

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})+")


def ascii_name(name):
    """Return a name in ASCII and lower case: str, e.g. xn--bcher-kva.example for Bücher.example; "" for None."""
    name = name or ""
    if idna and not name.isascii():
        with contextlib.suppress(UnicodeError):  # whether it is a name is for others to say
            name = idna.encode(name, uts46=True).decode("ascii")
    return name.lower()


def name_fault(name):
    """Return what is wrong with a name: str, or None."""
    if _NAME.fullmatch(ascii_name(name)):
        return None
    if idna is None and not name.isascii():
        return f"{name!r} is not in ASCII, for which the Python library idna is needed"
    return f"{name!r} is not the name of a domain, such as shop.example"
