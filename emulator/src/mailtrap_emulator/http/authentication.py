# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API token that a request presents (facts 1.2)."""


def presented_token(headers: dict[str, str]) -> str | None:
    """The token value in ``Authorization: Bearer`` or ``Api-Token`` (facts 1.2)."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    return headers.get("api-token")
