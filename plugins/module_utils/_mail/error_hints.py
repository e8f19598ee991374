# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Explanations for errors of the sending hosts whose own text does not say enough (docs/service.md#status-codes)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, List, NamedTuple, Optional

from .._api.errors import SENDING_MEANING

if TYPE_CHECKING:
    from .._api.json_types import JsonObject


class _Hint(NamedTuple):
    """An explanation for errors that match a pattern: one text for live mail, one for sandboxes."""

    pattern: str
    live: str
    sandbox: Optional[str]


# The first match wins. The items of a batch have no status, so errors are recognized by their text.
_HINTS = (
    _Hint(
        f"unauthorized|{re.escape(SENDING_MEANING[401])}",
        "the service answers the same if the domain {domain} is not verified or the token cannot access it",
        None,
    ),
    _Hint(
        "banned",
        "nothing can be sent until Mailtrap support unblocks the account",
        "nothing can be sent until Mailtrap support unblocks the account",
    ),
    _Hint(
        "forbidden",
        "check that the domain {domain} is verified and that the token may send from it",
        "check that the token may send to this sandbox",
    ),
    _Hint(
        "too large",
        "the limit is 10 MB per message unless Mailtrap has raised it for the account",
        "the size limit of a sandbox depends on the plan",
    ),
    _Hint(
        f"rate limit|{re.escape(SENDING_MEANING[429])}",
        "the hourly or daily sending limit is exceeded",
        "the sandbox's limit per ten seconds is exceeded, or the plan's monthly messages are used up",
    ),
)


def find_hints(errors: List[str], message: JsonObject, stream: str) -> List[str]:
    """Return an explanation for the errors of a refused message, in a list that is empty if there is none."""
    text = " ".join(errors)
    domain = message["from"]["email"].rpartition("@")[2]
    for hint in _HINTS:
        if re.search(hint.pattern, text, re.IGNORECASE):
            explanation = hint.sandbox if stream == "sandbox" else hint.live
            return [explanation.format(domain=domain)] if explanation else []
    return []
