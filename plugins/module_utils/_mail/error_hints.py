# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a refusal of the sending hosts means, where it does not tell it itself (facts 2.2, 4.3)."""

from __future__ import annotations

import re

# What there is to add to a refusal: a pattern for what it says, the sentence for live mail, and the one for a sandbox.
_HINTS = (
    (
        "unauthorized|token was refused",
        "this is also the answer when the domain {domain} is not verified, or not this token's",
        None,
    ),
    (
        "banned",
        "nothing can be sent until the support of Mailtrap opens the account again",
        "nothing can be sent until the support of Mailtrap opens the account again",
    ),
    (
        "forbidden",
        "is the domain {domain} verified, and may the token send from it?",
        "may the token send into this sandbox?",
    ),
    (
        "too large",
        "the service takes 10 MB a message unless it was asked for more",
        "a sandbox takes what its plan allows",
    ),
    (
        "no more mail for now|rate limit",
        "it was too much in an hour or a day",
        "it was too much in ten seconds, or the plan's mail of this month is used up",
    ),
)


def hints(said, message, stream):
    """Return what there is to add to a refusal that says this: list of str."""
    domain = message["from"]["email"].rpartition("@")[2]
    for pattern, live, sandbox in _HINTS:
        if re.search(pattern, " ".join(said), re.IGNORECASE):
            hint = sandbox if stream == "sandbox" else live
            return [hint.format(domain=domain)] if hint else []
    return []
