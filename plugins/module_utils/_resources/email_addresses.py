# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the e-mail addresses that users give."""

from __future__ import annotations

import re
from typing import Iterable, Optional

_ADDRESS = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+")


def validate_address(text: str) -> Optional[str]:
    """Return an error if a text is not an e-mail address."""
    return validate_addresses([text])


def validate_addresses(texts: Iterable[str]) -> Optional[str]:
    """Return an error that lists the texts that are not e-mail addresses, or None."""
    invalid = [text for text in texts if not _ADDRESS.fullmatch(text)]
    if not invalid:
        return None
    verdict = "is not an e-mail address" if len(invalid) == 1 else "are not e-mail addresses"
    return f"{', '.join(map(repr, invalid))} {verdict}, such as ann@example.com"
